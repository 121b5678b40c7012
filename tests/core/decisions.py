"""Worlds for the decision: made at random from a seed, and put into the words of the core."""

import random
from collections.abc import Mapping
from datetime import date
from typing import Any

from openbureau.core.member import Member, Role
from openbureau.core.outcome import Ambiguous, Decision, Match, NoMatch, Permit, Search
from openbureau.core.permit import ConsentFact, PermitFacts, Policies, SubjectFlags, decide
from openbureau.core.purpose import PURPOSES
from openbureau.law.policies import load_policies
from openbureau.law.reader import load_law, read_pack

LAW = load_law()
PACK = read_pack("cn")
TEXT = load_policies("cn", LAW, pack=PACK)
POLICIES = Policies(TEXT)
TODAY = date(2026, 11, 24)
RULEBOOK = LAW.on(TODAY)
NOW = TODAY.toordinal()
SUBJECT = "0192f0c1-0000-7000-8000-000000000001"
NAMES = tuple(PURPOSES)
FLAWS = (
    "inactive", "contract", "purpose", "role", "nobody", "many", "name", "frozen", "deceased", "minor", "no-consent",
    "other-purpose", "withdrawn", "expired", "used",
)  # fmt: skip


def plain_world(**changes: Any) -> dict[str, Any]:
    """A world in which everything speaks for an answer, with changes."""
    world: dict[str, Any] = {
        "member": plain_member(), "purpose": "loan-approval", "today": NOW, "found": "one", "name_agrees": True,
        "frozen": False, "deceased": False, "adult_on": NOW - 5000, "consents": [plain_consent()],
    }  # fmt: skip
    return world | changes


def plain_member(**changes: Any) -> dict[str, Any]:
    """A lender in good standing, with changes."""
    member: dict[str, Any] = {
        "active": True, "lender": True, "from": NOW - 300, "until": NOW + 300, "purposes": ("loan-approval", "post-loan"),
    }  # fmt: skip
    return member | changes


def plain_consent(**changes: Any) -> dict[str, Any]:
    """A consent that covers the plain inquiry, with changes."""
    consent: dict[str, Any] = {
        "purpose": "loan-approval", "from": NOW - 10, "until": NOW + 10, "withdrawn": False, "once": False, "used": False,
    }  # fmt: skip
    return consent | changes


def random_world(source: random.Random) -> dict[str, Any]:
    """A world with none, few or many things wrong, days often at the very edge."""
    share = source.choice((0.0, 0.05, 0.15, 0.5))
    wrong = {flaw for flaw in FLAWS if source.random() < share}
    if source.random() < 0.5:
        wrong.add(source.choice((*FLAWS, "role")))
    purpose = source.choice(NAMES)
    member = plain_member(
        active="inactive" not in wrong,
        lender="role" not in wrong,
        purposes=_purposes(source, purpose, "purpose" not in wrong),
        **_span(source, "contract" not in wrong),
    )
    found = "none" if "nobody" in wrong else "many" if "many" in wrong else "one"
    adult_on = NOW + source.choice((1, 400)) if "minor" in wrong else source.choice((None, NOW, NOW - 1, NOW - 9000))
    consents = (
        [] if "no-consent" in wrong else [_consent(source, purpose, wrong) for _ in range(source.choice((1, 1, 2, 3)))]
    )
    return {
        "member": member, "purpose": purpose, "today": NOW, "found": found, "name_agrees": "name" not in wrong,
        "frozen": "frozen" in wrong, "deceased": "deceased" in wrong, "adult_on": adult_on, "consents": consents,
    }  # fmt: skip


def _purposes(source: random.Random, purpose: str, is_in: bool) -> tuple[str, ...]:
    others = [name for name in NAMES if name != purpose and source.random() < 0.4]
    return tuple(sorted([*others, purpose] if is_in else others))


def _span(source: random.Random, holds: bool) -> dict[str, int]:
    if holds:
        return {"from": NOW - source.choice((0, 1, 400)), "until": NOW + source.choice((0, 1, 400))}
    if source.random() < 0.5:
        return {"from": NOW + source.choice((1, 30)), "until": NOW + 90}
    return {"from": NOW - 90, "until": NOW - source.choice((1, 30))}


def _consent(source: random.Random, purpose: str, wrong: set[str]) -> dict[str, Any]:
    """A consent with the flaws of its world, each of them at times mended, so that consents differ."""
    has = {flaw for flaw in sorted(wrong) if source.random() < 0.8}
    once = source.random() < 0.5 or "used" in has
    return {
        "purpose": source.choice(NAMES) if "other-purpose" in has else purpose,
        "withdrawn": "withdrawn" in has,
        "once": once,
        "used": "used" in has or (not once and source.random() < 0.5),
        **_span(source, "expired" not in has),
    }


def facts(world: Mapping[str, Any]) -> PermitFacts:
    """The world in the words of the core."""
    member = world["member"]
    roles = {Role.FURNISHER} | ({Role.LENDER} if member["lender"] else set())
    searches: dict[str, Search] = {
        "one": Match(SUBJECT, world["name_agrees"]),
        "none": NoMatch(),
        "many": Ambiguous((SUBJECT, SUBJECT[:-1] + "2")),
    }
    adult_on = world["adult_on"]
    return PermitFacts(
        member=Member(
            "bank-made-up", "某银行", "A bank", "11", frozenset(roles), frozenset(member["purposes"]), member["active"],
            date.fromordinal(member["from"]), date.fromordinal(member["until"]), bytes(32),
        ),
        purpose=world["purpose"],
        today=date.fromordinal(world["today"]),
        search=searches[world["found"]],
        flags=SubjectFlags(world["frozen"], world["deceased"], date.fromordinal(adult_on) if adult_on else None),
        consents=tuple(_fact(at, consent) for at, consent in enumerate(world["consents"])),
    )  # fmt: skip


def _fact(at: int, consent: Mapping[str, Any]) -> ConsentFact:
    return ConsentFact(
        f"consent-{at}", consent["purpose"], date.fromordinal(consent["from"]), date.fromordinal(consent["until"]),
        consent["withdrawn"], consent["once"], consent["used"], f"{at:064x}",
    )  # fmt: skip


def decided(world: Mapping[str, Any], policies: Policies = POLICIES) -> Decision:
    """What the core decides in this world."""
    return decide(policies, RULEBOOK, facts(world))


def reasons(decision: Decision) -> tuple[str, ...]:
    """The reasons of a refusal, none for a permit."""
    return () if isinstance(decision, Permit) else decision.rule_ids
