"""Answers of before: told again bit for bit, asked as known then, and what must not leave any more."""

import hashlib
import json
import random
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from openbureau.core.products import Options, Product
from openbureau.core.refusal import RefusalCode
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import withdraw_consent
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.identity.links import Linking, link, unlink
from openbureau.jobs.inquiry.again import Erased, NoSuchAnswer, answer_again
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.subject.diary import diary
from world import FIRM, PEOPLE, Person, World, jsonl, loan, months, subject_record

GOOD, LATE, BUSY = PEOPLE["good"], PEOPLE["late"], PEOPLE["busy"]
ALPHA = "bank-alpha"
WHY = Linking(evidence={"reasons": ["same-phone"]}, probability=0.97, decided_by=("reviewer-1",))
EXPIRING = datetime(2027, 1, 2, 2, tzinfo=UTC)
"""Five years and a day after the adverse run that `expiring_file` furnishes."""


def expiring_file() -> list[dict[str, Any]]:
    """Somebody whose only delay ended on the last day of 2021, and everybody else without an account."""
    people = [subject_record(person) for person in (*PEOPLE.values(), FIRM)]
    account = loan(LATE, opened_on="2021-09-01", due_on="2028-09-01")
    return [*people, account, *months(account["account_no"], "NN12NNNN", first="2021-09")]


def agree(world: World, person: Person, member: str = ALPHA) -> str:
    """A consent of a year, some time after the file came."""
    world.clock.forward(minutes=1)
    return give_consent(
        world.bureau, world.subject_id(person), member_id=member, purpose="loan-approval", months=12
    ).consent_id


def ask(world: World, person: Person, product: str = "report", **wish: Any) -> Answered:
    """An answered inquiry; the clock goes on a minute."""
    outcome = answer_inquiry(world.request(person, product=product, options=Options(**wish)), world.bureau)
    world.clock.forward(minutes=1)
    assert isinstance(outcome, Answered), outcome
    return outcome


def again(world: World, outcome: Answered, member: str = ALPHA) -> Any:
    """The same answer again."""
    told = answer_again(world.bureau, world.bureau.members[member], outcome.inquiry_id)
    world.clock.forward(minutes=1)
    return told


def body(outcome: Answered) -> dict[str, Any]:
    """An answer without what every answer has of its own."""
    found: dict[str, Any] = json.loads(outcome.answer)
    for name in ("report_id", "made_at", "product"):
        del found["header"][name]
    return found


def known(outcome: Answered) -> datetime:
    """The moment as known at which an answer stands."""
    return datetime.fromisoformat(json.loads(outcome.answer)["header"]["known_as_of"])


def load(world: World, *records: dict[str, Any], member: str = ALPHA) -> None:
    """Furnish, in a minute of its own."""
    world.clock.forward(minutes=1)
    _, acceptance = furnish(world.bureau, member, jsonl(list(records)))
    world.clock.forward(minutes=1)
    assert acceptance is not None
    assert acceptance.progress.refused == 0, acceptance.findings


@pytest.fixture(scope="module", autouse=True)
def consents(shared_world: World) -> None:
    """Two people have agreed."""
    for person in (GOOD, LATE):
        agree(shared_world, person)


def test_an_answer_is_told_again_bit_for_bit(shared_world: World) -> None:
    """What changed meanwhile changes nothing; it is an inquiry of its own in the log, free, and no application."""
    first = ask(shared_world, GOOD)
    load(shared_world, *months("P0001-1", "1", first="2026-10"))
    told = again(shared_world, first)
    assert isinstance(told, Answered)
    assert told.answer == first.answer
    assert told.inquiry_id != first.inquiry_id
    opened = told.receipt["opening"]["opened"]
    assert opened["product"][1] == f"replay;{first.inquiry_id}"
    assert opened["price"][1].endswith(";0;CNY;free")
    assert opened["response"][1] == hashlib.sha256(first.answer).hexdigest()
    kinds = [entry.kind for entry in diary(shared_world.bureau, shared_world.subject_id(GOOD))]
    assert kinds.count("inquiry") == 2
    assert len(json.loads(ask(shared_world, GOOD).answer)["inquiries"]) == 1


