"""Receive a furnished file: keep its bytes, prove them, log them, before any opinion on them.

The bytes are cut into records, each gets 32 random bytes of salt, and only the Merkle root over the salted records is
logged: never a bare digest, because an identity number could be guessed (design, decision 4).  Chunks of records lie
sealed under the receipt's own key.  Everything is one transaction: a file is received whole or not at all.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from openbureau.core.decision.entitlement import may_correct, may_furnish
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.offline import open_file
from openbureau.core.furnishing.parse import PARQUET, Dialect
from openbureau.core.furnishing.records import Piece, Redacted, in_runs
from openbureau.core.leaf import Event, EventKind, Leaf
from openbureau.core.outcome import Refusal
from openbureau.core.pricing import FREE
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.envelope import opened
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.doors import add_arrival, find_arrival, next_instant
from openbureau.store.furnishing import (
    ReceiptRecord,
    add_chunk,
    add_container,
    add_receipt,
    earlier_receipts,
    find_receipt,
    read_chunk,
    receipt_event,
)
from openbureau.store.sealing import seal, unseal
from openbureau.tlog.commitment import open_fields, record_leaves
from openbureau.tlog.merkle import Frontier

CHUNK_PIECES = 20_000
CHUNK_BYTES = 4 << 20
SALT = 32
_SHOWN = ("kind", "time", "actor", "request", "product")


@dataclass(frozen=True, slots=True)
class FurnishingReceipt:
    """The receipt of a file: what was received, when, and the leaf that says so."""

    receipt_id: str
    member_id: str
    format: str
    byte_count: int
    pieces: int
    root: str
    received_at: datetime
    leaf_hash: str
    is_repeat: bool
    opening: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived, named so that it has one receipt however often its receiving is tried again."""

    key: bytes
    door: str
    content_key: bytes | None = None
    """A keyed hash of what arrived, where a repeat with other content must be told."""
    clear: Callable[[Connection], None] = lambda _: None
    """What ends with the receipt, in its transaction."""


class OtherContent(RuntimeError):
    """This arrival has a receipt already, for other content."""


class _Arrived(Exception):
    """Somebody else received the same arrival meanwhile."""


Received = FurnishingReceipt | Refusal | Finding
"""A receipt; or a refusal when the member may not furnish; or a finding when there is nothing to receive."""


def receive_file(
    bureau: Bureau,
    member_id: str,
    source: BinaryIO,
    *,
    format: str | None = None,  # noqa: A002
    kind: str | None = None,
    arrival: Arrival | None = None,
) -> Received:
    """Receive a file from a binary stream (seekable, for Parquet), opened first where it lies under our age key.

    With an `arrival`, what was received before is not received again: its receipt is given.  `OtherContent` where the
    arrival was something else.
    """
    now = bureau.clock()
    member = bureau.members.get(member_id)
    if member is None:
        raise LookupError(f"no member is called {member_id!r}")
    leave = may_furnish(bureau.policies, bureau.rulebook(civil_day(now)), member)
    if isinstance(leave, Refusal):
        return leave
    # A file may correct, and reaches nothing but its sender's own records.
    correcting = may_correct(bureau.policies, bureau.rulebook(civil_day(now)), member, is_own=True)
    if isinstance(correcting, Refusal):
        return correcting
    if arrival is not None and (earlier := _earlier(bureau, member_id, arrival)) is not None:
        return earlier
    limit = bureau.rulebook(civil_day(now)).typed.line_limit_bytes.number
    with opened(bureau, source) as plain:
        found = plain if isinstance(plain, Finding) else open_file(plain, limit, format=format, kind=kind)
        if isinstance(found, Finding) or isinstance(plain, Finding):
            return found if isinstance(found, Finding) else Finding(0, "broken-file")
        dialect, pieces = found
        try:
            return _keep(bureau, member_id, _Incoming(dialect, pieces, plain, now, arrival, leave.policy))
        except _Arrived:
            pass
    earlier = _earlier(bureau, member_id, arrival) if arrival is not None else None
    if earlier is None:
        raise AssertionError("an arrival was claimed and has no receipt")
    return earlier


