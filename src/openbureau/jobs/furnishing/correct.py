"""Correct and delete what was furnished: as new versions and tombstones, never by overwriting.

A correction names the old value; where another one stands, it is a finding and nothing changes.  A deletion takes a record out
of the file and keeps it from coming back, under its own number or another.  Every person concerned is told in their own
chain, once a source.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from openbureau.core.credit_file import month_of_text
from openbureau.core.decision.entitlement import may_correct
from openbureau.core.furnishing.batch import Batch
from openbureau.core.furnishing.checks import CheckContext, check_context
from openbureau.core.furnishing.corrections import DELETION, LIFT_GROUNDS, Held, corrected, refused_by, text_of
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.values import CorrectionUpdate, DeletionUpdate, MonthUpdate, TradelineUpdate
from openbureau.core.leaf import NONE, Event, EventKind
from openbureau.core.outcome import Leave
from openbureau.core.pricing import FREE
from openbureau.jobs.context import Bureau
from openbureau.jobs.subject.chain import add_event
from openbureau.law.workdays import civil_day
from openbureau.store.correction import (
    WHOLE,
    CorrectionRow,
    Pending,
    Place,
    TombstoneRow,
    add_corrections,
    add_tombstones,
    claim_telling,
    deleted_places,
    every_party,
    has_tombstones,
    held_months,
    held_tradelines,
    mark_told,
    untold,
)
from openbureau.store.database import Connection
from openbureau.store.furnishing import apply_months, apply_tradelines, clear_stages, known_accounts
from openbureau.store.subject import OwnFacts


@dataclass(frozen=True, slots=True)
class Source:
    """Where corrections come from: a receipt or a rule, whose, and when it was received or decided."""

    source_id: str
    member_id: str
    at: datetime

    def known_at(self, number: int) -> datetime:
        """The instant from which record `number` is known."""
        return self.at + timedelta(microseconds=number)


@dataclass(slots=True)
class Blocks:
    """What may not come in because it was deleted: before, or by an earlier record of the same batch."""

    held: set[tuple[bytes, int]] = field(default_factory=set)
    here: dict[tuple[bytes, int], int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.held or self.here)

    def has(self, account: bytes, month: int, number: int) -> bool:
        """Is this account, or this month of it, deleted for record `number`?"""
        return any(
            place in self.held or self.here.get(place, number) < number
            for place in {(account, WHOLE), (account, month)}
        )


def blocks(bureau: Bureau, connection: Connection, member_id: str, batch: Batch) -> Blocks:
    """What of a batch may not come in.  One cheap question where the furnisher never deleted anything."""
    found = Blocks()
    if not (batch.tradelines or batch.months or batch.corrections):
        return found
    for number, update in batch.deletions:
        key = bureau.own_key("account", member_id, update.key)
        found.here.setdefault((key, month_of_text(update.month) if update.month else WHOLE), number)
    if has_tombstones(connection, member_id):
        names = {line.account_no for _, line in batch.tradelines} | {month.account_no for _, month in batch.months}
        names |= {update.key for _, update in batch.corrections}
        keys = [bureau.own_key("account", member_id, name) for name in names]
        found.held = deleted_places(connection, member_id, keys)
    return found


@dataclass(slots=True)
class Fixes:
    """Records as corrected so far within one batch, and what that came to."""

    source: Source
    context: CheckContext | None
    now: dict[Place, tuple[Held, datetime]]
    made: dict[Place, tuple[int, Held]] = field(default_factory=dict)
    rows: list[tuple[Place, int, CorrectionRow]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def fix(self, place: Place, number: int, update: CorrectionUpdate) -> bool:
        """Correct one field of one record; False when nothing changes."""
        if place not in self.now:
            self.findings.append(Finding(number, "nothing-to-correct", "key"))
            return False
        held, since = self.now[place]
        change = (update.field, update.old_value, update.new_value)
        found = corrected(held, change, number, notified_on=update.adverse_notified_on)
        if isinstance(found, Finding):
            self.findings.append(found)
            return False
        if found == held:
            return False
        row = CorrectionRow(
            place, self.source.known_at(number), update.field, self.source.member_id, self.source.source_id, number,
            text_of(getattr(held, update.field)), text_of(getattr(found, update.field)), since, update.reason,
        )  # fmt: skip
        self.now[place] = (found, since)
        self.made[place] = (number, found)
        self.rows.append((place, number, row))
        return True

    def forget(self, deleted: Place) -> None:
        """What is deleted is no longer corrected."""
        self.now = {one: held for one, held in self.now.items() if not _is_within(one, deleted)}
        self.made = {one: held for one, held in self.made.items() if not _is_within(one, deleted)}
        self.rows = [row for row in self.rows if not _is_within(row[0], deleted)]

    def settle(self) -> None:
        """What does not pass the checks as a whole stays as it was, with a finding for each of its corrections."""
        for place, (_, made) in list(self.made.items()):
            refused = refused_by(made, self.context) if self.context is not None else None
            if refused is not None:
                numbers = sorted({number for at, number, _ in self.rows if at == place})
                self.findings.extend(Finding(number, refused.rule, "new_value", refused.hint) for number in numbers)
                self.rows = [row for row in self.rows if row[0] != place]
                del self.made[place]

    def write(self, connection: Connection) -> None:
        """Settle, then new versions of what was corrected, and a row a field."""
        self.settle()
        clear_stages(connection)
        lines: list[tuple[Any, ...]] = []
        months: list[tuple[Any, ...]] = []
        for place, (number, held) in self.made.items():
            at = self.source.known_at(number)
            (lines if place[2] == WHOLE else months).append(_staged(place, (number, held, at)))
        if lines:
            apply_tradelines(connection, lines, member_id=self.source.member_id, receipt_id=self.source.source_id)
        if months:
            text = "".join("\t".join(_copy_text(value) for value in row) + "\n" for row in months)
            apply_months(connection, text.encode(), receipt_id=self.source.source_id, settled_month=0)
        add_corrections(connection, [row for _, _, row in self.rows])


def _staged(place: Place, made: tuple[int, Held, datetime]) -> tuple[Any, ...]:
    """A row of the stage that the loader uses."""
    number, held, at = made
    match held:
        case TradelineUpdate():
            return (
                number, place[0], place[1], at, held.as_of_on, held.role, held.account_type, held.business_type, held.opened_on,
                held.due_on, held.closed_on, held.currency, held.limit_fen, held.account_status, held.five_class,
            )  # fmt: skip
        case MonthUpdate():
            return (
                number, place[0], place[1], place[2], at, held.status, held.balance_fen, held.due_fen, held.paid_fen,
                held.overdue_fen, held.adverse_notified_on,
            )  # fmt: skip


def _copy_text(value: object) -> str:
    return r"\N" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a batch's corrections and deletions came to."""

    added: int
    changed: int
    findings: tuple[Finding, ...]


