"""Which answers went out with a value that was corrected later, and what they would have said."""

import json

import pytest

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.furnishing import lineage
from openbureau.jobs.furnishing.lineage import lineage_json, trace_corrections
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.answer import answer_inquiry
from world import PEOPLE, jsonl, months

LATE, GOOD = PEOPLE["late"], PEOPLE["good"]


def ask(world, person=LATE, member="bank-beta"):
    """An answered inquiry, a day later; its report."""
    world.clock.forward(days=1)
    give_consent(world.bureau, world.subject_id(person), member_id=member, purpose="loan-approval", months=3)
    made = answer_inquiry(world.request(person, member=member), world.bureau)
    return json.loads(made.answer)


def correct(world, *changes):
    """Corrections of months of the late person's account at bank-alpha, an hour later."""
    world.clock.forward(hours=1)
    head = {"record": "correction", "target": "month", "key": "P0002-1", "reason": "system", "decided_on": "2026-11-23"}
    records = [
        head | {"month": month, "field": field, "old_value": old, "new_value": new}
        for month, field, old, new in changes
    ]
    made = furnish(world.bureau, "bank-alpha", jsonl(records))[1]
    assert made.counts == {}, made.counts


def delete(world, **changes):
    """A deletion at bank-alpha, an hour later."""
    world.clock.forward(hours=1)
    made = {
        "record": "deletion",
        "target": "tradeline",
        "key": "P0002-1",
        "reason": "fraud",
        "decided_on": "2026-11-23",
    }
    assert furnish(world.bureau, "bank-alpha", jsonl([made | changes]))[1].counts == {}


def told(world, person=LATE):
    """The touched answers of a person."""
    return lineage_json(world.bureau, world.subject_id(person))["answers"]


TO_GOOD = (("2026-10", "status", "4", "N"), ("2026-10", "overdue_fen", "1600000", "0"))


def test_answers_with_the_old_value_are_found(world):
    """Who asked, when, and the score of before and after; the one before is the score that went out."""
    first, second = ask(world), ask(world, member="bank-alpha")
    correct(world, *TO_GOOD)
    ask(world)
    assert trace_corrections(world.bureau) == 2
    found = told(world)
    assert [one["member"]["id"] for one in found] == ["bank-beta", "bank-alpha"]
    assert found[0]["member"]["en"]
    assert found[0]["member"]["zh"]
    for one, report in zip(found, (first, second), strict=True):
        assert one["score"]["before"] == report["score"]["value"]
        assert one["score"]["after"] > one["score"]["before"]
    assert trace_corrections(world.bureau) == 0
    assert told(world) == found


def test_the_score_after_is_the_one_a_new_answer_has(world):
    """Asked the same day again, the corrected file gives exactly the score that the lineage promised."""
    ask(world)
    correct(world, *TO_GOOD)
    trace_corrections(world.bureau)
    after = told(world)[0]["score"]["after"]
    give_consent(world.bureau, world.subject_id(LATE), member_id="bank-alpha", purpose="loan-approval", months=3)
    again = json.loads(answer_inquiry(world.request(LATE, member="bank-alpha"), world.bureau).answer)
    assert abs(again["score"]["value"] - after) <= 15


def test_a_value_that_had_not_come_in_touched_nothing(world):
    """An answer before the wrong month was furnished is not touched by its correction."""
    ask(world)
    furnish(world.bureau, "bank-alpha", jsonl(months("P0002-1", "5", first="2026-11")))
    ask(world)
    correct(world, ("2026-11", "status", "5", "N"), ("2026-11", "overdue_fen", "2000000", "0"))
    assert trace_corrections(world.bureau) == 1
    assert len(told(world)) == 1


def test_a_deletion_touches_what_showed_the_account(world):
    """The account as a whole, or one month of it."""
    ask(world)
    delete(world)
    ask(world)
    assert trace_corrections(world.bureau) == 1
    assert told(world)[0]["score"]["after"] != told(world)[0]["score"]["before"]


def test_a_deleted_month_is_counted_too(world):
    """Without its worst month the score would have been better."""
    ask(world)
    delete(world, target="month", month="2026-10")
    assert trace_corrections(world.bureau) == 1
    assert told(world)[0]["score"]["after"] > told(world)[0]["score"]["before"]


def test_a_tradeline_correction_is_traced(world):
    """A limit that was wrong."""
    ask(world)
    world.clock.forward(hours=1)
    record = {
        "record": "correction", "target": "tradeline", "key": "P0002-1", "field": "limit_fen", "old_value": "12000000",
        "new_value": "24000000", "reason": "typing", "decided_on": "2026-11-23",
    }  # fmt: skip
    assert furnish(world.bureau, "bank-alpha", jsonl([record]))[1].counts == {}
    assert trace_corrections(world.bureau) == 1


def test_what_was_not_shown_touched_nobody(world):
    """A month beyond the sixty that a file shows was in no answer, and its correction touched nothing."""
    furnish(world.bureau, "bank-alpha", jsonl(months("P0001-1", "4NNNN", first="2020-10")))
    ask(world, GOOD)
    world.clock.forward(hours=1)
    head = {"record": "correction", "target": "month", "key": "P0001-1", "reason": "system", "decided_on": "2026-11-23"}
    record = head | {"month": "2020-10", "field": "overdue_fen", "old_value": "1600000", "new_value": "1"}
    assert furnish(world.bureau, "bank-alpha", jsonl([record]))[1].counts == {}
    assert trace_corrections(world.bureau) == 0


def test_another_person_is_not_touched(world):
    """Answers about others stay out."""
    ask(world, GOOD)
    correct(world, *TO_GOOD)
    assert trace_corrections(world.bureau) == 0
    assert told(world, GOOD) == []


def test_a_killed_tracing_goes_on(world, monkeypatch):
    """Nothing is counted twice, nothing is left out."""
    ask(world)
    ask(world, GOOD)
    correct(world, *TO_GOOD)
    delete(world, key="P0001-1")

    def dies(number, _):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trace_corrections(world.bureau, tell=dies)
    assert trace_corrections(world.bureau) == 1
    assert len(told(world)) == len(told(world, GOOD)) == 1


def test_a_field_that_no_report_shows_moves_nothing():
    """The day of the notice is kept and not shown: no column of the file holds it."""
    assert "adverse_notified_on" not in lineage.COLUMNS
