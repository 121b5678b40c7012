"""One hostile test a sentence of docs/specs/fapi.md: each fails when the check that it is about is taken away."""

import hashlib
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey
from litestar.testing import TestClient

from openbureau.client_sign import Sent, dpop_proof, new_proof_key
from openbureau.core.sign_in.message import (
    REQUEST_TAG,
    Message,
    body_digest,
    field_map,
    render_parameters,
    sign_message,
)
from openbureau.core.sign_in.tokens import base64url
from openbureau.web.app import create_app
from web.member import Machine, changed, key_of, machine
from web.visitor import Client
from world import PEOPLE, World

SENTENCES = Path(__file__).parents[2] / "docs" / "specs" / "fapi.md"
Change = Callable[[Machine], Any]


@pytest.fixture
def lender(client: Client, shared_world: World) -> Machine:
    """A machine of a lender, signed in."""
    made = machine(client, shared_world)
    assert made.sign_in().status_code == 200
    return made


# ------------------------------------------------------------------------------- the token endpoint: assertions


def okp(private: Ed25519PrivateKey) -> OKPKey:
    return OKPKey.import_key(
        {"kty": "OKP", "crv": "Ed25519", "x": base64url(private.public_key().public_bytes_raw()),
         "d": base64url(private.private_bytes_raw())}
    )  # fmt: skip


def assertion(lender: Machine, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
    """An assertion with changed claims (None takes one away), header and key."""
    at = int(lender.now)
    member = lender.key.member_id
    said: dict[str, Any] = {"iss": member, "sub": member, "aud": lender.url, "iat": at, "exp": at + 60}
    said |= {"jti": base64url(hashlib.sha256(repr((claims, header, lender.token)).encode()).digest())} | claims
    said = {name: value for name, value in said.items() if value is not None}
    told = {"alg": "Ed25519", "kid": lender.key.kid} | (header or {})
    told = {name: value for name, value in told.items() if value is not None}
    return jws.serialize_compact(told, json.dumps(said), key or okp(lender.key.private), algorithms=[told["alg"]])


def token_form(
    lender: Machine, form: dict[str, Any], headers: dict[str, str] | None = None, query: str = ""
) -> httpx.Response:
    """Send a form to the token endpoint with a fresh proof, or other headers."""
    proof = {"DPoP": dpop_proof(lender.proof_key, "POST", f"{lender.url}/v1/token", now=lender.now)}
    every = {"Content-Type": "application/x-www-form-urlencoded"} | (proof if headers is None else headers)
    return lender.client.post(f"/v1/token{query}", content=urlencode(form), headers=every)


def good_form(lender: Machine, **changes: Any) -> dict[str, Any]:
    made = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion(lender),
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def unsigned(lender: Machine) -> str:
    whole = assertion(lender)
    head = base64url(json.dumps({"alg": "none", "kid": lender.key.kid}).encode())
    return f"{head}.{whole.split('.')[1]}."


def confused(lender: Machine) -> str:
    """The public key taken for a shared secret."""
    secret = OctKey.import_key(lender.key.private.public_key().public_bytes_raw())
    return assertion(lender, {"alg": "HS256"}, key=secret)


def twins(lender: Machine) -> str:
    at = int(lender.now)
    told = f'{{"iss":"bank-beta","iss":"bank-alpha","sub":"bank-alpha","aud":"{lender.url}","exp":{at + 60},"jti":"12345678x"}}'
    return jws.serialize_compact(
        {"alg": "Ed25519", "kid": lender.key.kid}, told, okp(lender.key.private), algorithms=["Ed25519"]
    )


ASSERTIONS: dict[str, Change] = {
    "alg-none": unsigned,
    "alg-confusion": confused,
    "alg-unlisted": lambda one: assertion(one, {"alg": "ES256"}, key=ECKey.generate_key("P-256")),
    "aud-list": lambda one: assertion(one, aud=[one.url]),
    "aud-token-url": lambda one: assertion(one, aud=f"{one.url}/v1/token"),
    "aud-other": lambda one: assertion(one, aud="https://another.example"),
    "aud-missing": lambda one: assertion(one, aud=None),
    "iss-other": lambda one: assertion(one, iss="bank-beta"),
    "sub-missing": lambda one: assertion(one, sub=None),
    "exp-missing": lambda one: assertion(one, exp=None),
    "exp-past": lambda one: assertion(one, exp=int(one.now)),
    "exp-far": lambda one: assertion(one, exp=int(one.now) + 311),
    "exp-text": lambda one: assertion(one, exp=str(int(one.now) + 60)),
    "iat-ahead": lambda one: assertion(one, iat=int(one.now) + 11),
    "nbf-ahead": lambda one: assertion(one, nbf=int(one.now) + 11),
    "jti-missing": lambda one: assertion(one, jti=None),
    "jti-short": lambda one: assertion(one, jti="1234567"),
    "kid-missing": lambda one: assertion(one, {"kid": None}),
    "kid-unknown": lambda one: assertion(one, {"kid": "bank-alpha-2"}),
    "kid-of-another-member": lambda one: assertion(
        one, {"kid": "bank-beta-1"}, key=okp(key_of(one.world, "bank-beta").private)
    ),
    "typ-other": lambda one: assertion(one, {"typ": "dpop+jwt"}),
    "signature-of-another-key": lambda one: assertion(one, key=okp(Ed25519PrivateKey.generate())),
    "member-unknown": lambda one: assertion(one, iss="bank-none", sub="bank-none"),
    "claim-twice": twins,
    "signature-cut": lambda one: assertion(one)[:-4],
    "too-long": lambda one: assertion(one, extra="x" * 4096),
}


@pytest.mark.parametrize("name", ASSERTIONS)
def test_no_token_for_another_assertion(lender: Machine, name: str) -> None:
    """private_key_jwt: each claim, header and algorithm by itself."""
    made = token_form(lender, good_form(lender, client_assertion=ASSERTIONS[name](lender)))
    assert (made.status_code, made.json()["error"]) == (401, "invalid_client"), made.text
    assert made.headers["cache-control"] == "no-store"


FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "password-grant": ("unsupported_grant_type", {"grant_type": "password"}),
    "grant-missing": ("unsupported_grant_type", {"grant_type": None}),
    "secret": ("invalid_request", {"client_secret": "x"}),
    "no-assertion": ("invalid_client", {"client_assertion": None}),
    "assertion-type": ("invalid_client", {"client_assertion_type": "jwt"}),
    "client-id-other": ("invalid_client", {"client_id": "bank-beta"}),
    "scope-unknown": ("invalid_scope", {"scope": "everything"}),
    "scope-of-another-role": ("invalid_scope", {"scope": "inquire furnish inspect"}),
}


