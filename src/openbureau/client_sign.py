"""How does a member sign in, sign what it sends, and check what it is answered?

The lender's side of docs/specs/fapi.md, for whoever installs `openbureau[client]`: a client assertion (RFC 7523), a DPoP
proof (RFC 9449), a signed request and a checked answer (RFC 9421).  No server code, no network: whoever calls sends the
bytes.  Times are POSIX seconds; left out, they are now.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jws
from joserfc.jwk import OKPKey

from openbureau.core.sign_in.covered import answer_components, request_components
from openbureau.core.sign_in.keys import parse_key_file
from openbureau.core.sign_in.message import (
    REQUEST_TAG,
    RESPONSE_TAG,
    Message,
    SignatureRefused,
    Wanted,
    body_digest,
    check_signature,
    check_wanted,
    field_map,
    read_signature,
    render_parameters,
    sign_message,
    signed_bytes,
)
from openbureau.core.sign_in.tokens import ASSERTION_TYPE, base64url, thumbprint

ASSERTION_SECONDS = 60


class AnswerRefused(ValueError):
    """An answer is not signed by the bureau for the request it answers; do not use it."""


@dataclass(frozen=True, slots=True)
class MemberKey:
    """A key that speaks for a member, by the kid under which the bureau knows it."""

    member_id: str
    kid: str
    private: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class ProofKey:
    """The key to which access tokens are bound.  A program makes one for itself and keeps it in memory only."""

    key: OKPKey

    @property
    def public(self) -> dict[str, str]:
        """The public half as it stands in a proof."""
        return {"kty": "OKP", "crv": "Ed25519", "x": str(self.key.as_dict(private=False)["x"])}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, ready to be sent exactly so: method, absolute address, header lines and body."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def read_member_key(text: str) -> MemberKey:
    """A member's key from the text of its file; ValueError where it is none."""
    return MemberKey(*parse_key_file(text))


def load_member_key(path: Path) -> MemberKey:
    """A member's key from its file."""
    return read_member_key(path.read_text("utf-8"))


def read_bureau_key(jwks: str | bytes, kid: str | None = None) -> bytes:
    """The bureau's response key (32 bytes of Ed25519) from its key set; with `kid`, only that one is taken.

    ValueError where it is not there.  The kid is the key's RFC 7638 thumbprint: whoever pins it trusts no address.
    """
    for key in json.loads(jwks)["keys"]:
        if (key.get("kty"), key.get("crv"), key.get("use")) == ("OKP", "Ed25519", "sig"):
            found: bytes = OKPKey.import_key(key).public_key.public_bytes_raw()
            if kid in {None, thumbprint(found)}:
                return found
    raise ValueError("the key set has no such key")


def new_proof_key() -> ProofKey:
    """A fresh key to bind access tokens to."""
    return ProofKey(OKPKey.generate_key("Ed25519"))


def client_assertion(key: MemberKey, *, issuer: str, now: float | None = None) -> str:
    """The assertion by which a member shows the token endpoint of `issuer` who it is; for one use, within a minute."""
    at = int(time.time() if now is None else now)
    claims = {
        "iss": key.member_id, "sub": key.member_id, "aud": issuer, "iat": at, "exp": at + ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(18),
    }  # fmt: skip
    signer = OKPKey.import_key(
        {
            "kty": "OKP", "crv": "Ed25519",
            "x": base64url(key.private.public_key().public_bytes_raw()), "d": base64url(key.private.private_bytes_raw()),
        }
    )  # fmt: skip
    header = {"alg": "Ed25519", "typ": "JWT", "kid": key.kid}
    return jws.serialize_compact(header, json.dumps(claims), signer, algorithms=["Ed25519"])


