"""How do waiting leaves become the signed log?

One sequencer at a time takes waiting leaves, gives them contiguous indexes, writes entries and tiles, reads back what it
wrote and hashes it again, checks that the new tree continues the last signed one (the database's and the one kept in
a file outside it), and only then signs.  All in one transaction: a crash leaves either everything or nothing.

The file outside the database is written after the commit; after a restore from a backup it shows a larger log than the
database has, and nothing more is signed.  (Written before the commit, a crash in between would end the log.)  What a crash
left unwritten is written by the next run, whether or not anything waits.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from openbureau.config import write_private
from openbureau.store.database import Connection
from openbureau.store.query import sql
from openbureau.tlog.checkpoint import Checkpoint, open_checkpoint
from openbureau.tlog.merkle import Frontier, HashReader, leaf_hash, node_hash
from openbureau.tlog.note import VerifierKey
from openbureau.tlog.tile import ENTRIES, WIDTH, TileAddress, hash_reader, render_bundle, root_of_tiles

Sign = Callable[[Checkpoint], str]
HASH = 32
MOST_WAITING = 1 << 30


class LogMisbehaviour(RuntimeError):
    """The stored log is not what was signed.  Nothing more is signed; the message is the evidence."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last signed head."""

    size: int
    root: bytes
    frontier: Frontier
    checkpoint: str


def latest_head(connection: Connection) -> Head | None:
    """The last signed head, None before the first."""
    row = connection.execute(sql("latest_head")).fetchone()
    return head_of_row(row) if row else None


def head_of_row(row: tuple[Any, ...]) -> Head:
    """A head as it is stored."""
    return Head(row[0], row[1], Frontier.from_bytes(row[2]), row[3])


class Sequencer:
    """Turns waiting leaves into signed heads of one log."""

    def __init__(self, origin: str, *, sign: Sign, key: VerifierKey, head_file: Path) -> None:
        self._origin, self._sign, self._key, self._head_file = origin, sign, key, head_file

    def run(self, connection: Connection, now: datetime, *, most: int = 5000) -> int:
        """Sequence up to `most` waiting leaves; how many.  `LogMisbehaviour` when what is stored was tampered with."""
        with connection.transaction():
            locked = connection.execute(sql("try_sequencer_lock")).fetchone()
            if not locked or not locked[0]:
                return 0
            head = latest_head(connection)
            if self._check_outside(head) and head:
                self._check_inside(connection, head)
                write_private(self._head_file, head.checkpoint)
            waiting = connection.execute(sql("take_pending"), [most]).fetchall()
            if not waiting:
                return 0
            signed = self._extend(connection, head, waiting, now)
        write_private(self._head_file, signed)
        return len(waiting)

    def regain(
        self, connection: Connection, entries: list[bytes], now: datetime, *, make_id: Callable[[], str]
    ) -> None:
        """Append entries that were in the log before; those of them that still wait here wait no more.

        `LogMisbehaviour` where the sequencer's `sign` does not know the head that they lead to, or while another one runs.
        """
        with connection.transaction():
            locked = connection.execute(sql("try_sequencer_lock")).fetchone()
            if not locked or not locked[0]:
                raise LogMisbehaviour("another process sequences this log; stop serving first")
            waiting = connection.execute(sql("take_pending"), [MOST_WAITING]).fetchall()
            known = {bytes(entry): (arrival, leaf_id) for arrival, leaf_id, entry in waiting}
            rows = [(*(known.pop(entry, None) or (-1, UUID(make_id()))), entry) for entry in entries]
            signed = self._extend(connection, latest_head(connection), rows, now)
        write_private(self._head_file, signed)

    def _extend(self, connection: Connection, head: Head | None, waiting: list[tuple[Any, ...]], now: datetime) -> str:
        old = head.size if head else 0
        frontier = head.frontier if head else Frontier()
        if head:
            self._check_inside(connection, head)
        hashes = [leaf_hash(entry) for _, _, entry in waiting]
        with connection.cursor().copy("copy bureau.log_entry from stdin (format binary)") as copy:
            copy.set_types(["int8", "bytea", "bytea", "uuid"])
            for at, ((_, leaf_id, entry), hash_) in enumerate(zip(waiting, hashes, strict=True)):
                copy.write_row((old + at, hash_, entry, leaf_id))
        connection.execute(sql("forget_pending"), [[arrival for arrival, _, _ in waiting]])
        _grow_tiles(connection, old, hashes)
        grown = frontier.extended(self._read_back(connection, old, hashes))
        checkpoint = Checkpoint(self._origin, grown.size, grown.root())
        if root_of_tiles(stored_tiles(connection), grown.size) != checkpoint.root:
            raise LogMisbehaviour(f"the tiles of size {grown.size} do not lead to the root of the entries")
        signed = self._sign(checkpoint)
        connection.execute(sql("put_head"), [grown.size, checkpoint.root, grown.to_bytes(), signed, now])
        return signed

    @staticmethod
    def _read_back(connection: Connection, old: int, hashes: list[bytes]) -> list[bytes]:
        """Leaf hashes of the entries as storage returns them: one flipped bit would end the log for ever."""
        rows = connection.execute(sql("entries_between"), [old, old + len(hashes)]).fetchall()
        again = [leaf_hash(row[1]) for row in rows]
        if again != hashes or [row[0] for row in rows] != list(range(old, old + len(hashes))):
            raise LogMisbehaviour(f"the entries from {old} read back differently from how they were written")
        return again

    def _check_outside(self, head: Head | None) -> bool:
        """The file outside the database must hold this head or an older one of the same log; is it an older one, or none?"""
        if not self._head_file.exists():
            return True
        last = open_checkpoint(self._head_file.read_bytes(), self._key)
        size = head.size if head else 0
        if last.size > size:
            raise LogMisbehaviour(
                f"a head of size {last.size} was signed before, and the database has {size}: it was restored from an older "
                "copy; restore a newer one, nothing is signed until then"
            )
        if head and last.size == size and last.root != head.root:
            raise LogMisbehaviour(f"two roots for size {size}: the database's and the last signed one")
        return last.size < size

    def _check_inside(self, connection: Connection, head: Head) -> None:
        """What is stored still leads to what was signed."""
        signed = open_checkpoint(head.checkpoint.encode(), self._key)
        found = root_of_tiles(stored_tiles(connection), head.size)
        if signed.size != head.size or signed.root != found or head.frontier.root() != found:
            raise LogMisbehaviour(f"the stored tiles of size {head.size} do not lead to the signed root")


