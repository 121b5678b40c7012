"""Does a kept answer prove itself, is every way to cheat with it caught by its own step, and is each step needed?"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from openbureau.cli import app
from openbureau.core.leaf import LENDER_FIELDS
from openbureau.tlog.canonical import canonical
from openbureau.tlog.commitment import open_fields
from openbureau.tlog.policy import render_policy
from openbureau.tlog.strict import render_base64
from openbureau.watch.papers.answer import PROMISES, check_answer
from openbureau.watch.verdict import Check, Verdict, render
from watch.made_log import LATER, MadeLog, receipt, seed, signer
from watch.made_papers import Held, answered, kept, policy_of, proof_of, refused, signed

Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Cheat:
    """A file that cheats, and the one step that catches it."""

    by: str
    make: Callable[[], bytes]


def checked(content: bytes, **more: Any) -> tuple[Verdict, dict[str, Check]]:
    """The verdict, and its checks by name."""
    verdict = check_answer(content, **({"now": LATER} | more))
    return verdict, {one.name: one for one in verdict.checks}


def after(change: Change) -> bytes:
    """An honest answer whose file was changed."""
    return kept(answered(), after=change)


def receipted(change: Change) -> bytes:
    """An answer delivered with another receipt, signed like that."""
    return kept(answered(), change=lambda body: change(body["receipt"]))


def other_answer() -> bytes:
    """Another answer than the logged one, delivered and signed."""
    return kept(answered(), change=lambda body: body["answer"]["header"].update(outcome="no-hit"))


def other_purpose() -> bytes:
    """Logged for another purpose than the answer says."""
    return kept(answered(change=lambda report: report["header"].update(purpose="credit-card")))


def of_another_member() -> bytes:
    """An answer to somebody else, logged under this one's name."""
    return kept(answered(change=lambda report: report["header"].update(asked_by="fund-two")))


def not_signed() -> bytes:
    """A body that was changed after it was signed, in what nothing else covers."""

    return after(lambda told: told.update(delivered=told["delivered"][:-1] + ',"slowed":"no"}'))


def unpromised(change: Change, *, key: str = "response") -> bytes:
    """A promise that was changed, and signed again (by another key)."""

    def alter(told: dict[str, Any]) -> None:
        promise = {name: value for name, value in told["promise"].items() if name != "signature"}
        change(promise)
        made = signer(key).sign(b"openbureau promise\n" + canonical(promise))
        told["promise"] = promise | {"signature": render_base64(made)}

    return receipted(alter)


def label_of_another() -> bytes:
    """A person's paper with the proof of somebody else's label."""
    held = answered()
    other = held.made.person("OTHER-closed")
    return kept(labelled(held), after=lambda told: told.update(label={
        "subject_id": other.subject_id, "proof": render_base64(other.proof)}))  # fmt: skip


def labelled(held: Held) -> Held:
    """The same with an opening that shows the label."""
    opening = open_fields(held.leaf.fields, held.leaf.salt, (*LENDER_FIELDS, "label")).to_json()
    return replace(held, receipt=held.receipt | {"opening": opening})


def proof_of_another_entry() -> bytes:
    """The proof of the entry before."""
    held = answered()
    return kept(held, after=lambda told: told.update(proof=proof_of(held.made, held.index - 1)))


def proof_of_another_log() -> bytes:
    """A proof under a log whose key nobody trusts."""
    held = answered()
    foreign = MadeLog()
    foreign.key, foreign.entries = held.made.key, held.made.entries[:-1]
    foreign.furnish("bank-one")
    return kept(held, after=lambda told: told.update(proof=proof_of(foreign, held.index)))


def never_logged() -> bytes:
    """Answered with a receipt, and left out of the log: no proof, and the deadline is past."""
    return kept(answered(), with_proof=False)


def act_of_another_bureau() -> bytes:
    """Everything is right under an act that the policy does not pin."""
    return after(lambda told: told.update(policy=render_policy(MadeLog().key, seed("another act"))))


