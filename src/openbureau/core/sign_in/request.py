"""Is this request of the member whose token it carries?

Two steps around the one call that finds the token: `prepare` reads what the request shows by itself (proof, form and age
of its signature), `settle` compares it with what is known of the token and of the member's keys.  Promises: a token that
is bound is good with its key and a signature only; what is shown is checked even where it was not asked for.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openbureau.core.sign_in.covered import request_components
from openbureau.core.sign_in.keys import Keyring, loaded_key
from openbureau.core.sign_in.message import (
    REQUEST_TAG,
    Covered,
    Message,
    SignatureRefused,
    Wanted,
    check_signature,
    check_wanted,
    read_signature,
)
from openbureau.core.sign_in.tokens import TokenRefused, read_proof


class SignInCode(StrEnum):
    """Why a request is nobody's."""

    NOBODY = "not-signed-in"
    PROOF = "proof-refused"
    SIGNATURE = "signature-refused"
    REPLAY = "request-replayed"
    SCOPE = "scope-missing"


class SignInRefused(Exception):
    """A request is not shown to be a member's.  `why` says what does not hold, in words without a value."""

    def __init__(self, code: SignInCode, why: str = "") -> None:
        super().__init__(code.value)
        self.code, self.why = code, why


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of its sender beside the token.

    `certificate` is the SHA-256 of the client certificate that a configured proxy vouches for.  That the body is the one
    whose digest stands in `message` is for whoever reads the body.
    """

    message: Message
    scope: str
    certificate: bytes | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What holds of a request by itself: the proof's key, the signature's claim, and what may be seen once."""

    thumbprint: bytes | None
    covered: Covered | None
    once: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of the token: bound or of the sandbox, got with which key, for what."""

    is_bound: bool
    kid: str | None
    scopes: tuple[str, ...] | None


def prepare(token: str, shown: Shown, *, now: datetime, most_age: float) -> Prepared:
    """What the request shows by itself; `SignInRefused` where that does not hold."""
    headers, instant = shown.message.headers, now.timestamp()
    is_proved = "dpop" in headers
    if is_proved != headers.get("authorization", "").lower().startswith("dpop "):
        raise SignInRefused(SignInCode.PROOF, "a DPoP token comes with one proof, another token with none")
    once, thumbprint, covered = [], None, None
    if is_proved:
        try:
            proof = read_proof(
                headers["dpop"], method=shown.message.method, url=shown.message.target_uri, now=instant,
                most_age=most_age, access_token=token,
            )  # fmt: skip
        except TokenRefused as trouble:
            raise SignInRefused(SignInCode.PROOF, str(trouble)) from None
        thumbprint = proof.thumbprint
        once.append(("proof", proof.jti))
    if "signature" in headers or "signature-input" in headers:
        wanted = Wanted(REQUEST_TAG, frozenset(request_components(headers)), instant, most_age)
        try:
            covered = read_signature(headers)
            check_wanted(covered, wanted)
        except SignatureRefused as trouble:
            raise SignInRefused(SignInCode.SIGNATURE, str(trouble)) from None
        once.append(("nonce", covered.nonce))
    return Prepared(thumbprint, covered, tuple(once))


def settle(
    prepared: Prepared, shown: Shown, held: Held, *, ring: Keyring, now: datetime, must_sign: bool
) -> None:  # fmt: skip
    """Does all of it belong to the member who holds the token?  `SignInRefused` where it does not.

    `must_sign` is off only where the sandbox takes its own tokens without a signature.
    """
    if not held.is_bound and must_sign:
        raise SignInRefused(SignInCode.NOBODY, "the token is bound to no key")
    if held.is_bound and (held.kid is None or ring.valid(held.kid, now) is None):
        raise SignInRefused(SignInCode.NOBODY, "the key that got this token is not valid any more")
    if held.scopes is not None and shown.scope not in held.scopes:
        raise SignInRefused(SignInCode.SCOPE, "the token is not good for this address")
    if prepared.covered is None:
        if held.is_bound or must_sign:
            raise SignInRefused(SignInCode.SIGNATURE, "the request is not signed")
        return
    key = ring.valid(prepared.covered.keyid, now)
    if key is None:
        raise SignInRefused(SignInCode.SIGNATURE, "keyid is no valid key of the member who holds the token")
    try:
        check_signature(shown.message, prepared.covered, loaded_key(key.public_key))
    except SignatureRefused as trouble:
        raise SignInRefused(SignInCode.SIGNATURE, str(trouble)) from None
