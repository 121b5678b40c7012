"""What is kept of sandbox accounts of staff and of members' desks?  Handles, roles and hashes of codes."""

from datetime import date

from openbureau.store.database import Connection
from openbureau.store.query import sql


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
