"""How does an erasure reach the database?  It reads under the roles of other duties and destroys as the eraser.

Promises: nothing here is destroyed but by a function that asks for an act begun in the same transaction.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openbureau.store.database import Connection
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class HeldReceipt:
    """A furnished file, with what opens it."""

    receipt_id: str
    member_id: str
    format: str
    record_kind: str
    columns: tuple[str, ...]
    wrapped_key: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """An account of some subjects: whose it is, is that one of them, and does anybody else stay?"""

    member_id: str
    account_key: bytes
    main_id: str
    is_main: bool
    has_others: bool


@dataclass(frozen=True, slots=True)
class Known:
    """By what a subject's records are known."""

    numbers: dict[tuple[str, bytes], bool]
    names: frozenset[bytes]
    refs: frozenset[tuple[str, bytes]]
    accounts: tuple[Account, ...]
    numbered: frozenset[str]


@dataclass(frozen=True, slots=True)
class ChainHead:
    """A subject's label, key and where its chain stands."""

    kind: str
    label: bytes
    wrapped_key: bytes
    seq: int
    leaf_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An erasure as it is written down."""

    subject_id: str
    erasure_id: str
    order_id: str | None
    cause: str
    scope: str
    statement: bytes
    signature: bytes
    at: datetime
    seq: int
    leaf_hash: bytes
    leaf_id: str
    entry: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A person's wish that the policies permit, or a decision of staff."""

    subject_id: str
    order_id: str
    cause: str
    ordered_by: str
    handle: str
    reason: str
    policy: str
    rules: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure, and where its entry stands in the log."""

    subject_id: str
    scope: str
    statement: bytes
    signature: bytes
    leaf_index: int | None
    leaf_hash: bytes


def held_receipts(connection: Connection, members: Sequence[str] | None = None) -> list[HeldReceipt]:
    """Every furnished file, or those of some members, oldest first."""
    rows = connection.execute(sql("held_receipts"), {"members": list(members) if members is not None else None})
    return [HeldReceipt(str(row[0]), row[1], row[2], row[3], tuple(row[4]), row[5], row[6]) for row in rows]


def furnishers(connection: Connection) -> list[str]:
    """Who ever sent a file."""
    return [str(row[0]) for row in connection.execute(sql("furnishers"))]


def known_by(connection: Connection, subject_ids: Sequence[str]) -> Known:
    """By what the records of some subjects are known."""
    given = {"subjects": list(subject_ids)}
    numbers, names = {}, set()
    for kind, blind, name_blind, is_shared in connection.execute(sql("erasure_numbers"), given):
        numbers[(str(kind), bytes(blind))] = bool(is_shared)
        names.add(bytes(name_blind))
    names |= {bytes(row[0]) for row in connection.execute(sql("erasure_names"), given)}
    refs = frozenset((str(row[0]), bytes(row[1])) for row in connection.execute(sql("erasure_refs"), given))
    rows = connection.execute(sql("erasure_accounts"), given)
    accounts = tuple(Account(row[0], bytes(row[1]), str(row[2]), row[3], row[4]) for row in rows)
    numbered = frozenset(str(row[0]) for row in connection.execute(sql("erasure_numbered"), given))
    return Known(numbers, frozenset(names), refs, accounts, numbered)


def chain_head(connection: Connection, subject_id: str) -> ChainHead | None:
    """Where a subject's chain stands; None where no such subject is held."""
    row = connection.execute(sql("erasure_head"), [subject_id]).fetchone()
    return ChainHead(*row) if row else None


def answers_about(connection: Connection, subject_id: str) -> list[tuple[str, str, bytes]]:
    """What was answered about a subject: inquiry, under which key, sealed."""
    rows = connection.execute(sql("erasure_answers"), [subject_id])
    return [(str(row[0]), str(row[1]), bytes(row[2])) for row in rows]


def disputes_about(connection: Connection, subject_id: str) -> list[str]:
    """Objections of members to charges of a subject's answers."""
    return [str(row[0]) for row in connection.execute(sql("erasure_disputes"), [subject_id])]


def batch_chunks(connection: Connection) -> Iterator[tuple[str, bytes, int, bytes, bytes | None]]:
    """Files of inquiries that are still kept: batch, wrapped key, chunk, lines, results."""
    for row in connection.execute(sql("erasure_batches")).fetchall():
        yield str(row[0]), row[1], int(row[2]), row[3], row[4]


def add_order(connection: Connection, made: Order) -> None:
    """Write an order down."""
    connection.execute(
        sql("order_erasure"),
        [
            made.subject_id, made.order_id, made.cause, made.ordered_by, made.handle, made.reason, made.policy,
            list(made.rules), made.at,
        ],
    )  # fmt: skip


