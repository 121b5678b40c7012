"""Is this signed token what it has to be: a member's assertion, or a proof that its sender holds a key?

`private_key_jwt` (RFC 7523, with the rules of FAPI 2.0) and DPoP (RFC 9449).  Promises: a token is read only under the
algorithms named here, so neither `none` nor a public key taken for a secret gets through; every claim has one form.
That a `jti` was not used before is for the caller, who keeps it.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_ALGORITHMS = ("Ed25519", "EdDSA")
PROOF_ALGORITHMS = ("Ed25519", "EdDSA", "ES256")
LONGEST_TOKEN = 4096
AHEAD = 10
"""Seconds that another's clock may be ahead of ours (FAPI 2.0 Security Profile: 0 to 10 accepted, beyond 60 refused)."""

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")
_JTI = re.compile(r"[!-~]{8,128}\Z")
_PUBLIC = {"OKP": frozenset({"kty", "crv", "x"}), "EC": frozenset({"kty", "crv", "x", "y"})}
_EXTRA = frozenset({"kid", "alg", "use"})


class TokenRefused(ValueError):
    """A signed token is not accepted; the message says why, never a value of it."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a member's assertion says, not verified: whose it is and which key is to have signed it."""

    member_id: str
    kid: str
    jti: str
    expires: float
    token: jws.CompactSignature


@dataclass(frozen=True, slots=True)
class Proof:
    """A verified DPoP proof: the key that signed it (its RFC 7638 thumbprint), and the id that may be seen once."""

    thumbprint: bytes
    jti: str
    issued: float


class _Strict(jws.JWSRegistry):
    """Only the algorithms named; `EdDSA`, the older name of Ed25519 signatures, without the library's warning."""

    def get_alg(self, name: str) -> Any:
        """The algorithm of a name that is allowed."""
        if name not in (self.allowed or ()):
            raise TokenRefused("the token's algorithm is not one of those accepted")
        return self.algorithms[name]


_ASSERTIONS = _Strict(algorithms=ASSERTION_ALGORITHMS)
_PROOFS = _Strict(algorithms=PROOF_ALGORITHMS)


def read_assertion(text: str, *, issuer: str, now: float, longest: float) -> Assertion:
    """A member's assertion with its claims checked; `check_assertion` then verifies it under the member's key.

    Issuer and subject are one and the same member; the audience is our issuer text and nothing else (FAPI 2.0 §5.3.2.1);
    it ends within `longest` seconds.
    """
    token, header, claims = _opened(text, _ASSERTIONS)
    if header.get("typ") not in {None, "JWT", "client-authentication+jwt"}:
        raise TokenRefused("the assertion's typ is another one")
    member_id, kid = claims.get("sub"), header.get("kid")
    if not isinstance(member_id, str) or not member_id or claims.get("iss") != member_id:
        raise TokenRefused("iss and sub are not one and the same member")
    if not isinstance(kid, str) or not kid:
        raise TokenRefused("the assertion names no kid")
    if claims.get("aud") != issuer:
        raise TokenRefused("aud is not the issuer of this bureau, as one text")
    expires = _instant(claims, "exp")
    if expires is None or expires <= now or expires > now + longest + AHEAD:
        raise TokenRefused(f"exp is missing, past, or more than {longest:.0f} seconds ahead")
    _not_ahead(claims, now)
    return Assertion(member_id, kid, _jti(claims), expires, token)


def check_assertion(assertion: Assertion, public_key: bytes) -> None:
    """Does the signature of an assertion stand under this Ed25519 key of the member?"""
    _check(assertion.token, _okp(public_key), _ASSERTIONS)


def read_proof(
    text: str, *, method: str, url: str, now: float, most_age: float, access_token: str | None = None
) -> Proof:  # fmt: skip
    """A verified DPoP proof for a request to `url` (RFC 9449 §4.3); with `access_token`, bound to it by `ath`."""
    token, header, claims = _opened(text, _PROOFS)
    if header.get("typ") != "dpop+jwt":
        raise TokenRefused("the proof's typ is not dpop+jwt")
    key, thumbprint = _public_key(header)
    if claims.get("htm") != method:
        raise TokenRefused("htm is not the method of this request")
    if claims.get("htu") != url.partition("?")[0]:
        raise TokenRefused("htu is not the address of this request without its query")
    issued = _instant(claims, "iat")
    if issued is None or issued < now - most_age or issued > now + AHEAD:
        raise TokenRefused("iat is missing, too old or in the future")
    _not_ahead(claims, now)
    if access_token is not None and claims.get("ath") != base64url(hashlib.sha256(access_token.encode()).digest()):
        raise TokenRefused("ath is not the hash of the access token")
    jti = _jti(claims)
    _check(token, key, _PROOFS)
    return Proof(thumbprint, jti, issued)


