"""HTTP Message Signatures: the vectors of RFC 9421, another implementation, and what is refused."""

import hashlib
import time
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

from openbureau.core.sign_in.message import (
    REQUEST_TAG,
    Covered,
    Message,
    SignatureRefused,
    Wanted,
    body_digest,
    check_signature,
    check_wanted,
    digest_named,
    field_map,
    read_signature,
    render_parameters,
    sign_message,
    signed_bytes,
)

# RFC 9421 B.1.4, B.2 and B.2.6.
KEY = load_pem_public_key(
    b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n"
)
FIELDS = [
    ("Host", "example.com"),
    ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
    ("Content-Type", "application/json"),
    ("Content-Length", "18"),
]
URI = "https://example.com/foo?param=Value&Pet=dog"
COVERED = '("date" "@method" "@path" "@authority" "content-type" "content-length")'
B26 = (
    f'sig-b26={COVERED};created=1618884473;keyid="test-key-ed25519"',
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
)
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"7" * 32)


def message(*more: tuple[str, str], uri: str = URI, method: str = "POST") -> Message:
    return Message(field_map([*FIELDS, *more]), method, uri)


def test_the_vector_of_rfc_9421_b26_holds() -> None:
    """Signature and signature base of the Ed25519 vector."""
    held = message(("Signature-Input", B26[0]), ("Signature", B26[1]))
    found = read_signature(held.headers)
    check_signature(held, found, KEY)  # type: ignore[arg-type]
    assert signed_bytes(held, found.components, found.text).decode() == (
        '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n"@path": /foo\n"@authority": example.com\n'
        '"content-type": application/json\n"content-length": 18\n"@signature-params": ("date" "@method" "@path" '
        '"@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"'
    )


@pytest.mark.parametrize("name", ["date", "@method", "@path", "@authority", "content-type", "content-length"])
def test_each_component_of_the_vector_is_held(name: str) -> None:
    """Any covered part changed, and the signature does not stand."""
    fields = field_map([*FIELDS, ("Signature-Input", B26[0]), ("Signature", B26[1])])
    uri, method = URI, "POST"
    if name == "@method":
        method = "PUT"
    elif name.startswith("@"):
        uri = URI.replace("foo" if name == "@path" else "example", "other")
    else:
        fields[name] += "1"
    held = Message(fields, method, uri)
    with pytest.raises(SignatureRefused, match="does not stand"):
        check_signature(held, read_signature(fields), KEY)  # type: ignore[arg-type]


def test_the_base_of_an_answer_binds_its_request() -> None:
    """RFC 9421 §2.4: components of the request stand in the answer's base with `;req`."""
    asked = message(("Content-Digest", body_digest(b"x")))
    answer = Message({}, status=503, request=asked)
    base = signed_bytes(answer, ("@status", "@method;req", "@target-uri;req", "content-digest;req"), "()")
    assert base.decode() == (
        f'"@status": 503\n"@method";req: POST\n"@target-uri";req: {URI}\n"content-digest";req: {body_digest(b"x")}\n'
        '"@signature-params": ()'
    )


def test_another_implementation_accepts_what_we_sign() -> None:
    """`http-message-signatures` verifies our request under the strictest options it has."""
    body = b'{"a":1}'
    headers = {"Authorization": "DPoP x", "Content-Digest": body_digest(body)}
    covered = ("@method", "@target-uri", "authorization", "content-digest")
    text = render_parameters(covered, created=int(time.time()), keyid="k", tag=REQUEST_TAG, nonce="n" * 24)
    made = sign_message(Message(field_map(headers.items()), "POST", URI), covered, text=text, sign=PRIVATE.sign)
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=_Resolver())
    request = SimpleNamespace(method="POST", url=URI, headers=headers | made)
    verifier.verify(request, body=body, require_components=covered, expect_tag=REQUEST_TAG)


def test_we_accept_what_another_implementation_signs() -> None:
    """The same the other way round."""
    body = b'{"a":1}'
    headers = {"Authorization": "DPoP x", "Content-Digest": body_digest(body)}
    request = SimpleNamespace(method="POST", url=URI, headers=headers)
    covered = ("@method", "@target-uri", "authorization", "content-digest")
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Resolver())
    signer.sign(
        request,
        key_id="k",
        tag=REQUEST_TAG,
        nonce="n" * 24,
        covered_component_ids=covered,
        body=body,
        use_existing_digest=True,
    )
    held = Message(field_map(headers.items()), "POST", URI)
    found = read_signature(held.headers)
    check_wanted(found, Wanted(REQUEST_TAG, frozenset(covered), time.time()))
    check_signature(held, found, PRIVATE.public_key())


