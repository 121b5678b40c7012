"""What does the watcher say of honest, incomplete and unreadable exports?"""

import json
import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from openbureau.law.reader import read_pack
from openbureau.tlog.cosignature import cosign_checkpoint
from openbureau.tlog.note import COSIGNATURE, verifier_key
from openbureau.watch import case
from openbureau.watch.verify import CHECKS, render, to_json, verify
from watch.made_log import LATER, NO_HIT, ORIGIN, POLICIES, START, MadeLog, put, seed, story


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An honest export."""
    made = MadeLog()
    story(made)
    made.write(tmp_path / "export")
    return tmp_path / "export"


def test_an_honest_export_holds(export: Path) -> None:
    """Everything holds, every check is told, and the checkpoint is named."""
    verdict = verify(export, now=LATER)
    assert (verdict.status, verdict.exit_code) == ("ok", 0)
    assert [check.name for check in verdict.checks] == [check.name for check in CHECKS]
    assert (verdict.origin, verdict.size) == (ORIGIN, 13)


def test_every_honest_form_of_a_consent_holds(tmp_path: Path) -> None:
    """On paper by the member that holds it, taken on line and confirmed, with products: each is answered within its scope."""
    made = MadeLog()
    one = story(made)["one"]
    for more, more_fields, product in (
        ("notice-2;paper;score;1;bank-one", {"by": "bank-one", "basis": "paper"}, "score"),
        ("notice-2;paper;report+monitoring;1;fund-two", {"by": "fund-two", "basis": "paper"}, "alert"),
        ("notice-2;lender-online;report;1;fund-two", {}, "question;has-late"),
        ("notice-2;web;changes;1;subject", {}, "changes"),
    ):
        consent = made.consent(one, "bank-one", more=more, **more_fields)
        made.answer(one, "bank-one", consent, product=product)
    made.write(tmp_path)
    verdict = verify(tmp_path, now=LATER)
    assert verdict.status == "ok", [check for check in verdict.checks if not check.is_ok]


@pytest.mark.parametrize("filler", [242, 243, 244, 500])
def test_larger_logs_hold(filler: int, tmp_path: Path) -> None:
    """Full tiles, partial tiles and tiles of tiles agree with the root at and around their borders."""
    made = MadeLog()
    held = story(made)
    for _ in range(filler):
        made.refuse(held["two"], "fund-two")
    made.write(tmp_path)
    verdict = verify(tmp_path, now=LATER)
    assert (verdict.status, verdict.size) == ("ok", 13 + filler)


@pytest.mark.parametrize("size", [1, 12, 13, 255, 256, 257, 300])
def test_a_remembered_log_of_any_size_is_found_again(size: int, tmp_path: Path) -> None:
    """The remembered root is recomputed from the larger log, at and around the borders of tiles."""
    made = MadeLog()
    held = story(made)
    for _ in range(300):
        made.refuse(held["two"], "fund-two")
    part = MadeLog()
    part.entries = made.entries[:size]
    part.write(tmp_path / "part")
    memory = tmp_path / "memory"
    shutil.copy(tmp_path / "part/checkpoint", memory)
    made.write(tmp_path / "whole")
    assert verify(tmp_path / "whole", now=LATER, remember=memory).status == "ok"


def test_events_may_enter_the_log_in_another_order(tmp_path: Path) -> None:
    """Two events of one person that overtook each other on the way into the log still form their chain."""
    made = MadeLog()
    held = story(made)
    two = held["two"]
    made.refuse(two, "fund-two")
    made.refuse(two, "fund-two")
    made.entries[-1], made.entries[-2] = made.entries[-2], made.entries[-1]
    (at, first), (later, second) = made.leaves[-2:]
    made.leaves[-2:] = [(at, second), (later, first)]
    made.write(tmp_path)
    assert verify(tmp_path, now=LATER).status == "ok"


def test_an_empty_directory_cannot_be_judged(tmp_path: Path) -> None:
    """Nothing there: cannot tell, exit status 3, and the missing files are named."""
    verdict = verify(tmp_path, now=LATER)
    assert (verdict.status, verdict.exit_code) == ("cannot-tell", 3)
    assert "checkpoint" in {found.place for check in verdict.checks for found in check.evidence}


def test_a_missing_directory_cannot_be_judged(tmp_path: Path) -> None:
    """No directory at all is told like an empty one."""
    assert verify(tmp_path / "nowhere", now=LATER).status == "cannot-tell"


NEEDED = [
    "checkpoint", "policy", "log.vkey", "tile/0/000.p/13", "tile/entries/000.p/13", "openings/committee.jsonl",
    "system/founding-act.json", "system/keys.json", "system/law.json", f"system/policy-{POLICIES.digest}.cedar",
    "system/scorecards/people-expert-1.json", "reports/q1/answer.json", "reports/q1/receipt.json",
]  # fmt: skip


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_file_cannot_be_judged(name: str, export: Path) -> None:
    """Without a needed file the verdict is cannot tell, and the file is named."""
    (export / name).unlink()
    verdict = verify(export, now=LATER)
    assert verdict.status == "cannot-tell"
    assert any(name in found.place for check in verdict.checks for found in check.evidence)


@pytest.mark.parametrize("name", [*NEEDED, "openings/member-bank-one.jsonl", "openings/person-LIN.jsonl"])
def test_truncated_and_garbled_files_are_never_ok(name: str, export: Path) -> None:
    """Whatever bytes a file holds, the watcher does not raise, and does not say ok."""
    path = export / name
    whole = path.read_bytes()
    chance = random.Random(name)
    tries: list[bytes] = [
        b"",
        b"\x00",
        b"\xff\xfe" * 50,
        b"{}",
        b"[" * 5000,
        b'{"a":' * 3000,
        b"null\n",
        whole[:-1],
        whole[:-2],
    ]
    for _ in range(12):
        at = chance.randrange(len(whole))
        tries.append(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        tries.append(whole[: chance.randrange(len(whole))])
    for content in tries:
        path.write_bytes(content)
        verdict = verify(export, now=LATER)
        if _means_the_same(name, whole, content):
            continue
        assert verdict.status in {"broken", "cannot-tell"}, content[:200]
        assert all(check.evidence for check in verdict.checks if check.ok is not True)


def _means_the_same(name: str, whole: bytes, content: bytes) -> bool:
    """Blanks in JSON, comments and ends of the policy carry no meaning; a shorter person's file is told by its own test."""
    if name == "policy":
        return content.strip() == whole.strip() or _without(content, b"#") == _without(whole, b"#")
    if not name.endswith((".json", ".jsonl")) or "answer" in name or "scorecards" in name:
        return False
    try:
        kept = [json.loads(line) for line in content.splitlines()] == [json.loads(line) for line in whole.splitlines()]
    except (ValueError, RecursionError):
        return False
    return kept


