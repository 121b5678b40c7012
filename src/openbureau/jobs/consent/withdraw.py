"""Withdraw a consent, in one step (PIPL Art. 15).  What was lawfully done before stays; nothing new rests on it."""

from dataclasses import dataclass, replace

from openbureau.core.decision.entitlement import WITHDRAW
from openbureau.core.leaf import Event, EventKind
from openbureau.core.products import MONITORING
from openbureau.jobs.consent.record import ConsentRefused
from openbureau.jobs.context import Bureau
from openbureau.jobs.leave import leave_of_person
from openbureau.jobs.subject.chain import AlreadyDone, add_event
from openbureau.law.rules import Citation
from openbureau.law.workdays import civil_day
from openbureau.store.subject import StoredConsent, own_consents

HeldConsent = StoredConsent
"""A consent as this duty hands it over."""
_RULES = ("pipl.consent.withdraw", "pipl.consent.past_stays_valid", "pipl.consent.no_denial")


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a withdrawal does, told before it: what stops, what stays, and the articles."""

    stops_inquiries: bool
    """False where none could be answered any more: the consent has run out or was used."""
    stops_monitoring: bool
    answers_stay: int
    """So many answers were lawfully given and stay given."""
    citations: tuple[Citation, ...]


def consents(bureau: Bureau, subject_id: str) -> list[StoredConsent]:
    """The consents of a person, newest first."""
    with bureau.store.connection("api") as connection:
        return own_consents(connection, subject_id)


def consequences(bureau: Bureau, consent: StoredConsent) -> Consequences:
    """What happens when this consent is withdrawn now."""
    today = civil_day(bureau.clock())
    is_live = consent.ended_at is None and today <= consent.ends_on
    return Consequences(
        stops_inquiries=is_live and not (consent.is_one_time and consent.answers > 0),
        stops_monitoring=is_live and MONITORING in consent.products,
        answers_stay=consent.answers,
        citations=bureau.rulebook(today).cite(*_RULES),
    )


def withdraw_consent(bureau: Bureau, subject_id: str, consent_id: str) -> bytes:
    """Record the withdrawal; the hash of its leaf.  `ConsentRefused` where there is nothing to withdraw."""
    policy = leave_of_person(bureau, WITHDRAW)
    held = {consent.consent_id: consent for consent in consents(bureau, subject_id)}
    consent = held.get(consent_id)
    if consent is None or consent.ended_at is not None:
        raise ConsentRefused("there is no such consent, or it was withdrawn before")
    event = Event(
        kind=EventKind.CONSENT_WITHDRAWN,
        at=bureau.clock(),
        actor="subject",
        purpose=consent.purpose,
        regime=bureau.settings.regime,
        basis="consent",
        basis_ref=consent.leaf_hash.hex(),
        policy=policy,
        inputs=consent.member_id,
    )
    try:
        with bureau.store.connection("api") as connection:
            leaf, _ = add_event(
                bureau,
                connection,
                consent.subject_id,
                event=lambda _: event,
                more=lambda made: replace(made, consent_id=consent_id),
            )
    except AlreadyDone:
        raise ConsentRefused("it was withdrawn a moment ago") from None
    return leaf.leaf_hash
