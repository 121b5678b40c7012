"""Sign in somebody who works: staff of the bureau by role, or the desk of a member.

Sandbox only, by handle and code; a live installation plugs an identity provider in here.  A member's desk may also use
the member's own token as its code.
"""

import hmac
from dataclasses import dataclass

from openbureau.config import SANDBOX
from openbureau.core.staff import StaffRole
from openbureau.jobs.context import Bureau
from openbureau.jobs.member.recognise import recognise_token
from openbureau.jobs.subject.sign_in import code_hash
from openbureau.store.staff import sandbox_desk, sandbox_staff


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody on the bureau's side of the counter."""

    handle: str
    role: StaffRole


def sign_in_staff(bureau: Bureau, handle: str, code: str) -> Staff | None:
    """Who of the staff this is; None when handle and code do not fit (or outside the sandbox)."""
    if bureau.settings.mode != SANDBOX:
        return None
    handle = handle.strip().lower()
    with bureau.store.connection("api") as connection:
        found = sandbox_staff(connection, handle)
    is_right = _fits(found[1] if found else None, handle, code)
    return Staff(handle, StaffRole(found[0])) if found and is_right else None


def sign_in_desk(bureau: Bureau, handle: str, code: str) -> str | None:
    """The member whose desk this is; None when handle and code do not fit (or outside the sandbox)."""
    if bureau.settings.mode != SANDBOX:
        return None
    handle, code = handle.strip().lower(), code.strip()
    with bureau.store.connection("api") as connection:
        found = sandbox_desk(connection, handle)
    if _fits(found[1] if found else None, handle, code) and found and found[0] in bureau.members:
        return found[0]
    member = recognise_token(bureau, code)
    return member.member_id if member is not None and member.member_id == handle else None


def _fits(expected: bytes | None, handle: str, code: str) -> bool:
    """Compared in the same time whether or not the handle exists."""
    return hmac.compare_digest(expected or bytes(32), code_hash(handle, code.strip()))