def _without(content: bytes, mark: bytes) -> list[bytes]:
    return (
        [line for line in content.splitlines() if not line.startswith(mark) and line]
        if b"founding-act" in content
        else []
    )


def test_a_folder_in_the_place_of_a_file_is_told(export: Path) -> None:
    """A file that cannot be opened is a finding with its name, not an exception."""
    (export / "checkpoint").unlink()
    (export / "checkpoint").mkdir()
    verdict = verify(export, now=LATER)
    assert verdict.status == "broken"
    assert verdict.checks[0].evidence[0].place == "checkpoint"


def test_a_file_without_end_is_not_read_to_its_end(export: Path) -> None:
    """A line longer than any opening can be is refused where it becomes too long."""
    put(export / "openings/committee.jsonl", b"x" * (3 << 20))
    verdict = verify(export, now=LATER)
    assert verdict.status == "broken"


def test_your_own_policy_is_used(export: Path, tmp_path: Path) -> None:
    """A policy of one's own decides, as a path or as text, and the verdict says which was used."""
    own = tmp_path / "policy"
    shutil.copy(export / "policy", own)
    assert verify(export, now=LATER, policy=own).status == "ok"
    assert "your own copy" in verify(export, now=LATER, policy=own.read_text()).notes[0].en
    assert "own copy was used" in verify(export, now=LATER).notes[0].en
    thief = verifier_key(ORIGIN, seed("thief")).render()
    text = "\n".join(f"log {thief}" if line.startswith("log ") else line for line in own.read_text().split("\n"))
    assert verify(export, now=LATER, policy=text).status == "broken"
    assert verify(export, now=LATER, policy=tmp_path / "no such file").status == "cannot-tell"


