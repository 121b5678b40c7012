"""Take records out of furnished files: they are destroyed with their salts, the rest is sealed anew.

A receipt is a tree over salted records of which only the root is in the log (decision 0010).  In place of a destroyed record
stands the leaf that it had, so the rest still proves against the root; the whole receipt gets a new key, and a Parquet file's
container goes.  Promises: what is not judged stays byte for byte; a record that nobody can read goes where it names the person.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.parse import CSV, METRO2, Dialect, parser
from openbureau.core.furnishing.records import Piece, Redacted
from openbureau.core.furnishing.values import Update
from openbureau.core.furnishing.write import render_jsonl
from openbureau.core.metro2.meaning import FileReader
from openbureau.core.metro2.read import form_of
from openbureau.jobs.context import Bureau
from openbureau.jobs.erasure.judge import Judge, fields_of, finder, judged
from openbureau.jobs.furnishing.receive import SALT, open_chunk, pack_chunk, piece_leaves, stored_chunks
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.erasure.rows import HeldReceipt, rekey_receipt, reseal_chunk
from openbureau.store.furnishing import read_chunk
from openbureau.store.sealing import seal

Place = tuple[int, int]
"""A chunk and the number of a piece in it."""
Reader = Callable[[bytes, int], tuple[Update, ...] | None]
"""The updates of a record; None for one that cannot be read."""


@dataclass(slots=True)
class Redaction:
    """What goes of one receipt: for each piece what is left in its place, empty for nothing."""

    receipt: HeldReceipt
    left: dict[Place, bytes] = field(default_factory=dict)
    records: int = 0


@dataclass(slots=True)
class _Unread:
    """A record that could not be read: where it lies, and its bytes until the needles are known."""

    redaction: Redaction
    places: list[Place]
    content: bytes


def look_through(
    bureau: Bureau, connection: Connection, receipts: Iterator[HeldReceipt], judge: Judge,
    needles: Callable[[str], set[str]] = lambda _: set(),
) -> list[Redaction]:  # fmt: skip
    """Read every receipt once; those of which something goes.  `needles`: what names the person to a member, at the end."""
    found, unread = [], []
    for receipt in receipts:
        made = Redaction(receipt)
        unread += _look(bureau, connection, made, judge)
        found.append(made)
    for one in unread:
        if finder(needles(one.redaction.receipt.member_id))(one.content):
            one.redaction.left.update(dict.fromkeys(one.places, b""))
            one.redaction.records += 1
    return [made for made in found if made.left]


def _look(bureau: Bureau, connection: Connection, made: Redaction, judge: Judge) -> list[_Unread]:
    held = made.receipt
    read = _reader(bureau, held)
    key = bureau.data_key(held.wrapped_key, f"receipt/{held.receipt_id}")
    unread: list[_Unread] = []
    for places, pieces in _records(stored_chunks(connection, held.receipt_id, key), has_header=held.format == CSV):
        content = b"".join(piece.content for piece in pieces)
        if isinstance(pieces[0], Redacted):
            updates = tuple(_left_updates(content))
        else:
            taken = read(content, 0) if pieces[0].is_whole else None
            if taken is None:
                unread.append(_Unread(made, places, content))
                continue
            updates = taken
        left = judged(judge, held.member_id, updates)
        if left is not None:
            made.left.update(dict.fromkeys(places, b""))
            made.left[places[0]] = _written(left)
            made.records += 1
    return unread


def _left_updates(content: bytes) -> Iterator[Update]:
    read = parser(Dialect("jsonl"))
    for line in content.splitlines():
        update = read(line, 0) if line else ()
        if not isinstance(update, tuple):
            yield update


def _written(updates: list[Update]) -> bytes:
    """What is left of a record, as JSON lines behind an empty one (so that it is not taken for a line of months)."""
    return b"\n" + b"".join(render_jsonl(fields_of(update)) for update in updates) if updates else b""


def _records(
    chunks: Iterator[tuple[list[Piece], bytes]], *, has_header: bool
) -> Iterator[tuple[list[Place], list[Piece]]]:
    """Record after record with all its pieces; blank lines and the line of column names are none."""
    places: list[Place] = []
    pieces: list[Piece] = []
    for chunk, (run, _) in enumerate(chunks):
        for at, piece in enumerate(run):
            if piece.starts:
                if pieces:
                    yield places, pieces
                is_blank = not piece.content.strip() and not isinstance(piece, Redacted)
                is_header, has_header = has_header and not is_blank, has_header and is_blank
                places, pieces = ([], []) if is_blank or is_header else ([(chunk, at)], [piece])
            elif pieces:
                places.append((chunk, at))
                pieces.append(piece)
    if pieces:
        yield places, pieces


def _reader(bureau: Bureau, held: HeldReceipt) -> Reader:
    """How a record of this file is read into all its updates."""
    dialect = Dialect(held.format, held.record_kind, held.columns)
    if dialect.format != METRO2:
        parse = parser(dialect)

        def read(content: bytes, number: int) -> tuple[Update, ...] | None:
            update = parse(content, number)
            return None if isinstance(update, tuple) else (update,)

        return read
    context = check_context(bureau.rulebook(civil_day(held.received_at)))
    whole = FileReader(form_of(dialect.record, dialect.columns), context)

    def read_metro2(content: bytes, number: int) -> tuple[Update, ...] | None:
        is_record, updates, _ = whole.read(content, number)
        return updates or (None if is_record else ())

    return read_metro2


def redact(bureau: Bureau, reading: Connection, erasing: Connection, made: Redaction) -> None:
    """Seal a receipt anew under a new key, without what goes.  `erasing` is in a transaction that has begun an erasure."""
    held = made.receipt
    old = bureau.data_key(held.wrapped_key, f"receipt/{held.receipt_id}")
    key, wrapped = bureau.new_data_key(f"receipt/{held.receipt_id}")
    number = 0
    while (sealed := read_chunk(reading, held.receipt_id, number)) is not None:
        pieces, salts = open_chunk(old, held.receipt_id, number, sealed=sealed)
        leaves = piece_leaves(pieces, salts)
        slots = bytearray(salts)
        for at, piece in enumerate(pieces):
            left = made.left.get((number, at))
            if left is not None:
                slots[SALT * at : SALT * (at + 1)] = leaves[at]
                pieces[at] = Redacted(left, piece.starts, piece.is_whole)
        place = f"chunk/{held.receipt_id}/{number}"
        again = seal(key, pack_chunk(pieces, bytes(slots)), place=place, random=bureau.random)
        reseal_chunk(erasing, held.receipt_id, number, again)
        number += 1
    rekey_receipt(erasing, held.receipt_id, wrapped)
