"""When does a legal term end?

Chinese texts tell plain days (calendar days) from working days.  Plain days are counted from the day after the event;
working days pass over weekends and public holidays and count the weekends that are worked instead.  The calendar is
pluggable; ours covers the years for which the State Council's arrangement was entered, and refuses to guess others.
"""

from datetime import date, datetime, timedelta, timezone
from importlib.resources import files
from typing import Protocol

from openbureau.law.strict_yaml import Mapped, load_strict


class NoCalendar(LookupError):
    """The calendar does not cover this day."""


class Calendar(Protocol):
    """Tells working days from others."""

    def is_working_day(self, day: date) -> bool:
        """True when the day is worked; `NoCalendar` when it is not covered."""
        ...


class ChinaCalendar:
    """Weekends, public holidays and worked weekends from `holidays.yaml`."""

    def __init__(self, years: frozenset[int], off: frozenset[date], worked: frozenset[date]) -> None:
        self._years, self._off, self._worked = years, off, worked

    def is_working_day(self, day: date) -> bool:
        """As the protocol promises."""
        if day.year not in self._years:
            raise NoCalendar(f"no holiday arrangement was entered for {day.year}; add it to law/cn/holidays.yaml")
        if day in self._worked:
            return True
        return day.weekday() < 5 and day not in self._off


def china_calendar(text: str | None = None) -> ChinaCalendar:
    """The packaged calendar, or one from the text of another file."""
    if text is None:
        text = (files("openbureau.law") / "cn" / "holidays.yaml").read_text("utf-8")
    off: set[date] = set()
    worked: set[date] = set()
    found = load_strict(text, "holidays.yaml")
    for year in found.values():
        for span in year["holidays"]:
            off.update(_days(span))
        worked.update(year["worked"])
    return ChinaCalendar(frozenset(map(int, found)), frozenset(off), frozenset(worked))


def _days(span: Mapped) -> list[date]:
    return [span["first"] + timedelta(days=step) for step in range((span["last"] - span["first"]).days + 1)]


def add_working_days(start: date, count: int, calendar: Calendar) -> date:
    """The `count`-th working day after `start`."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= calendar.is_working_day(day)
    return day


def add_months(start: date, count: int) -> date:
    """The same day of the month `count` months later, or the month's last day where there is none."""
    month = start.year * 12 + start.month - 1 + count
    year, place = divmod(month, 12)
    first_after = date(year + (place == 11), (place + 1) % 12 + 1, 1)
    return min(date(year, place + 1, 1) + timedelta(days=start.day - 1), first_after - timedelta(days=1))


def deadline(start: date, *, value: int, unit: str, calendar: Calendar) -> date:
    """The last day of a term that begins with an event on `start`.  ValueError for a unit that is no term of days."""
    match unit:
        case "days":
            return start + timedelta(days=value)
        case "working days":
            return add_working_days(start, value, calendar)
        case "months":
            return add_months(start, value)
        case "years":
            return add_months(start, 12 * value)
        case _:
            raise ValueError(f"{unit!r} is no term of days; known are days, working days, months, years")


BEIJING = timezone(timedelta(hours=8))


def civil_day(at: datetime) -> date:
    """The day of an instant as the law counts days: in Beijing time, which has no other season's time since 1991."""
    return at.astimezone(BEIJING).date()
