"""What else a member does by program: earlier answers, the past, changes, consents, watched files, bills, deliveries."""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from openbureau.client import (
    Answer,
    ArtefactRefused,
    BlockChanges,
    Bureau,
    ConsentTaken,
    Inquiry,
    NotVerified,
    Person,
    ProblemTold,
    Refusal,
    Token,
    Trust,
    Watch,
    sign_consent,
)
from openbureau.client_calls import Call as CallOf
from openbureau.client_calls import Reply
from openbureau.client_consent import send_consent
from openbureau.client_member import again, check_invoice
from openbureau.client_sign import Sent
from openbureau.jobs.billing.close import close_month
from openbureau.jobs.consent.confirm import confirm_consent
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.sample import draw
from openbureau.jobs.consent.withdraw import withdraw_consent
from openbureau.jobs.delivery.endpoint import set_webhook
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.ids import new_id
from openbureau.jobs.monitor.evaluate import evaluate
from openbureau.law.workdays import add_months, civil_day
from openbureau.store.standing.delivery import add_feed_event
from web.member import key_of
from world import PEOPLE, World, jsonl, loan, months, subject_record
from world import Person as MadeUp

GOOD, BUSY = PEOPLE["good"], PEOPLE["busy"]
FRESH, PAPERS, WATCHED = (iter(("late", "busy", "plain", "good")) for _ in range(3))
"""Whom a test is about that is run in four colours: nobody is asked for the same twice."""
POINTS = ("purpose", "provide", "sensitive")
Call = Callable[..., Any]


def about(person: MadeUp, **more: Any) -> Inquiry:
    return Inquiry(Person(person.id_number, person.name), "loan-approval", actor_user="desk-1", **more)


def test_an_earlier_answer_has_the_bytes_of_the_first_time(call: Call) -> None:
    """By its number and by its receipt; a number of nobody's is told to be none."""
    first = call("ask", about(GOOD))
    for earlier in (first.inquiry_id, first.receipt):
        told = call("again", earlier)
        assert isinstance(told, Answer)
        assert told.content == first.content
        assert told.inquiry_id != first.inquiry_id
    with pytest.raises(ProblemTold) as caught:
        call("again", "0" * 8 + "-0000-7000-8000-" + "0" * 12)
    assert caught.value.code == "no-such-answer"


@pytest.fixture(scope="module")
def retold(url: str, trust: Trust, shared_world: World) -> tuple[Answer, Answer, Reply]:
    """A first answer, another one, and a genuine reply that tells the first again."""
    now = shared_world.clock().timestamp()
    with Bureau(url, who=Token(shared_world.tokens["bank-alpha"]), trust=trust, now=lambda: now) as bureau:
        first, other = bureau.ask(about(GOOD)), bureau.ask(about(GOOD, product="score"))
        assert isinstance(first, Answer)
        assert isinstance(other, Answer)
        reply = bureau._step(next(bureau._talker.perform(again(trust, first.receipt))))
    assert isinstance(reply, Reply)
    return first, other, replace(reply, headers={})


def test_other_bytes_than_those_of_the_first_time_are_refused(
    trust: Trust, retold: tuple[Answer, Answer, Reply]
) -> None:
    """A changed byte, another hash beside it, the answer to another number, a first receipt of other bytes: nothing comes."""
    first, other, reply = retold
    told = json.loads(reply.body)
    assert isinstance(again(trust, first.receipt).read(reply), Answer)
    for body in (
        reply.body.replace(told["answer"]["notice"].encode(), b"?"),
        reply.body.replace(told["answer_hash"].encode(), b"0" * 64, 1),
    ):
        with pytest.raises(NotVerified):
            again(trust, first.inquiry_id).read(replace(reply, body=body))
    with pytest.raises(NotVerified, match="log's request"):
        again(trust, told["inquiry_id"]).read(reply)
    with pytest.raises(NotVerified, match="log's response"):
        again(trust, msgspec.structs.replace(other.receipt, inquiry_id=first.inquiry_id)).read(reply)


def test_a_withdrawn_consent_is_told_as_a_refusal(call: Call, shared_world: World) -> None:
    """An earlier answer is not told again without a permit of today; the refusal's receipt is checked like any."""
    world = shared_world
    given = give_consent(world.bureau, world.subject_id(BUSY), member_id="bank-alpha", purpose="loan-approval")
    first = call("ask", about(BUSY))
    withdraw_consent(world.bureau, world.subject_id(BUSY), given.consent_id)
    told = call("again", first.receipt)
    assert isinstance(told, Refusal)
    assert told.code == "consent-withdrawn"


