"""What changed in a file between two looks?

Compares the blocks of two reports record by record: what came, what went, what reads otherwise, and which months.  Both
sides are what may be seen today, so that an entry whose time is over is no change.
"""

from collections.abc import Callable
from typing import Any

from openbureau.core.credit_file import NOTHING, UNKNOWN, CreditFile, Tradeline, month_number, month_text
from openbureau.core.report import file_blocks
from openbureau.law.workdays import civil_day

Json = dict[str, Any]
KEYS = {"accounts": "tradeline_id", "linked_duties": "guarantee_id", "public_records": "public_id"}
"""The blocks that are compared, with the id by which a record is known."""
_MONTHS = 60
_DERIVED = frozenset({"history", "latest"})
"""Parts of an account that follow from its months, which are compared one by one."""


def changes(before: CreditFile, after: CreditFile, *, name: Callable[[str], str]) -> Json:
    """What came, went and changed, block by block; institutions named by `name`."""
    month = month_number(civil_day(after.as_of))
    old, new = (file_blocks(held, month, _MONTHS, name=name) for held in (before, after))
    months = _months(before, after)
    found: Json = {}
    for block, key in KEYS.items():
        was, now = ({row[key]: row for row in blocks[block]} for blocks in (old, new))
        changed = [
            {key: one, "furnisher": now[one]["furnisher"]} | told
            for one in now
            if one in was and (told := _told(was[one], now[one], months.get(one, [])))
        ]
        found[block] = {
            "new": [_plain(row) for one, row in now.items() if one not in was],
            "gone": [one for one in was if one not in now],
            "changed": changed,
        }
    known = {seen.inquiry_id for seen in before.inquiries}
    count = sum(seen.inquiry_id not in known for seen in after.inquiries)
    found["inquiries"] = {"new": new["inquiries"][:count]}
    return found


def _plain(row: Json) -> Json:
    return {name: value for name, value in row.items() if name != "history"}


def _told(was: Json, now: Json, months: list[Json]) -> Json:
    """The fields that read otherwise, and the months; nothing where all is as it was."""
    fields = [
        {"field": name, "before": was.get(name), "after": now.get(name)}
        for name in dict.fromkeys((*was, *now))
        if name not in _DERIVED and was.get(name) != now.get(name)
    ]
    return {"fields": fields, "months": months} if fields or months else {}


def _months(before: CreditFile, after: CreditFile) -> dict[str, list[Json]]:
    """By account, the months that read otherwise or came; None for a month without a row."""
    old = {line.tradeline_id: line for line in before.tradelines}
    found: dict[str, list[Json]] = {}
    for line in after.tradelines:
        if line.tradeline_id not in old:
            continue
        was = old[line.tradeline_id]
        for number in range(max(line.first_month, line.last_month - _MONTHS + 1), line.last_month + 1):
            told = [_month(one, number) for one in (was, line)]
            if told[0] != told[1]:
                row = {"month": month_text(number), "before": told[0], "after": told[1]}
                found.setdefault(line.tradeline_id, []).append(row)
    return found


def _month(line: Tradeline, number: int) -> Json | None:
    at = number - line.first_month
    if not 0 <= at < len(line.statuses) or line.statuses[at] == NOTHING:
        return None
    overdue = line.overdues[at]
    return {"status": line.statuses[at], "overdue_fen": None if overdue == UNKNOWN else overdue}
