"""Receive a furnished file: keep its bytes, prove them, log them, before any opinion on them.

The bytes are cut into records, each gets 32 random bytes of salt, and only the Merkle root over the salted records is
logged: never a bare digest, because an identity number could be guessed (design, decision 4).  Chunks of records lie
sealed under the receipt's own key.  Everything is one transaction: a file is received whole or not at all.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from openbureau.core import permit
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.offline import open_file
from openbureau.core.furnishing.parse import PARQUET, Dialect
from openbureau.core.furnishing.records import Piece, in_runs
from openbureau.core.leaf import Event, EventKind, Leaf
from openbureau.core.outcome import Refusal
from openbureau.core.pricing import FREE
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.furnishing import (
    ReceiptRecord,
    add_chunk,
    add_container,
    add_receipt,
    earlier_receipts,
    read_chunk,
)
from openbureau.store.sealing import seal, unseal
from openbureau.tlog.commitment import open_fields, record_leaves
from openbureau.tlog.merkle import Frontier

CHUNK_PIECES = 20_000
CHUNK_BYTES = 4 << 20
SALT = 32


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


Received = FurnishingReceipt | Refusal | Finding
"""A receipt; or a refusal when the member may not furnish; or a finding when there is nothing to receive."""


def receive_file(
    bureau: Bureau,
    member_id: str,
    source: BinaryIO,
    *,
    format: str | None = None,  # noqa: A002
    kind: str | None = None,
) -> Received:
    """Receive a file from a binary stream (seekable, for Parquet)."""
    now = bureau.clock()
    member = bureau.members.get(member_id)
    if member is None:
        raise LookupError(f"no member is called {member_id!r}")
    refusal = permit.may_furnish(bureau.policies, bureau.rulebook(civil_day(now)), member)
    if refusal is not None:
        return refusal
    limit = bureau.rulebook(civil_day(now)).typed.line_limit_bytes.number
    opened = open_file(source, limit, format=format, kind=kind)
    if isinstance(opened, Finding):
        return opened
    dialect, pieces = opened
    return _keep(bureau, member_id, _Incoming(dialect, pieces, source, now))


@dataclass(frozen=True, slots=True)
class _Incoming:
    dialect: Dialect
    pieces: Iterable[Piece]
    source: BinaryIO
    at: datetime


def _keep(bureau: Bureau, member_id: str, incoming: _Incoming) -> FurnishingReceipt:
    receipt_id = new_id(incoming.at, bureau.random)
    key, wrapped = bureau.new_data_key(f"receipt/{receipt_id}")
    frontier, size, count = Frontier(), 0, 0
    with bureau.store.connection("loader") as connection, connection.transaction():
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
        leaf = bureau.leaf(_event(bureau, member_id, incoming.at, frontier.root()))
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
            received_at=incoming.at,
            leaf_hash=leaf.leaf_hash,
            entry=leaf.entry,
            event_sealed=bureau.seal_event(leaf),
            is_repeat=is_repeat,
        )
        add_receipt(connection, made)
    return _receipt(made, leaf)


def _receipt(made: ReceiptRecord, leaf: Leaf) -> FurnishingReceipt:
    shown = ("kind", "time", "actor", "request", "product")
    return FurnishingReceipt(
        made.receipt_id, made.member_id, made.format, made.byte_count, made.pieces, made.root.hex(), made.received_at,
        made.leaf_hash.hex(), made.is_repeat, open_fields(leaf.fields, leaf.salt, shown).to_json(),
    )  # fmt: skip


def _event(bureau: Bureau, member_id: str, at: datetime, root: bytes) -> Event:
    return Event(
        kind=EventKind.FURNISHING,
        at=at,
        actor=member_id,
        product="file",
        regime=bureau.settings.regime,
        basis="contract",
        policy=f"{bureau.policies.digest};permit;furnishing-under-contract",
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


def pack_chunk(pieces: list[Piece], salts: bytes) -> bytes:
    """Number of pieces, salts, and the compressed pieces with length and flags each."""
    marks = b"".join(
        (len(piece.content) << 2 | piece.starts << 1 | piece.is_whole).to_bytes(4, "big") for piece in pieces
    )
    body = zlib.compress(marks + b"".join(piece.content for piece in pieces), 1)
    return len(pieces).to_bytes(4, "big") + salts + body


def unpack_chunk(content: bytes) -> tuple[list[Piece], bytes]:
    """The inverse of `pack_chunk`: pieces and salts."""
    count = int.from_bytes(content[:4], "big")
    salts, body = content[4 : 4 + SALT * count], zlib.decompress(content[4 + SALT * count :])
    pieces = []
    at = 4 * count
    for number in range(count):
        mark = int.from_bytes(body[4 * number : 4 * number + 4], "big")
        end = at + (mark >> 2)
        pieces.append(Piece(body[at:end], bool(mark & 2), bool(mark & 1)))
        at = end
    return pieces, salts


def stored_chunks(
    connection: Connection, receipt_id: str, key: bytes, *, first: int = 0
) -> Iterator[tuple[list[Piece], bytes]]:
    """The pieces of a receipt as they were received, with their salts, from a chunk on."""
    number = first
    while (sealed := read_chunk(connection, receipt_id, number)) is not None:
        yield unpack_chunk(unseal(key, sealed, place=f"chunk/{receipt_id}/{number}"))
        number += 1
