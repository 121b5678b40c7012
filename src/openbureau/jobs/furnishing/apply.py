"""Whose is it, and what changes?  Applies the sound records of one batch within the caller's transaction.

Subjects are found by the blind index of their identity number; a new one gets an id, a key of its own and its label.
Tradelines and months are found by the furnisher's own keys.  What cannot be placed is a finding; nothing is dropped.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from openbureau.core.credit_file import month_number
from openbureau.core.furnishing.batch import Batch
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.values import MonthUpdate, SubjectUpdate, TradelineUpdate, Update
from openbureau.core.subject import PERSON_ID, birthday, born_on, normalize_id, normalize_name
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.apply_further import Applied, apply_claims, apply_further, apply_parties, known_at
from openbureau.jobs.furnishing.correct import Source, apply_corrections, blocks
from openbureau.law.workdays import civil_day
from openbureau.store.correction import WHOLE, deleted_lines
from openbureau.store.database import Connection
from openbureau.store.furnishing import (
    NewSubject,
    Progress,
    add_accounts,
    add_refs,
    add_subjects,
    apply_months,
    apply_tradelines,
    furnisher_lock,
    known_accounts,
    known_identifiers,
    known_parties,
    known_refs,
    loader_lock,
)
from openbureau.store.sealing import seal
from openbureau.tlog.vrf import label_of, vrf_own_output


def apply_batch(bureau: Bureau, connection: Connection, receipt: tuple[str, Progress], batch: Batch) -> Applied:
    """Apply subjects, tradelines, parties, months, then the rest."""
    applied = Applied(blocks=blocks(bureau, connection, receipt[1].member_id, batch))
    if batch.subjects or batch.tradelines:
        loader_lock(connection)
    furnisher_lock(connection, receipt[1].member_id)
    if batch.subjects:
        _subjects(bureau, connection, receipt, (batch.subjects, applied))
    if batch.tradelines:
        _tradelines(bureau, connection, receipt, (batch.tradelines, applied))
    if batch.parties:
        apply_parties(bureau, connection, receipt, (batch.parties, applied))
    if batch.months:
        _months(bureau, connection, receipt, (batch.months, applied))
    apply_further(bureau, connection, receipt, (batch, applied))
    _corrections(bureau, connection, receipt, batch, applied=applied)
    applied.unchanged = batch.accepted - applied.added - applied.changed
    return applied


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


def _subjects(
    bureau: Bureau,
    connection: Connection,
    receipt: tuple[str, Progress],
    given: tuple[list[tuple[int, SubjectUpdate]], Applied],
) -> None:
    held = receipt[1]
    updates, applied = given
    numbers = {number: _number(update) for number, update in updates}
    keys = {number: (update.id_kind, bureau.id_blind(update.id_kind, numbers[number])) for number, update in updates}
    refs = {number: bureau.own_key("ref", held.member_id, update.subject_ref) for number, update in updates}
    known = known_identifiers(connection, list(dict.fromkeys(keys.values())))
    known_by_ref = known_refs(connection, held.member_id, list(dict.fromkeys(refs.values())))
    fresh: list[NewSubject] = []
    new_refs: dict[bytes, str] = {}
    placed: list[tuple[int, str, SubjectUpdate]] = []
    for number, update in updates:
        name_blind = bureau.name_blind(numbers[number], normalize_name(update.name))
        place = known.get(keys[number])
        owner = known_by_ref.get(refs[number]) or new_refs.get(refs[number])
        if owner is not None and (place is None or place[0] != owner):
            applied.findings.append(Finding(number, "subject-mismatch", "subject_ref"))
            continue
        if place is None:
            made = new_subject(bureau, update, keys[number][1], (name_blind, known_at(held, number)))
            fresh.append(made)
            known[keys[number]] = place = (made.subject_id, name_blind)
            applied.added += 1
        elif place[1] != name_blind:
            applied.findings.append(Finding(number, "id-name-conflict", "name"))
        if owner is None:
            new_refs[refs[number]] = place[0]
        placed.append((number, place[0], update))
    add_subjects(connection, fresh)
    add_refs(connection, held.member_id, new_refs.items())
    apply_claims(bureau, connection, receipt, (placed, applied))


def _number(update: SubjectUpdate) -> str:
    number = normalize_id(update.id_kind, update.id_number)
    if number is None:
        raise AssertionError("a record with a bad identity number passed the checks")
    return number


def new_subject(bureau: Bureau, update: SubjectUpdate, id_blind: bytes, held: tuple[bytes, datetime]) -> NewSubject:
    """A subject with id, label, key and sealed identity."""
    name_blind, known_at = held
    number = _number(update)
    subject_id, key, wrapped = bureau.subject_place(update.id_kind, id_blind, known_at)
    identity = {
        "kind": update.kind,
        "id_kind": update.id_kind,
        "id_number": number,
        "name": update.name,
        "phone": update.phone,
    }
    label = label_of(vrf_own_output(bureau.keys.key("vrf"), UUID(subject_id).bytes))
    born = born_on(number) if update.id_kind == PERSON_ID else None
    age = bureau.rulebook(civil_day(known_at)).typed.credit_minor_age.number
    sealed = seal(key, json.dumps(identity).encode(), place=f"identity/{subject_id}", random=bureau.random)
    return NewSubject(
        subject_id, update.kind, label, wrapped, sealed,
        birthday(born, age) if born else None, update.synthetic is True, known_at, update.id_kind, id_blind, name_blind,
    )  # fmt: skip


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
        elif place[0] != subject_id:
            applied.findings.append(Finding(number, "account-of-another", "account_no"))
            continue
        parts = ((*place, update.role), *parties.get(account, ()))
        rows.extend(
            (
                number, subject, tradeline, known_at(held, number), update.as_of_on, role, update.account_type,
                update.business_type, update.opened_on, update.due_on, update.closed_on, update.currency, update.limit_fen,
                update.account_status, update.five_class,
            )
            for subject, tradeline, role in parts
        )  # fmt: skip
    add_accounts(connection, held.member_id, ((key, *place) for key, place in fresh.items()))
    applied.take(*apply_tradelines(connection, rows, member_id=held.member_id, receipt_id=receipt_id))


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
    places = {
        name: ["\t".join(known[key]), *("\t".join(party[:2]) for party in parties.get(key, ()))]
        for name, key in keys.items()
        if key in known
    }
    lines: list[str] = []
    at, step = held.received_at, timedelta(microseconds=1)
    for number, update in updates:
        place = places.get(update.account_no)
        if place is None:
            applied.findings.append(Finding(number, "unknown-account", "account_no"))
            continue
        month = month_number(date(int(update.month[:4]), int(update.month[5:]), 1)) if applied.blocks else 0
        if applied.blocks and applied.blocks.has(keys[update.account_no], month, number):
            applied.findings.append(Finding(number, "deleted-before", "account_no"))
            continue
        lines += [_month_line(number, update, (party, at + step * number)) for party in place]
    settled = month_number(civil_day(held.received_at)) - 1
    applied.take(*apply_months(connection, "".join(lines).encode(), receipt_id=receipt_id, settled_month=settled))


def _month_line(number: int, update: MonthUpdate, held: tuple[str, datetime]) -> str:
    """One line of COPY text.  No value can hold a tab or a backslash: codes, numbers and days only."""
    month = update.month
    return (
        f"{number}\t{held[0]}\t{int(month[:4]) * 12 + int(month[5:]) - 1}\t{held[1]}\t{update.status}"
        f"\t{_text(update.balance_fen)}\t{_text(update.due_fen)}\t{_text(update.paid_fen)}\t{_text(update.overdue_fen)}"
        f"\t{_text(update.adverse_notified_on)}\n"
    )


def _text(value: object) -> str:
    return r"\N" if value is None else str(value)
