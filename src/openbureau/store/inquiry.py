"""The three calls of an inquiry: admit, facts, record.

Between them the pure core decides.  Promises: `admit` touches no person; `facts` hands the file over as text that nobody
has decoded; `record` writes everything in one transaction or nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import msgspec
import psycopg

from openbureau.core.permit import ConsentFact
from openbureau.store.database import Connection
from openbureau.store.query import sql

NO_SUBJECT = "00000000-0000-0000-0000-000000000000"


class Recorded(Enum):
    """How a record call ended."""

    RECORDED = "recorded"
    STALE = "stale"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Stored:
    """An earlier outcome under the same idempotency key, still sealed."""

    inquiry_id: str
    outcome: str
    key_kind: str
    subject_id: str | None
    wrapped_key: bytes | None
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """How a caller shows itself: the hash of its token, and the key or certificate that it holds."""

    token_hash: bytes
    jkt: bytes | None = None
    x5t: bytes | None = None
    ids: tuple[tuple[str, bytes], ...] = ()
    """What may be seen once: kind and hashed value of each."""
    keep_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """The caller, and what the idempotency key says."""

    member_id: str
    is_conflict: bool
    stored: Stored | None
    is_bound: bool = False
    is_fresh: bool = True
    kid: str | None = None
    scopes: tuple[str, ...] | None = None
    statements: str = "[]"


@dataclass(frozen=True, slots=True)
class Facts:
    """One subject as found, nothing unsealed, nothing decoded."""

    subject_id: str
    kind: str
    name_agrees: bool
    is_frozen: bool
    is_deceased: bool
    adult_on: date | None
    synthetic: bool
    wrapped_key: bytes
    identity_sealed: bytes
    label: bytes
    seq: int
    head: bytes
    lane_seq: int
    last_charged: Mapping[str, date]
    """The last day of a charge of this member for this subject, by product."""
    consents: tuple[ConsentFact, ...]
    file: bytes
    has_running_account: bool
    """Does the asking member hold an open account of the subject?"""
    standing: str
    """What of the subject the decision rests on, as the record will read it again."""
    rivals: tuple[str, ...] = ()
    """Other subjects, not linked to this one, that claim the same number."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The document by which a court or an authority asked: its hash, sealed, and the day to which the notice is put off."""

    digest: bytes
    sealed: bytes
    told_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryRecord:
    """All rows of one outcome."""

    subject_id: str | None
    inquiry_id: str
    member_id: str
    key: str
    request_hash: bytes
    expires_at: datetime
    purpose: str
    product: str
    actor_user: str
    at: datetime
    outcome: str
    refusal_code: str | None
    consent_id: str | None
    key_kind: str
    sealed: bytes
    leaf_hash: bytes
    entry: bytes
    event_kind: str
    event_sealed: bytes
    seq: int
    bill_month: str
    lane: int
    lane_seq: int
    rule_id: str
    amount_fen: int
    currency: str
    standing: str | None
    act_hash: bytes
    document: StoredDocument | None


_ConsentRow = tuple[str, str, date, date, bool, bool, bool, str, tuple[str, ...], int, bool]
_consents = msgspec.json.Decoder(list[_ConsentRow]).decode
_charged = msgspec.json.Decoder(dict[str, date]).decode
_ADMIT, _FACTS = sql("admit"), sql("facts")
_RECORD, _UNMATCHED = sql("record_inquiry"), sql("record_unmatched")


def admit(connection: Connection, caller: Caller, *, key: str, request_hash: bytes, now: datetime) -> Admitted | None:
    """The member behind a token that is shown as it is bound, None when there is none; what the idempotency key leads to.

    The ids that may be seen once are kept in the same call.  `is_fresh` is False where one was seen before.
    """
    kinds, values = [kind for kind, _ in caller.ids], [value for _, value in caller.ids]
    words = (
        caller.token_hash, key, request_hash, now, caller.jkt, caller.x5t, kinds, values, caller.keep_until,
    )  # fmt: skip
    row = connection.execute(_ADMIT, words, prepare=True).fetchone()
    if row is None:
        return None
    member_id, is_known, is_conflict = row[:3]
    is_bound, is_fresh, kid, scopes, statements = row[9:]
    earlier = stored(row[3:9]) if is_known and not is_conflict else None
    known = tuple(scopes) if scopes is not None else None
    return Admitted(member_id, is_conflict, earlier, is_bound, is_fresh, kid, known, statements)


