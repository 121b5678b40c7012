"""What does this record say?

Bytes in; a typed update or findings out.  Promises: never raises, on any bytes; every record is either one update or at
least one finding; nothing personal stands in a finding.

A well-formed record takes the fast way (one typed decode and one pass over the codes); anything else is looked at field
by field, so that each trouble gets its own finding.
"""

import csv
import difflib
import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from openbureau.core.furnishing import codes
from openbureau.core.furnishing.content import barred_name
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.layout import Field, FieldKind, Layout
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.values import TYPES, MonthUpdate, Update

MOST_AMOUNT = 2**53 - 1
JSONL, CSV, PARQUET, METRO2 = "jsonl", "csv", "parquet", "metro2"
OPENBUREAU = "openbureau"
"""Any way of writing openbureau/1, but not Metro 2."""
OWN_FORMATS = (JSONL, CSV, PARQUET)
FORMATS = (*OWN_FORMATS, METRO2, OPENBUREAU)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written: format; for CSV its record kind and columns; for Metro 2 its packing and the words of its form."""

    format: str
    record: str = ""
    columns: tuple[str, ...] = ()


def detect(head: bytes, *, format: str | None = None, record: str | None = None) -> Dialect | Finding:  # noqa: A002
    """How a file is written, from its first record; a finding on the file when that cannot be told."""
    if not head.strip():
        return Finding(0, "empty-file")
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in head[:64]:
        return Finding(0, "wrong-encoding")
    head = head.removeprefix(_BOM)
    if format == PARQUET or (format is None and head[:4] == b"PAR1"):
        return Dialect(PARQUET)
    if format == JSONL or (format is None and head.lstrip()[:1] == b"{"):
        return Dialect(JSONL)
    return _detect_csv(head, record)


def _detect_csv(head: bytes, record: str | None) -> Dialect | Finding:
    try:
        columns = tuple(name.strip() for name in next(csv.reader([head.decode("utf-8").strip("\r\n")])))
    except (UnicodeDecodeError, csv.Error, StopIteration):
        return Finding(0, "wrong-encoding")
    named = set(columns) - {"record"}
    kind = record or kind_of_columns(named)
    if kind not in LAYOUTS or not named & set(LAYOUTS[kind].by_name):
        return Finding(0, "unknown-format")
    return column_trouble(LAYOUTS[kind], columns) or Dialect(CSV, kind, columns)


def kind_of_columns(named: Collection[str]) -> str:
    """The record kind that shares most columns; among those with as many, the one that lacks fewest."""
    given = set(named)
    return max(
        LAYOUTS, key=lambda name: (len(given & set(LAYOUTS[name].by_name)), -len(LAYOUTS[name].required - given))
    )


def column_trouble(layout: Layout, columns: Sequence[str]) -> Finding | None:
    """The first column that is unknown, barred or missing."""
    for name in columns:
        if name != "record" and name not in layout.by_name:
            return _strange_name(0, layout, name, rule="unknown-column")
    for name in sorted(layout.required - set(columns)):
        return Finding(0, "missing-column", name)
    return None


def _strange_name(number: int, layout: Layout, name: str, *, rule: str) -> Finding:
    """A name that the layout lacks: barred by law, restricted, or merely unknown (then with the nearest name)."""
    barred = barred_name(name)
    if barred is not None:
        return Finding(number, f"{barred}-field", _safe(name))
    nearest = difflib.get_close_matches(name, layout.by_name, 1)
    return Finding(number, rule, _safe(name), f"nearest: {nearest[0]}" if nearest else "")


def _safe(name: str) -> str:
    """A field name that may be printed: short, and no digits beyond two (it could be a value)."""
    short = "".join(char for char in name if char.isprintable())[:40]
    return short if sum(char.isdigit() for char in short) <= 2 else "(name withheld)"


class _Head(msgspec.Struct):
    record: str = ""


_DECODERS: dict[str, Any] = {record: msgspec.json.Decoder(type_) for record, type_ in TYPES.items()}
_decode_head = msgspec.json.Decoder(_Head).decode
_decode_month = msgspec.json.Decoder(MonthUpdate).decode
_MONTH_MARK = b'"record":"month"'
_DIGITS = frozenset("0123456789")


MONTH_HEAD = b'{"record":"month",'
_decode_months = msgspec.json.Decoder(list[MonthUpdate]).decode


def parse_months(lines: Sequence[bytes]) -> list[MonthUpdate] | None:
    """All of these lines as months in one go, or None where they have to be read one by one.

    Each line begins with `MONTH_HEAD`.  A month holds no object inside another and no newline inside a text, so a line can
    only be one whole object or a trouble: as many objects as lines means that each line is one.  Codes and amounts are not
    looked at here.
    """
    try:
        found = _decode_months(b"[" + b",".join(lines) + b"]")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if len(found) == len(lines) else None


def parser(dialect: Dialect) -> Callable[[bytes, int], Update | tuple[Finding, ...]]:
    """The function that reads one record of a file written so."""
    if dialect.format == CSV:
        return lambda content, number: _parse_csv(content, number, dialect)
    return parse_json


def parse_json(content: bytes, number: int) -> Update | tuple[Finding, ...]:
    """One JSON record."""
    if number == 1 and content[:3] == _BOM:
        content = content[3:]
    try:
        if _MONTH_MARK in content[:24]:
            update: Update = _decode_month(content)
        else:
            update = _DECODERS[_decode_head(content).record].decode(content)
    except (msgspec.MsgspecError, KeyError, UnicodeDecodeError, RecursionError):
        return _look_closely(content, number)
    return update if is_sound(update) else _look_closely(content, number)


def is_sound(update: Update) -> bool:
    """Do codes, lengths and amounts fit the layout?  The same rules as `_field_trouble`, without telling which."""
    match update:
        case MonthUpdate():
            month = update.month
            return (
                update.status in codes.MONTH_STATUSES
                and len(month) == 7
                and month[4] == "-"
                and _DIGITS.issuperset(month[:4])
                and "01" <= month[5:] <= "12"
                and _DIGITS.issuperset(month[5:])
                and 0 < len(update.account_no) <= 64
                and update.record == "month"
                and _is_amount(update.balance_fen)
                and _is_amount(update.due_fen)
                and _is_amount(update.paid_fen)
                and _is_amount(update.overdue_fen)
            )
        case _:
            layout = LAYOUTS[update.record]
            return not any(
                _field_trouble(field, value)
                for field in layout.fields
                if (value := getattr(update, field.name)) is not None
            )


def _is_amount(value: int | None) -> bool:
    return value is None or 0 <= value <= MOST_AMOUNT


def _look_closely(content: bytes, number: int) -> Update | tuple[Finding, ...]:
    """Every trouble of a record that the fast way would not take.  An empty text is an absent field, as in a CSV."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return (Finding(number, "not-utf8"),)
    try:
        found = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError):
        return (Finding(number, "not-json"),)
    if not isinstance(found, dict):
        return (Finding(number, "not-json"),)
    record = found.pop("record", None)
    if not isinstance(record, str) or record not in LAYOUTS:
        return (Finding(number, "unknown-record", "record"),)
    given = {name: value for name, value in found.items() if not _is_empty(value)}
    troubles = field_findings(LAYOUTS[record], given, number)
    if troubles or len(given) == len(found):
        return troubles or (Finding(number, "wrong-type", "record"),)
    return _converted(record, given, number)


