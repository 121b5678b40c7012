"""The command that erases, as it is typed."""

import json
from typing import Any

from openbureau.core.staff import StaffRole
from openbureau.jobs.staff.accounts import add_account
from world import PEOPLE, World


def test_a_file_is_erased_from_the_terminal(typed: Any, shared_world: World) -> None:
    """What stands in the way is shown, a wish is refused with its article, a reviewer's decision is done."""
    subject = shared_world.subject_id(PEOPLE["good"])
    status, told = typed("erase", subject, "--dry-run")
    assert (status, [one["why"] for one in told]) == (0, ["running"])
    status, told = typed("erase", subject)
    assert (status, told["code"]) == (1, "erasure-account-running")
    assert told["citations"][0]["article"] == "47"
    add_account(shared_world.bureau, "reviewer-9", frozenset({StaffRole.REVIEWER}))
    add_account(shared_world.bureau, "billing-9", frozenset({StaffRole.BILLING}))
    assert typed("erase", subject, "--reason", "unlawful", "--by", "billing-9")[0] == 2
    assert typed("erase", subject, "--reason", "whim", "--by", "reviewer-9")[0] == 1
    status, told = typed("erase", subject, "--reason", "unlawful", "--by", "reviewer-9")
    assert (status, told["records"]) == (0, 26)
    assert json.loads(told["certificates"][0]["statement"])["by"] == "staff/reviewer"
