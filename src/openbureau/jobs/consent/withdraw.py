"""Withdraw a consent, in one step (PIPL Art. 15).  What was lawfully done before stays; nothing new rests on it."""

from dataclasses import replace

from openbureau.core.leaf import Event, EventKind
from openbureau.jobs.consent.give import ConsentRefused
from openbureau.jobs.context import Bureau
from openbureau.jobs.subject.chain import add_event
from openbureau.store.subject import StoredConsent, own_consents


def consents(bureau: Bureau, subject_id: str) -> list[StoredConsent]:
    """The consents of a person, newest first."""
    with bureau.store.connection("api") as connection:
        return own_consents(connection, subject_id, bureau.clock())


def withdraw_consent(bureau: Bureau, subject_id: str, consent_id: str) -> bytes:
    """Record the withdrawal; the hash of its leaf.  `ConsentRefused` where there is nothing to withdraw."""
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
        inputs=consent.member_id,
    )
    with bureau.store.connection("api") as connection:
        leaf, _ = add_event(
            bureau,
            connection,
            consent.subject_id,
            event=lambda _: event,
            more=lambda made: replace(made, consent_id=consent_id),
        )
    return leaf.leaf_hash
