"""What else is known of a subject or an account?  Applies shares, parties, guarantees, use of platforms, business, inquiries by
others and public records, and keeps what a furnisher claims of birth and death.

Each record is placed by the furnisher's own keys; what cannot be placed, or what the held records contradict, is a finding.
A guarantee, an inquiry and a public record get an id that follows from the furnisher's key, so that sending one again finds
it.  A party of a joint account holds a row of its own under its own subject, sharing the tradeline's id.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from openbureau.core.credit_file import month_of_text
from openbureau.core.furnishing.batch import Batch
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.values import BusinessUpdate, PartyUpdate, ShareUpdate, SubjectUpdate, Update
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.correct import Blocks
from openbureau.store.database import Connection
from openbureau.store.erasure.rows import erased_subjects
from openbureau.store.furnishing import (
    Progress,
    Told,
    apply_facts,
    check_facts,
    known_accounts,
    known_refs,
    subject_kinds,
)
from openbureau.store.sealing import seal


@dataclass(slots=True)
class Applied:
    """What a batch changed."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withheld: int = 0
    """Parts of records that stay out because an earlier part of the same record does."""
    findings: list[Finding] = field(default_factory=list)
    blocks: Blocks = field(default_factory=Blocks)

    @property
    def left_out(self) -> int:
        """Updates that passed the checks of a record and could not be applied."""
        return self.withheld + len({found.record_no for found in self.findings if found.refuses})

    def take(self, added: int, changed: int, told: Told) -> None:
        """Add what one kind of records changed and what the held records say against it."""
        self.added += added
        self.changed += changed
        self.findings.extend(Finding(*one) for one in told)


