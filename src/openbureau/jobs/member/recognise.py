"""Which member stands behind a bearer token?

For duties other than the inquiry, which admits its caller in its own first call.  Reads no personal data.
"""

import hashlib

from openbureau.core.member import Member
from openbureau.jobs.context import Bureau
from openbureau.store.inquiry import admit

_NO_KEY = ""
"""No inquiry can carry an empty idempotency key, so nothing is found under it."""


def recognise(bureau: Bureau, token: str) -> Member | None:
    """The member whose token this is and whom the act names; None where there is none."""
    token_hash = hashlib.sha256(token.encode()).digest()
    with bureau.store.connection("api") as connection:
        admitted = admit(connection, token_hash, key=_NO_KEY, request_hash=token_hash, now=bureau.clock())
    return bureau.members.get(admitted.member_id) if admitted else None
