"""What does a rebuild read and write, and in what order are furnished facts hashed?

Every table is either kept (evidence and recorded decisions: copied as it is) or replayed (made again from the receipts).
Promises: nothing is written into a database that holds anything of another installation.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql as build

from openbureau.store.database import Connection
from openbureau.store.query import sql

STATE_SECTIONS = (
    "subject", "identifier", "furnished_subject", "furnished_account", "tradeline_fact", "month_fact", "tradeline_current",
    "correction", "tombstone", "subject_claim", "account_party", "party_fact", "share_fact", "guarantee_fact",
    "platform_use_fact", "business_fact", "outside_inquiry_fact", "public_record_fact",
)  # fmt: skip
REPLAYED = frozenset({*STATE_SECTIONS, "label_head", "name_known", "identity_seen"})
"""Tables that a rebuild makes again.  All others of the schema are copied."""
OWN = frozenset({"rebuild_done", "erasing"})


class RebuildRefused(RuntimeError):
    """The database to rebuild into is not empty, or belongs to another installation."""


@dataclass(frozen=True, slots=True)
class Step:
    """One chunk of a receipt in the order in which it changed the facts; without `first_record` the order is assumed.

    Of a rule: its id, and the number of its step.
    """

    is_rule: bool
    receipt_id: str
    chunk_no: int
    first_record: int | None
    refused: frozenset[int]

    @property
    def name(self) -> str:
        """What is written down when it is done."""
        return f"{'rule' if self.is_rule else 'load'} {self.receipt_id} {self.chunk_no}"


@contextmanager
def state_snapshot(connection: Connection) -> Iterator[Callable[[str], Iterator[bytes]]]:
    """A reader of the state's sections as blocks of text, all from one snapshot."""
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read")
        connection.execute("set local timezone = 'UTC'")
        connection.execute("set local datestyle = 'ISO, YMD'")
        connection.execute("set local bytea_output = 'hex'")
        connection.execute(sql("state_subjects"))
        connection.execute(sql("state_accounts"))

        def read(name: str) -> Iterator[bytes]:
            with connection.cursor().copy(sql(f"state_of_{name}")) as copy:
                for block in copy:
                    yield bytes(block)

        yield read


def add_step(
    connection: Connection, receipt_id: str, chunk_no: int, *, rule_pack: str, first_record: int, refused: list[int]
) -> None:
    """Write down that a chunk changed the facts, and which of its records stayed out; within its transaction."""
    connection.execute(sql("add_load_step"), [receipt_id, chunk_no, rule_pack, first_record, refused])


def lock_member(connection: Connection, member_id: str) -> None:
    """One chunk of a member at a time, so that the order of its steps is the order of their effects."""
    connection.execute(sql("lock_member"), [member_id])


def steps(connection: Connection) -> list[Step]:
    """Every chunk that was loaded, in the order in which it took effect."""
    rows = connection.execute(sql("replay_steps")).fetchall()
    return [Step(row[0], str(row[1]), row[2], row[3], frozenset(row[4] or ())) for row in rows]


def recorded_subject(
    connection: Connection, kind: str, id_blind: bytes, *, name_blind: bytes
) -> tuple[str, bytes] | None:
    """Id and wrapped key that an installation gave to whoever stands behind a blind index."""
    row = connection.execute(sql("recorded_subject"), [kind, id_blind, name_blind]).fetchone()
    return (str(row[0]), row[1]) if row else None


def done_steps(connection: Connection) -> set[str]:
    """What a rebuild into this database has done."""
    return {str(row[0]) for row in connection.execute(sql("rebuild_done"))}


def mark_done(connection: Connection, step: str) -> None:
    """Write down a step of the rebuild, in its own transaction or the caller's."""
    connection.execute(sql("mark_rebuild_done"), [step])


def refuse_unless_empty(url: str, mark: str) -> None:
    """`RebuildRefused` unless the database holds nothing at all, or a rebuild of the same installation was begun in it."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        found = {(str(schema), str(table)) for schema, table in rows} - {("public", "openbureau_migration")}
        if not found:
            return
        if ("bureau", "rebuild_done") in found and mark in done_steps(connection):
            return
        held = [name for name in sorted(found) if _has_rows(connection, name)]
        if held or any(schema != "bureau" for schema, _ in found):
            names = ", ".join(".".join(name) for name in (held or sorted(found))[:3])
            raise RebuildRefused(
                f"the database to rebuild into is not empty ({names} ...); make a new one, for instance with createdb"
            )


def _has_rows(connection: Connection, name: tuple[str, str]) -> bool:
    query = build.SQL("select 1 from {} limit 1").format(build.Identifier(*name))
    return connection.execute(query).fetchone() is not None


def kept_tables(connection: Connection) -> list[str]:
    """The tables that a rebuild copies."""
    rows = connection.execute("select tablename from pg_tables where schemaname = 'bureau' order by 1").fetchall()
    return [name for (name,) in rows if name not in REPLAYED | OWN]


@contextmanager
def both(source_url: str, target_url: str) -> Iterator[tuple[Connection, Connection]]:
    """The owner's connections to both databases: a rebuild is done by whoever administers them."""
    with psycopg.connect(source_url, autocommit=True) as source, psycopg.connect(target_url, autocommit=True) as target:
        for connection in (source, target):
            connection.execute("set role openbureau_owner")
        yield source, target


def copy_table(source: Connection, target: Connection, table: str) -> None:
    """Copy a table whole, or not at all."""
    name = build.Identifier("bureau", table)
    with target.transaction():
        is_guarded = target.execute(sql("has_row_security"), [table]).fetchone() != (False,)
        there = build.Identifier("stage_copy") if is_guarded else name
        if is_guarded:  # PostgreSQL copies into no table with row-level security, not even for who may write all rows
            target.execute(build.SQL("create temporary table stage_copy (like {}) on commit drop").format(name))
        out = source.cursor().copy(build.SQL("copy {} to stdout (format binary)").format(name))
        into = target.cursor().copy(build.SQL("copy {} from stdin (format binary)").format(there))
        with out as reading, into as writing:
            for block in reading:
                writing.write(block)
        if is_guarded:
            target.execute(build.SQL("insert into {} select * from stage_copy").format(name))
        if table == "leaf_pending":
            target.execute(sql("continue_arrivals"))
        mark_done(target, f"copy {table}")


def carry_over(source: Connection, target: Connection) -> int:
    """Give rebuilt subjects what receipts do not say: where their chains stand, and their marks; how many were carried."""
    with target.transaction():
        target.execute(sql("stage_marks"))
        with source.cursor().copy(sql("marks_out")) as reading, target.cursor().copy(sql("marks_in")) as writing:
            for block in reading:
                writing.write(block)
        row = target.execute(sql("carry_marks")).fetchone()
        mark_done(target, "carry over")
    return int(row[0]) if row else 0