@pytest.mark.parametrize("name", FORMS)
def test_no_token_for_another_form(lender: Machine, name: str) -> None:
    """Client credentials with an assertion, for the scopes of the member's roles, and nothing else."""
    error, change = FORMS[name]
    made = token_form(lender, good_form(lender, **change))
    assert (made.json()["error"], made.status_code) == (error, 401 if error == "invalid_client" else 400)


def test_a_role_gives_its_scopes_and_no_more(client: Client, shared_world: World) -> None:
    """A lender that does not furnish gets no token for furnishing."""
    lender = machine(client, shared_world, "bank-beta")
    assert lender.sign_in(scope="furnish").json()["error"] == "invalid_scope"
    assert lender.sign_in(scope="inquire").json()["scope"] == "inquire"
    assert (
        lender.checked(lender.signed("GET", "/v1/members/me/charges?month=2026-11"))
        .json()["type"]
        .endswith("scope-missing")
    )


def test_a_member_without_contract_gets_no_token(client: Client, shared_world: World) -> None:
    """A suspended member signs in nowhere."""
    assert machine(client, shared_world, "bank-closed").sign_in().json()["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    ("headers", "query"),
    [({}, ""), ({"Authorization": "Basic eDp5"}, ""), (None, "?scope=inquire")],
    ids=["unbound", "basic", "query"],
)
def test_a_token_is_bound_and_asked_for_in_the_form(
    lender: Machine, headers: dict[str, str] | None, query: str
) -> None:
    """No proof and no certificate, no token; no second way of saying who one is."""
    assert token_form(lender, good_form(lender), headers, query).json()["error"] == "invalid_request"


