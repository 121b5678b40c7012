"""Who is under contract with us, as what, for which purposes, until when, and which keys speak for it?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from openbureau.core.sign_in.keys import MemberKey


class Role(StrEnum):
    """What a member may do."""

    LENDER = "lender"
    FURNISHER = "furnisher"
    COLLECTOR = "collector"
    """Takes consents for other lenders, as a platform through which people apply does."""
    EMPLOYER = "employer"
    """Asks questions about whoever applies for a post there."""
    COURT = "court"
    AUTHORITY = "authority"
    """Courts and authorities look somebody up by a document, without consent."""


class Scope(StrEnum):
    """What an access token is good for (RFC 6749 §3.3)."""

    INQUIRE = "inquire"
    FURNISH = "furnish"
    COLLECT = "collect"
    MANAGE = "manage"
    """Keys, bills and settings of the member itself."""


SCOPE_ROLES: dict[Scope, frozenset[Role]] = {
    Scope.INQUIRE: frozenset({Role.LENDER, Role.EMPLOYER, Role.COURT, Role.AUTHORITY}),
    Scope.FURNISH: frozenset({Role.FURNISHER}),
    Scope.COLLECT: frozenset({Role.LENDER, Role.EMPLOYER, Role.COLLECTOR}),
    Scope.MANAGE: frozenset(Role),
}
"""Whoever has one of these roles may have a token with the scope."""

CONTACT_DUTIES = ("security", "personal-information", "billing", "technical")

CONCESSION_KINDS = frozenset({"12", "22", "24", "51", "53"})
"""Kinds of institution (PBOC lender type codes) that pay the reduced fee: village banks, leasing, consumer finance,
micro-loan and guarantee companies (NDRC [2025] 668, item 1)."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to reach at a member about a duty: an address of the duty and never of a person, for the act is public."""

    duty: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Member:
    """One institution under contract.

    `kind` is the PBOC lender type code; `licence_no` the number of the licence or filing under which it does that
    business.  `verify_key` (32 bytes of Ed25519) is its seal: it signs acts, and statements on the keys of its machines
    where none of them may.  `keys` are the machines' keys as the act names them; which are valid now says `keyring`.
    """

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
    licence_no: str = ""
    contacts: tuple[Contact, ...] = ()
    keys: tuple[MemberKey, ...] = ()

    @property
    def scopes(self) -> frozenset[Scope]:
        """What tokens of this member may be good for."""
        return frozenset(scope for scope, roles in SCOPE_ROLES.items() if roles & self.roles)

    @property
    def pays_concession(self) -> bool:
        """Does this kind of institution pay the reduced fee?"""
        return self.kind in CONCESSION_KINDS
