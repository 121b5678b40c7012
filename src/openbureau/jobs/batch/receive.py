"""Receive a file of inquiries: keep its lines sealed, to be worked one by one.

What each line asks was read at the door; a line that cannot be read is kept with its trouble and holds up no other.
Promises: nothing is kept of a member that may not ask
at all; a file is received whole or not at all; the same key with the same bytes is the same batch, however often and by
however many it is sent; only a keyed digest of the bytes is kept to compare with, and it is of no use to anybody else.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, BinaryIO

import msgspec

from openbureau.core.outcome import Refusal
from openbureau.core.permit import may_ask_anything
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.sealing import seal, unseal
from openbureau.store.standing import batch as store
from openbureau.store.standing.batch import BatchRecord, BatchRow, as_member

CHUNK_LINES = 100
LONGEST_LINE = 64 << 10
LIST_MOST = 50


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One line of the file: what it asks, or why that cannot be told.  `key` is the lender's own name for it."""

    number: int
    key: str | None
    asked: InquiryRequest | None
    problem: dict[str, Any] | None = None


Reader = Callable[[bytes, str], tuple[str | None, InquiryRequest] | dict[str, Any]]
"""Reads the bytes of a line, given the idempotency key it has where it brings none: its own key and what it asks, or the
problem."""


@dataclass(frozen=True, slots=True)
class Batch:
    """How far a batch has come.  `answered` counts no-hits too; `worked` lines are answered, refused or problems."""

    batch_id: str
    key: str
    state: str
    lines: int
    worked: int
    answered: int
    refused: int
    problems: int
    byte_count: int
    sha256: str
    received_at: datetime
    work_until: datetime
    expires_at: datetime
    ended_at: datetime | None
    is_repeat: bool = False


class OtherBatch(RuntimeError):
    """The key was used for another file."""


class NoBatch(LookupError):
    """There is no such batch: never received, another member's, or its term is over."""


class BatchEmpty(ValueError):
    """The file has no line that asks anything."""


