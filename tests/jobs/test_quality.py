"""A furnisher's month in figures: each part moves with what it measures, and is absent where nothing was measured."""

from dataclasses import replace
from pathlib import Path

import pytest

from openbureau.core.furnishing import quality as formula
from openbureau.core.furnishing.quality import QualitySource, harm_of, parts, whole
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.furnishing.lineage import trace_corrections
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.furnishing.quality import NoMonth, month_span, quality, quality_of_all
from openbureau.jobs.inquiry.answer import answer_inquiry
from world import PEOPLE, jsonl, loan, months

LATE = PEOPLE["late"]
SOURCE = QualitySource(
    accounts=10, on_time=9, median_days=4, important=40, filled=20, months_spanned=100, months_held=90, records=50,
    accepted=40, facts=1000, corrections=2, people=100, harmed={"score": 1, "large": 1},
)  # fmt: skip


def month(world, member="bank-alpha"):
    """The figures of November."""
    return quality(world.bureau, member, "2026-11")


def scores(told):
    """The parts."""
    return {name: part["score"] for name, part in told["parts"].items()}


def correct(world):
    """Two corrections that make the late person's October good."""
    world.clock.forward(hours=1)
    head = {"record": "correction", "target": "month", "key": "P0002-1", "reason": "system", "decided_on": "2026-11-23"}
    changes = (("status", "4", "N"), ("overdue_fen", "1600000", "0"))
    records = [
        head | {"month": "2026-10", "field": name, "old_value": old, "new_value": new} for name, old, new in changes
    ]
    assert furnish(world.bureau, "bank-alpha", jsonl(records))[1].counts == {}


def test_the_formula_is_what_is_published():
    """Each part by hand, the mean by its weights; an absent part does not pull."""
    found = parts(SOURCE)
    assert found == {"timeliness": 90, "completeness": 70, "consistency": 80, "corrections": 80, "harm": 30}
    assert whole(found) == pytest.approx((20 * 90 + 20 * 70 + 25 * 80 + 10 * 80 + 25 * 30) / 100)
    without = parts(replace(SOURCE, harmed=None, accounts=0, on_time=0))
    assert (without["harm"], without["timeliness"]) == (None, None)
    assert whole(without) == pytest.approx((20 * 70 + 25 * 80 + 10 * 80) / 55)
    assert sum(formula.WEIGHTS.values()) == 100


def test_nothing_is_absent_and_never_zero():
    """Without any source there is no score at all."""
    empty = QualitySource(
        accounts=0, on_time=0, median_days=None, important=0, filled=0, months_spanned=0, months_held=0, records=0, accepted=0,
        facts=0, corrections=0, people=0, harmed={},
    )  # fmt: skip
    assert set(parts(empty).values()) == {None}
    assert whole(parts(empty)) is None


@pytest.mark.parametrize(
    ("before", "after", "reasons", "kind"),
    [
        (500, 500, False, None), (500, 500, True, "reasons"), (500, 501, False, "score"), (500, 530, True, "large"),
        (530, 500, False, "large"), (None, 500, False, "scored"), (500, None, True, "scored"), (None, None, False, None),
    ],
)  # fmt: skip
def test_harm_is_told_by_what_moved(before, after, reasons, kind):
    """The score, by how much, or only the reasons."""
    assert harm_of(before, after, reasons_changed=reasons) == kind


def test_the_page_says_the_numbers_of_the_code():
    """docs/specs/quality.md is the published formula."""
    page = (Path(__file__).parents[2] / "docs" / "specs" / "quality.md").read_text("utf-8")
    for name, weight in formula.WEIGHTS.items():
        assert f"| {name} | {weight} |" in page
    for name, weight in formula.HARM_WEIGHTS.items():
        assert f"| {name} | {weight} |" in page
    for number in (formula.ON_TIME_DAYS, formula.LARGE_CHANGE, formula.HARM_FACTOR, formula.CORRECTIONS_FACTOR):
        assert f" {number} " in page


