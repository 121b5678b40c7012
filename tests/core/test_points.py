"""Do points add up, reasons name real shortfalls, and bad tables fail?"""

import json
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files import MONTH, file_of, line, random_file
from openbureau.config import read_scorecards
from openbureau.core.attribute_list import BY_NAME, FAMILIES
from openbureau.core.attributes import AttributeValue, compute
from openbureau.core.credit_file import CreditFile
from openbureau.core.scorecard import (
    MOST_REASONS,
    Score,
    Scorecard,
    ScorecardRefused,
    family_text,
    parse_scorecard,
    reason_text,
    reasons_for,
    score,
    score_json,
    scorecard_digest,
)

CARDS = read_scorecards()
PEOPLE = CARDS["people-expert-1"]
CARD = parse_scorecard(PEOPLE)
DIGEST = scorecard_digest(PEOPLE)
FALLING = {
    "worst_12", "worst_24", "late_share_24", "past_due_now", "written_off", "still_owed", "opened_6", "inquiries_3",
    "lenders_asked_3", "worst_shared_12", "highest_utilisation", "late_accounts_12", "shared_accounts",
}  # fmt: skip
RISING = {"months_since_late", "oldest_months", "average_months", "history_months", "on_time_run"}
USED_BETTER_THAN_UNUSED = {"utilisation", "with_balance"}
"""A little use is better than none; beyond the second bin more is worse."""


def scored(held: CreditFile, card: Scorecard = CARD) -> Score:
    """The score of a file under a table."""
    return score(card, DIGEST, compute(held, MONTH))


def plain(**changes: Any) -> dict[str, Any]:
    """A small good table, with changes."""
    table = [
        {"name": "worst_12", "edges": [1, 3], "points": [40, -20, -90], "special": {"no-record": 0}, "reference": 30},
        {"name": "inquiries_3", "edges": [2], "points": [10, -30], "special": {}, "reference": 10},
    ]
    return {
        "id": "trial-1", "subject_kind": "person", "standing": {"en": "trial", "zh": "试验"}, "base": 600, "lowest": 350,
        "highest": 950, "history_months": 3, "table": table,
    } | changes  # fmt: skip


def row(**changes: Any) -> dict[str, Any]:
    """A table whose first row is changed."""
    made = plain()
    made["table"][0] |= changes
    return made


def values(**changes: int | str) -> dict[str, AttributeValue]:
    """Attributes by number or special code."""
    told = {"worst_12": 0, "inquiries_3": 0, "history_months": 24} | changes
    return {
        name: AttributeValue(None, value) if isinstance(value, str) else AttributeValue(value)
        for name, value in told.items()
    }


def trial(table: dict[str, Any], **changes: int | str) -> Score:
    """The score of attributes under a small table."""
    return score(parse_scorecard(json.dumps(table).encode()), "0" * 64, values(**changes))


@pytest.mark.parametrize("name", CARDS)
def test_packaged_tables_are_good(name: str) -> None:
    """Each table parses, says what it is worth, draws on known attributes and covers what can be held."""
    card = parse_scorecard(CARDS[name])
    assert card.id == name
    assert card.standing["en"] == "expert table, not validated"
    assert (card.lowest, card.highest) == (350, 950)
    empty = compute(file_of(), MONTH)
    for item in card.table:
        assert item.name in BY_NAME
        assert min(item.points) <= item.reference <= max(item.points)
        special = empty[item.name].special
        assert special is None or special in item.special, item.name
        assert abs(item.points[0]) <= 120


@pytest.mark.parametrize("name", CARDS)
def test_points_go_one_way(name: str) -> None:
    """More of what is bad never brings points, more of what is good never costs any."""
    for item in parse_scorecard(CARDS[name]).table:
        steps = [later - earlier for earlier, later in pairwise(item.points)]
        if item.name in USED_BETTER_THAN_UNUSED:
            assert steps[0] > 0
            steps = steps[1:]
        assert item.name in FALLING | RISING | USED_BETTER_THAN_UNUSED
        assert all(step >= 0 for step in steps) if item.name in RISING else all(step <= 0 for step in steps)