def _earlier(bureau: Bureau, member_id: str, arrival: Arrival) -> FurnishingReceipt | None:
    """The receipt that an arrival has already."""
    with bureau.store.connection("loader") as connection:
        found = find_arrival(connection, (member_id, arrival.key))
    if found is None:
        return None
    if found[1] != arrival.content_key:
        raise OtherContent("this key was used for other content")
    return receipt_of(bureau, found[0])


def receipt_of(bureau: Bureau, receipt_id: str) -> FurnishingReceipt:
    """A receipt again, with the opening of its leaf, exactly as it was first given."""
    with bureau.store.connection("loader") as connection:
        held = find_receipt(connection, receipt_id)
        if held is None:
            raise LookupError(f"no file was received under {receipt_id}")
        sealed = receipt_event(connection, held.leaf_hash)
    fields, salt = bureau.open_event(sealed, held.leaf_hash)
    return FurnishingReceipt(
        receipt_id, held.member_id, held.format, held.byte_count, held.pieces, held.root.hex(), held.received_at,
        held.leaf_hash.hex(), held.is_repeat, open_fields(fields, salt, _SHOWN).to_json(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Incoming:
    dialect: Dialect
    pieces: Iterable[Piece]
    source: BinaryIO
    at: datetime
    arrival: Arrival | None
    policy: str
    """What permits its sender to furnish, as the event says it."""


def _keep(bureau: Bureau, member_id: str, incoming: _Incoming) -> FurnishingReceipt:
    receipt_id = new_id(incoming.at, bureau.random)
    key, wrapped = bureau.new_data_key(f"receipt/{receipt_id}")
    frontier, size, count = Frontier(), 0, 0
    with bureau.store.connection("loader") as connection, connection.transaction():
        _claim(connection, member_id, receipt_id, incoming.arrival)
        for number, pieces in enumerate(in_runs(incoming.pieces, most=CHUNK_PIECES, most_bytes=CHUNK_BYTES)):
            salts = bureau.random(SALT * len(pieces))
            contents = [piece.content for piece in pieces]
            frontier = frontier.extended(record_leaves(salts, contents))
            size += sum(map(len, contents))
            count += len(pieces)
            sealed = seal(key, pack_chunk(pieces, salts), place=f"chunk/{receipt_id}/{number}", random=bureau.random)
            add_chunk(connection, receipt_id, number, len(pieces), sealed=sealed)
        if incoming.dialect.format == PARQUET:
            _keep_container(bureau, connection, receipt_id, (key, incoming.source))
        is_repeat = _is_repeat(bureau, connection, member_id, (receipt_id, key, size, count))
        at = next_instant(connection, member_id, bureau.clock())
        leaf = bureau.leaf(_event(bureau, member_id, at, frontier.root(), policy=incoming.policy))
        made = ReceiptRecord(
            receipt_id=receipt_id,
            member_id=member_id,
            format=incoming.dialect.format,
            record_kind=incoming.dialect.record,
            columns=incoming.dialect.columns,
            byte_count=size,
            pieces=count,
            root=frontier.root(),
            wrapped_key=wrapped,
            received_at=at,
            leaf_hash=leaf.leaf_hash,
            entry=leaf.entry,
            event_sealed=bureau.seal_event(leaf),
            is_repeat=is_repeat,
        )
        add_receipt(connection, made)
        if incoming.arrival is not None:
            incoming.arrival.clear(connection)
    return _receipt(made, leaf)


def _claim(connection: Connection, member_id: str, receipt_id: str, arrival: Arrival | None) -> None:
    """Of several that receive the same arrival at once, one goes on; the others wait here for its end."""
    if arrival is None:
        return
    place = (member_id, arrival.key)
    if not add_arrival(connection, place, receipt_id, door=arrival.door, content=arrival.content_key):
        raise _Arrived


def _receipt(made: ReceiptRecord, leaf: Leaf) -> FurnishingReceipt:
    return FurnishingReceipt(
        made.receipt_id, made.member_id, made.format, made.byte_count, made.pieces, made.root.hex(), made.received_at,
        made.leaf_hash.hex(), made.is_repeat, open_fields(leaf.fields, leaf.salt, _SHOWN).to_json(),
    )  # fmt: skip


def _event(bureau: Bureau, member_id: str, at: datetime, root: bytes, *, policy: str) -> Event:
    return Event(
        kind=EventKind.FURNISHING,
        at=at,
        actor=member_id,
        product="file",
        regime=bureau.settings.regime,
        basis="contract",
        policy=policy,
        request=root.hex(),
        price=FREE,
    )


def _keep_container(bureau: Bureau, connection: Connection, receipt_id: str, file: tuple[bytes, BinaryIO]) -> None:
    """The container's own bytes, until the first redaction."""
    key, source = file
    source.seek(0)
    for number, content in enumerate(iter(lambda: source.read(CHUNK_BYTES), b"")):
        sealed = seal(key, content, place=f"container/{receipt_id}/{number}", random=bureau.random)
        add_container(connection, receipt_id, number, sealed)


def _is_repeat(bureau: Bureau, connection: Connection, member_id: str, mine: tuple[str, bytes, int, int]) -> bool:
    """Did the same member send the same bytes before?  Compared record by record: no digest is kept to compare with."""
    receipt_id, key, size, count = mine
    return any(
        all(
            left == right
            for left, right in zip(
                _contents(connection, receipt_id, key),
                _contents(connection, other, bureau.data_key(wrapped, f"receipt/{other}")),
                strict=False,
            )
        )
        for other, wrapped in earlier_receipts(connection, member_id, size, count)
    )


def _contents(connection: Connection, receipt_id: str, key: bytes) -> Iterator[list[bytes]]:
    for pieces, _ in stored_chunks(connection, receipt_id, key):
        yield [piece.content for piece in pieces]


REDACTED = 1 << 31
"""Set in the count of a chunk of which records were erased."""


def pack_chunk(pieces: list[Piece], salts: bytes) -> bytes:
    """Number of pieces, salts, and the compressed pieces with length and flags each.

    Where one was erased, a byte for each says which: in place of its salt stands the leaf that its record had.
    """
    erased = bytes(isinstance(piece, Redacted) for piece in pieces)
    marks = b"".join(
        (len(piece.content) << 2 | piece.starts << 1 | piece.is_whole).to_bytes(4, "big") for piece in pieces
    )
    count, kinds = (len(pieces) | REDACTED, erased) if any(erased) else (len(pieces), b"")
    body = zlib.compress(marks + kinds + b"".join(piece.content for piece in pieces), 1)
    return count.to_bytes(4, "big") + salts + body


def unpack_chunk(content: bytes) -> tuple[list[Piece], bytes]:
    """The inverse of `pack_chunk`: pieces and salts."""
    count = int.from_bytes(content[:4], "big")
    is_redacted, count = bool(count & REDACTED), count & ~REDACTED
    salts, body = content[4 : 4 + SALT * count], zlib.decompress(content[4 + SALT * count :])
    kinds = body[4 * count : 5 * count] if is_redacted else bytes(count)
    pieces = []
    at = 4 * count + (count if is_redacted else 0)
    for number in range(count):
        mark = int.from_bytes(body[4 * number : 4 * number + 4], "big")
        end = at + (mark >> 2)
        made = Redacted if kinds[number] else Piece
        pieces.append(made(body[at:end], bool(mark & 2), bool(mark & 1)))
        at = end
    return pieces, salts


def piece_leaves(pieces: list[Piece], salts: bytes) -> list[bytes]:
    """The leaf of every piece under the root: of an erased record the one that was kept of it."""
    leaves = record_leaves(salts, [piece.content for piece in pieces])
    for at, piece in enumerate(pieces):
        if isinstance(piece, Redacted):
            leaves[at] = salts[SALT * at : SALT * (at + 1)]
    return leaves


def open_chunk(key: bytes, receipt_id: str, number: int, *, sealed: bytes) -> tuple[list[Piece], bytes]:
    """The pieces of a kept chunk as they were received, and their salts."""
    return unpack_chunk(unseal(key, sealed, place=f"chunk/{receipt_id}/{number}"))


def stored_chunks(
    connection: Connection, receipt_id: str, key: bytes, *, first: int = 0
) -> Iterator[tuple[list[Piece], bytes]]:
    """The pieces of a receipt as they were received, with their salts, from a chunk on."""
    number = first
    while (sealed := read_chunk(connection, receipt_id, number)) is not None:
        yield open_chunk(key, receipt_id, number, sealed=sealed)
        number += 1
