"""Whose is it, and what changes?  Applies the sound records of one batch within the caller's transaction.

Subjects are found by the blind index of their identity number; a new one gets an id, a key of its own and its label.
Tradelines and months are found by the furnisher's own keys.  What cannot be placed is a finding; nothing is dropped.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from openbureau.core.credit_file import month_number
from openbureau.core.furnishing.batch import Batch
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.values import MonthUpdate, SubjectUpdate, TradelineUpdate, Update
from openbureau.core.subject import PERSON_ID, birthday, born_on, normalize_id, normalize_name
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.apply_further import Applied, apply_claims, apply_further, apply_parties, known_at
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import civil_day
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

Placed = TypeVar("Placed")


def apply_batch(bureau: Bureau, connection: Connection, receipt: tuple[str, Progress], batch: Batch) -> Applied:
    """Apply subjects, tradelines, parties, months, then the rest."""
    applied = Applied()
    if batch.subjects or batch.tradelines:
        loader_lock(connection)
    furnisher_lock(connection, receipt[1].member_id)
    if batch.subjects:
        _subjects(bureau, connection, receipt, (batch.subjects, applied))
    if batch.tradelines:
        _tradelines(bureau, connection, receipt, (_placed(batch.tradelines, applied), applied))
    parties, months = _placed(batch.parties, applied), _placed(batch.months, applied)
    if parties:
        apply_parties(bureau, connection, receipt, (parties, applied))
    if months:
        _months(bureau, connection, receipt, (months, applied))
    apply_further(bureau, connection, receipt, (batch, applied))
    _corrections(batch, applied)
    applied.unchanged = batch.updates - applied.added - applied.changed - applied.left_out
    return applied


def _placed(updates: list[tuple[int, Placed]], applied: Applied) -> list[tuple[int, Placed]]:
    """Without the further parts of a record (Metro 2) of which an earlier part belongs to nobody or to another."""
    barred = {found.record_no for found in applied.findings if found.refuses}
    kept = [one for one in updates if one[0] not in barred] if barred else updates
    applied.withheld += len({number for number, _ in updates} & barred)
    return kept


def _corrections(batch: Batch, applied: Applied) -> None:
    """Corrections, deletions and answers to disputes: none is applied yet, and each record is told so."""
    waiting: list[tuple[int, Update]] = [*batch.corrections, *batch.deletions, *batch.dispute_answers]
    _not_taken_yet(waiting, applied)


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
    numbers = [_number(update) for _, update in updates]
    keys = [(u.id_kind, bureau.id_blind(u.id_kind, number)) for number, (_, u) in zip(numbers, updates, strict=True)]
    refs = [bureau.own_key("ref", held.member_id, update.subject_ref) for _, update in updates]
    known = known_identifiers(connection, list(dict.fromkeys(keys)))
    known_by_ref = known_refs(connection, held.member_id, list(dict.fromkeys(refs)))
    fresh: list[NewSubject] = []
    new_refs: dict[bytes, str] = {}
    placed: list[tuple[int, str, SubjectUpdate]] = []
    for at, (number, update) in enumerate(updates):
        key, ref = keys[at], refs[at]
        name_blind = bureau.name_blind(numbers[at], normalize_name(update.name))
        place = known.get(key)
        owner = known_by_ref.get(ref) or new_refs.get(ref)
        if owner is not None and (place is None or place[0] != owner):
            applied.findings.append(Finding(number, "subject-mismatch", "subject_ref"))
            continue
        if place is None:
            made = new_subject(bureau, update, key[1], (name_blind, known_at(held, number)))
            fresh.append(made)
            known[key] = place = (made.subject_id, name_blind)
            applied.added += 1
        elif place[1] != name_blind:
            applied.findings.append(Finding(number, "id-name-conflict", "name"))
        if owner is None:
            new_refs[ref] = place[0]
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
    subject_id = new_id(known_at, bureau.random)
    key, wrapped = bureau.new_data_key(f"subject/{subject_id}")
    identity = {
        "kind": update.kind,
        "id_kind": update.id_kind,
        "id_number": number,
        "name": update.name,
        "phone": update.phone,
    }
    label = label_of(vrf_own_output(bureau.keys.key("vrf"), UUID(subject_id).bytes))
    born = born_on(number) if update.id_kind == PERSON_ID else update.born_on
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
    rows: list[tuple[Any, ...]] = []
    for number, update in updates:
        subject_id = subjects.get(refs[update.subject_ref])
        if subject_id is None:
            applied.findings.append(Finding(number, "unknown-subject-ref", "subject_ref"))
            continue
        account = accounts[update.account_no]
        place = known.get(account) or fresh.get(account)
        if place is None:
            fresh[account] = place = (subject_id, new_id(held.received_at, bureau.random))
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
        lines.extend(_month_line(number, update, (party, at + step * number)) for party in place)
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
