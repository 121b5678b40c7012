"""How do furnished files and facts get in?

Receipts keep the bytes, sealed, in chunks; a load applies batches as new versions and says in the same transaction how far
it came.  Promises: the same file twice changes nothing; a load that was killed goes on where it was; a fact is known from
the instant of its receipt plus its record's number in microseconds, so that replaying a receipt gives the same facts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from openbureau.core.furnishing.finding import Finding
from openbureau.store.database import Connection
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class Progress:
    """A receipt and how far its load has come."""

    member_id: str
    format: str
    record_kind: str
    columns: tuple[str, ...]
    wrapped_key: bytes
    received_at: datetime
    byte_count: int
    pieces: int
    root: bytes
    leaf_hash: bytes
    is_done: bool
    next_chunk: int
    next_record: int
    records: int
    accepted: int
    refused: int
    added: int
    changed: int
    unchanged: int
    findings: int
    is_repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecord:
    """A received file, before any opinion on it."""

    receipt_id: str
    member_id: str
    format: str
    record_kind: str
    columns: tuple[str, ...]
    byte_count: int
    pieces: int
    root: bytes
    wrapped_key: bytes
    received_at: datetime
    leaf_hash: bytes
    entry: bytes
    event_sealed: bytes
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class NewSubject:
    """A subject that is not held yet."""

    subject_id: str
    kind: str
    label: bytes
    wrapped_key: bytes
    identity_sealed: bytes
    adult_on: date | None
    synthetic: bool
    known_at: datetime
    id_kind: str
    id_blind: bytes
    name_blind: bytes


def add_chunk(connection: Connection, receipt_id: str, number: int, pieces: int, *, sealed: bytes) -> None:
    """Keep a sealed run of records."""
    connection.execute(sql("add_chunk"), [receipt_id, number, pieces, sealed])


def add_container(connection: Connection, receipt_id: str, number: int, sealed: bytes) -> None:
    """Keep a sealed piece of the container (Parquet) that the records came in."""
    connection.execute(sql("add_container"), [receipt_id, number, sealed])


def add_receipt(connection: Connection, made: ReceiptRecord) -> None:
    """The receipt, its leaf and its progress record.  Call within the transaction that wrote the chunks."""
    connection.execute(
        sql("add_receipt"),
        [
            made.receipt_id, made.member_id, made.format, made.record_kind, list(made.columns), made.byte_count, made.pieces,
            made.root, made.wrapped_key, made.received_at, made.leaf_hash,
        ],
    )  # fmt: skip
    connection.execute(sql("add_furnishing"), [made.receipt_id, made.member_id, made.is_repeat])
    connection.execute(sql("add_receipt_event"), [made.leaf_hash, made.received_at, made.member_id, made.event_sealed])
    connection.execute(sql("add_pending"), [made.receipt_id, made.entry, made.received_at])


def earlier_receipts(connection: Connection, member_id: str, size: int, pieces: int) -> list[tuple[str, bytes]]:
    """Receipts of the same member with the same size: (id, wrapped key), newest first."""
    rows = connection.execute(sql("earlier_receipt"), [member_id, size, pieces]).fetchall()
    return [(str(row[0]), row[1]) for row in rows]


def find_receipt(connection: Connection, receipt_id: str) -> Progress | None:
    """A receipt with its progress."""
    row = connection.execute(sql("find_receipt"), [receipt_id]).fetchone()
    if row is None:
        return None
    known: list[Any] = [*row[:3], tuple(row[3]), *row[4:]]
    return Progress(*known)


def lock_furnishing(connection: Connection, receipt_id: str) -> int:
    """The next chunk, locked against another load of the same receipt until the transaction ends."""
    row = connection.execute(sql("lock_furnishing"), [receipt_id]).fetchone()
    return int(row[0]) if row else -1


def open_furnishings(connection: Connection) -> list[str]:
    """Receipts whose load is not done."""
    return [str(row[0]) for row in connection.execute(sql("open_furnishings"))]


def read_chunk(connection: Connection, receipt_id: str, number: int) -> bytes | None:
    """A sealed chunk, None past the last."""
    row = connection.execute(sql("read_chunk"), [receipt_id, number]).fetchone()
    return bytes(row[0]) if row else None


def save_progress(connection: Connection, receipt_id: str, counts: Sequence[int], *, is_done: bool) -> None:
    """Next chunk and record, then what this batch adds: records, accepted, refused, added, changed, unchanged, findings."""
    connection.execute(sql("save_progress"), [*counts, is_done, receipt_id])


def add_findings(connection: Connection, receipt_id: str, first: int, findings: Iterable[Finding]) -> None:
    """Keep findings, numbered from `first`."""
    with connection.cursor().copy("copy bureau.finding from stdin") as copy:
        for at, found in enumerate(findings):
            copy.write_row((receipt_id, first + at, found.record_no, found.rule, found.field, found.hint))


def findings_of(connection: Connection, receipt_id: str, most: int) -> list[Finding]:
    """The first findings of a file."""
    return [Finding(*row) for row in connection.execute(sql("findings_of"), [receipt_id, most])]


def finding_counts(connection: Connection, receipt_id: str) -> dict[str, int]:
    """Findings by rule."""
    return {str(row[0]): int(row[1]) for row in connection.execute(sql("finding_counts"), [receipt_id])}


def receipt_event(connection: Connection, leaf_hash: bytes) -> bytes:
    """The sealed opening of a furnishing event."""
    row = connection.execute(sql("receipt_event"), [leaf_hash]).fetchone()
    if row is None:
        raise LookupError("a receipt without its event")
    return bytes(row[0])


def loader_lock(connection: Connection) -> None:
    """Wait for our turn to add identities."""
    connection.execute(sql("loader_lock"))


def known_identifiers(
    connection: Connection, keys: Sequence[tuple[str, bytes]]
) -> dict[tuple[str, bytes], list[tuple[str, bytes]]]:
    """(kind, blind) to every (subject, blind of the name) that claims it, the oldest first."""
    kinds, blinds = [kind for kind, _ in keys], [hash_ for _, hash_ in keys]
    found: dict[tuple[str, bytes], list[tuple[str, bytes]]] = {}
    for row in connection.execute(sql("known_identifiers"), [kinds, blinds]):
        found.setdefault((row[0], row[1]), []).append((str(row[2]), row[3]))
    return found


def known_refs(connection: Connection, member_id: str, keys: Sequence[bytes]) -> dict[bytes, str]:
    """A furnisher's subject keys to subjects."""
    rows = connection.execute(sql("known_refs"), [member_id, list(keys)])
    return {row[0]: str(row[1]) for row in rows}


