"""Does every published number come out again?

The part of `verify` on which published figures rest: whose log it is, that the openings are the log's, and the counting.
"""

from datetime import datetime
from pathlib import Path

from openbureau.watch.case import Inspector
from openbureau.watch.foundation import ActSigned, FoundingAct, Keys, LawInForce, Policies, SignedCheckpoint, Witnesses
from openbureau.watch.papers.figures import FOLDER, Figures, FiguresBound
from openbureau.watch.verdict import Verdict
from openbureau.watch.verify import READINGS, verify


class _Published(Figures):
    """As `Figures`, but that there is nothing to count again is told."""

    def begin(self) -> None:
        """The published months, at least one."""
        super().begin()
        if not self.months:
            self.tally.lacking(FOLDER, "holds no published figures", "没有已公布的统计")


def recount(directory: Path, *, policy: str | Path | None = None, now: datetime | None = None) -> Verdict:
    """The verdict on the figures in an export; `cannot-tell` where none were published."""
    checks: tuple[type[Inspector], ...] = (
        SignedCheckpoint, Witnesses, FoundingAct, ActSigned, Keys, Policies, LawInForce, *READINGS, FiguresBound, _Published,
    )  # fmt: skip
    return verify(directory, policy=policy, now=now, checks=checks)
