"""Publish the figures of a month: count its events once, bind the result to the log, keep it.

Promises: a month is told once, after its end, in its order, when every event of it is under a signed checkpoint; report and
log entry are written in one transaction.  Asked again, what was published is returned as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from openbureau.core.figures.report import SHOWN, ground_of, make_report, report_entry
from openbureau.jobs.billing.close import closes_at
from openbureau.jobs.billing.invoices import is_month
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.log.sequence import sequence
from openbureau.store.audit.figures import KeptFigures, add_figures, kept_figures
from openbureau.store.database import Connection
from openbureau.store.log import all_events, latest_head
from openbureau.tlog.canonical import canonical
from openbureau.tlog.entry import AUDIT_REPORT, render_system
from openbureau.tlog.merkle import leaf_hash


class FiguresRefused(ValueError):
    """The month cannot be told now; the message says why."""


@dataclass(frozen=True, slots=True)
class Published:
    """The figures of a month as published; `is_repeat` where they had been before."""

    kept: KeptFigures
    is_repeat: bool


def publish_figures(bureau: Bureau, month: str) -> Published:
    """Count and publish a month (`YYYY-MM`), or return what was published; `FiguresRefused` where it is not its turn."""
    if not is_month(month):
        raise FiguresRefused(f"{month!r} is not a month; write it as 2026-11")
    found = published(bureau)
    if month in found:
        return Published(found[month], is_repeat=True)
    _must_be_over(bureau, month, told=list(found))
    sequence(bureau)
    with bureau.store.connection("auditor") as connection:
        head = latest_head(connection)
        size = head.size if head else 0
        report = make_report(
            _events(bureau, connection, size),
            month=month,
            ground=ground_of(
                {one.member_id: one.kind for one in bureau.members.values()}, bureau.law, bureau.policies.text
            ),
            log=bureau.act.origin,
            size=size,
        )
    entry = render_system(AUDIT_REPORT, report_entry(report))
    kept = KeptFigures(month, canonical(report), entry, leaf_hash(entry))
    now = bureau.clock()
    with bureau.store.connection("sequencer") as connection, connection.transaction():
        is_new = add_figures(connection, kept, now, leaf_id=new_id(now, bureau.random))
    return Published(published(bureau)[month], is_repeat=not is_new)


def published(bureau: Bureau) -> Mapping[str, KeptFigures]:
    """What was published, by month."""
    with bureau.store.connection("auditor") as connection:
        return {one.month: one for one in kept_figures(connection)}


def _must_be_over(bureau: Bureau, month: str, *, told: list[str]) -> None:
    """After its end and the hours that late answers take; none before it is left out once a later one was told."""
    if bureau.clock() < (begin := closes_at(bureau, month)):
        when = begin.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        raise FiguresRefused(f"{month} cannot be told before {when}: events of that month may still be under way")
    if told and told[-1] > month:
        raise FiguresRefused(f"{told[-1]} was told already; months are told in their order")


def _events(bureau: Bureau, connection: Connection, size: int) -> Iterator[dict[str, Any]]:
    """What figures are made of, of every event that can still be opened."""
    for subject_id, leaf, key_kind, sealed, _, wrapped, _ in all_events(connection, size):
        key = bureau.data_key(wrapped, f"subject/{subject_id}") if key_kind == "person" and wrapped else None
        fields, _ = bureau.open_event(sealed, leaf, key)
        yield {name: value for name, value in fields if name in SHOWN}
