"""What leaves under each product, what it costs, and what the log says of it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from jobs.test_further_records import GUARANTEE, INQUIRY, PUBLIC, SHARE
from openbureau.core.attribute_list import ATTRIBUTES
from openbureau.core.products import Options
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.charges import charges
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.inquiry.products import MAKERS
from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.own_report import own_report
from world import FIRM, PEOPLE, Person, World, jsonl, months, subject_record

LATE = PEOPLE["late"]
HEAD = {"schema", "synthetic", "header", "notice"}
BLOCK = {"score": "score", "attributes": "attributes", "question": "answers"}


def ask(world: World, product: str, person: Person = LATE, **changes: Any) -> Answered:
    """An answered inquiry for a product."""
    outcome = answer_inquiry(world.request(person, product=product, **changes), world.bureau)
    assert isinstance(outcome, Answered), outcome
    return outcome


def questions(*ids: str) -> Options:
    """The wish of some questions."""
    return Options(questions=ids)


def shown(outcome: Answered) -> dict[str, Any]:
    """The answer as JSON."""
    found: dict[str, Any] = json.loads(outcome.answer)
    return found


@pytest.fixture(scope="module", autouse=True)
def consents(shared_world: World) -> None:
    """Everybody here has agreed."""
    for person in (LATE, PEOPLE["busy"]):
        give_consent(
            shared_world.bureau, shared_world.subject_id(person), member_id="bank-alpha", purpose="loan-approval"
        )


@pytest.mark.parametrize("product", BLOCK)
def test_a_lesser_product_holds_its_block_and_nothing_else(shared_world: World, product: str) -> None:
    """No identity, no account, no other block; the header says which product it is."""
    wish = questions("has-overdue-now") if product == "question" else Options()
    made = shown(ask(shared_world, product, options=wish))
    assert set(made) == HEAD | {BLOCK[product]}
    assert made["header"]["product"].split(";")[0] == product
    assert LATE.name not in json.dumps(made, ensure_ascii=False)
    assert LATE.id_number not in json.dumps(made)


def test_a_question_discloses_its_answers_alone(shared_world: World) -> None:
    """The ids that were asked are in the header, in the answer, in the leaf, and no others."""
    asked = questions("worst-status-24-band", "has-overdue-now")
    outcome = ask(shared_world, "question", options=asked)
    made = shown(outcome)
    assert made["answers"] == [
        {"id": "has-overdue-now", "answer": "yes", "unit": None},
        {"id": "worst-status-24-band", "answer": "4+", "unit": "bands of 30 days"},
    ]
    opened = outcome.receipt["opening"]["opened"]
    text = "question;has-overdue-now,worst-status-24-band"
    assert opened["product"][1] == made["header"]["product"] == text
    entry = diary(shared_world.bureau, shared_world.subject_id(LATE))
    assert entry


def test_attributes_are_those_of_the_score(shared_world: World) -> None:
    """All twenty, with the figures that the report's points rest on."""
    rows = {row["name"]: row for row in shown(ask(shared_world, "attributes"))["attributes"]}
    assert len(rows) == len(ATTRIBUTES)
    points = shown(ask(shared_world, "report"))["score"]["points"]
    assert all(rows[part["attribute"]]["value"] == part["value"] for part in points)


def test_a_score_is_that_of_the_report(shared_world: World) -> None:
    """The same number and reasons, without the points."""
    alone, whole = shown(ask(shared_world, "score"))["score"], shown(ask(shared_world, "report"))["score"]
    assert (alone["value"], alone["reasons"]) == (whole["value"], whole["reasons"])
    assert "points" not in alone


def test_months_are_those_asked_for(shared_world: World) -> None:
    """24 by default; fewer or more on request."""

    def length(**wish: Any) -> int:
        made = shown(ask(shared_world, "report", PEOPLE["late"], options=Options(**wish)))
        return len(made["accounts"][0]["history"]["statuses"])

    assert (length(), length(months=6), length(months=60)) == (24, 6, 24)


