"""Which member sends this request?  The one place that reads tokens, proofs, signatures and certificates from HTTP.

Promises: every address of a member comes through here; a token is taken from the Authorization header only; the address
that was signed is the one under which this installation is known; a client certificate is believed only from a proxy
that is set.  What the finds mean is for `core/sign_in`; every answer to a member is signed here.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.config import LIVE, SettingsError
from openbureau.core.member import Member, Scope
from openbureau.core.sign_in.covered import answer_components
from openbureau.core.sign_in.message import (
    RESPONSE_TAG,
    Message,
    SignatureRefused,
    body_digest,
    digest_named,
    field_map,
    render_parameters,
    sign_message,
)
from openbureau.core.sign_in.request import Shown, SignInCode, SignInRefused
from openbureau.core.sign_in.tokens import thumbprint
from openbureau.jobs.context import Bureau
from openbureau.jobs.member.recognise import Presented, recognise
from openbureau.tlog.strict import Malformed, parse_base64
from openbureau.web.desk import Asking, Desk, desk_of
from openbureau.web.replies import Reply
from openbureau.web.sign_in.words import in_both
from openbureau.web.trouble import Trouble

AUDIENCES: dict[str, Scope] = {
    "lender": Scope.INQUIRE,
    "furnisher": Scope.FURNISH,
    "collector": Scope.COLLECT,
    "member": Scope.MANAGE,
}
"""Audiences that are members, with the scope a token needs there."""
AUDIENCE = "openbureau.audience"
"""Where the audience of a route stands in the scope of a request."""
CHALLENGE = {"WWW-Authenticate": 'DPoP algs="Ed25519 EdDSA ES256"'}

_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z")
_CERTIFICATE = re.compile(r":([A-Za-z0-9+/=]{100,12000}):\Z")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{8,512}=*\Z")


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The bureau's response key, which the founding act names."""

    private: Ed25519PrivateKey
    kid: str
    public: bytes


def answer_key(bureau: Bureau) -> AnswerKey:
    """The key under which answers to members are signed; its kid is its RFC 7638 thumbprint."""
    private = Ed25519PrivateKey.from_private_bytes(bureau.keys.key("response"))
    public = private.public_key().public_bytes_raw()
    return AnswerKey(private, thumbprint(public), public)


def check_address(bureau: Bureau) -> None:
    """A live installation knows its own address: a signed one is never taken from what a request says."""
    if bureau.settings.mode == LIVE and bureau.settings.public_url is None:
        raise SettingsError("a live installation needs OPENBUREAU_PUBLIC_URL, the https:// address its members use")


def issuer_of(request: Asking) -> str:
    """The name of this installation as issuer: the address that is set; in a sandbox without one, where it was reached."""
    settings = desk_of(request).bureau.settings
    if settings.public_url is not None or settings.mode == LIVE:
        return settings.public_url or ""
    host = request.headers.get("host", "")
    if not _HOST.match(host):
        raise Trouble("request-not-readable")
    return f"{request.scope['scheme']}://{host.lower()}"


def message_of(request: Asking) -> Message:
    """The request as its sender signed it."""
    scope = request.scope
    lines = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    path = scope.get("raw_path", scope["path"].encode()).partition(b"?")[0]
    query = scope["query_string"]
    target = path + (b"?" + query if query else b"")
    return Message(field_map(lines), request.method, issuer_of(request) + target.decode("latin-1"))


