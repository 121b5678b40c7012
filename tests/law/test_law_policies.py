"""Does each policy have a name and a law behind it, and does it fit the schema?"""

import re
from datetime import date

import cedarpy
import pytest

from openbureau.core.permit import Policies, PolicyRefused
from openbureau.law.policies import load_policies
from openbureau.law.reader import load_law, read_pack
from openbureau.law.strict_yaml import LawError

LAW = load_law()
PACK = read_pack("cn")
TEXT = load_policies("cn", LAW)
TODAY = date(2026, 11, 24)
ADDED = 'forbid (principal is Member, action == Action::"inquire", resource) when { resource.isFrozen };\n'


def test_every_policy_has_an_id_and_a_citation() -> None:
    """As many ids as policies that Cedar itself counts; each cites at least one rule."""
    assert len(TEXT.cites) == len(cedarpy.PolicySet.from_str(TEXT.cedar))
    assert all(TEXT.cites.values())
    stripped = re.sub(r"//.*", "", TEXT.cedar)
    assert len(TEXT.cites) == len(re.findall(r"\b(?:permit|forbid)\b", stripped))


@pytest.mark.parametrize("policy", TEXT.cites)
def test_cited_rules_hold_today(policy: str) -> None:
    """What a policy cites is a rule of today, in force or our own."""
    for cited in TEXT.cites[policy]:
        assert LAW.on(TODAY).rule(cited).status in {"in_force", "house"}


def test_the_packaged_policies_fit_the_schema() -> None:
    """Strict validation passes."""
    assert cedarpy.validate_policies(TEXT.cedar, TEXT.schema).validation_passed
    assert Policies(TEXT).digest == TEXT.digest


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("resource.isFrozen", "resource.isFrozzen"),
        ("context.consent.isUsed", "context.consent.used"),
        ("principal.isLender", "principal.isLender == 1"),
        ("context.consent.endsOn", 'context.consent.endsOn + "1"'),
        ('Action::"inquire", resource is CreditFile', 'Action::"enquire", resource is CreditFile'),
        ("resource is CreditFile", "resource is Credit"),
        ("context.purpose", "context.purposes"),
    ],
)
def test_a_typing_error_in_a_policy_stops_the_start(right: str, wrong: str) -> None:
    """A misspelt attribute, action, entity or type is refused before anything is decided."""
    assert right in TEXT.cedar
    pack = PACK | {"permit.cedar": PACK["permit.cedar"].replace(right, wrong, 1)}
    with pytest.raises(PolicyRefused, match=r"permit\.cedar"):
        Policies(load_policies("cn", LAW, pack=pack))


def test_what_is_not_cedar_stops_the_start() -> None:
    """A text that does not parse is refused."""
    pack = PACK | {"permit.cedar": PACK["permit.cedar"].replace("when {", "when (", 1)}
    with pytest.raises(PolicyRefused, match="cannot be read"):
        Policies(load_policies("cn", LAW, pack=pack))


@pytest.mark.parametrize(
    ("notes", "told"),
    [
        ("", "has an @id and an @cites"),
        ('@id("trial")\n', "has an @id and an @cites"),
        ('@cites("crr.accuracy")\n', "has an @id and an @cites"),
        ('@id("")\n@cites("crr.accuracy")\n', "has an @id and an @cites"),
        ('@id("trial")\n@cites("")\n', "has an @id and an @cites"),
        ('@id("file-frozen")\n@cites("crr.accuracy")\n', "the id file-frozen stands here a second time"),
        ('@id("trial")\n@cites("crr.acuracy")\n', "trial cites crr.acuracy, which no rule is called"),
        ('@id("trial")\n@cites("committee.2026.external_share_min")\n', "cites committee.2026.external_share_min, which no"),
    ],
)  # fmt: skip
def test_a_policy_without_name_or_law_fails_with_its_line(notes: str, told: str) -> None:
    """No id, no citation, an id twice, or a citation of what is no rule (an unchosen draft neither)."""
    line = PACK["permit.cedar"].count("\n") + 1 + notes.count("\n")
    with pytest.raises(LawError, match=rf"^permit\.cedar: line {line}: .*{re.escape(told)}"):
        load_policies("cn", LAW, pack=PACK | {"permit.cedar": PACK["permit.cedar"] + notes + ADDED})


def test_a_policy_hidden_from_the_reader_is_refused() -> None:
    """A policy written so that the reader passes over it is counted by Cedar all the same."""
    hidden = ADDED.replace("forbid (", "forbid // hidden\n(")
    text = load_policies("cn", LAW, pack=PACK | {"permit.cedar": PACK["permit.cedar"] + hidden})
    with pytest.raises(PolicyRefused, match="cannot be told from others"):
        Policies(text)


def test_the_digest_covers_text_and_schema() -> None:
    """Any change of either gives another digest."""
    digests = {TEXT.digest}
    for name in ("permit.cedar", "permit.cedarschema"):
        digests.add(load_policies("cn", LAW, pack=PACK | {name: PACK[name] + "\n"}).digest)
    assert len(digests) == 3


def test_the_forbids_are_those_of_the_text() -> None:
    """Forbids are told from permits."""
    assert set(TEXT.cites) - set(TEXT.forbids) == {
        "inquiry-under-consent", "post-loan-under-consent", "guarantor-check-under-consent", "employment-under-consent",
        "court-order", "official-order", "furnishing-under-contract", "correction-by-furnisher", "consent-by-collector",
        "consent-by-recipient", "own-file", "own-consent", "case-review", "supervision", "committee-sample",
        "committee-unmasking", "erasure-by-request", "erasure-by-decision",
    }  # fmt: skip