def test_a_form_says_everything_once(lender: Machine) -> None:
    """A field that stands twice is refused."""
    content = urlencode(good_form(lender)) + "&scope=inquire&scope=furnish"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert lender.client.post("/v1/token", content=content, headers=headers).json()["error"] == "invalid_request"


# ----------------------------------------------------------------------------------------------------- DPoP proofs


def proof(lender: Machine, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
    """A proof for a look at one's keys, with changes."""
    said: dict[str, Any] = {
        "htm": "GET", "htu": f"{lender.url}/v1/members/me/keys", "iat": int(lender.now),
        "jti": base64url(hashlib.sha256(repr((claims, header, lender.token)).encode()).digest()),
        "ath": base64url(hashlib.sha256(lender.token.encode()).digest()),
    }  # fmt: skip
    said = {name: value for name, value in (said | claims).items() if value is not None}
    told = {"alg": "Ed25519", "typ": "dpop+jwt", "jwk": lender.proof_key.public} | (header or {})
    told = {name: value for name, value in told.items() if value is not None}
    return jws.serialize_compact(told, json.dumps(said), key or lender.proof_key.key, algorithms=[told["alg"]])


def unsigned_proof(lender: Machine) -> str:
    head = base64url(json.dumps({"alg": "none", "typ": "dpop+jwt", "jwk": lender.proof_key.public}).encode())
    return f"{head}.{proof(lender).split('.')[1]}."


def private_jwk(lender: Machine) -> str:
    return proof(lender, {"jwk": dict(lender.proof_key.key.as_dict(private=True))})


PROOFS: dict[str, Change] = {
    "htm": lambda one: proof(one, htm="POST"),
    "htu": lambda one: proof(one, htu=f"{one.url}/v1/inquiries"),
    "htu-host": lambda one: proof(one, htu="http://another.example/v1/members/me/keys"),
    "ath": lambda one: proof(one, ath=base64url(hashlib.sha256(b"another").digest())),
    "ath-missing": lambda one: proof(one, ath=None),
    "iat-old": lambda one: proof(one, iat=int(one.now) - 61),
    "iat-ahead": lambda one: proof(one, iat=int(one.now) + 11),
    "iat-missing": lambda one: proof(one, iat=None),
    "jti-missing": lambda one: proof(one, jti=None),
    "typ": lambda one: proof(one, {"typ": "JWT"}),
    "jwk-missing": lambda one: proof(one, {"jwk": None}),
    "jwk-private": private_jwk,
    "alg-none": unsigned_proof,
    "alg-symmetric": lambda one: proof(
        one, {"alg": "HS256", "jwk": {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}},
        key=OctKey.import_key({"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}),
    ),
    "signature": lambda one: proof(one, key=OKPKey.generate_key("Ed25519")),
    "two": lambda one: f"{proof(one)}, {proof(one)}",
}  # fmt: skip


@pytest.mark.parametrize("name", PROOFS)
def test_no_access_with_another_proof(lender: Machine, name: str) -> None:
    """DPoP: each claim, header and algorithm by itself.  The signature over the request is good each time."""
    made = signed_with(lender, {"DPoP": PROOFS[name](lender)})
    answer = lender.send(made)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/proof-refused"), answer.text
    assert 'error="invalid_dpop_proof"' in answer.headers["www-authenticate"]


def signed_with(lender: Machine, headers: dict[str, str], **changes: Any) -> Sent:
    """A look at one's keys with these headers, signed over them as it should be."""
    every = {"Authorization": f"DPoP {lender.token}"} | headers
    every = {name: value for name, value in every.items() if value}
    url = f"{lender.url}/v1/members/me/keys"
    message = Message(field_map(every.items()), "GET", url)
    covered = changes.get("covered") or [
        "@method",
        "@target-uri",
        "authorization",
        *(["dpop"] if "DPoP" in every else []),
    ]
    values: dict[str, Any] = {
        "created": int(lender.now),
        "keyid": lender.key.kid,
        "tag": REQUEST_TAG,
        "nonce": fresh(lender),
    }
    values |= changes.get("values", {})
    sign = changes.get("key", lender.key.private).sign
    text = changes.get("text", str)(render_parameters(covered, **values))
    return Sent("GET", url, every | sign_message(message, covered, text=text, sign=sign), b"")


_count = iter(range(10**6))


def fresh(lender: Machine) -> str:
    return f"nonce-{next(_count):012d}"


def test_the_helper_makes_good_requests(lender: Machine) -> None:
    """What the tests above and below change is accepted unchanged."""
    assert lender.send(signed_with(lender, {"DPoP": proof(lender)})).status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "DPoP"])
def test_a_bound_token_needs_its_own_key(lender: Machine, scheme: str) -> None:
    """A stolen token is worth nothing: neither as Bearer, nor with a proof by another key."""
    thief = new_proof_key()
    url = f"{lender.url}/v1/members/me/keys"
    made = dpop_proof(thief, "GET", url, token=lender.token, now=lender.now)
    headers = {"Authorization": f"{scheme} {lender.token}"} | ({"DPoP": made} if scheme == "DPoP" else {})
    answer = lender.send(signed_with(lender, headers))
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")


def test_a_proof_goes_with_the_scheme_that_asks_for_it(lender: Machine) -> None:
    """A proof beside a Bearer token, or a DPoP token without one, is refused (RFC 9449 §7.1)."""
    for headers in ({"DPoP": ""}, {"Authorization": f"Bearer {lender.token}", "DPoP": proof(lender)}):
        assert lender.send(signed_with(lender, headers)).json()["type"] == "/problems/proof-refused"


def test_a_token_ends(lender: Machine) -> None:
    """After its time it is nobody's."""
    clock = lender.world.clock
    before = clock.at
    try:
        clock.forward(seconds=299)
        assert lender.send(lender.signed("GET", "/v1/members/me/keys")).status_code == 200
        clock.forward(seconds=1)
        assert lender.send(lender.signed("GET", "/v1/members/me/keys")).json()["type"] == "/problems/not-signed-in"
    finally:
        clock.at = before


@pytest.mark.parametrize("place", ["query", "cookie", "two"])
def test_a_token_is_taken_from_one_header_only(lender: Machine, place: str) -> None:
    """Not from the address, not from a cookie, not from two headers."""
    sent = lender.signed("GET", "/v1/members/me/keys" + (f"?access_token={lender.token}" if place == "query" else ""))
    headers = [(name, value) for name, value in sent.headers.items() if place != "cookie" or name != "Authorization"]
    headers += {"query": [], "cookie": [("Cookie", f"access_token={lender.token}")],
                "two": [("Authorization", sent.headers["Authorization"])]}[place]  # fmt: skip
    answer = lender.client.get(sent.url, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")


# ------------------------------------------------------------------------------------------------ request signatures


SIGNATURES: dict[str, dict[str, Any]] = {
    "method-not-covered": {"covered": ["@target-uri", "authorization", "dpop"]},
    "address-not-covered": {"covered": ["@method", "authorization", "dpop"]},
    "token-not-covered": {"covered": ["@method", "@target-uri", "dpop"]},
    "proof-not-covered": {"covered": ["@method", "@target-uri", "authorization"]},
    "path-for-address": {"covered": ["@method", "@path", "authorization", "dpop"]},
    "tag": {"values": {"tag": "another"}},
    "old": {"values": {"created": -61}},
    "ahead": {"values": {"created": 11}},
    "expired": {"text": lambda text: text + ";expires=1"},
    "nonce-short": {"values": {"nonce": "n" * 15}},
    "nonce-missing": {"values": {"nonce": None}},
    "alg": {"text": lambda text: text + ';alg="hmac-sha256"'},
    "keyid-unknown": {"values": {"keyid": "bank-alpha-9"}},
    "keyid-of-another-member": {"values": {"keyid": "bank-beta-1"}, "key": "bank-beta"},
    "key": {"key": Ed25519PrivateKey.from_private_bytes(b"k" * 32)},
    "created-missing": {"text": lambda text: text.replace(text[text.index(";created") : text.index(";keyid")], "")},
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_no_access_with_another_signature(lender: Machine, name: str) -> None:
    """RFC 9421: each component and parameter by itself.  The proof is good each time."""
    change = dict(SIGNATURES[name])
    if "created" in change.get("values", {}):
        change["values"] = {"created": int(lender.now) + change["values"]["created"]}
    if change.get("key") == "bank-beta":
        change["key"] = key_of(lender.world, "bank-beta").private
    answer = lender.send(signed_with(lender, {"DPoP": proof(lender, jti=fresh(lender))}, **change))
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/signature-refused"), answer.text


def drop_signature(headers: dict[str, str]) -> None:
    del headers["Signature"], headers["Signature-Input"]


def other(sent: Sent) -> bytes:
    """The same inquiry for another purpose."""
    return sent.body.replace(b"loan-approval", b"card-approval")


CHANGES: dict[str, Callable[[Sent], Sent]] = {
    "unsigned": lambda sent: changed(sent, drop_signature),
    "body": lambda sent: changed(sent, body=other(sent)),
    "body-and-digest": lambda sent: changed(
        sent, lambda headers: headers.update({"Content-Digest": body_digest(other(sent))}), body=other(sent)
    ),
    "digest-dropped": lambda sent: changed(sent, lambda headers: headers.__delitem__("Content-Digest")),
    "idempotency-key": lambda sent: changed(sent, lambda headers: headers.update({"Idempotency-Key": "another"})),
    "query": lambda sent: changed(sent, url=sent.url + "?lang=zh-CN"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_is_changed_after_the_signing(lender: Machine, name: str) -> None:
    """Body, digest, key and address are what was signed; nothing of it is recorded as asked."""
    answer = lender.send(CHANGES[name](lender.inquiry(PEOPLE["thin"])))
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/signature-refused"), answer.text


def test_a_body_needs_a_digest(lender: Machine) -> None:
    """A body under a signature that does not cover it is refused, though all else is right."""
    sent = lender.signed("GET", "/v1/members/me/charges?month=2026-11")
    answer = lender.client.request("GET", sent.url, headers=dict(sent.headers), content=b"x")
    assert answer.json()["type"] == "/problems/signature-refused"


def test_a_furnished_file_is_the_one_that_was_signed(lender: Machine) -> None:
    """A body that is read in pieces is compared with its digest before it is received."""
    sent = lender.signed("POST", "/v1/furnishings?format=jsonl", body=b'{"record":"subject"}\n')
    answer = lender.send(changed(sent, body=b'{"record":"another"}\n'))
    assert answer.json()["type"] == "/problems/signature-refused"
    files = lender.send(lender.signed("GET", "/v1/furnishings")).json()["furnishings"]
    assert len(files) == 1, "the world's own file and no other"


def test_a_signature_is_checked_where_the_sandbox_asks_for_none(client: Client, shared_world: World) -> None:
    """A sandbox token works without a signature, and not with a wrong one."""
    lender = replace(machine(client, shared_world), token=shared_world.tokens["bank-alpha"])
    sent = lender.signed("GET", "/v1/members/me/keys", proof_key=None)
    assert lender.send(changed(sent, drop_signature)).status_code == 200
    assert lender.send(sent).status_code == 200
    other = lender.signed("GET", "/v1/members/me/keys", proof_key=None)
    spoilt = changed(other, lambda headers: headers.update({"Signature": sent.headers["Signature"]}))
    assert lender.send(spoilt).json()["type"] == "/problems/signature-refused"


def test_without_sandbox_tokens_everything_is_signed(shared_world: World) -> None:
    """The setting turns the sandbox as strict as live: its own tokens open nothing."""
    bureau = replace(shared_world.bureau, settings=replace(shared_world.bureau.settings, sandbox_tokens=False))
    with TestClient(create_app(bureau)) as strict:
        token = {"Authorization": f"Bearer {shared_world.tokens['bank-alpha']}"}
        assert strict.get("/v1/members/me/keys", headers=token).json()["type"] == "/problems/not-signed-in"
        lender = machine(strict, shared_world)
        assert lender.sign_in().status_code == 200
        assert lender.send(lender.signed("GET", "/v1/members/me/keys")).status_code == 200
        bearer = replace(lender, token=shared_world.tokens["bank-alpha"])
        signed = bearer.signed("GET", "/v1/members/me/keys", proof_key=None)
        assert bearer.send(signed).json()["type"] == "/problems/not-signed-in"


def test_the_address_is_the_one_that_is_set(shared_world: World) -> None:
    """With a public address the Host of a request says nothing."""
    settings = replace(shared_world.bureau.settings, public_url="https://bureau.example")
    with TestClient(create_app(replace(shared_world.bureau, settings=settings))) as client:
        assert client.get("/.well-known/oauth-authorization-server").json()["issuer"] == "https://bureau.example"
        assert machine(client, shared_world).sign_in().json()["error"] == "invalid_client"


# ------------------------------------------------------------------------------------------------------------ once


def at_once(lender: Machine, sent: Sent) -> list[int]:
    """The statuses of one request sent fifty times in parallel."""
    with ThreadPoolExecutor(16) as threads:
        return [answer.status_code for answer in threads.map(lambda _: lender.send(sent), range(50))]


def test_an_assertion_is_good_once(lender: Machine) -> None:
    """Fifty in parallel with proofs of their own: one token."""
    form = good_form(lender, client_assertion=assertion(lender, jti="once-and-no-more"))
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda _: token_form(lender, form).status_code, range(50)))
    assert sorted(found) == [200] + [401] * 49


def test_a_proof_is_good_once(lender: Machine) -> None:
    """Fifty in parallel under signatures of their own: one answer."""
    made = proof(lender, jti="proved-once-only")
    sent = [signed_with(lender, {"DPoP": made}) for _ in range(50)]
    with ThreadPoolExecutor(16) as threads:
        found = [answer.status_code for answer in threads.map(lender.send, sent)]
    assert sorted(found) == [200] + [401] * 49


def test_a_nonce_is_good_once(lender: Machine) -> None:
    """Fifty in parallel with proofs of their own: one answer, and the others are told why."""
    sent = [
        signed_with(lender, {"DPoP": proof(lender, jti=fresh(lender))}, values={"nonce": "nonce-nonce-once"})
        for _ in range(50)
    ]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lender.send, sent))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 49
    assert {answer.json().get("type") for answer in answers} == {None, "/problems/request-replayed"}


def test_an_inquiry_is_taken_once(lender: Machine) -> None:
    """The same signed inquiry fifty times: one is recorded, the others are replays of nobody."""
    assert sorted(at_once(lender, lender.inquiry(PEOPLE["thin"]))) == [401] * 49 + [403]


def test_an_idempotency_key_is_asked_once(lender: Machine) -> None:
    """Fifty inquiries signed anew under one key: one record, and everybody gets its answer."""
    first = lender.inquiry(PEOPLE["thin"])
    key = {"Idempotency-Key": first.headers["Idempotency-Key"], "Content-Type": "application/json"}
    sent = [lender.signed("POST", "/v1/inquiries", body=first.body, headers=key) for _ in range(50)]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lender.send, sent))
    told = [answer for answer in answers if answer.status_code == 403]
    assert {answer.status_code for answer in answers} <= {403, 429, 503}
    assert len({answer.json()["instance"] for answer in told}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in told) == 1


