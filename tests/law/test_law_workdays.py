"""When does a term end, by the calendar that was arranged?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.law.strict_yaml import LawError
from openbureau.law.workdays import NoCalendar, add_months, add_working_days, china_calendar, deadline

CALENDAR = china_calendar()


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        ("2026-02-13", True),  # the last Friday before the Spring Festival
        ("2026-02-14", True),  # a Saturday that is worked
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),  # a Saturday that is worked
        ("2026-03-01", False),  # a plain Sunday
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),  # a Saturday that is worked
        ("2026-10-11", False),
        ("2026-11-24", True),  # a plain Tuesday
    ],
)
def test_days_are_worked_as_arranged(day: str, is_worked: bool) -> None:
    """Holidays are off, the weekends exchanged for them are worked, all others are as the week has them."""
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is is_worked


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-20", 1, "2026-11-23"),  # over a weekend
        ("2026-02-12", 3, "2026-02-24"),  # Friday, the worked Saturday, then after the festival
        ("2026-09-30", 1, "2026-10-08"),  # over the whole National Day week
        ("2026-10-08", 3, "2026-10-12"),  # Friday, the worked Saturday, Monday
        ("2026-11-24", 0, "2026-11-24"),
    ],
)
def test_working_days_pass_over_holidays_and_count_worked_weekends(start: str, count: int, end: str) -> None:
    """Counting begins on the day after the event."""
    assert add_working_days(date.fromisoformat(start), count, CALENDAR) == date.fromisoformat(end)


@given(
    st.dates(date(2024, 1, 1), date(2026, 6, 30)),
    st.integers(1, 60),
)
def test_working_days_agree_with_counting_them(start: date, count: int) -> None:
    """Between start and end lie exactly so many worked days, and the end is one of them."""
    end = add_working_days(start, count, CALENDAR)
    worked = [
        day
        for day in (start + timedelta(days=step + 1) for step in range((end - start).days))
        if CALENDAR.is_working_day(day)
    ]
    assert len(worked) == count
    assert worked[-1] == end


def test_each_year_works_as_many_days_as_arranged() -> None:
    """The entered years have between 246 and 251 working days, as years do; a slip in a span would show."""
    for year in (2024, 2025, 2026):
        days = [date(year, 1, 1) + timedelta(days=step) for step in range(365 + (year % 4 == 0))]
        assert 246 <= sum(map(CALENDAR.is_working_day, days)) <= 251


def test_worked_weekends_are_weekends_and_holidays_are_whole_spans() -> None:
    """A day that was exchanged for a holiday is a Saturday or Sunday and not itself off."""
    assert CALENDAR._worked
    assert all(day.weekday() >= 5 for day in CALENDAR._worked)
    assert not CALENDAR._worked & CALENDAR._off


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2027, 1, 1)])
def test_a_year_without_an_arrangement_is_not_guessed(day: date) -> None:
    """A day outside the entered years is a fault that names year and cure."""
    with pytest.raises(NoCalendar, match=rf"{day.year}; add it to law/cn/holidays.yaml"):
        CALENDAR.is_working_day(day)


def test_a_term_that_runs_out_of_the_calendar_is_not_guessed() -> None:
    """Counting past the last entered year fails instead of taking plain weekdays."""
    with pytest.raises(NoCalendar, match="2027"):
        add_working_days(date(2026, 12, 30), 5, CALENDAR)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-15", 1, "2026-12-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
    ],
)
def test_months_end_where_the_month_ends(start: str, months: int, end: str) -> None:
    """Where the month has no such day, its last day."""
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("value", "unit", "end"),
    [
        (20, "days", "2026-12-14"),
        (5, "working days", "2026-12-01"),
        (3, "months", "2027-02-24"),
        (5, "years", "2031-11-24"),
    ],
)
def test_each_unit_has_its_own_deadline(value: int, unit: str, end: str) -> None:
    """Plain days, working days, months and years are told apart."""
    assert deadline(date(2026, 11, 24), value=value, unit=unit, calendar=CALENDAR) == date.fromisoformat(end)


def test_a_unit_that_is_no_term_is_refused() -> None:
    """`promptly` gives no day."""
    with pytest.raises(ValueError, match="'promptly' is no term of days"):
        deadline(date(2026, 11, 24), value=1, unit="promptly", calendar=CALENDAR)


def test_another_calendar_can_be_given() -> None:
    """The calendar is data: a year more is a text more."""
    text = '"2030":\n  holidays:\n    - {first: 2030-01-01, last: 2030-01-02}\n  worked: [2030-01-05]\n'
    other = china_calendar(text)
    start = date(2029, 12, 31)
    assert add_working_days(start, 3, other) == date(2030, 1, 5)
    with pytest.raises(LawError, match=r"^holidays\.yaml: line"):
        china_calendar('"2030":\n  holidays: []\n  holidays: []\n')
