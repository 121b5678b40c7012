"""Where did each person's chain end when the index was made, and can nobody be shown another end?

Every hour the ends of all chains go into one Merkle tree (RFC 6962 hashing) over entries sorted by label, and its root into the
log.  An entry is the label and a commitment to (count, head) under a salt of its own for each index, so that whoever holds a
label cannot see from entry to entry whether anything happened.  With r = the 32 random bytes kept for the label:

salt = HMAC-SHA256(r, "salt" || 0x00 || shard as 32 bits || size as 64 bits)
commitment = SHA-256("bureau-log/idx/v1" || 0x00 || salt || count as 64 bits || head)
leaf = SHA-256(0x00 || "bureau-log/idx/v1" || 0x00 || label || commitment)

Promises: a label has one place; that it is absent is shown by its two neighbours; whoever destroys r leaves 32 bytes that fit
every end alike.
"""

import hashlib
import hmac
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openbureau.tlog.entry import read_said
from openbureau.tlog.merkle import HASH_SIZE, HashReader, ProofRefused, Tree, check_inclusion, prove_inclusion
from openbureau.tlog.strict import Malformed, parse_hash, render_base64

SCHEMA = "openbureau-index/1"
DOMAIN = b"bureau-log/idx/v1\x00"
LABEL_SIZE = SECRET_SIZE = 32
ENTRY_SIZE = LABEL_SIZE + HASH_SIZE
PAGE = 256
_LEVEL = 8
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_AT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z\Z")


class IndexRefused(ValueError):
    """The proof does not show what it claims of the index."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """Which index: of one shard of labels, over the first `size` entries of the log."""

    shard: int
    size: int


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What an `index` entry of the log says."""

    epoch: Epoch
    labels: int
    root: bytes
    at: str

    def to_json(self) -> dict[str, Any]:
        """As it stands in the log."""
        return {
            "schema": SCHEMA, "shard": self.epoch.shard, "size": self.epoch.size, "labels": self.labels,
            "root": self.root.hex(), "at": self.at,
        }  # fmt: skip


def parse_index(content: bytes) -> IndexEntry:
    """Read the JSON line of an `index` entry; `Malformed` for any other form."""
    found = read_said(content, ("at", "labels", "root", "schema", "shard", "size"))
    numbers = [found[name] for name in ("shard", "size", "labels")]
    if found["schema"] != SCHEMA or not all(type(one) is int and 0 <= one < 1 << 53 for one in numbers):
        raise Malformed("an index says its shard, the size that it covers, and how many labels")
    if not all(isinstance(found[name], str) for name in ("root", "at")):
        raise Malformed("an index says its root and its time")
    if not _HEX.match(found["root"]) or not _AT.match(found["at"]) or not 2000 <= numbers[0] <= 9999:
        raise Malformed("the root is 64 hex digits, the shard a year, the time an instant in UTC")
    return IndexEntry(Epoch(numbers[0], numbers[1]), numbers[2], bytes.fromhex(found["root"]), found["at"])


def salt_of(secret: bytes, epoch: Epoch) -> bytes:
    """The salt of a label in one index, from what is kept for the label."""
    if len(secret) != SECRET_SIZE:
        raise Malformed("what is kept for a label is 32 bytes long")
    told = b"salt\x00" + epoch.shard.to_bytes(4, "big") + epoch.size.to_bytes(8, "big")
    return hmac.digest(secret, told, "sha256")


def commit_end(salt: bytes, count: int, head: bytes) -> bytes:
    """The commitment to the end of a chain: how many events, and the hash of the last."""
    if len(salt) != HASH_SIZE or len(head) != HASH_SIZE:
        raise Malformed("a salt and a head are 32 bytes long")
    return hashlib.sha256(DOMAIN + salt + count.to_bytes(8, "big") + head).digest()


