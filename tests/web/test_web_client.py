"""The Python client against a served bureau: checked answers, repeats under one key, refusals as values, in sync and async."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from openbureau.client import (
    Answer,
    Bureau,
    Confirmed,
    Inquiry,
    NotVerified,
    NotYet,
    Patience,
    Person,
    ProblemTold,
    Refusal,
    Token,
    Trust,
    Unreachable,
    new_key,
    read_trust,
    verify_webhook,
)
from openbureau.client_calls import Lost, Pause, Reply, Talker
from openbureau.client_duties import ask, confirm, explain_case
from openbureau.client_sign import Sent
from openbureau.jobs.batch.work import work_batches
from openbureau.jobs.delivery.feed import sign_delivery
from openbureau.jobs.log.sequence import sequence
from openbureau.tlog.policy import render_policy
from web.member import key_of
from world import PEOPLE, World
from world import Person as MadeUp

GUIDES = Path(__file__).parents[2] / "docs" / "guide"
SOURCE = Path(__file__).parents[2] / "src"
GOOD, LATE = PEOPLE["good"], PEOPLE["late"]


def about(person: MadeUp, **more: Any) -> Inquiry:
    return Inquiry(Person(person.id_number, person.name), "loan-approval", actor_user="desk-1", **more)


def test_an_answer_is_checked_and_later_confirmed(call: Callable[..., Any], shared_world: World) -> None:
    """A report with its receipt; not in the log yet, then at its place under a signed checkpoint."""
    told = call("ask", about(GOOD))
    assert isinstance(told, Answer)
    assert told.header.outcome == "report"
    assert told.score is not None
    assert told.blocks["accounts"]
    assert isinstance(call("confirm", told.receipt), NotYet)
    sequence(shared_world.bureau)
    found = call("confirm", told.receipt)
    assert isinstance(found, Confirmed)
    assert found.leaf_index < found.tree_size


def test_the_same_key_gives_the_same_bytes(call: Callable[..., Any]) -> None:
    """Asked again after a crash: the same answer, and it says that it is a repeat."""
    key = new_key()
    first, again = call("ask", about(GOOD), key=key), call("ask", about(GOOD), key=key)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert (first.content, first.inquiry_id) == (again.content, again.inquiry_id)


def test_a_refusal_is_a_value(call: Callable[..., Any]) -> None:
    """Without a consent: the code, the article in its words, a cure, and a receipt that was checked."""
    told = call("ask", about(LATE))
    assert isinstance(told, Refusal)
    assert (told.code, told.citations[0].article) == ("no-consent", "18")
    assert told.cure
    assert told.inquiry_id == told.receipt.inquiry_id


def test_a_question_is_answered_without_the_file(call: Callable[..., Any]) -> None:
    """Only the answer comes, by the question's id."""
    told = call("ask", about(GOOD, product="question", questions=("has-overdue-now",)))
    assert told.answers == {"has-overdue-now": "no"}


def test_many_are_asked_by_one_file(call: Callable[..., Any], shared_world: World) -> None:
    """A batch with one's own names for the lines; each ends as it would by itself."""
    sent = call("send_batch", [("row-1", about(GOOD)), ("row-2", about(LATE))])
    assert (sent.lines, sent.is_over) == (2, False)
    work_batches(shared_world.bureau, workers=1)
    done = call("batch", sent.batch_id)
    assert (done.is_over, done.answered, done.refused) == (True, 1, 1)
    lines = call("batch_results", sent.batch_id)
    assert [(line.key, bool(bytes(line.answer))) for line in lines] == [("row-1", True), ("row-2", False)]
    assert any(event.data.get("batch_id") == sent.batch_id for event in call("alerts").events)


def test_what_one_owes_and_is_asked(call: Callable[..., Any]) -> None:
    """Charges of a month and cases about one's users."""
    assert all(row["amount_fen"] > 0 for row in call("charges", "2026-11"))
    assert call("cases") == []
    with pytest.raises(ProblemTold) as caught:
        call("explain_case", "0" * 8 + "-0000-7000-8000-" + "0" * 12, "Nothing to explain.")
    assert caught.value.code == "no-such-conduct-case"


