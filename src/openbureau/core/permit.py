"""May this inquiry be answered?  The only place that decides, and the only maker of a `Permit`.

The policies are Cedar text in `law/<regime>/permit.cedar`; here the facts are put into Cedar's words and its answer into
ours.  Promises: what no policy permits is refused; any evaluation error is a refusal (`policy-error`); a refusal names
every policy that forbade, first in the order of `RefusalCode`, each with its articles; and for somebody who is not on
file the refusal for want of consent is the same as for somebody who is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import cedarpy

from openbureau.core.member import Member, Role
from openbureau.core.outcome import Ambiguous, Decision, Match, NoMatch, Permit, Refusal, Search
from openbureau.core.refusal import RefusalCode
from openbureau.law.policies import PolicyText
from openbureau.law.rules import Rulebook

_EPOCH = date(1970, 1, 1).toordinal()
_ORDER = {code.value: at for at, code in enumerate(RefusalCode)}
_FLAGS = ("isKnown", "identityAgrees", "isFrozen", "isMinor", "isDeceased", "isOwn")
MOST_ANSWERS = 10_000
_NOBODY = (False,) * len(_FLAGS)


@dataclass(frozen=True, slots=True)
class SubjectFlags:
    """What about the subject bears on the decision."""

    is_frozen: bool
    is_deceased: bool
    adult_on: date | None
    """The day on which the person comes of age for credit; None for a firm."""


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


@dataclass(frozen=True, slots=True)
class PermitFacts:
    """All that the decision rests on."""

    member: Member
    purpose: str
    today: date
    search: Search
    flags: SubjectFlags | None
    consents: tuple[ConsentFact, ...]


class PolicyRefused(ValueError):
    """The policies do not fit their schema: nothing may be decided by them."""


class Policies:
    """A policy set, validated in strict mode and parsed once; `PolicyRefused` names what does not fit."""

    def __init__(self, text: PolicyText) -> None:
        self.text = text
        try:
            self._schema = cedarpy.Schema.from_str(text.schema)
            self._policies = cedarpy.PolicySet.from_str(text.cedar)
        except ValueError as trouble:
            raise PolicyRefused(f"permit.cedar or its schema cannot be read: {trouble}") from None
        checked = cedarpy.validate_policies(text.cedar, self._schema)
        if not checked.validation_passed:
            raise PolicyRefused("permit.cedar: " + "; ".join(map(str, checked.errors)))
        if len(self._policies) != len(text.cites):
            raise PolicyRefused("permit.cedar: a policy without @id and @cites cannot be told from others")
        self._entities: dict[tuple[Any, ...], Any] = {}
        self._answers: dict[tuple[Any, ...], Answer] = {}

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of text and schema: what every event carries."""
        return self.text.digest

    def ask(self, member: Member, action: str, flags: tuple[bool, ...], *, context: Mapping[str, Any]) -> "Answer":
        """Cedar's answer to one question.  Entities carry no personal data: a file is its flags.

        The answer is a pure function of the question, and questions repeat all day: each is evaluated once.
        """
        key = (member, action, flags, _frozen(context))
        known = self._answers.get(key)
        if known is None:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            known = self._answers[key] = self._evaluate(member, action, flags, context=context)
        return known

    def _evaluate(
        self, member: Member, action: str, flags: tuple[bool, ...], *, context: Mapping[str, Any]
    ) -> "Answer":
        request = {
            "principal": f'Member::"{member.member_id}"',
            "action": f'Action::"{action}"',
            "resource": f'CreditFile::"{_name(flags)}"',
            "context": dict(context),
        }
        found = cedarpy.is_authorized(request, self._policies, self._known(member, flags), self._schema)
        reasons = tuple(found.diagnostics.id_annotations_by_reason.values())
        return Answer(found.allowed and not found.diagnostics.errors, reasons, bool(found.diagnostics.errors))

    def _known(self, member: Member, flags: tuple[bool, ...]) -> Any:
        key = (member, flags)
        if key not in self._entities:
            entities = [_member_entity(member), _file_entity(flags)]
            self._entities[key] = cedarpy.Entities.from_json_str(json.dumps(entities), self._schema)
        return self._entities[key]


@dataclass(frozen=True, slots=True)
class Answer:
    """What Cedar said: yes or no, which policies decided, and whether one of them failed."""

    is_yes: bool
    rule_ids: tuple[str, ...]
    has_errors: bool


