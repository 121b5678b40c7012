"""What did a furnisher send and have to correct in a month, in counts?"""

from dataclasses import dataclass
from datetime import datetime

from openbureau.store.database import Connection
from openbureau.store.query import sql

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Moved:
    """One answer touched by a correction of the month."""

    subject_id: str
    score_before: int | None
    score_after: int | None
    reasons_changed: bool


def quality_counts(connection: Connection, member_id: str, span: Span, *, on_time: int) -> dict[str, int | None]:
    """Every count of the formula but harm, by name."""
    words = {"member": member_id, "since": span[0], "until": span[1], "on_time": on_time}
    found: dict[str, int | None] = {}
    for query, names in (
        ("quality_timeliness", ("accounts", "on_time", "median_days")),
        ("quality_fields", ("important", "filled")),
        ("quality_held", ("months_spanned", "months_held", "facts", "people")),
        ("quality_receipts", ("files", "records", "accepted", "refused")),
        ("quality_corrections", ("corrections", "deletions", "corrected_people")),
    ):
        row = connection.execute(sql(query), words).fetchone()
        found |= {name: None if value is None else int(value) for name, value in zip(names, row or (), strict=True)}
    return found


def quality_rules(connection: Connection, member_id: str, span: Span) -> dict[str, int]:
    """Findings of the files of a month by rule."""
    words = {"member": member_id, "since": span[0], "until": span[1]}
    return {str(row[0]): int(row[1]) for row in connection.execute(sql("quality_rules"), words)}


def answers_moved(connection: Connection, member_id: str, span: Span) -> list[Moved] | None:
    """The answers that a furnisher's corrections of a month touched; None while some were not looked for yet."""
    words = {"member": member_id, "since": span[0], "until": span[1]}
    row = connection.execute(sql("quality_untraced"), words).fetchone()
    if row and row[0]:
        return None
    return [Moved(str(one[0]), one[1], one[2], one[3]) for one in connection.execute(sql("quality_moved"), words)]
