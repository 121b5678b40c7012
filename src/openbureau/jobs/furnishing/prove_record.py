"""Prove that a record was sent, unchanged, when and by whom: to anyone, without us.

Every receipt is a Merkle tree over salted records whose root is committed to in one leaf of the log (decision 0010).  The
proof carries the record with its salt, the path to the root, the opening that shows the root in the leaf, the leaf's
place in the signed log, and our signed receipt.  All other records stay hidden behind their salts.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from openbureau.core.furnishing.parse import CSV
from openbureau.core.furnishing.records import Piece, Redacted
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.load import NoReceipt
from openbureau.jobs.furnishing.receive import SALT, piece_leaves, stored_chunks
from openbureau.jobs.inquiry.contents import response_key
from openbureau.jobs.log import prove
from openbureau.store.database import Connection
from openbureau.store.furnishing import Progress, find_receipt, receipt_event
from openbureau.tlog.canonical import canonical
from openbureau.tlog.commitment import commit, open_fields, record_leaf
from openbureau.tlog.entry import render_event
from openbureau.tlog.merkle import Frontier, path_ranges
from openbureau.tlog.strict import render_base64

FORMAT = "openbureau/record-proof/1"
RECEIPT_FORMAT = "openbureau/file-receipt/1"
SHOWN = ("kind", "time", "actor", "request", "product")
STATEMENT = b"openbureau file receipt\n"


class NoRecord(LookupError):
    """The file has no record of this number."""


def file_receipt(bureau: Bureau, receipt_id: str, *, member_id: str | None = None) -> dict[str, Any]:
    """The signed receipt of a file: what was received when, its leaf, and the leaf's place in the log where it has one."""
    with bureau.store.connection("loader") as connection:
        held = _held(connection, receipt_id, member_id)
        return {"format": RECEIPT_FORMAT} | _receipt(bureau, connection, receipt_id, held)


def prove_record(bureau: Bureau, receipt_id: str, number: int, *, member_id: str | None = None) -> dict[str, Any]:
    """The proof of record `number`; `NoReceipt` when the file is not that member's, `NoRecord` when it has no such record."""
    with bureau.store.connection("loader") as connection:
        held = _held(connection, receipt_id, member_id)
        key = bureau.data_key(held.wrapped_key, f"receipt/{receipt_id}")
        found = _find(_pieces(connection, receipt_id, key), number, has_header=held.format == CSV)
        if found is None:
            raise NoRecord(f"the file has no record {number}; it has {held.records}")
        places = sorted({found, 0} if held.format == CSV else {found})
        shown = {place: _path(connection, receipt_id, key, place=place, size=held.pieces) for place in places}
        return {"format": FORMAT, "record_no": number, "pieces": [shown[place] for place in places]} | _receipt(
            bureau, connection, receipt_id, held
        )


def _held(connection: Connection, receipt_id: str, member_id: str | None) -> Progress:
    held = find_receipt(connection, receipt_id)
    if held is None or (member_id is not None and held.member_id != member_id):
        raise NoReceipt(f"no file was received under {receipt_id}")
    return held


def _receipt(bureau: Bureau, connection: Connection, receipt_id: str, held: Progress) -> dict[str, Any]:
    fields, salt = bureau.open_event(receipt_event(connection, held.leaf_hash), held.leaf_hash)
    statement = {
        "receipt": receipt_id,
        "member": held.member_id,
        "received_at": _time(held.received_at),
        "file_format": held.format,
        "bytes": str(held.byte_count),
        "pieces": str(held.pieces),
        "root": held.root.hex(),
        "leaf": held.leaf_hash.hex(),
        "log": bureau.act.origin,
    }
    signature = response_key(bureau).sign(STATEMENT + canonical(statement))
    return {
        "statement": statement | {"signature": render_base64(signature)},
        "entry": render_base64(render_event(commit(fields, salt).root)),
        "opening": open_fields(fields, salt, SHOWN).to_json(),
        "log_proof": prove.proof(bureau, held.leaf_hash),
        "policy": prove.policy(bureau),
        "act": json.loads(canonical(bureau.act.to_json())),
    }


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _pieces(connection: Connection, receipt_id: str, key: bytes) -> Iterator[Piece]:
    for pieces, _ in stored_chunks(connection, receipt_id, key):
        yield from pieces


def _find(pieces: Iterator[Piece], number: int, *, has_header: bool) -> int | None:
    """The piece in which a record begins: blank lines and the header of a CSV are no records."""
    record = 0
    for place, piece in enumerate(pieces):
        is_blank = piece.is_whole and not piece.content.strip() and not isinstance(piece, Redacted)
        if not piece.starts or is_blank:
            continue
        if has_header:
            has_header = False
            continue
        record += 1
        if record == number:
            return place
    return None


def _path(connection: Connection, receipt_id: str, key: bytes, *, place: int, size: int) -> dict[str, Any]:
    """One piece with its salt and its audit path, in one pass and logarithmic memory."""
    ranges = path_ranges(place, size)
    peaks = [Frontier() for _ in ranges]
    at, shown = 0, {}
    for pieces, salts in stored_chunks(connection, receipt_id, key):
        leaves = piece_leaves(pieces, salts)
        for number, (first, last) in enumerate(ranges):
            part = leaves[max(first - at, 0) : max(last - at, 0)]
            peaks[number] = peaks[number].extended(part)
        if at <= place < at + len(pieces):
            mine = pieces[place - at]
            if isinstance(mine, Redacted):
                raise NoRecord("this record was destroyed by a lawful erasure; its leaf is all that is left of it")
            salt = salts[SALT * (place - at) : SALT * (place - at + 1)]
            if record_leaf(salt, mine.content) != leaves[place - at]:
                raise AssertionError("a leaf is not its record's")
            shown = {
                "place": place,
                "content": render_base64(mine.content),
                "salt": render_base64(salt),
                "is_whole": mine.is_whole,
            }
        at += len(pieces)
    return shown | {"path": [render_base64(one.root()) for one in peaks]}
