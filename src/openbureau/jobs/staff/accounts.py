"""The operator keeps accounts of staff: adds, gives and takes roles, renews a lost second factor, closes.

From the terminal only; nobody's browser does this.  Promises: what would join operating and auditing in one account is a
refusal with its reason (decision 0028); a one-time code is told once and kept as a hash; every change is an event of the
account, and ends its sessions.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from openbureau.core.staff import RoleRefused, StaffRole, join_roles
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.store import staff as store
from openbureau.store.database import Connection
from openbureau.store.staff import StaffAccount, StaffEvent

CODE_HOURS = 24
MOST_EVENTS = 200
_CODE_BYTES = 15
_HANDLE = re.compile(r"[a-z][a-z0-9.-]{1,30}\Z")


class AccountRefused(ValueError):
    """The account cannot be made or changed so; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class NewCode:
    """A one-time code with which somebody sets password and second factor, and until when."""

    handle: str
    code: str
    until: datetime


def code_digest(code: str) -> bytes:
    """How a one-time code is kept: it is long and random, so that a plain hash is enough."""
    return hashlib.sha256(code.strip().replace("-", "").upper().encode()).digest()


def add_account(bureau: Bureau, handle: str, roles: frozenset[StaffRole]) -> NewCode | RoleRefused:
    """A new account, without any name of a person in it, and its first one-time code."""
    joined = join_roles(roles)
    if isinstance(joined, RoleRefused):
        return joined
    if not _HANDLE.match(handle):
        raise AccountRefused(
            f"{handle!r} cannot be an account: 2 to 31 characters a-z, 0-9, dot and hyphen, a letter first; "
            "use the duty and a number (reviewer-3), not a name"
        )
    made = _new_code(bureau, handle)
    _, wrapped = bureau.new_data_key(f"staff/{handle}")
    with bureau.store.connection("keeper") as connection, connection.transaction():
        is_new = store.add_account(
            connection, handle, roles=sorted(joined), wrapped_key=wrapped, code=code_digest(made.code), until=made.until
        )
        if not is_new:
            raise AccountRefused(f"there is an account {handle} already, open or closed; take another")
        note(bureau, connection, handle, "added", detail="-".join(sorted(joined)))
    return made


def renew_code(bureau: Bureau, handle: str) -> NewCode:
    """A new one-time code for somebody who lost password or second factor; the old ones hold until it is used."""
    made = _new_code(bureau, handle)

    def change(connection: Connection, _: frozenset[StaffRole]) -> None:
        store.renew_code(connection, handle, code=code_digest(made.code), until=made.until)
        note(bureau, connection, handle, "recovered")

    _change(bureau, handle, change)
    return made


def give_role(bureau: Bureau, handle: str, role: StaffRole) -> frozenset[StaffRole] | RoleRefused:
    """One more role for an account; its roles, or why it cannot have it."""
    return _with_roles(bureau, handle, lambda held: held | {role}, ("granted", role))


def take_role(bureau: Bureau, handle: str, role: StaffRole) -> frozenset[StaffRole] | RoleRefused:
    """One role less."""

    def less(held: frozenset[StaffRole]) -> frozenset[StaffRole]:
        if held <= {role}:
            raise AccountRefused(f"{role.value} is the only role of {handle}: close the account instead")
        return held - {role}

    return _with_roles(bureau, handle, less, ("revoked", role))


def close_account(bureau: Bureau, handle: str) -> None:
    """Close an account for good: its events stay, its handle is not given again."""

    def change(connection: Connection, _: frozenset[StaffRole]) -> None:
        store.close_account(connection, handle)
        note(bureau, connection, handle, "closed")

    _change(bureau, handle, change)


def list_accounts(bureau: Bureau) -> list[StaffAccount]:
    """Every account."""
    with bureau.store.connection("keeper") as connection:
        return store.accounts(connection)


def list_events(bureau: Bureau, handle: str | None = None, *, most: int = MOST_EVENTS) -> list[StaffEvent]:
    """What was done by and to one account, or all, newest first."""
    with bureau.store.connection("auditor") as connection:
        return store.events(connection, handle, most)


def note(bureau: Bureau, connection: Connection, handle: str, kind: str, *, detail: str = "") -> None:
    """Keep what was done by or to an account."""
    at = bureau.clock()
    store.add_event(connection, new_id(at, bureau.random), StaffEvent(at, handle, kind, detail))


def _with_roles(
    bureau: Bureau,
    handle: str,
    make: Callable[[frozenset[StaffRole]], frozenset[StaffRole]],
    told: tuple[str, StaffRole],
) -> frozenset[StaffRole] | RoleRefused:
    outcome: frozenset[StaffRole] | RoleRefused = frozenset()

    def change(connection: Connection, held: frozenset[StaffRole]) -> None:
        nonlocal outcome
        outcome = join_roles(make(held))
        if not isinstance(outcome, RoleRefused) and outcome != held:
            store.set_roles(connection, handle, sorted(outcome))
            note(bureau, connection, handle, told[0], detail=told[1].value)

    _change(bureau, handle, change)
    return outcome


def _change(bureau: Bureau, handle: str, change: Callable[[Connection, frozenset[StaffRole]], None]) -> None:
    with bureau.store.connection("keeper") as connection, connection.transaction():
        held = store.roles_of(connection, handle)
        if held is None:
            raise AccountRefused(f"there is no open account {handle}; openbureau staff list shows all")
        change(connection, frozenset(map(StaffRole, held)))


def _new_code(bureau: Bureau, handle: str) -> NewCode:
    text = base64.b32encode(bureau.random(_CODE_BYTES)).decode()
    groups = "-".join(text[at : at + 4] for at in range(0, len(text), 4))
    return NewCode(handle, groups, bureau.clock() + timedelta(hours=CODE_HOURS))
