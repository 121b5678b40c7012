"""What is sealed stays sealed, and to its place."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.store.sealing import SealBroken, blind, seal, unseal, unwrap_key, wrap_key

KEY = bytes(range(32))


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_was_sealed_opens_again(content, place):
    """With the same key and place."""
    assert unseal(KEY, seal(KEY, content, place=place, random=os.urandom), place=place) == content


@given(st.binary(min_size=1, max_size=100), st.integers(0, 10_000))
def test_no_bit_can_be_changed(content, at):
    """Any flipped bit is noticed."""
    sealed = bytearray(seal(KEY, content, place="p", random=os.urandom))
    sealed[at % len(sealed)] ^= 1 << (at % 8)
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(sealed), place="p")


def test_sealed_bytes_cannot_be_moved_to_another_place_or_key():
    """A row copied over another row does not open."""
    sealed = seal(KEY, b"x", place="identity/a", random=os.urandom)
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, place="identity/b")
    with pytest.raises(SealBroken):
        unseal(KEY[::-1], sealed, place="identity/a")
    wrapped = wrap_key(KEY, b"k" * 32, place="subject/a", random=os.urandom)
    assert unwrap_key(KEY, wrapped, place="subject/a") == b"k" * 32
    with pytest.raises(SealBroken):
        unwrap_key(KEY, wrapped, place="subject/b")


def test_blind_indexes_are_keyed_and_unambiguous():
    """The same parts give the same index under the same key; moving a border gives another."""
    assert blind(KEY, "id", "ab", "c") == blind(KEY, "id", "ab", "c")
    assert blind(KEY, "id", "ab", "c") != blind(KEY, "id", "a", "bc")
    assert blind(KEY, "id", "ab", "c") != blind(KEY[::-1], "id", "ab", "c")
    assert blind(KEY, "id", "ab") != blind(KEY, "name", "ab")