def test_trouble_tells_the_cure_and_nobody(call: Callable[..., Any], shared_world: World) -> None:
    """A body that does not fit: each field with its cure, and no word of who was asked about."""
    with pytest.raises(ProblemTold) as caught:
        call("ask", replace_purpose(about(GOOD), "no-such-purpose"))
    assert (caught.value.code, caught.value.status) == ("fields-not-valid", 422)
    assert "/purpose" in str(caught.value)
    assert GOOD.id_number not in str(caught.value)
    assert GOOD.name not in str(caught.value)


def replace_purpose(inquiry: Inquiry, purpose: str) -> Inquiry:
    return Inquiry(inquiry.subject, purpose)


def test_a_wrong_token_is_told(url: str, trust: Trust, shared_world: World) -> None:
    """A token that is nobody's: one clear exception, at once."""
    bureau = Bureau(url, who=Token("nobody-at-all"), trust=trust, now=lambda: shared_world.clock().timestamp())
    with bureau, pytest.raises(ProblemTold) as caught:
        bureau.ask(about(GOOD))
    assert caught.value.status == 401


def test_nobody_there_is_told(trust: Trust) -> None:
    """After its tries the client says that nothing was reached, and that the key may be used again."""
    patience = Patience(tries=2, first_pause=0.001)
    bureau = Bureau("http://127.0.0.1:9", who=Token("x"), trust=trust, patience=patience)
    with bureau, pytest.raises(Unreachable, match="same key"):
        bureau.ask(about(GOOD))
    with pytest.raises(ValueError, match="https://host"):
        Bureau("ftp://x", who=Token("x"), trust=trust)


# ---------------------------------------------------------------- without a network: the conversation alone


def talker(trust: Trust, world: World, tries: int = 4) -> Talker:
    now = world.clock().timestamp()
    return Talker("http://b", Token("t"), trust, Patience(tries, 0.5), lambda: now)


@pytest.fixture
def genuine(url: str, shared_world: World, trust: Trust) -> tuple[Inquiry, Reply]:
    """A genuine answer as it came over the wire."""
    inquiry = about(GOOD)
    with Bureau(
        url, who=Token(shared_world.tokens["bank-alpha"]), trust=trust, now=lambda: shared_world.clock().timestamp()
    ) as bureau:
        talk = bureau._talker.perform(ask(trust, inquiry, None))
        reply = bureau._step(next(talk))
    assert isinstance(reply, Reply)
    return inquiry, reply


def test_a_repeat_carries_the_same_key_and_bytes(
    genuine: tuple[Inquiry, Reply], trust: Trust, shared_world: World
) -> None:
    """Lost, too busy, a fault: each is followed by a pause and the same request; Retry-After is kept to."""
    inquiry, reply = genuine
    talk = talker(trust, shared_world).perform(ask(trust, inquiry, None))
    sent = [next(talk)]
    pauses = []
    for trouble in (Lost("gone"), replace(reply, status=503, headers={"retry-after": "7"}), replace(reply, status=500)):
        pause = talk.send(trouble)
        assert isinstance(pause, Pause)
        pauses.append(pause.seconds)
        sent.append(talk.send(None))
    with pytest.raises(StopIteration) as end:
        talk.send(replace(reply, headers={}))
    assert isinstance(end.value.value, Answer)
    assert len({(one.body, one.headers["Idempotency-Key"]) for one in sent if isinstance(one, Sent)}) == 1
    assert 0.375 <= pauses[0] <= 0.625
    assert pauses[1] == 7
    assert 1.5 <= pauses[2] <= 2.5


def test_what_could_happen_twice_is_not_repeated(
    trust: Trust, shared_world: World, genuine: tuple[Inquiry, Reply]
) -> None:
    """An explanation that was lost on the way is not sent again by itself; one that was held back is."""
    talk = talker(trust, shared_world).perform(explain_case("c", "words"))
    next(talk)
    with pytest.raises(Unreachable):
        talk.send(Lost("gone"))
    talk = talker(trust, shared_world).perform(explain_case("c", "words"))
    next(talk)
    assert isinstance(talk.send(replace(genuine[1], status=503, headers={})), Pause)