def test_another_set_of_questions_is_another_disclosure(shared_world: World) -> None:
    """The same question again is a repeat; another one is not, and is charged."""
    busy = PEOPLE["busy"]

    def count() -> int:
        return len(charges(shared_world.bureau, "bank-alpha", shared_world.clock.at.strftime("%Y-%m")))

    before = count()
    ask(shared_world, "question", busy, options=questions("has-overdue-now"))
    ask(shared_world, "question", busy, options=questions("has-overdue-now"))
    assert count() == before + 1
    ask(shared_world, "question", busy, options=questions("has-write-off"))
    assert count() == before + 2
    shared_world.clock.at += timedelta(hours=1)


@pytest.mark.parametrize("product", sorted(set(MAKERS) - {"alert"}))
def test_nobody_on_file_is_told_so_in_every_product(new_world: Any, product: str) -> None:
    """A person without accounts: outcome no-hit, an empty block, free of charge."""
    world = new_world(files={"bank-alpha": nobody})
    give_consent(world.bureau, world.subject_id(LATE), member_id="bank-alpha", purpose="loan-approval")
    wish = questions("has-overdue-now") if product == "question" else Options()
    outcome = ask(world, product, options=wish)
    made = shown(outcome)
    assert made["header"]["outcome"] == "no-hit"
    assert not made.get(BLOCK.get(product, "accounts"))
    assert outcome.receipt["opening"]["opened"]["price"][1].endswith(";0;CNY;free")


def nobody() -> list[dict[str, Any]]:
    """A file that names people and no account."""
    return [subject_record(person) for person in (*PEOPLE.values(), FIRM)]


def test_changes_are_those_since_the_last_look(new_world: Any) -> None:
    """No look, no fee and no changes; after a report, what came since; after that, what came since then."""
    world = new_world()
    give_consent(world.bureau, world.subject_id(LATE), member_id="bank-alpha", purpose="loan-approval")
    first = ask(world, "changes")
    assert (shown(first)["since"], shown(first)["changes"]) == (None, None)
    assert first.receipt["opening"]["opened"]["price"][1] == "house.first_look_free;1;0;CNY;free"
    world.clock.forward(minutes=1)
    ask(world, "score")
    world.clock.forward(minutes=1)
    looked = shown(ask(world, "report"))["header"]["known_as_of"]
    world.clock.forward(minutes=1)
    furnish(world.bureau, "bank-alpha", jsonl(months("P0002-1", "7", first="2026-10")))
    world.clock.forward(minutes=1)
    made = shown(ask(world, "changes"))
    assert made["since"] == looked
    changed = made["changes"]["accounts"]["changed"]
    assert [one["month"] for one in changed[0]["months"]] == ["2026-10"]
    world.clock.forward(minutes=1)
    quiet = shown(ask(world, "changes"))["changes"]
    assert quiet["accounts"] == {"new": [], "gone": [], "changed": []}


def test_the_whole_file_is_in_the_report_and_others_are_masked(new_world: Any) -> None:
    """Guarantee, public record, share, own part and inquiry elsewhere: each in its block, no institution by name."""
    world = new_world()
    give_consent(world.bureau, world.subject_id(LATE), member_id="bank-beta", purpose="loan-approval")
    furnish(world.bureau, "bank-alpha", jsonl([{**SHARE, "account_no": "P0002-1"}, GUARANTEE, PUBLIC,
                                               {**INQUIRY, "subject_ref": LATE.handle}]))  # fmt: skip
    outcome = answer_inquiry(world.request(LATE, member="bank-beta"), world.bureau)
    assert isinstance(outcome, Answered)
    made = shown(outcome)
    letters = made["accounts"][0]["furnisher"]
    assert made["accounts"][0]["shares"] == [{"funder": letters, "share_bp": 7000}]
    assert (made["linked_duties"][0]["furnisher"], made["linked_duties"][0]["amount_fen"]) == (letters, 100)
    assert made["public_records"][0]["issuer"] == PUBLIC["issuer"]
    assert made["public_records"][0]["unit"] == "PF03"
    assert made["public_summary"] == [{"kind": "enforcement", "records": 1, "amount_fen": 5_000_000}]
    assert made["inquiries_elsewhere"][0]["reason"] == "02"
    assert b"bank-alpha" not in outcome.answer
    assert b"b-77" not in outcome.answer
    mine = own_report(world.bureau, world.subject_id(LATE))
    assert mine["linked_duties"][0]["furnisher"] == "bank-alpha"
    assert mine["public_records"][0]["case_no"] == PUBLIC["case_no"]