def erased_commitment(seed: bytes, epoch: Epoch) -> bytes:
    """What stands for a label after its erasure: made from a seed that commits to nothing."""
    told = b"erased\x00" + epoch.shard.to_bytes(4, "big") + epoch.size.to_bytes(8, "big")
    return hmac.digest(seed, told, "sha256")


def erased_at(seed: bytes, before: Mapping[int, bytes], epoch: Epoch) -> bytes | None:
    """What stands for an erased label in one index: what stood there at the time (`before`, by size), else made from the seed.

    None where the label was not there yet.
    """
    if epoch.size in before or any(epoch.size <= size for size in before):
        return before.get(epoch.size)
    return erased_commitment(seed, epoch)


def index_leaf(label: bytes, commitment: bytes) -> bytes:
    """The leaf hash of one entry."""
    return hashlib.sha256(b"\x00" + DOMAIN + label + commitment).digest()


def page_leaves(page: bytes) -> list[bytes]:
    """Leaf hashes of a run of entries, each 64 bytes: label and commitment."""
    sha256, head = hashlib.sha256, b"\x00" + DOMAIN
    return [sha256(head + page[at : at + ENTRY_SIZE]).digest() for at in range(0, len(page), ENTRY_SIZE)]


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the index with its inclusion proof."""

    index: int
    label: bytes
    commitment: bytes
    hashes: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """`{"index", "label" (hex), "commitment" (base64), "hashes" [base64 ...]}`."""
        return {
            "index": self.index, "label": self.label.hex(), "commitment": render_base64(self.commitment),
            "hashes": [render_base64(one) for one in self.hashes],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class EndProof:
    """That a label stands in an index with this end: its place, and what opens the commitment."""

    place: Place
    salt: bytes
    count: int
    head: bytes

    def to_json(self) -> dict[str, Any]:
        """`{"place", "salt" (base64), "count", "head" (hex)}`."""
        return {
            "place": self.place.to_json(), "salt": render_base64(self.salt), "count": self.count, "head": self.head.hex()
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class AbsenceProof:
    """That a label stands nowhere in an index: the entries next to where it would stand; None beyond an end."""

    below: Place | None
    above: Place | None

    def to_json(self) -> dict[str, Any]:
        """`{"below": place or null, "above": place or null}`."""
        return {
            name: place.to_json() if place else None for name, place in (("below", self.below), ("above", self.above))
        }


def parse_place(value: Any) -> Place:
    """Read a place strictly; `Malformed` for any other shape."""
    if not isinstance(value, dict) or set(value) != {"index", "label", "commitment", "hashes"}:
        raise Malformed("a place has index, label, commitment and hashes")
    index, label, hashes = value["index"], value["label"], value["hashes"]
    if type(index) is not int or index < 0 or not isinstance(label, str) or not _HEX.match(label):
        raise Malformed("a place has a number and a label of 64 hex digits")
    if not isinstance(hashes, list) or not all(isinstance(one, str) for one in (*hashes, value["commitment"])):
        raise Malformed("the hashes of a place are texts")
    return Place(index, bytes.fromhex(label), parse_hash(value["commitment"]), tuple(map(parse_hash, hashes)))


def parse_end(value: Any) -> EndProof | AbsenceProof:
    """Read either proof strictly; `Malformed` for any other shape."""
    if isinstance(value, dict) and set(value) == {"below", "above"}:
        below, above = (None if value[name] is None else parse_place(value[name]) for name in ("below", "above"))
        return AbsenceProof(below, above)
    if not isinstance(value, dict) or set(value) != {"place", "salt", "count", "head"}:
        raise Malformed("an end is a place with what opens it, or two neighbours")
    count, head, salt = value["count"], value["head"], value["salt"]
    if type(count) is not int or not 0 < count < 1 << 53 or not isinstance(head, str) or not _HEX.match(head):
        raise Malformed("an end has a count from 1 and a head of 64 hex digits")
    if not isinstance(salt, str):
        raise Malformed("a salt is a text")
    return EndProof(parse_place(value["place"]), parse_hash(salt), count, bytes.fromhex(head))


class Index:
    """A whole index in memory, from its entries in any order."""

    def __init__(self, entries: Iterable[tuple[bytes, bytes]]) -> None:
        made = sorted(entries)
        self.labels = [label for label, _ in made]
        if any(left == right for left, right in zip(self.labels, self.labels[1:], strict=False)):
            raise Malformed("a label stands in an index once")
        self._commitments = [commitment for _, commitment in made]
        self._tree = Tree()
        self._tree.append([index_leaf(label, commitment) for label, commitment in made])

    def root(self) -> bytes:
        """The root over all entries."""
        return self._tree.root()

    def pages(self) -> list[bytes]:
        """The entries in runs of 256, as they are kept."""
        joined = [label + commitment for label, commitment in zip(self.labels, self._commitments, strict=True)]
        return [b"".join(joined[at : at + PAGE]) for at in range(0, len(joined), PAGE)]

    def find(self, label: bytes) -> Place | AbsenceProof:
        """The place of a label, or the proof that it has none."""
        return find_label(label, bisect_left(self.labels, label), size=len(self.labels), place=self._place)

    def _place(self, at: int) -> Place:
        hashes = prove_inclusion(self._tree.read, at, len(self.labels))
        return Place(at, self.labels[at], self._commitments[at], tuple(hashes))


def find_label(label: bytes, at: int, *, size: int, place: Callable[[int], Place]) -> Place | AbsenceProof:
    """The entry at `at`, the first not before the label, if it is the label's; else the entries on either side."""
    above = place(at) if at < size else None
    if above is not None and above.label == label:
        return above
    return AbsenceProof(place(at - 1) if at else None, above)


