"""How are sign-in and members' keys described to those who write against them?  Part of the description in `openapi.py`."""

from openbureau.core.member import Scope
from openbureau.core.sign_in.tokens import ASSERTION_TYPE
from openbureau.web.api.openapi_parts import Json, answer, operation, record, some, text, whole

MEMBER: list[Json] = [{"memberToken": []}]
TOKEN_SCHEME: Json = {
    "type": "http", "scheme": "bearer",
    "description": "An access token of a member from /v1/token, sent as `Authorization: DPoP` with a `DPoP` proof (RFC 9449), "
    "or as `Authorization: Bearer` where it is bound to a client certificate (RFC 8705). The request is signed (RFC 9421, tag "
    "`fapi-2-request`), the answer too (`fapi-2-response`); docs/specs/fapi.md says what is covered. The sandbox also takes "
    "its own Bearer tokens unsigned.",
}  # fmt: skip
_KEY = record(
    "A key of a member's machine.",
    kid=text(), public_key=text("Ed25519, 32 bytes, base64."), valid_from=text(format="date-time"),
    valid_until=text(format="date-time"),
)  # fmt: skip
_KEYS = record(
    "The keys of the asking member as the chain from the founding act leaves them.",
    member_id=text(), keys=some(_KEY),
    next=record(
        "What the next statement has to name.", act=text("Hash of the founding act, hex."), number=whole(), prev=text(),
    ),
)  # fmt: skip
_STATEMENT: Json = record(
    "A statement that adds a key or ends one (docs/specs/act.md), signed over `openbureau key statement`, a line end and the "
    "canonical JSON of the body.",
    body=record(
        "What is stated.", schema=text(enum=["openbureau-key/1"]), act=text(), member_id=text(), number=whole(), prev=text(),
        made_at=text(format="date-time"), by=text("The kid that signs, or `seal`."),
        add={"oneOf": [_KEY, {"type": "null"}]},
        end={"oneOf": [record("Which key ends when.", kid=text(), at=text(format="date-time")), {"type": "null"}]},
    ),
    signature=text("Ed25519, base64."),
)  # fmt: skip
_FORM: Json = record(
    "The form of RFC 6749 §4.4.2 with a client assertion (RFC 7523).", ("scope", "client_id"),
    grant_type=text(enum=["client_credentials"]), client_assertion_type=text(enum=[ASSERTION_TYPE]),
    client_assertion=text("A JWT signed with a member's key (kid): iss and sub its id, aud the issuer, exp, jti."),
    scope=text(f"Of: {', '.join(Scope)}. All that the member may have when left out."), client_id=text(),
)  # fmt: skip
_ERROR = answer(
    "An error of RFC 6749 §5.2 or RFC 9449 §5.", record("The error.", error=text(), error_description=text())
)  # fmt: skip
_TOKEN = record(
    "A token that is good from now.",
    access_token=text(), token_type=text(enum=["DPoP", "Bearer"]), expires_in=whole("Seconds."), scope=text(),
)  # fmt: skip
_METADATA: Json = {"type": "object", "description": "Authorization server metadata (RFC 8414)."}
_JWKS = record("A JSON Web Key set.", keys=some({"type": "object"}))


def sign_in_paths() -> Json:
    """The paths of sign-in and members' keys."""
    proof: Json = {
        "name": "DPoP", "in": "header", "required": False, "schema": text(),
        "description": "A proof of the key to bind the token to (RFC 9449 §5).",
    }  # fmt: skip
    form: Json = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}
    statement: Json = {"required": True, "content": {"application/json": {"schema": _STATEMENT}}}
    return {
        "/v1/token": {"post": operation(
            "members", "token", "An access token for the member whose key signed the assertion",
            answers={"200": answer("The token.", _TOKEN), "400": _ERROR, "401": _ERROR},
            parameters=[proof], requestBody=form,
        )},
        "/.well-known/oauth-authorization-server": {"get": operation(
            "members", "signInMetadata", "What the token endpoint is and takes",
            answers={"200": answer("The metadata.", _METADATA)},
        )},
        "/.well-known/jwks.json": {"get": operation(
            "members", "answerKeys", "The key under which answers to members are signed",
            answers={"200": answer("The key set.", _JWKS)},
        )},
        "/v1/members/me/keys": {
            "get": operation(
                "members", "ownKeys", "The member's keys, and what the next statement has to name",
                answers={"200": answer("The keys.", _KEYS)}, security=MEMBER,
            ),
            "post": operation(
                "members", "stateKey", "Add a key or end one",
                answers={"201": answer("The keys as they hold now.", _KEYS)},
                problems=("key-statement-refused",), security=MEMBER, requestBody=statement,
            ),
        },
    }  # fmt: skip