def base64url(content: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def thumbprint(public_key: bytes) -> str:
    """The RFC 7638 thumbprint of an Ed25519 key: a kid for whoever wants none of their own."""
    return base64url(_thumb({"crv": "Ed25519", "kty": "OKP", "x": base64url(public_key)}))


def _thumb(members: Mapping[str, str]) -> bytes:
    return hashlib.sha256(json.dumps(dict(sorted(members.items())), separators=(",", ":")).encode()).digest()


def _opened(text: str, registry: _Strict) -> tuple[jws.CompactSignature, Mapping[str, Any], Mapping[str, Any]]:
    """The parts of a compact token, not verified."""
    if len(text) > LONGEST_TOKEN or not _COMPACT.match(text):
        raise TokenRefused("not a compact signed token")
    try:
        token = jws.extract_compact(text.encode(), registry=registry)
        header = token.headers()
        registry.check_header(header)
        claims = json.loads(token.payload, object_pairs_hook=_no_twins)
        json.loads(_bytes_of(text.partition(".")[0]), object_pairs_hook=_no_twins)
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError) as trouble:
        raise trouble if isinstance(trouble, TokenRefused) else TokenRefused("not a token that can be read") from None
    if not isinstance(claims, dict) or not isinstance(header.get("alg"), str):
        raise TokenRefused("not a token that can be read")
    if header["alg"] not in (registry.allowed or ()):
        raise TokenRefused("the token's algorithm is not one of those accepted")
    return token, header, claims


def _bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TokenRefused("a member of the token stands twice")
    return found


def _instant(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value is not None and 0 <= value < 1e11 else None


def _not_ahead(claims: Mapping[str, Any], now: float) -> None:
    for name in ("iat", "nbf"):
        at = _instant(claims, name)
        if name in claims and (at is None or at > now + AHEAD):
            raise TokenRefused(f"{name} is no instant, or in the future")


def _jti(claims: Mapping[str, Any]) -> str:
    found = claims.get("jti")
    if not isinstance(found, str) or not _JTI.match(found):
        raise TokenRefused("jti is not 8 to 128 printable characters")
    return found


def _public_key(header: Mapping[str, Any]) -> tuple[OKPKey | ECKey, bytes]:
    """The public key in a proof's header and its thumbprint; a key with its private half is refused."""
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or not all(isinstance(value, str) for value in jwk.values()):
        raise TokenRefused("the proof carries no public key")
    kind = str(jwk.get("kty"))
    if not _PUBLIC.get(kind, frozenset({"?"})) <= set(jwk) <= _PUBLIC[kind] | _EXTRA:
        raise TokenRefused("the proof's key is not the public half of an Ed25519 or P-256 key")
    is_fitting = (kind, jwk["crv"], header["alg"] == "ES256") in {("OKP", "Ed25519", False), ("EC", "P-256", True)}
    if not is_fitting:
        raise TokenRefused("the proof's key and its algorithm are not for each other")
    return _key(tuple(sorted((name, jwk[name]) for name in _PUBLIC[kind])))


@lru_cache(maxsize=4096)
def _key(members: tuple[tuple[str, str], ...]) -> tuple[OKPKey | ECKey, bytes]:
    """Parsed once: a lender's machine proves the same key with every request."""
    found = dict(members)
    try:
        kind: type[OKPKey | ECKey] = OKPKey if found["kty"] == "OKP" else ECKey
        key = kind.import_key(dict(found))
        key.public_key  # noqa: B018  (parsed here, so that a key off its curve is refused here)
    except (JoseError, ValueError, TypeError) as trouble:
        raise TokenRefused("the proof's key cannot be read") from trouble
    return key, _thumb(found)


@lru_cache(maxsize=4096)
def _okp(public_key: bytes) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": base64url(public_key)})


def _check(token: jws.CompactSignature, key: OKPKey | ECKey, registry: _Strict) -> None:
    try:
        is_good = jws.validate_compact(token, key, registry=registry)
    except (JoseError, ValueError, TypeError):
        is_good = False
    if not is_good:
        raise TokenRefused("the signature does not stand under this token")
