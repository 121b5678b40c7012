"""Which member sends this request?

The one duty by which a request becomes a member's: what it shows by itself, then token, binding and ids seen once in one
call to the store, then the signature under the member's keys as the chain from the act leaves them.  Reads no personal data.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from openbureau.config import SANDBOX
from openbureau.core.member import Member
from openbureau.core.sign_in.request import (
    Held,
    Prepared,
    Shown,
    SignInCode,
    SignInRefused,
    prepare,
    settle,
)
from openbureau.core.sign_in.tokens import AHEAD
from openbureau.jobs.context import Bureau
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.inquiry import Admitted, Caller, admit

MARGIN = timedelta(seconds=60)
"""Ids seen once are kept this much longer than anybody would accept them."""
_NO_KEY = ""
"""No inquiry can carry an empty idempotency key, so nothing is found under it."""


@dataclass(frozen=True, slots=True)
class Presented:
    """A token with what was shown beside it; with nothing beside it, only the sandbox takes one."""

    token: str
    shown: Shown | None = None

    @property
    def token_hash(self) -> bytes:
        """SHA-256 of the token: the only form in which tokens are stored or compared."""
        return hashlib.sha256(self.token.encode()).digest()


def recognise(bureau: Bureau, presented: Presented) -> Member:
    """The member who sends a request outside inquiries; `SignInRefused` where that is nobody."""
    with bureau.store.connection("api") as connection:
        found = admitted_member(bureau, connection, presented, key=_NO_KEY, request_hash=presented.token_hash)
    return bureau.members[found.member_id]


def recognise_token(bureau: Bureau, token: str) -> Member | None:
    """The member whose sandbox token this is, None where it is nobody's: for a desk that signs in with it."""
    try:
        return recognise(bureau, Presented(token))
    except SignInRefused:
        return None


def admitted_member(
    bureau: Bureau, connection: Connection, presented: Presented, *, key: str, request_hash: bytes
) -> Admitted:  # fmt: skip
    """The member's admission, with what its idempotency key leads to; `SignInRefused` where the request is nobody's."""
    now = bureau.clock()
    most_age = bureau.rulebook(civil_day(now)).typed.request_age_seconds.number
    shown = presented.shown
    prepared = prepare(presented.token, shown, now=now, most_age=most_age) if shown else Prepared(None, None, ())
    caller = Caller(
        presented.token_hash,
        prepared.thumbprint,
        shown.certificate if shown else None,
        tuple((kind, hashlib.sha256(value.encode()).digest()) for kind, value in prepared.once),
        now + timedelta(seconds=most_age + AHEAD) + MARGIN,
    )
    admitted = admit(connection, caller, key=key, request_hash=request_hash, now=now)
    if admitted is None or admitted.member_id not in bureau.members:
        raise SignInRefused(SignInCode.NOBODY)
    if not admitted.is_fresh:
        raise SignInRefused(SignInCode.REPLAY, "this proof or signature was sent before; sign each request anew")
    _settle(bureau, admitted, prepared, shown, now=now)
    return admitted


def _settle(bureau: Bureau, admitted: Admitted, prepared: Prepared, shown: Shown | None, *, now: datetime) -> None:
    """The last step: token, keys and signature against each other."""
    settings = bureau.settings
    must_sign = settings.mode != SANDBOX or not settings.sandbox_tokens
    if shown is None:
        if must_sign or admitted.is_bound:
            raise SignInRefused(SignInCode.NOBODY)
        return
    ring = bureau.keyring(admitted.member_id, admitted.statements)
    held = Held(admitted.is_bound, admitted.kid, admitted.scopes)
    settle(prepared, shown, held, ring=ring, now=now, must_sign=must_sign)
