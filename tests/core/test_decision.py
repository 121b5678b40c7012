"""Is the decision the law's, whoever asks and whatever is held?"""

import ast
import random
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import cedarpy
import pytest

import openbureau
from core.decisions import (
    ACTS,
    LAW,
    NOW,
    PACK,
    POLICIES,
    RULEBOOK,
    TEXT,
    TODAY,
    Listening,
    decided,
    facts,
    order_facts,
    plain_consent,
    plain_document,
    plain_member,
    plain_order,
    plain_world,
    random_world,
    reasons,
)
from core.permit_oracle import (
    AUTHORITY_KINDS,
    COURT_KINDS,
    DEFERRAL_DAYS,
    EMPLOYMENT_PRODUCTS,
    NOBODY_SAID_YES,
    ORDER,
    ORDER_DAYS,
    best_consent,
    grounds,
    opinion,
)
from openbureau.core.decision.entitlement import may_furnish
from openbureau.core.decision.order import KINDS
from openbureau.core.decision.policy import Policies, PolicyRefused
from openbureau.core.outcome import Leave, Permit, Refusal
from openbureau.core.permit import choose_consent, decide, may_ask, may_ask_anything, may_order
from openbureau.core.refusal import TITLES, RefusalCode
from openbureau.law.policies import PolicyText, load_policies

EMPLOYER = plain_member(roles=frozenset({"employer"}), purposes=("employment",))
STAFF: dict[str, Any] = {"today": NOW, "own": True, "reason": "identity-review"}
MEMBER: dict[str, Any] = {"today": NOW, "own": True, "purpose": "loan-approval"}
WISH: dict[str, Any] = {"act": "eraseOwnFile", "today": NOW, "own": True, "running": False, "term": False}
COLLECTOR = plain_member(roles=frozenset({"collector"}))
GUARANTOR = plain_member(purposes=("guarantor-check",))
REFUSED: dict[str, dict[str, Any]] = {
    "member-not-active": plain_world(member=plain_member(active=False)),
    "purpose-not-in-contract": plain_world(member=plain_member(purposes=("post-loan",))),
    "product-not-for-purpose": plain_world(
        member=EMPLOYER, purpose="employment", consents=[plain_consent(purpose="employment")]
    ),
    "recipient-not-entitled": MEMBER
    | {"act": "recordConsent", "member": COLLECTOR, "recipient": plain_member(purposes=("post-loan",))},
    "record-not-own": MEMBER | {"act": "correct", "own": False, "member": plain_member(roles=frozenset({"furnisher"}))},
    "document-missing": plain_order(document=None),
    "document-not-for-body": plain_order(document=plain_document(kind="tax")),
    "document-expired": plain_order(document=plain_document(until=NOW - 1)),
    "deferral-not-lawful": plain_order(deferral={"statute": "", "until": NOW + 5}),
    "no-consent": plain_world(consents=[]),
    "purpose-not-covered": plain_world(consents=[plain_consent(purpose="post-loan")]),
    "guarantor-not-consented": plain_world(member=GUARANTOR, purpose="guarantor-check"),
    "product-not-covered": plain_world(consents=[plain_consent(products=("score",))]),
    "consent-withdrawn": plain_world(consents=[plain_consent(withdrawn=True)]),
    "consent-expired": plain_world(consents=[plain_consent(until=NOW - 1)]),
    "consent-used": plain_world(consents=[plain_consent(once=True, used=True)]),
    "consent-outdated": plain_world(consents=[plain_consent(version=2)]),
    "consent-not-confirmed": plain_world(consents=[plain_consent(confirmed=False)]),
    "no-running-account": plain_world(
        purpose="post-loan", running=False, consents=[plain_consent(purpose="post-loan")]
    ),
    "no-file-held": plain_order(found="none"),
    "identity-ambiguous": plain_world(found="many"),
    "identity-not-confirmed": plain_world(name_agrees=False),
    "subject-deceased": plain_world(deceased=True),
    "subject-minor": plain_world(adult_on=NOW + 1),
    "file-frozen": plain_world(frozen=True),
    "not-own-file": MEMBER | {"act": "seeOwnFile", "own": False},
    "erasure-account-running": WISH | {"running": True},
    "erasure-term-running": WISH | {"term": True},
    "no-view-of-persons": STAFF | {"act": "viewPerson", "staff": "regulator", "reason": "unmasking"},
    "view-without-reason": STAFF | {"act": "viewCase", "staff": "reviewer", "reason": "curiosity"},
    "erasure-without-reason": STAFF | {"act": "eraseFile", "staff": "reviewer"},
}
"""For each forbid one world in which it alone stands against the act."""
PERMITTED: dict[str, dict[str, Any]] = {
    "inquiry-under-consent": plain_world(),
    "post-loan-under-consent": plain_world(purpose="post-loan", consents=[plain_consent(purpose="post-loan")]),
    "guarantor-check-under-consent": plain_world(
        member=GUARANTOR, purpose="guarantor-check", consents=[plain_consent(purpose="guarantor-check")]
    ),
    "employment-under-consent": plain_world(
        member=EMPLOYER, purpose="employment", product="question", consents=[plain_consent(purpose="employment")]
    ),
    "court-order": plain_order(),
    "official-order": plain_order(
        member=plain_member(roles=frozenset({"authority"}), purposes=("official",)), purpose="official",
        document=plain_document(kind="tax"),
    ),
    "furnishing-under-contract": MEMBER | {"act": "furnish", "member": plain_member(roles=frozenset({"furnisher"}))},
    "correction-by-furnisher": MEMBER | {"act": "correct", "member": plain_member(roles=frozenset({"furnisher"}))},
    "consent-by-collector": MEMBER
    | {"act": "recordConsent", "own": False, "member": COLLECTOR, "recipient": plain_member()},
    "consent-by-recipient": MEMBER | {"act": "recordConsent", "member": plain_member(), "recipient": plain_member()},
    "own-file": MEMBER | {"act": "seeOwnFile"},
    "own-consent": MEMBER | {"act": "giveConsent"},
    "erasure-by-request": WISH,
    "erasure-by-decision": STAFF | {"act": "eraseFile", "staff": "reviewer", "reason": "unlawful"},
    "case-review": STAFF | {"act": "viewCase", "staff": "reviewer"},
    "supervision": STAFF | {"act": "inspectFurnisher", "staff": "regulator"},
    "committee-sample": STAFF | {"act": "sampleMasked", "staff": "committee"},
    "committee-unmasking": STAFF | {"act": "viewPerson", "staff": "committee", "reason": "unmasking"},
}  # fmt: skip
"""For each permit one world in which it alone gives the yes."""


