"""What is kept of how members ask: facts of inquiries, counts, cases with what was said of them, slow-downs, marked people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openbureau.core.abuse import InquiryFact
from openbureau.store.database import Connection
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class CaseLeaf:
    """The leaf of an event about a case: hash, entry, kind, and the sealed fields."""

    leaf_hash: bytes
    entry: bytes
    kind: str
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAbuseCase:
    """A case to open; `divisor` and `until` only where the user is slowed down.  `since`: asked after that, it is not new."""

    case_id: str
    member_id: str
    user: str
    rule: str
    at: datetime
    figures: str
    evidence: tuple[str, ...]
    law_digest: str
    since: datetime
    divisor: int | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class StoredAbuseCase:
    """A case as it was opened."""

    case_id: str
    member_id: str
    user: str
    rule: str
    at: datetime
    figures: str
    evidence: tuple[str, ...]
    law_digest: str
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class StoredWord:
    """An explanation or decision, sealed."""

    word_id: str
    case_id: str
    kind: str
    said_by: str
    said_at: datetime
    sealed: bytes
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Slowdown:
    """One user slowed down."""

    member_id: str
    user: str
    divisor: int
    until: datetime
    case_id: str
    rule: str


def inquiry_facts(
    connection: Connection, member_id: str, span: tuple[datetime, datetime], *, follow_days: int
) -> Iterator[InquiryFact]:
    """The inquiries of a member after the first instant, up to the second."""
    for row in connection.execute(sql("inquiry_facts"), [member_id, *span, follow_days]):
        person = str(row[3]) if row[3] else None
        yield InquiryFact(row[0], row[1], row[2], person, row[4], row[5], row[6], row[7], row[8], row[9].hex(), row[10])


def asked_counts(
    connection: Connection, members: Sequence[str], span: tuple[datetime, datetime]
) -> list[tuple[str, str, int]]:
    """Member, user and how many inquiries were recorded after the first instant, up to the second."""
    return [(row[0], row[1], row[2]) for row in connection.execute(sql("asked_counts"), [list(members), *span])]


def slowdowns(connection: Connection, now: datetime) -> list[Slowdown]:
    """Who is slowed down now."""
    rows = connection.execute(sql("slowdowns"), [now])
    return [Slowdown(row[0], row[1], row[2], row[3], str(row[4]), row[5]) for row in rows]


def open_abuse_case(connection: Connection, made: NewAbuseCase, leaf: CaseLeaf) -> bool:
    """Open a case; False when the same is already asked."""
    words = (
        made.case_id, made.member_id, made.user, made.rule, made.at, made.figures, list(made.evidence), made.law_digest,
        made.since, made.divisor, made.until, leaf.leaf_hash, leaf.entry, leaf.kind, leaf.sealed,
    )  # fmt: skip
    row = connection.execute(sql("open_abuse_case"), words).fetchone()
    return bool(row and row[0])


def add_abuse_word(
    connection: Connection, said: StoredWord, leaf: CaseLeaf, *, member_id: str | None, until: datetime | None
) -> str:
    """Record an explanation or a decision: `recorded`, `unknown` (no such case of this member) or `decided` already."""
    words = (
        said.case_id, said.word_id, said.kind, said.said_by, said.said_at, said.sealed, member_id, until, leaf.leaf_hash,
        leaf.entry, leaf.kind, leaf.sealed,
    )  # fmt: skip
    row = connection.execute(sql("add_abuse_word"), words).fetchone()
    return str(row[0]) if row else "unknown"


def abuse_cases(
    connection: Connection, member_id: str | None = None, *, case_id: str | None = None, most: int = 200
) -> list[tuple[StoredAbuseCase, list[StoredWord]]]:
    """Cases with what was said of them, newest first; row-level security shows a member no other's."""
    with connection.transaction():
        if member_id is not None:
            connection.execute(sql("set_tenant"), [member_id])
        rows = connection.execute(sql("abuse_cases"), {"member": member_id, "case": case_id, "most": most}).fetchall()
        cases = [_case(row) for row in rows]
        said: dict[str, list[StoredWord]] = {case.case_id: [] for case in cases}
        for row in connection.execute(sql("abuse_words"), [list(said)]):
            said[str(row[1])].append(StoredWord(str(row[0]), str(row[1]), *row[2:]))
    return [(case, said[case.case_id]) for case in cases]


def _case(row: tuple[Any, ...]) -> StoredAbuseCase:
    return StoredAbuseCase(str(row[0]), row[1], row[2], row[3], row[4], row[5], tuple(row[6]), row[7], row[8])


def mark_person(connection: Connection, kind: str, blind: bytes, said: tuple[datetime, bool]) -> None:
    """Put a blind index on the list of people in the public eye, or take it off."""
    connection.execute(sql("mark_person"), [kind, blind, *said])
