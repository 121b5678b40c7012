"""What is kept of who is who: links, names decided on, what furnishers said, the desk's cases, runs over everybody.

Promises: a link and its end stand in both chains in one transaction; nothing here is changed once written but the progress
of a run; no evidence holds a personal value.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg

from openbureau.store.database import Connection
from openbureau.store.inquiry import NO_SUBJECT, Recorded
from openbureau.store.query import sql


class NotLinkable(ValueError):
    """These two are linked already, never were, or are of different kinds."""


@dataclass(frozen=True, slots=True)
class Side:
    """One chain's part of an event that stands in two."""

    subject_id: str
    event_id: str
    seq: int
    leaf_hash: bytes
    entry: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRecord:
    """An event in two chains; the words of a link only where one begins or ends."""

    kind: str
    at: datetime
    actor: str
    left: Side
    right: Side
    link_id: str | None = None
    link_kind: str | None = None
    evidence: Mapping[str, Any] | None = None
    probability: float | None = None
    decided_by: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A standing link as seen from one side."""

    link_id: str
    other_id: str
    kind: str
    probability: float
    starts_at: datetime
    decided_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealedIdentity:
    """A subject's identity, sealed."""

    subject_id: str
    kind: str
    wrapped_key: bytes
    sealed: bytes
    deceased_on: date | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case of the desk; `standing` None while it is open, `other_id` None where one file alone is in question."""

    subject_id: str
    case_id: str
    other_id: str | None
    kind: str
    evidence: dict[str, Any]
    probability: float
    opened_at: datetime
    standing: str | None


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """What one reviewer said."""

    case_id: str
    round: int
    reviewer: str
    choice: str
    is_stolen: bool
    holder_id: str | None
    reason_sealed: bytes
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case to be opened."""

    case_id: str
    subject_id: str
    other_id: str | None
    kind: str
    evidence: Mapping[str, Any]
    probability: float
    at: datetime


def linked_subjects(connection: Connection, subject_id: str, at: datetime) -> list[str]:
    """The subjects that were one with this at an instant, itself among them, in the order of their ids."""
    return [str(row[0]) for row in connection.execute(sql("linked_set"), [subject_id, at])]


def record_pair(connection: Connection, made: PairRecord) -> Recorded:
    """Write an event into two chains; STALE when one of them moved meanwhile; `NotLinkable`."""
    words: list[Any] = [made.kind, made.at, made.actor]
    for side in (made.left, made.right):
        words += [side.subject_id, side.event_id, side.seq, side.leaf_hash, side.entry, side.sealed]
    evidence = None if made.evidence is None else json.dumps(made.evidence, sort_keys=True)
    words += [made.link_id, made.link_kind, evidence, made.probability, list(made.decided_by)]
    try:
        with connection.transaction():
            row = connection.execute(sql("record_pair"), words).fetchone()
    except psycopg.errors.DatabaseError as trouble:
        if trouble.sqlstate in {"OB003", "40001", "40P01"}:
            return Recorded.STALE
        if trouble.sqlstate == "OB004":
            raise NotLinkable("these two are linked already, are not linked, or are of different kinds") from None
        raise
    return Recorded(row[0] if row else "")


def open_links(connection: Connection, subject_id: str) -> list[StoredLink]:
    """The standing links of a subject, oldest first."""
    rows = connection.execute(sql("open_links"), [subject_id])
    return [StoredLink(str(r[0]), str(r[1]), r[2], float(r[3]), r[4], tuple(r[5])) for r in rows]


def sealed_identities(connection: Connection, subject_ids: Sequence[str]) -> dict[str, SealedIdentity]:
    """Sealed identities by subject."""
    rows = connection.execute(sql("sealed_identities"), [list(subject_ids)])
    return {str(row[0]): SealedIdentity(str(row[0]), *row[1:]) for row in rows}


def identities_after(connection: Connection, subject_id: str, most: int) -> list[SealedIdentity]:
    """The next sealed identities in the order of their ids."""
    rows = connection.execute(sql("identities_after"), [subject_id, most])
    return [SealedIdentity(str(row[0]), *row[1:]) for row in rows]


def names_known(connection: Connection, subject_ids: Sequence[str]) -> set[tuple[str, bytes]]:
    """Names that were decided to be a subject's: (subject, blind)."""
    return {(str(row[0]), row[1]) for row in connection.execute(sql("names_known"), [list(subject_ids)])}


def add_name_known(connection: Connection, subject_id: str, name_blind: bytes, decided: tuple[str, datetime]) -> None:
    """Keep that a name is a subject's, by which rule or case, since when."""
    connection.execute(sql("add_name_known"), [subject_id, name_blind, *decided])


