"""What does a person's own side read and write: events of their chain, consents, diary, sign-in?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from openbureau.store.database import Connection
from openbureau.store.inquiry import Recorded
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """One event of a subject outside inquiries; the consent fields only where one begins or ends."""

    subject_id: str
    event_id: str
    kind: str
    at: datetime
    seq: int
    actor: str
    sealed: bytes
    leaf_hash: bytes
    entry: bytes
    consent_id: str | None = None
    member_id: str | None = None
    purpose: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    is_one_time: bool | None = None
    notice_version: str | None = None
    channel: str | None = None
    products: tuple[str, ...] = ("report",)
    purpose_version: int = 1
    collector: str = "subject"
    document_hash: bytes | None = None
    artefact_sealed: bytes | None = None
    confirmed_by: str | None = None
    """How the person confirmed a consent that a member took; None where there is nothing to confirm."""
    code_blind: bytes | None = None


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """A subject for their own pages, sealed."""

    kind: str
    synthetic: bool
    wrapped_key: bytes
    identity_sealed: bytes
    label: bytes
    seq: int
    head: bytes
    file: bytes


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as stored, sealed; `leaf_index` None until it is sequenced."""

    leaf_hash: bytes
    kind: str
    at: datetime
    seq: int
    actor: str
    key_kind: str
    sealed: bytes
    leaf_index: int | None


@dataclass(frozen=True, slots=True)
class StoredConsent:
    """A consent of a person."""

    consent_id: str
    member_id: str
    purpose: str
    starts_on: date
    ends_on: date
    is_one_time: bool
    given_at: datetime
    ended_at: datetime | None
    leaf_hash: bytes
    subject_id: str
    """Under whom it was given: one of the linked subjects."""
    products: tuple[str, ...]
    purpose_version: int
    collector: str
    channel: str
    notice_version: str
    is_confirmed: bool
    """Does it count: given by the person, confirmed by the person, or on paper?"""
    answers: int
    """How many inquiries were answered on it."""


def record_event(connection: Connection, made: EventRecord) -> Recorded:
    """Write an event; STALE when the person's chain moved meanwhile, TAKEN when the same was done before."""
    words = (
        made.subject_id, made.event_id, made.kind, made.at, made.seq, made.actor, made.sealed, made.leaf_hash, made.entry,
        made.consent_id, made.member_id, made.purpose, made.starts_on, made.ends_on, made.is_one_time,
        made.notice_version, made.channel, list(made.products), made.purpose_version, made.collector, made.document_hash,
        made.artefact_sealed, made.confirmed_by, made.code_blind,
    )  # fmt: skip
    try:
        row = connection.execute(sql("record_event"), words).fetchone()
    except psycopg.errors.DatabaseError as trouble:
        if trouble.sqlstate in {"40001", "40P01"}:
            return Recorded.STALE
        if trouble.sqlstate == "OB005":
            return Recorded.TAKEN
        raise
    return Recorded(row[0] if row else "")


def own_facts(connection: Connection, subject_id: str, now: datetime) -> OwnFacts | None:
    """A subject for their own pages; None when there is none of this id."""
    row = connection.execute(sql("own_facts"), [subject_id, now]).fetchone()
    if row is None:
        return None
    known: list[Any] = [*row[:7], row[7].encode()]
    return OwnFacts(*known)


def own_activity(connection: Connection, subject_id: str) -> bytes:
    """Use of platforms and business of a person and of those linked to them, as JSON: for their own report only."""
    row = connection.execute(sql("own_activity"), [subject_id]).fetchone()
    return str(row[0]).encode() if row else b"{}"


def own_events(connection: Connection, subject_id: str) -> list[StoredEvent]:
    """Every event of a person in the order of their chain."""
    return [StoredEvent(*row) for row in connection.execute(sql("own_events"), [subject_id])]


def own_consents(connection: Connection, subject_id: str) -> list[StoredConsent]:
    """The consents of a person and of those linked to them, newest first."""
    rows = connection.execute(sql("own_consents"), [subject_id])
    return [_consent(row) for row in rows]


def _consent(row: tuple[Any, ...]) -> StoredConsent:
    known: list[Any] = [str(row[0]), *row[1:9], str(row[9]), tuple(row[10]), *row[11:]]
    return StoredConsent(*known)


def sandbox_subject(connection: Connection, handle: str) -> tuple[str, bytes] | None:
    """Subject and hash of the code behind a sandbox handle."""
    row = connection.execute(sql("sandbox_subject"), [handle]).fetchone()
    return (str(row[0]), row[1]) if row else None


def sandbox_handles(connection: Connection) -> list[tuple[str, str]]:
    """Every sandbox handle with its subject."""
    return [(str(row[0]), str(row[1])) for row in connection.execute(sql("sandbox_handles"))]


def add_sandbox_identity(connection: Connection, handle: str, subject_id: str, secret_hash: bytes) -> None:
    """Give a made-up person a way to sign in."""
    connection.execute(sql("add_sandbox_identity"), [handle, subject_id, secret_hash])


def subject_of_identifier(connection: Connection, kind: str, id_blind: bytes) -> str | None:
    """The subject behind a blind index."""
    row = connection.execute(sql("subject_of_identifier"), [kind, id_blind]).fetchone()
    return str(row[0]) if row else None


def label_of_subject(connection: Connection, subject_id: str) -> tuple[bytes, bytes] | None:
    """Label and wrapped key of a subject."""
    row = connection.execute(sql("label_of_subject"), [subject_id]).fetchone()
    return (row[0], row[1]) if row else None
