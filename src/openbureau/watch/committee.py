"""Is every event laid open to the committee, once, and truly?

Walks the committee's openings beside the log, both in the order of the log, and hands each event on in the order of its
person's chain: an event that entered the log a moment before its forerunner waits for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from openbureau.core.leaf import NONE
from openbureau.tlog.strict import Malformed, parse_decimal
from openbureau.watch.case import Case, Seen
from openbureau.watch.openings import COMMITTEE_FIELDS, Line, Opened, read_openings
from openbureau.watch.tree import Bundle
from openbureau.watch.verdict import Tally, Trouble

FILE = "openings/committee.jsonl"
_SHOWN = frozenset(COMMITTEE_FIELDS)


@dataclass(slots=True)
class Tallies:
    """What the openings show, promise by promise."""

    complete: Tally = field(default_factory=Tally)
    true: Tally = field(default_factory=Tally)


class Committee:
    """Reads the committee's openings along with the log."""

    def __init__(
        self,
        case: Case,
        *,
        in_log_order: Callable[[Seen], None],
        in_chain_order: Callable[[Seen], None],
        closed: Callable[[Seen], None] = lambda _: None,
    ) -> None:
        self._case, self._pass, self._see, self._closed = case, in_log_order, in_chain_order, closed
        self.tallies = Tallies()
        self._lines = read_openings(case.export, FILE)
        self._ahead: tuple[int, Line] | None = None
        self._is_over = False
        # A chain of which all before the erasure is closed begins, for whoever looks on, with the erasure.
        self._next: dict[str, int] = {label: claim.said.seq for label, claim in case.claims.by_label.items()}
        self._early: dict[str, dict[int, Seen]] = {}

    def take(self, bundle: Bundle) -> None:
        """The events of a bundle."""
        for at, commitment in enumerate(bundle.commitments):
            if commitment is None:
                continue
            self._case.events += 1
            index = bundle.first + at
            opened = self._opening(index)
            if opened is None:
                self._missing(index, bundle.hashes[at], commitment)
                continue
            self.tallies.true.count += 1
            why = opened.fault(commitment)
            if why is None and opened.opened.keys() != _SHOWN:
                why = "the opening does not show the fields that the committee sees"
            if why is not None:
                self.tallies.true.wrong(f"{FILE}, entry {index}", why, "公开内容与写入日志的内容不符")
                if not opened.opened.keys() >= _SHOWN:
                    continue
            event = _seen(index, bundle.hashes[at], commitment, opened=opened)
            self._pass(event)
            self._deliver(event)

    def finish(self) -> None:
        """After the last entry: no opening may be left, and events that waited in vain are handed on as they are."""
        self._case.are_open = self._case.events == 0 or not self.tallies.complete.missing
        if self._case.is_whole:
            while (found := self._peek()) is not None:
                self._extra(*found)
            for waiting in self._early.values():
                for seq in sorted(waiting):
                    self._see(waiting[seq])

    def _opening(self, index: int) -> Opened | None:
        """The opening of the event at this place, passing over openings of nothing."""
        while (found := self._peek()) is not None:
            _, line = found
            if line.index is not None and line.index >= index:
                break
            self._extra(*found)
        if found is None or found[1].index != index:
            return None
        self._ahead = None
        self.tallies.complete.count += 1
        return found[1].opening

    def _missing(self, index: int, leaf_hash: bytes, commitment: bytes) -> None:
        """An entry without an opening: closed by an erasure, or hidden."""
        is_closed, left = self._case.claims.take(index, leaf_hash, commitment)
        if is_closed:
            self.tallies.complete.count += 1
            if left is not None:
                self._closed(left)
        elif not self.tallies.complete.missing:
            self.tallies.complete.wrong(f"entry {index}", "has no opening", "没有对应的公开内容")

    def _extra(self, number: int, line: Line) -> None:
        self._ahead = None
        self.tallies.complete.wrong(
            f"{FILE}:{number}", f"opens entry {line.index}, where no event waits for it", "多余、重复或乱序的公开内容"
        )

    def _peek(self) -> tuple[int, Line] | None:
        while self._ahead is None and not self._is_over:
            try:
                number, line = next(self._lines, (0, None))
            except Trouble as met:
                self.tallies.complete.trouble(met)
                self._is_over = True
                break
            if line is not None:
                self._ahead = (number, line)
            elif number == 0:
                self._is_over = True
            else:
                self.tallies.true.wrong(f"{FILE}:{number}", "is not an opening", "该行不是公开内容")
        return self._ahead

    def _deliver(self, event: Seen) -> None:
        label = event.fields["label"]
        if label == NONE or event.seq < 1:
            self._see(event)
            return
        wanted = self._next.get(label, 1)
        if event.seq > wanted:
            self._early.setdefault(label, {})[event.seq] = event
            return
        self._see(event)
        if event.seq < wanted:
            return
        wanted += 1
        waiting = self._early.get(label)
        while waiting and wanted in waiting:
            self._see(waiting.pop(wanted))
            wanted += 1
        if waiting is not None and not waiting:
            del self._early[label]
        self._next[label] = wanted


def _seen(index: int, leaf_hash: bytes, commitment: bytes, *, opened: Opened) -> Seen:
    fields = opened.fields
    try:
        seq = parse_decimal(fields["seq"])
    except Malformed:
        seq = -1
    return Seen(index, leaf_hash, commitment, fields, opened, seq)
