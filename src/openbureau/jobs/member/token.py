"""Give a member's machine an access token.

The member shows itself by an assertion signed with one of its keys (RFC 7523), and the token is bound to a key or to the
certificate of the connection (RFC 9449, RFC 8705): whoever steals it cannot use it.  Promises: an assertion and a proof
are good for one token; a token ends with the key that got it; it is kept as a hash only.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from openbureau.core.member import Member, Scope
from openbureau.core.sign_in.tokens import (
    AHEAD,
    Assertion,
    Proof,
    TokenRefused,
    check_assertion,
    read_assertion,
    read_proof,
)
from openbureau.jobs.context import Bureau
from openbureau.jobs.member.recognise import MARGIN
from openbureau.law.rules import TypedRules
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.sign_in.tokens import SeenOnce, TokenRow, issue_token, member_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenWish:
    """What a machine asks: its assertion, what the token is for, and what it is to be bound to."""

    assertion: str
    scope: str
    client_id: str | None
    proof: str | None
    certificate: bytes | None
    issuer: str
    url: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that is good from now."""

    token: str
    is_proved: bool
    seconds: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotIssued:
    """No token, with the code of RFC 6749 §5.2 or RFC 9449 §5 and a reason without a value."""

    code: str
    why: str


def give_token(bureau: Bureau, wish: TokenWish) -> Issued | NotIssued:
    """A token for the member that the wish is shown to come from; else why not."""
    now = bureau.clock()
    typed = bureau.rulebook(civil_day(now)).typed
    try:
        claimed = read_assertion(
            wish.assertion, issuer=wish.issuer, now=now.timestamp(), longest=typed.assertion_seconds.number
        )
    except TokenRefused as trouble:
        return NotIssued("invalid_client", str(trouble))
    if wish.client_id not in {None, claimed.member_id}:
        return NotIssued("invalid_client", "client_id is another member than the assertion's")
    proof = _proof(wish, now, typed)
    if isinstance(proof, NotIssued):
        return proof
    if proof is None and wish.certificate is None:
        return NotIssued("invalid_request", "a token is always bound: send a DPoP proof")
    with bureau.store.connection("api") as connection:
        member = _member(bureau, connection, claimed, now=now)
        if isinstance(member, NotIssued):
            return member
        return _issued(connection, bureau, wish, found=(member, claimed, proof), now=now)


def _proof(wish: TokenWish, now: datetime, typed: TypedRules) -> Proof | NotIssued | None:
    if wish.proof is None:
        return None
    most_age = typed.request_age_seconds.number
    try:
        return read_proof(wish.proof, method="POST", url=wish.url, now=now.timestamp(), most_age=most_age)
    except TokenRefused as trouble:
        return NotIssued("invalid_dpop_proof", str(trouble))


def _member(bureau: Bureau, connection: Connection, claimed: Assertion, *, now: datetime) -> Member | NotIssued:
    """The member whose valid key signed the assertion, while its contract lasts."""
    member = bureau.members.get(claimed.member_id)
    if member is None:
        return NotIssued("invalid_client", "no member has this id, or none of its valid keys this kid")
    ring = bureau.keyring(member.member_id, member_keys(connection, member.member_id))
    key = ring.valid(claimed.kid, now)
    if key is None:
        return NotIssued("invalid_client", "no member has this id, or none of its valid keys this kid")
    try:
        check_assertion(claimed, key.public_key)
    except TokenRefused as trouble:
        return NotIssued("invalid_client", str(trouble))
    today = civil_day(now)
    if not member.is_active or not member.contract_from <= today <= member.contract_until:
        return NotIssued("unauthorized_client", "the member is not under contract today")
    return member


def _issued(
    connection: Connection, bureau: Bureau, wish: TokenWish, *, found: tuple[Member, Assertion, Proof | None], now: datetime
) -> Issued | NotIssued:  # fmt: skip
    member, claimed, proof = found
    typed = bureau.rulebook(civil_day(now)).typed
    scopes = _scopes(member, wish.scope)
    if not scopes:
        return NotIssued("invalid_scope", "the scope is unknown, or not for the roles of this member")
    seconds, age = typed.token_seconds.number, typed.request_age_seconds.number
    token = base64.urlsafe_b64encode(bureau.random(32)).decode().rstrip("=")
    ids = [("assertion", claimed.jti)] + ([("proof", proof.jti)] if proof else [])
    last = max(datetime.fromtimestamp(claimed.expires, now.tzinfo), now + timedelta(seconds=age))
    once = SeenOnce(
        issuer=member.member_id,
        ids=tuple((kind, hashlib.sha256(value.encode()).digest()) for kind, value in ids),
        keep_until=last + timedelta(seconds=AHEAD) + MARGIN,
    )
    row = TokenRow(
        token_hash=hashlib.sha256(token.encode()).digest(), member_id=member.member_id, kid=claimed.kid, scopes=scopes,
        jkt=proof.thumbprint if proof else None, x5t=None if proof else wish.certificate,
        valid_from=now, valid_until=now + timedelta(seconds=seconds),
    )  # fmt: skip
    if not issue_token(connection, row, once):
        return NotIssued("invalid_client", "the assertion or the proof was used before")
    return Issued(token, proof is not None, seconds, scopes)


def _scopes(member: Member, wished: str) -> tuple[str, ...]:
    """What the token is for: what was asked, or all that the member may have; empty where one word is not for it."""
    words = wished.split(" ") if wished else [scope.value for scope in member.scopes]
    return tuple(sorted(set(words))) if set(words) <= {Scope(scope).value for scope in member.scopes} else ()