def apply_corrections(bureau: Bureau, connection: Connection, source: Source, batch: Batch) -> Corrected:
    """Apply the corrections and deletions of a batch; those of kinds that are not held this way get a finding."""
    findings: list[Finding] = []
    updates = _sound(batch, findings)
    keys = {update.key: bureau.own_key("account", source.member_id, update.key) for _, update in updates}
    accounts = known_accounts(connection, source.member_id, list(keys.values()))
    parties = every_party(connection, source.member_id, list(keys.values()))
    lines = [accounts[key] for key in keys.values() if key in accounts]
    lines += [(subject, tradeline) for others in parties.values() for subject, tradeline, _ in others]
    fixes = _held(connection, source, bureau, lines)
    work = _Work(fixes, deleted_places(connection, source.member_id, list(keys.values())), parties)
    for number, update in updates:
        key = keys[update.key]
        if key not in accounts:
            findings.append(Finding(number, "unknown-account", "key"))
            continue
        place = (*accounts[key], month_of_text(update.month) if update.month else WHOLE)
        if isinstance(update, CorrectionUpdate) and update.field != DELETION:
            work.correct(key, place, number, update=update)
        else:
            work.bury(key, place, number, update=update)
    fixes.write(connection)
    if work.tombs:
        add_tombstones(connection, work.tombs)
    changed = {number for _, number, _ in fixes.rows} | {row.record_no for row in work.tombs}
    return Corrected(0, len(changed), tuple(dict.fromkeys((*findings, *fixes.findings))))


def _sound(batch: Batch, findings: list[Finding]) -> list[tuple[int, CorrectionUpdate | DeletionUpdate]]:
    """Corrections and deletions in file order, without those that name nothing that can be corrected."""
    updates: list[tuple[int, CorrectionUpdate | DeletionUpdate]] = []
    sent: list[tuple[int, CorrectionUpdate | DeletionUpdate]] = [*batch.corrections, *batch.deletions]
    for number, update in sorted(sent, key=lambda pair: pair[0]):
        if update.target not in {"tradeline", "month"}:
            findings.append(Finding(number, "not-taken-yet", "target"))
        elif (update.target == "month") != (update.month is not None):
            findings.append(Finding(number, "key-not-of-kind", "month"))
        else:
            updates.append((number, update))
    return updates


