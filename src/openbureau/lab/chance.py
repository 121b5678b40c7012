"""Where does chance come from?

Every made-up thing has a source of its own, derived from the seed and its place, so that person 7 is the same person in
a country of ten and of ten million.  Only `random()` of the standard generator is used: its stream is fixed for a seed
in every version of Python, unlike the other methods.  Nothing here is fit for secrets.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from random import Random

VERSION = "openbureau-lab/1"
"""Part of every seed: change it and every made-up country changes."""


def _digest(parts: Sequence[object]) -> bytes:
    return hashlib.sha256("|".join((VERSION, *map(str, parts))).encode()).digest()


def source(*parts: object) -> Random:
    """The source of chance of one place: seed, kind, number and so on."""
    return Random(int.from_bytes(_digest(parts)[:16], "big"))  # noqa: S311  made-up people are no secret


def own_key(*parts: object) -> str:
    """A key of 16 hexadecimal characters for a place, as a furnisher would use for its own records."""
    return _digest(parts)[:8].hex()


def whole(rng: Random, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included."""
    return low + int(rng.random() * (high - low + 1))


def one_of(rng: Random, values: Sequence[str]) -> str:
    """One of the values, all alike."""
    return values[int(rng.random() * len(values))]


def weighted(rng: Random, bounds: Sequence[int]) -> int:
    """The place in a list of running sums of weights."""
    return bisect_right(bounds, rng.random() * bounds[-1])


def shuffled(index: int, size: int, *parts: object) -> int:
    """The place of `index` in a fixed shuffle of `size` places: different indexes never meet.

    A Feistel network of four rounds over the next even number of bits, walked on until the place lies inside.
    """
    if not 0 <= index < size:
        raise ValueError(f"place {index} is not within 0 to {size - 1}: the shuffle has no room for it")
    half = ((size - 1).bit_length() + 1) // 2 or 1
    mask = (1 << half) - 1
    place = index
    while True:
        left, right = place >> half, place & mask
        for turn in range(4):
            mixed = int.from_bytes(_digest((*parts, turn, right))[:8], "big") & mask
            left, right = right, left ^ mixed
        place = left << half | right
        if place < size:
            return place
