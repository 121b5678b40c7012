"""How far has each file come, and what became of it?

One record of progress and one report, the same in the terminal, in a watched folder, over the API and on the pages.
"""

from dataclasses import asdict
from typing import Any

from openbureau.core.furnishing.finding import Finding, finding_json, render_finding
from openbureau.core.furnishing.messages import RULES
from openbureau.core.outcome import Refusal
from openbureau.core.refusal import TITLES
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.load import Acceptance, acceptance_json
from openbureau.jobs.furnishing.receive import Received
from openbureau.jobs.inquiry.contents import refusal_json
from openbureau.law.workdays import civil_day
from openbureau.store import doors
from openbureau.store.doors import FurnisherTotals, LoadRow, RuleCount
from openbureau.store.furnishing import Progress

LIST_MOST = 50
EXAMPLES = 3


def furnishings(
    bureau: Bureau, member_id: str | None, *, before: str | None = None, most: int = LIST_MOST
) -> list[dict[str, Any]]:
    """The files of a member (or of all), newest first, each with its progress."""
    with bureau.store.connection("loader") as connection:
        rows = doors.furnishings_of(connection, member_id, before=before, most=most)
    return [progress_json(row) for row in rows]


def progress_of(bureau: Bureau, member_id: str | None, receipt_id: str) -> dict[str, Any] | None:
    """The progress of one file; None where this member sent none of this id."""
    with bureau.store.connection("loader") as connection:
        rows = doors.furnishings_of(connection, member_id, one=receipt_id, most=1)
    return progress_json(rows[0]) if rows else None


def progress_json(row: LoadRow) -> dict[str, Any]:
    """The record of progress: whose file it is, and where its load stands."""
    return {
        "receipt_id": row.receipt_id,
        "member_id": row.member_id,
        "door": row.door,
        "format": row.format,
        "received_at": row.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "bytes": row.byte_count,
        "leaf": row.leaf_hash.hex(),
    } | step_json(row)


def step_json(row: LoadRow | Progress) -> dict[str, Any]:
    """Where a load stands: state, counts, and the share that is done in thousandths."""
    read = row.pieces if row.is_done else min(row.next_record - 1, row.pieces)
    return {
        "state": "done" if row.is_done else "loading" if row.records else "waiting",
        "read": read,
        "of": row.pieces,
        "per_mille": 1000 if row.is_done else read * 1000 // max(row.pieces, 1),
        "records": row.records,
        "accepted": row.accepted,
        "refused": row.refused,
        "new": row.added,
        "changed": row.changed,
        "unchanged": row.unchanged,
        "findings": row.findings,
        "is_repeat": row.is_repeat,
    }


def findings_grouped(bureau: Bureau, receipt_id: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """The findings of a file by rule, refusing ones first: the rule's sentences, how often, and the first places."""
    with bureau.store.connection("loader") as connection:
        found = doors.finding_examples(connection, receipt_id, EXAMPLES)
    places: dict[str, list[Finding]] = {}
    for one in found:
        places.setdefault(one.rule, []).append(one)
    rulebook = bureau.rulebook(civil_day(bureau.clock()))
    made = []
    for rule, count in counts.items():
        first = places[rule][0]
        told = finding_json(first, rulebook)
        told["count"] = count
        told["places"] = [
            {"record": one.record_no, "field": one.field or None, "hint": one.hint or None} for one in places[rule]
        ]
        made.append(told)
    return sorted(made, key=lambda told: (told["severity"] != "refuse", -told["count"], told["rule"]))


def totals(bureau: Bureau) -> list[dict[str, Any]]:
    """Every member that has sent something, with its totals."""
    with bureau.store.connection("loader") as connection:
        return [_totals_json(row) for row in doors.furnishing_totals(connection)]


def _totals_json(row: FurnisherTotals) -> dict[str, Any]:
    return asdict(row) | {"last_at": row.last_at.strftime("%Y-%m-%dT%H:%M:%SZ")}


def findings_by_rule(bureau: Bureau, member_id: str | None) -> list[dict[str, Any]]:
    """Findings of a member (or of all) by rule, the most frequent first."""
    with bureau.store.connection("loader") as connection:
        return [_rule_json(row) for row in doors.findings_by_rule(connection, member_id)]


def _rule_json(row: RuleCount) -> dict[str, Any]:
    what = RULES[row.rule].what
    return {
        "rule": row.rule,
        "severity": RULES[row.rule].severity,
        "what": {"en": what[0], "zh": what[1]},
        "findings": row.findings,
        "files": row.files,
        "last_at": row.last_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


Outcome = Acceptance | Refusal | Finding
"""How the furnishing of a file can end."""


def outcome_of(received: Received, acceptance: Acceptance | None) -> Outcome:
    """The one of both that `load.furnish` gives that says how it ended."""
    if acceptance is not None:
        return acceptance
    if isinstance(received, Refusal | Finding):
        return received
    raise AssertionError("a receipt without an acceptance")


def report(bureau: Bureau, made: Outcome) -> tuple[dict[str, Any], dict[str, str]]:
    """The report of a file as JSON, and as a text in each language."""
    if isinstance(made, Acceptance):
        told, lines = acceptance_json(bureau, made), _acceptance_lines(made)
    elif isinstance(made, Finding):
        rulebook = bureau.rulebook(civil_day(bureau.clock()))
        told = {"receipt": None, "finding": finding_json(made, rulebook)}
        lines = {lang: [render_finding(made, lang)] for lang in ("en", "zh")}
    else:
        english, chinese = TITLES[made.code]
        titles = {"en": english, "zh": chinese}
        told = {"receipt": None, "refusal": refusal_json(made) | {"title": titles}}
        lines = {lang: [title, *(cited.render(lang) for cited in made.citations)] for lang, title in titles.items()}
    return told, {language: "\n".join(found) + "\n" for language, found in lines.items()}


def _acceptance_lines(made: Acceptance) -> dict[str, list[str]]:
    held = made.progress
    heads = {
        "en": f"receipt {made.receipt_id}: {held.records} records, {held.accepted} accepted, {held.refused} refused",
        "zh": f"回执 {made.receipt_id}：共 {held.records} 条，接收 {held.accepted} 条，拒收 {held.refused} 条",
    }
    lines = {lang: [head, *(render_finding(one, lang) for one in made.findings)] for lang, head in heads.items()}
    left = held.findings - len(made.findings)
    if left > 0:
        lines["en"].append(f"... and {left} more findings; the furnisher's page shows them by rule")
        lines["zh"].append(f"……另有 {left} 项发现，可在报送页面按规则查看")
    return lines