def test_a_policy_without_pin_cannot_vouch_for_the_act(export: Path) -> None:
    """A policy that pins no founding act leaves the founding open."""
    lines = (export / "policy").read_text().split("\n")[1:]
    verdict = verify(export, now=LATER, policy="\n".join(lines))
    assert [check.name for check in verdict.checks if check.ok is None] == ["founding-act"]


def test_other_law_than_packaged_cannot_be_judged(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watcher that carries another version of the rules says so, and still checks the rest."""
    pack = read_pack("cn")
    other = pack | {"house.yaml": pack["house.yaml"] + "\n# another version\n"}
    monkeypatch.setattr(case, "read_pack", lambda regime: other)
    verdict = verify(export, now=LATER)
    assert [check.name for check in verdict.checks if check.ok is not True] == ["law"]
    assert verdict.status == "cannot-tell"


def test_a_schema_in_the_export_is_used(export: Path) -> None:
    """The schema beside the policies counts into their digest; a swapped one is told."""
    path = export / f"system/policy-{POLICIES.digest}.cedarschema"
    put(path, POLICIES.schema)
    assert verify(export, now=LATER).status == "ok"
    put(path, POLICIES.schema + " ")
    assert [check.name for check in verify(export, now=LATER).checks if check.ok is False] == ["policies"]


def test_unknown_policies_need_their_schema(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Policies that this program does not carry cannot be judged without their schema."""
    pack = read_pack("cn")
    other = pack | {"permit.cedarschema": pack["permit.cedarschema"] + "\n"}
    monkeypatch.setattr(case, "read_pack", lambda regime: other)
    found = {check.name: check.ok for check in verify(export, now=LATER).checks}
    assert found["policies"] is None


def test_before_its_deadline_a_promise_is_open(tmp_path: Path) -> None:
    """An answer that waits for the log is neither kept nor broken until its deadline."""
    made = MadeLog()
    held = story(made)
    made.report(held["stranger"], "bank-one", held["empty"], name="q3", is_logged=False, price=NO_HIT)
    made.write(tmp_path)
    soon = verify(tmp_path, now=made.at + timedelta(seconds=30))
    assert [check.name for check in soon.checks if check.ok is not True] == ["promises"]
    assert soon.status == "cannot-tell"
    assert verify(tmp_path, now=made.at + timedelta(seconds=120)).status == "broken"


def test_a_withdrawal_of_another_consent_does_not_matter(tmp_path: Path) -> None:
    """An answer on one of two consents is not accused because the other may be the one that was withdrawn."""
    made = MadeLog()
    held = story(made)
    made.consent(held["stranger"], "fund-two")
    made.withdraw(held["stranger"], "fund-two")
    made.answer(held["stranger"], "bank-one", held["empty"])
    made.write(tmp_path)
    assert verify(tmp_path, now=LATER).status == "ok"


def test_openings_that_wait_for_a_checkpoint_are_passed_over(export: Path) -> None:
    """A person's file may end with events that no checkpoint covers yet."""
    path = export / "openings/person-LIN.jsonl"
    last = json.loads(path.read_text().splitlines()[-1])
    put(path, path.read_text() + json.dumps(last | {"index": None}) + "\n" + json.dumps(last | {"index": 13}) + "\n")
    assert verify(export, now=LATER).status == "ok"


def witnessed(export: Path, *, at: int) -> Path:
    """The export with one witness who cosigned at a time."""
    key = verifier_key("witness.example", seed("witness"), COSIGNATURE)
    note = (export / "checkpoint").read_bytes()
    put(export / "checkpoint", note + cosign_checkpoint(note, key, seed("witness"), at=at).encode())
    put(
        export / "policy", (export / "policy").read_text().replace("quorum none", f"witness w {key.render()}\nquorum w")
    )
    return export


def test_a_quorum_of_witnesses_holds(export: Path) -> None:
    """With the witness's signature the quorum is met; a damaged one refuses the checkpoint."""
    witnessed(export, at=int(START.timestamp()))
    assert verify(export, now=LATER).status == "ok"
    text = (export / "checkpoint").read_text()
    put(export / "checkpoint", text.replace(text.rstrip("\n")[-20:-15], "AAAAA"))
    assert verify(export, now=LATER).status == "broken"


def test_an_aged_checkpoint_is_old(export: Path) -> None:
    """A checkpoint whose newest witness signature is older than one accepts is old; without a witness nobody can tell."""
    day = timedelta(days=1)
    assert verify(export, now=LATER, most_age=day).status == "cannot-tell"
    witnessed(export, at=int((LATER - 2 * day).timestamp()))
    assert verify(export, now=LATER, most_age=day).exit_code == 4
    assert verify(export, now=LATER, most_age=3 * day).status == "ok"


def test_an_unwritable_memory_is_noted(export: Path, tmp_path: Path) -> None:
    """Where the checkpoint cannot be remembered the verdict stands, and a note says so."""
    verdict = verify(export, now=LATER, remember=tmp_path / "no folder" / "memory")
    assert verdict.status == "ok"
    assert any("could not be written" in note.en for note in verdict.notes)


def test_no_check_proves_nothing(export: Path) -> None:
    """A verdict without checks is not ok."""
    assert verify(export, now=LATER, checks=()).status == "cannot-tell"


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("EVERYTHING HOLDS", "Refusals and a person's look")), ("zh", ("全部成立", "拒绝和本人查阅"))],
)
def test_verdict_in_plain_words(lang: str, words: tuple[str, ...], export: Path) -> None:
    """The verdict is told in both languages, with each promise in a sentence."""
    text = render(verify(export, now=LATER), lang)
    assert all(word in text for word in words)
    assert text.count("✓") == len(CHECKS)


