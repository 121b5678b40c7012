"""Does everything in this export hold?

`verify` reads an export directory once, entry by entry, and keeps to the public formats: it needs no server, no database
and no trust in whoever made the export beyond the policy.  Promises: it never raises on any bytes; what cannot be read is
told with file and place; every check can be left out without changing the others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from openbureau.watch import committee, tree
from openbureau.watch.bills import BillLanes, Bills
from openbureau.watch.case import Case, Inspector, Seen
from openbureau.watch.closed.erasures import Erasures
from openbureau.watch.events import Actors, Chains, Charges, Consents, Decisions, Free, Orders
from openbureau.watch.export import Export
from openbureau.watch.foundation import (
    ActSigned,
    Continues,
    FoundingAct,
    Keys,
    LawInForce,
    MemberKeys,
    Policies,
    Scorecards,
    SignedCheckpoint,
    Witnesses,
)
from openbureau.watch.index import Indexes
from openbureau.watch.links import Links
from openbureau.watch.papers.figures import Figures, FiguresBound
from openbureau.watch.persons import Diaries, Labels, Members
from openbureau.watch.receipts import Answers, Promises, Receipts, Scores
from openbureau.watch.verdict import Check, Evidence, Tally, Trouble, Verdict, render, status_of, to_json

__all__ = ["CHECKS", "Check", "Verdict", "render", "to_json", "verify"]


@dataclass
class _Reading:
    """What reading the log itself finds; its tallies are handed out to the inspectors below."""

    case: Case
    reader: tree.TreeReader
    committee: committee.Committee


class _Read(Inspector):
    """A promise that the reading of the log itself checks."""

    of: ClassVar[Callable[[_Reading], Tally]]


class _Root(_Read):
    name, of = "root", lambda reading: reading.reader.tallies.root


class _Tiles(_Read):
    name, of = "tiles", lambda reading: reading.reader.tallies.tiles


class _Entries(_Read):
    name, of = "entries", lambda reading: reading.reader.tallies.entries


class _Complete(_Read):
    name, of = "openings-complete", lambda reading: reading.committee.tallies.complete


class _True(_Read):
    name, of = "openings-true", lambda reading: reading.committee.tallies.true


READINGS: tuple[type[Inspector], ...] = (_Root, _Tiles, _Entries, _Complete, _True)
"""What every judgement on events rests on: the log was read whole, and its openings are true."""
CHECKS: tuple[type[Inspector], ...] = (
    SignedCheckpoint, Witnesses, Continues, _Root, _Tiles, _Entries, FoundingAct, ActSigned, Keys, MemberKeys, Policies,
    LawInForce, Scorecards, _Complete, _True, Chains, Erasures, Indexes, Actors, Links, Consents, Orders, Decisions, Free,
    Charges, BillLanes, Bills, FiguresBound, Figures, Members, Labels, Diaries, Receipts, Promises, Answers, Scores,
)  # fmt: skip
"""Every check, in the order in which they are told."""


def verify(
    directory: Path,
    *,
    policy: str | Path | None = None,
    now: datetime | None = None,
    remember: Path | None = None,
    most_age: timedelta | None = None,
    checks: tuple[type[Inspector], ...] = CHECKS,
) -> Verdict:
    """The verdict on an export directory.

    `policy` is the watcher's own policy (a path, or the text itself); without it the export's own is used, and the verdict
    says so.  `remember` is a file in which the checkpoint is kept from visit to visit: a smaller log is `old`, another one
    `broken`; it is written when everything holds.  `now` is the instant by which promises are judged;
    `most_age` makes a checkpoint `old` whose newest witness signature is older than that.
    """
    case = Case(Export(directory), now or datetime.now(UTC), most_age=most_age)
    inspectors = tuple(check(case) for check in checks)
    notes = _prepare(case, policy, remember)
    if isinstance(notes, Trouble):
        told = notes.evidence
        found = tuple(_failed(inspector, told) for inspector in inspectors[:1])
        return Verdict(status_of(found), found)
    _examine(case, inspectors)
    found = tuple(inspector.check() for inspector in inspectors)
    status = status_of(found)
    if remember is not None and status == "ok":
        notes += _kept(remember, case.note)
    return _verdict(case, found, notes)


def _prepare(case: Case, policy: str | Path | None, remember: Path | None) -> tuple[Evidence, ...] | Trouble:
    """Read what lies outside the export; notes on what is relied on."""
    try:
        if isinstance(policy, Path):
            case.policy_text = Export(policy.parent).text(policy.name)
        else:
            case.policy_text = policy
        if remember is not None and remember.exists():
            case.remembered = Export(remember.parent).read(remember.name)
    except Trouble as met:
        return met
    if policy is not None:
        return (Evidence("policy", "your own copy was used", "使用了您自己的策略文件"),)
    return (
        Evidence(
            "policy",
            "the export's own copy was used: it vouches for itself. Keep your own and pass it with --policy",
            "使用了导出自带的策略文件，它只能自证。请保存自己的一份并用 --policy 指定",
        ),
    )


def _kept(remember: Path, note: bytes) -> tuple[Evidence, ...]:
    """Remember the checkpoint for the next visit; a note where that cannot be done."""
    try:
        remember.write_bytes(note)
    except OSError:
        return (Evidence(str(remember), "could not be written; nothing is remembered", "无法写入，未能记住检查点"),)
    return ()


def _failed(inspector: Inspector, told: Evidence) -> Check:
    inspector.tally.lacking(told.place, told.en, told.zh)
    return inspector.check()


def _fenced(inspector: Inspector, step: Callable[[], None]) -> bool:
    """Run one step of one inspector; whatever goes wrong is its finding.  False when it cannot go on."""
    try:
        step()
    except Exception as trouble:  # noqa: BLE001  (the last fence: no bytes may make the watcher raise)
        _caught(inspector, trouble)
        return False
    return True


def _caught(inspector: Inspector, trouble: Exception) -> None:
    if isinstance(trouble, Trouble):
        inspector.tally.trouble(trouble)
        return
    kind = type(trouble).__name__
    inspector.tally.wrong(inspector.name, f"what is here has not the form that is asked for ({kind})", "格式不正确")


@dataclass(slots=True)
class _Crowd:
    """Inspectors that see the same events; one that stumbles leaves, the others go on."""

    inspectors: list[Inspector]

    def see(self, event: Seen) -> None:
        """Show one event to all."""
        for inspector in self.inspectors:
            try:
                inspector.see(event)
            except Exception as trouble:  # noqa: BLE001  (the fence, without a call for each event)
                _caught(inspector, trouble)
                self.inspectors = [other for other in self.inspectors if other is not inspector]


def _examine(case: Case, inspectors: tuple[Inspector, ...]) -> None:
    """Before, through, and after the log."""
    alive = [inspector for inspector in inspectors if _fenced(inspector, inspector.begin)]
    seeing = [inspector for inspector in alive if type(inspector).see is not Inspector.see]

    ordered, chained = (_Crowd([one for one in seeing if one.in_log_order is wanted]) for wanted in (True, False))
    closed = _Crowd([one for one in seeing if one.sees_closed])
    watching = committee.Committee(case, in_log_order=ordered.see, in_chain_order=chained.see, closed=closed.see)
    reading = _Reading(case, tree.TreeReader(case), watching)
    try:
        for bundle in reading.reader.bundles():
            reading.committee.take(bundle)
        reading.committee.finish()
    except Exception as trouble:  # noqa: BLE001  (the same fence)
        case.is_whole = False
        kind = type(trouble).__name__
        reading.reader.tallies.root.wrong("tile/entries", f"cannot be read ({kind})", "无法读取")
    is_all_seen = case.is_whole and case.are_open
    for inspector in alive:
        if is_all_seen or not inspector.needs_events:
            _fenced(inspector, inspector.end)
    for inspector in inspectors:
        if isinstance(inspector, _Read):
            inspector.tally = type(inspector).of(reading)


def _verdict(case: Case, found: tuple[Check, ...], notes: tuple[Evidence, ...]) -> Verdict:
    try:
        head = case.checkpoint
    except Trouble:
        return Verdict(status_of(found), found, notes=notes)
    return Verdict(status_of(found), found, head.origin, head.size, head.root.hex(), notes)
