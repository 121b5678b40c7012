"""How is the outcome of an inquiry made durable?

Builds event, leaf, charge, sealed copy and receipt of an answer or a refusal, and records all of it in one call.  Gives the
outcome only when it is recorded.  `None` says: something moved (or, for `TAKEN`, the key was used meanwhile).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from openbureau.core import pricing
from openbureau.core.credit_file import CreditFile, decode_file
from openbureau.core.decision.order import notice_of
from openbureau.core.leaf import NO_LEAF, Event, EventKind, Leaf, bill_number
from openbureau.core.member import Member
from openbureau.core.outcome import Permit, Refusal
from openbureau.core.pricing import Charge
from openbureau.core.refusal import RefusalCode
from openbureau.core.report import Header
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.inquiry.contents import (
    hash_hex,
    identity_of,
    make_receipt,
    open_outcome,
    refusal_json,
    sealed_outcome,
)
from openbureau.jobs.inquiry.outcome import Answered, Refused, TooBusy
from openbureau.jobs.inquiry.products import Material, make_product
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.inquiry.retell import Made
from openbureau.law.rules import Rulebook
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.inquiry import Facts, InquiryRecord, Recorded, Stored, StoredDocument, record
from openbureau.store.past.answers import PastAnswer, file_known
from openbureau.store.sealing import seal, unseal

Told = TypeVar("Told", Answered, Refused)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of an outcome in the transaction that records it.  `key` and `held` with an answer only."""

    asked: "Asked"
    connection: Connection
    inquiry_id: str
    subject_id: str | None
    leaf_hash: bytes
    consent_id: str | None = None
    key: bytes | None = None
    held: CreditFile | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One inquiry by a member, on its day, with the billing lane it was given.

    `beside` writes what belongs to the outcome, in its transaction.
    """

    request: InquiryRequest
    member: Member
    at: datetime
    rulebook: Rulebook
    lane: int = 0
    beside: Callable[[Beside], None] | None = None
    past: PastAnswer | None = None
    """The earlier answer that is asked for again."""

    @property
    def as_of(self) -> datetime:
        """The moment as known at which is asked."""
        return self.request.options.as_of or self.at

    @property
    def received_at(self) -> datetime:
        """When the request came: our delay counts from here."""
        return self.request.received_at or self.at

    @property
    def bill_month(self) -> str:
        """The month on whose bill a charge appears."""
        return civil_day(self.at).strftime("%Y-%m")

    def at_lane(self, lane: int) -> "Asked":
        """The same inquiry on another lane."""
        return replace(self, lane=lane)

    @property
    def expires_at(self) -> datetime:
        """Until when the idempotency key is remembered."""
        return self.at + timedelta(hours=self.rulebook.typed.idempotency_hours.number)


def record_answer(
    bureau: Bureau, connection: Connection, asked: Asked, permitted: Permit, *, found: Facts
) -> Answered | Refused | TooBusy | None:
    """Unwrap, decode, make the product, charge, record: only with a permit in hand."""
    inquiry_id = new_id(asked.at, bureau.random)
    key = bureau.data_key(found.wrapped_key, f"subject/{found.subject_id}")
    is_past = asked.request.options.as_of is not None
    held = decode_file(
        file_known(connection, found.subject_id, asked.as_of) if is_past else found.file,
        subject_id=found.subject_id,
        kind=found.kind,
        as_of=asked.as_of,
        synthetic=found.synthetic,
    )
    identity = identity_of(unseal(key, found.identity_sealed, place=f"identity/{found.subject_id}"))
    request, thin_months = asked.request, asked.rulebook.typed.thin_file_months.number
    header = Header(
        inquiry_id, asked.at, asked.member.member_id, request.purpose, request.product_text, thin_months=thin_months
    )
    made = make_product(
        asked.request.product,
        Material(
            bureau, connection, held, header, identity, asked.rulebook, asked.request.options, permitted, asked.past
        ),
    )
    if isinstance(made, Refusal):
        return record_refusal(bureau, connection, asked, made, found=found)
    charge = _charge(bureau, asked, found, made)
    leaf = bureau.leaf(_answer_event(bureau, asked, permitted, found, made=(made.answer, charge)))
    receipt = make_receipt(bureau, leaf, inquiry_id=inquiry_id, at=asked.at, rulebook=asked.rulebook)
    kept = sealed_outcome(made.answer, None, receipt)
    row = _record(bureau, asked, leaf, found=found, inquiry_id=inquiry_id, charge=charge)
    done = Beside(asked, connection, inquiry_id, found.subject_id, leaf.leaf_hash, permitted.consent_id, key, held)
    recorded = record(
        connection,
        replace(
            row,
            outcome="no-hit" if made.is_no_hit else "answered",
            consent_id=permitted.consent_id,
            key_kind="person",
            sealed=seal(key, kept, place=f"inquiry/{inquiry_id}", random=bureau.random),
            event_sealed=bureau.seal_event(leaf, key),
            document=_document(bureau, asked, inquiry_id, key),
        ),
        beside=_beside(done),
    )
    return _told(recorded, Answered(inquiry_id, made.answer, receipt, subject_id=found.subject_id))


def _beside(done: Beside) -> Callable[[Connection], None] | None:
    """What the store calls in the transaction of an outcome; None where nothing belongs to it."""
    write = done.asked.beside
    return None if write is None else lambda _: write(done)


def _charge(bureau: Bureau, asked: Asked, found: Facts, made: Made) -> Charge:
    """What the answer costs; a look-up by a court or an authority nothing.

    The window of a repeat counts for the very same disclosure (`product_text`); a report covers what is less, and no past
    moment.
    """
    if asked.request.order is not None:
        return Charge(asked.rulebook.typed.official_lookup_free.id, 0)
    if made.free_rule is not None:
        return Charge(made.free_rule, 0)
    product, text, charged = asked.request.product, asked.request.product_text, found.last_charged
    covering = {pricing.REPORT} if asked.request.options.as_of is None else set()
    last = {name: day for name, day in charged.items() if name in covering} | (
        {product: charged[text]} if text in charged else {}
    )
    return pricing.charge(
        asked.member.kind,
        product=product,
        subject_kind=found.kind,
        last_charged=last,
        is_no_hit=made.is_no_hit,
        rulebook=asked.rulebook,
        seconds_taken=(bureau.clock() - asked.received_at).total_seconds(),
    )


def _document(bureau: Bureau, asked: Asked, inquiry_id: str, key: bytes) -> StoredDocument | None:
    """The document that was shown, sealed; it names an officer."""
    order = asked.request.order
    if order is None or order.document is None:
        return None
    sealed = seal(key, order.document.content, place=f"document/{inquiry_id}", random=bureau.random)
    told_on = order.deferral.until if order.deferral else None
    return StoredDocument(bytes.fromhex(order.document.digest), sealed, told_on)


def _notice(asked: Asked) -> str:
    return notice_of(asked.request.order.deferral if asked.request.order else None)


def _answer_event(
    bureau: Bureau, asked: Asked, permitted: Permit, found: Facts, *, made: tuple[bytes, Charge]
) -> Event:
    answer, charge = made
    number = bill_number(asked.bill_month, asked.lane, found.lane_seq + 1) if charge.is_billable else "-"
    return replace(
        _event(bureau, asked, found),
        kind=EventKind.INQUIRY,
        basis=permitted.basis,
        basis_ref=permitted.basis_ref,
        policy=f"{permitted.policy_digest};permit;{','.join(permitted.rule_ids)}",
        response=hash_hex(answer),
        price=charge.render(),
        bill_seq=number,
        notice=_notice(asked),
    )


def record_refusal(
    bureau: Bureau, connection: Connection, asked: Asked, refusal: Refusal, *, found: Facts | None
) -> Refused | TooBusy | None:
    """The refusal with its leaf, free of charge.

    It is sealed under the bureau's event key: without a permit the person's own key stays wrapped.  An erasure deletes
    the row with its salt.
    """
    inquiry_id = new_id(asked.at, bureau.random)
    told = refusal_json(refusal)
    event = replace(
        _event(bureau, asked, found),
        kind=EventKind.INQUIRY_REFUSED,
        policy=f"{refusal.policy_digest};refusal;{','.join(refusal.rule_ids)}",
        price=pricing.FREE,
        notice=_notice(asked) if found else "-",
    )
    leaf = bureau.leaf(event)
    receipt = make_receipt(bureau, leaf, inquiry_id=inquiry_id, at=asked.at, rulebook=asked.rulebook)
    kept = sealed_outcome(None, told, receipt)
    made = _record(bureau, asked, leaf, found=found, inquiry_id=inquiry_id, charge=None)
    subject_id = found.subject_id if found else None
    done = Beside(asked, connection, inquiry_id, subject_id, leaf.leaf_hash)
    recorded = record(
        connection,
        replace(
            made,
            outcome="refused",
            refusal_code=refusal.code.value,
            sealed=bureau.seal_own(kept, f"inquiry/{inquiry_id}"),
            event_sealed=bureau.seal_event(leaf),
            document=_document(bureau, asked, inquiry_id, bureau.keys.key("event")),
        ),
        beside=_beside(done),
    )
    return _told(recorded, Refused(inquiry_id, refusal.code, told, receipt, subject_id=subject_id))


def _event(bureau: Bureau, asked: Asked, found: Facts | None) -> Event:
    """What answer and refusal have in common."""
    request = asked.request
    facts = f"{asked.member.member_id}|{request.purpose}|{asked.rulebook.day}|{bureau.law.digest}"
    return Event(
        kind=EventKind.INQUIRY,
        at=asked.at,
        actor=asked.member.member_id,
        label=found.label.hex() if found else "-",
        seq=found.seq + 1 if found else 0,
        prev=found.head.hex() if found and found.seq else NO_LEAF,
        actor_user=request.actor_user,
        purpose=request.purpose,
        product=request.product_text,
        regime=bureau.settings.regime,
        inputs=hash_hex(facts.encode() + repr(found.consents if found else ()).encode()),
        request=request.request_hash.hex(),
    )


def _record(
    bureau: Bureau, asked: Asked, leaf: Leaf, *, found: Facts | None, inquiry_id: str, charge: Charge | None
) -> InquiryRecord:  # fmt: skip
    """The row of an outcome, without what differs between answer and refusal."""
    return InquiryRecord(
        subject_id=found.subject_id if found else None,
        inquiry_id=inquiry_id,
        member_id=asked.member.member_id,
        key=asked.request.idempotency_key,
        request_hash=asked.request.request_hash,
        expires_at=asked.expires_at,
        purpose=asked.request.purpose,
        product=asked.request.product_text,
        actor_user=asked.request.actor_user,
        at=asked.at,
        outcome="refused",
        refusal_code=None,
        consent_id=None,
        key_kind="bureau",
        sealed=b"",
        leaf_hash=leaf.leaf_hash,
        entry=leaf.entry,
        event_kind=leaf.fields[0][1],
        event_sealed=b"",
        seq=found.seq + 1 if found else 0,
        bill_month=asked.bill_month,
        lane=asked.lane,
        lane_seq=found.lane_seq + 1 if found else 0,
        rule_id=charge.rule_id if charge else "-",
        amount_fen=charge.amount_fen if charge else 0,
        currency=charge.currency if charge else "CNY",
        standing=found.standing if found else None,
        act_hash=bureau.act.hash,
        document=None,
    )


def _told(recorded: Recorded, outcome: Told) -> Told | TooBusy | None:
    match recorded:
        case Recorded.RECORDED:
            return outcome
        case Recorded.TAKEN:
            return TooBusy()
        case Recorded.STALE:
            return None


def replay(bureau: Bureau, stored: Stored) -> Answered | Refused:
    """What was told the first time, byte for byte."""
    place = f"inquiry/{stored.inquiry_id}"
    if stored.key_kind == "person" and stored.wrapped_key is not None:
        key = bureau.data_key(stored.wrapped_key, f"subject/{stored.subject_id}")
        content = unseal(key, stored.sealed, place=place)
    else:
        content = bureau.open_own(stored.sealed, place)
    answer, refusal, receipt = open_outcome(content)
    if refusal is not None:
        return Refused(
            stored.inquiry_id,
            RefusalCode(refusal["code"]),
            refusal,
            receipt,
            is_replay=True,
            subject_id=stored.subject_id,
        )
    return Answered(stored.inquiry_id, answer, receipt, is_replay=True, subject_id=stored.subject_id)