def test_there_is_a_table_for_people_and_one_for_firms() -> None:
    """One of each kind."""
    assert sorted(parse_scorecard(CARDS[name]).subject_kind for name in CARDS) == ["enterprise", "person"]


@pytest.mark.parametrize("name", CARDS)
def test_points_add_up_on_any_file(name: str) -> None:
    """Base plus points is the sum; sum plus cut is the score; the score lies on its scale; reasons are real."""
    card, source = parse_scorecard(CARDS[name]), random.Random(631)
    seen = 0
    for _ in range(600):
        found = scored(random_file(source), card)
        if found.value is None:
            continue
        seen += 1
        told = score_json(found)
        assert found.total == card.base + sum(part.points for part in found.points)
        assert told["sum"]["base"] + sum(part["points"] for part in told["points"]) == told["sum"]["total"]
        assert told["sum"]["total"] + told["sum"]["cut"] == found.value
        assert 350 <= found.value <= 950
        assert (told["sum"]["cut"] == 0) == (350 <= found.total <= 950)
        assert [part.attribute for part in found.points] == [item.name for item in card.table]
        _check_reasons(found)
    assert seen >= 200


def _check_reasons(found: Score) -> None:
    parts = {part.attribute: part for part in found.points}
    loss: dict[str, int] = {}
    for part in found.points:
        if part.special is None and part.points < part.reference:
            loss[part.family] = loss.get(part.family, 0) + part.points - part.reference
    assert len(found.reasons) == min(MOST_REASONS, len(loss))
    told = [loss[BY_NAME[reason].family] for reason in found.reasons]
    assert told == sorted(loss.values())[: len(told)]
    for reason in found.reasons:
        part = parts[reason]
        assert part.special is None
        assert part.points < part.reference
        same = [other for other in found.points if other.family == part.family and other.special is None]
        assert part.points - part.reference == min(other.points - other.reference for other in same)


@given(st.integers(0, 60), st.sampled_from("1234567B"))
def test_a_delay_never_raises_the_score(place: int, status: str) -> None:
    """The same file with one month late instead of on time scores no higher."""
    good = "N" * 60
    late = good[:place] + status + good[place + 1 :]
    before, after = scored(file_of(line(good))), scored(file_of(line(late)))
    assert before.value is not None
    assert after.value is not None
    assert after.value <= before.value


@pytest.mark.parametrize(
    ("value", "points"), [(0, 40), (1, -20), (2, -20), (3, -90), (7, -90)]
)  # fmt: skip
def test_bins_are_closed_on_the_left(value: int, points: int) -> None:
    """An attribute equal to an edge belongs to the bin above it."""
    assert trial(plain(), worst_12=value).points[0].points == points


def test_every_edge_of_every_table_is_exact() -> None:
    """One below an edge is the bin below, the edge itself the bin above."""
    for name in CARDS:
        card = parse_scorecard(CARDS[name])
        plain_values = {item.name: AttributeValue(0) for item in card.table} | {"history_months": AttributeValue(24)}
        for at, item in enumerate(card.table):
            for place, edge in enumerate(item.edges):
                for value, bin_ in ((edge - 1, place), (edge, place + 1)):
                    told = plain_values | {item.name: AttributeValue(value)}
                    if item.name == "history_months" and value < card.history_months:
                        continue
                    assert score(card, "", told).points[at].points == item.points[bin_], (item.name, value)


def test_a_special_code_has_its_own_points_and_is_never_a_reason() -> None:
    """What is not held costs what the table says, and nobody is blamed for it."""
    table = row(special={"no-record": -50})
    found = trial(table, worst_12="no-record")
    assert (found.points[0].points, found.points[0].special) == (-50, "no-record")
    assert found.reasons == ()
    assert trial(table, worst_12="withheld").points[0].points == 30