def bearer(request: Asking) -> str:
    """The token of a request, from its one Authorization header; `Trouble` where there is none, or one in the address."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    is_one = len(request.headers.getall("authorization", [])) == 1 and "access_token" not in request.query_params
    token = token.strip()
    if scheme.lower() not in {"bearer", "dpop"} or not is_one or not _TOKEN.match(token):
        raise Trouble("not-signed-in", headers=CHALLENGE)
    return token


def presented_by(request: Asking) -> Presented:
    """Token and proof of a request, for the job that recognises its member."""
    scope = AUDIENCES[str(request.scope.get(AUDIENCE, "member"))]
    message = message_of(request)
    shown = Shown(message, scope.value, certificate_of(request, message.headers))
    return Presented(bearer(request), shown)


def certificate_of(request: Asking, headers: Mapping[str, str]) -> bytes | None:
    """SHA-256 of the client certificate that a proxy vouches for (RFC 9440); None where no such proxy is set or speaks."""
    settings = desk_of(request).bureau.settings
    value = headers.get(settings.mtls_header) if settings.mtls_header else None
    peer = request.client.host if request.client else ""
    try:
        is_proxy = value is not None and any(ip_address(peer) in network for network in settings.mtls_proxies)
        found = _CERTIFICATE.match(value) if is_proxy and value else None
        return hashlib.sha256(parse_base64(found[1])).digest() if found else None
    except (ValueError, Malformed):
        return None


def check_body(message: Message, body_sha256: bytes, *, is_empty: bool) -> None:
    """Is the body the one whose digest was signed?  Where nothing is signed there is nothing to compare."""
    named = message.headers.get("content-digest")
    if "signature" not in message.headers and named is None:
        return
    if named is None and is_empty:
        return
    try:
        is_same = named is not None and digest_named(named) == body_sha256
    except SignatureRefused:
        is_same = False
    if not is_same:
        raise nobody(SignInRefused(SignInCode.SIGNATURE, "the body is not the one whose digest was signed"))


async def signed_body(request: Asking, presented: Presented) -> bytes:
    """The body, which is the one whose digest was signed."""
    body = await request.body()
    if presented.shown is not None:
        check_body(presented.shown.message, hashlib.sha256(body).digest(), is_empty=not body)
    return body


async def stream_body(request: Asking, file: IO[bytes]) -> None:
    """Write the body into a file, piece by piece, and check that it is the one whose digest was signed."""
    digest = hashlib.sha256()
    async for piece in request.stream():
        digest.update(piece)
        file.write(piece)
    check_body(message_of(request), digest.digest(), is_empty=file.tell() == 0)
    file.seek(0)


async def member_of(request: Asking, *, is_streamed: bool = False) -> Member:
    """The member who asks; `Trouble` where that is nobody.  `is_streamed`: the handler takes the body by `stream_body`."""
    desk = desk_of(request)
    presented = presented_by(request)
    try:
        member = await desk.do(recognise, desk.bureau, presented)
    except SignInRefused as trouble:
        raise nobody(trouble) from None
    if not is_streamed:
        await signed_body(request, presented)
    return member


def nobody(trouble: SignInRefused) -> Trouble:
    """What a request is told that is nobody's: which check failed, and the challenge of RFC 9449 §7.1."""
    told = {"reason": in_both(trouble.why)} if trouble.why else {}
    error = {
        SignInCode.PROOF: 'error="invalid_dpop_proof", ',
        SignInCode.SCOPE: 'error="insufficient_scope", ',
    }.get(trouble.code, 'error="invalid_token", ')
    challenge = {"WWW-Authenticate": f'DPoP {error}algs="Ed25519 EdDSA ES256"'}
    return Trouble(trouble.code.value, told=told, headers=challenge)


def sign_answer(request: Asking, reply: Reply, desk: Desk, *, key: AnswerKey) -> None:
    """Sign an answer to a member: status and body, and the request they answer (RFC 9421 §2.4)."""
    digest = body_digest(reply.content)
    try:
        asked = message_of(request)
    except Trouble:
        return  # an address that cannot be named cannot be signed for
    answer = Message({"content-digest": digest}, status=reply.status_code or 200, request=asked)
    covered = answer_components(asked.headers)
    created = int(desk.bureau.clock().timestamp())
    text = render_parameters(covered, created=created, keyid=key.kid, tag=RESPONSE_TAG)
    try:
        made = sign_message(answer, covered, text=text, sign=key.private.sign)
    except SignatureRefused:
        return  # what was sent is no text: there is nothing that both sides would read alike
    reply.headers.update({"Content-Digest": digest} | made)
