"""What is the watcher's case: the export, what it relies on, and what an inspector is?

`Case` reads the parts that many inspectors need, without judging them: whether a signature holds is for the inspector
whose promise that is.  Each `Inspector` keeps one promise and can be left out without touching the others.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from openbureau.law.reader import Law, load_law, read_pack
from openbureau.law.strict_yaml import LawError
from openbureau.tlog.checkpoint import Checkpoint, parse_checkpoint
from openbureau.tlog.note import NoteRefused, split_note
from openbureau.tlog.policy import Policy, parse_policy
from openbureau.tlog.strict import Malformed
from openbureau.watch.export import Export
from openbureau.watch.openings import Opened
from openbureau.watch.promises import PROMISES
from openbureau.watch.verdict import Check, Tally, Trouble

if TYPE_CHECKING:
    from openbureau.watch.closed.erasures import Claims

ACT = "system/founding-act.json"


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of the log as the committee sees it: its place, its hash, its commitment, what is opened of it."""

    index: int
    leaf_hash: bytes
    commitment: bytes
    fields: dict[str, str]
    opened: Opened
    seq: int
    """The number in the person's chain; -1 where the field is no number."""


@dataclass
class Case:
    """An export under examination.  Attributes raise `Trouble` where the file behind them cannot be read."""

    export: Export
    now: datetime
    policy_text: str | None = None
    remembered: bytes | None = None
    most_age: timedelta | None = None
    is_whole: bool = True
    """False once the log could not be read to its end."""
    events: int = 0
    are_open: bool = True
    """False where the committee's openings are not there."""
    old_root: bytes | None = None
    """The root over the first entries, as many as the remembered checkpoint had."""
    first_entry: bytes | None = None
    billing: list[tuple[int, bytes]] = field(default_factory=list)
    """The system entries that close a month: their places and what they say."""
    key_statements: list[tuple[int, bytes]] = field(default_factory=list)
    """The system entries by which members change their keys, in the order of the log."""
    audit_reports: list[tuple[int, bytes]] = field(default_factory=list)
    """The system entries that bind a published report."""
    indexes: list[tuple[int, bytes]] = field(default_factory=list)
    """The system entries that say where every chain ends, in the order of the log."""

    @cached_property
    def note(self) -> bytes:
        """The signed checkpoint's bytes."""
        return self.export.read("checkpoint", most=1_000_000)

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """What the checkpoint says, whoever signed it."""
        return read_checkpoint("checkpoint", self.note)

    @cached_property
    def earlier(self) -> Checkpoint | None:
        """The checkpoint that was remembered from an earlier visit."""
        return None if self.remembered is None else read_checkpoint("remembered checkpoint", self.remembered)

    @cached_property
    def policy(self) -> Policy:
        """Whom to trust: the policy that was given, else the export's own."""
        text = self.export.text("policy") if self.policy_text is None else self.policy_text
        try:
            return parse_policy(text)
        except (Malformed, NoteRefused) as trouble:
            raise Trouble("policy", str(trouble), "信任策略文件格式不正确") from None

    @cached_property
    def claims(self) -> "Claims":
        """The erasures that the export shows, and which entries they closed."""
        from openbureau.watch.closed.erasures import read_claims

        return read_claims(self)

    @cached_property
    def act(self) -> dict[str, Any]:
        """The founding act as it lies in the export."""
        return self.export.json(ACT)

    @cached_property
    def body(self) -> dict[str, Any]:
        """What the founding act says, whoever signed it."""
        body = self.act.get("body")
        texts = ("origin", "mode", "regime", "law_digest", "policy_digest")
        if (
            not isinstance(body, dict)
            or not all(isinstance(body.get(name), str) for name in texts)
            or not isinstance(body.get("members"), list)
            or not all(_is_text_map(body.get(name)) for name in ("keys", "scorecards"))
        ):
            raise Trouble(ACT, "is not a founding act", "不是创立文件")
        return body

    @cached_property
    def member_kinds(self) -> dict[str, str]:
        """The kind of institution of each member, by id."""
        try:
            return {str(member["member_id"]): str(member["kind"]) for member in self.body["members"]}
        except (KeyError, TypeError):
            raise Trouble(ACT, "names a member without id or kind", "某机构缺少编号或类别") from None

    @cached_property
    def member_roles(self) -> dict[str, frozenset[str]]:
        """The roles of each member, by id."""
        try:
            return {str(one["member_id"]): frozenset(map(str, one["roles"])) for one in self.body["members"]}
        except (KeyError, TypeError):
            raise Trouble(ACT, "names a member without id or roles", "某机构缺少编号或角色") from None

    @cached_property
    def law(self) -> Law | None:
        """The rules that the act names, where this program carries them; else None."""
        pack = self.pack
        if not pack:
            return None
        law = _packaged_law(str(self.body["regime"]))
        return law if law.digest == self.body["law_digest"] else None

    @cached_property
    def pack(self) -> dict[str, str]:
        """The files of the regime that this program carries; empty when it has none of that name."""
        regime = str(self.body["regime"])
        if not regime.isascii() or not regime.isalpha():
            return {}
        try:
            return read_pack(regime)
        except LawError:
            return {}


@cache
def _packaged_law(regime: str) -> Law:
    """Read once: the packaged rules do not change while a program runs."""
    return load_law(regime)


def _is_text_map(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def read_checkpoint(place: str, note: bytes) -> Checkpoint:
    """A checkpoint's content, unsigned; `Trouble` when malformed."""
    try:
        return parse_checkpoint(split_note(note)[0])
    except (NoteRefused, Malformed) as trouble:
        raise Trouble(place, str(trouble), "检查点格式不正确") from None


class Inspector:
    """Keeps one promise: looks before the log is read, at each event, and after."""

    name: ClassVar[str]
    needs_events: ClassVar[bool] = False
    in_log_order: ClassVar[bool] = False
    """Sees events in the order of the log, not of each person's chain."""
    sees_closed: ClassVar[bool] = False
    """Also sees what is left open of entries that an erasure closed."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.tally = Tally()

    def begin(self) -> None:
        """Before the log is read."""

    def see(self, event: Seen) -> None:
        """One event, in the order of its person's chain or, where `in_log_order` says so, of the log."""

    def end(self) -> None:
        """After the log was read."""

    def check(self) -> Check:
        """What this inspector found."""
        if self.needs_events and not self.case.is_whole:
            self.tally.lacking("tile/entries", "the log could not be read to its end", "日志无法读完")
        if self.needs_events and not self.case.are_open:
            self.tally.lacking("openings/committee.jsonl", "is not in the export", "导出中没有该文件")
        return self.tally.check(self.name, PROMISES[self.name])
