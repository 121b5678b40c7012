"""Are the published figures of a month what the log comes to?

`reports/figures-YYYY-MM.json` is bound to the log by an entry `audit-report`; each figure in it carries the query by which it
was counted, and is counted again here by that very text over the committee's openings.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from openbureau.core.figures.query import NoQuery, Query, parse_query
from openbureau.core.figures.registry import FIGURES
from openbureau.core.figures.report import REPORT, SCHEMA, Counting, figures_root, ground_of
from openbureau.law.policies import load_policies
from openbureau.tlog.canonical import NotCanonical
from openbureau.watch.case import Case, Inspector, Seen
from openbureau.watch.export import parse_object
from openbureau.watch.verdict import Trouble

FOLDER, PREFIX, SUFFIX = "reports", "figures-", ".json"


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure as it is published."""

    name: str
    title: dict[str, str]
    query: str
    columns: list[str]
    rows: list[list[str | int]]
    total: int


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The aggregate of a month."""

    schema: str
    log: str
    month: str
    size: int
    figures: list[Shown]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the log says of the figures of a month."""

    report: str
    schema: str
    month: str
    size: int
    root: str
    totals: dict[str, int]


def place_of(month: str) -> str:
    """Where the figures of a month lie in an export."""
    return f"{FOLDER}/{PREFIX}{month}{SUFFIX}"


def read_reports(case: Case) -> dict[str, tuple[Report, dict[str, Any]]]:
    """Every published month as read and as it stands; `Trouble` at one that is malformed."""
    found = {}
    for name in case.export.names(FOLDER, PREFIX, SUFFIX):
        place = f"{FOLDER}/{name}"
        value = parse_object(place, case.export.read(place))
        try:
            report = msgspec.convert(value, Report)
        except (msgspec.ValidationError, RecursionError):
            raise Trouble(place, "is no aggregate of a month", "不是月度统计") from None
        if report.schema != SCHEMA or place != place_of(report.month):
            raise Trouble(place, "is of another form or another month than its name says", "格式或月份与文件名不符")
        found[report.month] = (report, value)
    return found


class FiguresBound(Inspector):
    """Each published month is the one that an entry of the log binds; the log tells each month once, in its order."""

    name = "figures-bound"

    def end(self) -> None:
        """After the log was read: entry by entry."""
        shown, before = read_reports(self.case), ""
        for index, content in self.case.audit_reports:
            place = f"entry {index} (audit-report)"
            try:
                entry = msgspec.json.decode(content, type=Entry)
            except (msgspec.MsgspecError, RecursionError):
                if is_of_figures(content):
                    self.tally.wrong(place, "does not say what it binds", "记录未说明所绑定的统计")
                continue
            if entry.report != REPORT:
                continue
            self.tally.count += 1
            if entry.month <= before:
                self.tally.wrong(place, f"tells {entry.month[:20]} after {before}", "月份重复或顺序有误")
                continue
            before = entry.month
            if entry.month not in shown:
                self.tally.lacking(place_of(entry.month), "is not in the export", "导出中没有该文件")
            elif (why := self._fault(entry, index, shown.pop(entry.month))) is not None:
                self.tally.wrong(place_of(entry.month), why, "与日志所绑定的统计不符")
        for month in sorted(shown):
            self.tally.wrong(place_of(month), "is bound by no entry of the log", "日志中没有对应的记录")

    def _fault(self, entry: Entry, index: int, shown: tuple[Report, Mapping[str, Any]]) -> str | None:
        report, value = shown
        try:
            root = figures_root(value["figures"]).hex()
        except (NotCanonical, RecursionError):
            return "has no canonical form"
        if (root, report.size) != (entry.root, entry.size) or report.log != self.case.checkpoint.origin:
            return f"is not what entry {index} binds"
        if entry.totals != {one.name: one.total for one in report.figures}:
            return f"has other totals than entry {index} says"
        return f"counts over {entry.size} entries, more than stood before it" if entry.size > index else None