def bent(reply: Reply, path: str, value: Any) -> Reply:
    """The reply with one value of its JSON changed."""
    body = json.loads(reply.body)
    place = body
    *parents, last = path.split("/")
    for name in parents:
        place = place[name]
    place[last] = value(place[last])
    return replace(reply, body=json.dumps(body, ensure_ascii=False).encode(), headers={})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("answer/header/outcome", lambda _: "no-hit"),
        ("answer/notice", lambda text: text + " "),
        ("receipt/entry", lambda text: "A" + text[1:] if text[0] != "A" else "B" + text[1:]),
        ("receipt/opening/opened/price", lambda pair: [pair[0], "0"]),
        ("receipt/opening/parts", lambda parts: parts[:-1]),
        ("receipt/promise/leaf", lambda _: "0" * 64),
        ("receipt/promise/deadline", lambda _: "2030-01-01T00:00:00Z"),
        ("receipt/promise/log", lambda _: "other.example"),
        ("receipt/promise/signature", lambda text: text[:-4] + "AAA="),
    ],
)
def test_whatever_is_bent_is_refused(
    genuine: tuple[Inquiry, Reply], trust: Trust, path: str, value: Callable[[Any], Any]
) -> None:
    """One changed value in answer, receipt, opening or promise, and nothing is returned."""
    inquiry, reply = genuine
    with pytest.raises(NotVerified) as caught:
        ask(trust, inquiry, None).read(bent(reply, path, value))
    assert GOOD.id_number not in str(caught.value)


@pytest.mark.parametrize(
    "other", [about(LATE), about(GOOD, months=60), Inquiry(Person(GOOD.id_number, GOOD.name), "loan-approval")]
)
def test_the_answer_to_another_inquiry_is_refused(genuine: tuple[Inquiry, Reply], trust: Trust, other: Inquiry) -> None:
    """A genuine answer with a genuine receipt, but to something else than was asked."""
    with pytest.raises(NotVerified, match="not that of this inquiry"):
        ask(trust, other, None).read(genuine[1])


def test_a_broken_promise_is_evidence(genuine: tuple[Inquiry, Reply], trust: Trust, shared_world: World) -> None:
    """Past the deadline and still not in the log: not `NotYet`, but evidence; a proof of another leaf is none."""
    inquiry, reply = genuine
    receipt = ask(trust, inquiry, None).read(replace(reply, headers={})).receipt
    now = shared_world.clock().timestamp()
    missing = replace(reply, status=404, headers={})
    assert isinstance(confirm(trust, receipt, now).read(missing), NotYet)
    with pytest.raises(NotVerified) as caught:
        confirm(trust, receipt, now + 61).read(missing)
    assert caught.value.evidence["receipt"]["promise"]["leaf"] == receipt.promise.leaf
    with pytest.raises(NotVerified):
        confirm(trust, receipt, now).read(replace(reply, status=200, body=b"c2sp.org/tlog-proof@v1\n", headers={}))


def test_an_answer_that_the_bureau_did_not_sign_is_refused(
    genuine: tuple[Inquiry, Reply], trust: Trust, shared_world: World
) -> None:
    """A member with a key reads nothing unsigned; a body or status that was changed under a signature is refused."""
    inquiry, reply = genuine
    for who, bent_reply in (
        (key_of(shared_world), replace(reply, headers={})),
        (Token("t"), replace(reply, body=reply.body + b" ")),
        (Token("t"), replace(reply, status=403)),
    ):
        speaker = replace(talker(trust, shared_world), who=who)
        with pytest.raises(NotVerified, match="signed by the bureau"):
            speaker._read(ask(trust, inquiry, None), bent_reply)


