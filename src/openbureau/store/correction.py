"""What do corrections, deletions and their consequences read and write?

A correction is a new version of a fact and a row that says which field was changed; a deletion is a tombstone.  Nothing that
was known is overwritten.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openbureau.core.credit_file import month_text
from openbureau.core.furnishing.values import MonthUpdate, TradelineUpdate
from openbureau.store.database import Connection
from openbureau.store.query import sql

WHOLE = -1
"""The month number that stands for a tradeline as a whole."""
Place = tuple[str, str, int]
"""Subject, tradeline, month number (or `WHOLE`)."""


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One field that was corrected."""

    place: Place
    known_at: datetime
    field: str
    member_id: str
    source_id: str
    record_no: int
    old_value: str | None
    new_value: str | None
    old_known_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TombstoneRow:
    """One deletion, or the lifting of one."""

    place: Place
    known_at: datetime
    is_lifted: bool
    member_id: str
    account_key: bytes
    source_id: str
    record_no: int
    reason: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A person whose own chain does not say yet that a source corrected something of theirs."""

    subject_id: str
    source_id: str
    member_id: str
    count: int
    deletions: int


@dataclass(frozen=True, slots=True)
class Change:
    """One correction or deletion as lineage needs it; `field` is None for a deletion."""

    tradeline_id: str
    month: int
    known_at: datetime
    field: str | None
    old_value: str | None
    new_value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedAnswer:
    """One answer that went out with a value that was corrected later."""

    subject_id: str
    source_id: str
    inquiry_id: str
    member_id: str
    asked_at: datetime
    outcome: str
    score_before: int | None
    score_after: int | None
    reasons_changed: bool


def held_tradelines(
    connection: Connection, tradelines: Sequence[tuple[str, str]]
) -> dict[Place, tuple[TradelineUpdate, datetime]]:
    """Tradelines as they stand, and since when, by subject and tradeline."""
    subjects, ids = [one[0] for one in tradelines], [one[1] for one in tradelines]
    found = {}
    for row in connection.execute(sql("held_tradelines"), [subjects, ids]):
        held = TradelineUpdate(
            "tradeline",
            "-",
            "-",
            row[2],
            row[3],
            row[4],
            row[5],
            row[8],
            row[9],
            row[10],
            row[12],
            row[6],
            row[7],
            row[11],
        )
        found[(str(row[0]), str(row[1]), WHOLE)] = (held, row[13])
    return found


def held_months(
    connection: Connection, tradelines: Sequence[tuple[str, str]], months: Sequence[int] | None = None
) -> dict[Place, tuple[MonthUpdate, datetime]]:
    """Months as they stand, and since when; those of `months` only where given (all of them otherwise)."""
    subjects, ids = [one[0] for one in tradelines], [one[1] for one in tradelines]
    words = [subjects, ids, None if months is None else list(months)]
    found = {}
    for row in connection.execute(sql("held_months"), words):
        held = MonthUpdate("month", "-", month_text(row[2]), row[3], row[4], row[5], row[6], row[7], row[8])
        found[(str(row[0]), str(row[1]), int(row[2]))] = (held, row[9])
    return found


def add_corrections(connection: Connection, rows: Iterable[CorrectionRow]) -> None:
    """Keep which fields were corrected."""
    with connection.cursor().copy("copy bureau.correction from stdin") as copy:
        for row in rows:
            copy.write_row((
                *row.place, row.known_at, row.field, row.member_id, row.source_id, row.record_no, row.old_value, row.new_value,
                row.old_known_at, row.reason,
            ))  # fmt: skip


def add_tombstones(connection: Connection, rows: Sequence[TombstoneRow]) -> None:
    """Keep deletions and liftings, and take what was deleted out of the current file."""
    with connection.cursor().copy("copy bureau.tombstone from stdin") as copy:
        for row in rows:
            copy.write_row((
                *row.place, row.known_at, row.is_lifted, row.member_id, row.account_key, row.source_id, row.record_no,
                row.reason,
            ))  # fmt: skip
    gone = [row.place for row in rows if not row.is_lifted]
    whole = [place for place in gone if place[2] == WHOLE]
    if whole:
        connection.execute(sql("forget_current"), [[one[0] for one in whole], [one[1] for one in whole]])
    months = [place for place in gone if place[2] != WHOLE]
    if months:
        connection.execute(sql("stage_months"))
        connection.execute(sql("clear_months"), [[one[0] for one in months], [one[1] for one in months]])
        connection.execute(sql("stage_touched"), [[one[0] for one in months], [one[1] for one in months]])
        connection.execute(sql("project_months"))
        connection.execute(sql("clear_stage"))


def has_tombstones(connection: Connection, member_id: str) -> bool:
    """Was anything of a furnisher's ever deleted?"""
    row = connection.execute(sql("has_tombstones"), [member_id]).fetchone()
    return bool(row and row[0])


