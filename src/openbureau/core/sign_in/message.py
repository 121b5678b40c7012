"""What exactly was signed of this request or answer?

A strict reader and writer of HTTP Message Signatures (RFC 9421) and of `Content-Digest` (RFC 9530), for the one shape
that is used here: one signature, Ed25519, whole fields and derived components, `;req` in answers.  Promises: one text has
one meaning (only the canonical spelling is read); what the shape does not need is refused, not ignored.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.tlog.strict import Malformed, parse_base64, render_base64

LABEL = "sig"
REQUEST_TAG, RESPONSE_TAG = "fapi-2-request", "fapi-2-response"
LONGEST_FIELD = 2048
"""Characters of a Signature-Input; every honest one is a third of it."""

_NAME = re.compile(r"(?:@[a-z][a-z-]*|[a-z0-9!#$%&'*+.^_`|~-]+)\Z")
_ITEM = re.compile(r'"([^"\\]+)"(;req)?\Z')
_INPUT = re.compile(r"([a-z*][a-z0-9_.*-]{0,63})=(\(([^()]*)\)((?:;[^;]+)*))\Z")
_PARAMETER = re.compile(r';([a-z]+)=(?:"([ !#-\[\]-~]*)"|(0|[1-9][0-9]{0,14}))')
_VALUE = re.compile(r"([a-z*][a-z0-9_.*-]{0,63})=:([A-Za-z0-9+/=]{4,700}):\Z")
_URI = re.compile(r"(https?)://([^/?#]+)([^?#]*)(?:\?([^#]*))?\Z")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):\Z")
_TEXTS, _NUMBERS = frozenset({"nonce", "alg", "keyid", "tag"}), frozenset({"created", "expires"})


class SignatureRefused(ValueError):
    """The signature does not stand, or does not cover what it has to; the message says what, never a value."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request, or an answer with the `request` it answers.

    `headers` have lower-case names, several lines of a name joined by `, `; `target_uri` is absolute, as the sender
    wrote it on the wire.
    """

    headers: Mapping[str, str]
    method: str = ""
    target_uri: str = ""
    status: int = 0
    request: "Message | None" = None


@dataclass(frozen=True, slots=True)
class Covered:
    """One signature as it stands in a message, not verified."""

    components: tuple[str, ...]
    """As they are written: `@method`, `content-digest`, and in answers `@method;req`."""
    text: str
    """The signature parameters, letter by letter."""
    signature: bytes
    created: int | None = None
    expires: int | None = None
    keyid: str = ""
    nonce: str = ""
    tag: str = ""
    alg: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a signature must say.  `components` are all required; ages in seconds; `now` a POSIX time."""

    tag: str
    components: frozenset[str]
    now: float
    most_age: float = 60
    most_ahead: float = 10
    needs_nonce: bool = True


