"""Does every index of the log say where each chain ended at the size that it covers?

`openings/index.jsonl` holds what opens each label's places.  Every index is made again from the committee's events: another
end, a chain left out, one that nobody has, all lead to another root.  An hour without an index is told and breaks nothing:
a bureau that stands still makes none.
"""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from openbureau.core.leaf import NONE
from openbureau.tlog.index import Epoch, Index, IndexEntry, commit_end, erased_at, parse_index, salt_of
from openbureau.tlog.strict import Malformed
from openbureau.watch.case import Case, Inspector, Seen
from openbureau.watch.verdict import Trouble

FILE = "openings/index.jsonl"
MOST_ENTRIES = 30_000_000
"""Entries that are hashed in one visit; beyond them only the newest index is made again, and that is told."""


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One label: what opens its places, or after an erasure what stands for it."""

    shard: int
    label: str
    secret: str = ""
    seed: str = ""
    before: list[tuple[int, str]] = []


class _Known:
    """What opens the places of every label, by shard."""

    def __init__(self, case: Case) -> None:
        self.secrets: dict[str, tuple[int, bytes]] = {}
        self.erased: dict[str, tuple[int, bytes, dict[int, bytes]]] = {}
        for number, content in case.export.lines(FILE):
            try:
                kept = msgspec.json.decode(content, type=Kept)
                self._keep(kept)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                raise Trouble(f"{FILE}:{number}", "does not say what opens a label", "该行格式不正确") from None

    def _keep(self, kept: Kept) -> None:
        label, is_live = kept.label, bool(kept.secret)
        if (
            len(bytes.fromhex(label)) != 32
            or is_live == bool(kept.seed)
            or label in self.secrets
            or label in self.erased
        ):
            raise ValueError
        opener = bytes.fromhex(kept.secret or kept.seed)
        before = {size: bytes.fromhex(commitment) for size, commitment in kept.before}
        if len(opener) != 32 or any(len(one) != 32 for one in before.values()) or (is_live and before):
            raise ValueError
        if is_live:
            self.secrets[label] = (kept.shard, opener)
        else:
            self.erased[label] = (kept.shard, opener, before)


class Indexes(Inspector):
    """Each index is of the chains as they stood at its size; sizes and times go forward."""

    name, needs_events, in_log_order = "index", True, True

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._ends: dict[str, tuple[int, bytes]] = {}
        self._waiting: deque[Seen] = deque()
        self._seen = 0
        self._held: tuple[int, IndexEntry] | None = None
        self._last: dict[int, IndexEntry] = {}
        self._known: _Known | None = None
        self._hashed = 0
        self._passed: list[int] = []

    def see(self, event: Seen) -> None:
        """An event of somebody's chain; first the indexes that stand before it."""
        self._take(event.index)
        if event.fields["label"] != NONE:
            self._waiting.append(event)

    def end(self) -> None:
        """The indexes after the last event, and the newest one in any case."""
        self._take(self.case.checkpoint.size)
        if self._held is not None:
            self._rebuild(*self._held)
        if self._passed:
            self.tally.tell(
                f"entries {self._passed[0]} to {self._passed[-1]}",
                f"{len(self._passed)} older indexes were not made again: too many to do in one visit",
                f"有 {len(self._passed)} 个较早的索引未重新计算：数量过多",
            )

    def _take(self, before: int) -> None:
        """Read the indexes that stand before this place.  Each is made again when the next one comes, or at the end."""
        while self._seen < len(self.case.indexes) and self.case.indexes[self._seen][0] < before:
            at, content = self.case.indexes[self._seen]
            self._seen += 1
            self.tally.count += 1
            try:
                said = parse_index(content)
            except Malformed as trouble:
                self.tally.wrong(f"entry {at} (index)", str(trouble), "索引记录格式不正确")
                continue
            if not self._follows(at, said):
                continue
            if self._held is not None:
                if self._hashed <= MOST_ENTRIES:
                    self._rebuild(*self._held)
                else:
                    self._passed.append(self._held[0])
            self._held = (at, said)

    def _follows(self, at: int, said: IndexEntry) -> bool:
        """Does it cover more than the one before it, and nothing that comes after itself?"""
        place, last = f"entry {at} (index)", self._last.get(said.epoch.shard)
        if said.epoch.size > at or (last is not None and said.epoch.size <= last.epoch.size):
            self.tally.wrong(place, f"covers {said.epoch.size} entries, which cannot be", "索引覆盖的范围不成立")
            return False
        self._last[said.epoch.shard] = said
        if last is None:
            return True
        was, now = _instant(last.at), _instant(said.at)
        if was is None or now is None or now < was:
            self.tally.wrong(place, "is dated before the index before it", "索引的时间早于前一个索引")
            return False
        if (_hour(now) - _hour(was)) > 3600:
            self.tally.tell(place, f"no index was made between {last.at} and {said.at}", "其间有整点没有生成索引")
        return True

    def _rebuild(self, at: int, said: IndexEntry) -> None:
        place, epoch = f"entry {at} (index)", said.epoch
        while self._waiting and self._waiting[0].index < epoch.size:
            event = self._waiting.popleft()
            self._ends[event.fields["label"]] = (max(event.seq, 0), event.leaf_hash)
        if self._known is None:
            self._known = _Known(self.case)
        self._hashed += len(self._ends)
        try:
            index = Index(self._entries(self._known, epoch))
        except _NotOpened as trouble:
            self.tally.wrong(place, str(trouble), "有代号无法核对")
            return
        if (said.labels, said.root) != (len(index.labels), index.root()):
            self.tally.wrong(
                place, f"does not say where the chains ended after {epoch.size} entries", "索引与当时各链条的终点不符"
            )

    def _entries(self, known: _Known, epoch: Epoch) -> Iterator[tuple[bytes, bytes]]:
        for label, (count, head) in self._ends.items():
            shard, secret = known.secrets.get(label, (0, b""))
            if shard == epoch.shard:
                yield bytes.fromhex(label), commit_end(salt_of(secret, epoch), count, head)
            elif not secret and label not in known.erased:
                raise _NotOpened(f"the label {label[:16]} has events, and nothing opens its place")
        for label, (shard, seed, before) in known.erased.items():
            stands = erased_at(seed, before, epoch) if shard == epoch.shard else None
            if stands is not None:
                yield bytes.fromhex(label), stands


class _NotOpened(Exception):
    """A chain of which nothing opens the place."""


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600 * 3600