@pytest.mark.parametrize(
    ("base", "worst", "value", "total"), [(940, 0, 950, 990), (400, 7, 350, 320), (600, 0, 650, 650)]
)
def test_a_sum_beyond_the_scale_is_cut_and_the_cut_is_shown(base: int, worst: int, value: int, total: int) -> None:
    """The sum stays what it is; the cut is its own line."""
    found = trial(plain(base=base), worst_12=worst)
    assert (found.value, found.total) == (value, total)
    assert score_json(found)["sum"] == {"base": base, "total": total, "cut": value - total}


@pytest.mark.parametrize("history", [0, 2, "no-record"])
def test_too_little_history_gives_no_score(history: int | str) -> None:
    """Not enough data: no number, no points, no reasons, and it says so."""
    found = trial(plain(), worst_12=7, history_months=history)
    told = score_json(found)
    assert (found.value, found.points, found.reasons) == (None, (), ())
    assert (told["value"], told["note"], told["sum"], told["points"]) == (None, "not-enough-data", None, [])
    assert trial(plain(), history_months=3).value == 650


def test_reasons_are_four_at_most_one_a_family_and_the_strongest_first() -> None:
    """A file with everything wrong names four families, the costliest first."""
    every = {item.name: AttributeValue(0 if item.name in RISING else 10**9) for item in CARD.table}
    found = score(CARD, DIGEST, every | {"history_months": AttributeValue(3)})
    assert len(found.reasons) == MOST_REASONS
    assert len({BY_NAME[reason].family for reason in found.reasons}) == MOST_REASONS
    _check_reasons(found)
    assert found.value == 350
    assert reasons_for(()) == ()


def test_a_score_is_a_pure_function() -> None:
    """The same file gives the same score, whatever was scored in between, and names table and digest."""
    source = random.Random(1)
    files = [random_file(source) for _ in range(50)]
    first = [scored(held) for held in files]
    assert [scored(held) for held in reversed(files)] == first[::-1]
    assert {(found.scorecard_id, found.scorecard_digest) for found in first} == {(CARD.id, DIGEST)}


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": (plain(bonus=5), "unknown field"),
    "an unknown key in a row": (row(bonus=5), "unknown field"),
    "a missing key": ({key: value for key, value in plain().items() if key != "base"}, "missing required field"),
    "a fraction": (plain(base=600.5), "not a scorecard"),
    "a fraction among the points": (row(points=[40, -20.5, -90]), "not a scorecard"),
    "a text for a number": (plain(base="600"), "not a scorecard"),
    "an unknown attribute": (row(name="postcode"), "no attribute is called postcode"),
    "an attribute twice": (plain(table=[plain()["table"][0]] * 2), "stands in the table once"),
    "no attribute": (plain(table=[]), "at least one"),
    "a bin too few": (row(points=[40, -20]), "one bin more"),
    "edges that fall": (row(edges=[3, 1]), "edges rise"),
    "edges that stand": (row(edges=[1, 1]), "edges rise"),
    "a reference nobody reaches": (row(reference=41), "above the best bin"),
    "a base outside the scale": (plain(base=350), "within the scale"),
    "a base above the scale": (plain(base=950), "within the scale"),
    "a kind of subject that is none": (plain(subject_kind="pet"), "persons or for enterprises"),
    "a standing in one language": (plain(standing={"en": "trial"}), "en and zh"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_bad_table_is_refused(name: str) -> None:
    """Nobody is scored by a table that is not exactly of its form."""
    table, told = MISTAKES[name]
    with pytest.raises(ScorecardRefused, match=told):
        parse_scorecard(json.dumps(table).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b"\xff"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    """Any other bytes are refused in the same way."""
    with pytest.raises(ScorecardRefused):
        parse_scorecard(content)


def test_reasons_and_families_have_words() -> None:
    """Every attribute and family can be told in both languages."""
    for name, info in BY_NAME.items():
        assert reason_text(name, "zh") == info.zh
        assert reason_text(name, "en") == info.en
    for family, (chinese, english) in FAMILIES.items():
        assert (family_text(family, "zh"), family_text(family, "en")) == (chinese, english)


def test_the_digest_names_the_bytes() -> None:
    """A changed blank is another table for an approval."""
    assert scorecard_digest(PEOPLE) != scorecard_digest(PEOPLE + b" ")
    assert len(DIGEST) == 64
