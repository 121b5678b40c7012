"""Acts that are no inquiry: the policies are asked when they are done, and their events name what permitted them."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.test_correct_rule import rule
from openbureau.core.decision.policy import Policies
from openbureau.core.staff import StaffRole
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import withdraw_consent
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.correct_rule import RuleRefused, run_rule
from openbureau.jobs.leave import NotPermitted
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.staff.sign_in import Staff
from openbureau.jobs.staff.view import check_inspection, record_view
from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.own_report import own_report
from openbureau.law.policies import load_policies
from openbureau.law.reader import read_pack
from openbureau.watch.verify import verify
from world import PEOPLE, World

GOOD = PEOPLE["good"]
REVIEWER, REGULATOR = Staff("reviewer-1", StaffRole.REVIEWER), Staff("regulator-1", StaffRole.REGULATOR)


def under(bureau: Bureau, policy: str) -> Bureau:
    """The same bureau under policies without this one."""
    pack = read_pack("cn")
    cut = re.sub(rf'@id\("{policy}"\)\n.*?;\n', "", pack["permit.cedar"], count=1, flags=re.DOTALL)
    assert cut != pack["permit.cedar"]
    text = load_policies("cn", bureau.law, pack=pack | {"permit.cedar": cut})
    return replace(bureau, policies=Policies(text))


def consent(bureau: Bureau, subject: str) -> str:
    return give_consent(bureau, subject, member_id="bank-beta", purpose="loan-approval").consent_id


ACTS: dict[str, tuple[str, Callable[[Bureau, str, str], Any]]] = {
    "see": ("own-file", lambda bureau, subject, _: own_report(bureau, subject)),
    "give": ("own-consent", lambda bureau, subject, _: consent(bureau, subject)),
    "withdraw": ("own-consent", withdraw_consent),
    "look": ("case-review", lambda bureau, subject, _: record_view(bureau, subject, staff=REVIEWER, reason="identity-review")),
    "inspect": ("supervision", lambda bureau, _subject, _held: check_inspection(bureau, REGULATOR)),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_what_no_policy_permits_is_not_done(shared_world: World, act: str) -> None:
    """Without the policy that permits it the act is refused with its articles, and leaves nothing; with it, it is done."""
    bureau, subject = shared_world.bureau, shared_world.subject_id(GOOD)
    policy, do = ACTS[act]
    held = consent(bureau, subject)
    before = len(diary(bureau, subject))
    with pytest.raises(NotPermitted) as refused:
        do(under(bureau, policy), subject, held)
    assert refused.value.refusal.rule_ids == ("role-not-entitled",)
    assert refused.value.refusal.citations
    assert len(diary(bureau, subject)) == before
    do(bureau, subject, held)


def test_a_rule_of_whoever_may_not_correct_is_not_run(shared_world: World) -> None:
    """The operator cannot correct in the name of a member whom no policy lets correct."""
    with pytest.raises(RuleRefused, match="may not correct: role-not-entitled"):
        run_rule(under(shared_world.bureau, "correction-by-furnisher"), rule(), decided_by="u-1")


@pytest.mark.parametrize("role", [role for role in StaffRole if role is not StaffRole.REGULATOR])
def test_only_a_regulator_inspects(shared_world: World, role: StaffRole) -> None:
    """Every other role is refused."""
    with pytest.raises(NotPermitted):
        check_inspection(shared_world.bureau, Staff("x", role))


def test_events_name_what_permitted_them(world: World, tmp_path: Path) -> None:
    """Each act with its policy in the committee's openings; the watcher accepts the log."""
    bureau, subject = world.bureau, world.subject_id(GOOD)
    held = consent(bureau, subject)
    own_report(bureau, subject)
    withdraw_consent(bureau, subject, held)
    record_view(bureau, subject, staff=REVIEWER, reason="identity-review")
    run_rule(bureau, rule(), decided_by="u-1")
    sequence(bureau)
    export(bureau, tmp_path)
    assert verify(tmp_path, now=world.clock.at).status == "ok"
    told = (tmp_path / "openings" / "committee.jsonl").read_text()
    for kind, policy in (
        ("consent-given", "own-consent"), ("self-access", "own-file"), ("consent-withdrawn", "own-consent"),
        ("staff-view", "case-review"), ("correction", "correction-by-furnisher"),
    ):  # fmt: skip
        lines = [line for line in told.splitlines() if f'"{kind}"' in line]
        assert lines, kind
        assert all(f"permit;{policy}" in line for line in lines), (kind, lines[:1])
