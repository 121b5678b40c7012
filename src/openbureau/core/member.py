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
    EMPLOYER = "employer"
    """Asks questions about whoever applies for a post there."""
    COURT = "court"
    AUTHORITY = "authority"
    """Courts and authorities look somebody up by a document, without consent."""


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
