"""Is what is said about an account possible, lawful and consistent?  Tradelines, months, shares, parties, guarantees.

Every check is `(update, context) -> rule and field, or nothing`; `checks.py` says in which order they are made.
"""

from datetime import date, timedelta

from openbureau.core.credit_file import ADVERSE
from openbureau.core.furnishing import codes
from openbureau.core.furnishing.finding import CheckContext, Found
from openbureau.core.furnishing.values import (
    GuaranteeUpdate,
    MonthUpdate,
    PartyUpdate,
    PublicRecordUpdate,
    ShareUpdate,
    TradelineUpdate,
    Update,
)

MOST_PLAUSIBLE = 10**13
"""A hundred thousand million yuan in fen: more is a mistake of scale."""
FIRST_MONTH, FIRST_DAY = "1980-01", date(1980, 1, 1)
_CARDS, _CARD_BUSINESS = frozenset({"R2", "R3"}), frozenset({"71", "81", "82"})
_BAD_DEBT = {"D1": "4", "R4": "4", "R1": "4", "R2": "5", "R3": "5"}
_LATE = frozenset("1234567")


def days_not_in_future(update: Update, context: CheckContext) -> Found:
    """No day of a record but a due day lies ahead of us."""
    for name in _PAST_DAYS[update.record]:
        day = getattr(update, name)
        if day is not None and day > context.today:
            return ("day-in-future", name)
    return None


_PAST_DAYS: dict[str, tuple[str, ...]] = {
    "subject": ("born_on", "deceased_on"),
    "tradeline": ("opened_on", "closed_on", "as_of_on"),
    "share": ("as_of_on",),
    "party": ("ended_on", "as_of_on"),
    "guarantee": ("starts_on", "as_of_on"),
    "outside-inquiry": ("asked_on",),
    "public-record": ("decided_on", "ended_on", "as_of_on"),
    "platform-use": ("consent_given_on", "notice_on"),
    "business": ("consent_given_on", "notice_on"),
    "correction": ("decided_on",),
    "deletion": ("decided_on",),
    "dispute-answer": ("decided_on",),
}


def status_fits_type(update: TradelineUpdate, _context: CheckContext) -> Found:
    """The same number means different things for loans and cards."""
    if update.account_status not in codes.STATUSES_OF_TYPE[update.account_type]:
        return ("status-not-of-type", "account_status")
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


def closed_has_day(update: TradelineUpdate, _context: CheckContext) -> Found:
    """A status that is closed comes with the day of closing."""
    is_closed = update.account_status in codes.CLOSED_STATUSES[update.account_type]
    return ("closed-without-day", "closed_on") if is_closed and update.closed_on is None else None


def closed_by_then(update: TradelineUpdate, _context: CheckContext) -> Found:
    """Nothing is known to be closed before it is."""
    is_wrong = update.closed_on is not None and update.closed_on > update.as_of_on
    return ("closed-after-as-of", "closed_on") if is_wrong else None


def opened_by_then(update: TradelineUpdate, _context: CheckContext) -> Found:
    """The day on which this held is not before the opening."""
    return ("as-of-before-opened", "as_of_on") if update.as_of_on < update.opened_on else None


def is_fresh(update: TradelineUpdate, context: CheckContext) -> Found:
    """What is said about an open account is less than two years old."""
    is_old = update.closed_on is None and update.as_of_on < context.today - timedelta(days=730)
    return ("as-of-too-old", "as_of_on") if is_old else None


def has_limit(update: TradelineUpdate, _context: CheckContext) -> Found:
    """An amount or limit above zero."""
    return ("no-limit", "limit_fen") if update.limit_fen == 0 else None


def limit_in_scale(update: TradelineUpdate, _context: CheckContext) -> Found:
    """An amount that a lender could lend."""
    return ("amount-out-of-scale", "limit_fen") if update.limit_fen > MOST_PLAUSIBLE else None


def business_fits_type(update: TradelineUpdate, _context: CheckContext) -> Found:
    """Cards are cards, loans are loans."""
    is_card = update.account_type in _CARDS
    if update.account_type != "C1" and is_card != (update.business_type in _CARD_BUSINESS):
        return ("type-not-of-business", "business_type")
    return None


def opened_in_our_time(update: TradelineUpdate, _context: CheckContext) -> Found:
    """No account is older than personal lending."""
    return ("opened-too-early", "opened_on") if update.opened_on < FIRST_DAY else None


