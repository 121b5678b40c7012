"""Whose is it, and what changes?  Applies the sound records of one batch within the caller's transaction.

Subjects are found by the blind index of their identity number; a new one gets an id, a key of its own and its label.  A
known number under another name is decided by the published rules, or held apart as a subject of its own for the desk.
Tradelines and months are found by the furnisher's own keys.  What cannot be placed is a finding; nothing is dropped.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from openbureau.core.furnishing.batch import Batch
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.values import MonthUpdate, SubjectUpdate, TradelineUpdate
from openbureau.core.identity.rules import Rule, Ruling
from openbureau.core.subject import PERSON_ID, birthday, born_on, normalize_id, normalize_name
from openbureau.jobs.context import Bureau
from openbureau.jobs.identity.compare import Claims, given_identity, identity_json, open_conflict
from openbureau.jobs.identity.sightings import Sightings
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
    known_accounts,
    known_identifiers,
    known_refs,
    loader_lock,
)
from openbureau.store.identity import siblings
from openbureau.store.sealing import seal
from openbureau.tlog.vrf import label_of, vrf_own_output


@dataclass(slots=True)
class Applied:
    """What a batch changed."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)
    held_apart: list[tuple[tuple[str, str], Rule, datetime]] = field(default_factory=list)
    """Pairs of subjects under one strong id whose names no rule brings together."""


def apply_batch(bureau: Bureau, connection: Connection, receipt: tuple[str, Progress], batch: Batch) -> Applied:
    """Apply subjects, then tradelines, then months."""
    applied = Applied()
    if batch.subjects or batch.tradelines:
        loader_lock(connection)
    if batch.subjects:
        _subjects(bureau, connection, receipt, (batch.subjects, applied))
    if batch.tradelines:
        _tradelines(bureau, connection, receipt, (batch.tradelines, applied))
    if batch.months:
        _months(bureau, connection, receipt, (batch.months, applied))
    applied.unchanged = batch.accepted - applied.added - applied.changed
    return applied


def _known_at(held: Progress, number: int) -> datetime:
    """The instant at which a record is known: its receipt's, plus its number in microseconds."""
    return held.received_at + timedelta(microseconds=number)


def _subjects(
    bureau: Bureau,
    connection: Connection,
    receipt: tuple[str, Progress],
    given: tuple[list[tuple[int, SubjectUpdate]], Applied],
) -> None:
    held, (updates, applied) = receipt[1], given
    keys = {number: (one.id_kind, bureau.id_blind(one.id_kind, _number(one))) for number, one in updates}
    refs = {number: bureau.own_key("ref", held.member_id, one.subject_ref) for number, one in updates}
    claims = Claims(bureau, connection, known_identifiers(connection, list(dict.fromkeys(keys.values()))))
    owners = known_refs(connection, held.member_id, list(dict.fromkeys(refs.values())))
    seen = Sightings(bureau, connection, held)
    fresh: list[NewSubject] = []
    new_refs: dict[bytes, str] = {}
    for number, update in updates:
        owner = owners.get(refs[number])
        if owner is not None and owner not in {one for one, _ in claims.of(keys[number])}:
            applied.findings.append(Finding(number, "subject-mismatch", "subject_ref"))
            continue
        made, place = _place(bureau, claims, (number, update, keys[number]), (held, applied))
        if made is not None:
            fresh.append(made)
            applied.added += 1
        seen.add(place, update, (_known_at(held, number), made is not None))
        if owner != place:
            owners[refs[number]] = new_refs[refs[number]] = place
    add_subjects(connection, fresh)
    add_refs(connection, held.member_id, new_refs.items())
    for pair, rule, at in applied.held_apart:
        open_conflict(bureau, connection, pair, rule=rule, at=at)
    applied.held_apart.clear()
    seen.save({one.subject_id: one.wrapped_key for one in fresh})
    claims.close(held.leaf_hash, bureau.clock())


def _place(
    bureau: Bureau,
    claims: Claims,
    record: tuple[int, SubjectUpdate, tuple[str, bytes]],
    given: tuple[Progress, Applied],
) -> tuple[NewSubject | None, str]:
    """Whose a record is: of whom it names, of whom a rule finds, or of a new subject, held apart where names differ."""
    number, update, key = record
    held, applied = given
    at = _known_at(held, number)
    name_blind = bureau.name_blind(_number(update), normalize_name(update.name))
    found = claims.named(key, name_blind)
    if found is not None:
        return None, found
    near: tuple[str, Rule] | None = None
    if claims.of(key):
        near = claims.rule(key, (update, name_blind), at)
        if near[1].ruling is not Ruling.HOLD:
            if near[1].ruling is Ruling.MATCH_WITH_FINDING:
                applied.findings.append(Finding(number, "id-name-near", "name"))
            return None, near[0]
    made = new_subject(bureau, update, key[1], (name_blind, at))
    claims.add(key, (made.subject_id, name_blind), given_identity(update))
    if near is not None:
        applied.findings.append(Finding(number, "id-name-conflict", "name"))
        applied.held_apart.append(((near[0], made.subject_id), near[1], at))
    return made, made.subject_id


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
    identity = identity_json(update, number)
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
    held_apart = siblings(connection, list({*subjects.values(), *(place[0] for place in known.values())}))
    fresh: dict[bytes, tuple[str, str]] = {}
    rows = []
    for number, update in updates:
        subject_id = subjects.get(refs[update.subject_ref])
        if subject_id is None:
            applied.findings.append(Finding(number, "unknown-subject-ref", "subject_ref"))
            continue
        account = accounts[update.account_no]
        place = known.get(account) or fresh.get(account)
        if place is None:
            fresh[account] = place = (subject_id, new_id(held.received_at, bureau.random))
        elif place[0] != subject_id and (place[0], subject_id) not in held_apart:
            applied.findings.append(Finding(number, "account-of-another", "account_no"))
            continue
        rows.append((
            number, *place, _known_at(held, number), update.as_of_on, update.role, update.account_type,
            update.business_type, update.opened_on, update.due_on, update.closed_on, update.currency, update.limit_fen,
            update.account_status, update.five_class,
        ))  # fmt: skip
    add_accounts(connection, held.member_id, ((key, *place) for key, place in fresh.items()))
    added, changed = apply_tradelines(connection, rows, member_id=held.member_id, receipt_id=receipt_id)
    applied.added += added
    applied.changed += changed


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
    places = {name: "\t".join(known[key]) for name, key in keys.items() if key in known}
    lines = []
    at, step = held.received_at, timedelta(microseconds=1)
    for number, update in updates:
        place = places.get(update.account_no)
        if place is None:
            applied.findings.append(Finding(number, "unknown-account", "account_no"))
            continue
        lines.append(_month_line(number, update, (place, at + step * number)))
    added, changed = apply_months(connection, "".join(lines).encode(), receipt_id=receipt_id)
    applied.added += added
    applied.changed += changed


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