def dpop_proof(
    key: ProofKey, method: str, url: str, *, token: str | None = None, now: float | None = None
) -> str:  # fmt: skip
    """A proof that the sender of one request holds `key`; with `token`, bound to that access token."""
    claims = {
        "htm": method, "htu": url.partition("?")[0], "iat": int(time.time() if now is None else now),
        "jti": secrets.token_urlsafe(18),
    }  # fmt: skip
    if token is not None:
        claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
    header = {"alg": "Ed25519", "typ": "dpop+jwt", "jwk": key.public}
    return jws.serialize_compact(header, json.dumps(claims), key.key, algorithms=["Ed25519"])


def token_request(
    key: MemberKey, proof_key: ProofKey, *, issuer: str, token_url: str | None = None, scope: str = "",
    now: float | None = None,
) -> Sent:  # fmt: skip
    """The request for an access token, bound to `proof_key`; without `scope`, for all that the member may do.

    The JSON answer has `access_token`, `token_type` (`DPoP`), `expires_in` (seconds) and `scope`.
    """
    url = token_url or f"{issuer}/v1/token"
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": client_assertion(key, issuer=issuer, now=now),
    } | ({"scope": scope} if scope else {})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "DPoP": dpop_proof(proof_key, "POST", url, now=now),
    }
    return Sent("POST", url, headers, urlencode(form).encode())


def sign_request(
    key: MemberKey, token: str, method: str, *, url: str, proof_key: ProofKey | None, headers: Mapping[str, str] | None = None,
    body: bytes = b"", now: float | None = None,
) -> Sent:  # fmt: skip
    """A request with its token, proof, body digest and signature; send it once, within a minute, byte for byte.

    `headers` are what else is sent; an `Idempotency-Key` among them is covered by the signature.  Without `proof_key`
    the token is bound to the client certificate of the connection.  A repeat is signed anew.
    """
    at = int(time.time() if now is None else now)
    every = dict(headers or {})
    every["Authorization"] = f"{'DPoP' if proof_key else 'Bearer'} {token}"
    if proof_key is not None:
        every["DPoP"] = dpop_proof(proof_key, method, url, token=token, now=at)
    if body:
        every["Content-Digest"] = body_digest(body)
    message = Message(field_map(every.items()), method, url)
    covered = request_components(message.headers)
    text = render_parameters(covered, created=at, keyid=key.kid, tag=REQUEST_TAG, nonce=secrets.token_urlsafe(18))
    return Sent(method, url, every | sign_message(message, covered, text=text, sign=key.private.sign), body)


def what_was_signed(sent: Sent, *, status: int, headers: Mapping[str, str]) -> dict[str, str]:
    """What the bureau signed of an answer, as text (`base`), and its signature: evidence that stands by itself."""
    asked = Message(field_map(sent.headers.items()), sent.method, sent.url)
    answer = Message(field_map(headers.items()), status=status, request=asked)
    covered = read_signature(answer.headers)
    base = signed_bytes(answer, covered.components, covered.text).decode("ascii")
    return {"base": base, "signature": base64.b64encode(covered.signature).decode()}


def check_answer(
    bureau_key: bytes, sent: Sent, *, status: int, headers: Mapping[str, str], body: bytes, now: float | None = None,
    most_age: float = 300,
) -> None:  # fmt: skip
    """Did the bureau sign this very answer to this very request?  `AnswerRefused` says what does not hold.

    `bureau_key` is the response key that the founding act names.  An answer is never kept by caches, so one older than
    `most_age` seconds is refused.
    """
    asked = Message(field_map(sent.headers.items()), sent.method, sent.url)
    answer = Message(field_map(headers.items()), status=status, request=asked)
    wanted = Wanted(
        RESPONSE_TAG, frozenset(answer_components(asked.headers)), time.time() if now is None else now,
        most_age=most_age, most_ahead=60, needs_nonce=False,
    )  # fmt: skip
    try:
        covered = read_signature(answer.headers)
        check_wanted(covered, wanted)
        check_signature(answer, covered, Ed25519PublicKey.from_public_bytes(bureau_key))
    except SignatureRefused as trouble:
        raise AnswerRefused(str(trouble)) from None
    if answer.headers["content-digest"] != body_digest(body):
        raise AnswerRefused("the body is not the one whose digest was signed")
