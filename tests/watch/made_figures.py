"""Published figures for tests: those of a made log, honest or not."""

from collections.abc import Callable, Mapping
from typing import Any

from openbureau.core.figures.registry import FIGURES, Figure
from openbureau.core.figures.report import ground_of, make_report, report_entry
from openbureau.tlog.canonical import canonical
from openbureau.tlog.entry import render_system
from watch.made_log import LAW, MONTH, ORIGIN, POLICIES, MadeLog

Change = Callable[[dict[str, Any]], None]


def publish(
    made: MadeLog, month: str = MONTH, *, change: Change = lambda _: None, after: Change = lambda _: None,
    said: Mapping[str, Any] | None = None, figures: Mapping[str, Figure] = FIGURES,
) -> dict[str, Any]:  # fmt: skip
    """Publish a month at the end of the log.

    `change` alters the report before it is bound, `after` the file when the entry is written, `said` the entry.
    """
    kinds = {one["member_id"]: one["kind"] for one in made.act["body"]["members"]}
    events = [dict(leaf.fields) for _, leaf in made.leaves]
    report = make_report(
        events, month=month, ground=ground_of(kinds, LAW, POLICIES), log=ORIGIN, size=len(made.entries), figures=figures
    )
    change(report)
    made.entries.append(render_system("audit-report", report_entry(report) | dict(said or {})))
    after(report)
    made.papers[f"reports/figures-{month}.json"] = canonical(report)
    return report


def figure(report: dict[str, Any], name: str) -> dict[str, Any]:
    """One figure of a report."""
    return next(one for one in report["figures"] if one["name"] == name)
