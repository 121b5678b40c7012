"""Who may order an erasure?

A person asks, or a reviewer decides with a reason; the policies say whether it may be done (facts from
`core/decision/retention.py`), and an order is written down before anything is destroyed.  The role that writes orders cannot
erase, and the one that erases cannot order.
"""

from openbureau.core.staff import staff_actor
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.staff.sign_in import Staff
from openbureau.store.erasure.rows import Order, add_order

REQUEST, DECISION, TERM = "request", "decision", "term"
RULES = {
    REQUEST: ("pipl.right.delete_request", "pipl.delete.triggers"),
    DECISION: ("pipl.delete.triggers", "pipl.right.delete_request"),
    TERM: ("crr.negative.retention_years", "pipl.delete.triggers"),
}
"""The articles under which each is done."""
REASONS = {
    "unlawful": ("违法或违约处理", "Handled against the law or the agreement"),
    "never-theirs": ("档案系冒用身份形成", "The file came of somebody else's use of the identity"),
    "purpose-achieved": ("处理目的已实现或无法实现", "The purpose is achieved, or cannot be"),
    "court-order": ("法院或者主管机关决定", "A court or a competent authority decided it"),
}
"""Why staff may decide an erasure: Chinese, English (PIPL Art. 47)."""


def ordered_by_person(bureau: Bureau, subject_id: str, *, policy: str) -> Order:
    """Write down that the person asked, and that `policy` permits it."""
    return _written(bureau, subject_id, ("subject", "-", ""), cause=REQUEST, policy=policy)


def ordered_by_staff(bureau: Bureau, subject_id: str, staff: Staff, *, reason: str, policy: str) -> Order:
    """Write down what staff decided, for a reason of `REASONS`."""
    if reason not in REASONS:
        raise ValueError(f"{reason!r} is no reason for which a file is erased")
    who = (staff_actor(staff.role), staff.handle, reason)
    return _written(bureau, subject_id, who, cause=DECISION, policy=policy)


def _written(bureau: Bureau, subject_id: str, who: tuple[str, str, str], *, cause: str, policy: str) -> Order:
    now = bureau.clock()
    by, handle, reason = who
    made = Order(
        subject_id=subject_id, order_id=new_id(now, bureau.random), cause=cause, ordered_by=by, handle=handle,
        reason=reason, policy=policy, rules=RULES[cause], at=now,
    )  # fmt: skip
    with bureau.store.connection("api") as connection:
        add_order(connection, made)
    return made
