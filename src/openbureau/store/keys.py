"""How are data keys wrapped anew, and a root key retired?

Promises: a wrapped key is changed only from what it was read as; a row keeps everything else; after a root key is retired
no row says it, and none can be written under it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from psycopg import sql as build

from openbureau.store.database import Connection
from openbureau.store.query import sql

WRAPPED = {
    "subject": "subject_id",
    "receipt": "receipt_id",
    "upload": "upload_id",
    "batch": "batch_id",
    "monitor_state": "monitor_id",
    "consent_intent": "consent_id",
    "staff_account": "handle",
}
"""Tables with a wrapped data key, and the column that names its place.  A test compares this with the database."""


class RotationBusy(RuntimeError):
    """Another process rotates keys at this moment; let it end."""


def _kind(table: str) -> build.SQL:
    """The type of the column that names a row."""
    return build.SQL("text" if table == "staff_account" else "uuid")


@contextmanager
def one_rotation(connection: Connection) -> Iterator[None]:
    """Nobody else rotates during the block.  `RotationBusy` where somebody does."""
    row = connection.execute(sql("try_rotation_lock")).fetchone()
    if not row or not row[0]:
        raise RotationBusy("another process rotates keys at this moment; let it end, then begin again")
    try:
        yield
    finally:
        connection.execute(sql("leave_rotation_lock"))


def wrapped_before(
    connection: Connection, table: str, version: int, *, after: str | None, most: int
) -> list[tuple[str, bytes]]:
    """The next rows, in the order of their names, whose data key is wrapped under a version before this one."""
    place = build.Identifier(WRAPPED[table])
    query = build.SQL(
        "select {place}::text, wrapped_key from bureau.{table} "
        "where bureau.wrapped_version(wrapped_key) < %s and (%s::text is null or {place} > %s::{kind}) "
        "order by {place} limit %s"
    ).format(place=place, table=build.Identifier(table), kind=_kind(table))
    return [(str(row[0]), row[1]) for row in connection.execute(query, [version, after, after, most])]


def rewrap(connection: Connection, table: str, rows: list[tuple[str, bytes, bytes]]) -> int:
    """Put new wrapped keys (name, as it was read, new); how many rows were still as they were read."""
    query = build.SQL(
        "update bureau.{table} t set wrapped_key = n.made "
        "from unnest(%s::text[], %s::bytea[], %s::bytea[]) as n (name, was, made) "
        "where t.{place} = n.name::{kind} and t.wrapped_key = n.was"
    ).format(
        table=build.Identifier(table), place=build.Identifier(WRAPPED[table]), kind=_kind(table)
    )  # fmt: skip
    names, was, made = (list(column) for column in zip(*rows, strict=True))
    return connection.execute(query, [names, was, made]).rowcount


def has_rotation(connection: Connection, name: str, version: int) -> tuple[bool, bool]:
    """Was a rotation to this version begun, and has it ended?"""
    row = connection.execute(sql("key_rotation_at"), [name, version]).fetchone()
    return row is not None, bool(row and row[0])


def begin_rotation(connection: Connection, name: str, version: int, at: datetime) -> None:
    """Note that a rotation has begun."""
    connection.execute(sql("begin_key_rotation"), [name, version, at])


def end_rotation(connection: Connection, name: str, version: int, at: datetime) -> None:
    """Note that it has ended."""
    connection.execute(sql("end_key_rotation"), [at, name, version])


def retire(connection: Connection, version: int) -> int:
    """Retire the root keys up to a version; how many rows still say one of them (then nothing is retired)."""
    row = connection.execute(sql("retire_key"), [version]).fetchone()
    return int(row[0]) if row else 0


def retired(connection: Connection) -> int:
    """The newest retired version of the root key; 0 for none."""
    row = connection.execute(sql("retired_key")).fetchone()
    return int(row[0]) if row else 0