def test_every_product_is_told_again(shared_world: World) -> None:
    """Of each product that is asked for, the bytes that left."""
    for product in set(Product) - {Product.ALERT}:
        wish: dict[str, Any] = {"questions": ("has-overdue-now",)} if product is Product.QUESTION else {}
        first = ask(shared_world, LATE, product.value, **wish)
        told = again(shared_world, first)
        assert isinstance(told, Answered)
        assert told.answer == first.answer


def test_an_answer_is_told_to_whom_it_was_given(shared_world: World) -> None:
    """Another member, a number of nothing, a refusal, the number of a telling: there is no such answer, or it is one."""
    first = ask(shared_world, GOOD)
    assert isinstance(again(shared_world, first, member="bank-beta"), NoSuchAnswer)
    nothing = Answered("0192f0c1-0000-7000-8000-00000000dead", b"", {})
    assert isinstance(again(shared_world, nothing), NoSuchAnswer)
    refused = answer_inquiry(shared_world.request(BUSY), shared_world.bureau)
    assert isinstance(refused, Refused)
    assert isinstance(again(shared_world, Answered(refused.inquiry_id, b"", {})), NoSuchAnswer)


def test_without_a_consent_of_today_nothing_is_told_again(new_world: Any) -> None:
    """A consent that was withdrawn since does not let the old answer out, and the refusal is in the log."""
    world = new_world(files={ALPHA: expiring_file})
    consent_id = agree(world, LATE)
    first = ask(world, LATE)
    withdraw_consent(world.bureau, world.subject_id(LATE), consent_id)
    told = again(world, first)
    assert isinstance(told, Refused)
    assert told.code is RefusalCode.CONSENT_WITHDRAWN
    assert [entry.kind for entry in diary(world.bureau, world.subject_id(LATE))].count("inquiry-refused") == 1


def test_what_has_expired_since_is_not_told_again_and_left_out_as_known_then(new_world: Any) -> None:
    """Day by day: told on the last day of the term, refused with its article after it; as of then without the entry."""
    world = new_world(files={ALPHA: expiring_file})
    agree(world, LATE)
    first = ask(world, LATE)
    assert "12" in json.loads(ask(world, LATE, months=60).answer)["accounts"][0]["history"]["statuses"]
    score = ask(world, LATE, "score")
    world.clock.at = EXPIRING.replace(year=2026, month=12, day=31)
    assert isinstance(again(world, first), Answered)
    world.clock.at = EXPIRING
    agree(world, LATE)
    for old in (first, score):
        told = again(world, old)
        assert isinstance(told, Refused)
        assert told.code is RefusalCode.ANSWER_OUTDATED
        assert "16" in {cited["article"] for cited in told.refusal["citations"]}
    statuses = body(ask(world, LATE, as_of=known(first), months=60))["accounts"][0]["history"]["statuses"]
    assert statuses == "//NNNN"


def test_what_was_deleted_since_is_neither_told_again_nor_shown_as_known_then(new_world: Any) -> None:
    """A record of the wrong person does not come back by a detour."""
    world = new_world(files={ALPHA: expiring_file})
    agree(world, LATE)
    first = ask(world, LATE)
    load(
        world,
        {
            "record": "deletion",
            "target": "tradeline",
            "key": "P0002-1",
            "reason": "wrong-person",
            "decided_on": "2026-11-24",
        },
    )
    told = again(world, first)
    assert isinstance(told, Refused)
    assert told.code is RefusalCode.ANSWER_OUTDATED
    assert body(ask(world, LATE, as_of=known(first)))["accounts"] == []


def test_an_undone_link_takes_the_other_file_out_of_the_past(new_world: Any) -> None:
    """What was shown while two were one is not told again once they are two; as of then each is alone."""
    world = new_world()
    for person in (GOOD, BUSY):  # while they are one, inquiries are recorded on the first of the two
        agree(world, person)
    two = sorted((world.subject_id(GOOD), world.subject_id(BUSY)))
    alone = len(body(ask(world, GOOD))["accounts"])
    link(world.bureau, *two, why=WHY)
    first = ask(world, GOOD)
    assert len(body(first)["accounts"]) > alone
    assert isinstance(again(world, first), Answered)
    unlink(world.bureau, *two, decided_by=("reviewer-1", "reviewer-2"))
    world.clock.forward(minutes=1)
    told = again(world, first)
    assert isinstance(told, Refused)
    assert told.code is RefusalCode.ANSWER_OUTDATED
    assert len(body(ask(world, GOOD, as_of=known(first)))["accounts"]) == alone