def compare(count: int, seed: int) -> Counter[tuple[str, bool]]:
    """Core against oracle on random worlds; how often each reason held and did not hold, and each act was permitted."""
    source = random.Random(seed)
    seen: Counter[tuple[str, bool]] = Counter()
    for _ in range(count):
        world = random_world(source)
        expected, found = opinion(world), decided(world)
        assert reasons(found) == expected, world
        if isinstance(found, Permit):
            assert set(found.rule_ids) == grounds(world), world
        seen.update((code, code in expected) for code in (*ORDER, NOBODY_SAID_YES))
        seen[world["act"], not expected] += 1
    return seen


def both_sides(seen: Counter[tuple[str, bool]]) -> None:
    """Each reason was met and was absent at least a hundred times, and each act done and not done."""
    for code in (*ORDER, NOBODY_SAID_YES, *ACTS):
        assert seen[code, True] >= 100, (code, seen[code, True])
        assert seen[code, False] >= 100, (code, seen[code, False])


def test_policies_and_oracle_agree() -> None:
    """On 16,000 random worlds the policies and the second opinion give the same reasons in the same order."""
    both_sides(compare(16_000, 20261124))


@pytest.mark.slow
def test_policies_and_oracle_agree_on_many_more() -> None:
    """The same on 30,000 others."""
    both_sides(compare(30_000, 631))