def _frozen(context: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple((name, _frozen(value) if isinstance(value, dict) else value) for name, value in context.items())


def _name(flags: tuple[bool, ...]) -> str:
    return "".join("1" if flag else "0" for flag in flags)


def _member_entity(member: Member) -> dict[str, Any]:
    return {
        "uid": {"type": "Member", "id": member.member_id},
        "attrs": {
            "isActive": member.is_active,
            "isLender": Role.LENDER in member.roles,
            "isFurnisher": Role.FURNISHER in member.roles,
            "contractFrom": days(member.contract_from),
            "contractUntil": days(member.contract_until),
            "purposes": sorted(member.purposes),
        },
        "parents": [],
    }


def _file_entity(flags: tuple[bool, ...]) -> dict[str, Any]:
    attrs = dict(zip(_FLAGS, flags, strict=True))
    return {"uid": {"type": "CreditFile", "id": _name(flags)}, "attrs": attrs, "parents": []}


def days(day: date) -> int:
    """A day as Cedar knows it: counted from 1970-01-01."""
    return day.toordinal() - _EPOCH


def may_ask(policies: Policies, rulebook: Rulebook, member: Member, *, purpose: str) -> Refusal | None:
    """May this member ask for this purpose at all?  Reads nothing about any person.

    Asked as if everything about the person spoke for an answer: whatever still forbids lies with the member.
    """
    context = {"today": days(rulebook.day), "purpose": purpose, "consent": _consent_context(None) | _GRANTED}
    answer = policies.ask(member, "inquire", (True, True, False, False, False, False), context=context)
    return None if answer.is_yes else _refusal(policies, rulebook, answer)


def decide(policies: Policies, rulebook: Rulebook, facts: PermitFacts) -> Decision:
    """Permit or Refusal for an inquiry on its day."""
    consent = choose_consent(facts)
    context = {
        "today": days(facts.today),
        "purpose": facts.purpose,
        "consent": _consent_context(consent, facts.purpose),
    }
    # Without a consent nothing that is held may show in the answer, not even that something is held.
    flags = _NOBODY if consent is None else _file_flags(facts)
    answer = policies.ask(facts.member, "inquire", flags, context=context)
    if not answer.is_yes or consent is None:
        return _refusal(policies, rulebook, answer)
    return Permit(policies.digest, answer.rule_ids, "consent", consent.leaf, consent.consent_id)


def may_furnish(policies: Policies, rulebook: Rulebook, member: Member) -> Refusal | None:
    """May this member furnish at all?"""
    context = {"today": days(rulebook.day)}
    answer = policies.ask(member, "furnish", _NOBODY, context=context)
    return None if answer.is_yes else _refusal(policies, rulebook, answer)


def _file_flags(facts: PermitFacts) -> tuple[bool, ...]:
    match facts.search:
        case NoMatch():
            return _NOBODY
        case Ambiguous():
            return (True, False, False, False, False, False)
        case Match(name_agrees=agrees):
            flags = facts.flags
            if flags is None:
                return (True, False, False, False, False, False)
            is_minor = flags.adult_on is not None and facts.today < flags.adult_on
            return (True, agrees, flags.is_frozen, is_minor, flags.is_deceased, False)


def choose_consent(facts: PermitFacts) -> ConsentFact | None:
    """The consent that speaks best for the inquiry: one that covers it today, else the nearest miss.

    Without one nothing that is held may show.  Where several claim the number, a consent of the one whose name agrees lets
    the refusal say that identity is not confirmed; where nobody was found there is none.
    """
    if isinstance(facts.search, NoMatch) or not facts.consents:
        return None
    return min(facts.consents, key=lambda consent: _distance(consent, facts))


def _distance(consent: ConsentFact, facts: PermitFacts) -> tuple[bool, bool, bool, bool, int]:
    return (
        consent.purpose != facts.purpose,
        consent.is_withdrawn,
        not consent.starts_on <= facts.today <= consent.ends_on,
        consent.is_one_time and consent.is_used,
        -consent.ends_on.toordinal(),
    )


_GRANTED: dict[str, Any] = {"exists": True, "coversPurpose": True, "startsOn": -(2**40), "endsOn": 2**40}


def _consent_context(consent: ConsentFact | None, purpose: str = "") -> dict[str, Any]:
    if consent is None:
        return {
            "exists": False, "coversPurpose": False, "isWithdrawn": False, "isUsed": False, "startsOn": 0, "endsOn": 0,
        }  # fmt: skip
    return {
        "exists": True,
        "coversPurpose": consent.purpose == purpose,
        "isWithdrawn": consent.is_withdrawn,
        "isUsed": consent.is_one_time and consent.is_used,
        "startsOn": days(consent.starts_on),
        "endsOn": days(consent.ends_on),
    }


def _refusal(policies: Policies, rulebook: Rulebook, answer: Answer) -> Refusal:
    """The refusal for a no: reasons in the fixed order; without a known reason, or after an error, `policy-error`."""
    ids = tuple(sorted((rule_id for rule_id in answer.rule_ids if rule_id in _ORDER), key=_ORDER.__getitem__))
    if answer.has_errors or not ids:
        ids = (RefusalCode.POLICY_ERROR.value,)
    cited = [rule for rule_id in ids for rule in policies.text.cites.get(rule_id, ("crr.inquiry.no_unlawful_supply",))]
    return Refusal(RefusalCode(ids[0]), ids, rulebook.cite(*dict.fromkeys(cited)), policies.digest)
