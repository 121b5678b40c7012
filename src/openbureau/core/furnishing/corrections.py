"""What does a record say after one of its fields was corrected?

Values in a correction are texts as in a CSV.  A correction holds only where the old value is the one that stands; the record
that all its corrections make has to pass the checks of any other record.
"""

from datetime import date
from typing import Any

import msgspec

from openbureau.core.furnishing import codes
from openbureau.core.furnishing.checks import CheckContext, check
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.layout import Field, FieldKind
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.parse import field_findings
from openbureau.core.furnishing.values import MonthUpdate, TradelineUpdate

CORRECTABLE = {
    "tradeline": frozenset({
        "role", "account_type", "business_type", "opened_on", "due_on", "closed_on", "currency", "limit_fen",
        "account_status", "five_class", "as_of_on",
    }),
    "month": frozenset({"status", "balance_fen", "due_fen", "paid_fen", "overdue_fen", "adverse_notified_on"}),
}  # fmt: skip
"""Fields that are facts, by kind of record; the others say whose it is."""
DELETION = codes.DELETION_FIELD
"""The field that stands for a deletion: corrected to nothing, the deletion is lifted."""
LIFT_GROUNDS = frozenset({"dispute", "court"})
"""Reasons for which a deletion may be lifted: somebody other than the furnisher has decided."""

Held = TradelineUpdate | MonthUpdate


def text_of(value: Any) -> str | None:
    """A value as a CSV writes it."""
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def value_of(field: Field, text: str | None) -> Any:
    """The value that a text stands for; the text itself where it is none of the field's kind."""
    if text is None or text == "":
        return None
    if field.kind in {FieldKind.AMOUNT, FieldKind.COUNT} and text.isascii() and text.lstrip("-").isdigit():
        return int(text)
    if field.kind is FieldKind.DAY and len(text) == 10:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def corrected(
    held: Held, change: tuple[str, str | None, str | None], number: int, *, notified_on: date | None = None
) -> Held | Finding:
    """The record with `field` changed from old to new; itself when it says so already; or why not."""
    name, old, new = change
    if name not in CORRECTABLE[held.record]:
        return Finding(number, "field-not-corrigible", "field", ", ".join(sorted(CORRECTABLE[held.record])))
    now = text_of(getattr(held, name))
    if now == (new or None):
        return held
    if now != (old or None):
        return Finding(number, "old-value-differs", "old_value")
    layout = LAYOUTS[held.record]
    values = msgspec.structs.asdict(held) | {name: value_of(layout.by_name[name], new)}
    if notified_on is not None and held.record == "month" and name != "adverse_notified_on":
        values["adverse_notified_on"] = notified_on
    del values["record"]
    wrong = field_findings(layout, values, number)
    if wrong:
        return Finding(number, wrong[0].rule, "new_value", wrong[0].hint)
    return msgspec.structs.replace(held, **values)


def refused_by(made: Held, context: CheckContext) -> Finding | None:
    """The first check that a record does not pass once all its corrections are made.

    Fields that belong together (a status and its amount) are corrected one by one and checked together.
    """
    return next((found for found in check(made, 0, context) if found.refuses), None)
