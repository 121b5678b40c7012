"""Do tiles lie where the public format says, and lead to the same root?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.tlog.merkle import Tree, leaf_hash, prove_inclusion
from openbureau.tlog.tile import (
    ENTRIES,
    LARGEST_ENTRY,
    TileAddress,
    TileRefused,
    bundle_hashes,
    hash_reader,
    parse_bundle,
    render_bundle,
    root_of_tiles,
    tile_bytes,
    tiles_of,
    tiles_since,
)

BORDERS = [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537]


@pytest.fixture(scope="module")
def tree() -> Tree:
    """A tree that is larger than one tile of the second row."""
    made = Tree()
    made.append([leaf_hash(str(number).encode()) for number in range(65_540)])
    return made


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (TileAddress(0, 0, 256), "tile/0/000"),
        (TileAddress(1, 5, 256), "tile/1/005"),
        (TileAddress(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (TileAddress(0, 1_234_067, 8), "tile/0/x001/x234/067.p/8"),
        (TileAddress(0, 1000, 1), "tile/0/x001/000.p/1"),
        (TileAddress(ENTRIES, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_published_paths(address: TileAddress, path: str) -> None:
    """Paths are those of C2SP tlog-tiles."""
    assert address.path == path


def test_tiles_of_seventy_thousand() -> None:
    """The tiles of a log of 70,000 entries are the ones that the format prescribes."""
    found = [address.path for address in tiles_of(70_000) if address.level != ENTRIES]
    assert len(found) == 273 + 1 + 1 + 1 + 1
    assert found[273:] == ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]


@pytest.mark.parametrize("size", BORDERS)
def test_tiles_lead_to_the_root(size: int, tree: Tree) -> None:
    """Around every border the tiles give the tree's root and proofs, and only tiles of the list are read."""
    held = {address.path: tile_bytes(tree.read, address) for address in tiles_of(size) if address.level != ENTRIES}
    assert all(len(content) <= 8192 for content in held.values())

    def read(address: TileAddress) -> bytes:
        return held[address.path]

    assert root_of_tiles(read, size) == tree.root(size)
    for index in {0, size // 2, size - 1} if size else ():
        assert prove_inclusion(hash_reader(read, size), index, size) == prove_inclusion(tree.read, index, size)


@given(st.integers(0, 70_000), st.integers(0, 2000))
def test_new_tiles_complete_the_old(old: int, more: int) -> None:
    """What an old log served, and what is new since, covers what the new log serves; full tiles are never served anew."""
    new = old + more
    before, since, after = set(tiles_of(old)), set(tiles_since(old, new)), set(tiles_of(new))
    assert after <= before | since
    assert since <= after
    assert not {address for address in since & before if address.width == 256}


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_bundles_come_back(entries: list[bytes]) -> None:
    """Entries come out of a bundle as they went in, with their hashes."""
    content = render_bundle(entries)
    assert parse_bundle(content, len(entries)) == entries
    assert bundle_hashes(content, len(entries)) == [leaf_hash(entry) for entry in entries]


@given(st.binary(max_size=400), st.integers(0, 256))
def test_no_bytes_make_a_bundle_raise(content: bytes, width: int) -> None:
    """Any bytes are a bundle of exactly this width, or refused."""
    try:
        assert render_bundle(parse_bundle(content, width)) == content
    except TileRefused:
        assert content != b"" or width > 0


def test_entries_have_a_largest_size() -> None:
    """An entry that no 16-bit length can tell is refused."""
    assert parse_bundle(render_bundle([bytes(LARGEST_ENTRY)]), 1) == [bytes(LARGEST_ENTRY)]
    with pytest.raises(TileRefused):
        render_bundle([bytes(LARGEST_ENTRY + 1)])


@pytest.mark.parametrize("content", [b"", b"\x00", b"\x00\x02a", b"\x00\x01ab", b"\x00\x01a\x00"])
def test_torn_bundles_are_refused(content: bytes) -> None:
    """A bundle that ends within an entry, or goes on after its last, is refused."""
    with pytest.raises(TileRefused):
        parse_bundle(content, 1)
