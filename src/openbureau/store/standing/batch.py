"""What is kept of a file of inquiries, and how are its lines shared out among workers?

A chunk is claimed by a lock that lives as long as its worker's transaction: where a worker is killed, the chunk is free
again.  Promises: a member sees its own batches only (row-level security); a chunk is worked by one at a time, and is
settled together with what became of its lines.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from openbureau.store.database import Connection
from openbureau.store.inquiry import Admitted, Stored, stored
from openbureau.store.query import sql

AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
"""What is raised when the database cannot be reached: no line is to blame, and all of it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord:
    """A batch as it is received."""

    batch_id: str
    member_id: str
    key: str
    content_key: bytes
    about_sealed: bytes
    wrapped_key: bytes
    lines: int
    chunks: int
    received_at: datetime
    work_until: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch with how far it has come."""

    batch_id: str
    key: str
    content_key: bytes
    about_sealed: bytes
    wrapped_key: bytes
    lines: int
    received_at: datetime
    work_until: datetime
    expires_at: datetime
    cancelled_at: datetime | None
    ended_at: datetime | None
    worked: int
    answered: int
    refused: int
    problems: int


@dataclass(frozen=True, slots=True)
class ClaimedChunk:
    """Some lines to be worked, sealed, held by the transaction that claimed them."""

    batch_id: str
    chunk_no: int
    member_id: str
    wrapped_key: bytes
    work_until: datetime
    sealed: bytes


@dataclass(frozen=True, slots=True)
class ResultChunk:
    """Lines of a batch and what became of them; `results_sealed` None where nobody worked them."""

    chunk_no: int
    sealed: bytes
    results_sealed: bytes | None


@contextmanager
def as_member(connection: Connection, member_id: str) -> Iterator[None]:
    """A transaction in which row-level security shows one member's rows."""
    with connection.transaction():
        connection.execute(sql("set_tenant"), [member_id])
        yield


@contextmanager
def deferred(connection: Connection) -> Iterator[None]:
    """Commits on this connection do not wait for the disk.

    The log of PostgreSQL is one sequence: a later commit that does wait, on any connection, makes all of them durable.
    """
    connection.execute(sql("defer_commits"))
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute(sql("wait_for_commits"))


def add_batch(connection: Connection, made: BatchRecord) -> bool:
    """Keep a batch; waits for whoever receives the same key, and says False where it is taken."""
    words = [
        made.batch_id, made.member_id, made.key, made.content_key, made.about_sealed, made.wrapped_key, made.lines,
        made.chunks, made.received_at, made.work_until, made.expires_at,
    ]  # fmt: skip
    return connection.execute(sql("add_batch"), words).rowcount == 1


def add_chunks(connection: Connection, batch_id: str, chunks: Sequence[tuple[int, int, bytes]]) -> None:
    """The lines of a batch: last line, how many, and the sealed lines of each chunk in order."""
    with connection.cursor() as cursor:
        cursor.executemany(
            sql("add_batch_chunk"),
            [(batch_id, number, last, count, sealed) for number, (last, count, sealed) in enumerate(chunks)],
        )


def find_batch(connection: Connection, member_id: str, *, batch_id: str | None, key: str | None) -> BatchRow | None:
    """A batch of this member by its id or its key."""
    return next(
        iter(_rows(connection, {"member": member_id, "one": batch_id, "key": key, "before": None, "most": 1})), None
    )


def batches_of(connection: Connection, member_id: str, *, before: str | None, most: int) -> list[BatchRow]:
    """The batches of a member, newest first, before one of them."""
    return _rows(connection, {"member": member_id, "one": None, "key": None, "before": before, "most": most})


def _rows(connection: Connection, words: dict[str, Any]) -> list[BatchRow]:
    return [BatchRow(str(row[0]), *row[1:]) for row in connection.execute(sql("batches_of"), words)]


def cancel_batch(connection: Connection, member_id: str, batch_id: str, now: datetime) -> bool:
    """Let nobody begin another chunk of a batch; False where it has ended."""
    return connection.execute(sql("cancel_batch"), [now, batch_id, member_id]).rowcount == 1


def is_any_open(connection: Connection) -> bool:
    """Has any batch not ended yet?"""
    row = connection.execute(sql("open_chunk")).fetchone()
    return bool(row and row[0])


def claim_chunk(connection: Connection, batch_id: str | None) -> ClaimedChunk | None:
    """Some lines that nobody works, of one batch or of any, each batch in its turn; held until the transaction ends."""
    row = connection.execute(sql("claim_chunk"), {"batch": batch_id}, prepare=True).fetchone()
    return ClaimedChunk(str(row[0]), *row[1:]) if row else None


def settle_chunk(
    connection: Connection, claimed: ClaimedChunk, counts: Sequence[int], *, sealed: bytes, now: datetime
) -> None:
    """What became of the lines of a claimed chunk: answered, refused, problems."""
    words = [now, sealed, *counts, claimed.batch_id, claimed.chunk_no]
    connection.execute(sql("settle_chunk"), words)


def end_batches(connection: Connection, now: datetime) -> list[tuple[str, str, str]]:
    """Batches (id, member, key) of which no line is left to be worked, or that were cancelled and are held by nobody."""
    return [(str(row[0]), row[1], row[2]) for row in connection.execute(sql("end_batches"), [now])]


def remove_batches(connection: Connection, now: datetime) -> int:
    """Remove batches whose term is over, with all their lines; how many."""
    return connection.execute(sql("remove_batches"), [now]).rowcount


def result_chunks(connection: Connection, batch_id: str, *, after: int, most: int) -> list[ResultChunk]:
    """Chunks of a batch that hold lines after a line, in order."""
    rows = connection.execute(sql("result_chunks"), [batch_id, after, most])
    return [ResultChunk(*row) for row in rows]


def used_key(connection: Connection, member_id: str, *, key: str, request_hash: bytes, now: datetime) -> Admitted:
    """As `admit`, for a member that is known already."""
    row = connection.execute(sql("used_key"), [member_id, key, request_hash, now], prepare=True).fetchone()
    is_conflict = row is not None and row[0]
    return Admitted(member_id, is_conflict, stored(row[1:]) if row and not is_conflict else None)


def told_before(
    connection: Connection, member_id: str, places: Sequence[tuple[str | None, str]]
) -> dict[int, Stored]:  # fmt: skip
    """What a member was told in earlier inquiries (subject, inquiry), by their place in the list; erased ones are missing."""
    subjects, inquiries = [place[0] for place in places], [place[1] for place in places]
    rows = connection.execute(sql("told_before"), [member_id, subjects, inquiries])
    return {row[0] - 1: stored(row[1:]) for row in rows}
