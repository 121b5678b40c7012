"""Where do the log's hashes and entries lie?

C2SP tlog-tiles: tiles of height 8.  `tile/<L>/<N>[.p/<W>]` holds up to 256 hashes of level 8*L, `tile/entries/<N>[.p/<W>]`
up to 256 entries, each behind a big-endian 16-bit length.  N is written in groups of three digits, all but the last
behind an x: 1234067 is x001/x234/067.  Files never change; a partial one is replaced by a wider one beside it.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from openbureau.tlog.merkle import HASH_SIZE, HashReader, node_hash, root_from

WIDTH = 256
LARGEST_ENTRY = 65_535
ENTRIES = -1
"""The level that stands for entry bundles."""


class TileRefused(ValueError):
    """A tile or bundle is not what its address and the tree say."""


@dataclass(frozen=True, slots=True, order=True)
class TileAddress:
    """Which tile: level (or `ENTRIES`), number, and how many hashes or entries it holds (256 when full)."""

    level: int
    number: int
    width: int

    @property
    def path(self) -> str:
        """The file's path under the export directory."""
        digits = f"{self.number % 1000:03d}"
        rest = self.number // 1000
        while rest:
            digits = f"x{rest % 1000:03d}/{digits}"
            rest //= 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{digits}" + ("" if self.width == WIDTH else f".p/{self.width}")


def tiles_of(size: int) -> Iterator[TileAddress]:
    """Every tile and bundle that a log of this size serves: level by level, bundles last."""
    level, count = 0, size
    while count:
        yield from _row(level, 0, count)
        level, count = level + 1, count >> 8
    yield from _row(ENTRIES, 0, size)


def tiles_since(old: int, new: int) -> Iterator[TileAddress]:
    """The tiles that a log of size `new` serves and one of size `old` did not."""
    level = 0
    before, after = old, new
    while after:
        if after > before:
            yield from _row(level, before // WIDTH, after)
        level, before, after = level + 1, before >> 8, after >> 8
    if new > old:
        yield from _row(ENTRIES, old // WIDTH, new)


def _row(level: int, first: int, count: int) -> Iterator[TileAddress]:
    for number in range(first, count // WIDTH):
        yield TileAddress(level, number, WIDTH)
    if count % WIDTH:
        yield TileAddress(level, count // WIDTH, count % WIDTH)


def tile_bytes(read: HashReader, address: TileAddress) -> bytes:
    """The content of a hash tile, from the hashes of complete subtrees."""
    first = address.number * WIDTH
    return b"".join(read(8 * address.level, first + at) for at in range(address.width))


def render_bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle.  `TileRefused` for an entry that no 16-bit length can tell."""
    if any(len(entry) > LARGEST_ENTRY for entry in entries):
        raise TileRefused(f"an entry is longer than {LARGEST_ENTRY} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(content: bytes, width: int) -> list[bytes]:
    """The entries of a bundle, exactly `width` of them."""
    entries: list[bytes] = []
    at, end = 0, len(content)
    for _ in range(width):
        length = int.from_bytes(content[at : at + 2], "big")
        entry = content[at + 2 : at + 2 + length]
        if at + 2 > end or len(entry) != length:
            raise TileRefused("the bundle ends within an entry")
        entries.append(entry)
        at += 2 + length
    if at != end:
        raise TileRefused("the bundle has bytes after its last entry")
    return entries


def bundle_hashes(content: bytes, width: int) -> list[bytes]:
    """Leaf hashes of a bundle's entries, without keeping the entries."""
    sha256 = hashlib.sha256
    return [sha256(b"\x00" + entry).digest() for entry in parse_bundle(content, width)]


def hash_reader(read_tile: Callable[[TileAddress], bytes], size: int) -> HashReader:
    """Read single hashes out of the tiles of a log of this size; levels between tiles are computed."""

    def read(level: int, number: int) -> bytes:
        row, rise = divmod(level, 8)
        first = number << rise
        count = size >> (8 * row)
        tile = first // WIDTH
        width = min(WIDTH, count - tile * WIDTH)
        content = read_tile(TileAddress(row, tile, width))
        at = first % WIDTH * HASH_SIZE
        hashes = [content[at + HASH_SIZE * step : at + HASH_SIZE * (step + 1)] for step in range(1 << rise)]
        while len(hashes) > 1:
            hashes = [node_hash(hashes[step], hashes[step + 1]) for step in range(0, len(hashes), 2)]
        return hashes[0]

    return read


def root_of_tiles(read_tile: Callable[[TileAddress], bytes], size: int) -> bytes:
    """The root that the stored tiles lead to."""
    return root_from(hash_reader(read_tile, size), size)
