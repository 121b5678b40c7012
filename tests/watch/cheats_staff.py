"""Cheats with looks by staff: somebody else under their name, or a look that no person can see."""

from pathlib import Path

from openbureau.core.leaf import EventKind
from openbureau.core.pricing import FREE
from watch.cheating import alone, told
from watch.made_log import POLICIES

LOOK = f"{POLICIES.digest};permit;case-review"


@alone("actors")
def member_looked_as_staff(directory: Path) -> None:
    made, held = told()
    event = made.event(
        EventKind.STAFF_VIEW, "bank-one", purpose="identity-review", basis="duty", policy=LOOK, price=FREE
    )
    made.add(event, held["two"])
    made.write(directory)


@alone("actors")
def staff_of_no_role_looked(directory: Path) -> None:
    made, held = told()
    event = made.event(
        EventKind.STAFF_VIEW, "staff/owner", purpose="identity-review", basis="duty", policy=LOOK, price=FREE
    )
    made.add(event, held["two"])
    made.write(directory)


@alone("actors")
def auditor_looked_at_a_person(directory: Path) -> None:
    made, held = told()
    event = made.event(
        EventKind.STAFF_VIEW, "staff/auditor", purpose="identity-review", basis="duty", policy=LOOK, price=FREE
    )
    made.add(event, held["two"])
    made.write(directory)


@alone("chains")
def staff_looked_unseen(directory: Path) -> None:
    made, _ = told()
    made.add(
        made.event(
            EventKind.STAFF_VIEW, "staff/reviewer", purpose="identity-review", basis="duty", policy=LOOK, price=FREE
        )
    )
    made.write(directory)