def known_accounts(connection: Connection, member_id: str, keys: Sequence[bytes]) -> dict[bytes, tuple[str, str]]:
    """A furnisher's account keys to (subject, tradeline)."""
    rows = connection.execute(sql("known_accounts"), [member_id, list(keys)])
    return {row[0]: (str(row[1]), str(row[2])) for row in rows}


def add_subjects(connection: Connection, made: Sequence[NewSubject]) -> None:
    """New subjects with identifier and an empty chain."""
    cursor = connection.cursor()
    with cursor.copy(
        "copy bureau.subject (subject_id, kind, label, wrapped_key, identity_sealed, adult_on, synthetic, "
        "known_at) from stdin"
    ) as copy:
        for one in made:
            copy.write_row((
                one.subject_id, one.kind, one.label, one.wrapped_key, one.identity_sealed, one.adult_on,
                one.synthetic, one.known_at,
            ))  # fmt: skip
    with cursor.copy("copy bureau.identifier from stdin") as copy:
        for one in made:
            copy.write_row((one.id_kind, one.id_blind, one.subject_id, one.name_blind))
    with cursor.copy("copy bureau.label_head from stdin") as copy:
        for one in made:
            copy.write_row((one.subject_id, 0, bytes(32)))


def add_refs(connection: Connection, member_id: str, refs: Iterable[tuple[bytes, str]]) -> None:
    """A furnisher's keys for subjects; a key follows the name it is sent with among the subjects that claim its number."""
    rows = list(refs)
    words = [member_id, [key for key, _ in rows], [subject_id for _, subject_id in rows]]
    connection.execute(sql("add_refs"), words)


def add_accounts(connection: Connection, member_id: str, accounts: Iterable[tuple[bytes, str, str]]) -> None:
    """A furnisher's keys for tradelines."""
    with connection.cursor().copy("copy bureau.furnished_account from stdin") as copy:
        for key, subject_id, tradeline_id in accounts:
            copy.write_row((member_id, key, subject_id, tradeline_id))