@dataclass(slots=True)
class _Work:
    """What the corrections of a batch have come to so far."""

    fixes: Fixes
    deleted: set[tuple[bytes, int]]
    parties: dict[bytes, list[tuple[str, str, str]]]
    tombs: list[TombstoneRow] = field(default_factory=list)

    def correct(self, key: bytes, place: Place, number: int, *, update: CorrectionUpdate) -> None:
        """One field of one record, and of the same record of every other party; a party's role is its own."""
        if self.deleted & {(key, place[2]), (key, WHOLE)}:
            self.fixes.findings.append(Finding(number, "deleted-before", "key"))
            return
        if self.fixes.fix(place, number, update) and update.field != "role":
            for other in _others(self.parties.get(key, ()), place):
                if other in self.fixes.now:
                    self.fixes.fix(other, number, update)

    def bury(self, key: bytes, place: Place, number: int, *, update: CorrectionUpdate | DeletionUpdate) -> None:
        """Delete a record for every party of it, or lift its deletion."""
        is_lift = isinstance(update, CorrectionUpdate)
        is_deleted = (key, place[2]) in self.deleted
        outcome = _bury(update, number, is_deleted=is_deleted, is_held=place in self.fixes.now)
        if isinstance(outcome, Finding):
            self.fixes.findings.append(outcome)
        if outcome is not True:
            return
        (self.deleted.discard if is_lift else self.deleted.add)((key, place[2]))
        source = self.fixes.source
        for one in (place, *_others(self.parties.get(key, ()), place)):
            self.tombs.append(
                TombstoneRow(
                    one,
                    source.known_at(number),
                    is_lift,
                    source.member_id,
                    key,
                    source.source_id,
                    number,
                    update.reason,
                )
            )
            if not is_lift:
                self.fixes.forget(one)


def _others(parties: Iterable[tuple[str, str, str]], place: Place) -> list[Place]:
    """The same record of the other parties of a joint account."""
    return [(subject, tradeline, place[2]) for subject, tradeline, _ in parties if subject != place[0]]


def _held(connection: Connection, source: Source, bureau: Bureau, accounts: list[tuple[str, str]]) -> Fixes:
    context = None if bureau.recall is not None else check_context(bureau.rulebook(civil_day(source.at)))
    return Fixes(source, context, {**held_tradelines(connection, accounts), **held_months(connection, accounts)})


def _is_within(one: Place, deleted: Place) -> bool:
    return one[:2] == deleted[:2] and deleted[2] in {WHOLE, one[2]}


def _bury(update: CorrectionUpdate | DeletionUpdate, number: int, *, is_deleted: bool, is_held: bool) -> Finding | bool:
    """Does a deletion, or the lifting of one, change anything?"""
    if isinstance(update, DeletionUpdate):
        if is_deleted:
            return False
        return True if is_held else Finding(number, "nothing-to-correct", "key")
    if not is_deleted:
        return False
    if update.new_value is not None or update.reason not in LIFT_GROUNDS:
        return Finding(number, "lift-without-ground", "reason", ", ".join(sorted(LIFT_GROUNDS)))
    return True


def tell_corrections(bureau: Bureau, *, tell: Callable[[int, int], None] = lambda *_: None) -> int:
    """Write an event into the chain of every person of whom something was corrected; how many.  Begun again, it goes on."""
    with bureau.store.connection("loader") as connection:
        waiting = untold(connection)
    with bureau.store.connection("api") as connection:
        for number, pending in enumerate(waiting, 1):
            event = _event(bureau, pending)
            with connection.transaction():
                if claim_telling(connection, pending):
                    leaf, _ = add_event(bureau, connection, pending.subject_id, event=partial(_same, event))
                    mark_told(connection, pending, leaf.leaf_hash, bureau.clock())
            tell(number, len(waiting))
    return len(waiting)


def _same(event: Event, _: OwnFacts) -> Event:
    return event


def _event(bureau: Bureau, pending: Pending) -> Event:
    """Told even where the contract has ended since: then no policy of today permits it, and the event names none."""
    rulebook, member = bureau.rulebook(civil_day(bureau.clock())), bureau.members.get(pending.member_id)
    found = may_correct(bureau.policies, rulebook, member, is_own=True) if member else None
    return Event(
        kind=EventKind.CORRECTION,
        at=bureau.clock(),
        actor=pending.member_id,
        product="deletion" if pending.deletions else "correction",
        regime=bureau.settings.regime,
        basis="contract",
        basis_ref=pending.source_id,
        policy=found.policy if isinstance(found, Leave) else NONE,
        inputs=str(pending.count),
        price=FREE,
    )
