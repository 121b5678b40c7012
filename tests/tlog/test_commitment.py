"""Does a commitment say nothing, and bind to everything?"""

import hashlib
import hmac
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.commitment import (
    Opening,
    OpeningRefused,
    check_opening,
    commit,
    open_fields,
    record_leaf,
    record_leaves,
)
from openbureau.tlog.merkle import leaf_hash
from openbureau.tlog.strict import Malformed

SCHEMA = ("kind", "time", "actor", "price")
FIELDS = (("kind", "inquiry"), ("time", "2026-11-02T08:00:00Z"), ("actor", "bank-one"), ("price", "-;0;0;CNY;free"))
SALT = bytes(range(32))


def test_the_formula_word_for_word() -> None:
    """The commitment is the one that the specification spells out."""
    parts = []
    for name, value in FIELDS:
        key = hmac.new(SALT, b"field\x00" + name.encode(), hashlib.sha256).digest()
        parts.append(hmac.new(key, name.encode() + b"\x00" + value.encode(), hashlib.sha256).digest())
    head = b"bureau-log/fields/v1\x00" + (4).to_bytes(2, "big")
    assert commit(FIELDS, SALT).root == hashlib.sha256(head + b"".join(parts)).digest()


@given(st.sets(st.sampled_from(SCHEMA)))
def test_an_opening_shows_the_named_fields_alone(names: set[str]) -> None:
    """Through JSON and back, an opening shows exactly what was opened, and its text holds no other value."""
    opening = Opening.from_json(open_fields(FIELDS, SALT, names).to_json())
    assert check_opening(opening, commit(FIELDS, SALT).root, SCHEMA) == {k: v for k, v in FIELDS if k in names}
    hidden = {value for name, value in FIELDS if name not in names}
    assert not any(value in str(opening.to_json()) for value in hidden)


@pytest.mark.parametrize("name", SCHEMA)
def test_any_changed_field_is_another_commitment(name: str) -> None:
    """Changing one value, or moving it to another field, changes the commitment, and its opening is refused."""
    changed = tuple((key, value + "x" if key == name else value) for key, value in FIELDS)
    assert commit(changed, SALT).root != commit(FIELDS, SALT).root
    with pytest.raises(OpeningRefused):
        check_opening(open_fields(changed, SALT, {name}), commit(FIELDS, SALT).root, SCHEMA)
    opening = open_fields(FIELDS, SALT, {name})
    key, value = opening.opened[name]
    for wrong in ((key, value + "x"), (bytes(32), value)):
        with pytest.raises(OpeningRefused):
            check_opening(Opening(opening.parts, {name: wrong}), commit(FIELDS, SALT).root, SCHEMA)
    other = next(known for known in SCHEMA if known != name)
    with pytest.raises(OpeningRefused):
        check_opening(Opening(opening.parts, {other: (key, value)}), commit(FIELDS, SALT).root, SCHEMA)


def test_another_salt_is_another_commitment() -> None:
    """The same fields under another salt have nothing in common."""
    first, second = commit(FIELDS, SALT), commit(FIELDS, bytes(32))
    assert first.root != second.root
    assert not set(first.parts) & set(second.parts)


def test_openings_of_another_shape_are_refused() -> None:
    """More or fewer parts, unknown fields and a swapped order are refused."""
    root = commit(FIELDS, SALT).root
    opening = open_fields(FIELDS, SALT, {"kind"})
    for parts in (opening.parts[:-1], (*opening.parts, bytes(32)), opening.parts[::-1], ()):
        with pytest.raises(OpeningRefused):
            check_opening(Opening(parts, {}), root, SCHEMA)
    with pytest.raises(OpeningRefused):
        check_opening(Opening(opening.parts, {"nothing": (bytes(32), "-")}), root, SCHEMA)
    with pytest.raises(OpeningRefused):
        open_fields(FIELDS, SALT, {"nothing"})


def test_parts_cannot_be_cut_otherwise() -> None:
    """The same bytes cut into parts of other lengths are refused."""
    opening = open_fields(FIELDS, SALT, set())
    joined = b"".join(opening.parts)
    cut = (joined[:31], joined[31:64], joined[64:96], joined[96:])
    with pytest.raises(OpeningRefused):
        check_opening(Opening(cut, {}), commit(FIELDS, SALT).root, SCHEMA)


@pytest.mark.parametrize(
    "value",
    [
        None, [], "x", {}, {"parts": []}, {"opened": {}}, {"parts": ["AAAA"], "opened": {}}, {"parts": 3, "opened": {}},
        {"parts": [], "opened": {"kind": ["AAAA"]}}, {"parts": [], "opened": {"kind": ["!", "x"]}},
        {"parts": [], "opened": {"kind": ["AAAA", "x"]}}, {"parts": [], "opened": []}, {"parts": [], "opened": {"kind": 7}},
    ],
)  # fmt: skip
def test_malformed_openings_are_refused(value: object) -> None:
    """JSON of another shape, or a key that is not 32 bytes, is refused with the opening's own refusal."""
    with pytest.raises(OpeningRefused):
        Opening.from_json(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["parts", "opened", "kind", "x"]), inner)
    ),
    max_leaves=8,
)


@given(json_values)
def test_no_json_makes_reading_raise(value: object) -> None:
    """Any JSON is an opening or refused."""
    with suppress(OpeningRefused):
        assert isinstance(Opening.from_json(value), Opening)


def test_a_salt_has_32_bytes() -> None:
    """A commitment under a shorter salt is not made."""
    with pytest.raises(Malformed):
        commit(FIELDS, bytes(31))


def test_record_leaves_are_salted() -> None:
    """Leaves of records are the formula's, one by one or many at once, and are not the plain leaf hashes."""
    records = [b"one", b"two", b"one"]
    salts = bytes(range(96))
    leaves = record_leaves(salts, records)
    assert leaves == [record_leaf(salts[at : at + 32], record) for at, record in zip((0, 32, 64), records, strict=True)]
    assert leaves[0] == hashlib.sha256(b"\x00" + salts[:32] + b"one").digest()
    assert leaves[0] != leaves[2]
    assert leaf_hash(b"one") not in leaves
    with pytest.raises(ValueError, match="zip"):
        record_leaves(salts[:64], records)


def test_an_opened_field_is_a_pair() -> None:
    """One value and three values beside a key are no opened field."""
    fields, salt = [("a", "1"), ("b", "2")], bytes(32)
    shown = open_fields(fields, salt, ["a"]).to_json()
    assert Opening.from_json(shown).opened["a"][1] == "1"
    for pair in ([*shown["opened"]["a"], "more"], shown["opened"]["a"][:1]):
        with pytest.raises(OpeningRefused):
            Opening.from_json({"parts": shown["parts"], "opened": {"a": pair}})


def test_an_opening_fits_its_schema() -> None:
    """A schema with a field more or less refuses what belongs to the commitment."""
    fields, salt = [("a", "1"), ("b", "2")], bytes(32)
    opening, root = open_fields(fields, salt, ["a"]), commit(fields, salt).root
    assert check_opening(opening, root, ["a", "b"]) == {"a": "1"}
    for schema in (["a"], ["a", "b", "c"]):
        with pytest.raises(OpeningRefused, match="one part of 32 bytes for each field"):
            check_opening(opening, root, schema)