def test_the_oracle_is_independent() -> None:
    """The second opinion imports nothing of the project."""
    tree = ast.parse((Path(__file__).parent / "permit_oracle.py").read_text("utf-8"))
    names = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    plain = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not [name for name in [*names, *plain] if name and name.startswith("openbureau")]


def without(policy: str) -> Policies:
    """The policies with this one taken out."""
    text = PACK["permit.cedar"]
    cut = re.sub(rf'@id\("{policy}"\)\n.*?;\n', "", text, count=1, flags=re.DOTALL)
    assert cut != text
    return Policies(load_policies("cn", LAW, pack=PACK | {"permit.cedar": cut}))


def test_the_plain_world_is_permitted() -> None:
    """Where nothing stands against it, the answer is a permit that rests on the consent."""
    found = decided(plain_world())
    assert found == Permit(TEXT.digest, ("inquiry-under-consent",), "consent", "0" * 64, "consent-0")


@pytest.mark.parametrize(
    ("world", "basis"), [(plain_order(), "court-order"), (PERMITTED["official-order"], "official-order")]
)
def test_an_order_rests_on_its_document(world: dict[str, Any], basis: str) -> None:
    """The permit of a court or an authority names the hash of the document and no consent."""
    document = order_facts(world).document
    assert document is not None
    assert decided(world) == Permit(TEXT.digest, (basis,), basis, document.digest, None)


@pytest.mark.parametrize("policy", TEXT.forbids)
def test_each_forbid_is_needed(policy: str) -> None:
    """In its world the policy refuses with its own code and articles; taken out alone, the same world is permitted."""
    world = REFUSED[policy]
    assert opinion(world) == (policy,)
    found = decided(world)
    assert isinstance(found, Refusal)
    assert (found.code, found.rule_ids) == (RefusalCode(policy), (policy,))
    assert found.citations == RULEBOOK.cite(*TEXT.cites[policy])
    assert found.policy_digest == TEXT.digest
    # (Without consent or document the core gives no permit in any case, so it is Cedar's own answer that is looked at.)
    listening = Listening(without(policy))
    decided(world, listening)
    assert listening.last is not None
    assert policy not in listening.last.rule_ids
    assert listening.last.is_yes or policy == "no-view-of-persons"


@pytest.mark.parametrize("policy", sorted(PERMITTED))
def test_each_permit_is_needed(policy: str) -> None:
    """In its world the policy alone gives the yes; without it nobody does."""
    world = PERMITTED[policy]
    assert opinion(world) == ()
    assert policy in grounds(world)
    assert reasons(decided(world)) == ()
    assert reasons(decided(world, without(policy))) == ("role-not-entitled",)


def test_every_policy_has_its_world() -> None:
    """A new policy without a world here, without a code or without words fails."""
    assert set(TEXT.forbids) == set(REFUSED) == set(ORDER)
    assert set(TEXT.cites) == set(REFUSED) | set(PERMITTED)
    assert {code.value for code in RefusalCode} == set(REFUSED) | {
        "policy-error", "role-not-entitled", "answer-outdated",
    }  # fmt: skip
    assert set(TITLES) == set(RefusalCode)
    assert all(english and chinese for english, chinese in TITLES.values())


def test_the_oracle_counts_with_our_rows() -> None:
    """The second opinion's own numbers are those of our house rules."""
    typed = RULEBOOK.typed
    assert typed.employment_products.value == EMPLOYMENT_PRODUCTS
    assert typed.order_days_most.number == ORDER_DAYS
    assert typed.notice_deferral_days_most.number == DEFERRAL_DAYS
    assert RULEBOOK.rule("house.order_kinds").value == (*COURT_KINDS, *AUTHORITY_KINDS) == tuple(KINDS)