def test_after_an_erasure_the_hash_is_all_that_is_told(new_world: Any) -> None:
    """The hash of the answer and the leaf of the erasure, to the member that had it, whatever became of the key."""
    world = new_world(files={ALPHA: expiring_file})
    agree(world, LATE)
    first = ask(world, LATE)
    digest = hashlib.sha256(first.answer).digest()
    with psycopg.connect(world.url, autocommit=True) as connection:
        subject_id = world.subject_id(LATE)
        connection.execute(
            "insert into bureau.answer_erased values (%s, %s, %s, %s, %s, %s)",
            (subject_id, first.inquiry_id, ALPHA, digest, b"\x07" * 32, world.clock()),
        )
        connection.execute("update bureau.subject set wrapped_key = '' where subject_id = %s", [subject_id])
    told = again(world, first)
    assert told == Erased(digest.hex(), "07" * 32, told.erased_at)
    assert isinstance(again(world, first, member="bank-beta"), NoSuchAnswer)


def test_as_known_then_is_stable(shared_world: World) -> None:
    """Asked twice it gives the same body, though the first asking and a correction lie between."""
    moment = known(ask(shared_world, LATE))
    one = body(ask(shared_world, LATE, as_of=moment))
    load(shared_world, *months("P0002-1", "5", first="2026-10"))
    two = body(ask(shared_world, LATE, as_of=moment))
    assert one == two
    assert one != body(ask(shared_world, LATE))


@pytest.mark.parametrize("seed", range(3))
def test_as_of_a_moment_is_what_was_answered_at_it(new_world: Any, seed: int) -> None:
    """For random histories of records and corrections, product by product: the answer of then, header aside."""
    world, source = new_world(files={ALPHA: expiring_file}), random.Random(seed)
    agree(world, LATE)
    kept: list[tuple[str, dict[str, Any], Answered]] = []
    for number in range(7):
        load(world, *_step(source, number))
        product = source.choice(("report", "score", "attributes", "question"))
        wish: dict[str, Any] = (
            {"questions": ("overdue-months-24-band", "open-balance-band")} if product == "question" else {}
        )
        kept.append((product, wish, ask(world, LATE, product, **wish)))
        world.clock.forward(days=source.choice((0, 1, 3)))
    for product, wish, then in kept:
        assert body(ask(world, LATE, product, as_of=known(then), **wish)) == body(then)


def _step(source: random.Random, number: int) -> list[dict[str, Any]]:
    """What a furnisher sends next: months anew, an account, a guarantee, a public record, a share, a part, an inquiry."""
    account, owner = f"P0002-{source.choice((1, 1, 7))}", {"subject_ref": LATE.handle, "as_of_on": "2026-10-31"}
    opened = loan(LATE, int(account[-1]), limit_fen=source.choice((1, 5_000_000)), opened_on="2021-09-01")
    choices: list[list[dict[str, Any]]] = [
        [opened, *months(account, "".join(source.choice("N*12M") for _ in range(4)), first="2026-05")],
        [opened],
        [
            {
                "record": "guarantee", "guarantee_no": "g-1", "guarantee_kind": "1", "starts_on": "2024-11-05",
                "currency": "CNY", "amount_fen": source.choice((100, 200)), "guarantee_status": source.choice("13"), **owner,
            }
        ],
        [
            {
                "record": "public-record", "public_no": "p-1", "public_kind": "enforcement", "issuer": "虚构市人民法院",
                "decided_on": "2025-05-06", "public_status": source.choice("12"), "adverse_notified_on": "2026-11-01",
                "ended_on": "2026-10-01", **owner,
            }
        ],
        [
            opened,
            {"record": "share", "account_no": account, "funder": "bank-alpha", "share_bp": source.choice((3000, 7000)),
             "as_of_on": "2026-10-31"},
        ],
        [
            {"record": "outside-inquiry", "inquiry_no": f"i-{number}", "subject_ref": LATE.handle, "asked_on": "2026-09-03",
             "asked_by": "b-77", "asker_kind": "11", "reason": "02"}
        ],
    ]  # fmt: skip
    return source.choice(choices)
