"""Cheats with the log, with what the members signed, and with what the committee is shown."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from openbureau.core.act import open_act
from openbureau.core.sign_in.keys import SEAL, MemberKey, draft_statement, sign_statement
from openbureau.tlog.checkpoint import Checkpoint, sign_checkpoint
from openbureau.tlog.entry import render_system
from openbureau.tlog.note import COSIGNATURE, verifier_key
from openbureau.tlog.tile import render_bundle
from watch.cheating import alone, bundle_of, caught, drop_line, edit, edit_line, flip, honest, spoil_key, told
from watch.made_log import ORIGIN, POLICIES, MadeLog, put, seed, signer, story


@alone("checkpoint")
def forged_checkpoint(directory: Path) -> None:
    made, _ = told()
    made.write(directory)
    text = (directory / "checkpoint").read_text()
    head, mark, line = text.rpartition(" ")
    content = bytearray(base64.b64decode(line))
    content[-1] ^= 1
    put(directory / "checkpoint", head + mark + base64.b64encode(content).decode() + "\n")


@caught("checkpoint")
def wrong_key(directory: Path) -> None:
    made, _ = told()
    made.write(directory)
    size = len(made.entries)
    key = verifier_key(ORIGIN, seed("thief"))
    put(directory / "checkpoint", sign_checkpoint(Checkpoint(ORIGIN, size, seed("x")), key, seed("thief")))


@alone("witnesses")
def witness_missing(directory: Path) -> None:
    honest(directory)
    key = verifier_key("witness.example", seed("witness"), COSIGNATURE)
    text = (directory / "policy").read_text().replace("quorum none", f"witness w {key.render()}\nquorum w")
    put(directory / "policy", text)


def _key_statement(made: MadeLog, by: str, *, at: int = 0) -> bytes:
    """A statement of bank-one that adds a key, signed by whoever `by` is."""
    ring = open_act(made.act).keyring("bank-one")
    key = MemberKey("k-1", signer("machine").public_key().public_bytes_raw(), made.at, made.at + timedelta(days=300))
    body = draft_statement(ring, SEAL, made.at, add=key) | ({"number": at} if at else {})
    return render_system("key", sign_statement(body, signer(by).sign))


@alone("member-keys")
def key_added_by_a_stranger(directory: Path) -> None:
    made, _ = told()
    made.entries.append(_key_statement(made, "stranger"))
    made.write(directory)


@alone("member-keys")
def key_statement_dropped(directory: Path) -> None:
    made, _ = told()
    made.entries.append(_key_statement(made, "bank-one", at=2))
    made.write(directory)


@alone("member-keys")
def key_statement_twice(directory: Path) -> None:
    made, _ = told()
    made.entries += [_key_statement(made, "bank-one")] * 2
    made.write(directory)


@alone("root")
def another_root_signed(directory: Path) -> None:
    told()[0].write(directory, root=seed("another root"))


@caught("root")
def dropped_leaf(directory: Path) -> None:
    honest(directory)
    path, entries = bundle_of(directory)
    put(path, render_bundle(entries[:-1]))


@caught("root")
def altered_entry(directory: Path) -> None:
    honest(directory)
    path, entries = bundle_of(directory)
    entries[4] = entries[5]
    put(path, render_bundle(entries))


@caught("root")
def reordered(directory: Path) -> None:
    honest(directory)
    path, entries = bundle_of(directory)
    entries[4], entries[5] = entries[5], entries[4]
    put(path, render_bundle(entries))


@alone("tiles")
def altered_tile(directory: Path) -> None:
    honest(directory)
    flip(next((directory / "tile/0").glob("000.p/*")))


@alone("entries")
def foreign_entry(directory: Path) -> None:
    made, _ = told()
    made.entries.append(b"bureau-log/v1 gossip\n{}\n")
    made.write(directory)


@alone("founding-act")
def another_act_pinned(directory: Path) -> None:
    honest(directory)
    lines = (directory / "policy").read_text().split("\n")
    put(directory / "policy", "\n".join([f"# openbureau founding-act {seed('other').hex()}", *lines[1:]]))


@caught("founding-act")
def founding_act_replaced(directory: Path) -> None:
    honest(directory)
    edit(directory / "system/founding-act.json", lambda act: act["body"].update(installation="Another"))


@caught("founding-act")
def act_not_in_log(directory: Path) -> None:
    made, _ = told()
    made.entries[0] = b'bureau-log/v1 key\n{"a":1}\n'
    made.write(directory)


@alone("act-signed")
def member_did_not_sign(directory: Path) -> None:
    made = MadeLog(spoil_signature=True)
    story(made)
    made.write(directory)


@alone("keys")
def keys_file_swapped(directory: Path) -> None:
    honest(directory)
    edit(directory / "system/keys.json", lambda keys: keys.update(vrf=base64.b64encode(seed("v")).decode()))


@caught("keys")
def vkey_swapped(directory: Path) -> None:
    honest(directory)
    put(directory / "log.vkey", verifier_key(ORIGIN, seed("thief")).render() + "\n")


@alone("policies")
def policy_text_swapped(directory: Path) -> None:
    honest(directory)
    path = directory / f"system/policy-{POLICIES.digest}.cedar"
    put(path, path.read_text().replace("forbid", "permit", 1))


@alone("law")
def law_swapped(directory: Path) -> None:
    honest(directory)
    edit(directory / "system/law.json", lambda law: law.update(digest=seed("law").hex()))


@alone("scorecards")
def scorecard_smuggled_in(directory: Path) -> None:
    honest(directory)
    source = directory / "system/scorecards/people-expert-1.json"
    put(directory / "system/scorecards/people-secret-1.json", source.read_bytes())


@caught("scorecards")
def scorecard_swapped(directory: Path) -> None:
    honest(directory)
    edit(directory / "system/scorecards/people-expert-1.json", lambda card: card.update(base=610))


@alone("openings-complete")
def opening_told_twice(directory: Path) -> None:
    honest(directory)
    path = directory / "openings/committee.jsonl"
    put(path, path.read_text() + path.read_text().splitlines()[-1] + "\n")


@caught("openings-complete")
def opening_missing(directory: Path) -> None:
    honest(directory)
    drop_line(directory / "openings/committee.jsonl", 5)


@alone("openings-true")
def opening_altered(directory: Path) -> None:
    honest(directory)
    edit_line(directory / "openings/committee.jsonl", 4, lambda line: spoil_key(line["opening"], "kind"))


@caught("openings-true")
def opening_value_altered(directory: Path) -> None:
    honest(directory)
    edit_line(
        directory / "openings/committee.jsonl",
        4,
        lambda line: line["opening"]["opened"]["price"].__setitem__(1, "free"),
    )


@caught("openings-true")
def opening_part_altered(directory: Path) -> None:
    honest(directory)
    edit_line(
        directory / "openings/committee.jsonl",
        4,
        lambda line: line["opening"]["parts"].__setitem__(3, base64.b64encode(seed("p")).decode()),
    )


@caught("openings-true")
def opening_of_another_leaf(directory: Path) -> None:
    honest(directory)
    lines = [json.loads(line) for line in (directory / "openings/committee.jsonl").read_text().splitlines()]
    lines[3]["opening"], lines[4]["opening"] = lines[4]["opening"], lines[3]["opening"]
    put(directory / "openings/committee.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


@alone("openings-true")
def opening_hides_nothing(directory: Path) -> None:
    """An opening that shows more than the committee may see."""
    honest(directory)
    member_lines = (directory / "openings/member-bank-one.jsonl").read_text().splitlines()
    shown = json.loads(member_lines[-1])

    def more(line: dict[str, Any]) -> None:
        line["opening"]["opened"]["product"] = shown["opening"]["opened"]["product"]

    edit_line(directory / "openings/committee.jsonl", -1, more)
