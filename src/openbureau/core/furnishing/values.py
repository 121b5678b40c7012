"""What does one accepted record say?  Typed values; the fields are those of the layouts (checked at import)."""

from datetime import date

import msgspec

from openbureau.core.furnishing.layouts import LAYOUTS


class SubjectUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A subject as furnished."""

    record: str
    subject_ref: str
    kind: str
    id_kind: str
    id_number: str
    name: str
    born_on: date | None = None
    phone: str | None = None
    region: str | None = None
    deceased_on: date | None = None
    synthetic: bool | None = None


class TradelineUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A tradeline as furnished."""

    record: str
    account_no: str
    subject_ref: str
    role: str
    account_type: str
    business_type: str
    opened_on: date
    currency: str
    limit_fen: int
    account_status: str
    as_of_on: date
    due_on: date | None = None
    closed_on: date | None = None
    five_class: str | None = None


class MonthUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One month of a tradeline as furnished; `month` is `YYYY-MM`."""

    record: str
    account_no: str
    month: str
    status: str
    balance_fen: int | None = None
    due_fen: int | None = None
    paid_fen: int | None = None
    overdue_fen: int | None = None
    adverse_notified_on: date | None = None


class ShareUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One funder's share of a joint loan, in basis points."""

    record: str
    account_no: str
    funder: str
    share_bp: int
    as_of_on: date


class PartyUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A subject's part in a joint account."""

    record: str
    account_no: str
    subject_ref: str
    role: str
    as_of_on: date
    liability_fen: int | None = None
    ended_on: date | None = None


class GuaranteeUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A guarantee given by a subject."""

    record: str
    guarantee_no: str
    subject_ref: str
    guarantee_kind: str
    starts_on: date
    currency: str
    amount_fen: int
    guarantee_status: str
    as_of_on: date
    account_no: str | None = None
    ends_on: date | None = None
    outstanding_fen: int | None = None
    adverse_notified_on: date | None = None


class PlatformUseUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One month of a subject's use of a service, in bands."""

    record: str
    subject_ref: str
    month: str
    service: str
    active_band: str
    spend_band: str | None = None
    bills: int | None = None
    bills_late: int | None = None
    overdue_fen: int | None = None
    adverse_notified_on: date | None = None
    consent_ref: str | None = None
    consent_given_on: date | None = None
    notice_on: date | None = None


class BusinessUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One month of a firm's or sole trader's activity."""

    record: str
    subject_ref: str
    month: str
    trader_kind: str
    turnover_fen: int | None = None
    refund_fen: int | None = None
    orders: int | None = None
    customers: int | None = None
    active_days: int | None = None
    largest_bp: int | None = None
    penalties: int | None = None
    consent_ref: str | None = None
    consent_given_on: date | None = None
    notice_on: date | None = None


class OutsideInquiryUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An inquiry by others."""

    record: str
    inquiry_no: str
    subject_ref: str
    asked_on: date
    asked_by: str
    asker_kind: str
    reason: str


class PublicRecordUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A judgment, enforcement, penalty or award."""

    record: str
    public_no: str
    subject_ref: str
    public_kind: str
    issuer: str
    decided_on: date
    public_status: str
    as_of_on: date
    case_no: str | None = None
    amount_fen: int | None = None
    ended_on: date | None = None
    adverse_notified_on: date | None = None


class CorrectionUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A correction of one field of a record sent before, found by the furnisher's own key."""

    record: str
    target: str
    key: str
    field: str
    reason: str
    decided_on: date
    part: str | None = None
    month: str | None = None
    old_value: str | None = None
    new_value: str | None = None
    adverse_notified_on: date | None = None


class DeletionUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A deletion of a record sent before, found by the furnisher's own key."""

    record: str
    target: str
    key: str
    reason: str
    decided_on: date
    part: str | None = None
    month: str | None = None


class DisputeAnswerUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A furnisher's answer to a dispute."""

    record: str
    dispute_no: str
    answer: str
    decided_on: date
    document: str | None = None
    note: str | None = None


Update = (
    SubjectUpdate
    | TradelineUpdate
    | MonthUpdate
    | ShareUpdate
    | PartyUpdate
    | GuaranteeUpdate
    | PlatformUseUpdate
    | BusinessUpdate
    | OutsideInquiryUpdate
    | PublicRecordUpdate
    | CorrectionUpdate
    | DeletionUpdate
    | DisputeAnswerUpdate
)
TYPES: dict[str, type[Update]] = {
    "subject": SubjectUpdate,
    "tradeline": TradelineUpdate,
    "month": MonthUpdate,
    "share": ShareUpdate,
    "party": PartyUpdate,
    "guarantee": GuaranteeUpdate,
    "platform-use": PlatformUseUpdate,
    "business": BusinessUpdate,
    "outside-inquiry": OutsideInquiryUpdate,
    "public-record": PublicRecordUpdate,
    "correction": CorrectionUpdate,
    "deletion": DeletionUpdate,
    "dispute-answer": DisputeAnswerUpdate,
}

for _record, _type in TYPES.items():
    if {"record", *(field.name for field in LAYOUTS[_record].fields)} != set(_type.__struct_fields__):
        raise AssertionError(f"the layout of {_record} and its value differ")
