"""Who is under contract with us, as what, for which purposes, until when?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What a member may do."""

    LENDER = "lender"
    FURNISHER = "furnisher"
    COLLECTOR = "collector"
    """Takes consents for other lenders, as a platform through which people apply does."""


class StaffRole(StrEnum):
    """What one of the bureau's own people may do: a regulator reads and operates nothing, a reviewer decides links."""

    REGULATOR = "regulator"
    REVIEWER = "reviewer"


STAFF_NAMES: dict[str, tuple[str, str]] = {
    StaffRole.REGULATOR: ("监管检查人员", "A regulator at the bureau"),
    StaffRole.REVIEWER: ("征信机构复核员", "A reviewer of the bureau"),
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


CONCESSION_KINDS = frozenset({"12", "22", "24", "51", "53"})
"""Kinds of institution (PBOC lender type codes) that pay the reduced fee: village banks, leasing, consumer finance,
micro-loan and guarantee companies (NDRC [2025] 668, item 1)."""


@dataclass(frozen=True, slots=True)
class Member:
    """One institution under contract.  `kind` is the PBOC lender type code; `verify_key` 32 bytes of Ed25519."""

    member_id: str
    name_zh: str
    name_en: str
    kind: str
    roles: frozenset[Role]
    purposes: frozenset[str]
    is_active: bool
    contract_from: date
    contract_until: date
    verify_key: bytes

    @property
    def pays_concession(self) -> bool:
        """Does this kind of institution pay the reduced fee?"""
        return self.kind in CONCESSION_KINDS
