"""Which answers went out with a value that was corrected later, and what would they have said? (N8)

For every person and source of corrections: the file as it was known when each earlier answer was made, seen under the retention
of that day; the same with the correction in it; and where the two differ, who asked, when, and the score of both.  A value
that had not come in yet, or was not visible any more, touched nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from openbureau.core.credit_file import CreditFile, Tradeline, decode_file, visible
from openbureau.core.furnishing.corrections import text_of, value_of
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.contents import score_of
from openbureau.law.workdays import civil_day
from openbureau.store.correction import (
    WHOLE,
    Change,
    TouchedAnswer,
    add_lineage,
    answers_before,
    changes_of,
    touched_answers,
    without_lineage,
)
from openbureau.store.database import Connection
from openbureau.store.furnishing import file_as_of
from openbureau.store.subject import own_facts

COLUMNS = {"balance_fen": "balances", "due_fen": "dues", "paid_fen": "paids", "overdue_fen": "overdues"}
UNKNOWN = -1


def trace_corrections(bureau: Bureau, *, tell: Callable[[int, int], None] = lambda *_: None) -> int:
    """Find the answers that corrections touched and keep them; how many.  Begun again, it goes on where it was."""
    with bureau.store.connection("auditor") as connection:
        waiting = without_lineage(connection)
        total = 0
        for number, (subject_id, source_id) in enumerate(waiting, 1):
            found = touched_by(bureau, connection, subject_id, source_id)
            if add_lineage(connection, subject_id, source_id, at=bureau.clock(), rows=found):
                total += len(found)
            tell(number, len(waiting))
    return total


def touched_by(bureau: Bureau, connection: Connection, subject_id: str, source_id: str) -> list[TouchedAnswer]:
    """The answers about one person that a source's corrections touched, with the scores before and after."""
    changes = changes_of(connection, subject_id, source_id)
    found = []
    for inquiry_id, member_id, asked_at, outcome in answers_before(connection, subject_id, changes[-1].known_at):
        held = _file(bureau, connection, subject_id, asked_at)
        seen, mended = (_seen(bureau, one, asked_at) for one in (held, as_corrected(held, changes)))
        if seen.tradelines == mended.tradelines:
            continue
        before, after = (score_of(bureau, one) for one in (seen, mended))
        found.append(
            TouchedAnswer(
                subject_id=subject_id,
                source_id=source_id,
                inquiry_id=inquiry_id,
                member_id=member_id,
                asked_at=asked_at,
                outcome=outcome,
                score_before=before.value,
                score_after=after.value,
                reasons_changed=before.reasons != after.reasons,
            )
        )
    return found


def _file(bureau: Bureau, connection: Connection, subject_id: str, as_of: datetime) -> CreditFile:
    with bureau.store.connection("api") as own:
        found = own_facts(own, subject_id, as_of)
    if found is None:
        raise LookupError("no subject of this id is held")
    text = file_as_of(connection, subject_id, as_of)
    return decode_file(text, subject_id=subject_id, kind=found.kind, as_of=as_of, synthetic=found.synthetic)


def _seen(bureau: Bureau, held: CreditFile, at: datetime) -> CreditFile:
    rulebook = bureau.rulebook(civil_day(at))
    return visible(held, retention_years=rulebook.typed.adverse_years.number, today=rulebook.day)


def as_corrected(held: CreditFile, changes: list[Change]) -> CreditFile:
    """The file as it would have been had the corrected values stood in it.  What did not stand in it is not corrected."""
    lines = list(held.tradelines)
    for change in changes:
        lines = [
            made
            for line in lines
            for made in (_corrected(line, change) if line.tradeline_id == change.tradeline_id else line,)
            if made is not None
        ]
    return replace(held, tradelines=tuple(lines))


def _corrected(line: Tradeline, change: Change) -> Tradeline | None:
    at = change.month - line.first_month
    if change.month == WHOLE:
        return _line_corrected(line, change)
    if not 0 <= at < len(line.statuses) or line.statuses[at] == " ":
        return line
    if change.field is None:
        amounts: dict[str, Any] = {name: _put(getattr(line, name), at, UNKNOWN) for name in COLUMNS.values()}
        return replace(line, statuses=_put_text(line.statuses, at, " "), **amounts)
    if change.field == "status":
        is_so = line.statuses[at] == change.old_value and change.new_value is not None
        return replace(line, statuses=_put_text(line.statuses, at, change.new_value or "")) if is_so else line
    column = COLUMNS.get(change.field)
    if column is None:
        return line
    amounts_now: tuple[int, ...] = getattr(line, column)
    if amounts_now[at] != _amount(change.old_value):
        return line
    changed: dict[str, Any] = {column: _put(amounts_now, at, _amount(change.new_value))}
    return replace(line, **changed)


def _line_corrected(line: Tradeline, change: Change) -> Tradeline | None:
    if change.field is None:
        return None
    now = text_of(getattr(line, change.field))
    if now != change.old_value:
        return line
    field = LAYOUTS["tradeline"].by_name[change.field]
    changed: dict[str, Any] = {change.field: value_of(field, change.new_value)}
    return replace(line, **changed)


def _amount(text: str | None) -> int:
    return UNKNOWN if text is None else int(text)


def _put(amounts: tuple[int, ...], at: int, value: int) -> tuple[int, ...]:
    return (*amounts[:at], value, *amounts[at + 1 :])


def _put_text(statuses: str, at: int, value: str) -> str:
    return statuses[:at] + value + statuses[at + 1 :]


def lineage_json(bureau: Bureau, subject_id: str) -> dict[str, Any]:
    """What corrections changed about answers on one person, as plain JSON; members by name in both languages."""
    with bureau.store.connection("auditor") as connection:
        found = touched_answers(connection, subject_id)
    return {
        "answers": [
            {
                "correction": one.source_id,
                "inquiry": one.inquiry_id,
                "member": {
                    "id": one.member_id,
                    "zh": bureau.members[one.member_id].name_zh,
                    "en": bureau.members[one.member_id].name_en,
                },
                "asked_at": one.asked_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "outcome": one.outcome,
                "score": {"before": one.score_before, "after": one.score_after},
                "reasons_changed": one.reasons_changed,
            }
            for one in found
        ]
    }