def field_findings(layout: Layout, found: dict[str, Any], number: int) -> tuple[Finding, ...]:
    """Findings of a record's fields, in the order of the layout, unknown ones last."""
    troubles = []
    for field in layout.fields:
        value = found.get(field.name)
        if value is None or _is_empty(value):
            if field.is_required:
                troubles.append(Finding(number, "missing-field", field.name))
        elif rule := _field_trouble(field, value):
            hint = ", ".join(field.codes) if rule == "unknown-code" and field.codes and len(field.codes) < 20 else ""
            troubles.append(Finding(number, rule, field.name, hint))
    strange = [name for name in found if name not in layout.by_name]
    troubles.extend(_strange_name(number, layout, name, rule="unknown-field") for name in strange)
    return tuple(troubles)


def _field_trouble(field: Field, value: Any) -> str | None:
    """The rule that a value breaks, if any."""
    match field.kind:
        case FieldKind.AMOUNT:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return "wrong-type"
            return None if isinstance(value, int) and 0 <= value <= MOST_AMOUNT else "bad-amount"
        case FieldKind.COUNT:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return "wrong-type"
            return None if isinstance(value, int) and 0 <= value <= field.most else "bad-count"
        case FieldKind.FLAG:
            return None if isinstance(value, bool) else "wrong-type"
        case FieldKind.DAY:
            return None if isinstance(value, date) or _day(value) is not None else "bad-day"
        case FieldKind.MONTH:
            return None if isinstance(value, str) and is_month(value) else "bad-month"
        case FieldKind.CODE:
            if not isinstance(value, str):
                return "wrong-type"
            return None if field.codes is None or value in field.codes else "unknown-code"
        case FieldKind.TEXT:
            if not isinstance(value, str) or not value.isprintable():
                return "wrong-type"
            if _is_empty(value):
                return "missing-field"
            return None if len(value) <= field.longest else "text-too-long"


def _is_empty(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _converted(record: str, found: dict[str, Any], number: int) -> Update | tuple[Finding, ...]:
    """Values without trouble as the typed value of their kind."""
    try:
        update: Update = msgspec.convert({"record": record, **found}, TYPES[record])
    except (msgspec.MsgspecError, RecursionError):
        return (Finding(number, "wrong-type", "record"),)
    return update


def value_fits(field: Field, text: str) -> bool:
    """Could this text, written as in a CSV, be the field's value?"""
    return text != "" and _field_trouble(field, _from_text(field, text)) is None


def is_month(text: str) -> bool:
    """Is this a month as the format writes it?"""
    return len(text) == 7 and text[4] == "-" and _day(f"{text}-01") is not None


def _day(value: Any) -> date | None:
    if not isinstance(value, str) or len(value) != 10 or not value.isascii():
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _parse_csv(content: bytes, number: int, dialect: Dialect) -> Update | tuple[Finding, ...]:
    """One CSV record: texts turned into the layout's kinds, then as any other record."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return (Finding(number, "not-utf8"),)
    try:
        values = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except csv.Error:
        return (Finding(number, "wrong-width"),)
    if len(values) != len(dialect.columns):
        return (Finding(number, "wrong-width"),)
    layout = LAYOUTS[dialect.record]
    found = {
        name: _from_text(layout.by_name[name], value)
        for name, value in zip(dialect.columns, values, strict=True)
        if name != "record" and not _is_empty(value)
    }
    troubles = field_findings(layout, found, number)
    return troubles or _converted(dialect.record, found, number)


def _from_text(field: Field, text: str) -> Any:
    if field.kind in {FieldKind.AMOUNT, FieldKind.COUNT}:
        plain = text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20
        return int(text) if plain else text
    if field.kind is FieldKind.FLAG:
        return {"true": True, "false": False}.get(text.lower(), text)
    return text
