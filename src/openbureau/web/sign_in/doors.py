"""How does a member's machine sign in, and how does it change its keys?

The token endpoint (RFC 6749 §4.4 under the rules of FAPI 2.0) with its metadata (RFC 8414) and the bureau's key set, and the
keys of a member.  Errors of the token endpoint have the form of RFC 6749 §5.2, with the reason in the language asked for.
"""

from typing import Any
from urllib.parse import parse_qsl

from openbureau.core.member import Scope
from openbureau.core.sign_in.keys import Keyring, KeyStatementRefused
from openbureau.core.sign_in.tokens import ASSERTION_ALGORITHMS, ASSERTION_TYPE, PROOF_ALGORITHMS, base64url
from openbureau.jobs.context import Bureau
from openbureau.jobs.member.keys import held_keys, keys_json, state_key
from openbureau.jobs.member.token import Issued, NotIssued, TokenWish, give_token
from openbureau.web.desk import Asking, desk_of
from openbureau.web.gate import answer_key, certificate_of, issuer_of, member_of, message_of
from openbureau.web.replies import SHORT, Reply, json_reply, language_of
from openbureau.web.sign_in.words import in_both
from openbureau.web.trouble import Trouble

TOKEN_PATH, JWKS_PATH = "/v1/token", "/.well-known/jwks.json"
_KNOWN = {"grant_type", "client_assertion_type", "client_assertion", "client_id", "scope"}


async def give(request: Asking) -> Reply:
    """POST /v1/token: an access token for the member whose key signed the assertion."""
    desk = desk_of(request)
    wish = _wish(request, await request.body())
    if isinstance(wish, NotIssued):
        return _error(request, wish)
    made = await desk.do(give_token, desk.bureau, wish)
    if isinstance(made, NotIssued):
        return _error(request, made)
    return json_reply(_token_json(made))


def _token_json(made: Issued) -> dict[str, Any]:
    return {
        "access_token": made.token,
        "token_type": "DPoP" if made.is_proved else "Bearer",
        "expires_in": made.seconds,
        "scope": " ".join(made.scopes),
    }


def _error(request: Asking, made: NotIssued) -> Reply:
    why = in_both(made.why)["zh" if language_of(request) == "zh-CN" else "en"]
    return json_reply(
        {"error": made.code, "error_description": why}, status=401 if made.code == "invalid_client" else 400
    )


def _wish(request: Asking, content: bytes) -> TokenWish | NotIssued:
    """The form, in which every field stands at most once."""
    headers = message_of(request).headers
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return NotIssued("invalid_request", "the body is not a form")
    try:
        pairs = parse_qsl(
            content.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=10, errors="strict"
        )
    except ValueError:
        return NotIssued("invalid_request", "the body is not a form")
    form = dict(pairs)
    if (
        len(form) != len(pairs)
        or not set(form) <= _KNOWN
        or request.scope["query_string"]
        or "authorization" in headers
    ):
        return NotIssued("invalid_request", "a field is unknown or stands twice, or something is sent beside the form")
    if form.get("grant_type") != "client_credentials":
        return NotIssued("unsupported_grant_type", "grant_type is not client_credentials")
    if form.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in form:
        return NotIssued("invalid_client", "no client assertion of type jwt-bearer is sent")
    return TokenWish(
        assertion=form["client_assertion"],
        scope=form.get("scope", ""),
        client_id=form.get("client_id"),
        proof=headers.get("dpop"),
        certificate=certificate_of(request, headers),
        issuer=issuer_of(request),
        url=issuer_of(request) + TOKEN_PATH,
    )


async def metadata(request: Asking) -> Reply:
    """GET /.well-known/oauth-authorization-server: what this token endpoint is and takes (RFC 8414)."""
    issuer = issuer_of(request)
    is_mtls = desk_of(request).bureau.settings.mtls_header is not None
    return json_reply(
        {
            "issuer": issuer,
            "token_endpoint": issuer + TOKEN_PATH,
            "jwks_uri": issuer + JWKS_PATH,
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "scopes_supported": [scope.value for scope in Scope],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
            "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
            "tls_client_certificate_bound_access_tokens": is_mtls,
        },
        headers=SHORT,
    )


async def key_set(request: Asking) -> Reply:
    """GET /.well-known/jwks.json: the key under which answers to members are signed, as the founding act names it."""
    key = answer_key(desk_of(request).bureau)
    told = {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public), "kid": key.kid, "use": "sig", "alg": "Ed25519"}
    return json_reply({"keys": [told]}, headers=SHORT)


async def own_keys(request: Asking) -> Reply:
    """GET /v1/members/me/keys: the member's keys with their validity, and what the next statement has to name."""
    member = await member_of(request)
    desk = desk_of(request)
    return json_reply(keys_json(await desk.do(held_keys, desk.bureau, member.member_id)))


async def state_own_key(request: Asking) -> Reply:
    """POST /v1/members/me/keys: add a key or end one, by a statement that a valid key of the member signed."""
    member = await member_of(request)
    desk = desk_of(request)
    content = await request.body()
    try:
        ring = await desk.do(_state, desk.bureau, (content, member.member_id))
    except KeyStatementRefused as trouble:
        raise Trouble("key-statement-refused", told={"reason": in_both(str(trouble))}) from None
    return json_reply(keys_json(ring), status=201)


def _state(bureau: Bureau, sent: tuple[bytes, str]) -> Keyring:
    content, member_id = sent
    return state_key(bureau, content, sender=member_id)