CHEATS = {
    "answer changed after it was logged": Cheat("answer", other_answer),
    "answer logged for another purpose": Cheat("answer", other_purpose),
    "answer to another member": Cheat("answer", of_another_member),
    "body changed after it was signed": Cheat("signed", not_signed),
    "answer signed by another key": Cheat("signed", lambda: after(
        lambda told: told.update(signed=signed(told["delivered"].encode(), key="mallory")))),
    "request signature passed off as an answer's": Cheat("signed", lambda: after(
        lambda told: told["signed"].update(base=told["signed"]["base"].replace("-response", "-request")))),
    "promise signed by another key": Cheat("promise", lambda: unpromised(lambda _: None, key="mallory")),
    "promise of another leaf": Cheat("promise", lambda: unpromised(lambda told: told.update(leaf="ab" * 32))),
    "deadline moved": Cheat("promise", lambda: receipted(
        lambda told: told["promise"].update(deadline="2030-01-01T00:00:00Z"))),
    "deadline that is no time": Cheat("promise", lambda: unpromised(lambda told: told.update(deadline="soon"))),
    "label of another person": Cheat("label", label_of_another),
    "proof of another entry": Cheat("log", proof_of_another_entry),
    "proof under another tree": Cheat("log", proof_of_another_log),
    "never logged": Cheat("log", never_logged),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CHEATS))
def test_cheat_is_caught_by_its_step(name: str) -> None:
    """Broken, with exit status 1, evidence and signed texts; and no other step finds anything wrong."""
    cheat = CHEATS[name]
    verdict, found = checked(cheat.make())
    assert (verdict.status, verdict.exit_code) == ("broken", 1)
    assert [one.name for one in verdict.checks if one.ok is False] == [cheat.by]
    assert found[cheat.by].evidence
    assert "promise.json" in dict(verdict.exhibits)
    assert "---- promise.json" in render(verdict, "zh")


@pytest.mark.parametrize("name", sorted(CHEATS))
def test_without_its_step_the_cheat_passes(name: str) -> None:
    """No step can be left out."""
    cheat = CHEATS[name]
    assert checked(cheat.make(), without=frozenset({cheat.by}))[0].status == "ok"


def test_every_step_has_its_cheat() -> None:
    """Beside `act` and `opening`, on which others rest (below)."""
    assert {cheat.by for cheat in CHEATS.values()} == PROMISES.keys() - {"act", "opening"}


def test_what_others_rest_on_is_needed() -> None:
    """Another act, or an opening that does not open: broken there, and what rests on it cannot be told."""
    verdict, found = checked(act_of_another_bureau())
    assert (verdict.status, found["act"].ok, found["promise"].ok, found["log"].ok) == ("broken", False, None, None)
    spoiled = receipted(lambda told: told["opening"]["parts"].reverse())
    verdict, found = checked(spoiled)
    assert (verdict.status, found["opening"].ok, found["answer"].ok, found["promise"].ok) == (
        "broken",
        False,
        None,
        None,
    )
    for name in ("act", "opening"):
        assert checked(kept(answered()), without=frozenset({name}))[0].status == "cannot-tell"


def test_an_honest_answer_proves_itself() -> None:
    """All steps hold; place and size are told; the note says whose policy was used."""
    held = answered()
    verdict, found = checked(kept(held))
    assert verdict.status == "ok", [one for one in verdict.checks if not one.ok]
    assert set(found) == PROMISES.keys() - {"label"}
    assert (verdict.origin, verdict.size) == ("made.example/log", len(held.made.entries))
    assert "vouches for itself" in verdict.notes[0].en
    verdict, _ = checked(kept(held), policy=policy_of(held.made))
    assert (verdict.status, verdict.notes[0].en) == ("ok", "your own copy was used")
    assert checked(kept(held), policy=render_policy(held.made.key, seed("other")))[0].status == "broken"


