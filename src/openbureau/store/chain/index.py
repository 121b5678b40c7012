"""What is kept of the hourly index: the ends of chains, what opens them, and the entries of the last one.

Promises: the ends are read as of a size of the log, not as of now; of an erased person no row is left that names them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from openbureau.store.database import Connection
from openbureau.store.query import sql
from openbureau.tlog.index import PAGE, AbsenceProof, Epoch, Place, find_label, page_root, paged_reader
from openbureau.tlog.merkle import prove_inclusion

_ENTRY = 64
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class IndexRoot:
    """An index that was made."""

    shard: int
    size: int
    labels: int
    root: bytes
    made_at: datetime
    leaf_hash: bytes

    @property
    def epoch(self) -> Epoch:
        """Which index it is."""
        return Epoch(self.shard, self.size)


@dataclass(frozen=True, slots=True)
class End:
    """Where a chain ended, and what opens its place; `subject_id` where it was asked for."""

    label: bytes
    secret: bytes
    seq: int
    leaf_hash: bytes
    subject_id: str = ""
    shard: int = 0


@dataclass(frozen=True, slots=True)
class Erased:
    """What stands for an erased label: its seed, and what it stood with in each index before (size, commitment)."""

    label: bytes
    seed: bytes
    before: tuple[tuple[int, bytes], ...]


def lock_index(connection: Connection) -> None:
    """Wait until no other makes an index or erases; held to the end of the transaction."""
    connection.execute(sql("lock_index"))


def last_index(connection: Connection, shard: int, *, most: int = _LARGEST) -> IndexRoot | None:
    """The newest index of a shard over at most so many entries of the log."""
    row = connection.execute(sql("last_index"), [shard, most]).fetchone()
    return IndexRoot(shard, *row) if row else None


def all_indexes(connection: Connection, shard: int) -> list[IndexRoot]:
    """Every index of a shard, in order."""
    return [IndexRoot(shard, *row) for row in connection.execute(sql("all_indexes"), [shard])]


def moved_ends(connection: Connection, epoch: Epoch) -> list[tuple[End, bool]]:
    """Chains that grew since the last index, with their end below `epoch.size`; False where they are new to the index."""
    rows = connection.execute(sql("moved_ends"), {"shard": epoch.shard, "size": epoch.size})
    return [
        (End(label, secret or b"", seq, leaf, str(subject_id), epoch.shard), secret is not None)
        for subject_id, label, secret, seq, leaf in rows
    ]


def put_ends(connection: Connection, ends: Sequence[End]) -> None:
    """Keep where chains end now."""
    rows = [(one.subject_id, one.shard, one.label, one.secret, one.seq, one.leaf_hash) for one in ends]
    if rows:
        connection.execute(sql("put_ends"), [list(column) for column in zip(*rows, strict=True)])


def ends_now(connection: Connection, shard: int) -> Iterator[End]:
    """Every chain's end as of the last index."""
    yield from (End(*row) for row in connection.execute(sql("ends_now"), [shard]))


def ends_at(connection: Connection, epoch: Epoch) -> Iterator[End]:
    """Every chain's end at an earlier size of the log, from the events themselves."""
    rows = connection.execute(sql("ends_at"), {"shard": epoch.shard, "size": epoch.size})
    yield from (End(*row) for row in rows)


def own_ends(connection: Connection, subject_id: str) -> list[End]:
    """A person's rows of the index, by shard."""
    rows = connection.execute(sql("own_ends"), [subject_id])
    return [End(label, secret, seq, leaf, subject_id, shard) for shard, label, secret, seq, leaf in rows]


def chain_places(connection: Connection, subject_id: str, shard: int) -> list[tuple[int, bytes, int]]:
    """A person's events in the log: number, leaf, place, in the order of their chain."""
    return [(row[0], row[1], row[2]) for row in connection.execute(sql("chain_places"), [subject_id, shard])]


def erased_ends(connection: Connection, shard: int) -> list[Erased]:
    """What stands for erased labels."""
    return [Erased(row[0], row[1], tuple(_unpacked(row[2]))) for row in connection.execute(sql("erased_ends"), [shard])]


def erase_end(connection: Connection, end: End, *, seed: bytes, before: Sequence[tuple[int, bytes]]) -> None:
    """A person's row goes, and what stands for their label from now on comes."""
    packed = b"".join(size.to_bytes(8, "big") + commitment for size, commitment in before)
    connection.execute(sql("erase_index_end"), [end.subject_id, end.shard, end.label, seed, packed])


def _unpacked(packed: bytes) -> Iterator[tuple[int, bytes]]:
    for at in range(0, len(packed), 40):
        yield int.from_bytes(packed[at : at + 8], "big"), packed[at + 8 : at + 40]


def add_index(connection: Connection, made: IndexRoot, pages: Sequence[bytes]) -> None:
    """Keep an index, and its entries in place of those of the one before."""
    words = [made.shard, made.size, made.labels, made.root, made.made_at, made.leaf_hash]
    connection.execute(sql("add_index"), words)
    connection.execute(sql("forget_pages"), [made.shard])
    columns = "(shard, number, first_label, entries, root)"
    with connection.cursor().copy(f"copy bureau.index_page {columns} from stdin (format binary)") as copy:
        copy.set_types(["int4", "int4", "bytea", "bytea", "bytea"])
        for number, page in enumerate(pages):
            copy.write_row((made.shard, number, page[:32], page, page_root(page)))


def find_in_pages(connection: Connection, made: IndexRoot, label: bytes) -> Place | AbsenceProof:
    """The place of a label in the last index, or the proof that it has none."""

    def page(number: int) -> bytes:
        row = connection.execute(sql("index_page_at"), [made.shard, number]).fetchone()
        return bytes(row[0]) if row else b""

    row = connection.execute(sql("index_page_of"), [made.shard, label]).fetchone()
    number = int(row[0]) if row else 0
    held = page(number)
    labels = [held[at : at + 32] for at in range(0, len(held), _ENTRY)]
    before = sum(1 for one in labels if one < label)
    roots = [one[0] for one in connection.execute(sql("index_page_roots"), [made.shard])]
    read = paged_reader(page, roots[: made.labels // PAGE])

    def place(at: int) -> Place:
        entry = page(at // PAGE)[at % PAGE * _ENTRY :][:_ENTRY]
        return Place(at, entry[:32], entry[32:], tuple(prove_inclusion(read, at, made.labels)))

    return find_label(label, number * PAGE + before, size=made.labels, place=place)
