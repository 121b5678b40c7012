"""Worlds for the decision: made at random from a seed, and put into the words of the core."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.permit_oracle import AUTHORITY_KINDS, COURT_KINDS, DEFERRAL_DAYS, ERASURE_REASONS, ORDER_DAYS, World
from openbureau.core.decision import entitlement
from openbureau.core.decision.order import AUTHORITY_PURPOSE, COURT_PURPOSE, Deferral, Document
from openbureau.core.decision.policy import Answer, Entity, Policies
from openbureau.core.member import Member, Role
from openbureau.core.outcome import Ambiguous, Leave, Match, NoMatch, Permit, Refusal, Search
from openbureau.core.permit import ConsentFact, OrderFacts, PermitFacts, SubjectFlags, decide, decide_order
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
PRODUCTS = ("report", "score", "attributes", "question", "changes", "alert")
ROLES = ("lender", "furnisher", "collector", "employer", "court", "authority")
STAFF = ("reviewer", "regulator", "committee", "operator")
REASONS = ("identity-review", "unmasking", "curiosity", "")
OF_MEMBER = ("inactive", "contract", "purpose", "role")
FLAWS = {
    "inquire": (
        *OF_MEMBER, "many", "name", "frozen", "deceased", "minor", "no-account", "nobody", "no-consent", "other-purpose",
        "withdrawn", "expired", "used", "products", "version", "unconfirmed", "product",
    ),
    "order": (*OF_MEMBER, "nobody", "nobody", "many", "name", "no-document", "kind", "blank", "old", "old", "deferral"),
}  # fmt: skip
"""What may be wrong in a world, by act."""
ACTS = {
    "inquire": 64, "order": 24, "furnish": 4, "correct": 4, "recordConsent": 8, "seeOwnFile": 3, "giveConsent": 3,
    "confirmConsent": 3, "withdrawConsent": 3, "viewCase": 8, "viewPerson": 8, "inspectFurnisher": 4, "sampleMasked": 4,
    "eraseOwnFile": 6, "eraseFile": 4,
}  # fmt: skip
"""Every act, with how often it is met."""
ORDER_PURPOSES = (COURT_PURPOSE, AUTHORITY_PURPOSE)
SPECIAL = ("post-loan", "guarantor-check", "employment")


def plain_world(**changes: Any) -> World:
    """A world in which everything speaks for an answer, with changes."""
    world: World = {
        "act": "inquire", "member": plain_member(), "purpose": "loan-approval", "product": "report", "version": 1,
        "today": NOW, "found": "one", "name_agrees": True, "frozen": False, "deceased": False, "adult_on": NOW - 5000,
        "running": True, "consents": [plain_consent()],
    }  # fmt: skip
    return world | changes


def plain_order(**changes: Any) -> World:
    """A look-up by a court that may be answered, with changes."""
    member = plain_member(roles=frozenset({"court"}), purposes=("judicial", "official"))
    return (
        plain_world(act="order", member=member, purpose="judicial", document=plain_document(), deferral=None) | changes
    )


def plain_member(**changes: Any) -> World:
    """A lender in good standing, with changes."""
    member: World = {
        "active": True, "roles": frozenset({"lender"}), "from": NOW - 300, "until": NOW + 300,
        "purposes": ("loan-approval", "post-loan"),
    }  # fmt: skip
    return member | changes


def plain_consent(**changes: Any) -> World:
    """A consent that covers the plain inquiry, with changes."""
    consent: World = {
        "purpose": "loan-approval", "from": NOW - 10, "until": NOW + 10, "withdrawn": False, "once": False, "used": False,
        "products": ("report",), "version": 1, "confirmed": True,
    }  # fmt: skip
    return consent | changes


def plain_document(**changes: Any) -> World:
    """A document of a court that is in force, with changes."""
    document: World = {
        "kind": "enforcement", "statute": "a law", "number": "(2026) 1", "issued_by": "a court", "officer": "an officer",
        "from": NOW - 10, "until": NOW + 10,
    }  # fmt: skip
    return document | changes


def random_world(source: random.Random) -> World:
    """A world with none, few or many things wrong, days often at the very edge."""
    act = source.choices(tuple(ACTS), weights=tuple(ACTS.values()))[0]
    flaws = FLAWS.get(act, (*OF_MEMBER, "recipient"))
    share = source.choice((0.0, 0.0, 0.0, 0.03, 0.1, 0.4))
    wrong = {flaw for flaw in flaws if source.random() < share}
    if source.random() < 0.7:
        wrong.add(source.choice(flaws))
    base: World = {"act": act, "today": NOW, "own": source.random() < 0.6}
    if act == "eraseOwnFile":
        return base | {"running": source.random() < 0.4, "term": source.random() < 0.4}
    if act in {"viewCase", "inspectFurnisher", "sampleMasked", "viewPerson", "eraseFile"}:
        return base | _look(source, act)
    purpose = source.choice(
        NAMES if act != "order" else ("judicial", "official", "judicial", "official", "loan-approval")
    )
    base |= {"purpose": purpose, "member": _member(source, act, purpose, wrong=wrong)}
    if act == "recordConsent":
        return base | {
            "recipient": _member(source, "inquire", purpose, wrong=_some(source) if "recipient" in wrong else set())
        }
    if act not in {"inquire", "order"}:
        return base
    return base | _case(source, act, purpose, wrong=wrong)


def _look(source: random.Random, act: str) -> World:
    """Staff with a reason, every other time as the rules want both."""
    if source.random() < 0.5:
        reasons_given = (*REASONS, *ERASURE_REASONS) if act == "eraseFile" else REASONS
        return {"staff": source.choice(STAFF), "reason": source.choice(reasons_given)}
    right = {
        "viewCase": ("reviewer", "identity-review"), "viewPerson": ("committee", "unmasking"),
        "eraseFile": ("reviewer", source.choice(ERASURE_REASONS)),
    }  # fmt: skip
    staff, reason = right.get(act, ("regulator" if act == "inspectFurnisher" else "committee", ""))
    return {"staff": staff, "reason": reason}


def _case(source: random.Random, act: str, purpose: str, *, wrong: set[str]) -> World:
    """What is asked, who was found and what is held of them, with consents or a document."""
    found = "none" if "nobody" in wrong else "many" if "many" in wrong else "one"
    adult_on = NOW + source.choice((1, 400)) if "minor" in wrong else source.choice((None, NOW, NOW - 1, NOW - 9000))
    product = "question" if purpose == "employment" else source.choice(PRODUCTS[:5])
    if purpose == "post-loan" and source.random() < 0.5:
        product = "alert"
    case: World = {
        "product": source.choice(PRODUCTS) if "product" in wrong else product,
        "version": 0 if purpose in ORDER_PURPOSES else 1, "found": found,
        "name_agrees": "name" not in wrong, "frozen": "frozen" in wrong, "deceased": "deceased" in wrong,
        "adult_on": adult_on, "running": source.random() < 0.6 and "no-account" not in wrong,
    }  # fmt: skip
    if act == "order":
        return case | {"document": _document(source, purpose, wrong), "deferral": _deferral(source, wrong)}
    many = () if "no-consent" in wrong else range(source.choice((1, 1, 2, 3)))
    return case | {"consents": [_consent(source, purpose, case["product"], wrong=wrong) for _ in many]}


def _member(source: random.Random, act: str, purpose: str, *, wrong: set[str]) -> World:
    """A member of the role that the act needs, or, where the role is wrong, of any others."""
    needed = {
        "order": "court" if purpose == "judicial" else "authority",
        "furnish": "furnisher", "correct": "furnisher", "recordConsent": "collector",
    }.get(act, "employer" if purpose == "employment" else "lender")  # fmt: skip
    others = {role for role in ROLES if role != needed and source.random() < 0.25}
    return plain_member(
        active="inactive" not in wrong,
        roles=frozenset(others if "role" in wrong else {needed, *others}),
        purposes=_purposes(source, purpose, "purpose" not in wrong),
        **_span(source, "contract" not in wrong),
    )


def _some(source: random.Random) -> set[str]:
    return {flaw for flaw in ("inactive", "contract", "purpose") if source.random() < 0.5}


def _purposes(source: random.Random, purpose: str, is_in: bool) -> tuple[str, ...]:
    others = [name for name in NAMES if name != purpose and source.random() < 0.4]
    return tuple(sorted([*others, purpose] if is_in else others))


def _span(source: random.Random, holds: bool) -> dict[str, int]:
    if holds:
        return {"from": NOW - source.choice((0, 1, 400)), "until": NOW + source.choice((0, 1, 400))}
    if source.random() < 0.5:
        return {"from": NOW + source.choice((1, 30)), "until": NOW + 90}
    return {"from": NOW - 90, "until": NOW - source.choice((1, 30))}


def _consent(source: random.Random, purpose: str, product: str, *, wrong: set[str]) -> World:
    """A consent with the flaws of its world, each of them at times mended, so that consents differ."""
    has = {flaw for flaw in sorted(wrong) if source.random() < 0.8}
    once = source.random() < 0.5 or "used" in has
    elsewhere = 0.4 if purpose == "guarantor-check" else 0.03
    right = (
        ("monitoring",) if product == "alert" else source.choice((("report",), (product,), ("report", "monitoring")))
    )
    return {
        "purpose": source.choice(NAMES) if "other-purpose" in has or source.random() < elsewhere else purpose,
        "withdrawn": "withdrawn" in has,
        "once": once,
        "used": "used" in has or (not once and source.random() < 0.5),
        "products": source.choice((("score",), ("question", "changes"), ("monitoring",), ("report",), ()))
        if "products" in has
        else right,
        "version": 2 if "version" in has else 0 if purpose in ORDER_PURPOSES else 1,
        "confirmed": "unconfirmed" not in has,
        **_span(source, "expired" not in has),
    }


def _document(source: random.Random, purpose: str, wrong: set[str]) -> World | None:
    if "no-document" in wrong:
        return None
    right, other = (COURT_KINDS, AUTHORITY_KINDS) if purpose == "judicial" else (AUTHORITY_KINDS, COURT_KINDS)
    blank = source.choice(("statute", "number", "issued_by", "officer")) if "blank" in wrong else ""
    texts = {name: " " if name == blank else "x" for name in ("statute", "number", "issued_by", "officer")}
    span = {"from": NOW - source.choice((0, 5, ORDER_DAYS)), "until": NOW + source.choice((0, 5, 400))}
    if "old" in wrong:
        span = source.choice((
            {"from": NOW + 1, "until": NOW + 9},
            {"from": NOW - 9, "until": NOW - 1},
            {"from": NOW - ORDER_DAYS - source.choice((1, 50)), "until": NOW + 9},
        ))  # fmt: skip
    return {"kind": source.choice(other if "kind" in wrong else right), **texts, **span}


def _deferral(source: random.Random, wrong: set[str]) -> World | None:
    if "deferral" in wrong:
        statute, span = source.choice((("", 5), (" ", 9), ("a law", 0), ("a law", -3), ("a law", DEFERRAL_DAYS + 1)))
        return {"statute": statute, "until": NOW + span}
    if source.random() < 0.5:
        return None
    return {"statute": "a law", "until": NOW + source.choice((1, 30, DEFERRAL_DAYS))}


def facts(world: Mapping[str, Any]) -> PermitFacts:
    """An inquiry in the words of the core."""
    adult_on = world["adult_on"]
    return PermitFacts(
        member=member_of(world["member"]),
        purpose=world["purpose"],
        today=date.fromordinal(world["today"]),
        search=_search(world),
        flags=SubjectFlags(
            world["frozen"], world["deceased"], date.fromordinal(adult_on) if adult_on else None, world["running"]
        ),
        consents=tuple(_fact(at, consent) for at, consent in enumerate(world["consents"])),
        product=world["product"],
    )


def order_facts(world: Mapping[str, Any]) -> OrderFacts:
    """A look-up by a court or an authority in the words of the core."""
    document, deferral = world["document"], world["deferral"]
    return OrderFacts(
        member_of(world["member"]),
        world["purpose"],
        date.fromordinal(world["today"]),
        _search(world),
        Document(
            document["kind"], document["statute"], document["number"], document["issued_by"], document["officer"],
            date.fromordinal(document["from"]), date.fromordinal(document["until"]),
        )
        if document
        else None,
        Deferral(deferral["statute"], date.fromordinal(deferral["until"])) if deferral else None,
    )  # fmt: skip


def member_of(member: Mapping[str, Any], name: str = "bank-made-up") -> Member:
    """A member of a world in the words of the core."""
    return Member(
        name, "某银行", "A bank", "11", frozenset(map(Role, member["roles"])), frozenset(member["purposes"]),
        member["active"], date.fromordinal(member["from"]), date.fromordinal(member["until"]), bytes(32),
    )  # fmt: skip


def _search(world: Mapping[str, Any]) -> Search:
    searches: dict[str, Search] = {
        "one": Match(SUBJECT, world["name_agrees"]),
        "none": NoMatch(),
        "many": Ambiguous((SUBJECT, SUBJECT[:-1] + "2")),
    }
    return searches[world["found"]]


def _fact(at: int, consent: Mapping[str, Any]) -> ConsentFact:
    return ConsentFact(
        f"consent-{at}", consent["purpose"], date.fromordinal(consent["from"]), date.fromordinal(consent["until"]),
        consent["withdrawn"], consent["once"], consent["used"], f"{at:064x}", consent["products"], consent["version"],
        consent["confirmed"],
    )  # fmt: skip


def decided(world: Mapping[str, Any], policies: Policies = POLICIES) -> Permit | Leave | Refusal:
    """What the core decides in this world."""
    return _ACTS[world["act"]](world, policies)


def _record_consent(world: Mapping[str, Any], policies: Policies) -> Leave | Refusal:
    member = member_of(world["member"])
    recipient = member_of(world["recipient"], member.member_id if world["own"] else "another")
    return entitlement.may_record_consent(policies, RULEBOOK, member, recipient=recipient, purpose=world["purpose"])


def _own(world: Mapping[str, Any], policies: Policies) -> Leave | Refusal:
    return entitlement.may_of_person(policies, RULEBOOK, world["act"], is_own=world["own"])


def _view(world: Mapping[str, Any], policies: Policies) -> Leave | Refusal:
    return entitlement.may_view(policies, RULEBOOK, world["act"], role=world["staff"], reason=world["reason"])


_ACTS: dict[str, Callable[[Mapping[str, Any], Policies], Permit | Leave | Refusal]] = {
    "inquire": lambda world, policies: decide(policies, RULEBOOK, facts(world)),
    "order": lambda world, policies: decide_order(policies, RULEBOOK, order_facts(world)),
    "furnish": lambda world, policies: entitlement.may_furnish(policies, RULEBOOK, member_of(world["member"])),
    "correct": lambda world, policies: entitlement.may_correct(
        policies, RULEBOOK, member_of(world["member"]), is_own=world["own"]
    ),
    "recordConsent": _record_consent,
    "seeOwnFile": _own, "giveConsent": _own, "confirmConsent": _own, "withdrawConsent": _own,
    "eraseOwnFile": lambda world, policies: entitlement.may_erase_own(
        policies, RULEBOOK, is_own=world["own"], has_running=world["running"], has_term=world["term"]
    ),
    "eraseFile": lambda world, policies: entitlement.may_erase(
        policies, RULEBOOK, role=world["staff"], reason=world["reason"]
    ),
    "viewCase": _view, "viewPerson": _view, "sampleMasked": _view,
    "inspectFurnisher": lambda world, policies: entitlement.may_inspect(policies, RULEBOOK, role=world["staff"]),
}  # fmt: skip


def reasons(decision: Permit | Leave | Refusal) -> tuple[str, ...]:
    """The reasons of a refusal, none for a yes."""
    return decision.rule_ids if isinstance(decision, Refusal) else ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it was put to the policies."""

    who: Member | Entity
    action: str
    about: Entity
    context: tuple[tuple[str, Any], ...]


class Listening(Policies):
    """Policies that keep the questions put to them, with the last answer."""

    def __init__(self, policies: Policies) -> None:
        self._behind = policies
        self.text = policies.text
        self.asked: list[Question] = []
        self.last: Answer | None = None

    def ask(self, who: Member | Entity, action: str, about: Entity, *, context: tuple[tuple[str, Any], ...]) -> Answer:
        self.asked.append(Question(who, action, about, context))
        self.last = self._behind.ask(who, action, about, context=context)
        return self.last
