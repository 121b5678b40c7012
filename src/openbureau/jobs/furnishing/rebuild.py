"""Make the furnished facts again from the receipts, in an empty database (N19).

Evidence and recorded decisions (receipts, log, consents, inquiries, findings) are copied; every fact is made anew by reading
the receipts chunk by chunk in the order in which they took effect, each record accepted or refused as it was then, known
at the instant at which it was known then.  Promises: original `known_at`; the same state hash, which shares nothing with our
ids; a rebuild that was killed goes on where it was; never into a database that holds anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from openbureau.core.furnishing.batch import RecordReader
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.parse import Dialect
from openbureau.jobs.context import Bureau
from openbureau.jobs.erasure.judge import ghost_ref
from openbureau.jobs.furnishing.apply import apply_batch
from openbureau.jobs.furnishing.correct_rule import rule_step
from openbureau.jobs.furnishing.receive import open_chunk
from openbureau.jobs.furnishing.state import State, state_hash
from openbureau.law.workdays import civil_day
from openbureau.store.correction_rule import find_rule, rule_step_before
from openbureau.store.database import Connection, open_store, prepare_store
from openbureau.store.erasure.rows import ghosts, plant_ghost, take_ghost_away
from openbureau.store.furnishing import find_receipt, known_accounts, read_chunk
from openbureau.store.rebuild import (
    RebuildRefused,
    Step,
    both,
    carry_over,
    copy_table,
    done_steps,
    kept_tables,
    mark_done,
    recorded_subject,
    refuse_unless_empty,
    steps,
)

_UNPLANTED = "ghosts"
Tell = Callable[[str, int, int], None]
"""Told what is done, how many of it are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to; `differs` counts records that were accepted then and could not be placed now."""

    source: State
    target: State
    steps: int
    differs: int

    @property
    def is_same(self) -> bool:
        """Do both databases hold the same facts?"""
        return self.source.hash == self.target.hash


@dataclass(slots=True)
class _Recorded:
    """Ids and keys that the source gave out; who is new there too gets new ones."""

    source: Bureau
    has_ids: bool

    def subject(self, kind: str, id_blind: bytes, name_blind: bytes) -> tuple[str, bytes] | None:
        if not self.has_ids:
            return None
        with self.source.store.connection("loader") as connection:
            return recorded_subject(connection, kind, id_blind, name_blind=name_blind)

    def tradeline(self, member_id: str, account_key: bytes) -> str | None:
        if not self.has_ids:
            return None
        with self.source.store.connection("loader") as connection:
            found = known_accounts(connection, member_id, [account_key]).get(account_key)
        return found[1] if found else None


@dataclass(slots=True)
class _Replay:
    target: Bureau
    readers: dict[str, RecordReader] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    differs: int = 0


def rebuild(
    bureau: Bureau, url: str, into: str, *, with_ids: bool = True, tell: Tell = lambda *_: None
) -> Rebuilt:  # fmt: skip
    """Rebuild the bureau whose database is at `url` into the empty database `into`.

    Without `with_ids` subjects and tradelines get new ids and keys, as where the source's own tables are lost: the facts
    are the same, and the log's labels no longer name anybody.
    """
    if url == into:
        raise RebuildRefused("a database cannot be rebuilt into itself")
    mark = f"rebuild of {bureau.act.hash.hex()}"
    refuse_unless_empty(into, mark)
    passwords = bureau.settings.home / "database.passwords"
    prepare_store(into, passwords, lambda: bureau.random(24).hex())
    with open_store(into, passwords) as store:
        recall = _Recorded(bureau, with_ids)
        with both(url, into) as (source, target):
            _copy(source, target, mark, tell=tell)
            _plant(bureau, source, target)
        done = _Replay(replace(bureau, store=store, recall=recall))
        count = _replay(done, tell)
        with both(url, into) as (source, target):
            _unplant(source, target)
            if with_ids and "carry over" not in done_steps(target):
                tell("carry over", carry_over(source, target), 0)
        return Rebuilt(state_hash(bureau), state_hash(done.target), count, done.differs)


def _copy(source: Connection, target: Connection, mark: str, *, tell: Tell) -> None:
    done = done_steps(target)
    if mark not in done:
        mark_done(target, mark)
    tables = kept_tables(source)
    for number, table in enumerate(tables, 1):
        if f"copy {table}" not in done:
            copy_table(source, target, table)
        tell(f"copy {table}", number, len(tables))


def _plant(bureau: Bureau, source: Connection, target: Connection) -> None:
    """Erased main parties of joint accounts live again while the others' facts are made of the records that are left."""
    if _UNPLANTED in done_steps(target):
        return
    places: dict[str, tuple[str, list[tuple[str, bytes]]]] = {}
    for member_id, subject_id, kind in ghosts(source):
        key = bureau.own_key("ref", member_id, ghost_ref(subject_id))
        places.setdefault(subject_id, (kind, []))[1].append((member_id, key))
    for subject_id, (kind, refs) in places.items():
        plant_ghost(target, subject_id, kind, refs=refs)