def test_a_past_moment_is_a_type(call: Call, shared_world: World) -> None:
    """Asked as known an hour ago, and bound to that in the log; an instant without its zone is refused at once."""
    at = shared_world.clock() - timedelta(microseconds=7)
    told = call("ask", about(GOOD, as_of=at))
    assert datetime.fromisoformat(told.blocks["header"]["known_as_of"]) == at
    with pytest.raises(ValueError, match="zone"):
        about(GOOD, as_of=datetime(2026, 11, 24))  # noqa: DTZ001


def test_changes_are_a_type(call: Call, shared_world: World) -> None:
    """Since the last look: nothing new, told block by block; another product has none."""
    shared_world.clock.at += timedelta(minutes=1)
    assert call("ask", about(GOOD)).changes is None
    told = call("ask", about(GOOD, product="changes")).changes
    assert told.accounts == told.public_records == BlockChanges()
    assert [row["by"] for row in told.inquiries.new] == ["bank-alpha"]
    assert told.since == shared_world.clock()


# -------------------------------------------------------------------------------------------------------------- consents


def taken(world: World, person: MadeUp, **changes: Any) -> ConsentTaken:
    """What bank-alpha took from a person at its own page."""
    bureau, today = world.bureau, civil_day(world.clock())
    lender = bureau.members["bank-alpha"]
    words: dict[str, Any] = {
        "subject": Person(person.id_number, person.name), "purpose": "card-approval",
        "lender": (lender.member_id, lender.name_zh, lender.name_en), "bureau": (bureau.act.origin, "Test bureau"),
        "starts_on": today, "ends_on": add_months(today, 3), "points": POINTS,
    }  # fmt: skip
    return ConsentTaken(**words | changes)


def test_a_consent_is_signed_sent_and_confirmed(call: Call, shared_world: World) -> None:
    """Received, whoever it is about; in force once the person said yes, with the very bytes that were signed."""
    world, person = shared_world, PEOPLE[next(FRESH)]
    signed = sign_consent(key_of(world), taken(world, person), now=world.clock())
    sent = call("send_consent", signed)
    assert sent == call("send_consent", signed)
    assert (sent.artefact_hash, sent.state) == (hashlib.sha256(signed).hexdigest(), "received")
    assert call("consent", sent.consent_id).artefact is None
    confirm_consent(world.bureau, world.subject_id(person), sent.consent_id, points=POINTS)
    standing = call("consent", sent.consent_id)
    assert (standing.state, standing.artefact) == ("in-force", signed)


def test_an_original_is_shown_when_asked_for(call: Call, shared_world: World) -> None:
    """Paper: drawn by the committee, listed with its day, compared byte for byte."""
    world, person, paper = shared_world, PEOPLE[next(PAPERS)], b"%PDF signed by hand"
    made = taken(world, person, purpose="post-loan", document_hash=hashlib.sha256(paper).hexdigest())
    sent = call("send_consent", sign_consent(key_of(world), made, now=world.clock()))
    today = civil_day(world.clock())
    draw(world.bureau, seed=sent.consent_id, count=9, first=today, last=today)
    (asked,) = (one for one in call("consent_samples") if one.consent_id == sent.consent_id)
    assert asked.due_on > today
    assert call("show_original", asked.sample_id, paper)["state"] == "original"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"points": POINTS[:2]}, "/consent/confirmations"),
        ({"points": (*POINTS, "other")}, "/consent/confirmations/3/point"),
        ({"products": ("report", "monitoring")}, "/consent/confirmations"),
        ({"products": ("monitoring",), "points": (*POINTS, "monitoring")}, "/consent/products"),
        ({"products": ("everything",)}, "/consent/products/0"),
        ({"starts_on": date(2026, 11, 1)}, "/consent/starts_on"),
        ({"ends_on": date(2026, 11, 1)}, "/consent/ends_on"),
        ({"subject": Person("1", "甄良")}, "/consent/subject/id_number"),
        ({"document_hash": "x"}, "/consent/document_hash"),
    ],
)
def test_what_could_not_stand_is_not_signed(shared_world: World, changes: dict[str, Any], pointer: str) -> None:
    """The place is told, never the value."""
    with pytest.raises(ArtefactRefused) as caught:
        sign_consent(key_of(shared_world), taken(shared_world, GOOD, **changes), now=shared_world.clock())
    assert pointer in [flaw.pointer for flaw in caught.value.flaws]
    assert GOOD.id_number not in str(caught.value)


