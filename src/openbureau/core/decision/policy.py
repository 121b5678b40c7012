"""What do the policies say to one question?

The Cedar text of a regime, validated in strict mode and parsed once, with every answer remembered.  Promises: what no
policy permits is a no; any evaluation error is a no and says so; an entity carries no personal data.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import cedarpy

from openbureau.core.member import Member, Role
from openbureau.core.outcome import Refusal
from openbureau.core.refusal import RefusalCode
from openbureau.law.policies import PolicyText
from openbureau.law.rules import Rulebook

_EPOCH = date(1970, 1, 1).toordinal()
_ORDER = {code.value: at for at, code in enumerate(RefusalCode)}
DEFAULT_ARTICLE = ("crr.inquiry.no_unlawful_supply",)
"""What a refusal cites that no policy makes."""
MOST_ANSWERS = 10_000


class PolicyRefused(ValueError):
    """The policies do not fit their schema: nothing may be decided by them."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Who asks, or what is asked about, as the policies see it: a type, a name, attributes."""

    type: str
    name: str
    attributes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What Cedar said: yes or no, which policies decided, and whether one of them failed."""

    is_yes: bool
    rule_ids: tuple[str, ...]
    has_errors: bool


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

    def ask(self, who: Member | Entity, action: str, about: Entity, *, context: tuple[tuple[str, Any], ...]) -> Answer:
        """Cedar's answer to one question.  `context` is names with values; a record is such pairs again, a set a frozenset.

        The answer is a pure function of the question, and questions repeat all day: each is evaluated once.
        """
        key = (who, action, about, context)
        known = self._answers.get(key)
        if known is None:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            known = self._answers[key] = self._evaluate(who, action, about, context=context)
        return known

    def _evaluate(
        self, who: Member | Entity, action: str, about: Entity, *, context: tuple[tuple[str, Any], ...]
    ) -> Answer:
        asking = member_entity(who) if isinstance(who, Member) else who
        request = {
            "principal": f'{asking.type}::"{asking.name}"',
            "action": f'Action::"{action}"',
            "resource": f'{about.type}::"{about.name}"',
            "context": _plain(context),
        }
        found = cedarpy.is_authorized(request, self._policies, self._known(asking, about), self._schema)
        reasons = tuple(found.diagnostics.id_annotations_by_reason.values())
        return Answer(found.allowed and not found.diagnostics.errors, reasons, bool(found.diagnostics.errors))

    def _known(self, asking: Entity, about: Entity) -> Any:
        key = (asking, about)
        if key not in self._entities:
            if len(self._entities) >= MOST_ANSWERS:
                self._entities.clear()
            entities = [
                {"uid": {"type": one.type, "id": one.name}, "attrs": _plain(one.attributes), "parents": []}
                for one in key
            ]
            self._entities[key] = cedarpy.Entities.from_json_str(json.dumps(entities), self._schema)
        return self._entities[key]


def _plain(pairs: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if isinstance(value, frozenset):
            made[name] = sorted(value)
        else:
            made[name] = _plain(value) if isinstance(value, tuple) else value
    return made


def member_entity(member: Member) -> Entity:
    """A member as the policies see it."""
    roles = {
        "isLender": Role.LENDER, "isFurnisher": Role.FURNISHER, "isCollector": Role.COLLECTOR,
        "isEmployer": Role.EMPLOYER, "isCourt": Role.COURT, "isAuthority": Role.AUTHORITY,
    }  # fmt: skip
    return Entity(
        "Member",
        member.member_id,
        (
            ("isActive", member.is_active),
            *((name, role in member.roles) for name, role in roles.items()),
            ("contractFrom", days(member.contract_from)),
            ("contractUntil", days(member.contract_until)),
            ("purposes", member.purposes),
        ),
    )


def days(day: date) -> int:
    """A day as Cedar knows it: counted from 1970-01-01."""
    return day.toordinal() - _EPOCH


def refusal_of(policies: Policies, rulebook: Rulebook, answer: Answer) -> Refusal:
    """The refusal for a no.

    Reasons stand in the fixed order, each with its articles; after an error the one reason is `policy-error`; where nothing
    stood against the act and nothing permits it, `role-not-entitled`.
    """
    ids = tuple(sorted((rule_id for rule_id in answer.rule_ids if rule_id in _ORDER), key=_ORDER.__getitem__))
    if answer.has_errors:
        ids = (RefusalCode.POLICY_ERROR.value,)
    elif not ids:
        ids = (RefusalCode.ROLE_NOT_ENTITLED.value,)
    cited = [rule for rule_id in ids for rule in policies.text.cites.get(rule_id, DEFAULT_ARTICLE)]
    return Refusal(RefusalCode(ids[0]), ids, rulebook.cite(*dict.fromkeys(cited)), policies.digest)