def is_of_figures(content: bytes) -> bool:
    """Does an entry that cannot be read say at least that it is about figures?"""
    try:
        found = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError):
        return True
    return not isinstance(found, dict) or found.get("report") == REPORT


class Figures(Inspector):
    """Each number of each published month is counted again, by the query that stands beside it."""

    name, needs_events = "figures", True

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._counting: dict[str, Counting] = {}
        self._shown: dict[str, Report] = {}
        self._seen = 0

    @property
    def months(self) -> tuple[str, ...]:
        """The published months."""
        return tuple(self._shown)

    def begin(self) -> None:
        """The published months, and what their numbers are held against."""
        self._shown = {month: report for month, (report, _) in read_reports(self.case).items()}
        if not self._shown:
            return
        law = self.case.law
        if law is None:
            raise Trouble(
                "law", "this program carries another version of the legal rules; install the one in force",
                "本程序所带法律规则版本不同，请安装现行版本", is_missing=True,
            )  # fmt: skip
        policies = load_policies(str(self.case.body["regime"]), law)
        if policies.digest != self.case.body["policy_digest"]:
            raise Trouble(
                "policy", "this program carries another policy set; install the one in force",
                "本程序所带访问规则版本不同，请安装现行版本", is_missing=True,
            )  # fmt: skip
        ground = ground_of(self.case.member_kinds, law, policies)
        for month, report in self._shown.items():
            self._counting[month] = Counting(month, self._queries(report), ground)

    def _queries(self, report: Report) -> dict[str, Query]:
        """The queries of a report; a figure of the registry has the registry's own."""
        found: dict[str, Query] = {}
        for one in report.figures:
            place = f"{place_of(report.month)} {one.name[:40]}"
            known = FIGURES.get(one.name)
            try:
                query = parse_query(one.query)
            except NoQuery as trouble:
                self.tally.wrong(place, str(trouble), "统计口径不是可执行的查询")
                continue
            if known is not None and known.query != one.query:
                self.tally.wrong(
                    place, "is counted by another query than is published under this name", "统计口径已改变"
                )
            elif one.name in found or list(query.by) != one.columns:
                self.tally.wrong(place, "stands twice, or has other columns than its query", "重复，或列与查询不符")
            else:
                found[one.name] = query
        for name in FIGURES.keys() - {one.name for one in report.figures}:
            self.tally.lacking(place_of(report.month), f"does not tell the figure {name}", f"没有公布指标 {name}")
        return found

    def see(self, event: Seen) -> None:
        """One event."""
        self._seen += 1
        for counting in self._counting.values():
            counting.take(event.fields)

    def end(self) -> None:
        """Each number."""
        hidden = self.case.events - self._seen
        for month, counting in self._counting.items():
            for one in self._shown[month].figures:
                self._compare(f"{place_of(month)} {one.name[:40]}", one, counting, hidden=hidden)

    def _compare(self, place: str, one: Shown, counting: Counting, *, hidden: int) -> None:
        if one.name not in counting.names:
            return
        told = {tuple(row[:-1]): row[-1] for row in one.rows if row}
        found = {tuple(row[:-1]): row[-1] for row in counting.rows(one.name)}
        self.tally.count += len(told) + 1
        if len(told) != len(one.rows) or one.total != sum(v for v in told.values() if isinstance(v, int)):
            self.tally.wrong(place, "tells a row twice, or another total than its rows have", "行重复，或合计有误")
        for key in sorted(told.keys() | found.keys(), key=str):
            said, counted = told.get(key, 0), found.get(key, 0)
            if said == counted:
                continue
            name = " ".join(map(str, key)) or "total"
            words = f"{name}: says {said}, the log has {counted}"
            is_erased = isinstance(said, int) and hidden and said > counted
            if is_erased:
                self.tally.lacking(
                    place, f"{words}; {hidden} events are not open any more", "部分事件已不能公开，无法重新计数"
                )
            else:
                self.tally.wrong(place, words, f"{name}：公布 {said}，日志为 {counted}")