def test_a_month_of_files_is_measured(shared_world):
    """October came in on 24 November: 24 days after its end, late; all accepted; nothing corrected, nobody harmed."""
    told = month(shared_world)
    assert scores(told) == {"timeliness": 0, "completeness": 100, "consistency": 100, "corrections": 100, "harm": 100}
    assert told["counts"]["median_days"] == 24
    assert told["score"] == pytest.approx(80)
    assert told["harm"]["people"] == 0


def test_each_part_moves_with_what_it_measures(world):
    """November in time, a gap, an empty field, a refused record."""
    records = [
        *months("P0001-1", "N", first="2026-11"),
        loan(LATE, 2),
        *[row for row in months("P0002-2", "NNN", first="2026-08") if row["month"] != "2026-09"],
        {"record": "month", "account_no": "P0003-1", "month": "2026-10", "status": "N"},
        {"record": "month", "account_no": "nobody", "month": "2026-10", "status": "N"},
    ]
    before = scores(month(world))
    world.clock.forward(hours=1)
    furnish(world.bureau, "bank-alpha", jsonl(records))
    after = scores(month(world))
    assert after["timeliness"] > before["timeliness"]
    assert after["completeness"] < before["completeness"]
    assert after["consistency"] < before["consistency"]
    assert month(world)["findings_by_rule"]["unknown-account"] == 2


def test_errors_count_by_the_people_they_moved(world):
    """A correction alone costs little; that an answer had gone out with the wrong score costs much."""
    correct(world)
    assert month(world)["parts"]["harm"]["score"] is None
    trace_corrections(world.bureau)
    told = month(world)
    assert told["counts"]["corrections"] == 2
    assert told["parts"]["corrections"]["score"] < 100
    assert told["parts"]["harm"]["score"] == 100


def test_harm_is_measured_on_people_not_on_answers(world):
    """One person asked about twice is one person."""
    give_consent(world.bureau, world.subject_id(LATE), member_id="bank-beta", purpose="loan-approval", months=3)
    world.clock.forward(hours=1)
    for _ in range(2):
        answer_inquiry(world.request(LATE, member="bank-beta"), world.bureau)
    correct(world)
    trace_corrections(world.bureau)
    told = month(world)
    assert told["harm"]["people"] == 1
    assert told["parts"]["harm"]["score"] < 100
    assert month(world, "micro-gamma")["harm"]["people"] == 0


def test_a_furnisher_without_files_has_no_score(shared_world):
    """Absent, with the reason in both languages; and last in the list of all."""
    told = quality(shared_world.bureau, "platform-delta", "2026-11")
    assert told["score"] is None
    assert all(part["absent"]["en"] and part["absent"]["zh"] for part in told["parts"].values())
    listed = [one["member"]["id"] for one in quality_of_all(shared_world.bureau, "2026-11")]
    assert listed[-1] == "platform-delta"
    assert set(listed) == {"bank-alpha", "micro-gamma", "platform-delta"}


def test_a_month_is_beijings(shared_world):
    """Files of the last evening of October in UTC belong to November; another month has none of them."""
    begins, ends = month_span("2026-11")
    assert (begins.isoformat(), ends.isoformat()) == ("2026-10-31T16:00:00+00:00", "2026-11-30T16:00:00+00:00")
    assert month_span("2026-12")[1].isoformat() == "2026-12-31T16:00:00+00:00"
    assert quality(shared_world.bureau, "bank-alpha", "2026-10")["counts"]["records"] == 0


@pytest.mark.parametrize("wrong", ["2026-13", "2026-1", "x", "", "2026-11-01", "0000-01"])
def test_what_is_no_month_is_refused(shared_world, wrong):
    """With a sentence."""
    with pytest.raises(NoMonth):
        quality(shared_world.bureau, "bank-alpha", wrong)
