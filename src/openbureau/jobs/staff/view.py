"""Staff look at a person's data: an event in that person's own chain, before anything is shown.

Promises: the person reads in the diary who looked, in which role and why; the watcher accepts such an event from staff
only.  The regulator's page shows no person and leaves no such event.
"""

from openbureau.core.decision.entitlement import VIEW_CASE, may_view
from openbureau.core.leaf import Event, EventKind, Leaf
from openbureau.core.outcome import Refusal
from openbureau.core.pricing import FREE
from openbureau.core.staff import STAFF_REASONS, staff_actor
from openbureau.jobs.context import Bureau
from openbureau.jobs.staff.sign_in import Staff
from openbureau.jobs.subject.chain import add_event
from openbureau.law.workdays import civil_day
from openbureau.store.subject import OwnFacts


class ViewRefused(PermissionError):
    """The policies give this role no look at a person for this reason; `refusal` says which of them forbid."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"no look at a person: {', '.join(refusal.rule_ids)}")
        self.refusal = refusal


def record_view(bureau: Bureau, subject_id: str, *, staff: Staff, reason: str) -> Leaf:
    """Record that staff look at a person's file for a reason of `STAFF_REASONS`; call it before showing anything.

    `ViewRefused` where the policies give this role no such look.
    """
    if reason not in STAFF_REASONS:
        raise ValueError(f"{reason!r} is no reason for which staff look at a file")
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    refusal = may_view(bureau.policies, rulebook, VIEW_CASE, role=staff.role.value, reason=reason)
    if refusal is not None:
        raise ViewRefused(refusal)

    def event(_: OwnFacts) -> Event:
        return Event(
            kind=EventKind.STAFF_VIEW,
            at=now,
            actor=staff_actor(staff.role),
            actor_user=staff.handle,
            purpose=reason,
            product="file",
            regime=bureau.settings.regime,
            basis="duty",
            policy=f"{bureau.policies.digest};permit;case-review",
            price=FREE,
        )

    with bureau.store.connection("api") as connection:
        leaf, _ = add_event(bureau, connection, subject_id, event=event)
    return leaf
