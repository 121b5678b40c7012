"""Does the fast reader of openings say what the plain one says?"""

from copy import deepcopy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.core.leaf import SCHEMA
from openbureau.tlog.commitment import Opening, OpeningRefused, check_opening, open_fields
from openbureau.watch.openings import COMMITTEE_FIELDS, LENDER_FIELDS, Unreadable, parse_opening
from watch.made_log import MadeLog, story

MADE = MadeLog()
story(MADE)
LEAF = MADE.leaves[4][1]
SHOWN: dict[str, Any] = open_fields(LEAF.fields, LEAF.salt, COMMITTEE_FIELDS).to_json()


def agree(value: Any, commitment: bytes) -> bool:
    """Do both readers accept the opening?  They must not differ."""
    try:
        check_opening(Opening.from_json(value), commitment, SCHEMA)
        plain = True
    except OpeningRefused:
        plain = False
    try:
        fast = parse_opening(msgspec.json.encode(value)).fault(commitment) is None
    except Unreadable:
        fast = False
    assert plain == fast
    return fast


def test_both_accept_every_honest_opening() -> None:
    """Every event of the story, opened for committee and lender, is accepted by both and by neither for another leaf."""
    for _, leaf in MADE.leaves:
        for names in (COMMITTEE_FIELDS, LENDER_FIELDS, SCHEMA, ()):
            value = open_fields(leaf.fields, leaf.salt, names).to_json()
            assert agree(value, leaf.commitment.root)
            assert not agree(value, bytes(32))


@given(
    st.sampled_from(COMMITTEE_FIELDS),
    st.sampled_from(["key", "value", "name", "long key"]),
    st.integers(0, len(SCHEMA) - 1),
)
def test_both_refuse_every_change(name: str, what: str, at: int) -> None:
    """A changed key, value, name or part is refused by both."""
    value = deepcopy(SHOWN)
    key, text = value["opened"][name]
    match what:
        case "key":
            value["opened"][name] = [("B" if key[0] == "A" else "A") + key[1:], text]
        case "value":
            value["opened"][name] = [key, text + " "]
        case "name":
            value["opened"]["unknown"] = value["opened"].pop(name)
        case _:
            value["opened"][name] = ["A" * 44 + key, text]
    assert not agree(value, LEAF.commitment.root)
    value = deepcopy(SHOWN)
    value["parts"][at] = ("B" if value["parts"][at][0] == "A" else "A") + value["parts"][at][1:]
    assert not agree(value, LEAF.commitment.root)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"parts":[],"opened":{},"more":1}', b'{"parts":["x"],"opened":{}}', b"[" * 90000]
)
def test_what_is_no_opening(content: bytes) -> None:
    """Other JSON, or none, is refused."""
    with pytest.raises(Unreadable):
        parse_opening(content)


def test_what_was_proved_is_not_hashed_again() -> None:
    """Fields that another opening of the same commitment showed alike are taken from it; others are checked."""
    known = parse_opening(msgspec.json.encode(SHOWN))
    more = open_fields(LEAF.fields, LEAF.salt, LENDER_FIELDS).to_json()
    assert parse_opening(msgspec.json.encode(more)).fault(LEAF.commitment.root, known) is None
    more["opened"]["kind"][1] = "inquiry-refused"
    assert parse_opening(msgspec.json.encode(more)).fault(LEAF.commitment.root, known) is not None
