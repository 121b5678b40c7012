"""Every reason of the gate in both languages, and no bytes that get through its parsers."""

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

import openbureau
from openbureau.core.sign_in.keys import Keyring, KeyStatementRefused, follow_all, parse_key_file, parse_statement
from openbureau.core.sign_in.message import (
    Message,
    SignatureRefused,
    check_signature,
    digest_named,
    read_signature,
)
from openbureau.core.sign_in.tokens import TokenRefused, check_assertion, read_assertion, read_proof
from openbureau.web.sign_in.words import in_both

ROOT = Path(openbureau.__file__).parent
SOURCES = (*(ROOT / "core" / "sign_in").glob("*.py"), *(ROOT / "jobs" / "member").glob("*.py"),
           ROOT / "web" / "gate.py", ROOT / "web" / "sign_in" / "doors.py")  # fmt: skip
REASON = re.compile(
    r'(?:Refused|_refuse|NotIssued)\(\s*(?:SignInCode\.[A-Z]+,\s*|"[a-z_]+",\s*)?(f?)"((?:[^"\\]|\\.)+)"', re.MULTILINE
)
KEY = Ed25519PrivateKey.from_private_bytes(b"f" * 32).public_key()


def reasons() -> list[str]:
    """Every reason that stands in the code; a part that is filled in is shown by a word."""
    found = []
    for path in SOURCES:
        for is_filled, text in REASON.findall(path.read_text("utf-8")):
            found.append(re.sub(r"\{[^}]*\}", "20", text) if is_filled else text)
    return [text for text in found if " " in text]


def test_every_reason_is_told_in_both_languages() -> None:
    """A new reason without its line is found here and not by a lender."""
    found = reasons()
    assert len(found) > 60
    for reason in found:
        told = in_both(reason)
        assert told["en"] == reason
        assert re.search(r"[\u4e00-\u9fff]", told["zh"]), reason


TEXT = st.text(alphabet=st.characters(codec="latin-1"), max_size=300)
PIECES = ['sig=("@method"', '"@method"', '"x";req', ")", ";created=1", ';keyid="k"', ":", ";", "(", " "]
PARTS = ["e30", ".", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJFZDI1NTE5In0", "W10", "bnVsbA", "AAAA"]
LIKE = st.one_of(TEXT, st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
TOKEN = st.one_of(TEXT, st.lists(st.sampled_from(PARTS), max_size=8).map("".join))


def _nothing_gets_through(described: str, value: str, token: str) -> None:
    """No signature, token, digest, key file or statement is accepted, and none raises anything else."""
    headers = {"signature-input": described, "signature": value}
    with pytest.raises(SignatureRefused):
        check_signature(Message(headers, "GET", "https://b.example/"), read_signature(headers), KEY)
    with pytest.raises(SignatureRefused):
        digest_named(value)
    with pytest.raises(TokenRefused):
        check_assertion(read_assertion(token, issuer="i", now=1.0, longest=60), KEY.public_bytes_raw())
    with pytest.raises(TokenRefused):
        read_proof(token, method="GET", url="u", now=1.0, most_age=60, access_token="t")
    with pytest.raises(ValueError, match="key file"):
        parse_key_file(token)
    ring = Keyring("m", "0" * 64, KEY.public_bytes_raw(), {}, 0, "0" * 64)
    assert follow_all(ring, [described, value, token]) == ring


@settings(max_examples=150, deadline=None)
@given(LIKE, LIKE, TOKEN)
def test_no_bytes_get_through(described: str, value: str, token: str) -> None:
    """A few hundred tries in the fast tier."""
    _nothing_gets_through(described, value, token)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(LIKE, LIKE, TOKEN)
def test_no_bytes_get_through_at_length(described: str, value: str, token: str) -> None:
    """Many in the slow one."""
    _nothing_gets_through(described, value, token)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["body", "signature", "a"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_no_value_is_a_statement(value: object) -> None:
    """Whatever JSON comes, the ring stays as it was."""
    ring = Keyring("m", "0" * 64, KEY.public_bytes_raw(), {}, 0, "0" * 64)
    assert follow_all(ring, [json.dumps(value)]) == ring


def test_a_statement_says_nothing_twice() -> None:
    """Two readers could disagree on which."""
    with pytest.raises(KeyStatementRefused):
        parse_statement('{"body": {}, "body": {}}')
