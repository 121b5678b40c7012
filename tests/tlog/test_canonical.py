"""Is there one spelling of a value?"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.canonical import LARGEST, NotCanonical, canonical

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1, True, None], "a": "€$\u000f\nA'B\"\\\\\"/"}, '{"a":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","b":[1,true,null]}'),
        ({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7},
         '{"\\r":2,"1":4,"\x80":6,"\xf6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'),
        ((), "[]"), ({}, "{}"), (LARGEST, str(LARGEST)), ("\x7f", '"\x7f"'),
    ],
)  # fmt: skip
def test_published_examples(value: object, text: str) -> None:
    """Escapes and the order of keys (by UTF-16 code units) are those of RFC 8785."""
    assert canonical(value) == text.encode()


@given(VALUES)
def test_canonical_text_is_json_of_the_value(value: object) -> None:
    """It reads back as the value, and its own canonical form is itself."""
    content = canonical(value)
    assert json.loads(content) == value
    assert canonical(json.loads(content)) == content


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), LARGEST + 1, -LARGEST - 1, {1: 2}, b"x", "\ud800", {"\ud800": 1}, {"a": {2}}]
)
def test_what_has_no_canonical_form(value: object) -> None:
    """Fractions, numbers beyond 2**53, keys that are no text and half characters are refused."""
    with pytest.raises(NotCanonical):
        canonical(value)


def test_the_largest_number_is_that_of_the_standard() -> None:
    """The last whole number that every language's numbers tell from its neighbours."""
    assert LARGEST == 9_007_199_254_740_991