def test_an_access_token_is_renewed_once(trust: Trust, shared_world: World, genuine: tuple[Inquiry, Reply]) -> None:
    """Signed in before the first call, and once more after a 401; a second 401 is told."""
    signed_in = replace(genuine[1], status=200, body=b'{"access_token": "a", "expires_in": 300}', headers={})
    refused = replace(genuine[1], status=401, body=b"{}", headers={})
    talk = replace(talker(trust, shared_world), who=key_of(shared_world)).perform(ask(trust, genuine[0], None))
    seen = [next(talk), *map(talk.send, (signed_in, refused, signed_in))]
    assert [one.url.rpartition("/")[2] for one in seen if isinstance(one, Sent)] == ["token", "inquiries"] * 2
    with pytest.raises(NotVerified):
        talk.send(refused)


def test_trust_is_what_was_pinned(shared_world: World) -> None:
    """An act that the policy does not pin is not trusted, however well it is signed."""
    bureau = shared_world.bureau
    with pytest.raises(ValueError, match="pins"):
        read_trust(render_policy(bureau.log_key, bytes(32)), json.dumps(bureau.act.to_json()))


def test_a_delivery_is_believed_when_signed_and_fresh(trust: Trust, shared_world: World) -> None:
    """A delivery as the bureau signs it is read; with another body, id, time or key it is not."""
    body, at = b'{"id": "e1"}', shared_world.clock()
    headers = sign_delivery(shared_world.bureau, "e1", body, at=at)
    now = at.timestamp()
    assert verify_webhook(trust, headers, body, now=now) == {"id": "e1"}
    for changed, content, when in (
        (headers, b'{"id": "e2"}', now),
        (headers | {"webhook-id": "e2"}, body, now),
        (headers, body, now + 301),
        (headers | {"webhook-timestamp": "soon"}, body, now),
        (headers | {"webhook-signature": "v1a,AAAA v2,x"}, body, now),
        ({}, body, now),
    ):
        with pytest.raises(NotVerified):
            verify_webhook(trust, changed, content, now=when)
    with pytest.raises(NotVerified):
        verify_webhook(replace(trust, response_key=bytes(31) + b"\x01"), headers, body, now=now)


def test_the_client_needs_no_server_package() -> None:
    """With only what `openbureau[client]` brings, the client can be imported."""
    code = (
        "import sys\n"
        "never = {'litestar', 'psycopg', 'jinja2', 'uvicorn', 'structlog', 'babel', 'typst', 'webauthn'}\n"
        "class No:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.split('.')[0] in never:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        "import openbureau.client\n"
        "rooms = {'jobs', 'store', 'web', 'lab'}\n"
        "bad = [n for n in sys.modules if n.startswith('openbureau.') and n.split('.')[1] in rooms]\n"
        "assert not bad, bad\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": str(SOURCE)})


@pytest.mark.parametrize("name", ["sdk.md", "sdk.zh-CN.md"])
def test_the_example_of_the_guide_runs(
    name: str, url: str, trust: Trust, shared_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The guide's first example is short, and does what it says against a sandbox."""
    (example,) = re.findall(r"```python\n(.*?)```", (GUIDES / name).read_text("utf-8"), re.DOTALL)[:1]
    assert len(example.strip().splitlines()) <= 20
    bureau = shared_world.bureau
    folder = tmp_path / "trust"
    (folder / "system").mkdir(parents=True)
    (folder / "policy").write_text(render_policy(bureau.log_key, bureau.act.hash))
    (folder / "system" / "founding-act.json").write_text(json.dumps(bureau.act.to_json()))
    monkeypatch.setenv("BUREAU_URL", url)
    monkeypatch.setenv("BUREAU_TOKEN", shared_world.tokens["bank-alpha"])
    monkeypatch.setenv("PERSON", f"{GOOD.id_number} {GOOD.name}")
    monkeypatch.chdir(tmp_path)
    stopped = SimpleNamespace(time=lambda: shared_world.clock().timestamp(), sleep=time.sleep)
    monkeypatch.setattr("openbureau.client.time", stopped)
    exec(compile(example, name, "exec"), {"__name__": "__example__"})
    assert "report" in capsys.readouterr().out