class BatchTooLong(ValueError):
    """The file has more lines than a batch may have; `most` says how many it may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"a batch has at most {most} lines")
        self.most = most


_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(list[Line]).decode


def receive_batch(bureau: Bureau, member_id: str, source: BinaryIO, *, key: str, read: Reader) -> Batch | Refusal:
    """Keep a file of inquiries under its sender's key; the refusal where this member may ask nothing at all.

    Such a refusal is of no inquiry, and so recorded nowhere: nobody was asked about yet.  `OtherBatch` where the key is
    another file's.
    """
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    if (refusal := may_ask_anything(bureau.policies, rulebook, bureau.members[member_id])) is not None:
        return refusal
    typed = rulebook.typed
    batch_id = new_id(now, bureau.random)
    data_key, wrapped = bureau.new_data_key(f"batch/{batch_id}")
    taken = _Taken()
    chunks: list[tuple[int, int, bytes]] = []
    lines = _lines(source, taken, lambda raw, number: _line(read, raw, (batch_id, number)))
    while chunk := list(islice(lines, CHUNK_LINES)):
        packed = zlib.compress(_encode(chunk), 1)
        sealed = seal(data_key, packed, place=f"batch/{batch_id}/{len(chunks)}", random=bureau.random)
        chunks.append((chunk[-1].number, len(chunk), sealed))
        if taken.lines > typed.batch_lines_most.number:
            raise BatchTooLong(typed.batch_lines_most.number)
    if not chunks:
        raise BatchEmpty("the file asks nothing")
    about = _encode({"bytes": taken.size, "sha256": taken.digest.hexdigest()})
    made = BatchRecord(
        batch_id=batch_id,
        member_id=member_id,
        key=key,
        content_key=bureau.own_key("batch", member_id, taken.digest.hexdigest()),
        about_sealed=seal(data_key, about, place=f"batch/{batch_id}", random=bureau.random),
        wrapped_key=wrapped,
        lines=taken.lines,
        chunks=len(chunks),
        received_at=now,
        # A line's key is remembered this long: worked later, a line that was cut off could be answered twice.
        work_until=now + timedelta(hours=typed.idempotency_hours.number),
        expires_at=now + timedelta(days=typed.batch_days.number),
    )
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        is_new = store.add_batch(connection, made)
        if is_new:
            store.add_chunks(connection, batch_id, chunks)
        held = store.find_batch(connection, member_id, batch_id=None, key=key)
    if held is None:
        raise AssertionError("a batch was received and is not there")
    if held.content_key != made.content_key:
        raise OtherBatch("this key was used for another file")
    return batch_of(bureau, held, is_repeat=not is_new)


@dataclass(slots=True)
class _Taken:
    """What was read so far."""

    lines: int = 0
    size: int = 0
    digest: Any = None

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256()

    def take(self, raw: bytes) -> bytes:
        """Count some bytes."""
        self.size += len(raw)
        self.digest.update(raw)
        return raw


def _lines(source: BinaryIO, taken: _Taken, read: Callable[[bytes, int], Line]) -> Iterator[Line]:
    """Line after line, none held longer than may be; blank ones ask nothing."""
    number = 0
    while raw := taken.take(source.readline(LONGEST_LINE + 1)):
        number += 1
        is_whole = raw.endswith(b"\n") or len(raw) <= LONGEST_LINE
        rest = raw
        while not is_whole and rest and not rest.endswith(b"\n"):
            rest = taken.take(source.readline(LONGEST_LINE + 1))
        raw = raw.strip()
        if not raw:
            continue
        taken.lines += 1
        yield read(raw, number) if is_whole else Line(number, None, None, {"code": "too-large", "told": {}})


def _line(read: Reader, raw: bytes, place: tuple[str, int]) -> Line:
    batch_id, number = place
    found = read(raw, f"batch·{batch_id}·{number}")
    if isinstance(found, dict):
        return Line(number, None, None, found)
    key, asked = found
    return Line(number, key, asked)


def open_lines(key: bytes, batch_id: str, number: int, *, sealed: bytes) -> list[Line]:
    """The lines of a kept chunk as they were received."""
    return _decode(zlib.decompress(unseal(key, sealed, place=f"batch/{batch_id}/{number}")))


def batch_of(bureau: Bureau, held: BatchRow, *, is_repeat: bool = False) -> Batch:
    """A batch as its sender sees it."""
    key = bureau.data_key(held.wrapped_key, f"batch/{held.batch_id}")
    about = msgspec.json.decode(unseal(key, held.about_sealed, place=f"batch/{held.batch_id}"))
    return Batch(
        held.batch_id, held.key, _state(held), held.lines, held.worked, held.answered, held.refused, held.problems,
        about["bytes"], about["sha256"], held.received_at, held.work_until, held.expires_at, held.ended_at, is_repeat,
    )  # fmt: skip


def _state(held: BatchRow) -> str:
    if held.cancelled_at is not None:
        return "cancelled" if held.ended_at is not None else "cancelling"
    if held.ended_at is not None:
        return "done"
    return "working" if held.worked else "waiting"


def find(bureau: Bureau, connection: Connection, member_id: str, batch_id: str) -> BatchRow:
    """A batch of this member whose term is not over, or `NoBatch`.  Call within `as_member`."""
    held = store.find_batch(connection, member_id, batch_id=batch_id, key=None)
    if held is None or held.expires_at <= bureau.clock():
        raise NoBatch("no batch of this id is held")
    return held


def one_batch(bureau: Bureau, member_id: str, batch_id: str) -> Batch:
    """How far a batch of this member has come; `NoBatch` where there is none."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        return batch_of(bureau, find(bureau, connection, member_id, batch_id))


def own_batches(bureau: Bureau, member_id: str, before: str | None = None) -> list[Batch]:
    """The batches of a member, newest first, before one of them."""
    now = bureau.clock()
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        rows = store.batches_of(connection, member_id, before=before, most=LIST_MOST)
    return [batch_of(bureau, row) for row in rows if row.expires_at > now]


def cancel(bureau: Bureau, member_id: str, batch_id: str) -> Batch:
    """Begin no further line of a batch; what was answered stays answered.  One that has ended stays as it is."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        find(bureau, connection, member_id, batch_id)
        store.cancel_batch(connection, member_id, batch_id, bureau.clock())
        return batch_of(bureau, find(bureau, connection, member_id, batch_id))