def term_is_possible(update: TradelineUpdate, _context: CheckContext) -> Found:
    """No term is longer than fifty years."""
    is_long = update.due_on is not None and (update.due_on - update.opened_on).days > 50 * 366
    return ("term-too-long", "due_on") if is_long else None


def loan_has_due_day(update: TradelineUpdate, _context: CheckContext) -> Found:
    """A non-revolving loan is due on some day."""
    return ("loan-without-due-day", "due_on") if update.account_type == "D1" and update.due_on is None else None


def currency_is_stated(update: TradelineUpdate, _context: CheckContext) -> Found:
    """Amounts mean nothing without their currency."""
    return ("currency-not-stated", "currency") if update.currency == "XXX" else None


def bad_debt_is_graded_so(update: TradelineUpdate, _context: CheckContext) -> Found:
    """Bad debt is not graded normal."""
    is_bad = update.account_status == _BAD_DEBT.get(update.account_type)
    return ("bad-debt-graded-normal", "five_class") if is_bad and update.five_class in {"1", "2"} else None


def poor_grade_has_reason(update: TradelineUpdate, _context: CheckContext) -> Found:
    """An account that is normal is not graded doubtful or a loss."""
    is_odd = update.account_status == "1" and update.account_type != "C1" and update.five_class in {"4", "5"}
    return ("poor-grade-but-normal", "five_class") if is_odd else None


def month_not_in_future(update: MonthUpdate, context: CheckContext) -> Found:
    """The month has begun."""
    return ("month-in-future", "month") if update.month > context.this_month else None


def month_in_our_time(update: MonthUpdate, _context: CheckContext) -> Found:
    """No month is older than personal lending."""
    return ("month-too-early", "month") if update.month < FIRST_MONTH else None


def status_agrees_with_overdue(update: MonthUpdate, _context: CheckContext) -> Found:
    """On time means nothing overdue; overdue means something is."""
    if update.overdue_fen is None:
        return None
    if update.status in "N*C" and update.overdue_fen > 0:
        return ("on-time-but-overdue", "overdue_fen")
    if update.status in _LATE and update.overdue_fen == 0:
        return ("late-without-amount", "overdue_fen")
    return None


def late_says_how_much(update: MonthUpdate, _context: CheckContext) -> Found:
    """Overdue comes with the amount overdue."""
    is_silent = update.status in _LATE and update.overdue_fen is None
    return ("late-amount-unknown", "overdue_fen") if is_silent else None


def settled_without_balance(update: MonthUpdate, _context: CheckContext) -> Found:
    """Settled means no balance."""
    return ("settled-with-balance", "balance_fen") if update.status == "C" and update.balance_fen else None


def on_time_is_paid(update: MonthUpdate, _context: CheckContext) -> Found:
    """Paid in full on time means that as much was paid as was due; nothing due, that nothing was left unpaid."""
    if update.due_fen is None or update.paid_fen is None or update.paid_fen >= update.due_fen:
        return None
    if update.status == "N":
        return ("on-time-but-unpaid", "paid_fen")
    return ("nothing-due-but-unpaid", "due_fen") if update.status == "*" else None


def overdue_within_balance(update: MonthUpdate, _context: CheckContext) -> Found:
    """No more is overdue than is owed."""
    is_wrong = (
        update.overdue_fen is not None and update.balance_fen is not None and update.overdue_fen > update.balance_fen
    )
    return ("overdue-over-balance", "overdue_fen") if is_wrong and update.status in _LATE else None


def amounts_in_scale(update: MonthUpdate, _context: CheckContext) -> Found:
    """Amounts that an account can have."""
    for name in ("balance_fen", "due_fen", "paid_fen", "overdue_fen"):
        if (getattr(update, name) or 0) > MOST_PLAUSIBLE:
            return ("amount-out-of-scale", name)
    return None


def bad_debt_has_balance(update: MonthUpdate, _context: CheckContext) -> Found:
    """Bad debt is a debt."""
    return ("bad-debt-without-balance", "balance_fen") if update.status == "B" and update.balance_fen == 0 else None


def guarantor_paid(update: MonthUpdate, _context: CheckContext) -> Found:
    """Paid by the guarantor means that something was paid."""
    return ("guarantor-paid-nothing", "paid_fen") if update.status == "D" and update.paid_fen == 0 else None