def deleted_places(connection: Connection, member_id: str, accounts: Sequence[bytes]) -> set[tuple[bytes, int]]:
    """Account keys and month numbers (or `WHOLE`) of a furnisher that are deleted and not lifted."""
    rows = connection.execute(sql("deleted_places"), [member_id, list(accounts)])
    return {(row[0], int(row[1])) for row in rows}


def deleted_lines(
    connection: Connection, member_id: str, subjects: Sequence[str]
) -> set[tuple[str, str, str, date, str, int]]:
    """What a furnisher's deleted accounts of some subjects looked like: subject, type, business, opening, currency, limit."""
    rows = connection.execute(sql("deleted_lines"), [member_id, list(subjects)])
    return {(str(row[0]), *row[1:]) for row in rows}


def every_party(
    connection: Connection, member_id: str, accounts: Sequence[bytes]
) -> dict[bytes, list[tuple[str, str, str]]]:
    """Account keys to everybody but the main party who ever answered for the account: subject, tradeline, role."""
    found: dict[bytes, list[tuple[str, str, str]]] = {}
    for row in connection.execute(sql("every_party"), [member_id, list(accounts)]):
        found.setdefault(row[0], []).append((str(row[1]), str(row[2]), row[3]))
    return found


def untold(connection: Connection) -> list[Pending]:
    """Persons whose chains do not say yet what was corrected."""
    return [Pending(str(row[0]), str(row[1]), *row[2:]) for row in connection.execute(sql("untold_corrections"))]


def claim_telling(connection: Connection, pending: Pending) -> bool:
    """Take the right to tell one person of one source until the transaction ends; False when it was told."""
    connection.execute(sql("lock_telling"), [pending.subject_id])
    row = connection.execute(sql("is_told"), [pending.subject_id, pending.source_id]).fetchone()
    return row is None


def mark_told(connection: Connection, pending: Pending, leaf: bytes, now: datetime) -> None:
    """Write down that the chain says it."""
    connection.execute(sql("mark_told"), [pending.subject_id, pending.source_id, leaf, now])


def without_lineage(connection: Connection) -> list[tuple[str, str]]:
    """Subject and source of corrections whose answers were not looked for yet."""
    return [(str(row[0]), str(row[1])) for row in connection.execute(sql("without_lineage"))]


def changes_of(connection: Connection, subject_id: str, source_id: str) -> list[Change]:
    """What a source corrected or deleted of a subject."""
    rows = connection.execute(sql("changes_of"), {"subject": subject_id, "source": source_id})
    return [Change(str(row[0]), *row[1:]) for row in rows]


def answers_before(connection: Connection, subject_id: str, until: datetime) -> list[tuple[str, str, datetime, str]]:
    """Answered inquiries about a subject before an instant: inquiry, member, when, outcome."""
    return [(str(row[0]), *row[1:]) for row in connection.execute(sql("answers_before"), [subject_id, until])]


def add_lineage(
    connection: Connection, subject_id: str, source_id: str, *, at: datetime, rows: Sequence[TouchedAnswer]
) -> bool:
    """Keep the answers that a correction touched; False when another was quicker."""
    with connection.transaction():
        if connection.execute(sql("mark_lineage"), [subject_id, source_id, at]).rowcount != 1:
            return False
        for row in rows:
            connection.execute(
                sql("add_answer_touched"),
                [row.subject_id, row.source_id, row.inquiry_id, row.member_id, row.asked_at, row.outcome, row.score_before,
                 row.score_after, row.reasons_changed],
            )  # fmt: skip
    return True


def touched_answers(connection: Connection, subject_id: str) -> list[TouchedAnswer]:
    """Every answer about a subject that went out with a value corrected later."""
    return [
        TouchedAnswer(
            subject_id=str(row[0]), source_id=str(row[1]), inquiry_id=str(row[2]), member_id=row[3], asked_at=row[4],
            outcome=row[5], score_before=row[6], score_after=row[7], reasons_changed=row[8],
        )
        for row in connection.execute(sql("touched_answers"), [subject_id])
    ]  # fmt: skip


def accounts_after(
    connection: Connection, member_id: str, after: bytes, *, until: bytes | None = None, most: int = 500
) -> Iterator[tuple[bytes, str, str]]:
    """A furnisher's accounts in the order of their keys: key, subject, tradeline."""
    for row in connection.execute(
        sql("accounts_after"), {"member": member_id, "after": after, "until": until, "most": most}
    ):
        yield row[0], str(row[1]), str(row[2])
