"""Does a leaf bind every field of its event and tell none of them?"""

import hashlib
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.core.leaf import NO_LEAF, NONE, SCHEMA, Event, EventKind, bill_number, event_fields, make_leaf
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.merkle import leaf_hash

AT = datetime(2026, 11, 24, 2, 0, 30, tzinfo=UTC)
SALT = bytes(range(32))
EVENT = Event(
    kind=EventKind.INQUIRY, at=AT, actor="bank-made-up", label="ab" * 32, seq=3, prev="cd" * 32, actor_user="teller-7",
    purpose="loan-approval", product="report", regime="cn", basis="consent", basis_ref="ef" * 32,
    policy="12" * 32 + ";permit;x", inputs="34" * 32, request="56" * 32, response="78" * 32,
    price="fee.crc.personal;1;100;CNY;billable", bill_seq="2026-11;017;4", notice="person",
)  # fmt: skip
CHANGES: dict[str, dict[str, Any]] = {name: {name: "other"} for name in SCHEMA[5:]}
CHANGES |= {
    "kind": {"kind": EventKind.INQUIRY_REFUSED}, "time": {"at": AT + timedelta(seconds=1)}, "label": {"label": NONE},
    "seq": {"seq": 4}, "prev": {"prev": NO_LEAF},
}  # fmt: skip


def test_the_schema_is_complete_and_in_order() -> None:
    """Leaf schema 1 has these fields in this order for ever."""
    assert SCHEMA == (
        "kind", "time", "label", "seq", "prev", "actor", "actor_user", "purpose", "product", "regime", "basis",
        "basis_ref", "policy", "inputs", "request", "response", "price", "bill_seq", "notice",
    )  # fmt: skip
    assert tuple(name for name, _ in event_fields(EVENT)) == SCHEMA


def test_every_kind_of_the_design_is_there() -> None:
    """The twenty-two kinds of events about a person or a member; system events are entries of their own."""
    assert {kind.value for kind in EventKind} == {
        "inquiry", "inquiry-refused", "consent-given", "consent-withdrawn", "furnishing", "correction",
        "dispute-opened", "dispute-closed", "freeze", "unfreeze", "statement", "relief", "notice", "reservation",
        "link", "unlink", "model-run", "self-access", "staff-view", "export", "opening", "erasure",
    }  # fmt: skip


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_makes_a_leaf(kind: EventKind) -> None:
    """With nothing but kind, time and actor the other fields say nothing, and the entry parses."""
    leaf = make_leaf(Event(kind=kind, at=AT, actor="bureau"), SALT)
    told = dict(leaf.fields)
    assert (told["kind"], told["time"], told["actor"]) == (kind.value, "2026-11-24T02:00:30Z", "bureau")
    assert (told["seq"], told["prev"]) == ("0", NO_LEAF)
    rest = set(SCHEMA) - {"kind", "time", "actor", "seq", "prev"}
    assert {told[name] for name in rest} == {NONE}
    assert parse_entry(leaf.entry).commitment == leaf.commitment.root
    assert leaf.leaf_hash == leaf_hash(leaf.entry) == hashlib.sha256(b"\x00" + leaf.entry).digest()


@pytest.mark.parametrize("name", SCHEMA)
def test_the_leaf_binds_every_field(name: str) -> None:
    """Any changed field gives another commitment in its own part alone."""
    plain, changed = make_leaf(EVENT, SALT), make_leaf(replace(EVENT, **CHANGES[name]), SALT)
    assert plain.leaf_hash != changed.leaf_hash
    parts = zip(SCHEMA, plain.commitment.parts, changed.commitment.parts, strict=True)
    assert [field for field, left, right in parts if left != right] == [name]


def test_the_entry_tells_nothing() -> None:
    """Equal events under different salts look different, and no value stands in the entry."""
    first, second = make_leaf(EVENT, SALT), make_leaf(EVENT, bytes(32))
    assert first.entry != second.entry
    assert set(first.commitment.parts).isdisjoint(second.commitment.parts)
    assert not [value for _, value in first.fields if len(value) > 3 and value.encode() in first.entry]


@given(st.integers(-12, 14), st.integers(0, 999_999))
def test_time_is_utc_in_whole_seconds(hours: int, microseconds: int) -> None:
    """The same instant in any zone is the same field."""
    zone = timezone(timedelta(hours=hours))
    event = replace(EVENT, at=AT.replace(microsecond=microseconds).astimezone(zone))
    assert dict(event_fields(event))["time"] == "2026-11-24T02:00:30Z"


def test_an_instant_without_a_zone_is_refused() -> None:
    """The zone of the machine never enters a leaf."""
    with pytest.raises(ValueError, match="zone"):
        event_fields(replace(EVENT, at=AT.replace(tzinfo=None)))


@given(st.text(max_size=20))
def test_texts_are_committed_in_one_composition(text: str) -> None:
    """A composed and a decomposed spelling are one field."""
    left = replace(EVENT, actor_user=unicodedata.normalize("NFC", text))
    right = replace(EVENT, actor_user=unicodedata.normalize("NFD", text))
    assert event_fields(left) == event_fields(right)


@pytest.mark.parametrize(
    ("lane", "number", "told"), [(0, 1, "2026-11;000;1"), (17, 4, "2026-11;017;4"), (255, 1000, "2026-11;255;1000")]
)
def test_bill_numbers(lane: int, number: int, told: str) -> None:
    """Month, lane in three digits, number within the lane."""
    assert bill_number("2026-11", lane, number) == told
