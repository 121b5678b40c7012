"""What is kept of the accounts of staff and of members' desks?  Roles, hashes, sealed secrets, what they did.

Promises: a code and an enrolment are used up by one statement, so that of many at once one succeeds; an attempt
counts as failed until it has succeeded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openbureau.core.staff import WAIT_SECONDS
from openbureau.store.database import Connection
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class StaffAttempt:
    """What an attempt to sign in is held against."""

    roles: frozenset[str]
    wrapped_key: bytes
    epoch: int
    enrol_hash: bytes | None
    password_hash: str | None
    totp_sealed: bytes | None


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """An account as a list shows it."""

    handle: str
    roles: tuple[str, ...]
    is_closed: bool
    enrol_until: datetime | None


@dataclass(frozen=True, slots=True)
class StaffEvent:
    """Something done by or to an account; `handle` is empty where no account is called so."""

    at: datetime
    handle: str
    kind: str
    detail: str


def begin_attempt(connection: Connection, handle: str, at: datetime) -> StaffAttempt | None:
    """Begin an attempt; None where no account is called so, or it is closed or waits."""
    row = connection.execute(sql("staff_attempt"), [handle, at, list(WAIT_SECONDS)]).fetchone()
    return StaffAttempt(frozenset(row[0]), *row[1:]) if row else None


def enter(connection: Connection, handle: str, *, epoch: int, step: int) -> bool:
    """Use up the code of a time step; False where it, or a later one, was used."""
    return _is_done(connection, "staff_entered", handle, epoch, step)


def enrol(
    connection: Connection, handle: str, *, code: bytes, at: datetime, password: str, totp: bytes, step: int
) -> int | None:
    """Set password and second factor with the one-time code; the epoch that begins, None where the code is used or over."""
    row = connection.execute(sql("staff_enrol"), [handle, code, at, password, totp, step]).fetchone()
    return row[0] if row else None


def stands(connection: Connection, handle: str, *, epoch: int, roles: Sequence[str]) -> bool:
    """Does a session of this account still hold?"""
    return _is_done(connection, "staff_stands", handle, epoch, list(roles))


def _is_done(connection: Connection, name: str, *words: object) -> bool:
    row = connection.execute(sql(name), words).fetchone()
    return bool(row and row[0])


def add_event(connection: Connection, event_id: str, event: StaffEvent) -> None:
    """Keep what was done."""
    connection.execute(sql("add_staff_event"), [event_id, event.at, event.handle, event.kind, event.detail])


def events(connection: Connection, handle: str | None, most: int) -> list[StaffEvent]:
    """What was done by and to one account, or all, newest first."""
    return [StaffEvent(*row) for row in connection.execute(sql("staff_events"), {"handle": handle, "most": most})]


def accounts(connection: Connection) -> list[StaffAccount]:
    """Every account."""
    return [StaffAccount(row[0], tuple(row[1]), *row[2:]) for row in connection.execute(sql("staff_accounts"))]


def roles_of(connection: Connection, handle: str) -> frozenset[str] | None:
    """The roles of an open account, held still for a change; None where there is none."""
    row = connection.execute(sql("staff_account_held"), [handle]).fetchone()
    return frozenset(row[0]) if row and not row[1] else None


def add_account(
    connection: Connection, handle: str, *, roles: Sequence[str], wrapped_key: bytes, code: bytes, until: datetime
) -> bool:
    """A new account with the hash of its one-time code; False where the handle is taken, by an open or a closed one."""
    words = [handle, list(roles), wrapped_key, code, until]
    return connection.execute(sql("add_staff_account"), words).rowcount == 1


def renew_code(connection: Connection, handle: str, *, code: bytes, until: datetime) -> None:
    """A new one-time code."""
    connection.execute(sql("renew_staff_code"), [code, until, handle])


def set_roles(connection: Connection, handle: str, roles: Sequence[str]) -> None:
    """Other roles."""
    connection.execute(sql("set_staff_roles"), [list(roles), handle])


def close_account(connection: Connection, handle: str) -> None:
    """Close an account for good."""
    connection.execute(sql("close_staff_account"), [handle])


def sandbox_staff(connection: Connection, handle: str) -> tuple[str, bytes] | None:
    """Role and hash of the code behind a handle of staff."""
    row = connection.execute(sql("sandbox_staff"), [handle]).fetchone()
    return (str(row[0]), row[1]) if row else None


def sandbox_desk(connection: Connection, handle: str) -> tuple[str, bytes] | None:
    """Member and hash of the code behind a handle of a desk."""
    row = connection.execute(sql("sandbox_desk"), [handle]).fetchone()
    return (str(row[0]), row[1]) if row else None


def add_sandbox_staff(connection: Connection, handle: str, role: str, secret_hash: bytes) -> None:
    """Give staff a way to sign in."""
    connection.execute(sql("add_sandbox_staff"), [handle, role, secret_hash])


def add_sandbox_desk(connection: Connection, handle: str, member_id: str, secret_hash: bytes) -> None:
    """Give a member's desk a way to sign in."""
    connection.execute(sql("add_sandbox_desk"), [handle, member_id, secret_hash])


def mark_made_up_deceased(connection: Connection, subject_id: str, day: date) -> None:
    """Let a made-up person be dead from a day; nobody else can be marked this way."""
    connection.execute(sql("mark_made_up_deceased"), [subject_id, day])
