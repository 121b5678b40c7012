"""Is what the law says must go gone, and is everything else untouched?"""

import json
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.files import MONTH, NOW, SUBJECT, TODAY, file_of, inquiry, line, lines
from openbureau.core.credit_file import (
    ADVERSE,
    ADVERSE_CLASSES,
    UNKNOWN,
    Tradeline,
    adverse_runs,
    decode_file,
    month_end,
    month_number,
    month_text,
    visible,
)
from openbureau.core.subject import birthday

YEARS = 5
COLUMNS = ("balances", "dues", "paids", "overdues")


def shown(held: Tradeline, today: date) -> Tradeline | None:
    """The account as it may be seen on a day, None where it may not be seen at all."""
    left = visible(file_of(held), retention_years=YEARS, today=today).tradelines
    return left[0] if left else None


def expired_months(held: Tradeline, today: date) -> set[int]:
    """Slow second reckoning: the places of the events that ended more than five years ago."""
    gone = set()
    for at, status in enumerate(held.statuses):
        if status not in ADVERSE:
            continue
        last, ended_on = at, held.closed_on
        for place in range(at + 1, len(held.statuses)):
            if held.statuses[place] in ADVERSE:
                last = place
            elif held.statuses[place] not in " #":
                ended_on = month_end(held.first_month + last)
                break
        if ended_on is not None and (ended_on.year + YEARS, ended_on.month, ended_on.day) < _parts(today):
            is_leap_day = (ended_on.month, ended_on.day) == (2, 29)
            if not (is_leap_day and _parts(today) <= (ended_on.year + YEARS, 3, 1)):
                gone.add(at)
    return gone | {at for at in range(len(held.statuses)) if _lies_between(held.statuses, at, gone)}


def _lies_between(statuses: str, at: int, gone: set[int]) -> bool:
    """Is this a month without news inside an event that is gone?"""
    before = statuses[: at + 1].rstrip(" #")
    after = statuses[at:].lstrip(" #")
    return statuses[at] in " #" and len(before) - 1 in gone and len(statuses) - len(after) in gone


