"""Enter a consent into the person's chain: artefact sealed under their key, its hash in the leaf, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from openbureau.core.consent.artefact import Artefact, artefact_bytes, artefact_hash
from openbureau.core.consent.terms import BUREAU, Inputs, render_inputs
from openbureau.core.leaf import Event, EventKind
from openbureau.jobs.context import Bureau
from openbureau.jobs.subject.chain import add_event
from openbureau.store.sealing import seal
from openbureau.store.subject import EventRecord, OwnFacts

BY_SUBJECT = "subject"
"""The collector of a consent that the person gave to the bureau itself."""


class ConsentRefused(ValueError):
    """This cannot be recorded; the message says why and what can.  `code` names the problem, `rules` what asks for it."""

    def __init__(self, message: str, *, code: str = "consent-not-possible", rules: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code, self.rules = code, rules


@dataclass(frozen=True, slots=True)
class Given:
    """A recorded consent."""

    consent_id: str
    leaf_hash: bytes
    ends_on: date


def record_consent(
    bureau: Bureau,
    subject_id: str,
    artefact: Callable[[OwnFacts, bytes], Artefact],
    *,
    actor: str,
    basis: str,
    policy: str,
    confirmed_by: str | None = None,
    code_blind: bytes | None = None,
) -> Given:
    """Record what `artefact` makes of the subject's facts and key.  `AlreadyDone` where this consent stands, or its code
    was used.  `policy`: what permitted it, as the event says it.
    """
    now = bureau.clock()
    made: list[tuple[Artefact, bytes]] = []

    def event(found: OwnFacts) -> Event:
        key = bureau.data_key(found.wrapped_key, f"subject/{subject_id}")
        signed = artefact(found, key)
        consent = signed.consent
        place = f"consent/{consent.consent_id}"
        made[:] = [(signed, seal(key, artefact_bytes(signed), place=place, random=bureau.random))]
        return Event(
            kind=EventKind.CONSENT_GIVEN,
            at=now,
            actor=actor,
            purpose=consent.purpose.code,
            product="once" if consent.fetch == "one-time" else "continuing",
            regime=bureau.settings.regime,
            basis=basis,
            policy=policy,
            inputs=inputs_of(signed),
            request=artefact_hash(signed).hex(),
        )

    def more(record: EventRecord) -> EventRecord:
        signed, sealed = made[0]
        return replace(
            _columns(record, signed), artefact_sealed=sealed, confirmed_by=confirmed_by, code_blind=code_blind
        )  # fmt: skip

    with bureau.store.connection("api") as connection:
        leaf, _ = add_event(bureau, connection, subject_id, event=event, more=more)
    consent = made[0][0].consent
    return Given(consent.consent_id, leaf.leaf_hash, consent.ends_on)


def _columns(record: EventRecord, artefact: Artefact) -> EventRecord:
    """What of an artefact is kept as columns, for the decision."""
    consent = artefact.consent
    return replace(
        record,
        consent_id=consent.consent_id,
        member_id=consent.consumer.member_id,
        purpose=consent.purpose.code,
        starts_on=consent.starts_on,
        ends_on=consent.ends_on,
        is_one_time=consent.fetch == "one-time",
        notice_version=consent.notice.version,
        channel=consent.collector.channel,
        products=tuple(consent.products),
        purpose_version=consent.purpose.version,
        collector=collector_of(artefact),
        document_hash=bytes.fromhex(consent.document_hash) if consent.document_hash else None,
    )


def collector_of(artefact: Artefact) -> str:
    """Who took the consent, as consents are kept: the person for a page of the bureau, else the member."""
    collector = artefact.consent.collector.id
    return BY_SUBJECT if collector == BUREAU else collector


def inputs_of(artefact: Artefact) -> str:
    """The `inputs` field of the leaf: member, days, notice, channel, products, version of the purpose, collector."""
    consent = artefact.consent
    return render_inputs(
        Inputs(
            consent.consumer.member_id, consent.starts_on.isoformat(), consent.ends_on.isoformat(), consent.notice.version,
            consent.collector.channel, tuple(consent.products), consent.purpose.version, collector_of(artefact),
        )
    )  # fmt: skip
