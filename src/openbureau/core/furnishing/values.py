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


Update = SubjectUpdate | TradelineUpdate | MonthUpdate
TYPES: dict[str, type[SubjectUpdate] | type[TradelineUpdate] | type[MonthUpdate]] = {
    "subject": SubjectUpdate,
    "tradeline": TradelineUpdate,
    "month": MonthUpdate,
}

for _record, _type in TYPES.items():
    if {"record", *(field.name for field in LAYOUTS[_record].fields)} != set(_type.__struct_fields__):
        raise AssertionError(f"the layout of {_record} and its value differ")
