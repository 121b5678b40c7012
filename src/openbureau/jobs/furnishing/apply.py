"""Whose is it, and what changes?  Applies the sound records of one batch within the caller's transaction.

Subjects are found by the blind index of their identity number; a new one gets an id, a key of its own and its label.  A
known number under another name is decided by the published rules, or held apart as a subject of its own for the desk.
Tradelines and months are found by the furnisher's own keys.  What cannot be placed is a finding; nothing is dropped.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from openbureau.core.credit_file import month_number, month_of_text
from openbureau.core.furnishing.batch import Batch
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.values import MonthUpdate, TradelineUpdate, Update
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.apply_further import Applied, apply_further, apply_parties, known_at
from openbureau.jobs.furnishing.apply_subjects import apply_subjects
from openbureau.jobs.furnishing.correct import Source, apply_corrections, blocks
from openbureau.law.workdays import civil_day
from openbureau.store.correction import WHOLE, deleted_lines
from openbureau.store.database import Connection
from openbureau.store.erasure.rows import erased_subjects
from openbureau.store.furnishing import (
    Progress,
    add_accounts,
    apply_months,
    apply_tradelines,
    known_accounts,
    known_parties,
    known_refs,
    loader_lock,
)
from openbureau.store.identity import siblings

Placed = TypeVar("Placed")
NULL = r"\N"


def apply_batch(bureau: Bureau, connection: Connection, receipt: tuple[str, Progress], batch: Batch) -> Applied:
    """Apply subjects, tradelines, parties, months, then the rest."""
    applied = Applied(blocks=blocks(bureau, connection, receipt[1].member_id, batch))
    if batch.subjects or batch.tradelines:
        loader_lock(connection)
    if batch.subjects:
        apply_subjects(bureau, connection, receipt, (batch.subjects, applied))
    if batch.tradelines:
        _tradelines(bureau, connection, receipt, (_placed(batch.tradelines, applied), applied))
    parties, months = _placed(batch.parties, applied), _placed(batch.months, applied)
    if parties:
        apply_parties(bureau, connection, receipt, (parties, applied))
    if months:
        _months(bureau, connection, receipt, (months, applied))
    apply_further(bureau, connection, receipt, (batch, applied))
    _corrections(bureau, connection, receipt, batch, applied=applied)
    applied.unchanged = batch.updates - applied.added - applied.changed - applied.left_out
    return applied


def _placed(updates: list[tuple[int, Placed]], applied: Applied) -> list[tuple[int, Placed]]:
    """Without the further parts of a record (Metro 2) of which an earlier part belongs to nobody or to another."""
    barred = {found.record_no for found in applied.findings if found.refuses}
    kept = [one for one in updates if one[0] not in barred] if barred else updates
    applied.withheld += len({number for number, _ in updates} & barred)
    return kept


def _corrections(
    bureau: Bureau, connection: Connection, receipt: tuple[str, Progress], batch: Batch, *, applied: Applied
) -> None:
    """Corrections and deletions; answers to disputes are not applied yet, and each is told so."""
    if batch.corrections or batch.deletions:
        receipt_id, held = receipt
        source = Source(receipt_id, held.member_id, held.received_at)
        made = apply_corrections(bureau, connection, source, batch)
        applied.changed += made.changed
        applied.findings.extend(made.findings)
    _not_taken_yet(batch.dispute_answers, applied)


def _not_taken_yet(waiting: Iterable[tuple[int, Update]], applied: Applied) -> None:
    """Every sound record of a kind that nothing here applies gets a finding."""
    applied.findings.extend(Finding(number, "not-taken-yet", "record") for number, _ in waiting)


def _tradelines(
    bureau: Bureau,
    connection: Connection,
    receipt: tuple[str, Progress],
    given: tuple[list[tuple[int, TradelineUpdate]], Applied],
) -> None:
    receipt_id, held = receipt
    updates, applied = given
    refs = {update.subject_ref: bureau.own_key("ref", held.member_id, update.subject_ref) for _, update in updates}
    accounts = {
        update.account_no: bureau.own_key("account", held.member_id, update.account_no) for _, update in updates
    }
    subjects = known_refs(connection, held.member_id, list(refs.values()))
    known = known_accounts(connection, held.member_id, list(accounts.values()))
    parties = known_parties(connection, held.member_id, list(accounts.values()))
    held_apart = siblings(connection, list({*subjects.values(), *(place[0] for place in known.values())}))
    gone = _erased(bureau, connection, known)
    fresh: dict[bytes, tuple[str, str]] = {}
    buried = _buried(connection, held, subjects.values()) if len(known) < len(accounts) else set()
    rows: list[tuple[Any, ...]] = []
    for number, update in updates:
        subject_id = subjects.get(refs[update.subject_ref])
        if subject_id is None:
            applied.findings.append(Finding(number, "unknown-subject-ref", "subject_ref"))
            continue
        account = accounts[update.account_no]
        place = known.get(account) or fresh.get(account)
        is_deleted = applied.blocks and applied.blocks.has(account, WHOLE, number)
        if is_deleted or (place is None and _line_of(update, subject_id) in buried):
            applied.findings.append(Finding(number, "deleted-before", "account_no"))
            continue
        if place is None:
            place = (subject_id, bureau.tradeline_place(held.member_id, account, held.received_at))
            fresh[account] = place
        elif place[0] != subject_id and (place[0], subject_id) not in held_apart:
            applied.findings.append(Finding(number, "account-of-another", "account_no"))
            continue
        mine = () if place[0] in gone else ((*place, update.role),)
        rows.extend(_line_rows(update, (*mine, *parties.get(account, ())), number, at=known_at(held, number)))
    add_accounts(connection, held.member_id, ((key, *place) for key, place in fresh.items()))
    applied.take(*apply_tradelines(connection, rows, member_id=held.member_id, receipt_id=receipt_id))


def _erased(bureau: Bureau, connection: Connection, known: dict[bytes, tuple[str, str]]) -> set[str]:
    """Main parties of joint accounts that were erased: nothing is written under them any more.

    A rebuild writes it, so that the others' rows come of it as they did, and takes it away at its end.
    """
    return erased_subjects(connection, {place[0] for place in known.values()}) if bureau.recall is None else set()


def _line_rows(
    update: TradelineUpdate, parts: Iterable[tuple[str, str, str]], number: int, *, at: datetime
) -> Iterator[tuple[Any, ...]]:
    """A row for each party of the account, under its own subject."""
    for subject_id, tradeline_id, role in parts:
        yield (
            number, subject_id, tradeline_id, at, update.as_of_on, role, update.account_type, update.business_type,
            update.opened_on, update.due_on, update.closed_on, update.currency, update.limit_fen, update.account_status,
            update.five_class,
        )  # fmt: skip


_Line = tuple[str, str, str, date, str, int]


def _buried(connection: Connection, held: Progress, subjects: Iterable[str]) -> set[_Line]:
    """What deleted accounts of these subjects looked like: none comes back under another number."""
    return deleted_lines(connection, held.member_id, list(set(subjects)))


def _line_of(update: TradelineUpdate, subject_id: str) -> _Line:
    return (
        subject_id, update.account_type, update.business_type, update.opened_on, update.currency, update.limit_fen,
    )  # fmt: skip


def _months(
    bureau: Bureau,
    connection: Connection,
    receipt: tuple[str, Progress],
    given: tuple[list[tuple[int, MonthUpdate]], Applied],
) -> None:
    receipt_id, held = receipt
    updates, applied = given
    names = dict.fromkeys(update.account_no for _, update in updates)
    keys = {name: bureau.own_key("account", held.member_id, name) for name in names}
    known = known_accounts(connection, held.member_id, list(keys.values()))
    parties = known_parties(connection, held.member_id, list(keys.values()))
    gone = _erased(bureau, connection, known)
    places = {
        name: [
            *(["\t".join(known[key])] if known[key][0] not in gone else []),
            *("\t".join(party[:2]) for party in parties.get(key, ())),
        ]
        for name, key in keys.items()
        if key in known
    }
    lines: list[str] = []
    instant, has_blocks = _instants(held.received_at), bool(applied.blocks)
    for number, update in updates:
        place = places.get(update.account_no)
        if place is None:
            applied.findings.append(Finding(number, "unknown-account", "account_no"))
            continue
        month = month_of_text(update.month)
        if has_blocks and applied.blocks.has(keys[update.account_no], month, number):
            applied.findings.append(Finding(number, "deleted-before", "account_no"))
            continue
        rest = f"\t{month}\t{instant(number)}\t{_month_text(update)}"
        for party in place:
            lines.append(f"{number}\t{party}{rest}")  # noqa: PERF401  (nearly always one; this is the innermost loop)
    settled = month_number(civil_day(held.received_at)) - 1
    applied.take(*apply_months(connection, "".join(lines).encode(), receipt_id=receipt_id, settled_month=settled))


def _instants(at: datetime) -> Callable[[int], str]:
    """For a record number the instant at which it is known (`known_at`), as COPY text; whole seconds are written once."""
    begins = at.astimezone(UTC)
    seconds: dict[int, str] = {}

    def instant(number: int) -> str:
        second, micro = divmod(begins.microsecond + number, 1_000_000)
        if second not in seconds:
            seconds[second] = (begins + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M:%S")
        return f"{seconds[second]}.{micro:06d}+00"

    return instant


def _month_text(update: MonthUpdate) -> str:
    """The values of one month as COPY text.  None can hold a tab or a backslash: codes, numbers and days only."""
    balance, due, paid, overdue, told = (
        update.balance_fen, update.due_fen, update.paid_fen, update.overdue_fen, update.adverse_notified_on
    )  # fmt: skip
    return (
        f"{update.status}\t{NULL if balance is None else balance}\t{NULL if due is None else due}"
        f"\t{NULL if paid is None else paid}\t{NULL if overdue is None else overdue}\t{NULL if told is None else told}\n"
    )
