"""May this inquiry be answered?  The only place that decides, and the only maker of a `Permit`.

The policies are Cedar text in `law/<regime>/permit.cedar`; here the facts are put into Cedar's words and its answer into
ours.  Promises: what no policy permits is refused; any evaluation error is a refusal (`policy-error`); a refusal names
every policy that forbade, first in the order of `RefusalCode`, each with its articles; what is held of a person is looked
at last, and only where nothing else stands against an answer, so that whoever lacks the ground learns nothing from the
refusal, not even that somebody is on file.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from openbureau.core.decision.order import COURT_PURPOSE, Deferral, Document
from openbureau.core.decision.policy import Answer, Entity, Policies, PolicyRefused, days, refusal_of
from openbureau.core.member import Member
from openbureau.core.outcome import Ambiguous, Decision, Match, NoMatch, Permit, Refusal, Search
from openbureau.core.products import MONITORING, Product, covers
from openbureau.core.purpose import WORDINGS, purpose_version
from openbureau.law.rules import Rulebook

__all__ = [
    "CLEAR", "ConsentFact", "FileFlags", "OrderFacts", "PermitFacts", "Policies", "PolicyRefused", "SubjectFlags",
    "choose_consent", "decide", "decide_order", "may_ask", "may_ask_anything", "may_order",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SubjectFlags:
    """What about the subject bears on the decision."""

    is_frozen: bool
    is_deceased: bool
    adult_on: date | None
    """The day on which the person comes of age for credit; None for a firm."""
    has_running_account: bool = False
    """Does the asking lender hold an open account of the subject?"""


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """One consent of the subject to this lender."""

    consent_id: str
    purpose: str
    starts_on: date
    ends_on: date
    is_withdrawn: bool
    is_one_time: bool
    is_used: bool
    leaf: str
    products: tuple[str, ...] = (Product.REPORT.value,)
    """What may be disclosed; a consent to the report covers every lesser product, `monitoring` covers alerts."""
    purpose_version: int = 1
    """The wording of the purpose that was agreed to."""
    is_confirmed: bool = True
    """Given by the person, confirmed by them, or on a paper original."""


@dataclass(frozen=True, slots=True)
class PermitFacts:
    """All that the decision on a lender's or an employer's inquiry rests on."""

    member: Member
    purpose: str
    today: date
    search: Search
    flags: SubjectFlags | None
    consents: tuple[ConsentFact, ...]
    product: str = Product.REPORT.value


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """All that the decision on a look-up by a court or an authority rests on."""

    member: Member
    purpose: str
    today: date
    search: Search
    document: Document | None
    deferral: Deferral | None = None


@dataclass(frozen=True, slots=True)
class FileFlags:
    """A credit file as the policies see it: eight statements, no data."""

    is_known: bool = True
    is_ambiguous: bool = False
    identity_agrees: bool = True
    is_frozen: bool = False
    is_minor: bool = False
    is_deceased: bool = False
    has_running_account: bool = True
    is_own: bool = False


_FLAG_NAMES = (
    "isKnown", "isAmbiguous", "identityAgrees", "isFrozen", "isMinor", "isDeceased", "hasRunningAccount", "isOwn",
)  # fmt: skip
CLEAR = FileFlags()
"""A file that speaks for an answer in every way: the question as it is put before anybody is looked at."""
_NOBODY = FileFlags(is_known=False, identity_agrees=False, has_running_account=False)
_UNCLEAR = FileFlags(identity_agrees=False, has_running_account=False)
_MANY = FileFlags(is_ambiguous=True, identity_agrees=False, has_running_account=False)


def file_entity(flags: FileFlags) -> Entity:
    """A file as an entity: its flags are its name."""
    values = (
        flags.is_known, flags.is_ambiguous, flags.identity_agrees, flags.is_frozen, flags.is_minor, flags.is_deceased,
        flags.has_running_account, flags.is_own,
    )  # fmt: skip
    name = "".join("1" if value else "0" for value in values)
    return Entity("CreditFile", name, tuple(zip(_FLAG_NAMES, values, strict=True)))


def may_ask(
    policies: Policies, rulebook: Rulebook, member: Member, *, purpose: str, product: str = Product.REPORT.value
) -> Refusal | None:
    """May this member ask for this product and purpose at all?  Reads nothing about any person.

    Asked as if everything about the person spoke for an answer: whatever still forbids lies with the member.
    """
    facts = PermitFacts(member, purpose, rulebook.day, NoMatch(), None, (), product)
    granted = ConsentFact(
        "", purpose, date.min, date.max, False, False, False, "", (product, MONITORING), _version(purpose, rulebook.day)
    )  # fmt: skip
    answer = _inquire(policies, rulebook, facts, consent=granted, about=CLEAR)
    return None if answer.is_yes else refusal_of(policies, rulebook, answer)


def may_ask_anything(policies: Policies, rulebook: Rulebook, member: Member) -> Refusal | None:
    """May this member ask under a consent for any product and purpose of its contract?  Reads nothing about any person.

    None where there is one; else what an inquiry for a report would be told.
    """
    purposes = sorted(member.purposes & WORDINGS.keys()) or sorted(WORDINGS)[:1]
    refusals = [
        may_ask(policies, rulebook, member, purpose=purpose, product=product.value)
        for purpose in purposes
        for product in Product
    ]
    return None if None in refusals else refusals[0]


def decide(policies: Policies, rulebook: Rulebook, facts: PermitFacts) -> Decision:
    """Permit or Refusal for an inquiry under a consent on its day."""
    consent = choose_consent(facts)
    answer = _inquire(policies, rulebook, facts, consent=consent, about=CLEAR)
    if answer.is_yes:
        answer = _inquire(policies, rulebook, facts, consent=consent, about=_file_flags(facts.search, facts))
    if not answer.is_yes or consent is None:
        return refusal_of(policies, rulebook, answer)
    return Permit(policies.digest, answer.rule_ids, "consent", consent.leaf, consent.consent_id)


def may_order(policies: Policies, rulebook: Rulebook, facts: OrderFacts) -> Refusal | None:
    """May this member look somebody up by this document at all?  Reads nothing about any person."""
    answer = _order(policies, rulebook, facts, about=CLEAR)
    return None if answer.is_yes and facts.document is not None else refusal_of(policies, rulebook, answer)


def decide_order(policies: Policies, rulebook: Rulebook, facts: OrderFacts) -> Decision:
    """Permit or Refusal for a look-up by a court or an authority: the ground is the document, not a consent."""
    if (refusal := may_order(policies, rulebook, facts)) is not None:
        return refusal
    answer = _order(policies, rulebook, facts, about=_file_flags(facts.search, None))
    if not answer.is_yes or facts.document is None:
        return refusal_of(policies, rulebook, answer)
    basis = "court-order" if facts.purpose == COURT_PURPOSE else "official-order"
    return Permit(policies.digest, answer.rule_ids, basis, facts.document.digest, None)


def _inquire(
    policies: Policies, rulebook: Rulebook, facts: PermitFacts, *, consent: ConsentFact | None, about: FileFlags
) -> Answer:
    context = (
        ("today", days(facts.today)),
        ("purpose", facts.purpose),
        ("version", _version(facts.purpose, facts.today)),
        ("product", facts.product),
        ("consent", _consent_context(consent)),
        ("employmentProducts", _words(rulebook.typed.employment_products.value)),
    )
    return policies.ask(facts.member, "inquire", file_entity(about), context=context)


def _order(policies: Policies, rulebook: Rulebook, facts: OrderFacts, *, about: FileFlags) -> Answer:
    document, deferral = facts.document, facts.deferral
    context = (
        ("today", days(facts.today)),
        ("purpose", facts.purpose),
        (
            "document",
            (
                ("isComplete", document is not None and document.is_complete),
                ("kind", document.kind if document else ""),
                ("startsOn", days(document.issued_on) if document else 0),
                ("endsOn", days(document.valid_until) if document else 0),
            ),
        ),
        ("documentDays", rulebook.typed.order_days_most.number),
        (
            "deferral",
            (
                ("isAsked", deferral is not None),
                ("namesLaw", deferral is not None and deferral.names_law),
                ("until", days(deferral.until) if deferral else 0),
            ),
        ),
        ("deferralDays", rulebook.typed.notice_deferral_days_most.number),
    )
    return policies.ask(facts.member, "inquireByOrder", file_entity(about), context=context)


def _version(purpose: str, today: date) -> int:
    """The wording that holds today; 0 for what nobody agrees to."""
    return purpose_version(purpose, today) if purpose in WORDINGS else 0


def _words(value: Any) -> frozenset[str]:
    return frozenset(map(str, value if isinstance(value, tuple) else (value,)))


def _file_flags(search: Search, facts: PermitFacts | None) -> FileFlags:
    """Whom the search found; for an inquiry also what bears on a lender."""
    match search:
        case NoMatch():
            return _NOBODY
        case Ambiguous():
            return _MANY
        case Match(name_agrees=agrees):
            if facts is None:
                return FileFlags(identity_agrees=agrees)
            flags = facts.flags
            if flags is None:
                return _UNCLEAR
            return FileFlags(
                identity_agrees=agrees,
                is_frozen=flags.is_frozen,
                is_minor=flags.adult_on is not None and facts.today < flags.adult_on,
                is_deceased=flags.is_deceased,
                has_running_account=flags.has_running_account,
            )


def choose_consent(facts: PermitFacts) -> ConsentFact | None:
    """The consent that speaks best for the inquiry: one that covers it today, else the nearest miss.

    Where several claim the number, a consent of the one whose name agrees lets the refusal say so; where nobody was found
    there is none.
    """
    if isinstance(facts.search, NoMatch) or not facts.consents:
        return None
    return min(facts.consents, key=lambda consent: _distance(consent, facts))


def _distance(consent: ConsentFact, facts: PermitFacts) -> tuple[bool, bool, bool, bool, bool, bool, bool, int]:
    return (
        consent.purpose != facts.purpose,
        consent.is_withdrawn,
        not consent.starts_on <= facts.today <= consent.ends_on,
        consent.is_one_time and consent.is_used,
        not covers(consent.products, facts.product),
        consent.purpose_version != _version(facts.purpose, facts.today),
        not consent.is_confirmed,
        -consent.ends_on.toordinal(),
    )


def _consent_context(consent: ConsentFact | None) -> tuple[tuple[str, Any], ...]:
    return (
        ("exists", consent is not None),
        ("purpose", consent.purpose if consent else ""),
        ("version", consent.purpose_version if consent else 0),
        ("products", frozenset(consent.products) if consent else frozenset()),
        ("isConfirmed", consent is not None and consent.is_confirmed),
        ("isWithdrawn", consent is not None and consent.is_withdrawn),
        ("isUsed", consent is not None and consent.is_one_time and consent.is_used),
        ("startsOn", days(consent.starts_on) if consent else 0),
        ("endsOn", days(consent.ends_on) if consent else 0),
    )