def _grow_tiles(connection: Connection, old: int, hashes: list[bytes]) -> None:
    """Append leaf hashes to the tiles, and the roots of tiles that became full to the level above."""
    level, count = 0, old
    while hashes:
        number = count // WIDTH
        row = connection.execute(sql("last_tile"), [level, number]).fetchone() if count % WIDTH else None
        content = (bytes(row[0]) if row else b"") + b"".join(hashes)
        above = []
        for step in range(0, len(content), WIDTH * HASH):
            tile = content[step : step + WIDTH * HASH]
            connection.execute(sql("put_tile"), [level, number + step // (WIDTH * HASH), tile])
            if len(tile) == WIDTH * HASH:
                above.append(_tile_root(tile))
        level, count, hashes = level + 1, number, above


def _tile_root(tile: bytes) -> bytes:
    hashes = [tile[at : at + HASH] for at in range(0, len(tile), HASH)]
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def stored_tiles(connection: Connection) -> Callable[[TileAddress], bytes]:
    """A reader of hash tiles; each tile is fetched once."""
    known: dict[tuple[int, int], bytes] = {}

    def read(address: TileAddress) -> bytes:
        place = (address.level, address.number)
        if place not in known:
            row = connection.execute(sql("last_tile"), place).fetchone()
            known[place] = bytes(row[0]) if row else b""
        content = known[place][: address.width * HASH]
        if len(content) != address.width * HASH:
            raise LogMisbehaviour(f"the tile {address.path} is shorter than the log")
        return content

    return read


def stored_hashes(connection: Connection, size: int) -> HashReader:
    """A reader of single hashes of the log of this size."""
    return hash_reader(stored_tiles(connection), size)


def entry_bundle(connection: Connection, address: TileAddress) -> bytes:
    """The bytes of an entry bundle."""
    first = address.number * WIDTH
    rows = connection.execute(sql("entries_between"), [first, first + address.width]).fetchall()
    if address.level != ENTRIES or len(rows) != address.width:
        raise LogMisbehaviour(f"the bundle {address.path} is shorter than the log")
    return render_bundle([row[1] for row in rows])


def leaf_place(connection: Connection, hash_: bytes) -> tuple[int, bytes] | None:
    """Index and entry of a leaf, None while it waits."""
    row = connection.execute(sql("leaf_place"), [hash_]).fetchone()
    return (row[0], row[1]) if row else None


def add_pending(connection: Connection, leaf_id: str, entry: bytes, now: datetime) -> None:
    """Put an entry into the queue of the sequencer."""
    connection.execute(sql("add_pending"), [leaf_id, entry, now])


def all_events(connection: Connection, size: int) -> Iterator[tuple[str, bytes, str, bytes, int, bytes | None, str]]:
    """Every sequenced event below `size`: subject, leaf hash, key kind, sealed, index, wrapped key, actor."""
    with connection.transaction(), connection.cursor("events") as cursor:
        for row in cursor.execute(sql("all_events"), [size]):
            yield (str(row[0]), row[1], row[2], row[3], row[4], row[5], row[6])


def answers_of(connection: Connection, most: int) -> list[tuple[str, str, bytes, bytes, bytes]]:
    """Sealed answers: inquiry, subject, sealed outcome, wrapped key, leaf hash."""
    rows = connection.execute(sql("answers_of"), [most]).fetchall()
    return [(str(row[0]), str(row[1]), row[2], row[3], row[4]) for row in rows]


def add_act(connection: Connection, number: int, act_hash: bytes, content: str, *, leaf: bytes) -> None:
    """Keep an act."""
    connection.execute(sql("add_act"), [number, act_hash, content, leaf])


def founding_act(connection: Connection) -> str | None:
    """The text of the founding act, None before the founding."""
    row = connection.execute(sql("founding_act")).fetchone()
    return str(row[0]) if row else None


def add_token(connection: Connection, token_hash: bytes, member_id: str, span: tuple[datetime, datetime]) -> None:
    """Give a member a bearer token, valid from and until."""
    connection.execute(sql("add_token"), [token_hash, member_id, *span])
