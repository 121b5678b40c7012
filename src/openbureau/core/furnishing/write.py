"""How is a record written?  The inverse of `parse`: what is written here is read back as the same update."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from openbureau.core.furnishing.layouts import LAYOUTS


def render_jsonl(record: dict[str, Any]) -> bytes:
    """One JSON line: the kind first, then the fields in the order of the layout, absent ones left out."""
    layout = LAYOUTS[record["record"]]
    ordered = {"record": record["record"]}
    ordered.update((field.name, record[field.name]) for field in layout.fields if record.get(field.name) is not None)
    return msgspec.json.encode(ordered) + b"\n"


def render_csv(kind: str, records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """The lines of a CSV of one record kind, the line of column names first."""
    names = [field.name for field in LAYOUTS[kind].fields]
    yield _csv_line(names)
    for record in records:
        yield _csv_line([_cell(record.get(name)) for name in names])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _csv_line(values: list[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue().encode()
