"""Made-up records of every kind, from the layouts: one clean record a kind, and random ones from Hypothesis."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from openbureau.core.furnishing.finding import CheckContext
from openbureau.core.furnishing.layout import Field, FieldKind
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.parse import MOST_AMOUNT
from world import PEOPLE, loan, months, subject_record

CONTEXT = CheckContext(date(2026, 11, 24), "2026-11", 14, date(2026, 11, 23), 5, 3000)
_AGREED = {"consent_ref": "c-1", "consent_given_on": "2026-01-05", "notice_on": "2026-01-05"}
CLEAN: dict[str, dict[str, Any]] = {
    "subject": subject_record(PEOPLE["good"])
    | {"born_on": "1988-02-14", "phone": "+86 139 0000 1234", "region": "990101"},
    "tradeline": loan(PEOPLE["good"]),
    "month": months("P0001-1", "N")[0],
    "share": {"record": "share", "account_no": "a", "funder": "b", "share_bp": 3000, "as_of_on": "2026-10-31"},
    "party": {
        "record": "party", "account_no": "a", "subject_ref": "s", "role": "guarantor", "liability_fen": 5,
        "ended_on": "2026-10-30", "as_of_on": "2026-10-31",
    },
    "guarantee": {
        "record": "guarantee", "guarantee_no": "g", "subject_ref": "s", "guarantee_kind": "1", "starts_on": "2025-01-01",
        "ends_on": "2027-01-01", "currency": "CNY", "amount_fen": 100, "outstanding_fen": 50, "guarantee_status": "1",
        "as_of_on": "2026-10-31",
    },
    "platform-use": {
        "record": "platform-use", "subject_ref": "s", "month": "2026-09", "service": "payment", "active_band": "16+",
        "spend_band": "2", "bills": 3, "bills_late": 0, **_AGREED,
    },
    "business": {
        "record": "business", "subject_ref": "s", "month": "2026-09", "trader_kind": "sole-trader", "turnover_fen": 900,
        "refund_fen": 1, "orders": 40, "customers": 30, "active_days": 20, "largest_bp": 900, "penalties": 0, **_AGREED,
    },
    "outside-inquiry": {
        "record": "outside-inquiry", "inquiry_no": "i", "subject_ref": "s", "asked_on": "2026-09-03", "asked_by": "b",
        "asker_kind": "11", "reason": "02",
    },
    "public-record": {
        "record": "public-record", "public_no": "p", "subject_ref": "s", "public_kind": "enforcement", "issuer": "虚构市法院",
        "decided_on": "2025-05-06", "amount_fen": 5, "public_status": "2", "ended_on": "2026-05-06",
        "adverse_notified_on": "2026-11-01", "as_of_on": "2026-10-31",
    },
    "correction": {
        "record": "correction", "target": "month", "key": "a", "month": "2026-07", "field": "status", "old_value": "1",
        "new_value": "N", "reason": "typing", "decided_on": "2026-11-20",
    },
    "deletion": {
        "record": "deletion", "target": "share", "key": "a", "part": "b", "reason": "wrong-person", "decided_on": "2026-11-20",
    },
    "dispute-answer": {
        "record": "dispute-answer", "dispute_no": "d", "answer": "stands", "document": "合同 1", "decided_on": "2026-11-20",
    },
}  # fmt: skip
"""A record of each kind in which no check finds anything."""


def values(field: Field) -> st.SearchStrategy[Any]:
    """Values that the field may have."""
    match field.kind:
        case FieldKind.AMOUNT:
            return st.integers(0, MOST_AMOUNT)
        case FieldKind.COUNT:
            return st.integers(0, field.most)
        case FieldKind.FLAG:
            return st.booleans()
        case FieldKind.DAY:
            return st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
        case FieldKind.MONTH:
            return st.dates(date(1900, 1, 1), CONTEXT.today + timedelta(days=90)).map(lambda day: day.isoformat()[:7])
        case FieldKind.CODE:
            return st.sampled_from(sorted(field.codes or ()))
        case FieldKind.TEXT:
            letters = st.characters(categories=("L", "N", "P"))
            return st.text(letters, min_size=1, max_size=min(field.longest, 12)).filter(str.isprintable)


def records(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Records of a kind as the layout allows them, optional fields present or absent."""
    fields = LAYOUTS[kind].fields
    return st.fixed_dictionaries(
        {"record": st.just(kind)} | {field.name: values(field) for field in fields if field.is_required},
        optional={field.name: values(field) for field in fields if not field.is_required},
    )
