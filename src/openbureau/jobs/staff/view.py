"""Staff look at a person's data: an event in that person's own chain, before anything is shown.

Promises: the person reads in the diary who looked, in which role and why; the watcher accepts such an event from staff
only.  The regulator's page shows no person and leaves no such event.
"""

from openbureau.core.decision.entitlement import VIEW_CASE, may_inspect, may_view
from openbureau.core.leaf import Event, EventKind, Leaf
from openbureau.core.pricing import FREE
from openbureau.core.staff import STAFF_REASONS, staff_actor
from openbureau.jobs.context import Bureau
from openbureau.jobs.leave import granted
from openbureau.jobs.staff.sign_in import Staff
from openbureau.jobs.subject.chain import add_event
from openbureau.law.workdays import civil_day


def record_view(bureau: Bureau, subject_id: str, *, staff: Staff, reason: str) -> Leaf:
    """Record that staff look at a person's file for a reason of `STAFF_REASONS`; call it before showing anything.

    `NotPermitted` where the policies give this role no such look.
    """
    if reason not in STAFF_REASONS:
        raise ValueError(f"{reason!r} is no reason for which staff look at a file")
    event = look_event(bureau, staff, reason=reason)
    with bureau.store.connection("api") as connection:
        leaf, _ = add_event(bureau, connection, subject_id, event=lambda _: event)
    return leaf


def look_event(bureau: Bureau, staff: Staff, *, reason: str) -> Event:
    """The event of a look at a case, with what permits it; `NotPermitted` where nothing does."""
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    return Event(
        kind=EventKind.STAFF_VIEW,
        at=now,
        actor=staff_actor(staff.role),
        actor_user=staff.handle,
        purpose=reason,
        product="file",
        regime=bureau.settings.regime,
        basis="duty",
        policy=granted(may_view(bureau.policies, rulebook, VIEW_CASE, role=staff.role.value, reason=reason)),
        price=FREE,
    )


def check_inspection(bureau: Bureau, staff: Staff) -> None:
    """`NotPermitted` where the policies let this role inspect no institution.  Its pages show no person and leave no event."""
    granted(may_inspect(bureau.policies, bureau.rulebook(civil_day(bureau.clock())), role=staff.role.value))