def test_reasons_are_told_in_their_order() -> None:
    """Where everything is wrong, every reason on the lender's side is told, and nothing of the person."""
    consent = plain_consent(
        purpose="post-loan",
        withdrawn=True,
        until=NOW - 1,
        once=True,
        used=True,
        products=(),
        version=9,
        confirmed=False,
    )
    world = plain_world(
        member=plain_member(active=False, purposes=()), consents=[consent], name_agrees=False, frozen=True,
        deceased=True, adult_on=NOW + 1,
    )  # fmt: skip
    found = decided(world)
    assert isinstance(found, Refusal)
    assert found.rule_ids == (
        "member-not-active", "purpose-not-in-contract", "purpose-not-covered", "product-not-covered",
        "consent-withdrawn", "consent-expired", "consent-used", "consent-outdated", "consent-not-confirmed",
    )  # fmt: skip
    assert found.code is RefusalCode.MEMBER_NOT_ACTIVE
    assert len(set(found.citations)) == len(found.citations)
    assert tuple(code.value for code in RefusalCode)[1:-1] == (NOBODY_SAID_YES, *ORDER)


def test_all_about_a_person_is_told_under_a_consent() -> None:
    """Where the consent stands, every reason that lies with the person is told."""
    world = plain_world(name_agrees=False, frozen=True, deceased=True, adult_on=NOW + 1)
    assert reasons(decided(world)) == ("identity-not-confirmed", "subject-deceased", "subject-minor", "file-frozen")


@pytest.mark.parametrize(
    "consent",
    [
        {"purpose": "card-approval"}, {"withdrawn": True}, {"until": NOW - 1}, {"once": True, "used": True},
        {"products": ()}, {"version": 9}, {"confirmed": False},
    ],
)  # fmt: skip
def test_under_a_consent_that_does_not_hold_nothing_of_the_person_shows(consent: dict[str, Any]) -> None:
    """The refusal is the same whatever is held of the person."""
    held: dict[str, Any] = {"consents": [plain_consent(**consent)]}
    worst = {"name_agrees": False, "frozen": True, "deceased": True, "adult_on": NOW + 1, "running": False}
    assert decided(plain_world(**held)) == decided(plain_world(**held, **worst))
    assert decided(plain_world(**held)) == decided(plain_world(**held, found="many"))


@pytest.mark.parametrize("fault", [{"document": None}, {"document": plain_document(until=NOW - 1)}])
def test_without_a_good_document_nothing_of_the_person_shows(fault: dict[str, Any]) -> None:
    """Whether somebody is on file is told to a court or an authority only under its document."""
    told = {
        decided(plain_order(**fault, found=found, name_agrees=agrees))
        for found in ("none", "one", "many")
        for agrees in (True, False)
    }
    assert len(told) == 1


def test_freeze_age_and_death_bind_lenders_alone() -> None:
    """A court or an authority is answered though the file is frozen, or the person a minor or dead."""
    assert isinstance(decided(plain_order(frozen=True, deceased=True, adult_on=NOW + 1)), Permit)


@pytest.mark.parametrize("found", ["none", "many", "one"])
@pytest.mark.parametrize("name_agrees", [True, False])
@pytest.mark.parametrize("flag", ["", "frozen", "deceased", "minor"])
def test_without_consent_nobody_learns_who_is_on_file(found: str, name_agrees: bool, flag: str) -> None:
    """The refusal for want of consent is one and the same, whatever is held and whether anything is held."""
    changes: dict[str, Any] = {"adult_on": NOW + 1} if flag == "minor" else {flag: True} if flag else {}
    world = plain_world(found=found, name_agrees=name_agrees, consents=[], **changes)
    assert decided(world) == decided(plain_world(found="none", consents=[]))
    assert reasons(decided(world)) == ("no-consent",)


def test_a_consent_counts_only_for_somebody() -> None:
    """Where nobody is meant, no consent is looked at; where several claim the number, it lets us say so and no more."""
    nobody, many = plain_world(found="none"), plain_world(found="many")
    assert choose_consent(facts(nobody)) is None
    assert reasons(decided(nobody)) == ("no-consent",)
    assert choose_consent(facts(many)) is not None
    assert reasons(decided(many)) == ("identity-ambiguous",)


def test_unknown_flags_are_no_clearance() -> None:
    """A match about whom nothing else is known is not confirmed."""
    made = facts(plain_world())
    blank = type(made)(made.member, made.purpose, made.today, made.search, None, made.consents)
    assert reasons(decide(POLICIES, RULEBOOK, blank)) == ("identity-not-confirmed",)