def paged_reader(page: Callable[[int], bytes], roots: Sequence[bytes]) -> HashReader:
    """Reads hashes of an index that is kept in pages: `roots` are those of its full pages, in order."""
    upper = Tree()
    upper.append(list(roots))
    known: dict[int, Tree] = {}

    def read(level: int, number: int) -> bytes:
        if level >= _LEVEL:
            return upper.read(level - _LEVEL, number)
        at, within = divmod(number, PAGE >> level)
        if at not in known:
            known[at] = Tree()
            known[at].append(page_leaves(page(at)))
        return known[at].read(level, within)

    return read


def page_root(page: bytes) -> bytes:
    """The root over the entries of a page."""
    tree = Tree()
    tree.append(page_leaves(page))
    return tree.root()


def check_end(entry: IndexEntry, label: bytes, proof: EndProof | AbsenceProof) -> int:
    """How many events the index says the label has (0: it has no entry); `IndexRefused` unless the proof shows it."""
    if isinstance(proof, AbsenceProof):
        _check_absence(entry, label, proof)
        return 0
    if proof.place.label != label:
        raise IndexRefused("the place is of another label")
    if commit_end(proof.salt, proof.count, proof.head) != proof.place.commitment:
        raise IndexRefused("the commitment does not open to this count and head")
    _check_place(entry, proof.place)
    return proof.count


def _check_absence(entry: IndexEntry, label: bytes, proof: AbsenceProof) -> None:
    below, above = proof.below, proof.above
    if (below.index + 1 if below else 0) != (above.index if above else entry.labels):
        raise IndexRefused("the neighbours do not stand side by side")
    if (below is not None and below.label >= label) or (above is not None and above.label <= label):
        raise IndexRefused("the label does not lie between the neighbours")
    if below is None and above is None and entry.root != hashlib.sha256(b"").digest():
        raise IndexRefused("an index without labels has another root")
    for place in (below, above):
        if place is not None:
            _check_place(entry, place)


def _check_place(entry: IndexEntry, place: Place) -> None:
    leaf = index_leaf(place.label, place.commitment)
    try:
        check_inclusion(leaf, index=place.index, size=entry.labels, proof=place.hashes, root=entry.root)
    except ProofRefused as trouble:
        raise IndexRefused(f"the place in the index: {trouble}") from None
