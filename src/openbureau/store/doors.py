"""What is kept while a file is on its way in, and what can be told of it afterwards?

Uploads in pieces, arrivals with their one receipt, the lock of a load, lists for furnishers and regulators.  Promises: a
piece and how far the upload has come are one transaction; an arrival has at most one receipt.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openbureau.core.furnishing.finding import Finding
from openbureau.store.database import Connection
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """An upload under way: what was promised (sealed), and how many bytes are held."""

    upload_id: str
    size: int
    promised_sealed: bytes
    wrapped_key: bytes
    begun_at: datetime
    expires_at: datetime
    held: int
    pieces: int


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A receipt and its load as a list shows them."""

    receipt_id: str
    member_id: str
    format: str
    received_at: datetime
    byte_count: int
    pieces: int
    leaf_hash: bytes
    is_done: bool
    next_record: int
    records: int
    accepted: int
    refused: int
    added: int
    changed: int
    unchanged: int
    findings: int
    is_repeat: bool
    door: str


@dataclass(frozen=True, slots=True)
class FurnisherTotals:
    """What one furnisher has sent in all."""

    member_id: str
    files: int
    records: int
    accepted: int
    refused: int
    findings: int
    repeats: int
    loading: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule was broken, in how many files, and when last."""

    rule: str
    findings: int
    files: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class HeldTotal:
    """Accounts of one type, status and last month; `late` of them are overdue in it.  Months are year*12 + month - 1."""

    account_type: str
    account_status: str
    last_month: int | None
    accounts: int
    late: int


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """One account as held now, under its furnisher's own key."""

    account_key: bytes
    account_type: str
    business_type: str
    role: str
    opened_on: date
    closed_on: date | None
    currency: str
    limit_fen: int
    account_status: str
    as_of_on: date
    first_month: int
    statuses: str
    balance_fen: int | None
    overdue_fen: int | None
    known_at: datetime


def begin_upload(connection: Connection, made: StoredUpload, member_id: str) -> None:
    """Keep that a file will come."""
    connection.execute(
        sql("begin_upload"),
        [made.upload_id, member_id, made.size, made.promised_sealed, made.wrapped_key, made.begun_at, made.expires_at],
    )


def find_upload(
    connection: Connection, upload_id: str, member_id: str, now: datetime, *, lock: bool = False
) -> StoredUpload | None:
    """An upload of this member; None for another's, an unknown one, and one whose term is over."""
    query = sql("lock_upload" if lock else "find_upload")
    row = connection.execute(query, [upload_id, member_id, now]).fetchone()
    return StoredUpload(str(row[0]), *row[1:]) if row else None


def open_uploads(connection: Connection, member_id: str, now: datetime) -> list[StoredUpload]:
    """Uploads of a member that are under way, newest first."""
    rows = connection.execute(sql("open_uploads"), [member_id, now])
    return [StoredUpload(str(row[0]), *row[1:]) for row in rows]


def add_upload_piece(connection: Connection, upload_id: str, number: int, sealed: bytes, *, size: int) -> None:
    """A piece and the new length.  Call within one transaction that holds the upload's lock."""
    connection.execute(sql("add_upload_piece"), [upload_id, number, sealed])
    connection.execute(sql("extend_upload"), [size, upload_id])


def read_upload_piece(connection: Connection, upload_id: str, number: int) -> bytes | None:
    """A sealed piece."""
    row = connection.execute(sql("read_upload_piece"), [upload_id, number]).fetchone()
    return bytes(row[0]) if row else None


def end_upload(connection: Connection, upload_id: str, member_id: str) -> bool:
    """Forget an upload and its pieces; False when there was none."""
    return connection.execute(sql("end_upload"), [upload_id, member_id]).rowcount == 1


def end_expired_uploads(connection: Connection, now: datetime) -> int:
    """Forget the uploads whose term is over; how many."""
    return connection.execute(sql("end_expired_uploads"), [now]).rowcount


def add_arrival(
    connection: Connection, place: tuple[str, bytes], receipt_id: str, *, door: str, content: bytes | None
) -> bool:
    """Claim an arrival for a receipt; waits for whoever is claiming it, and says False where it has a receipt."""
    words = [*place, receipt_id, door, content]
    return connection.execute(sql("add_arrival"), words).rowcount == 1


def find_arrival(connection: Connection, place: tuple[str, bytes]) -> tuple[str, bytes | None] | None:
    """The receipt of an arrival, and the keyed hash of what arrived."""
    row = connection.execute(sql("find_arrival"), list(place)).fetchone()
    return (str(row[0]), row[1]) if row else None


def next_instant(connection: Connection, member_id: str, now: datetime) -> datetime:
    """When a member's receipt is received or its rule decided: now, or as soon as the facts of earlier ones leave room.

    A fact is known from that instant plus its record's number in microseconds, so receipts and rules of a member do not
    overlap.  Held against other receipts and rules of the member until the transaction ends.
    """
    connection.execute(sql("receipt_lock"), [member_id])
    row = connection.execute(sql("latest_known"), {"member": member_id}).fetchone()
    return max(now, row[0]) if row and row[0] is not None else now


def open_before(connection: Connection, receipt_id: str) -> list[str]:
    """Receipts of the same member that came before one and are not loaded yet, in order."""
    return [str(row[0]) for row in connection.execute(sql("open_before"), [receipt_id])]


@contextmanager
def load_lock(connection: Connection, member_id: str, *, wait: bool = True) -> Iterator[bool]:
    """The one load of a member, for the length of a block; without `wait`, False where another has it."""
    row = connection.execute(sql("load_lock" if wait else "try_load_lock"), [member_id]).fetchone()
    is_ours = wait or bool(row and row[0])
    try:
        yield is_ours
    finally:
        if is_ours and not connection.closed:
            connection.execute(sql("load_unlock"), [member_id])


def furnishings_of(
    connection: Connection, member_id: str | None, *, before: str | None = None, one: str | None = None, most: int = 50
) -> list[LoadRow]:
    """Receipts with their loads, newest first; of one member or of all."""
    words = {"member": member_id, "before": before, "one": one, "most": most}
    return [LoadRow(str(row[0]), *row[1:]) for row in connection.execute(sql("furnishings_of"), words)]


def furnishing_totals(connection: Connection) -> list[FurnisherTotals]:
    """Every furnisher that has sent something."""
    rows: list[list[Any]] = [list(row) for row in connection.execute(sql("furnishing_totals"))]
    made: list[list[Any]] = [[row[0], *map(int, row[1:8]), row[8]] for row in rows]
    return [FurnisherTotals(*row) for row in made]


def findings_by_rule(connection: Connection, member_id: str | None) -> list[RuleCount]:
    """Findings by rule, the most frequent first."""
    rows = connection.execute(sql("findings_by_rule"), {"member": member_id})
    return [RuleCount(*row) for row in rows]


def finding_examples(connection: Connection, receipt_id: str, each: int) -> list[Finding]:
    """The first findings of each rule of a file."""
    return [Finding(*row) for row in connection.execute(sql("finding_examples"), [receipt_id, each])]


def held_totals(connection: Connection, member_id: str) -> list[HeldTotal]:
    """What is held from a furnisher, in totals."""
    return [HeldTotal(*row) for row in connection.execute(sql("held_totals"), [member_id])]


def held_accounts(connection: Connection, member_id: str, keys: Sequence[bytes]) -> list[HeldAccount]:
    """The accounts behind a furnisher's own keys."""
    return [HeldAccount(*row) for row in connection.execute(sql("held_accounts"), [member_id, list(keys)])]
