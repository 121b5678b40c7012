"""Is what the record says possible, lawful and consistent?

Every check is `(update, context) -> rule and field, or nothing`.  The tuples at the bottom are the policy: read them from
top to bottom; the order is the order of the report.  Checks that need what is already held are made by the store and
told under the rules of `messages.py` in the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openbureau.core.credit_file import ADVERSE
from openbureau.core.furnishing import codes
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.values import MonthUpdate, SubjectUpdate, TradelineUpdate, Update
from openbureau.core.subject import PERSON_ID, birthday, born_on, normalize_id
from openbureau.law.rules import Rulebook


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What the checks are given: the day, and the numbers of the law that they need."""

    today: date
    this_month: str
    child_age: int
    last_notice_on: date
    """The last day on which a notice still leaves the lead time of our house rule."""


def check_context(rulebook: Rulebook) -> CheckContext:
    """The context of a day."""
    lead = timedelta(days=rulebook.typed.adverse_lead_days.number)
    day = rulebook.day
    return CheckContext(day, day.isoformat()[:7], rulebook.typed.child_age.number, day - lead)


Found = tuple[str, str] | None


def identity_number_holds(update: SubjectUpdate, _context: CheckContext) -> Found:
    """The check character, the date inside and the alphabet of the identity number."""
    if normalize_id(update.id_kind, update.id_number) is None:
        return ("bad-identity-number", "id_number")
    return None


def birth_day_agrees(update: SubjectUpdate, _context: CheckContext) -> Found:
    """The day of birth is the one inside the number."""
    number = normalize_id(update.id_kind, update.id_number)
    if update.born_on and number and update.id_kind == PERSON_ID and born_on(number) != update.born_on:
        return ("birth-day-differs", "born_on")
    return None


def is_no_child(update: SubjectUpdate, context: CheckContext) -> Found:
    """Nobody below the age of Art. 31 PIPL."""
    number = normalize_id(update.id_kind, update.id_number)
    born = born_on(number) if number and update.id_kind == PERSON_ID else None
    return ("child", "id_number") if born and context.today < birthday(born, context.child_age) else None


def status_fits_type(update: TradelineUpdate, _context: CheckContext) -> Found:
    """The same number means different things for loans and cards."""
    if update.account_status not in codes.STATUSES_OF_TYPE[update.account_type]:
        return ("status-not-of-type", "account_status")
    return None


def days_not_in_future(update: TradelineUpdate, context: CheckContext) -> Found:
    """Opened, closed and as-of days lie behind us."""
    for name in ("opened_on", "closed_on", "as_of_on"):
        day = getattr(update, name)
        if day is not None and day > context.today:
            return ("day-in-future", name)
    return None


def closed_after_opened(update: TradelineUpdate, _context: CheckContext) -> Found:
    """Closing follows opening."""
    is_wrong = update.closed_on is not None and update.closed_on < update.opened_on
    return ("closed-before-opened", "closed_on") if is_wrong else None


def due_after_opened(update: TradelineUpdate, _context: CheckContext) -> Found:
    """The due day follows the opening."""
    is_wrong = update.due_on is not None and update.due_on < update.opened_on
    return ("due-before-opened", "due_on") if is_wrong else None


def closed_says_so(update: TradelineUpdate, _context: CheckContext) -> Found:
    """A closing day comes with a status that is closed."""
    is_closed = update.account_status in codes.CLOSED_STATUSES[update.account_type]
    return ("closed-but-open-status", "account_status") if update.closed_on is not None and not is_closed else None


def has_limit(update: TradelineUpdate, _context: CheckContext) -> Found:
    """An amount or limit above zero."""
    return ("no-limit", "limit_fen") if update.limit_fen == 0 else None


def month_not_in_future(update: MonthUpdate, context: CheckContext) -> Found:
    """The month has begun."""
    return ("month-in-future", "month") if update.month > context.this_month else None


def status_agrees_with_overdue(update: MonthUpdate, _context: CheckContext) -> Found:
    """On time means nothing overdue; overdue means something is."""
    if update.overdue_fen is None:
        return None
    if update.status in "N*C" and update.overdue_fen > 0:
        return ("on-time-but-overdue", "overdue_fen")
    if update.status in "1234567" and update.overdue_fen == 0:
        return ("late-without-amount", "overdue_fen")
    return None


def settled_without_balance(update: MonthUpdate, _context: CheckContext) -> Found:
    """Settled means no balance."""
    return ("settled-with-balance", "balance_fen") if update.status == "C" and update.balance_fen else None


def adverse_was_told(update: MonthUpdate, context: CheckContext) -> Found:
    """Adverse information comes with the day on which the person was told before (Art. 15)."""
    if update.status not in ADVERSE:
        return None
    if update.adverse_notified_on is None:
        return ("adverse-without-notice", "adverse_notified_on")
    if update.adverse_notified_on > context.last_notice_on:
        return ("notice-not-before", "adverse_notified_on")
    return None


SUBJECT_CHECKS: tuple[Callable[[SubjectUpdate, CheckContext], Found], ...] = (
    identity_number_holds,
    birth_day_agrees,
    is_no_child,
)
TRADELINE_CHECKS: tuple[Callable[[TradelineUpdate, CheckContext], Found], ...] = (
    status_fits_type,
    days_not_in_future,
    closed_after_opened,
    due_after_opened,
    closed_says_so,
    has_limit,
)
MONTH_CHECKS: tuple[Callable[[MonthUpdate, CheckContext], Found], ...] = (
    month_not_in_future,
    status_agrees_with_overdue,
    settled_without_balance,
    adverse_was_told,
)


CHECKS: dict[str, tuple[Callable[[Any, CheckContext], Found], ...]] = {
    "month": MONTH_CHECKS,
    "tradeline": TRADELINE_CHECKS,
    "subject": SUBJECT_CHECKS,
}


def check(update: Update, number: int, context: CheckContext) -> tuple[Finding, ...]:
    """Findings of one update, in the order of its checks."""
    found = [one(update, context) for one in CHECKS.get(update.record, ())]
    return tuple(Finding(number, *one) for one in found if one is not None)
