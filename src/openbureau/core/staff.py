"""What may the bureau's own people do, and what may never be in one hand?

Roles give capabilities by one table.  Promise: no role and no account both operates the bureau and audits it (decision
0028); what would join the two is refused with its reason.  A role is never a name: events say role and account.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum


class StaffRole(StrEnum):
    """What one of the bureau's own people, or of those who watch it from inside, is there for."""

    OPERATOR = "operator"
    SUPPORT = "support"
    REVIEWER = "reviewer"
    BILLING = "billing"
    REGULATOR = "regulator"
    AUDITOR = "auditor"
    COMMITTEE = "committee"


class Capability(StrEnum):
    """One kind of thing that can be done from the bureau's side of the counter."""

    RUN = "run"  # figures and trouble of the running installation
    HELP_MEMBERS = "help-members"
    DECIDE_LINKS = "decide-links"
    DECIDE_ERASURES = "decide-erasures"
    SEE_PERSON = "see-person"  # a person's file, each look an event in their chain
    SETTLE_BILLS = "settle-bills"
    SUPERVISE = "supervise"  # furnishers' files and figures, no person
    AUDIT = "audit"  # openings, reconciliation, what staff did
    JUDGE_MEMBERS = "judge-members"  # cases of abuse


CAPABILITIES: Mapping[StaffRole, frozenset[Capability]] = {
    StaffRole.OPERATOR: frozenset({Capability.RUN}),
    StaffRole.SUPPORT: frozenset({Capability.HELP_MEMBERS}),
    StaffRole.REVIEWER: frozenset({Capability.DECIDE_LINKS, Capability.DECIDE_ERASURES, Capability.SEE_PERSON}),
    StaffRole.BILLING: frozenset({Capability.SETTLE_BILLS}),
    StaffRole.REGULATOR: frozenset({Capability.SUPERVISE}),
    StaffRole.AUDITOR: frozenset({Capability.AUDIT}),
    StaffRole.COMMITTEE: frozenset({Capability.AUDIT, Capability.JUDGE_MEMBERS}),
}
"""What each role can do; what is not here, it cannot."""
OPERATING = frozenset(
    {
        Capability.RUN, Capability.HELP_MEMBERS, Capability.DECIDE_LINKS, Capability.DECIDE_ERASURES,
        Capability.SEE_PERSON, Capability.SETTLE_BILLS,
    }
)  # fmt: skip
AUDITING = frozenset({Capability.SUPERVISE, Capability.AUDIT, Capability.JUDGE_MEMBERS})
"""Watching those who operate.  The two sets share nothing and leave nothing out."""


@dataclass(frozen=True, slots=True)
class RoleRefused:
    """Why roles cannot be in one hand: English, Chinese."""

    reason_en: str
    reason_zh: str


def capabilities(roles: Set[StaffRole]) -> frozenset[Capability]:
    """What somebody with these roles can do."""
    return frozenset().union(*(CAPABILITIES[role] for role in roles))


def join_roles(roles: Set[StaffRole]) -> frozenset[StaffRole] | RoleRefused:
    """These roles as those of one account; refused where together they would operate and audit."""
    held = capabilities(roles)
    if held & OPERATING and held & AUDITING:
        named = ", ".join(sorted(roles))
        return RoleRefused(
            f"{named}: one account would operate the bureau and audit it (decision 0028); use two people",
            f"{named}：同一账户将既参与运营又负责监督（决定 0028），请由两人分别担任",
        )
    return frozenset(roles)


STAFF_NAMES: dict[str, tuple[str, str]] = {
    StaffRole.OPERATOR: ("征信机构运营人员", "An operator of the bureau"),
    StaffRole.SUPPORT: ("征信机构支持人员", "A supporter at the bureau"),
    StaffRole.REVIEWER: ("征信机构复核员", "A reviewer of the bureau"),
    StaffRole.BILLING: ("征信机构计费人员", "A biller at the bureau"),
    StaffRole.REGULATOR: ("监管检查人员", "A regulator at the bureau"),
    StaffRole.AUDITOR: ("审计人员", "An auditor at the bureau"),
    StaffRole.COMMITTEE: ("监督委员会成员", "A member of the committee"),
}
"""What a person reads of staff who looked: Chinese, English."""

STAFF_REASONS: dict[str, tuple[str, str]] = {
    "identity-review": ("核对身份归属", "To settle whose record it is"),
    "supervision": ("监督检查", "Supervision"),
}
"""Why staff look at a file: Chinese, English."""

_STAFF = "staff/"


def staff_actor(role: StaffRole) -> str:
    """How staff of a role are named as the actor of an event; no member is called so."""
    return _STAFF + role.value


def staff_role(actor: str) -> StaffRole | None:
    """The role behind an actor of an event; None for whoever is not staff."""
    is_staff = actor.startswith(_STAFF) and actor.removeprefix(_STAFF) in set(StaffRole)
    return StaffRole(actor.removeprefix(_STAFF)) if is_staff else None


WAIT_SECONDS = (0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, 3840)
"""How long an account is closed after its first, second ... failure in a row; the last stands for all later ones
(decision 0028; NIST SP 800-63B 3.2.2 asks for at most 100 failures in a row and names growing waits)."""

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 64
"""Characters.  With a second factor NIST SP 800-63B 3.1.1 asks for 8 and for room for 64; no rules of composition."""


def password_trouble(handle: str, password: str) -> tuple[str, str] | None:
    """What is wrong with a new password, English and Chinese; None for nothing."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return (
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.",
            f"密码长度应为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符。",
        )
    if handle in password.lower() or len(set(password)) < SHORTEST_PASSWORD // 2:
        return (
            "A password holds neither the account nor a few characters over and over.",
            "密码不得包含账户名，也不得由少数字符反复组成。",
        )
    return None
