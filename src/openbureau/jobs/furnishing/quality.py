"""Measure a furnisher's month: timeliness, completeness, consistency, corrections, and the harm done to people.

Counts come from receipts, facts, findings, corrections and the answers these touched; the formula is in the core and published
in docs/specs/quality.md.  What has no source is absent and says why.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from openbureau.core.furnishing.quality import (
    HARM_WEIGHTS,
    ON_TIME_DAYS,
    WEIGHTS,
    QualitySource,
    harm_of,
    harm_points,
    parts,
    whole,
)
from openbureau.core.member import Role
from openbureau.jobs.context import Bureau
from openbureau.store.quality import Moved, Span, answers_moved, quality_counts, quality_rules

BEIJING = timedelta(hours=8)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
WORDS = {
    "timeliness": ("Newest month within 10 days of its end", "最新月份在月末后 10 日内报送"),
    "completeness": ("Important fields filled, and no month missing", "重要字段齐全、月份连续"),
    "consistency": ("Records accepted", "记录通过校验"),
    "corrections": ("Few corrections were needed", "需要更正的记录少"),
    "harm": ("No person's score moved by errors", "差错未影响个人评分"),
}
ABSENT = {
    "timeliness": ("no month of an account came in for the first time", "本月没有首次报送的账户月份"),
    "completeness": ("nothing came in and nothing is held", "本月未报送且未持有信息"),
    "consistency": ("no file came in", "本月未收到文件"),
    "corrections": ("nothing is held from this furnisher", "未持有该机构报送的信息"),
    "harm": (
        "nothing is held, or the answers touched by corrections are not looked for yet",
        "未持有信息，或受更正影响的答复尚未查找",
    ),
}
NOT_MEASURED = {
    "grade": ("no scorecard in force has grades", "现行评分表不含等级"),
    "refusal": (
        "lenders do not tell what they decided, and our own refusals rest on no furnished value",
        "信贷机构不告知其决定；本机构的拒绝不以报送信息为依据",
    ),
}


class NoMonth(ValueError):
    """The month is not written YYYY-MM."""


def month_span(month: str) -> Span:
    """The instants at which a month begins and ends in Beijing."""
    if not _MONTH.match(month) or month < "1900-01":
        raise NoMonth(f"{month[:20]!r} is no month; write YYYY-MM")
    year, number = int(month[:4]), int(month[5:])
    begins = datetime(year, number, 1, tzinfo=UTC) - BEIJING
    ends = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC) - BEIJING
    return begins, ends


def quality(bureau: Bureau, member_id: str, month: str) -> dict[str, Any]:
    """The quality of one furnisher's month as plain JSON: whole, parts with their words, counts, findings by rule."""
    if member_id not in bureau.members:
        raise LookupError(f"no member is called {member_id!r}")
    span = month_span(month)
    with bureau.store.connection("auditor") as connection:
        counts = quality_counts(connection, member_id, span, on_time=ON_TIME_DAYS)
        rules = quality_rules(connection, member_id, span)
        moved = answers_moved(connection, member_id, span)
    harmed = None if moved is None else _harmed(moved)
    found = parts(_source(counts, harmed))
    member = bureau.members[member_id]
    total = whole(found)
    return {
        "member": {"id": member_id, "zh": member.name_zh, "en": member.name_en},
        "month": month,
        "score": None if total is None else round(total, 1),
        "parts": {name: _part(name, value) for name, value in found.items()},
        "counts": counts,
        "findings_by_rule": rules,
        "harm": None if harmed is None else {
            "people": sum(harmed.values()), "by_kind": harmed, "weights": HARM_WEIGHTS, "points": harm_points(harmed),
        },
        "not_measured": {name: {"en": en, "zh": zh} for name, (en, zh) in NOT_MEASURED.items()},
        "formula": "docs/specs/quality.md",
    }  # fmt: skip


def quality_of_all(bureau: Bureau, month: str) -> list[dict[str, Any]]:
    """Every furnisher's month, worst first, those without a score last: what a regulator sees."""
    found = [quality(bureau, name, month) for name, member in bureau.members.items() if Role.FURNISHER in member.roles]
    return sorted(found, key=lambda one: (one["score"] is None, one["score"] or 0, one["member"]["id"]))


def _part(name: str, value: float | None) -> dict[str, Any]:
    english, chinese = WORDS[name]
    told: dict[str, Any] = {
        "score": None if value is None else round(value, 1),
        "weight": WEIGHTS[name],
        "what": {"en": english, "zh": chinese},
    }
    if value is None:
        english, chinese = ABSENT[name]
        told["absent"] = {"en": english, "zh": chinese}
    return told


def _source(counts: dict[str, int | None], harmed: dict[str, int] | None) -> QualitySource:
    names = set(QualitySource.__dataclass_fields__) - {"harmed", "median_days"}
    return QualitySource(
        median_days=counts["median_days"], harmed=harmed, **{name: counts[name] or 0 for name in names}
    )


def _harmed(moved: Sequence[Moved]) -> dict[str, int]:
    """Persons by the largest harm that any of their answers shows."""
    worst: dict[str, str] = {}
    for one in moved:
        kind = harm_of(one.score_before, one.score_after, reasons_changed=one.reasons_changed)
        if kind and HARM_WEIGHTS[kind] > HARM_WEIGHTS.get(worst.get(one.subject_id, ""), 0):
            worst[one.subject_id] = kind
    return dict(sorted(Counter(worst.values()).items()))