def test_a_refusal_proves_itself_too() -> None:
    """A refusal has no answer, and its record must be one of a refusal."""
    assert checked(kept(refused()))[0].status == "ok"
    verdict, found = checked(kept(replace(answered(), answer=b"")))
    assert (verdict.status, found["answer"].ok) == ("broken", False)


def test_a_persons_paper_shows_the_label() -> None:
    """With the opened label and its proof, `label` is checked; an opening that hides it cannot tell."""
    held = labelled(answered())
    own = {"subject_id": held.person.subject_id, "proof": render_base64(held.person.proof)}
    verdict, found = checked(kept(held, after=lambda told: told.update(label=own)))
    assert (verdict.status, found["label"].ok) == ("ok", True)
    verdict, found = checked(kept(answered(), after=lambda told: told.update(label=own)))
    assert (verdict.status, found["label"].ok) == ("cannot-tell", None)


def test_a_bare_token_has_no_signature_of_the_answer() -> None:
    """Then the receipt binds the answer; the step is not made, so it is not called kept either."""
    verdict, found = checked(after(lambda told: told.pop("signed")))
    assert (verdict.status, "signed" in found) == ("ok", False)


def test_before_the_deadline_nothing_can_be_told_of_the_log() -> None:
    """No proof: cannot tell until the promised second, broken after it; a proof that was fetched settles it."""
    held = answered()
    deadline = datetime.strptime(held.receipt["promise"]["deadline"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    content = kept(held, with_proof=False)
    verdict, found = checked(content, now=deadline)
    assert (verdict.status, verdict.exit_code, found["log"].ok) == ("cannot-tell", 3, None)
    assert checked(content, now=deadline + timedelta(seconds=1))[0].exit_code == 1
    assert checked(content, proof=proof_of(held.made, held.index))[0].status == "ok"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"\xff", b"{}", b'{"format":"openbureau/kept-answer/1","delivered":"x"}',
     b'{"format":"openbureau/kept-answer/2","delivered":"{}"}', b'{"format":"openbureau/kept-answer/1","delivered":"{}"}'],
)  # fmt: skip
def test_what_is_no_kept_answer_proves_nothing(content: bytes) -> None:
    """Another file accuses nobody: cannot tell, with the reason."""
    verdict, found = checked(content)
    assert (verdict.status, list(found)) == ("cannot-tell", ["form"])


def test_no_bytes_raise() -> None:
    """One letter changed anywhere: told, never raised."""
    whole = kept(answered())
    for at in range(0, len(whole), 131):
        content = bytearray(whole)
        content[at] ^= 1
        assert checked(bytes(content))[0].status in {"ok", "broken", "cannot-tell"}


def test_the_command_tells_the_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`watch check-answer FILE`: 0, 1 and 3; JSON carries the evidence that both sides can hold."""
    held = answered()
    path, policy, proof = tmp_path / "answer.json", tmp_path / "policy", tmp_path / "proof"
    policy.write_text(policy_of(held.made))
    proof.write_text(proof_of(held.made, held.index))

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        status = app(
            ["watch", "check-answer", str(path), "--json", *words], result_action="return_value", exit_on_error=False
        )
        return status, json.loads(capsys.readouterr().out)

    path.write_bytes(kept(held))
    assert run("--policy", str(policy))[0] == 0
    path.write_bytes(kept(held, with_proof=False))
    status, verdict = run()
    assert (status, verdict["exit_code"]) == (1, 1)
    assert held.leaf.leaf_hash.hex() in verdict["exhibits"]["promise.json"]
    assert run("--proof", str(proof))[0] == 0
    assert run("--url", "http://127.0.0.1:9")[0] == 1
    path.write_bytes(b"nothing")
    assert run()[0] == 3


def test_the_receipt_of_a_made_log_is_the_real_form() -> None:
    """What the tests make has the members that the bureau gives."""
    held = answered()
    assert set(held.receipt) == set(receipt("x", held.leaf, LATER)) == {"inquiry_id", "entry", "opening", "promise"}