def stored(row: Sequence[Any]) -> Stored:
    """An earlier outcome from its row."""
    inquiry_id, outcome, key_kind, subject_id, wrapped, sealed = row
    return Stored(str(inquiry_id), outcome, key_kind, str(subject_id) if subject_id else None, wrapped, sealed)


def facts(
    connection: Connection,
    member_id: str,
    *,
    id_kind: str,
    id_blind: bytes,
    name_blind: bytes,
    bill_month: str,
    lane: int,
    now: datetime,
) -> Facts | None:
    """What is needed about the subject with this identity number, None when nobody carries it.

    Where several that are not linked claim it: the one whose name agrees, with its rivals; the first where none or more do.
    """
    rows = connection.execute(
        _FACTS, (member_id, id_kind, id_blind, name_blind, bill_month, lane, now), prepare=True
    ).fetchall()
    if not rows:
        return None
    named = [row for row in rows if row[2]]
    row = named[0] if len(named) == 1 else rows[0]
    rivals = tuple(str(other[0]) for other in rows if other is not row)
    is_told_apart = not rivals or len(named) == 1
    consents = tuple(ConsentFact(*found) for found in _consents(row[14])) if is_told_apart else ()
    known: list[Any] = [
        str(row[0]),
        *row[1:13],
        _charged(row[13]),
        consents,
        row[15].encode(),
        row[16],
        row[17],
        rivals,
    ]
    return Facts(*known)


def record(
    connection: Connection, made: InquiryRecord, *, beside: Callable[[Connection], None] | None = None
) -> Recorded:
    """Write an outcome, and what belongs to it `beside`, in the same transaction.

    STALE: something the decision rests on moved, read the facts again; TAKEN: the key is used.
    """
    try:
        if beside is None:
            row = connection.execute(*_statement(made), prepare=True).fetchone()
        else:
            with connection.transaction():
                row = connection.execute(*_statement(made), prepare=True).fetchone()
                if row and row[0] == Recorded.RECORDED.value:
                    beside(connection)
    except psycopg.errors.DatabaseError as trouble:
        if trouble.sqlstate in {"OB003", "40001", "40P01"}:
            return Recorded.STALE
        raise
    return Recorded(row[0] if row else "")


def _statement(made: InquiryRecord) -> tuple[bytes, tuple[Any, ...]]:
    shown = made.document
    document = (shown.digest, shown.sealed) if shown else (None, None)
    if made.subject_id is None:
        return _UNMATCHED, (
            made.inquiry_id, made.member_id, made.key, made.request_hash, made.expires_at, made.purpose, made.product,
            made.actor_user, made.at, made.refusal_code, made.sealed, made.leaf_hash, made.entry, made.event_kind,
            made.event_sealed, *document,
        )  # fmt: skip
    return _RECORD, (
        made.subject_id, made.inquiry_id, made.member_id, made.key, made.request_hash, made.expires_at, made.purpose,
        made.product, made.actor_user, made.at, made.outcome, made.refusal_code, made.consent_id, made.key_kind,
        made.sealed, made.leaf_hash, made.entry, made.event_kind, made.event_sealed, made.seq, made.bill_month,
        made.lane, made.lane_seq, made.rule_id, made.amount_fen, made.currency, made.standing, made.act_hash, *document,
        shown.told_on if shown else None,
    )  # fmt: skip


def member_inquiries(connection: Connection, member_id: str, most: int) -> list[tuple[Any, ...]]:
    """The last inquiries of a member, newest first: number, instant, user, purpose, product, outcome, code."""
    return connection.execute(sql("member_inquiries"), [member_id, most]).fetchall()


def charges_of(connection: Connection, member_id: str, bill_month: str) -> list[tuple[Any, ...]]:
    """The charges of a member in a month; row-level security shows no other member's."""
    with connection.transaction():
        connection.execute(sql("set_tenant"), [member_id])
        return connection.execute(sql("charges_of"), [member_id, bill_month]).fetchall()
