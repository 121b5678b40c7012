"""Sign a person in.  In the sandbox by handle and code; a live installation plugs an identity provider in here."""

import hashlib
import hmac

from openbureau.config import SANDBOX
from openbureau.jobs.context import Bureau
from openbureau.store.subject import sandbox_subject


def code_hash(handle: str, code: str) -> bytes:
    """How a sandbox code is kept."""
    return hashlib.scrypt(code.encode(), salt=handle.encode(), n=1024, r=8, p=1, dklen=32)


def sign_in(bureau: Bureau, handle: str, code: str) -> str | None:
    """The subject behind a sandbox handle and code, None when they do not fit (or outside the sandbox)."""
    if bureau.settings.mode != SANDBOX:
        return None
    with bureau.store.connection("api") as connection:
        found = sandbox_subject(connection, handle.strip().upper())
    expected = found[1] if found else bytes(32)
    is_right = hmac.compare_digest(expected, code_hash(handle.strip().upper(), code.strip()))
    return found[0] if found and is_right else None