def test_evidence_is_shown_under_its_promise(export: Path) -> None:
    """What is broken is marked, with file and place under it, and only a few places where there are many."""
    put(export / "openings/committee.jsonl", "".join(f"x{number}\n" for number in range(40)))
    text = render(verify(export, now=LATER))
    assert "A PROMISE IS BROKEN" in text
    assert "openings/committee.jsonl:1: is not an opening" in text
    assert "and 35 more of this kind" in text


def test_verdict_as_json(export: Path) -> None:
    """The JSON form has status, exit code and every check with both languages."""
    value = json.loads(json.dumps(to_json(verify(export, now=LATER))))
    assert (value["status"], value["exit_code"], value["size"]) == ("ok", 0, 13)
    assert all(set(check["promise"]) == {"en", "zh"} for check in value["checks"])


def test_a_look_up_by_a_court_holds(tmp_path: Path) -> None:
    """Without consent, by a document, free, the person told later: the court's member role and the document suffice."""
    made = MadeLog()
    held = story(made)
    made.look_up(held["one"], "court-four")
    made.write(tmp_path)
    assert verify(tmp_path, now=LATER).status == "ok"


def test_a_members_own_statement_is_accepted(tmp_path: Path) -> None:
    """A key that the member's seal added, in its place, is counted and breaks nothing."""
    from watch.cheats_log import _key_statement

    made = MadeLog()
    story(made)
    made.entries.append(_key_statement(made, "bank-one"))
    made.write(tmp_path)
    found = {check.name: check for check in verify(tmp_path, now=LATER).checks}
    assert found["member-keys"].ok is True
    assert found["member-keys"].count == 1