def unknown_is_silent(update: MonthUpdate, _context: CheckContext) -> Found:
    """Where the status is unknown nothing is overdue for certain."""
    return ("unknown-but-overdue", "status") if update.status == "#" and update.overdue_fen else None


def adverse_was_told(update: MonthUpdate | GuaranteeUpdate | PublicRecordUpdate, context: CheckContext) -> Found:
    """Adverse information comes with the day on which the person was told before (Art. 15)."""
    if isinstance(update, MonthUpdate):
        is_adverse = update.status in ADVERSE
    elif isinstance(update, GuaranteeUpdate):
        is_adverse = update.guarantee_status in codes.ADVERSE_GUARANTEES
    else:
        is_adverse = update.public_kind in codes.ADVERSE_PUBLIC and update.public_status != "3"
    return was_told(is_adverse, update.adverse_notified_on, context)


def was_told(is_adverse: bool, told_on: date | None, context: CheckContext) -> Found:
    """The notice that adverse information needs: there, and early enough."""
    if not is_adverse:
        return None
    if told_on is None:
        return ("adverse-without-notice", "adverse_notified_on")
    return ("notice-not-before", "adverse_notified_on") if told_on > context.last_notice_on else None


def notice_fits_month(update: MonthUpdate, _context: CheckContext) -> Found:
    """Nobody is told of a delay before the month in which it happened."""
    told_on = update.adverse_notified_on
    is_early = told_on is not None and update.status in ADVERSE and told_on.isoformat()[:7] < update.month
    return ("notice-too-early", "adverse_notified_on") if is_early else None


def notice_has_cause(update: MonthUpdate, _context: CheckContext) -> Found:
    """A notice of adverse information comes with adverse information."""
    is_odd = update.adverse_notified_on is not None and update.status not in ADVERSE
    return ("notice-without-adverse", "adverse_notified_on") if is_odd else None


def share_is_something(update: ShareUpdate, _context: CheckContext) -> Found:
    """A funder funds something."""
    return ("share-of-nothing", "share_bp") if update.share_bp == 0 else None


def share_is_enough(update: ShareUpdate, context: CheckContext) -> Found:
    """A partner's share reaches the least that the rules on joint lending ask for."""
    return ("share-under-minimum", "share_bp") if 0 < update.share_bp < context.least_share_bp else None


def guarantor_answers_for_something(update: PartyUpdate, _context: CheckContext) -> Found:
    """A guarantor answers for an amount."""
    is_odd = update.role == "guarantor" and update.liability_fen == 0
    return ("liability-of-nothing", "liability_fen") if is_odd else None


def part_ended_by_then(update: PartyUpdate, _context: CheckContext) -> Found:
    """A part that has ended ended by the day on which this held."""
    is_wrong = update.ended_on is not None and update.ended_on > update.as_of_on
    return ("ended-after-as-of", "ended_on") if is_wrong else None


def guarantee_ends_after_start(update: GuaranteeUpdate, _context: CheckContext) -> Found:
    """A guarantee ends after it starts."""
    is_wrong = update.ends_on is not None and update.ends_on < update.starts_on
    return ("guarantee-ends-before-start", "ends_on") if is_wrong else None


def guarantee_is_something(update: GuaranteeUpdate, _context: CheckContext) -> Found:
    """A guarantee is for an amount."""
    return ("guarantee-of-nothing", "amount_fen") if update.amount_fen == 0 else None


def outstanding_within_amount(update: GuaranteeUpdate, _context: CheckContext) -> Found:
    """No more is outstanding than was guaranteed."""
    is_wrong = update.outstanding_fen is not None and update.outstanding_fen > update.amount_fen
    return ("outstanding-over-amount", "outstanding_fen") if is_wrong else None


def released_means_nothing_left(update: GuaranteeUpdate, _context: CheckContext) -> Found:
    """A released guarantee has nothing outstanding."""
    is_wrong = update.guarantee_status == "3" and bool(update.outstanding_fen)
    return ("released-but-outstanding", "outstanding_fen") if is_wrong else None


def guarantee_still_runs(update: GuaranteeUpdate, _context: CheckContext) -> Found:
    """A guarantee in force has not passed its end."""
    is_odd = update.guarantee_status == "1" and update.ends_on is not None and update.ends_on < update.as_of_on
    return ("guarantee-past-its-end", "guarantee_status") if is_odd else None