def _parts(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


@settings(max_examples=300)
@given(lines(), st.dates(date(2013, 3, 15), date(2040, 1, 1)))
def test_exactly_the_expired_months_are_taken_out(held: Tradeline, today: date) -> None:
    """On any day: the months of expired adverse events are blank, with their amounts, everything else is as it was."""
    left = shown(held, today)
    if left is None:
        assert held.account_type == "C1"
        assert held.closed_on is not None
        assert today > birthday(held.closed_on, YEARS)
        return
    gone = expired_months(held, today)
    for at, status in enumerate(held.statuses):
        assert left.statuses[at] == (" " if at in gone else status)
        for column in COLUMNS:
            assert getattr(left, column)[at] == (UNKNOWN if at in gone else getattr(held, column)[at])
    for field in fields(Tradeline):
        if field.name not in {"statuses", "five_class", *COLUMNS}:
            assert getattr(left, field.name) == getattr(held, field.name)


@settings(max_examples=200)
@given(lines(), st.dates(date(2013, 3, 15), date(2040, 1, 1)), st.integers(0, 4000))
def test_what_is_gone_stays_gone(held: Tradeline, today: date, later: int) -> None:
    """No expired entry is visible on any later day, and looking twice changes nothing."""
    first, second = shown(held, today), shown(held, today + timedelta(days=later))
    if first is None:
        assert second is None
        return
    assert shown(first, today) == first
    if second is not None:
        for at, status in enumerate(first.statuses):
            if status == " ":
                assert second.statuses[at] == " "


@pytest.mark.parametrize("status", sorted(ADVERSE))
def test_every_adverse_status_goes_on_the_day_after_its_last(status: str) -> None:
    """Visible on the last day of the five years, gone on the next."""
    held = line("NN" + status + "NN", first_month=month_number(date(2020, 1, 1)), closed_on=date(2020, 9, 1))
    last = date(2025, 3, 31)
    before, after = shown(held, last), shown(held, last + timedelta(days=1))
    assert before == held
    assert after is not None
    assert after.statuses == "NN NN"


def test_the_adverse_statuses_are_those_of_the_code_list() -> None:
    """Overdue bands, bad debt, paid by others, ended otherwise, settled by assets; nothing that is in order."""
    assert set("1234567BDGZ") == ADVERSE
    assert set("3456") == ADVERSE_CLASSES


def test_a_cured_delay_ends_with_its_last_month() -> None:
    """The clock starts when the event ended, not when it began; a run goes as one."""
    held = line("N1234N", first_month=month_number(date(2020, 1, 1)))
    last = birthday(date(2020, 5, 31), YEARS)
    assert shown(held, last) == held
    after = shown(held, last + timedelta(days=1))
    assert after is not None
    assert after.statuses == "N    N"


def test_a_month_without_a_row_does_not_end_an_event() -> None:
    """Blank and unknown months between adverse ones keep one event together."""
    assert adverse_runs("N1 2#3N") == [(1, 5)]
    held = line("N1 2#3N", first_month=month_number(date(2020, 1, 1)))
    assert shown(held, date(2025, 6, 30)) == held
    after = shown(held, date(2025, 7, 1))
    assert after is not None
    assert after.statuses == "N     N"


def test_an_event_that_goes_on_never_expires() -> None:
    """An open account that is still overdue stays visible, however long ago the delay began."""
    held = line("N1234567" + "7" * 20, first_month=month_number(date(2016, 1, 1)))
    assert shown(held, date(2039, 1, 1)) == held


def test_closing_the_account_ends_the_event() -> None:
    """Where no later month shows the account in order, the day of closing starts the clock."""
    held = line("N123B", first_month=month_number(date(2020, 1, 1)), closed_on=date(2020, 8, 10), five_class="5")
    assert shown(held, date(2025, 8, 10)) == held
    after = shown(held, date(2025, 8, 11))
    assert after is not None
    assert after.statuses == "N    "
    assert after.five_class is None


@pytest.mark.parametrize("five_class", [*"1234569", None])
def test_the_grade_of_a_closed_account_goes_too(five_class: str | None) -> None:
    """An adverse grade is adverse information without any adverse month; others stay."""
    held = line("NNN", closed_on=date(2020, 8, 10), five_class=five_class)
    before, after = shown(held, date(2025, 8, 10)), shown(held, date(2025, 8, 11))
    assert before == held
    assert after is not None
    assert after.five_class == (None if five_class in ADVERSE_CLASSES else five_class)


def test_a_closed_collection_account_goes_as_a_whole() -> None:
    """The account itself is the adverse entry."""
    held = line("", account_type="C1", closed_on=date(2020, 8, 10))
    assert shown(held, date(2025, 8, 10)) == held
    assert shown(held, date(2025, 8, 11)) is None
    assert shown(replace(held, closed_on=None), date(2039, 1, 1)) is not None


def test_an_event_that_ended_on_a_leap_day_lasts_to_the_first_of_march() -> None:
    """29 February has its anniversary on 1 March."""
    held = line("1N", first_month=month_number(date(2020, 2, 1)))
    assert shown(held, date(2025, 3, 1)) == held
    after = shown(held, date(2025, 3, 2))
    assert after is not None
    assert after.statuses == " N"


def test_other_accounts_and_inquiries_are_untouched() -> None:
    """Only the account with the expired entry changes; without any, the file itself is handed back."""
    old = line("1N", first_month=month_number(date(2015, 1, 1)), tradeline_id="t-old")
    held = file_of(line(), old, line("123", tradeline_id="t-new"), inquiries=(inquiry(),))
    left = visible(held, retention_years=YEARS, today=TODAY)
    assert [seen.statuses for seen in left.tradelines] == ["N" * 12, " N", "123"]
    assert (left.tradelines[0], left.tradelines[2]) == (held.tradelines[0], held.tradelines[2])
    assert (left.inquiries, left.as_of, left.subject_id) == (held.inquiries, held.as_of, held.subject_id)
    assert visible(left, retention_years=YEARS, today=TODAY) is left


def test_retention_follows_the_rule_given() -> None:
    """With another number of years another day is the last."""
    held = line("1N", first_month=month_number(date(2020, 1, 1)))
    for years in (3, 5, 7):
        last = date(2020 + years, 1, 31)
        kept = visible(file_of(held), retention_years=years, today=last)
        gone = visible(file_of(held), retention_years=years, today=last + timedelta(days=1))
        assert (kept.tradelines[0].statuses, gone.tradelines[0].statuses) == ("1N", " N")


@given(st.text("N123B #*C", max_size=40))
def test_runs_cover_every_adverse_month_once(statuses: str) -> None:
    """Runs begin and end with adverse months, hold nothing in order, do not touch and miss none."""
    runs = adverse_runs(statuses)
    covered: list[int] = []
    for first, last in runs:
        assert statuses[first] in ADVERSE
        assert statuses[last] in ADVERSE
        assert all(status in ADVERSE or status in " #" for status in statuses[first : last + 1])
        covered += [at for at in range(first, last + 1) if statuses[at] in ADVERSE]
    assert covered == [at for at, status in enumerate(statuses) if status in ADVERSE]
    for (_, last), (first, _) in pairwise(runs):
        assert any(status not in ADVERSE and status not in " #" for status in statuses[last:first])


@given(lines())
def test_a_file_comes_back_from_the_store_as_it_was(held: Tradeline) -> None:
    """What the store writes as compact arrays decodes to the same values."""
    raw = json.dumps(
        {
            "t": [msgspec.to_builtins([getattr(held, field.name) for field in fields(Tradeline)])],
            "i": [["i-0", "bank-beta", "loan-approval", "2026-11-24T02:00:00+00:00", "answered"]],
        }
    ).encode()
    found = decode_file(raw, subject_id=SUBJECT, kind="person", as_of=NOW, synthetic=True)
    assert found == file_of(held, inquiries=(inquiry(),))


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"t":[[1]],"i":[]}', b'{"t":[],"i":[["x"]]}'])
def test_a_text_of_another_shape_is_a_fault(raw: bytes) -> None:
    """Nothing is guessed from what the store did not write."""
    with pytest.raises(msgspec.DecodeError):
        decode_file(raw, subject_id=SUBJECT, kind="person", as_of=NOW, synthetic=True)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_months_are_numbers_and_back(day: date) -> None:
    """Number, text and last day of a month agree."""
    number = month_number(day)
    assert month_text(number) == f"{day:%Y-%m}"
    end = month_end(number)
    assert month_number(end) == number
    assert month_number(end + timedelta(days=1)) == number + 1


def test_balances_of_closed_or_empty_accounts_are_nothing() -> None:
    """The current balance is the newest month's, never negative, nothing once the account is closed."""
    assert line("NN", balances=(5, 9), overdues=(0, 3)).balance_fen == 9
    assert line("NN", balances=(5, 9), overdues=(0, 3)).overdue_fen == 3
    assert line("NN", balances=(5, UNKNOWN), overdues=(3, UNKNOWN)).balance_fen == 0
    assert line("NN", overdues=(3, UNKNOWN)).overdue_fen == 0
    assert line("NN", closed_on=TODAY, overdues=(3, 3)).overdue_fen == 0
    assert line("NN", closed_on=TODAY).balance_fen == 0
    assert line("").balance_fen == line("").overdue_fen == 0
    assert line("NNN").last_month == MONTH - 1
    assert file_of().is_empty
    assert not file_of(line()).is_empty