def test_a_replay_is_remembered_to_the_last_second(lender: Machine) -> None:
    """At the last instant at which a request would be accepted it is still known."""
    sent = lender.signed("GET", "/v1/members/me/keys", now=lender.now + 10)
    clock = lender.world.clock
    before = clock.at
    try:
        assert lender.send(sent).status_code == 200
        clock.forward(seconds=70)
        assert lender.send(sent).json()["type"] == "/problems/request-replayed"
        clock.forward(seconds=1)
        assert lender.send(sent).json()["type"] == "/problems/proof-refused"
    finally:
        clock.at = before


# -------------------------------------------------------------------------------------------------------- the list


def test_every_sentence_names_a_test_that_is_here() -> None:
    """The checklist and this file do not drift apart."""
    text = SENTENCES.read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)", text))
    here = {name for name in globals() if name.startswith("test_")}
    elsewhere = {"test_a_setting_that_would_open_a_live_bureau_is_refused", "test_a_certificate_binds_a_token"}
    assert named - here == elsewhere
    assert here - named <= {"test_the_helper_makes_good_requests", "test_every_sentence_names_a_test_that_is_here"}
    cases = set(re.findall(r"\[([a-z-]+)\]", text))
    known = set(ASSERTIONS) | set(FORMS) | set(PROOFS) | set(SIGNATURES) | set(CHANGES)
    assert cases == known