def field_map(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header lines as RFC 9421 §2.1 joins them: lower-case names, blanks at the ends off, lines by a comma and a blank."""
    found: dict[str, str] = {}
    for name, value in lines:
        low, text = name.lower(), value.strip(" \t")
        found[low] = f"{found[low]}, {text}" if low in found else text
    return found


def content_digest(sha256: bytes) -> str:
    """The `Content-Digest` of a body with this SHA-256."""
    return f"sha-256=:{render_base64(sha256)}:"


def digest_named(value: str) -> bytes:
    """The SHA-256 that a `Content-Digest` names; `SignatureRefused` for another form."""
    found = _DIGEST.match(value)
    try:
        return parse_base64(found[1]) if found else _refuse("Content-Digest is not sha-256 in its one form")
    except Malformed:
        return _refuse("Content-Digest is not sha-256 in its one form")


def _refuse(why: str) -> bytes:
    raise SignatureRefused(why)


def render_parameters(
    components: Iterable[str], *, created: int, keyid: str, tag: str, nonce: str | None = None
) -> str:
    """The signature parameters as they are signed and sent."""
    listed = " ".join(f'"{name.removesuffix(";req")}"{";req" * name.endswith(";req")}' for name in components)
    once = f';nonce="{nonce}"' if nonce is not None else ""
    return f'({listed});created={created};keyid="{keyid}"{once};tag="{tag}"'


def signed_bytes(message: Message, components: Iterable[str], text: str) -> bytes:
    """The bytes that are signed (RFC 9421 §2.5); `SignatureRefused` where a component is not there."""
    lines = []
    for written in components:
        name, is_of_request = written.removesuffix(";req"), written.endswith(";req")
        source = message.request if is_of_request else message
        if source is None:
            raise SignatureRefused(f"{written} has no request to be taken from")
        lines.append(f'"{name}"{";req" if is_of_request else ""}: {_component(source, name)}\n')
    base = "".join(lines) + f'"@signature-params": {text}'
    try:
        return base.encode("ascii")
    except UnicodeEncodeError:
        raise SignatureRefused("a covered component is not ASCII") from None


def _component(message: Message, name: str) -> str:
    if not name.startswith("@"):
        value = message.headers.get(name)
        if value is None or "\n" in value or "\r" in value:
            raise SignatureRefused(f"{name} is not in the message")
        return value
    derive = _DERIVED.get(name)
    if derive is None or (name == "@status") != (message.status > 0):
        raise SignatureRefused(f"{name} is not a component of this message")
    return derive(message)


def _parts(message: Message) -> tuple[str, str, str]:
    """Authority (lower case, without the scheme's own port), path and query of the address."""
    found = _URI.match(message.target_uri)
    if found is None:
        raise SignatureRefused("the request's address is not an absolute one")
    own = {"http": ":80", "https": ":443"}[found[1]]
    return found[2].lower().removesuffix(own), found[3] or "/", found[4] or ""


_DERIVED: dict[str, Callable[[Message], str]] = {
    "@method": lambda message: message.method,
    "@target-uri": lambda message: message.target_uri,
    "@authority": lambda message: _parts(message)[0],
    "@path": lambda message: _parts(message)[1],
    "@query": lambda message: "?" + _parts(message)[2],
    "@status": lambda message: str(message.status),
}


def sign_message(
    message: Message, components: Iterable[str], *, text: str, sign: Callable[[bytes], bytes]
) -> dict[str, str]:  # fmt: skip
    """The two fields that carry a signature under our label."""
    made = sign(signed_bytes(message, components, text))
    return {"Signature-Input": f"{LABEL}={text}", "Signature": f"{LABEL}=:{render_base64(made)}:"}


def read_signature(headers: Mapping[str, str]) -> Covered:
    """The one signature of a message; `SignatureRefused` where there is none, more than one, or another form."""
    described, value = headers.get("signature-input"), headers.get("signature")
    if described is None or value is None:
        raise SignatureRefused("Signature-Input and Signature are not both there")
    form, signed = _INPUT.match(described) if len(described) <= LONGEST_FIELD else None, _VALUE.match(value)
    if form is None or signed is None or form[1] != signed[1]:
        raise SignatureRefused("Signature-Input and Signature do not hold one signature in its one form")
    components = tuple(map(_written, form[3].split(" ")))
    if len(set(components)) != len(components):
        raise SignatureRefused("a component is covered twice")
    try:
        signature = base64.b64decode(signed[2].encode(), validate=True)
        is_one_form = base64.b64encode(signature).decode() == signed[2]
    except ValueError:
        is_one_form, signature = False, b""
    if not is_one_form:
        raise SignatureRefused("Signature is not canonical base64")
    return _covered(Covered(components, form[2], signature), form[4])


def _written(item: str) -> str:
    found = _ITEM.match(item)
    if found is None or not _NAME.match(found[1]):
        raise SignatureRefused("a covered component is not written in a form that is read here")
    return found[1] + (found[2] or "")


def _covered(bare: Covered, parameters: str) -> Covered:
    """The same with its parameters."""
    found: dict[str, str | int] = {}
    at = 0
    for one in _PARAMETER.finditer(parameters):
        is_text = one[2] is not None
        if one.start() != at or one[1] in found or one[1] not in (_TEXTS if is_text else _NUMBERS):
            raise SignatureRefused("a signature parameter is unknown, stands twice or has another form")
        found[one[1]] = one[2] if is_text else int(one[3])
        at = one.end()
    if at != len(parameters):
        raise SignatureRefused("a signature parameter is unknown, stands twice or has another form")
    told: dict[str, str] = {name: str(value) for name, value in found.items() if name in _TEXTS}
    created, expires = found.get("created"), found.get("expires")
    return replace(
        bare,
        created=created if isinstance(created, int) else None,
        expires=expires if isinstance(expires, int) else None,
        keyid=told.get("keyid", ""),
        nonce=told.get("nonce", ""),
        tag=told.get("tag", ""),
        alg=told.get("alg", ""),
    )


def check_wanted(covered: Covered, wanted: Wanted) -> None:
    """Does a signature say what it must, and is it of now?  `SignatureRefused` says what is missing.

    RFC 9421 §7.2.1 (insufficient coverage) and §7.2.2 (replay); the tag and the components are those of FAPI 2.0 HTTP
    Signatures.  That a nonce was not used before is for the caller.
    """
    if covered.tag != wanted.tag:
        raise SignatureRefused(f"the signature's tag is not {wanted.tag}")
    if covered.alg not in {"", "ed25519"}:
        raise SignatureRefused("the signature's alg is not ed25519")
    if missing := sorted(wanted.components - set(covered.components)):
        raise SignatureRefused(f"the signature does not cover {', '.join(missing)}")
    if covered.created is None:
        raise SignatureRefused("the signature does not say when it was created")
    if covered.created > wanted.now + wanted.most_ahead:
        raise SignatureRefused("the signature was created in the future")
    is_over = covered.expires is not None and covered.expires < wanted.now
    if is_over or covered.created < wanted.now - wanted.most_age:
        raise SignatureRefused("the signature is too old")
    if wanted.needs_nonce and not 16 <= len(covered.nonce) <= 128:
        raise SignatureRefused("the signature has no nonce of 16 to 128 characters")


def check_signature(message: Message, covered: Covered, key: Ed25519PublicKey) -> None:
    """Does the signature stand under this message?  `SignatureRefused` where it does not."""
    try:
        key.verify(covered.signature, signed_bytes(message, covered.components, covered.text))
    except InvalidSignature:
        raise SignatureRefused("the signature does not stand under this message") from None


def body_digest(body: bytes) -> str:
    """The `Content-Digest` of a body."""
    return content_digest(hashlib.sha256(body).digest())
