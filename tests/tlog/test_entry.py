"""Is an entry one of the two forms, and nothing else?"""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.entry import SYSTEM_KINDS, parse_entry, read_said, render_event, render_system
from openbureau.tlog.strict import Malformed
from openbureau.tlog.tile import LARGEST_ENTRY


def test_an_event_is_two_lines_of_65_bytes() -> None:
    """The public form of an event is the specification's, and comes back."""
    commitment = bytes(range(32))
    entry = render_event(commitment)
    assert entry == b"bureau-log/v1 event\n" + base64.b64encode(commitment) + b"\n"
    assert len(entry) == 65
    assert parse_entry(entry).commitment == commitment


@pytest.mark.parametrize("kind", sorted(SYSTEM_KINDS))
def test_a_system_entry_is_canonical_json(kind: str) -> None:
    """System entries stand in clear, keys sorted, and come back."""
    entry = render_system(kind, {"b": 1, "a": "信"})
    assert entry == f'bureau-log/v1 {kind}\n{{"a":"信","b":1}}\n'.encode()
    found = parse_entry(entry)
    assert (found.kind, found.commitment, found.content) == (kind, None, '{"a":"信","b":1}'.encode())


GOOD = render_event(bytes(32))


@pytest.mark.parametrize(
    "entry",
    [
        b"", b"\n", b"\n\n", GOOD[:-1], GOOD + b"\n", GOOD + b"x\n", GOOD.replace(b"v1", b"v2"),
        GOOD.replace(b"event", b"Event"),
        GOOD.replace(b"event", b"gossip"), GOOD.replace(b"event", b"act x"), GOOD.replace(b"A=", b"B="),
        GOOD.replace(b"A=", b"="),
        GOOD.replace(b"event", b""), b"\xff" + GOOD, GOOD.replace(b"bureau", b" bureau"), GOOD.replace(b"\n", b"\r\n"),
        b"bureau-log/v1 event\n" + base64.b64encode(bytes(31)) + b"\n", b"bureau-log/v1 event\n\xff\n",
    ],
)  # fmt: skip
def test_malformed_entries_are_refused(entry: bytes) -> None:
    """Another prefix, kind, line or spelling is refused."""
    with pytest.raises(Malformed):
        parse_entry(entry)


@given(st.binary(max_size=120))
def test_no_bytes_make_reading_raise(content: bytes) -> None:
    """Any bytes are an entry or refused, alone and behind a good beginning."""
    for entry in (content, b"bureau-log/v1 event\n" + content, b"bureau-log/v1 act\n" + content + b"\n"):
        with suppress(Malformed):
            assert parse_entry(entry).kind


def test_what_cannot_be_an_entry() -> None:
    """A commitment of another length, an unknown kind and an entry beyond the bundle's limit are not made."""
    with pytest.raises(Malformed):
        render_event(bytes(31))
    with pytest.raises(Malformed):
        render_system("gossip", {})
    with pytest.raises(Malformed):
        render_system("act", {"a": "x" * LARGEST_ENTRY})


def test_what_a_system_entry_says_is_read_strictly() -> None:
    """The names that are asked for and no others, canonical, once each."""
    assert read_said(b'{"a":1,"b":"x"}', ("b", "a")) == {"a": 1, "b": "x"}
    for content in (
        b'{"a":1}', b'{"a":1,"b":2,"c":3}', b'{"b":2,"a":1}', b'{"a":1, "b":2}', b'{"a":1,"a":1,"b":2}', b'["a","b"]', b"",
        b'{"a":1.5,"b":2}', b'{"a":1,"b":NaN}', b"\xff", b"[" * 100_000,
    ):  # fmt: skip
        with pytest.raises(Malformed):
            read_said(content, ("a", "b"))


def test_the_kinds_are_those_of_the_published_page() -> None:
    """What an entry may be is said to other implementations by name."""
    kinds = {"act", "policy", "key", "tariff", "index", "billing", "draw", "audit-report", "incident", "shard-end"}
    assert kinds <= SYSTEM_KINDS
    for kind in kinds:
        assert render_system(kind, {}) == f"bureau-log/v1 {kind}\n{{}}\n".encode()


@pytest.mark.parametrize(
    "entry",
    [b"act\n{}\n", b"bureau-log/v1 act\n{}", b"bureau-log/v1 act\n{}\n{}\n", b"bureau-log/v1 act\n{}\n\n", b"bureau-log/v1 act",
     b"bureau-log/v1 act\n", b"bureau-log/v1 \n{}\n"],
)  # fmt: skip
def test_system_entries_are_two_lines_too(entry: bytes) -> None:
    """No prefix, an open end, a third line: refused where no hash refuses them."""
    with pytest.raises(Malformed, match=r"two lines|begins with"):
        parse_entry(entry)


def test_the_largest_entry_is_one() -> None:
    """65,535 bytes fit, one more does not."""
    around = len(render_system("act", {"a": ""}))
    assert len(render_system("act", {"a": "x" * (LARGEST_ENTRY - around)})) == LARGEST_ENTRY == 65_535
    with pytest.raises(Malformed):
        render_system("act", {"a": "x" * (LARGEST_ENTRY - around + 1)})