def test_another_consent_than_was_sent_is_not_believed(shared_world: World) -> None:
    """The hash that is told must be that of the bytes."""
    sent = Sent("POST", "http://b/v1/consents", {}, b"")
    body = b'{"consent_id": "c", "artefact_hash": "00", "state": "received"}'
    with pytest.raises(NotVerified):
        send_consent(b"{}").read(Reply(202, {}, body, sent))


# ---------------------------------------------------------------------------------------- watched files, bills, deliveries


def test_a_file_is_watched_until_it_is_not(call: Call, shared_world: World) -> None:
    """Refused without a consent; begun with its receipt, told of once by an alert whose content is checked, stopped."""
    world, person = shared_world, PEOPLE[next(WATCHED)]
    watch = Watch(Person(person.id_number, person.name), "loan-2026-7", ("new-account",))
    refused = call("begin_monitor", watch)
    assert isinstance(refused, Refusal)
    give_consent(
        world.bureau, world.subject_id(person), member_id="bank-alpha", purpose="post-loan",
        products=("report", "monitoring"),
    )  # fmt: skip
    begun = call("begin_monitor", watch)
    assert begun.blocks["monitor"]["monitor_id"] == begun.inquiry_id
    line = loan(person, 9, opened_on="2026-09-05")
    furnish(
        world.bureau,
        "micro-gamma",
        jsonl([subject_record(person), line, *months(line["account_no"], "N1", first="2026-09")]),
    )
    assert evaluate(world.bureau) == 1
    event = next(one for one in call("alerts").events if one.data.get("monitor_id") == begun.inquiry_id)
    assert call("alert", event.id).blocks["alert"]["trigger"] == "new-account"
    (row,) = (one for one in call("monitors") if one.monitor_id == begun.inquiry_id)
    assert (row.alerts, row.ended_at, row.triggers) == (1, None, ("new-account",))
    assert call("monitors", before=row.monitor_id) == () or row not in call("monitors", before=row.monitor_id)
    assert call("stop_monitor", begun.inquiry_id).reason == "stopped"


def test_deliveries_are_listed_and_sent_again(call: Call, shared_world: World) -> None:
    """By state and place; a dead one sets out again."""
    world = shared_world
    event_id = new_id(world.clock(), world.bureau.random)
    with world.bureau.store.connection("api") as connection, connection.transaction():
        add_feed_event(
            connection, "bank-alpha", event_id, kind="alert", about=str(uuid.uuid4()), reference="loan-7",
            at=world.clock(), trigger="new-account",
        )  # fmt: skip
    set_webhook(world.bureau, "bank-alpha", "https://bank.example/hook", None)
    with pytest.raises(ProblemTold):
        call("replay_delivery", "0" * 8 + "-0000-7000-8000-" + "0" * 12)
    assert call("replay_delivery", event_id).state == "waiting"
    row = call("deliveries", state="waiting")[0]
    assert (row.delivery_id, row.tries) == (event_id, 0)
    assert event_id not in [one.delivery_id for one in call("deliveries", before=row.position)]
    ended = CallOf(method="DELETE", path="/v1/members/me/webhook", read=lambda reply: json.loads(reply.body))
    assert call("run", ended)["end_reason"] == "removed"


def test_bills_are_read_and_checked(call: Call, shared_world: World) -> None:
    """A running month, then the closed one under its entry; as CSV and on paper.  Runs last: it moves time on."""
    call("ask", about(GOOD))
    month = call("invoices")[0].month
    running = call("invoice", month)
    assert running.blocks["totals"] == call("invoices")[0].totals
    assert call("invoice_csv", month).count(b"\n") > len(running.blocks["lines"])
    assert call("invoice_pdf", month, "en").startswith(b"%PDF")
    shared_world.clock.at = datetime.fromisoformat(f"{month}-01T00:00:00Z") + timedelta(days=32)
    close_month(shared_world.bureau, month, by="operator")
    closed = call("invoice", month)
    assert closed.proof is not None
    assert (closed.state, closed.hash) == ("closed", call("invoices")[0].hash)
    for bent in (
        msgspec.structs.replace(closed, content=closed.content + b" "),
        msgspec.structs.replace(closed, hash="0" * 64),
        msgspec.structs.replace(closed, proof=closed.proof | {"salt": "00" * 32}),
        msgspec.structs.replace(closed, proof=closed.proof | {"leaf": "00" * 32}),
        msgspec.structs.replace(closed, proof={}),
    ):
        with pytest.raises(NotVerified):
            check_invoice(bent)
