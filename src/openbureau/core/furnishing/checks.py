"""Which checks does a record have to pass, and in which order?

The tuples are the policy: read them from top to bottom; the order is the order of the report.  The checks themselves stand
in `checks_subjects.py` and `checks_accounts.py`.  Checks that need what is already held (across months, across furnishers)
are made by the store and told under the rules of `messages.py` in the same way.
"""

from collections.abc import Callable, Sequence
from typing import Any

from openbureau.core.furnishing import checks_accounts as account
from openbureau.core.furnishing import checks_subjects as subject
from openbureau.core.furnishing.finding import CheckContext, Finding, Found, check_context
from openbureau.core.furnishing.parse import is_month
from openbureau.core.furnishing.values import MonthUpdate, Update

__all__ = ["CHECKS", "CHECKS_CODE", "Check", "CheckContext", "check", "check_context", "is_plain_month", "plain_months"]

Check = Callable[[Any, CheckContext], Found]
CHECKS_CODE = "bf77a2ef3c369bb5b00722f8cb215243220d2bc629f30c0dcb082ca86666dcfb"
"""SHA-256 of the two files of checks (a test says when it is stale): other code is another rule pack."""

SUBJECT_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    subject.identity_number_holds,
    subject.number_fits_kind,
    subject.birth_day_agrees,
    subject.is_no_child,
    account.days_not_in_future,
    subject.age_is_possible,
    subject.death_follows_birth,
    subject.name_is_a_name,
    subject.phone_is_a_phone,
    subject.region_is_a_code,
    subject.key_is_no_number,
)
TRADELINE_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    account.status_fits_type,
    account.days_not_in_future,
    account.closed_after_opened,
    account.due_after_opened,
    account.closed_says_so,
    account.closed_has_day,
    account.closed_by_then,
    account.opened_by_then,
    account.is_fresh,
    account.has_limit,
    account.limit_in_scale,
    account.business_fits_type,
    account.opened_in_our_time,
    account.term_is_possible,
    account.loan_has_due_day,
    account.currency_is_stated,
    account.bad_debt_is_graded_so,
    account.poor_grade_has_reason,
)
MONTH_CHECKS: tuple[Check, ...] = (
    account.month_not_in_future,
    account.month_in_our_time,
    account.status_agrees_with_overdue,
    account.late_says_how_much,
    account.settled_without_balance,
    account.on_time_is_paid,
    account.overdue_within_balance,
    account.amounts_in_scale,
    account.bad_debt_has_balance,
    account.guarantor_paid,
    account.unknown_is_silent,
    account.adverse_was_told,
    account.notice_fits_month,
    account.notice_has_cause,
)
SHARE_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    account.days_not_in_future,
    account.share_is_something,
    account.share_is_enough,
)
PARTY_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    account.days_not_in_future,
    account.guarantor_answers_for_something,
    account.part_ended_by_then,
)
GUARANTEE_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    account.days_not_in_future,
    account.guarantee_ends_after_start,
    account.guarantee_is_something,
    account.outstanding_within_amount,
    account.released_means_nothing_left,
    account.guarantee_still_runs,
    account.adverse_was_told,
)
PLATFORM_USE_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    subject.use_is_agreed,
    subject.agreed_before,
    account.days_not_in_future,
    subject.month_has_begun,
    subject.late_within_bills,
    subject.late_use_was_told,
    subject.spending_means_use,
)
BUSINESS_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    subject.turnover_is_agreed,
    subject.agreed_before,
    account.days_not_in_future,
    subject.month_has_begun,
    subject.refunds_within_turnover,
    subject.customers_within_orders,
    subject.days_within_month,
    subject.turnover_means_days,
)
OUTSIDE_INQUIRY_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    account.days_not_in_future,
    subject.inquiry_is_recent,
)
PUBLIC_RECORD_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    account.days_not_in_future,
    subject.ended_after_decided,
    subject.fulfilled_has_day,
    subject.still_may_be_kept,
    subject.debt_has_amount,
    account.adverse_was_told,
)
CORRECTION_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    account.days_not_in_future,
    subject.key_fits_target,
    subject.field_can_be_corrected,
    subject.correction_changes,
    subject.new_value_fits,
    subject.adverse_correction_was_told,
)
DELETION_CHECKS: tuple[Check, ...] = (subject.holds_nothing_barred, account.days_not_in_future, subject.key_fits_target)
DISPUTE_ANSWER_CHECKS: tuple[Check, ...] = (
    subject.holds_nothing_barred,
    account.days_not_in_future,
    subject.standing_has_document,
)
CHECKS: dict[str, tuple[Check, ...]] = {
    "subject": SUBJECT_CHECKS,
    "tradeline": TRADELINE_CHECKS,
    "month": MONTH_CHECKS,
    "share": SHARE_CHECKS,
    "party": PARTY_CHECKS,
    "guarantee": GUARANTEE_CHECKS,
    "platform-use": PLATFORM_USE_CHECKS,
    "business": BUSINESS_CHECKS,
    "outside-inquiry": OUTSIDE_INQUIRY_CHECKS,
    "public-record": PUBLIC_RECORD_CHECKS,
    "correction": CORRECTION_CHECKS,
    "deletion": DELETION_CHECKS,
    "dispute-answer": DISPUTE_ANSWER_CHECKS,
}


def check(update: Update, number: int, context: CheckContext) -> tuple[Finding, ...]:
    """Findings of one update, in the order of its checks."""
    found = [one(update, context) for one in CHECKS[update.record]]
    return tuple(Finding(number, *one) for one in found if one is not None)


def is_plain_month(update: MonthUpdate, context: CheckContext) -> bool:
    """True only for a month that no check of `MONTH_CHECKS` finds anything in; see `plain_months`."""
    return plain_months((update,), context)[0]


def plain_months(updates: Sequence[MonthUpdate], context: CheckContext) -> list[bool]:
    """For each month: is it sound by the layout, and one that no check of `MONTH_CHECKS` finds anything in?

    Paid or nothing due, nothing overdue, plausible amounts: most months are so; the others take the long way, check by
    check.  A test holds the two ways against each other.
    """
    top = account.MOST_PLAUSIBLE
    good = {
        month
        for month in {update.month for update in updates}
        if account.FIRST_MONTH <= month <= context.this_month and is_month(month)
    }
    return [
        update.status in _PLAIN
        and update.month in good
        and not update.overdue_fen
        and update.adverse_notified_on is None
        and 0 <= (update.due_fen or 0) <= (top if (paid := update.paid_fen) is None else paid) <= top
        and 0 <= (update.balance_fen or 0) <= top
        and 0 < len(update.account_no) <= 64
        and update.record == "month"
        for update in updates
    ]


_PLAIN = frozenset("N*")
