"""How much has each member asked, and who is slowed down?  What the doors need to know, in one reading for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from openbureau.core.abuse import BEIJING
from openbureau.jobs.context import Bureau
from openbureau.law.workdays import civil_day
from openbureau.store.abuse import Slowdown, asked_counts, slowdowns

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
        slow = sorted(slowdowns(connection, bureau.clock()), key=lambda one: one.until)
    return Paces(_by_caller(old), _by_caller(young), {(one.member_id, one.user): one for one in slow})


def _by_caller(rows: list[tuple[str, str, int]]) -> dict[Caller, int]:
    return {(member, user): count for member, user, count in rows}


SETTLED = timedelta(seconds=30)
"""An inquiry is surely recorded, or never will be, after this long."""
