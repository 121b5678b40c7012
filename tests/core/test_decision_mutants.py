"""Is each condition of each policy needed?  Every one is removed or turned round, and the second opinion notices."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import cedarpy
import pytest

from core.decisions import LAW, PACK, POLICIES, TEXT, Listening, Question, decided, random_world, reasons
from core.permit_oracle import World, grounds, opinion
from core.test_decision import PERMITTED, REFUSED
from openbureau.core.decision.policy import Policies
from openbureau.core.outcome import Permit
from openbureau.law.policies import load_policies

Json = dict[str, Any]
FLIPS = {"<": ("<=",), "<=": ("<",), ">": (">=",), ">=": (">",), "==": ("!=",), "!=": ("==",)}


def mutants() -> Iterator[tuple[str, Json]]:
    """Every policy set that differs from ours by one condition, named by policy and change."""
    whole = json.loads(cedarpy.policies_to_json_str(PACK["permit.cedar"]))
    for name, policy in whole["staticPolicies"].items():
        for what, changed in _of_policy(policy):
            made = deepcopy(whole)
            made["staticPolicies"][name] = changed
            yield f"{policy['annotations']['id']}: {what}", made


def _of_policy(policy: Json) -> Iterator[tuple[str, Json]]:
    for at, condition in enumerate(policy["conditions"]):
        without = [one for number, one in enumerate(policy["conditions"]) if number != at]
        yield f"drop {condition['kind']}", policy | {"conditions": without}
        for what, body in _of_expression(condition["body"]):
            conditions = [*policy["conditions"]]
            conditions[at] = condition | {"body": body}
            yield what, policy | {"conditions": conditions}
    entities = policy["action"].get("entities", [])
    for gone in entities:
        fewer = [one for one in entities if one is not gone]
        yield f"drop action {gone['id']}", policy | {"action": {"op": "in", "entities": fewer}}


def _of_expression(body: Json) -> Iterator[tuple[str, Json]]:
    ((kind, inner),) = body.items()
    if kind in {"&&", "||"}:
        yield f"drop left of {kind} {_text(inner['left'])}", inner["right"]
        yield f"drop right of {kind} {_text(inner['right'])}", inner["left"]
    if kind == "!":
        yield f"drop ! of {_text(inner['arg'])}", inner["arg"]
    for flipped in FLIPS.get(kind, ()):
        yield f"{kind} becomes {flipped} in {_text(body)}", {flipped: inner}
    if kind == "Set":
        for at, one in enumerate(inner):
            yield f"drop {one['Value']} of a set", {"Set": [two for number, two in enumerate(inner) if number != at]}
    if isinstance(inner, dict):
        for part in ("left", "right", "arg"):
            if isinstance(inner.get(part), dict):
                for what, changed in _of_expression(inner[part]):
                    yield what, {kind: inner | {part: changed}}


def _text(body: Json) -> str:
    """A short name for an expression: its attributes, words and signs."""
    return json.dumps(body, separators=(",", ":")).replace('"', "")[:120]


def corpus() -> dict[Question, World]:
    """Every question that the named and 6,000 random worlds put to the policies, with a world that puts it."""
    found: dict[Question, World] = {}
    source = random.Random(15)
    for world in (*REFUSED.values(), *PERMITTED.values(), *(random_world(source) for _ in range(6_000))):
        listening = Listening(POLICIES)
        decided(world, listening)
        for question in listening.asked:
            found.setdefault(question, world)
    return found


@pytest.fixture(scope="module")
def questions() -> dict[Question, World]:
    """The corpus, made once."""
    return corpus()


def policies_of(mutant: Json) -> Policies:
    """A mutant as a policy set, validated like ours."""
    return Policies(
        load_policies("cn", LAW, pack=PACK | {"permit.cedar": cedarpy.policies_from_json_str(json.dumps(mutant))})
    )


def witness(changed: Policies, questions: dict[Question, World]) -> World | None:
    """A world in which the mutant and the second opinion disagree."""
    for asked, world in questions.items():
        ours = POLICIES.ask(asked.who, asked.action, asked.about, context=asked.context)
        theirs = changed.ask(asked.who, asked.action, asked.about, context=asked.context)
        if (ours.is_yes, set(ours.rule_ids)) != (theirs.is_yes, set(theirs.rule_ids)) and disagrees(changed, world):
            return world
    return None


def disagrees(changed: Policies, world: World) -> bool:
    """Do the mutant's reasons, or the rights on which it permits, differ from the second opinion's?"""
    listening = Listening(changed)
    if reasons(decided(world, listening)) != opinion(world):
        return True
    last = listening.last
    return last is not None and last.is_yes and set(last.rule_ids) != grounds(world)


MUTANTS = dict(mutants())


def test_the_policies_survive_the_round() -> None:
    """Written as JSON and read back, our own policies agree with the second opinion in every named world."""
    back = policies_of(json.loads(cedarpy.policies_to_json_str(PACK["permit.cedar"])))
    assert not [name for name, world in (REFUSED | PERMITTED).items() if disagrees(back, world)]
    assert isinstance(decided(PERMITTED["inquiry-under-consent"], back), Permit)


def test_every_policy_with_a_condition_has_mutants() -> None:
    """No policy is left out but those without a condition."""
    changed = {name.partition(":")[0] for name in MUTANTS}
    assert set(TEXT.cites) - changed == {"own-file", "erasure-by-request"}
    assert len(MUTANTS) > 150


def test_each_condition_is_needed(questions: dict[Question, World]) -> None:
    """Every mutant is caught by the comparison; there is none that no world can tell from the policies."""
    assert [name for name, mutant in MUTANTS.items() if witness(policies_of(mutant), questions) is None] == []
