"""What a lender asked of a person on line, and the person's word on it: yes, no, or a code that they say at the counter.

Promises: the person's confirmation is itself the event `consent-given`, by the person; before it nothing is in their chain,
so that the growth of the log tells no lender whether anybody is on file; a no is told to nobody.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from openbureau.core.consent.artefact import Artefact, open_artefact
from openbureau.core.decision.entitlement import CONFIRM
from openbureau.jobs.consent.collect import blind_code, check_terms, intent_place
from openbureau.jobs.consent.give import check_points, lender_of
from openbureau.jobs.consent.record import ConsentRefused, Given, record_consent
from openbureau.jobs.context import Bureau
from openbureau.jobs.leave import leave_of_person
from openbureau.jobs.subject.chain import AlreadyDone
from openbureau.law.workdays import civil_day
from openbureau.store.consent import Intent, add_code, decline_intent, own_intents
from openbureau.store.identity import linked_subjects
from openbureau.store.sealing import unseal

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a person, by whom, until when it waits, and what became of it."""

    artefact: Artefact
    asked_at: datetime
    expires_at: datetime
    state: str
    """`pending`, `confirmed`, `declined` or `lapsed`."""


def asked_of(bureau: Bureau, subject_id: str) -> list[Asked]:
    """Every request for consent that was sent to this person on line, newest first."""
    now = bureau.clock()
    with bureau.store.connection("api") as connection:
        found = own_intents(connection, subject_id)
    return [_asked(bureau, intent, now) for intent in found]


def _asked(bureau: Bureau, intent: Intent, now: datetime) -> Asked:
    place = intent_place(intent.consent_id)
    content = unseal(bureau.data_key(intent.wrapped_key, place), intent.artefact_sealed, place=place)
    waiting = "pending" if now < intent.expires_at else "lapsed"
    return Asked(open_artefact(content), intent.asked_at, intent.expires_at, intent.outcome or waiting)


def _pending(bureau: Bureau, subject_id: str, consent_id: str) -> Asked:
    for asked in asked_of(bureau, subject_id):
        if asked.artefact.consent.consent_id == consent_id and asked.state == "pending":
            return asked
    raise ConsentRefused("there is no such request, or it is answered or has lapsed", code="no-such-consent")


def confirm_consent(bureau: Bureau, subject_id: str, consent_id: str, *, points: Collection[str]) -> Given:
    """Say yes to what a lender asked, point by point; `ConsentRefused` where it cannot stand today."""
    policy = leave_of_person(bureau, CONFIRM)
    artefact = _pending(bureau, subject_id, consent_id).artefact
    consent, now = artefact.consent, bureau.clock()
    lender = lender_of(bureau, consent.consumer.member_id, consent.purpose.code)
    if not (lender.is_active and lender.contract_from <= civil_day(now) <= lender.contract_until):
        raise ConsentRefused("this lender's contract is not in force")
    check_terms(bureau, consent, now=now)
    check_points(consent.products, points)
    try:
        return record_consent(
            bureau, subject_id, lambda _found, _key: artefact, actor="subject", basis="consent", policy=policy,
            confirmed_by="page",
        )  # fmt: skip
    except AlreadyDone:
        raise ConsentRefused("it was answered a moment ago", code="no-such-consent") from None


def decline_consent(bureau: Bureau, subject_id: str, consent_id: str) -> None:
    """Say no; `ConsentRefused` where there is nothing to say no to."""
    _pending(bureau, subject_id, consent_id)
    with bureau.store.connection("api") as connection:
        if not decline_intent(connection, subject_id, consent_id, bureau.clock()):
            raise ConsentRefused("it was answered a moment ago", code="no-such-consent")


def make_code(bureau: Bureau, subject_id: str, member_id: str) -> tuple[str, datetime]:
    """A code for one lender, and until when it holds: saying it confirms one consent that this lender takes meanwhile."""
    if member_id not in {member.member_id for member in bureau.members.values() if member.is_active}:
        raise ConsentRefused("there is no such lender; choose one from the list")
    now = bureau.clock()
    seconds = bureau.rulebook(civil_day(now)).typed.consent_code_seconds.number
    code = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in bureau.random(_CODE))
    until = now + timedelta(seconds=seconds)
    with bureau.store.connection("api") as connection:
        # Who sends the code finds the first of those that are linked: it is kept under that one.
        first = min(linked_subjects(connection, subject_id))
        add_code(connection, first, blind_code(bureau, first, code), lender_id=member_id, at=now, until=until)
    return f"{code[:4]} {code[4:]}", until
