"""Does every link between two people's chains stand in both, and every undo follow a link?

A link or its end is one event in each of two chains, each naming the other's label in `basis_ref`.  Promises: a link that
one of the two cannot see is found; an undo of what was never linked is found.
"""

import re
from collections import defaultdict

from openbureau.core.leaf import EventKind
from openbureau.watch.case import Case, Inspector, Seen

LINK, UNLINK = EventKind.LINK.value, EventKind.UNLINK.value
_LABEL = re.compile(r"[0-9a-f]{64}\Z")


class Joined:
    """Which labels are one, link by link, in the order of the log."""

    def __init__(self) -> None:
        self._near: dict[str, set[str]] = defaultdict(set)

    def see(self, event: Seen) -> None:
        """A link or its end, from either side."""
        kind, label, other = event.fields["kind"], event.fields["label"], event.fields["basis_ref"]
        if kind == LINK:
            self._near[label].add(other)
            self._near[other].add(label)
        elif kind == UNLINK:
            self._near[label].discard(other)
            self._near[other].discard(label)

    def of(self, label: str) -> list[str]:
        """The labels that are one with this, itself first."""
        found, waiting = [label], [label]
        while waiting:
            for other in sorted(self._near.get(waiting.pop(), ())):
                if other not in found:
                    found.append(other)
                    waiting.append(other)
        return found


class Links(Inspector):
    """Each link and each undo stands in both chains; an undo follows a link, and no two are linked twice."""

    name, needs_events = "links", True

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._told: dict[tuple[str, str], list[str]] = defaultdict(list)

    def see(self, event: Seen) -> None:
        """The next event of its chain."""
        kind, label, other = event.fields["kind"], event.fields["label"], event.fields["basis_ref"]
        if kind not in {LINK, UNLINK}:
            return
        self.tally.count += 1
        place = f"entry {event.index} ({kind})"
        if not _LABEL.match(other) or other == label:
            self.tally.wrong(place, "does not name another person's label", "没有指明另一方的代号")
            return
        told = self._told[label, other]
        is_open = bool(told) and told[-1] == LINK
        if is_open == (kind == LINK):
            words = (
                ("links what is linked", "重复关联")
                if is_open
                else ("undoes a link that is not there", "撤销了并不存在的关联")
            )
            self.tally.wrong(place, *words)
        told.append(kind)

    def end(self) -> None:
        """What one chain tells the other must tell too, in the same order."""
        erased = self.case.claims.by_label
        for (label, other), told in self._told.items():
            if other not in erased and self._told.get((other, label), []) != told:
                self.tally.wrong(
                    f"label {label[:16]}", f"tells of a link to {other[:16]} that stands in one chain only",
                    "关联或撤销只出现在一方的链条中",
                )  # fmt: skip
