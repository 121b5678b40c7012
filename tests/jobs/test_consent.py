"""Consents: given, seen, withdrawn."""

import pytest

from openbureau.jobs.consent.give import ConsentRefused, give_consent
from openbureau.jobs.consent.withdraw import consents, withdraw_consent
from openbureau.jobs.subject.chain import NoSubject
from openbureau.jobs.subject.diary import diary
from world import PEOPLE

GOOD = PEOPLE["good"]


def test_a_consent_is_an_event_of_the_persons_chain(world):
    """Given, it is in the list and in the diary; withdrawn, both say so."""
    subject = world.subject_id(GOOD)
    given = give_consent(world.bureau, subject, member_id="bank-alpha", purpose="loan-approval", months=6)
    (held,) = consents(world.bureau, subject)
    assert (held.consent_id, held.ended_at, held.ends_on) == (given.consent_id, None, given.ends_on)
    assert given.ends_on.isoformat() == "2027-05-24"
    assert (held.products, held.purpose_version, held.collector, held.is_confirmed) == (("report",), 1, "subject", True)
    withdraw_consent(world.bureau, subject, given.consent_id)
    (held,) = consents(world.bureau, subject)
    assert held.ended_at is not None
    assert [entry.kind for entry in diary(world.bureau, subject)] == ["consent-withdrawn", "consent-given"]


@pytest.mark.parametrize(
    "changes",
    [
        {"member_id": "nobody"},
        {"member_id": "platform-delta"},
        {"purpose": "curiosity"},
        {"purpose": "guarantor-check"},
        {"months": 0},
        {"months": 1000},
    ],
)
def test_a_consent_that_cannot_stand_is_refused_with_a_cure(shared_world, changes):
    """Unknown lender, a furnisher, an unknown purpose, one outside the contract, no or too long a term."""
    given = {"member_id": "bank-alpha", "purpose": "loan-approval"} | changes
    with pytest.raises(ConsentRefused):
        give_consent(shared_world.bureau, shared_world.subject_id(GOOD), **given)


def test_nobody_withdraws_twice_or_for_somebody_else(world):
    """A second withdrawal, another person's consent, an unknown one."""
    subject, other = world.subject_id(GOOD), world.subject_id(PEOPLE["late"])
    given = give_consent(world.bureau, subject, member_id="bank-alpha", purpose="loan-approval")
    with pytest.raises(ConsentRefused):
        withdraw_consent(world.bureau, other, given.consent_id)
    withdraw_consent(world.bureau, subject, given.consent_id)
    with pytest.raises(ConsentRefused):
        withdraw_consent(world.bureau, subject, given.consent_id)


def test_the_day_is_beijings_day(world):
    """At 18:00 UTC it is tomorrow where the law counts."""
    world.clock.at = world.clock.at.replace(hour=18)
    give_consent(world.bureau, world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval")
    (held,) = consents(world.bureau, world.subject_id(GOOD))
    assert held.starts_on.isoformat() == "2026-11-25"


def test_an_unknown_subject_has_no_chain(world):
    """A fault of the caller, clearly said."""
    with pytest.raises(NoSubject):
        give_consent(
            world.bureau,
            "00000000-0000-7000-8000-000000000001",
            member_id="bank-alpha",
            purpose="loan-approval",
        )
