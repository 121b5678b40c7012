"""What is kept of watched files: who is told, from where change is measured, what was told, and which files were touched.

Promises: a state is told once, whoever tries again; a touched file is claimed by one at a time and is not forgotten when its
claimer is killed; a member sees its own monitors and alerts only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openbureau.store.database import Connection
from openbureau.store.query import sql


class ToldBefore(RuntimeError):
    """This state was told, or this monitor has ended: whatever else is in the transaction must not stand."""


@dataclass(frozen=True, slots=True)
class MonitorRecord:
    """A lender that is told of changes in a person's file."""

    subject_id: str
    monitor_id: str
    member_id: str
    purpose: str
    triggers: tuple[str, ...]
    reference: str
    actor_user: str
    id_kind: str
    id_blind: bytes
    name_blind: bytes


@dataclass(frozen=True, slots=True)
class ActiveMonitor:
    """A monitor that has not ended, with the sealed marks from which change is measured."""

    held: MonitorRecord
    wrapped_key: bytes
    marks_sealed: bytes


@dataclass(frozen=True, slots=True)
class MonitorRow:
    """A monitor as its lender sees it."""

    monitor_id: str
    purpose: str
    triggers: tuple[str, ...]
    reference: str
    actor_user: str
    started_at: datetime
    ended_at: datetime | None
    reason: str | None
    alerts: int


@dataclass(frozen=True, slots=True)
class OwnMonitor:
    """A monitor as the watched person sees it."""

    monitor_id: str
    member_id: str
    purpose: str
    triggers: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None
    reason: str | None
    alerts: int
    consent_id: str | None


def add_monitor(connection: Connection, made: MonitorRecord, *, leaf: bytes, at: datetime) -> None:
    """From now on a lender is told of changes."""
    words = [
        made.subject_id, made.monitor_id, made.member_id, made.purpose, list(made.triggers), made.reference, made.actor_user,
        made.id_kind, made.id_blind, made.name_blind, at, leaf,
    ]  # fmt: skip
    connection.execute(sql("add_monitor"), words)


def save_marks(
    connection: Connection, held: MonitorRecord, consent_id: str | None, *, key: bytes, sealed: bytes, at: datetime
) -> None:
    """From where change is measured now, and on which consent the watching rests."""
    words = [held.subject_id, held.monitor_id, held.member_id, consent_id, at, key, sealed]
    connection.execute(sql("save_marks"), words)


def end_monitor(
    connection: Connection,
    subject_id: str,
    monitor_id: str,
    *,
    member_id: str,
    reason: str,
    leaf: bytes | None,
    at: datetime,
) -> None:
    """A lender is told no more; `ToldBefore` where it had ended."""
    words = [subject_id, monitor_id, member_id, at, reason, leaf]
    if connection.execute(sql("add_monitor_end"), words).rowcount != 1:
        raise ToldBefore("the monitor has ended")


def add_alert(
    connection: Connection, held: MonitorRecord, alert_id: str, *, trigger: str, state_key: bytes, at: datetime
) -> None:
    """Something that a lender is told; `ToldBefore` where this state was told."""
    words = [held.subject_id, alert_id, held.monitor_id, held.member_id, trigger, state_key, at]
    if connection.execute(sql("add_alert"), words).rowcount != 1:
        raise ToldBefore("this state was told")


def told_alerts(connection: Connection, held: MonitorRecord, keys: Sequence[bytes]) -> set[tuple[str, bytes]]:
    """Which states (trigger and key) were told before.  Call within `as_member`."""
    rows = connection.execute(sql("told_alerts"), [held.subject_id, held.monitor_id, list(keys)])
    return {(row[0], bytes(row[1])) for row in rows}


def monitors_of(
    connection: Connection, member_id: str, *, one: str | None, before: str | None, most: int
) -> list[MonitorRow]:
    """The monitors of a member, newest first."""
    rows = connection.execute(sql("monitors_of"), {"member": member_id, "one": one, "before": before, "most": most})
    return [MonitorRow(str(row[0]), row[1], tuple(row[2]), *row[3:]) for row in rows]


def alert_place(connection: Connection, member_id: str, alert_id: str) -> str | None:
    """Under whom an alert of this member is recorded."""
    row = connection.execute(sql("alert_place"), [alert_id, member_id]).fetchone()
    return str(row[0]) if row else None


def find_monitor(connection: Connection, member_id: str, monitor_id: str) -> MonitorRecord | None:
    """A monitor of this member as it was begun."""
    row = connection.execute(sql("find_monitor"), [monitor_id, member_id]).fetchone()
    return _record(row) if row else None


def _record(row: Sequence[Any]) -> MonitorRecord:
    return MonitorRecord(str(row[0]), str(row[1]), row[2], row[3], tuple(row[4]), *row[5:10])


def own_monitors(connection: Connection, subject_id: str) -> list[OwnMonitor]:
    """Who watches a person, and those linked to them."""
    rows: list[list[Any]] = [list(row) for row in connection.execute(sql("own_monitors"), [subject_id])]
    for row in rows:
        row[0], row[3], row[8] = str(row[0]), tuple(row[3]), str(row[8]) if row[8] else None
    return [OwnMonitor(*row) for row in rows]


def sweep(connection: Connection, *, today: date) -> int:
    """Touch watched files that may have changed without a furnished record; how many."""
    row = connection.execute(sql("sweep_monitors"), [today]).fetchone()
    return int(row[0]) if row else 0


def claim_touched(connection: Connection) -> str | None:
    """A watched file that was touched; its notes are gone when the transaction ends well, and there again when it does not."""
    row = connection.execute(sql("claim_touched")).fetchone()
    return str(row[0]) if row else None


def postpone_touched(connection: Connection, subject_id: str) -> None:
    """Look at a watched file again in a while."""
    connection.execute(sql("postpone_touched"), [subject_id])


def active_monitors(connection: Connection, subject_id: str) -> list[ActiveMonitor]:
    """Who watches a file and is still told."""
    rows: list[tuple[Any, ...]] = connection.execute(sql("active_monitors"), [subject_id]).fetchall()
    return [ActiveMonitor(_record(row), row[10], row[11]) for row in rows]
