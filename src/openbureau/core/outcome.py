"""How can a question to the core end?  The outcomes as types, so that no case can be forgotten.

`Permit` and `Refusal` end a decision (`Leave` and `Refusal` that on an act which is no inquiry), `Match`,
`NoMatch` and `Ambiguous` a search for a subject.  A `Permit` is made in
`core/permit.py` alone (a test reads the syntax tree): whoever holds one has been through the decision.
"""

from dataclasses import dataclass

from openbureau.core.refusal import RefusalCode
from openbureau.law.rules import Citation


@dataclass(frozen=True, slots=True)
class Permit:
    """A lawful yes: which policies gave it, on which ground, and the hash of the policy set."""

    policy_digest: str
    rule_ids: tuple[str, ...]
    basis: str
    basis_ref: str
    """Hex: the leaf hash of the consent it rests on, or the hash of the document of a court or an authority."""
    consent_id: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A lawful no: the first reason in the order of the law, all reasons, and the articles."""

    code: RefusalCode
    rule_ids: tuple[str, ...]
    citations: tuple[Citation, ...]
    policy_digest: str


@dataclass(frozen=True, slots=True)
class Leave:
    """A lawful yes to an act that is no inquiry: which policies gave it, and the hash of the policy set."""

    policy_digest: str
    rule_ids: tuple[str, ...]

    @property
    def policy(self) -> str:
        """As the event of the act says it."""
        return f"{self.policy_digest};permit;{','.join(self.rule_ids)}"


@dataclass(frozen=True, slots=True)
class Match:
    """One subject carries this identity number; `name_agrees` tells whether the name given is theirs."""

    subject_id: str
    name_agrees: bool


@dataclass(frozen=True, slots=True)
class NoMatch:
    """No subject carries this identity number."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one subject may be meant."""

    subject_ids: tuple[str, ...]


Search = Match | NoMatch | Ambiguous
Decision = Permit | Refusal