def known_at(held: Progress, number: int) -> datetime:
    """The instant at which a record is known: its receipt's, plus its number in microseconds."""
    return held.received_at + timedelta(microseconds=number)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every step here needs: whom it is done for, the receipt, and where the outcome is written."""

    bureau: Bureau
    connection: Connection
    receipt_id: str
    held: Progress
    applied: Applied

    def find(self, number: int, rule: str, name: str) -> None:
        self.applied.findings.append(Finding(number, rule, name))

    def key(self, kind: str, text: str) -> bytes:
        return self.bureau.own_key(kind, self.held.member_id, text)

    def id_of(self, kind: str, text: str) -> str:
        """An id that follows from the furnisher's own key: 16 bytes of its blind index, as a UUID of version 8."""
        first = bytearray(self.key(kind, text)[:16])
        first[6], first[8] = first[6] & 0x0F | 0x80, first[8] & 0x3F | 0x80
        return str(UUID(bytes=bytes(first)))

    def subjects(self, refs: Iterable[str]) -> dict[str, str]:
        """Furnisher's keys to subjects, as far as they are held."""
        keys = {ref: self.key("ref", ref) for ref in refs}
        known = known_refs(self.connection, self.held.member_id, list(keys.values()))
        return {ref: known[key] for ref, key in keys.items() if key in known}

    def accounts(self, names: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Furnisher's account keys to (subject, tradeline), as far as they are held."""
        keys = {name: self.key("account", name) for name in names}
        known = known_accounts(self.connection, self.held.member_id, list(keys.values()))
        return {name: known[key] for name, key in keys.items() if key in known}

    def apply(self, name: str, rows: Sequence[dict[str, Any]], told: Told | None = None) -> None:
        """Apply rows of one kind but those that a check refuses."""
        told = told or []
        refused = {found.record_no for one in told if (found := Finding(*one)).refuses}
        sound = [row for row in rows if row["record_no"] not in refused]
        counts = (0, 0)
        if sound:
            counts = apply_facts(
                self.connection, name, sound, member_id=self.held.member_id, receipt_id=self.receipt_id
            )
        self.applied.take(*counts, told)


def apply_further(
    bureau: Bureau, connection: Connection, receipt: tuple[str, Progress], given: tuple[Batch, Applied]
) -> None:
    """Apply the kinds that stand beside accounts and their months."""
    batch, applied = given
    desk = _Desk(bureau, connection, receipt[0], receipt[1], applied)
    if batch.shares:
        _shares(desk, batch.shares)
    if batch.guarantees:
        _of_subject(desk, "guarantees", batch.guarantees, finish=_guarantee(desk, batch))
    if batch.platform_uses:
        _of_subject(desk, "platform_uses", batch.platform_uses, finish=_platform_use(desk))
    if batch.businesses:
        _businesses(desk, batch.businesses)
    if batch.outside_inquiries:
        _of_subject(desk, "outside_inquiries", batch.outside_inquiries, finish=_outside_inquiry(desk))
    if batch.public_records:
        _public_records(desk, batch)


def apply_claims(
    bureau: Bureau,
    connection: Connection,
    receipt: tuple[str, Progress],
    given: tuple[list[tuple[int, str, SubjectUpdate]], Applied],
) -> None:
    """Keep what placed subject records say of birth (as a keyed hash) and death, and compare with other furnishers."""
    placed, applied = given
    desk = _Desk(bureau, connection, receipt[0], receipt[1], applied)
    rows = [
        {
            "record_no": number, "subject_id": subject_id, "known_at": known_at(desk.held, number),
            "birth_blind": bureau.own_key("birth", subject_id, update.born_on.isoformat()) if update.born_on else None,
            "deceased_on": update.deceased_on,
        }
        for number, subject_id, update in placed
        if update.born_on or update.deceased_on
    ]  # fmt: skip
    if rows:
        told = check_facts(connection, "claims", rows, member_id=desk.held.member_id)
        apply_facts(connection, "claims", rows, member_id=desk.held.member_id, receipt_id=desk.receipt_id)
        applied.take(0, 0, told)


def _row(desk: _Desk, number: int, subject_id: str, *, update: Update) -> dict[str, Any]:
    """A row with the fields of its update, and where and when it belongs."""
    row = msgspec.structs.asdict(update)
    row |= {"record_no": number, "subject_id": subject_id, "known_at": known_at(desk.held, number)}
    if "month" in row:
        row["month"] = month_of_text(row["month"])
    row["true_on"] = row.get("as_of_on")
    return row


def _of_subject(
    desk: _Desk, name: str, updates: Sequence[tuple[int, Any]], *, finish: Callable[[dict[str, Any], Any], bool]
) -> None:
    """Apply records that name their subject; `finish` completes a row, or finds why it cannot be applied."""
    subjects = desk.subjects({update.subject_ref for _, update in updates})
    rows = []
    for number, update in updates:
        subject_id = subjects.get(update.subject_ref)
        if subject_id is None:
            desk.find(number, "unknown-subject-ref", "subject_ref")
            continue
        row = _row(desk, number, subject_id, update=update)
        if finish(row, update):
            rows.append(row)
    desk.apply(name, rows)


def apply_parties(
    bureau: Bureau,
    connection: Connection,
    receipt: tuple[str, Progress],
    given: tuple[list[tuple[int, PartyUpdate]], Applied],
) -> None:
    """Give each party of an account rows of its own, or end its part.  After tradelines and before months."""
    updates, applied = given
    desk = _Desk(bureau, connection, receipt[0], receipt[1], applied)
    subjects = desk.subjects({update.subject_ref for _, update in updates})
    accounts = desk.accounts({update.account_no for _, update in updates})
    rows = []
    for number, update in updates:
        subject_id, account = subjects.get(update.subject_ref), accounts.get(update.account_no)
        if account is None:
            desk.find(number, "unknown-account", "account_no")
        elif subject_id is None:
            desk.find(number, "unknown-subject-ref", "subject_ref")
        elif subject_id == account[0]:
            desk.find(number, "party-is-main", "subject_ref")
        else:
            row = _row(desk, number, subject_id, update=update)
            key = desk.key("account", update.account_no)
            rows.append(row | {"main_id": account[0], "tradeline_id": account[1], "account_key": key})
    desk.apply("parties", rows)


def _shares(desk: _Desk, updates: Sequence[tuple[int, ShareUpdate]]) -> None:
    accounts = desk.accounts({update.account_no for _, update in updates})
    is_live = desk.bureau.recall is None
    gone = erased_subjects(desk.connection, {place[0] for place in accounts.values()}) if is_live else set()
    rows = []
    for number, update in updates:
        account = accounts.get(update.account_no)
        if account is None:
            desk.find(number, "unknown-account", "account_no")
            continue
        if account[0] in gone:
            continue
        rows.append(_row(desk, number, account[0], update=update) | {"tradeline_id": account[1]})
    if rows:
        desk.apply("shares", rows, check_facts(desk.connection, "shares", rows, member_id=desk.held.member_id))


def _guarantee(desk: _Desk, batch: Batch) -> Callable[[dict[str, Any], Any], bool]:
    accounts = desk.accounts({update.account_no for _, update in batch.guarantees if update.account_no is not None})

    def finish(row: dict[str, Any], update: Any) -> bool:
        row["guarantee_id"] = desk.id_of("guarantee", update.guarantee_no)
        account = accounts.get(update.account_no) if update.account_no is not None else None
        if update.account_no is not None and account is None:
            desk.find(row["record_no"], "unknown-account", "account_no")
            return False
        row["tradeline_id"] = account[1] if account else None
        return True

    return finish


def _platform_use(desk: _Desk) -> Callable[[dict[str, Any], Any], bool]:
    def finish(row: dict[str, Any], update: Any) -> bool:
        row["consent_key"] = desk.key("consent", update.consent_ref)
        return True

    return finish


def _businesses(desk: _Desk, updates: Sequence[tuple[int, BusinessUpdate]]) -> None:
    subjects = desk.subjects({update.subject_ref for _, update in updates})
    kinds = subject_kinds(desk.connection, list(set(subjects.values())))

    def finish(row: dict[str, Any], update: Any) -> bool:
        row["consent_key"] = desk.key("consent", update.consent_ref) if update.consent_ref else None
        is_person = kinds[row["subject_id"]][0] == "person"
        if is_person != (update.trader_kind == "sole-trader"):
            desk.find(row["record_no"], "trader-kind-differs", "trader_kind")
            return False
        return True

    _of_subject(desk, "businesses", updates, finish=finish)


def _outside_inquiry(desk: _Desk) -> Callable[[dict[str, Any], Any], bool]:
    def finish(row: dict[str, Any], update: Any) -> bool:
        row["inquiry_id"] = desk.id_of("outside-inquiry", update.inquiry_no)
        row["true_on"] = update.asked_on
        return True

    return finish


def _public_records(desk: _Desk, batch: Batch) -> None:
    subjects = desk.subjects({update.subject_ref for _, update in batch.public_records})
    keys = subject_kinds(desk.connection, list(set(subjects.values())))

    def finish(row: dict[str, Any], update: Any) -> bool:
        subject_id = row["subject_id"]
        words = msgspec.json.encode([update.issuer, update.case_no])
        key = desk.bureau.data_key(keys[subject_id][1], f"subject/{subject_id}")
        row["public_id"] = desk.id_of("public-record", update.public_no)
        place = f"public-record/{row['public_id']}"
        row["words_sealed"] = seal(key, words, place=place, random=desk.bureau.random)
        row["words_blind"] = desk.key("words", words.decode())
        return True

    _of_subject(desk, "public_records", batch.public_records, finish=finish)
