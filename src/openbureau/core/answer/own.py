"""What does a person's own report tell that no lender's does?

Use of platforms and business activity: kept under a consent to collect, shown to nobody but the person, who may see all that is
held (PIPL Art. 45).  Promises: what says that a bill was not paid as agreed is adverse (Regulation on the Credit Reporting
Industry, Art. 44 (3)) and is gone on every day after the retention period since its end (Art. 16); the rest of the month
stays as long as it is held.  Decision 0032.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

import msgspec

from openbureau.core.credit_file import month_end, month_text
from openbureau.core.subject import birthday

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlatformUse:
    """One month of use of one service, in bands.  `month` counts year*12+month-1; None: not furnished."""

    furnisher_id: str
    service: str
    month: int
    active_band: str
    spend_band: str | None
    bills: int | None
    bills_late: int | None
    overdue_fen: int | None
    adverse_notified_on: date | None
    consent_given_on: date
    notice_on: date

    @property
    def is_adverse(self) -> bool:
        """Was something not paid as agreed?"""
        return bool(self.bills_late or self.overdue_fen)

    @property
    def is_in_order(self) -> bool:
        """Does the month say that nothing was late?  One that says nothing of it does not."""
        return not self.is_adverse and (self.bills_late is not None or self.overdue_fen is not None)


@dataclass(frozen=True, slots=True)
class Business:
    """One month of a firm's or sole trader's activity at one platform."""

    furnisher_id: str
    month: int
    trader_kind: str
    turnover_fen: int | None
    refund_fen: int | None
    orders: int | None
    customers: int | None
    active_days: int | None
    largest_bp: int | None
    penalties: int | None
    consent_given_on: date | None
    notice_on: date | None


@dataclass(frozen=True, slots=True)
class Activity:
    """All of both that is held on a person: by furnisher and service, newest month first."""

    uses: tuple[PlatformUse, ...] = ()
    business: tuple[Business, ...] = ()


class _Stored(msgspec.Struct, frozen=True):
    u: list[
        tuple[str, str, int, str, str | None, int | None, int | None, int | None, date | None, date, date]
    ] | None = None  # fmt: skip
    b: list[
        tuple[
            str, int, str, int | None, int | None, int | None, int | None, int | None, int | None, int | None, date | None,
            date | None,
        ]
    ] | None = None  # fmt: skip


_decode = msgspec.json.Decoder(_Stored).decode


def decode_activity(raw: bytes) -> Activity:
    """What the store handed over, as values.  Called for the subject itself only."""
    stored = _decode(raw)
    return Activity(
        uses=tuple(PlatformUse(*one) for one in stored.u or ()),
        business=tuple(Business(*one) for one in stored.b or ()),
    )


def visible_activity(held: Activity, *, retention_years: int, today: date) -> Activity:
    """The same without the adverse figures of months whose delay ended longer ago than the retention period.

    The figures go, the month stays: that a service was used is nothing adverse.
    """
    shown: list[PlatformUse] = []
    for _, months in groupby(held.uses, key=lambda one: (one.furnisher_id, one.service)):
        shown += _visible(list(months), retention_years, today)
    return replace(held, uses=tuple(shown))


def _visible(months: list[PlatformUse], years: int, today: date) -> Iterator[PlatformUse]:
    """One service's months, newest first, without the figures whose delay is over for too long.

    A delay ended with its month where nothing is overdue at the end of it, or where the next month that speaks of it is in
    order; else it goes on into the next late month, and without one it has not ended (as with an account that is not closed).
    """
    ended_on: date | None = None
    is_settled = False
    for one in months:
        if not one.is_adverse:
            is_settled = is_settled or one.is_in_order
            yield one
            continue
        if is_settled or one.overdue_fen == 0:
            ended_on = month_end(one.month)
        is_settled = False
        is_over = ended_on is not None and today > birthday(ended_on, years)
        yield replace(one, bills_late=None, overdue_fen=None, adverse_notified_on=None) if is_over else one


def activity_blocks(shown: Activity) -> Json:
    """The two blocks of a person's own report."""
    return {
        "platform_use": [_use(one) for one in shown.uses],
        "business": [_business(one) for one in shown.business],
    }


def _use(one: PlatformUse) -> Json:
    return {
        "furnisher": one.furnisher_id,
        "service": one.service,
        "month": month_text(one.month),
        "active_band": one.active_band,
        "spend_band": one.spend_band,
        "bills": one.bills,
        "bills_late": one.bills_late,
        "overdue_fen": one.overdue_fen,
        "adverse_notified_on": _day(one.adverse_notified_on),
        "consent_given_on": _day(one.consent_given_on),
        "notice_on": _day(one.notice_on),
    }


def _business(one: Business) -> Json:
    return {
        "furnisher": one.furnisher_id,
        "month": month_text(one.month),
        "trader_kind": one.trader_kind,
        "turnover_fen": one.turnover_fen,
        "refund_fen": one.refund_fen,
        "orders": one.orders,
        "customers": one.customers,
        "active_days": one.active_days,
        "largest_bp": one.largest_bp,
        "penalties": one.penalties,
        "consent_given_on": _day(one.consent_given_on),
        "notice_on": _day(one.notice_on),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
