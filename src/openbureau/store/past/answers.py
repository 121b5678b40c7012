"""How is the file of a past moment read, and an answer that was given before?

Texts and sealed bytes only: nothing here is decoded or opened.  Each call runs as a function of the owner that shows no
more than its promise says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openbureau.store.database import Connection
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """An answer that was given before, still sealed, and under which identifier its subject is found today."""

    inquiry_id: str
    subject_id: str
    holder_id: str
    """The first of the subjects that are one today: the one that inquiries are recorded on."""
    asked_at: datetime
    purpose: str
    product: str
    wrapped_key: bytes
    sealed: bytes
    id_kind: str
    id_blind: bytes
    name_blind: bytes


@dataclass(frozen=True, slots=True)
class ErasedAnswer:
    """What a lawful erasure left of an answer."""

    answer_hash: bytes
    leaf_hash: bytes
    erased_at: datetime


def past_answer(connection: Connection, member_id: str, inquiry_id: str) -> PastAnswer | ErasedAnswer | None:
    """The answer of this number to this member; None where there is none, where it was refused, or where it is another's."""
    row = connection.execute(sql("past_answer"), [member_id, inquiry_id]).fetchone()
    if row is None:
        return None
    if row[10] is not None:
        return ErasedAnswer(row[10], row[11], row[2])
    if row[7] is None:
        return None
    known: list[Any] = [inquiry_id, str(row[0]), str(row[1]), *row[2:10]]
    return PastAnswer(*known)


def file_known(connection: Connection, subject_id: str, as_of: datetime) -> bytes:
    """What may be shown today of what was known at an instant, still to be seen under today's retention."""
    return _text(connection, "file_known", subject_id, as_of)


def file_shown(connection: Connection, subject_id: str, as_of: datetime, *, shown_at: datetime) -> bytes:
    """What could be shown at `shown_at` of what was known at `as_of`."""
    return _text(connection, "file_shown", subject_id, as_of, shown_at)


def last_look(connection: Connection, subject_id: str, *, member_id: str, consent_id: str) -> datetime | None:
    """When the member last saw the file of this person under this consent; None for never."""
    row = connection.execute(sql("last_look"), [subject_id, member_id, consent_id]).fetchone()
    found: datetime | None = row[0] if row else None
    return found


def _text(connection: Connection, query: str, *values: Any) -> bytes:
    row = connection.execute(sql(query), values).fetchone()
    if row is None:
        raise AssertionError("a function gives one row")
    return str(row[0]).encode()