def siblings(connection: Connection, subject_ids: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs of subjects that claim the same number."""
    return {(str(row[0]), str(row[1])) for row in connection.execute(sql("siblings"), [list(subject_ids)])}


def latest_seen(connection: Connection, member_id: str, subject_ids: Sequence[str]) -> dict[str, bytes]:
    """What a member last said of subjects, as blind hashes."""
    return {str(row[0]): row[1] for row in connection.execute(sql("latest_seen"), [list(subject_ids), member_id])}


def wrapped_keys(connection: Connection, subject_ids: Sequence[str]) -> dict[str, bytes]:
    """The wrapped keys of subjects."""
    return {str(row[0]): row[1] for row in connection.execute(sql("wrapped_keys"), [list(subject_ids)])}


def add_seen(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Keep what a member says of subjects: subject, member, month, blind, known at, sealed."""
    with connection.cursor() as cursor:
        cursor.executemany(sql("add_seen"), list(rows))


def add_bureau_event(connection: Connection, leaf_hash: bytes, made: tuple[str, datetime, str, bytes]) -> None:
    """An event in nobody's chain: kind, instant, actor, sealed."""
    connection.execute(sql("add_bureau_event"), [leaf_hash, *made])


def add_case(connection: Connection, made: NewCase) -> bool:
    """Open a case; False where the same stands or is decided already."""
    words = {
        "subject": made.subject_id, "case": made.case_id, "other": made.other_id or NO_SUBJECT, "kind": made.kind,
        "evidence": json.dumps(made.evidence, sort_keys=True), "probability": made.probability, "at": made.at,
    }  # fmt: skip
    return connection.execute(sql("add_case"), words).rowcount == 1


def _case(row: tuple[Any, ...]) -> StoredCase:
    other = str(row[2])
    evidence: dict[str, Any] = row[4]
    return StoredCase(
        str(row[0]),
        str(row[1]),
        None if other == NO_SUBJECT else other,
        row[3],
        evidence,
        float(row[5]),
        row[6],
        row[7],
    )


def desk_cases(connection: Connection, most: int) -> list[StoredCase]:
    """Cases, open ones first, oldest first."""
    return [_case(row) for row in connection.execute(sql("desk_cases"), [most])]


def desk_case(connection: Connection, case_id: str) -> StoredCase | None:
    """One case."""
    row = connection.execute(sql("desk_case"), [case_id]).fetchone()
    return _case(row) if row else None


def desk_decisions(connection: Connection, case_ids: Sequence[str]) -> list[StoredDecision]:
    """The decisions of cases, in their order."""
    rows = connection.execute(sql("desk_decisions"), [list(case_ids)])
    return [_decision(row) for row in rows]


def _decision(row: tuple[Any, ...]) -> StoredDecision:
    known: list[Any] = [str(row[0]), *row[1:5], str(row[5]) if row[5] else None, *row[6:]]
    return StoredDecision(*known)


def lock_case(connection: Connection, case_id: str) -> None:
    """Wait for our turn to decide a case; held until the transaction ends."""
    connection.execute(sql("lock_case"), [case_id])


def add_decision(connection: Connection, found: StoredCase, made: StoredDecision) -> None:
    """Keep what a reviewer says."""
    connection.execute(
        sql("add_decision"),
        [
            found.subject_id, made.case_id, made.round, made.reviewer, made.choice, made.is_stolen, made.holder_id,
            made.reason_sealed, made.decided_at,
        ],
    )  # fmt: skip


def end_case(connection: Connection, found: StoredCase, standing: str, at: datetime) -> None:
    """The case is decided."""
    connection.execute(sql("end_case"), [found.subject_id, found.case_id, standing, at])


def dismiss_claims(connection: Connection, case_id: str, *, holder: str, dismissed: str) -> None:
    """The number both claim is the holder's; the other's claim no longer stands."""
    connection.execute(sql("dismiss_claims"), {"case": case_id, "holder": holder, "dismissed": dismissed})


def has_adverse(connection: Connection, subject_ids: Sequence[str]) -> bool:
    """Is there adverse information in one of these files?"""
    row = connection.execute(sql("has_adverse"), [list(subject_ids)]).fetchone()
    return bool(row and row[0])


def case_accounts(connection: Connection, subject_ids: Sequence[str]) -> dict[str, tuple[int, int, date, date]]:
    """Accounts, furnishers, first opening and newest day by subject."""
    rows = connection.execute(sql("case_accounts"), [list(subject_ids)])
    return {str(row[0]): (int(row[1]), int(row[2]), row[3], row[4]) for row in rows}


def begin_run(connection: Connection, run_id: str, kind: str, begun: tuple[datetime, bytes]) -> None:
    """A run over everybody begins; the instant and the leaf of its event."""
    connection.execute(sql("begin_run"), [run_id, kind, begun[0], NO_SUBJECT, begun[1]])


def open_run(connection: Connection, kind: str) -> tuple[str, str, int, int] | None:
    """The run left half-way: id, last subject, subjects and cases so far."""
    row = connection.execute(sql("open_run"), [kind]).fetchone()
    return (str(row[0]), str(row[1]), int(row[2]), int(row[3])) if row else None


def save_run(connection: Connection, run_id: str, last: str, counts: tuple[int, int], *, is_done: bool) -> None:
    """How far a run has come, and what this step adds: subjects, cases."""
    connection.execute(sql("save_run"), [last, *counts, is_done, run_id])


def mixed_candidates(connection: Connection, subject_ids: Sequence[str]) -> list[str]:
    """Of these subjects, those whose file could hold two lives."""
    return [str(row[0]) for row in connection.execute(sql("mixed_candidates"), [list(subject_ids)])]


def seen_of(connection: Connection, subject_ids: Sequence[str]) -> list[tuple[str, str, int, bytes, bytes | None]]:
    """What furnishers said: subject, member, month, blind, sealed."""
    return [
        (str(row[0]), row[1], row[2], row[3], row[4]) for row in connection.execute(sql("seen_of"), [list(subject_ids)])
    ]


def accounts_of(connection: Connection, subject_ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Accounts: subject, tradeline, furnisher, business, opened, closed, first month, months, limit, type, status."""
    return [(str(row[0]), str(row[1]), *row[2:]) for row in connection.execute(sql("accounts_of"), [list(subject_ids)])]


def most_keys(connection: Connection, subject_ids: Sequence[str]) -> dict[str, int]:
    """The most keys one furnisher uses, by subject."""
    return {str(row[0]): int(row[1]) for row in connection.execute(sql("most_keys"), [list(subject_ids)])}
