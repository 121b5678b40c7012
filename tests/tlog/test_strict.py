"""Is there one spelling of a number, a byte string, a hash?"""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.strict import Malformed, parse_base64, parse_decimal, parse_hash, render_base64


@given(st.integers(0, (1 << 63) - 1))
def test_numbers_come_back(number: int) -> None:
    """Every number below 2**63 has its one spelling."""
    assert parse_decimal(str(number)) == number


@pytest.mark.parametrize(
    "text",
    ["", "00", "01", "+1", "-1", " 1", "1 ", "1\n", "1_0", "0x1", "1.0", "1e3", "\u0661", str(1 << 63), "9" * 30],
)
def test_other_spellings_of_numbers_are_refused(text: str) -> None:
    """What Python's own int would forgive is refused."""
    with pytest.raises(Malformed):
        parse_decimal(text)


@given(st.binary(max_size=80))
def test_bytes_come_back(content: bytes) -> None:
    """Standard base64 with padding, as any library writes it."""
    assert parse_base64(render_base64(content)) == content
    assert render_base64(content) == base64.b64encode(content).decode()


@given(st.text(alphabet="ABab01+/=-_ \n\u00e9", max_size=16))
def test_base64_has_one_spelling(text: str) -> None:
    """Whatever text is accepted is the canonical spelling of its bytes."""
    with suppress(Malformed):
        assert render_base64(parse_base64(text)) == text


@pytest.mark.parametrize(
    "text", ["AB==", "AAB=", "AA", "AA=", "AA==\n", " AA==", "A A==", "AA==AA==", "A-__", "\u00e9"]
)
def test_other_spellings_of_bytes_are_refused(text: str) -> None:
    """Bits in the padding, missing padding, blanks and the URL alphabet are refused."""
    with pytest.raises(Malformed):
        parse_base64(text)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_hash_has_32_bytes(size: int) -> None:
    """Any other length is refused."""
    assert parse_hash(render_base64(bytes(32))) == bytes(32)
    with pytest.raises(Malformed):
        parse_hash(render_base64(bytes(size)))
