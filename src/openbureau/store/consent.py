"""What is kept of consents beyond the person's own list: artefacts, what members sent, codes, sampled originals?"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from openbureau.store.database import Connection
from openbureau.store.query import sql


class Kept(Enum):
    """How keeping an intent ended."""

    KEPT = "kept"
    AGAIN = "again"
    OTHER = "other"
    TOO_SOON = "too-soon"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRecord:
    """What a member signed, sealed under a key of its own."""

    member_id: str
    consent_id: str
    lender_id: str
    purpose: str
    id_kind: str
    id_blind: bytes
    name_blind: bytes
    channel: str
    artefact_hash: bytes
    wrapped_key: bytes
    artefact_sealed: bytes
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """The same as it is found again; `outcome` is None while nothing came of it."""

    member_id: str
    consent_id: str
    lender_id: str
    purpose: str
    channel: str
    wrapped_key: bytes
    artefact_sealed: bytes
    asked_at: datetime
    expires_at: datetime
    outcome: str | None


@dataclass(frozen=True, slots=True)
class SealedArtefact:
    """An artefact under the key of the person it is about."""

    subject_id: str
    wrapped_key: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class PaperConsent:
    """A consent whose original a member holds."""

    subject_id: str
    consent_id: str
    member_id: str
    document_hash: bytes


@dataclass(frozen=True, slots=True)
class Sample:
    """An original that was asked for; `is_original` None while nothing came."""

    sample_id: str
    consent_id: str
    member_id: str
    document_hash: bytes
    seed: str
    asked_at: datetime
    due_on: date
    is_original: bool | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnSample:
    """The same for the member that was asked, with what its answer is sealed under."""

    sample: Sample
    subject_id: str
    wrapped_key: bytes


def artefact_of(connection: Connection, consent_id: str, *, subject_id: str, member_id: str) -> SealedArtefact | None:
    """The artefact of a consent of this subject, or of one that names this member."""
    row = connection.execute(sql("artefact_of"), [consent_id, subject_id, member_id]).fetchone()
    return SealedArtefact(str(row[0]), row[1], row[2]) if row else None


def consent_standing(
    connection: Connection, member_id: str, consent_id: str
) -> tuple[date, date, datetime | None] | None:
    """First and last day of a consent to this member, and when it was withdrawn; None where there is none."""
    row: Any = connection.execute(sql("consent_standing"), [member_id, consent_id]).fetchone()
    return (row[0], row[1], row[2]) if row else None


def carrier_of(connection: Connection, id_kind: str, id_blind: bytes, name_blind: bytes) -> str | None:
    """The one subject that carries this number under this name."""
    row = connection.execute(sql("carrier_of"), [id_kind, id_blind, name_blind]).fetchone()
    return str(row[0]) if row and row[0] else None


def add_intent(connection: Connection, made: IntentRecord, *, quiet_since: datetime) -> Kept:
    """Keep what a member signed; what of the same purpose this lender asked of this person since then makes it too soon."""
    words = (
        made.member_id, made.consent_id, made.lender_id, made.purpose, made.id_kind, made.id_blind, made.name_blind,
        made.channel, made.artefact_hash, made.wrapped_key, made.artefact_sealed, made.asked_at, made.expires_at,
        quiet_since,
    )  # fmt: skip
    row = connection.execute(sql("add_intent"), words).fetchone()
    return Kept(row[0] if row else "")


def intent_of(connection: Connection, member_id: str, consent_id: str) -> Intent | None:
    """What this member sent, or another sent for it, under this id."""
    row = connection.execute(sql("intent_of"), [member_id, consent_id]).fetchone()
    return _intent(row) if row else None


def own_intents(connection: Connection, subject_id: str) -> list[Intent]:
    """What was asked of a person on line, newest first."""
    return [_intent(row) for row in connection.execute(sql("own_intents"), [subject_id])]


def _intent(row: tuple[Any, ...]) -> Intent:
    known: list[Any] = [row[0], str(row[1]), *row[2:]]
    return Intent(*known)


def decline_intent(connection: Connection, subject_id: str, consent_id: str, at: datetime) -> bool:
    """Record that a person says no; False where there is nothing to say no to."""
    row = connection.execute(sql("decline_intent"), [subject_id, consent_id, at]).fetchone()
    return bool(row and row[0])


def add_code(
    connection: Connection, subject_id: str, code_blind: bytes, *, lender_id: str, at: datetime, until: datetime
) -> None:
    """Keep a person's code for a lender, blinded."""
    connection.execute(sql("add_code"), [subject_id, code_blind, lender_id, at, until])


def is_code(connection: Connection, subject_id: str, code_blind: bytes, *, lender_id: str, at: datetime) -> bool:
    """Is this a code of this person for this lender that holds and was not used?"""
    row = connection.execute(sql("is_code"), [subject_id, code_blind, lender_id, at]).fetchone()
    return bool(row and row[0])


def paper_consents(connection: Connection, first: datetime, until: datetime) -> list[PaperConsent]:
    """The consents on paper that were recorded in a time."""
    rows = connection.execute(sql("paper_consents"), [first, until])
    return [PaperConsent(str(row[0]), str(row[1]), row[2], row[3]) for row in rows]


def add_sample(
    connection: Connection, found: PaperConsent, sample_id: str, *, seed: str, at: datetime, due_on: date
) -> bool:
    """Ask for an original; False where this draw has asked for it before."""
    words = (
        found.subject_id, sample_id, found.consent_id, found.member_id, found.document_hash, seed, at, due_on,
    )  # fmt: skip
    row = connection.execute(sql("add_sample"), words).fetchone()
    return bool(row and row[0])


@dataclass(frozen=True, slots=True)
class KeptDraw:
    """A draw of originals: what repeats it, what it came to, who made it and when."""

    draw_id: str
    seed: str
    most: int
    first_on: date
    last_on: date
    of_total: int
    asked: int
    drawn_at: datetime
    drawn_by: str


def add_draw(connection: Connection, made: KeptDraw) -> None:
    """Keep a draw."""
    words = (
        made.draw_id, made.seed, made.most, made.first_on, made.last_on, made.of_total, made.asked, made.drawn_at,
        made.drawn_by,
    )  # fmt: skip
    connection.execute(sql("add_draw"), words)


def all_draws(connection: Connection) -> list[KeptDraw]:
    """Every draw, newest first."""
    return [KeptDraw(str(row[0]), *row[1:]) for row in connection.execute(sql("all_draws"))]


def samples_of(connection: Connection, member_id: str) -> list[OwnSample]:
    """The originals that a member was asked for, newest first."""
    return [
        OwnSample(_sample(row[:9]), str(row[9]), row[10]) for row in connection.execute(sql("samples_of"), [member_id])
    ]


def all_samples(connection: Connection) -> list[Sample]:
    """Every original that was asked for, newest first."""
    return [_sample(row) for row in connection.execute(sql("all_samples"))]


def _sample(row: tuple[Any, ...]) -> Sample:
    known: list[Any] = [str(row[0]), str(row[1]), *row[2:]]
    return Sample(*known)


def answer_sample(
    connection: Connection, found: OwnSample, *, is_original: bool, document_hash: bytes, sealed: bytes, at: datetime
) -> bool:
    """Keep what a member sent for an original; False where it had sent something before."""
    words = (
        found.sample.member_id, found.subject_id, found.sample.sample_id, is_original, document_hash, sealed, at,
    )  # fmt: skip
    row = connection.execute(sql("answer_sample"), words).fetchone()
    return bool(row and row[0])