@pytest.mark.parametrize(
    ("starts", "ends", "is_permitted"),
    [(0, 0, True), (0, 9, True), (-9, 0, True), (1, 9, False), (-9, -1, False)],
)
def test_a_consent_holds_from_its_first_day_to_its_last(starts: int, ends: int, is_permitted: bool) -> None:
    """Both days are within."""
    world = plain_world(consents=[plain_consent(**{"from": NOW + starts, "until": NOW + ends})])
    assert (reasons(decided(world)) == ()) is is_permitted


@pytest.mark.parametrize(
    ("starts", "ends", "is_permitted"),
    [(0, 0, True), (1, 9, False), (-9, -1, False)],
)
def test_a_contract_holds_from_its_first_day_to_its_last(starts: int, ends: int, is_permitted: bool) -> None:
    """Both days are within; outside, not even the question is admitted."""
    world = plain_world(
        member=plain_member(**{"from": NOW + starts, "until": NOW + ends, "roles": frozenset({"lender", "furnisher"})})
    )
    furnisher = facts(world).member
    assert (reasons(decided(world)) == ()) is is_permitted
    assert (may_ask(POLICIES, RULEBOOK, facts(world).member, purpose="loan-approval") is None) is is_permitted
    assert isinstance(may_furnish(POLICIES, RULEBOOK, furnisher), Leave) is is_permitted


def test_the_best_consent_is_taken() -> None:
    """One consent that covers the inquiry suffices, wherever it stands among others; the permit names it."""
    bad = [
        plain_consent(withdrawn=True), plain_consent(until=NOW - 1), plain_consent(once=True, used=True),
        plain_consent(purpose="post-loan"),
    ]  # fmt: skip
    for place in range(5):
        found = decided(plain_world(consents=[*bad[:place], plain_consent(), *bad[place:]]))
        assert isinstance(found, Permit)
        assert found.consent_id == f"consent-{place}"
        assert found.basis_ref == f"{place:064x}"


def test_the_nearest_miss_is_told() -> None:
    """Among consents none of which suffices, the reasons are those of the one that comes nearest."""
    source = random.Random(18)
    for _ in range(600):
        world = random_world(source)
        if world["act"] != "inquire":
            continue
        chosen, expected = choose_consent(facts(world)), best_consent(world)
        assert (chosen is None) == (expected is None)
        if chosen and expected:
            told = (chosen.purpose, chosen.starts_on.toordinal(), chosen.ends_on.toordinal(), chosen.is_withdrawn)
            assert told == (expected["purpose"], expected["from"], expected["until"], expected["withdrawn"])


def test_coming_of_age_is_on_the_birthday() -> None:
    """Refused on the day before, permitted on the day; a firm has no such day and is never a minor."""
    assert reasons(decided(plain_world(adult_on=None))) == ()
    assert reasons(decided(plain_world(adult_on=NOW + 1))) == ("subject-minor",)
    assert reasons(decided(plain_world(adult_on=NOW))) == ()


def test_may_ask_sees_only_the_member() -> None:
    """Whether a member may ask at all: role, contract and purpose, and no word about a person."""
    assert may_ask(POLICIES, RULEBOOK, facts(plain_world()).member, purpose="loan-approval") is None
    refused = may_ask(POLICIES, RULEBOOK, facts(plain_world()).member, purpose="card-approval")
    assert refused is not None
    assert refused.rule_ids == ("purpose-not-in-contract",)
    furnisher = facts(plain_world(member=plain_member(roles=frozenset({"furnisher"})))).member
    not_lender = may_ask(POLICIES, RULEBOOK, furnisher, purpose="loan-approval")
    assert not_lender is not None
    assert not_lender.code is RefusalCode.ROLE_NOT_ENTITLED


