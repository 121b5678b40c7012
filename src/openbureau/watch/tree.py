"""Do the entries hash to the signed root, and are the published tiles theirs?

Reads one bundle of 256 entries at a time, in memory that does not grow with the log: one growing tile a level is all that
is kept.  Every hash is computed here from the entries; the published tiles are only compared.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from openbureau.tlog.entry import AUDIT_REPORT, BILLING, EVENT, INDEX, KEY, parse_entry
from openbureau.tlog.merkle import root_from
from openbureau.tlog.strict import Malformed
from openbureau.tlog.tile import ENTRIES, WIDTH, TileAddress, TileRefused, hash_reader, parse_bundle
from openbureau.watch.case import Case
from openbureau.watch.verdict import Tally, Trouble

LARGEST_BUNDLE = WIDTH * (2 + 65_535)
_HEAD = b"bureau-log/v1 event\n"
_EVENT_ENTRY = re.compile(rb"(?:\x00\x41bureau-log/v1 event\n[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\n)+\Z")
_STRIDE = 2 + 65


@dataclass(slots=True)
class Bundle:
    """Up to 256 entries: where they begin, their bytes, their hashes, and the commitment of each event (None: no event)."""

    first: int
    entries: list[bytes]
    hashes: list[bytes]
    commitments: list[bytes | None]


@dataclass(slots=True)
class Tallies:
    """What reading the log finds, promise by promise."""

    root: Tally = field(default_factory=Tally)
    tiles: Tally = field(default_factory=Tally)
    entries: Tally = field(default_factory=Tally)


class TreeReader:
    """Reads the log from its first entry to its last, and judges root, tiles and the form of entries."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.tallies = Tallies()
        self._rows: list[bytearray] = [bytearray()]
        self._numbers: list[int] = [0]

    def bundles(self) -> Iterator[Bundle]:
        """Bundle after bundle; ends early, with `is_whole` false, where one cannot be read."""
        try:
            size = self._case.checkpoint.size
            for number in range((size + WIDTH - 1) // WIDTH):
                width = min(WIDTH, size - number * WIDTH)
                yield self._bundle(number, width)
            self._finish(size)
        except Trouble as met:
            self._case.is_whole = False
            self.tallies.root.trouble(met)

    def _bundle(self, number: int, width: int) -> Bundle:
        address = TileAddress(ENTRIES, number, width)
        content = self._case.export.read(address.path, most=LARGEST_BUNDLE)
        try:
            entries = parse_bundle(content, width)
        except TileRefused as trouble:
            raise Trouble(address.path, str(trouble), "条目文件格式不正确") from None
        sha256 = hashlib.sha256
        hashes = [sha256(b"\x00" + entry).digest() for entry in entries]
        self._remember(number, hashes)
        self._push(0, b"".join(hashes))
        self.tallies.root.count += width
        first = number * WIDTH
        if number == 0:
            self._case.first_entry = entries[0]
        return Bundle(first, entries, hashes, self._commitments(content, entries, first))

    def _commitments(self, content: bytes, entries: list[bytes], first: int) -> list[bytes | None]:
        """The commitment of each event entry; entries of no known form are told."""
        self.tallies.entries.count += len(entries)
        if len(content) == _STRIDE * len(entries) and _EVENT_ENTRY.match(content):
            start = 2 + len(_HEAD)
            decode = binascii.a2b_base64
            return [decode(content[at : at + 44]) for at in range(start, len(content), _STRIDE)]
        found: list[bytes | None] = []
        for at, entry in enumerate(entries, first):
            try:
                parsed = parse_entry(entry)
            except Malformed as trouble:
                self.tallies.entries.wrong(f"entry {at}", str(trouble), "记录格式不符合规定")
                found.append(None)
                continue
            if parsed.kind == BILLING:
                self._case.billing.append((at, parsed.content))
            if parsed.kind == KEY:
                self._case.key_statements.append((at, parsed.content))
            if parsed.kind == AUDIT_REPORT:
                self._case.audit_reports.append((at, parsed.content))
            if parsed.kind == INDEX:
                self._case.indexes.append((at, parsed.content))
            found.append(parsed.commitment if parsed.kind == EVENT else None)
        return found

    def _push(self, level: int, hashes: bytes) -> None:
        """Add hashes to a level's growing tile; when it is full, compare it and hand its root up."""
        row = self._rows[level]
        row += hashes
        if len(row) < WIDTH * 32:
            return
        self._compare(level, WIDTH)
        if level + 1 == len(self._rows):
            self._rows.append(bytearray())
            self._numbers.append(0)
        above = _tile_root(bytes(row))
        row.clear()
        self._numbers[level] += 1
        self._push(level + 1, above)

    def _compare(self, level: int, width: int) -> None:
        address = TileAddress(level, self._numbers[level], width)
        tally = self.tallies.tiles
        tally.count += 1
        try:
            if self._case.export.read(address.path, most=WIDTH * 32) != self._rows[level]:
                tally.wrong(address.path, "is not the tile of these entries", "与记录算出的哈希不符")
        except Trouble as met:
            tally.trouble(met)

    def _finish(self, size: int) -> None:
        for level, row in enumerate(self._rows):
            if row:
                self._compare(level, len(row) // 32)
        self._remember(size // WIDTH, [])
        if self._root(size, self._rows) != self._case.checkpoint.root:
            self.tallies.root.wrong(
                "checkpoint", "the entries lead to another root than the signed one", "记录算出的根与签名的根不符"
            )

    def _remember(self, number: int, hashes: list[bytes]) -> None:
        """The root over as many entries as the remembered checkpoint had, when the reading passes that place."""
        try:
            earlier = self._case.earlier
        except Trouble:
            return
        if earlier is None or earlier.size // WIDTH != number or self._case.old_root is not None:
            return
        more = earlier.size % WIDTH
        if more > len(hashes):
            return
        rows = [bytearray(row) for row in self._rows]
        rows[0] += b"".join(hashes[:more])
        self._case.old_root = self._root(earlier.size, rows)

    @staticmethod
    def _root(size: int, rows: list[bytearray]) -> bytes:
        """The root from the growing tiles alone: they hold every complete subtree that the root is made of."""

        def tile(address: TileAddress) -> bytes:
            return bytes(rows[address.level])

        return root_from(hash_reader(tile, size), size)


def _tile_root(row: bytes) -> bytes:
    """The hash of the complete subtree over a full tile."""
    sha256 = hashlib.sha256
    while len(row) > 32:
        row = b"".join([sha256(b"\x01" + row[at : at + 64]).digest() for at in range(0, len(row), 64)])
    return row