def _unplant(source: Connection, target: Connection) -> None:
    with target.transaction():
        if _UNPLANTED not in done_steps(target):
            for subject_id in sorted({subject_id for _, subject_id, _ in ghosts(source)}):
                take_ghost_away(target, subject_id)
            mark_done(target, _UNPLANTED)


def _replay(replay: _Replay, tell: Tell) -> int:
    with replay.target.store.connection("loader") as connection:
        done, planned = done_steps(connection), steps(connection)
        for number, step in enumerate(planned, 1):
            with connection.transaction():
                _replay_step(replay, connection, step, is_done=step.name in done)
            tell("replay", number, len(planned))
    return len(planned)


def _replay_step(replay: _Replay, connection: Connection, step: Step, *, is_done: bool) -> None:
    if is_done and (step.is_rule or step.first_record is not None):
        return
    if step.is_rule:
        _replay_rule(replay, connection, step)
        return
    bureau = replay.target
    held = find_receipt(connection, step.receipt_id)
    sealed = read_chunk(connection, step.receipt_id, step.chunk_no)
    if held is None or sealed is None:
        raise LookupError(f"a receipt lacks its chunk {step.chunk_no}")
    if step.receipt_id not in replay.keys:
        replay.keys = {step.receipt_id: bureau.data_key(held.wrapped_key, f"receipt/{step.receipt_id}")}
    pieces, _ = open_chunk(replay.keys[step.receipt_id], step.receipt_id, step.chunk_no, sealed=sealed)
    context = check_context(bureau.rulebook(civil_day(held.received_at)))
    dialect = Dialect(held.format, held.record_kind, held.columns)
    if step.first_record is not None:
        reader = RecordReader(
            dialect, context, next_record=step.first_record, is_begun=step.chunk_no > 0, refused=step.refused
        )
    else:
        reader = replay.readers.setdefault(step.receipt_id, RecordReader(dialect, context))
    batch = reader.read(pieces)
    if is_done:
        return
    applied = apply_batch(bureau, connection, (step.receipt_id, held), batch)
    if step.first_record is not None:
        replay.differs += len({found.record_no for found in applied.findings if found.refuses})
    mark_done(connection, step.name)


def _replay_rule(replay: _Replay, connection: Connection, step: Step) -> None:
    """The same rule over the same accounts, from the same record number on."""
    row = find_rule(connection, step.receipt_id)
    before = rule_step_before(connection, step.receipt_id, step.chunk_no)
    after = rule_step_before(connection, step.receipt_id, step.chunk_no + 1)
    if row is None:
        raise LookupError("a step of a rule is recorded, and the rule is not kept")
    made = rule_step(replay.target, connection, row, before, until=after.last_key)
    replay.differs += abs(made.touched - after.touched)
    mark_done(connection, step.name)
