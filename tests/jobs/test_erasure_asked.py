"""A wish to be erased, or a decision: done, or refused with its articles; and when each item goes."""

import json
from datetime import date

from openbureau.core.decision.retention import What
from openbureau.core.outcome import Refusal
from openbureau.core.staff import StaffRole
from openbureau.jobs.erasure.decide import ask_erasure, decide_erasure, retention_clock
from openbureau.jobs.erasure.erase import Erased
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.staff.sign_in import Staff
from world import PEOPLE, World, jsonl, loan

GOOD, LATE = PEOPLE["good"], PEOPLE["late"]
REVIEWER = Staff("reviewer-1", StaffRole.REVIEWER)


def closed(world: World, name: str) -> str:
    """The person's account is closed; the subject."""
    person = PEOPLE[name]
    line = loan(person, closed_on="2026-10-31", account_status="3", as_of_on="2026-10-31")
    _, told = furnish(world.bureau, "bank-alpha", jsonl([line]))
    assert told is not None
    assert told.progress.accepted == 1
    return world.subject_id(person)


def test_a_running_account_stands_in_the_way(world: World) -> None:
    """The refusal quotes its articles; once the account is closed, the wish is done at once."""
    subject = world.subject_id(GOOD)
    found = ask_erasure(world.bureau, subject)
    assert isinstance(found, Refusal)
    assert found.rule_ids == ("erasure-account-running",)
    assert [one.article for one in found.citations] == ["47", "13"]
    assert [(one.what, one.last_day) for one in retention_clock(world.bureau, subject)] == [(What.RUNNING, None)]
    assert isinstance(ask_erasure(world.bureau, closed(world, "good")), Erased)


def test_what_is_adverse_waits_for_its_day(world: World) -> None:
    """Five years after it ended, to the day, and not one day less."""
    subject = closed(world, "late")
    (item,) = retention_clock(world.bureau, subject)
    assert (item.what, item.last_day) == (What.ADVERSE, date(2031, 10, 31))
    found = ask_erasure(world.bureau, subject)
    assert isinstance(found, Refusal)
    assert found.rule_ids == ("erasure-term-running",)
    world.clock.at = world.clock.at.replace(year=2031, month=10, day=31)
    assert isinstance(ask_erasure(world.bureau, subject), Refusal)
    world.clock.forward(days=1)
    assert isinstance(ask_erasure(world.bureau, subject), Erased)


def test_a_reviewer_decides_for_a_reason(world: World) -> None:
    """Not without one, not in another role; with one also where accounts are open and something is adverse."""
    subject = world.subject_id(LATE)
    for staff, reason, code in (
        (REVIEWER, "", "erasure-without-reason"),
        (Staff("billing-1", StaffRole.BILLING), "unlawful", "role-not-entitled"),
    ):
        found = decide_erasure(world.bureau, subject, staff, reason=reason)
        assert isinstance(found, Refusal)
        assert found.rule_ids == (code,)
    done = decide_erasure(world.bureau, subject, REVIEWER, reason="never-theirs")
    assert isinstance(done, Erased)
    said = json.loads(done.certificates[0].statement.content)
    assert (said["by"], said["handle"], said["reason"]) == ("staff/reviewer", "reviewer-1", "never-theirs")
