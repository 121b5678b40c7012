"""Is this entry in the tree, and is the old tree a prefix of the new one?

RFC 6962 section 2.1 (and RFC 9162 section 2.1, which it became): SHA-256, leaf prefix 0x00, node prefix 0x01, split at
the largest power of two below the size.  Proofs are lists of 32-byte hashes, lowest level first.

Promises: a `check_` function says yes only for exactly the hashes the tree holds.  Nothing here stores, signs or
knows what an entry means.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_SIZE = 32

HashReader = Callable[[int, int], bytes]
"""Gives the hash at (level, number): level 0 are leaf hashes, number counts complete subtrees of 2**level leaves."""


class ProofRefused(ValueError):
    """The proof does not show what it claims."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A whole tree in memory: every complete subtree's hash, one byte string a level (64 bytes a leaf in all)."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0]) // HASH_SIZE

    def append(self, hashes: Sequence[bytes]) -> None:
        """Add leaf hashes at the end."""
        self._levels[0] += b"".join(hashes)
        level = 0
        sha256 = hashlib.sha256
        while len(self._levels[level]) >= 2 * HASH_SIZE:
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            below, above = self._levels[level], self._levels[level + 1]
            first, last = 2 * len(above), len(below) // 64 * 64
            above += b"".join(sha256(b"\x01" + below[at : at + 64]).digest() for at in range(first, last, 64))
            level += 1

    def read(self, level: int, number: int) -> bytes:
        """The hash of a complete subtree.  IndexError when the tree has no such subtree."""
        if level >= len(self._levels) or (number + 1) * HASH_SIZE > len(self._levels[level]):
            raise IndexError(f"no complete subtree {number} at level {level} in a tree of {self.size}")
        return bytes(self._levels[level][number * HASH_SIZE : (number + 1) * HASH_SIZE])

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves (all of them when not given)."""
        return root_from(self.read, self.size if size is None else size)


def root_from(read: HashReader, size: int) -> bytes:
    """The root of the first `size` leaves, from the hashes of complete subtrees."""
    return _range_hash(read, 0, size) if size else EMPTY_ROOT


def _range_hash(read: HashReader, first: int, last: int) -> bytes:
    """Hash of leaves first..last (last not included); `first` must start a subtree as large as the range needs."""
    width = last - first
    level = width.bit_length() - 1
    if width == 1 << level and first % width == 0:
        return read(level, first >> level)
    split = first + (1 << ((width - 1).bit_length() - 1))
    return node_hash(_range_hash(read, first, split), _range_hash(read, split, last))


def prove_inclusion(read: HashReader, index: int, size: int) -> list[bytes]:
    """The audit path of RFC 6962 section 2.1.1 for leaf `index` in the tree of the first `size` leaves."""
    return [_range_hash(read, first, last) for first, last in path_ranges(index, size)]


def path_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The runs of leaves (first, last not included) whose roots are the audit path of leaf `index`, in the path's order."""
    if not 0 <= index < size:
        raise ProofRefused(f"entry {index} is not in a tree of {size}")
    ranges: list[tuple[int, int]] = []
    first, last = 0, size
    while last - first > 1:
        split = first + (1 << ((last - first - 1).bit_length() - 1))
        if index < split:
            ranges.append((split, last))
            last = split
        else:
            ranges.append((first, split))
            first = split
    return ranges[::-1]


def prove_consistency(read: HashReader, old: int, new: int) -> list[bytes]:
    """The consistency proof of RFC 6962 section 2.1.2 between the trees of the first `old` and `new` leaves."""
    if not 0 <= old <= new:
        raise ProofRefused(f"a tree of {old} is no prefix of a tree of {new}")
    if old in {0, new}:
        return []
    path: list[bytes] = []
    first, last, is_whole = 0, new, True
    while old != last:
        split = first + (1 << ((last - first - 1).bit_length() - 1))
        if old <= split:
            path.append(_range_hash(read, split, last))
            last = split
        else:
            path.append(_range_hash(read, first, split))
            first, is_whole = split, False
    if not is_whole:
        path.append(_range_hash(read, first, last))
    return path[::-1]


def check_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise `ProofRefused` unless `proof` shows that `leaf` is entry `index` under `root` (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofRefused(f"entry {index} is not in a tree of {size}")
    if any(len(hash_) != HASH_SIZE for hash_ in (leaf, root, *proof)):
        raise ProofRefused("a hash is not 32 bytes long")
    position, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofRefused("the proof is too short")
    if found != root:
        raise ProofRefused("the proof leads to another root")


def check_consistency(*, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise `ProofRefused` unless the first `old` entries of the new tree are the old tree (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        raise ProofRefused(f"a tree of {new} cannot continue a tree of {old}")
    if old == new:
        _check_same(old, old_root, new_root, proof=proof)
        return
    if old == 0:
        raise ProofRefused("nothing is proved from an empty tree: every tree continues it")
    if any(len(hash_) != HASH_SIZE for hash_ in (old_root, new_root, *proof)):
        raise ProofRefused("a hash is not 32 bytes long")
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise ProofRefused("the proof is empty")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    found_old = found_new = path[0]
    for hash_ in path[1:]:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if position & 1 or position == last:
            found_old, found_new = node_hash(hash_, found_old), node_hash(hash_, found_new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found_new = node_hash(found_new, hash_)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofRefused("the proof is too short")
    if found_old != old_root or found_new != new_root:
        raise ProofRefused("the proof leads to other roots")


def _check_same(size: int, old_root: bytes, new_root: bytes, *, proof: Sequence[bytes]) -> None:
    """Equal sizes need equal roots and no hash; the empty tree has one root.

    Nothing is hashed here, so roots are compared and not measured: the published vectors ask for that.
    """
    if proof:
        raise ProofRefused("no hash belongs in this proof")
    if old_root != new_root:
        raise ProofRefused("two roots for one size")
    if size == 0 and old_root != EMPTY_ROOT:
        raise ProofRefused("the root of an empty tree is another")


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a growing tree: what is needed to append and to know the root, in logarithmic memory."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()
    """Hashes of the complete subtrees that make up the tree, largest first."""

    def extended(self, hashes: Sequence[bytes]) -> "Frontier":
        """The frontier after these leaf hashes."""
        size, peaks = self.size, list(self.peaks)
        for hash_ in hashes:
            peaks.append(hash_)
            size += 1
            merge = size
            while not merge & 1:
                right = peaks.pop()
                peaks[-1] = node_hash(peaks[-1], right)
                merge >>= 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found

    def to_bytes(self) -> bytes:
        """8 bytes of size, then the peaks."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Frontier":
        """The inverse of `to_bytes`; ValueError for anything else."""
        size = int.from_bytes(stored[:8], "big")
        if len(stored) != 8 + HASH_SIZE * size.bit_count():
            raise ValueError("not a stored frontier: its length does not fit its size")
        return cls(size, tuple(stored[at : at + HASH_SIZE] for at in range(8, len(stored), HASH_SIZE)))