def test_whoever_may_ask_nothing_is_told_before_anything_is_asked() -> None:
    """A lender may ask something, an employer its questions; a furnisher, a court, a suspended member and one without any
    purpose may ask nothing."""

    def told(**changes: Any) -> tuple[str, ...]:
        refusal = may_ask_anything(POLICIES, RULEBOOK, facts(plain_world(member=plain_member(**changes))).member)
        return refusal.rule_ids if refusal else ()

    assert told() == told(purposes=("curiosity", "post-loan")) == ()
    assert told(roles=frozenset({"employer"}), purposes=("employment",)) == ()
    assert told(roles=frozenset({"furnisher"})) == ("role-not-entitled",)
    assert told(roles=frozenset({"court"}), purposes=("judicial",)) == ("purpose-not-in-contract",)
    assert told(active=False) == ("member-not-active",)
    assert told(purposes=()) == ("purpose-not-in-contract",)


def test_may_ask_never_refuses_what_decide_would_permit() -> None:
    """The first question is never stricter than the whole one."""
    source = random.Random(44)
    for _ in range(500):
        world = random_world(source)
        if world["act"] == "inquire" and not reasons(decided(world)):
            made = facts(world)
            assert may_ask(POLICIES, RULEBOOK, made.member, purpose=made.purpose, product=made.product) is None
        if world["act"] == "order" and not reasons(decided(world)):
            assert may_order(POLICIES, RULEBOOK, order_facts(world)) is None


FAILING = """forbid (principal is Member, action == Action::"inquire", resource)
when { resource.isFrozen && principal.isMissing };"""


def test_an_evaluation_error_is_a_refusal() -> None:
    """A policy that fails while it is evaluated refuses, although every other policy permits."""
    broken = Policies.__new__(Policies)
    cedar = f'{PACK["permit.cedar"]}\n@id("broken")\n@cites("crr.accuracy")\n{FAILING.replace("resource.isFrozen && ", "")}\n'
    broken.text = PolicyText(cedar, TEXT.schema, TEXT.digest, TEXT.cites, TEXT.forbids)
    broken._schema = cedarpy.Schema.from_str(TEXT.schema)
    broken._policies = cedarpy.PolicySet.from_str(cedar)
    broken._entities = {}
    broken._answers = {}
    found = decided(plain_world(), broken)
    assert isinstance(found, Refusal)
    assert found.code is RefusalCode.POLICY_ERROR
    assert found.citations == RULEBOOK.cite("crr.inquiry.no_unlawful_supply")
    assert reasons(decided(plain_world(frozen=True), broken)) == ("policy-error",)
    assert reasons(decided(plain_world(consents=[]), broken)) == ("policy-error",)


def test_a_failing_policy_does_not_pass_validation() -> None:
    """The same policy is stopped when the set is made."""
    cedar = f'{PACK["permit.cedar"]}\n@id("broken")\n@cites("crr.accuracy")\n{FAILING}\n'
    with pytest.raises(PolicyRefused, match="isMissing"):
        Policies(load_policies("cn", LAW, pack=PACK | {"permit.cedar": cedar}))


def test_nothing_is_decided_by_default() -> None:
    """An empty set of policies permits nothing."""
    empty = Policies(PolicyText("", TEXT.schema, "0" * 64, {}, ()))
    assert reasons(decided(plain_world(), empty)) == ("role-not-entitled",)
    assert reasons(decided(plain_order(), empty)) == ("role-not-entitled",)


def test_a_permit_is_made_in_one_place() -> None:
    """No other file of the project constructs a Permit."""
    root = Path(openbureau.__file__).parent
    makers = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) == "Permit" or getattr(node.func, "attr", None) == "Permit")
    ]
    assert set(makers) == {"core/permit.py"}


def test_refusals_quote_articles_of_the_day() -> None:
    """Every refusal cites at least one article that holds on the day of the inquiry."""
    for world in REFUSED.values():
        found = decided(world)
        assert isinstance(found, Refusal)
        assert found.citations
        assert all(cited.article and (cited.quote or cited.gist) for cited in found.citations)
        assert all(cited.checked_on <= TODAY + timedelta(days=1) for cited in found.citations)


def test_another_day_is_another_decision() -> None:
    """The same facts before the consent begins are refused."""
    assert reasons(decided(plain_world(today=NOW - 11))) == ("consent-expired",)
