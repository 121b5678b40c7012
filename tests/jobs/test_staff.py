"""Staff and desks: who may sign in as what, and what a look at a person leaves behind."""

from dataclasses import replace
from pathlib import Path

import pytest

from openbureau.config import LIVE
from openbureau.core.leaf import EventKind
from openbureau.core.staff import StaffRole, staff_actor, staff_role
from openbureau.jobs.founding.sandbox import NotSandbox, add_desk, add_staff
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.staff.sign_in import Staff, sign_in_desk, sign_in_staff
from openbureau.jobs.staff.view import record_view
from openbureau.jobs.subject.diary import diary
from openbureau.watch.verify import verify
from world import PEOPLE, World

REVIEWER = Staff("reviewer-1", StaffRole.REVIEWER)


@pytest.fixture(scope="module")
def staffed(shared_world: World) -> World:
    add_staff(shared_world.bureau, handle="regulator", role=StaffRole.REGULATOR, code="111111")
    add_staff(shared_world.bureau, handle="reviewer-1", role=StaffRole.REVIEWER, code="222222")
    add_desk(shared_world.bureau, member_id="bank-alpha", code="333333")
    return shared_world


def test_staff_sign_in_with_their_role(staffed: World) -> None:
    """The right pair gives the account with its role, in any spelling of the handle."""
    assert sign_in_staff(staffed.bureau, " Regulator ", "111111") == Staff("regulator", StaffRole.REGULATOR)
    assert sign_in_staff(staffed.bureau, "reviewer-1", "222222") == REVIEWER


@pytest.mark.parametrize("pair", [("regulator", "222222"), ("nobody", "111111"), ("bank-alpha", "333333"), ("", "")])
def test_staff_do_not_sign_in_with_another_pair(staffed: World, pair: tuple[str, str]) -> None:
    """Neither another's code nor a desk's account opens the staff's door."""
    assert sign_in_staff(staffed.bureau, *pair) is None


def test_a_desk_signs_in_by_code_or_by_the_members_token(staffed: World) -> None:
    """Both are the member's own; another member's token is not."""
    assert sign_in_desk(staffed.bureau, "BANK-ALPHA", "333333") == "bank-alpha"
    assert sign_in_desk(staffed.bureau, "micro-gamma", staffed.tokens["micro-gamma"]) == "micro-gamma"
    assert sign_in_desk(staffed.bureau, "bank-alpha", staffed.tokens["micro-gamma"]) is None
    assert sign_in_desk(staffed.bureau, "bank-alpha", "111111") is None
    assert sign_in_desk(staffed.bureau, "regulator", "111111") is None


def test_nobody_signs_in_by_code_outside_the_sandbox(staffed: World) -> None:
    """A live installation makes no such accounts and takes none."""
    live = replace(staffed.bureau, settings=replace(staffed.bureau.settings, mode=LIVE))
    assert sign_in_staff(live, "regulator", "111111") is None
    assert sign_in_desk(live, "bank-alpha", "333333") is None
    assert sign_in_desk(live, "bank-alpha", staffed.tokens["bank-alpha"]) is None
    with pytest.raises(NotSandbox):
        add_staff(live, handle="x", role=StaffRole.REVIEWER, code="1")
    with pytest.raises(NotSandbox):
        add_desk(live, member_id="bank-alpha", code="1")


def test_a_desk_of_no_member_is_not_made(staffed: World) -> None:
    """Only members named in the act have desks."""
    with pytest.raises(LookupError):
        add_desk(staffed.bureau, member_id="bank-nobody", code="1")


def test_a_look_by_staff_is_in_the_persons_diary_and_the_watcher_accepts_it(staffed: World, tmp_path: Path) -> None:
    """The look has its leaf, the person reads who and why, and the export verifies."""
    subject = staffed.subject_id(PEOPLE["good"])
    leaf = record_view(staffed.bureau, subject, staff=REVIEWER, reason="identity-review")
    newest = diary(staffed.bureau, subject)[0]
    assert (newest.kind, newest.actor, newest.purpose) == ("staff-view", "staff/reviewer", "identity-review")
    assert (newest.leaf_hash, newest.actor_en) == (leaf.leaf_hash.hex(), "A reviewer of the bureau (reviewer-1)")
    sequence(staffed.bureau)
    export(staffed.bureau, tmp_path)
    verdict = verify(tmp_path, now=staffed.clock.at)
    assert verdict.status == "ok", [check for check in verdict.checks if check.ok is False]
    assert EventKind.STAFF_VIEW.value.encode() in b"".join(
        path.read_bytes() for path in (tmp_path / "openings").iterdir()
    )


def test_a_look_needs_a_reason(staffed: World) -> None:
    """A look for a reason that nobody named is not recorded, and so must not happen."""
    subject = staffed.subject_id(PEOPLE["late"])
    before = len(diary(staffed.bureau, subject))
    with pytest.raises(ValueError, match="no reason"):
        record_view(staffed.bureau, subject, staff=REVIEWER, reason="curiosity")
    assert len(diary(staffed.bureau, subject)) == before


@pytest.mark.parametrize("role", list(StaffRole))
def test_the_actor_of_staff_names_the_role(role: StaffRole) -> None:
    """There and back; nobody else is taken for staff."""
    assert staff_role(staff_actor(role)) is role
    assert [staff_role(name) for name in ("subject", "bank-alpha", "staff/", "staff/owner", role.value)] == [None] * 5