def known_parties(
    connection: Connection, member_id: str, keys: Sequence[bytes]
) -> dict[bytes, list[tuple[str, str, str]]]:
    """A furnisher's account keys to the further parties of the account: (subject, tradeline, role)."""
    found: dict[bytes, list[tuple[str, str, str]]] = {}
    for row in connection.execute(sql("known_parties"), [member_id, list(keys)]):
        found.setdefault(row[0], []).append((str(row[1]), str(row[2]), row[3]))
    return found


def subject_kinds(connection: Connection, subject_ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
    """Subjects to (kind, wrapped key)."""
    rows = connection.execute(sql("subject_kinds"), [list(subject_ids)])
    return {str(row[0]): (row[1], row[2]) for row in rows}


Told = list[tuple[int, str, str]]
"""What a check against the held records finds: (record number, rule, field)."""


def apply_facts(
    connection: Connection, name: str, rows: Sequence[dict[str, Any]], *, member_id: str, receipt_id: str
) -> tuple[int, int]:
    """Apply rows by the statement `apply_NAME`: (new, changed)."""
    given = {"rows": _json(rows), "member": member_id, "receipt": receipt_id}
    return _counts(connection.execute(sql(f"apply_{name}"), given).fetchone())


def check_facts(connection: Connection, name: str, rows: Sequence[dict[str, Any]], *, member_id: str) -> Told:
    """What the statement `check_NAME` finds in rows that are not applied yet."""
    return _told(connection.execute(sql(f"check_{name}"), {"rows": _json(rows), "member": member_id}).fetchall())


def _json(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as JSON; bytes in the database's own spelling."""
    plain = [
        {name: f"\\x{value.hex()}" if isinstance(value, bytes) else value for name, value in row.items()}
        for row in rows
    ]
    return msgspec.json.encode(plain).decode()


def _told(rows: Iterable[tuple[Any, ...]]) -> Told:
    return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]


def apply_tradelines(
    connection: Connection, rows: Iterable[tuple[Any, ...]], *, member_id: str, receipt_id: str
) -> tuple[int, int, Told]:
    """Check and apply staged tradelines: new, changed, what the held records say against them."""
    connection.execute(sql("stage_tradelines"))
    with connection.cursor().copy("copy stage_tradeline from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    told = _told(connection.execute(sql("check_tradelines"), {"member": member_id}).fetchall())
    given = {"member": member_id, "receipt": receipt_id}
    counts = _counts(connection.execute(sql("apply_tradelines"), given).fetchone())
    if sum(counts):
        connection.execute(sql("touch_lines"))
    return (*counts, told)


def apply_months(connection: Connection, rows: bytes, *, receipt_id: str, settled_month: int) -> tuple[int, int, Told]:
    """Apply and check staged months, given as lines of COPY text: new, changed, what the held records say against them.

    A month before `settled_month` is history: another status in it is told.
    """
    connection.execute(sql("stage_months"))
    with connection.cursor().copy("copy stage_month from stdin") as copy:
        copy.write(rows)
    row = connection.execute(sql("apply_months"), {"receipt": receipt_id, "settled": settled_month}).fetchone()
    counts = _counts(row)
    if sum(counts):
        connection.execute(sql("project_months"))
        connection.execute(sql("touch_months"))
    told = [(int(number), "history-changed", "status") for number in sorted(row[2] or ())] if row else []
    return (*counts, told + _told(connection.execute(sql("check_months")).fetchall()))


def clear_stages(connection: Connection) -> None:
    """Empty what earlier records of the same transaction left in the stages."""
    connection.execute(sql("stage_tradelines"))
    connection.execute(sql("stage_months"))
    connection.execute(sql("clear_stage"))
    connection.execute(sql("clear_stage_tradelines"))


def _counts(row: tuple[Any, ...] | None) -> tuple[int, int]:
    return (int(row[0]), int(row[1])) if row else (0, 0)


def file_as_of(connection: Connection, subject_id: str, as_of: datetime) -> bytes:
    """The accounts of a subject as known at an instant, from the ledger."""
    row = connection.execute(sql("file_as_of"), {"subject": subject_id, "as_of": as_of}).fetchone()
    return str(row[0]).encode() if row else b'{"t":[],"i":[]}'