def begin_erasure(connection: Connection, act: Act) -> bool:
    """Begin, in the caller's transaction; False when the chain moved meanwhile."""
    row = connection.execute(
        sql("begin_erasure"),
        [
            act.subject_id, act.erasure_id, act.order_id, act.cause, act.scope, act.statement, act.signature, act.at, act.seq,
            act.leaf_hash, act.leaf_id, act.entry, act.sealed,
        ],
    ).fetchone()  # fmt: skip
    return row == ("begun",)


def erase_openings(connection: Connection, subject_id: str, leaves: Sequence[tuple[bytes, bytes | None]]) -> None:
    """Destroy what opens these leaves, all of the chain's; what a bill needs of one stays."""
    words = [subject_id, [leaf for leaf, _ in leaves], [residue for _, residue in leaves]]
    connection.execute(sql("erase_openings"), words)


def erase_answers(
    connection: Connection, subject_id: str, hashes: Sequence[tuple[str, bytes]], *, leaf: bytes, at: datetime
) -> None:
    """Of every answer its hash stays, and that it was given."""
    words: list[Any] = [subject_id, leaf, at, [one for one, _ in hashes], [hash_ for _, hash_ in hashes]]
    connection.execute(sql("erase_answers"), words)


def erase_words(connection: Connection, subject_id: str, sealed: Sequence[tuple[str, bytes]]) -> None:
    """What members wrote about a charge is put out by these."""
    connection.execute(sql("erase_words"), [subject_id, [one for one, _ in sealed], [each for _, each in sealed]])


def erase_rows(connection: Connection, subject_id: str) -> int:
    """Every row about a subject goes, but what the law keeps; how many."""
    row = connection.execute(sql("erase_rows"), [subject_id]).fetchone()
    return int(row[0]) if row else 0


def rekey_receipt(connection: Connection, receipt_id: str, wrapped: bytes) -> None:
    """A receipt under a new key; its container goes."""
    connection.execute(sql("rekey_receipt"), [receipt_id, wrapped])


def reseal_chunk(connection: Connection, receipt_id: str, number: int, sealed: bytes) -> None:
    """Records of a receipt without those that went."""
    connection.execute(sql("reseal_chunk"), [receipt_id, number, sealed])


def reseal_batch(connection: Connection, batch_id: str, number: int, *, sealed: bytes, results: bytes | None) -> None:
    """Lines of a file of inquiries without those that went."""
    connection.execute(sql("reseal_batch"), [batch_id, number, sealed, results])


def end_erasure(connection: Connection) -> None:
    """Nothing append-only changes in this transaction from here on."""
    connection.execute(sql("end_erasure"))


def erased_subjects(connection: Connection, subject_ids: Collection[str]) -> set[str]:
    """Those of these subjects that were erased."""
    if not subject_ids:
        return set()
    return {str(row[0]) for row in connection.execute(sql("erased_subjects"), [list(subject_ids)])}


def erased_numbers(connection: Connection, source_id: str) -> set[int]:
    """Numbers that a rule had given to records that were erased."""
    return {int(row[0]) for row in connection.execute(sql("erased_numbers"), [source_id])}


def ghosts(connection: Connection) -> list[tuple[str, str, str]]:
    """Erased main parties of accounts that stay for others: furnisher, subject, kind.  As the owner."""
    return [(str(row[0]), str(row[1]), str(row[2])) for row in connection.execute(sql("ghosts"))]


def plant_ghost(connection: Connection, subject_id: str, kind: str, *, refs: Sequence[tuple[str, bytes]]) -> None:
    """Room for an erased main party in a database that is rebuilt, under the furnishers' keys for it.  As the owner."""
    connection.execute(sql("plant_ghost"), {"subject": subject_id, "kind": kind})
    for member_id, ref_key in refs:
        connection.execute(sql("plant_ghost_ref"), [member_id, ref_key, subject_id])


def take_ghost_away(connection: Connection, subject_id: str) -> None:
    """What was made for an erased party goes, as it went where it lived.  As the owner, in a transaction."""
    connection.execute(sql("begin_ghost"), [subject_id])
    erase_rows(connection, subject_id)
    end_erasure(connection)


def erasures(connection: Connection) -> list[ErasureRow]:
    """Every erasure, in the order of the log; one whose entry still waits has no place."""
    return [ErasureRow(str(row[0]), *row[1:]) for row in connection.execute(sql("erasures"))]


def erased_leaves(connection: Connection, subject_id: str) -> list[tuple[int | None, bytes, bytes | None]]:
    """Place in the log, leaf and sealed residue of what an erasure destroyed, in the order of the chain."""
    return [(row[0], row[1], row[2]) for row in connection.execute(sql("erased_leaves"), [subject_id])]