class _Resolver(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Any:
        return PRIVATE.public_key()

    def resolve_private_key(self, key_id: str) -> Any:
        return PRIVATE


@pytest.mark.parametrize(
    ("described", "value"),
    [
        ("", B26[1]),
        (B26[0], ""),
        (B26[0] + ", " + B26[0].replace("b26", "two"), B26[1]),
        (B26[0], B26[1] + ", " + B26[1].replace("b26", "two")),
        (B26[0], B26[1].replace("b26", "two")),
        (B26[0].replace('" "', '"  "', 1), B26[1]),
        (B26[0].replace('"date"', '"Date"'), B26[1]),
        (B26[0].replace('"date"', '"date";bs'), B26[1]),
        (B26[0].replace('"@method"', '"date"'), B26[1]),
        (B26[0] + ";created=1", B26[1]),
        (B26[0] + ";other=1", B26[1]),
        (B26[0].replace("1618884473", "01"), B26[1]),
        (B26[0].replace("1618884473", '"1"'), B26[1]),
        (B26[0] + ";tag=1", B26[1]),
        (B26[0] + ";", B26[1]),
        (B26[0] + " ", B26[1]),
        (B26[0], B26[1].replace("RCw==:", "RCx==:")),
        (B26[0] + ';nonce="' + "n" * 3000 + '"', B26[1]),
    ],
)
def test_another_form_is_refused(described: str, value: str) -> None:
    """One signature, in its one spelling."""
    with pytest.raises(SignatureRefused):
        read_signature({"signature-input": described, "signature": value})


GOOD = {"created": 1000, "nonce": "n" * 16, "tag": REQUEST_TAG, "keyid": "k"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"tag": "another"}, "tag"),
        ({"alg": "hmac-sha256"}, "alg"),
        ({"components": ("@target-uri",)}, "does not cover @method"),
        ({"created": None}, "when it was created"),
        ({"created": 1011}, "future"),
        ({"created": 939}, "too old"),
        ({"expires": 999}, "too old"),
        ({"expires": 0}, "too old"),
        ({"nonce": "n" * 15}, "nonce"),
        ({"nonce": ""}, "nonce"),
    ],
)
def test_what_a_signature_must_say(change: dict[str, Any], why: str) -> None:
    """Each demand by itself; at the edges it is met."""
    wanted = Wanted(REQUEST_TAG, frozenset({"@method"}), 1000.0)
    values: dict[str, Any] = {"components": ("@method", "@target-uri"), "text": "", "signature": b""} | GOOD
    for edge in (1010, 940):
        check_wanted(Covered(**values | {"created": edge}), wanted)
    with pytest.raises(SignatureRefused, match=why):
        check_wanted(Covered(**values | change), wanted)


@pytest.mark.parametrize(
    "value", ["", "sha-256=x", "sha-512=:YQ==:", body_digest(b"") + ", sha-512=:YQ==:", "sha-256=:YQ==:"]
)
def test_a_digest_has_one_form(value: str) -> None:
    """SHA-256 and nothing beside it."""
    assert digest_named(body_digest(b"a")) == hashlib.sha256(b"a").digest()
    with pytest.raises(SignatureRefused):
        digest_named(value)


def test_a_component_that_is_not_there_is_not_empty() -> None:
    """A covered field that was taken away is a refusal, and so is one of another kind of message."""
    for name in ("x-none", "@status", "@query-param", "date;req"):
        with pytest.raises(SignatureRefused):
            signed_bytes(message(), (name,), "()")
    with pytest.raises(SignatureRefused):
        signed_bytes(Message({}, status=200), ("@method",), "()")


def test_text_that_is_not_ascii_cannot_be_signed() -> None:
    """No two readers may take the same bytes for different text."""
    with pytest.raises(SignatureRefused, match="ASCII"):
        signed_bytes(message(("X-Name", "é")), ("x-name",), "()")
