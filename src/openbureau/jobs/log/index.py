"""Make the hourly index: where each person's chain ends, under one root in the log.

Promises: an index is of the first `size` entries of the signed log, whatever is recorded meanwhile; two makers at once make one
after the other; killed at any moment, either the index and its entry are there or neither.  A person is shown their end with
the proof of it; of an erased person the places stay, and open no more.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.log.sequence import sequence
from openbureau.store import log
from openbureau.store.chain import index as store
from openbureau.store.chain.index import End, IndexRoot
from openbureau.store.database import Connection
from openbureau.tlog.entry import INDEX, render_system
from openbureau.tlog.index import (
    AbsenceProof,
    EndProof,
    Epoch,
    Index,
    IndexEntry,
    Place,
    commit_end,
    erased_at,
    salt_of,
)
from openbureau.tlog.merkle import leaf_hash


@dataclass(frozen=True, slots=True)
class Indexed:
    """An index that was made: what its entry says, and the entry's leaf."""

    said: IndexEntry
    leaf: str
    moved: int
    """Chains that grew since the one before."""

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return {"entry": self.said.to_json(), "leaf": self.leaf, "moved": self.moved}


def shard_of(bureau: Bureau) -> int:
    """The shard of labels that is open: the year of the founding."""
    return int(str(bureau.act.body["made_on"])[:4])


def index_hourly(bureau: Bureau) -> Indexed | None:
    """Make this hour's index, if it is not there and the log has grown by more than the last one's entry."""
    return make_index(bureau, is_due=lambda last, now: _hour(last.made_at) < _hour(now))


def make_index(
    bureau: Bureau, *, is_due: Callable[[IndexRoot, datetime], bool] = lambda _last, _now: True
) -> Indexed | None:
    """Make an index of the log as it is signed; None when the last one is of the same entries, or another is not due."""
    shard = shard_of(bureau)
    with bureau.store.connection("sequencer") as connection:
        last, now = store.last_index(connection, shard), bureau.clock()
        if last is not None and not is_due(last, now):
            return None
        sequence(bureau)
        with connection.transaction():
            store.lock_index(connection)
            last, head = store.last_index(connection, shard), log.latest_head(connection)
            if head is None or (last is not None and (head.size <= last.size or not is_due(last, now))):
                return None
            made = _make(bureau, connection, Epoch(shard, head.size), now)
    sequence(bureau)
    return made


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _make(bureau: Bureau, connection: Connection, epoch: Epoch, now: datetime) -> Indexed:
    moved = store.moved_ends(connection, epoch)
    store.put_ends(connection, [end if is_known else replace(end, secret=bureau.random(32)) for end, is_known in moved])
    index = Index(entries_of(connection, epoch, store.ends_now(connection, epoch.shard)))
    at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = IndexEntry(epoch, len(index.labels), index.root(), at)
    entry = render_system(INDEX, said.to_json())
    leaf = leaf_hash(entry)
    log.add_pending(connection, new_id(now, bureau.random), entry, now)
    kept = IndexRoot(epoch.shard, epoch.size, said.labels, said.root, now, leaf)
    store.add_index(connection, kept, index.pages())
    return Indexed(said, leaf.hex(), len(moved))


def entries_of(connection: Connection, epoch: Epoch, ends: Iterator[End]) -> Iterator[tuple[bytes, bytes]]:
    """Label and commitment of every chain, and of the erased ones as they stood in an index, or stand since."""
    for end in ends:
        yield end.label, commit_end(salt_of(end.secret, epoch), end.seq, end.leaf_hash)
    for gone in store.erased_ends(connection, epoch.shard):
        stands = erased_at(gone.seed, dict(gone.before), epoch)
        if stands is not None:
            yield gone.label, stands


@dataclass(frozen=True, slots=True)
class Shown:
    """An index that is under the signed head: its place in the log, its entry, and where a label stands in it."""

    at: int
    entry: bytes
    said: IndexRoot
    end: EndProof | AbsenceProof


def show_end(
    connection: Connection, subject_id: str, *, shard: int, label: bytes, before: int | None = None
) -> Shown | None:
    """Where a person's label stands in the newest index under the signed head; None before the first.

    With `before`, the newest index over no entry from that place on.  Call it in one snapshot.
    """
    found = _newest(connection, shard, before)
    if found is None:
        return None
    made, (at, entry) = found
    placed = _placed(connection, made, label)
    if isinstance(placed, AbsenceProof):
        return Shown(at, entry, made, placed)
    secrets = [end.secret for end in store.own_ends(connection, subject_id) if end.label == label]
    ended = _end_at(store.chain_places(connection, subject_id, shard), made.size)
    if not secrets or ended is None:
        raise LookupError("a label stands in the index and nothing opens it")
    salt = salt_of(secrets[0], made.epoch)
    if commit_end(salt, *ended) != placed.commitment:
        raise LookupError("what is kept of a chain is not what its place in the index says")
    return Shown(at, entry, made, EndProof(placed, salt, *ended))


def _newest(connection: Connection, shard: int, before: int | None) -> tuple[IndexRoot, tuple[int, bytes]] | None:
    """The newest index whose entry is under the signed head, and that entry's place."""
    head = log.latest_head(connection)
    most = None if head is None else head.size if before is None else min(before, head.size)
    while most is not None and (made := store.last_index(connection, shard, most=most)) is not None:
        place = log.leaf_place(connection, made.leaf_hash)
        if head is not None and place is not None and place[0] < head.size:
            return made, place
        most = made.size - 1
    return None


def _end_at(places: Sequence[tuple[int, bytes, int]], size: int) -> tuple[int, bytes] | None:
    """Number and hash of the last event below a size of the log."""
    below = [(seq, leaf) for seq, leaf, at in places if at < size]
    return below[-1] if below else None


def _placed(connection: Connection, made: IndexRoot, label: bytes) -> Place | AbsenceProof:
    """From the pages of the last index; from the events where another is asked for."""
    last = store.last_index(connection, made.shard)
    if last is not None and last.size == made.size:
        return store.find_in_pages(connection, made, label)
    return Index(entries_of(connection, made.epoch, store.ends_at(connection, made.epoch))).find(label)


def erase_ends(bureau: Bureau, connection: Connection, subject_id: str) -> int:
    """Within an erasure, in its transaction and role, before the events go: a person's places in the index open no more.

    How many places.  Their rows go with what opens them.  What the label stood with in each index so far is kept as it is, so
    that every index still verifies; from now on it stands with commitments made from a seed that binds to nothing.
    """
    store.lock_index(connection)
    ends = store.own_ends(connection, subject_id)
    for end in ends:
        places = store.chain_places(connection, subject_id, end.shard)
        before = [
            (made.size, commit_end(salt_of(end.secret, made.epoch), *ended))
            for made in store.all_indexes(connection, end.shard)
            if (ended := _end_at(places, made.size)) is not None
        ]
        store.erase_end(connection, end, seed=bureau.random(32), before=before)
    return len(ends)


def committee_lines(connection: Connection, shard: int) -> Iterator[str]:
    """What the committee needs to make every index of a shard again, a JSON line a label."""
    for end in store.ends_now(connection, shard):
        yield json.dumps({"shard": shard, "label": end.label.hex(), "secret": end.secret.hex()})
    for gone in store.erased_ends(connection, shard):
        before = [[size, commitment.hex()] for size, commitment in gone.before]
        yield json.dumps({"shard": shard, "label": gone.label.hex(), "seed": gone.seed.hex(), "before": before})
