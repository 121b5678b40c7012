"""How much has each member asked, and who is slowed down?  What the doors need to know, in one reading for all."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import ceil
from threading import Lock

from openbureau.core.abuse import BEIJING
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.outcome import HeldBack
from openbureau.law.workdays import civil_day
from openbureau.store.abuse import Slowdown, asked_counts, slowdowns
from openbureau.store.database import Connection

Caller = tuple[str, str]
"""A member and one of its users."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of a day, the same for every member: requests a second and recorded inquiries a day."""

    member_rate: int
    user_rate: int
    member_quota: int
    user_quota: int


def limits_of(bureau: Bureau, now: datetime) -> Limits:
    """The limits that hold on the day of an instant."""
    rulebook = bureau.rulebook(civil_day(now))
    return Limits(
        rulebook.rule("house.rate.member_per_second").number,
        rulebook.rule("house.rate.user_per_second").number,
        rulebook.rule("house.quota.member_per_day").number,
        rulebook.rule("house.quota.user_per_day").number,
    )


def day_begins(now: datetime) -> datetime:
    """The beginning of the day in Beijing, the day by which quotas are counted."""
    return datetime.combine(civil_day(now), time(), BEIJING)


@dataclass(frozen=True, slots=True)
class Paces:
    """One reading: what has surely been recorded, what is younger, and who is slowed down."""

    settled: Mapping[Caller, int]
    young: Mapping[Caller, int]
    slow: Mapping[Caller, Slowdown]


def read_paces(bureau: Bureau, since: datetime, spans: tuple[datetime, datetime]) -> Paces:
    """Inquiries recorded after `since` up to the first of `spans`, after that up to the second; slow-downs of now.

    Of several slow-downs of a user the longest counts.
    """
    (settled, until), members = spans, list(bureau.members)
    with bureau.store.connection("api") as connection:
        old = asked_counts(connection, members, (since, settled)) if settled > since else []
        young = asked_counts(connection, members, (max(since, settled), until))
        slow = sorted(slowdowns(connection, bureau.clock()), key=_until)
    return Paces(_by_caller(old), _by_caller(young), {(one.member_id, one.user): one for one in slow})


def _by_caller(rows: list[tuple[str, str, int]]) -> dict[Caller, int]:
    return {(member, user): count for member, user, count in rows}


SETTLED = timedelta(seconds=30)
"""An inquiry is surely recorded, or never will be, after this long."""


@dataclass(slots=True)
class _Day:
    """What one member has asked today as last read, who of its users is slowed down, and what was let through since."""

    read_at: datetime
    asked: Mapping[Caller, int]
    divisors: Mapping[Caller, int]
    since: Counter[Caller] = field(default_factory=Counter)


class DayQuota:
    """The quotas of a day for what is worked beside the doors: the lines of batches.

    The same numbers as at the doors; counts are read anew every half minute, and are exact to as much.
    """

    def __init__(self, bureau: Bureau) -> None:
        self._bureau = bureau
        self._days: dict[str, _Day] = {}
        self._lock = Lock()

    def take(self, connection: Connection, member_id: str, user: str) -> HeldBack | None:
        """Let a line through, or say whose quota is used up."""
        now, limits = self._bureau.clock(), limits_of(self._bureau, self._bureau.clock())
        with self._lock:
            day = self._days.get(member_id)
            if day is None or now - day.read_at > SETTLED or day.read_at < day_begins(now):
                day = self._days[member_id] = self._read(connection, member_id, now)
            callers, divisor = ((member_id, ""), (member_id, user)), day.divisors.get((member_id, user), 1)
            mosts = (limits.member_quota, max(limits.user_quota // divisor, 1))
            for whose, caller, most in zip(("member-day", "user-day"), callers, mosts, strict=True):
                if day.asked.get(caller, 0) + day.since[caller] >= most:
                    tomorrow = day_begins(now) + timedelta(days=1)
                    return HeldBack(True, whose, most, ceil((tomorrow - now).total_seconds()))
            day.since.update(callers)
        return None

    @staticmethod
    def _read(connection: Connection, member_id: str, now: datetime) -> _Day:
        counts = _by_caller(asked_counts(connection, [member_id], (day_begins(now) - _INSTANT, now)))
        slow = {(one.member_id, one.user): one.divisor for one in sorted(slowdowns(connection, now), key=_until)}
        return _Day(now, counts | {(member_id, ""): sum(counts.values())}, slow)


_INSTANT = timedelta(microseconds=1)


def _until(one: Slowdown) -> datetime:
    return one.until
