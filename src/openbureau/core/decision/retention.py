"""When does what is held of a person go?

One line an item: an account serves its purpose while it is open; what is adverse is kept for the years that the law sets, from
the end of the act or event (Regulation on the Credit Reporting Industry, Art. 16; Personal Information Protection Law,
Art. 47).  Pure: the clock that a person is shown, and the facts on which a wish to be erased is decided.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openbureau.core.credit_file import ADVERSE_CLASSES, COLLECTION, CreditFile, Tradeline, adverse_ends
from openbureau.core.subject import birthday

KEEP_RULE = "crr.negative.retention_years"


class What(StrEnum):
    """Why an item stands."""

    RUNNING = "running"
    ADVERSE_GOES_ON = "adverse-goes-on"
    ADVERSE = "adverse"


@dataclass(frozen=True, slots=True)
class Kept:
    """An item that stands in the way of an erasure: of whom, why, and the last day on which it does (None: no day is set)."""

    item_id: str
    furnisher_id: str
    what: What
    last_day: date | None


def kept_items(held: CreditFile, *, retention_years: int, today: date) -> tuple[Kept, ...]:
    """Everything that still serves or must be kept today, in the order of the file; empty where nothing does."""
    found: list[Kept] = []
    for tradeline in held.tradelines:
        if tradeline.closed_on is None:
            found.append(Kept(tradeline.tradeline_id, tradeline.furnisher_id, What.RUNNING, None))
        found += _terms(tradeline, retention_years)
    for record in held.further.public_records:
        if record.is_adverse:
            last = birthday(record.over_on, retention_years) if record.over_on else None
            what = What.ADVERSE if last else What.ADVERSE_GOES_ON
            found.append(Kept(record.public_id, record.furnisher_id, what, last))
    return tuple(one for one in found if one.last_day is None or today <= one.last_day)


def _terms(tradeline: Tradeline, years: int) -> Iterator[Kept]:
    ends = list(adverse_ends(tradeline))
    if tradeline.account_type == COLLECTION or tradeline.five_class in ADVERSE_CLASSES:
        ends.append(tradeline.closed_on)
    if not ends:
        return
    if None in ends:
        yield Kept(tradeline.tradeline_id, tradeline.furnisher_id, What.ADVERSE_GOES_ON, None)
        return
    last = max(birthday(day, years) for day in ends if day is not None)
    yield Kept(tradeline.tradeline_id, tradeline.furnisher_id, What.ADVERSE, last)


def has_running(items: tuple[Kept, ...]) -> bool:
    """Is an account open?"""
    return any(one.what is What.RUNNING for one in items)


def has_term(items: tuple[Kept, ...]) -> bool:
    """Is something adverse kept whose time is not over?"""
    return any(one.what is not What.RUNNING for one in items)
