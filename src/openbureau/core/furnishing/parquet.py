"""How is a Parquet file read and written?

Rows become canonical JSON records (sorted keys, nulls dropped): these are what a receipt proves and what is parsed, so that
from here on a row is a record like any other.  The library is loaded only when such a file appears.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, BinaryIO

import msgspec

from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.parse import column_trouble, kind_of_columns
from openbureau.core.furnishing.records import Piece


class ParquetMissing(RuntimeError):
    """Parquet files need the library pyarrow: pip install 'openbureau[parquet]'."""


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ParquetMissing(ParquetMissing.__doc__) from None
    return pyarrow, pyarrow.parquet


def open_parquet(source: BinaryIO) -> Iterator[Piece] | Finding:
    """The rows of a file as records, in bounded memory; a finding on the file when it cannot be read."""
    pyarrow, parquet = _library()
    try:
        opened = parquet.ParquetFile(source)
    except (pyarrow.ArrowException, OSError):
        return Finding(0, "broken-file")
    columns = opened.schema_arrow.names
    if "record" in columns:
        return _pieces(opened, None, pyarrow)
    kind = kind_of_columns(columns)
    trouble = column_trouble(LAYOUTS[kind], columns)
    return trouble if trouble is not None else _pieces(opened, kind, pyarrow)


def _pieces(opened: Any, kind: str | None, pyarrow: Any) -> Iterator[Piece]:
    try:
        for batch in opened.iter_batches(batch_size=4096):
            for row in batch.to_pylist():
                yield Piece(canonical_row(row, kind), True, True)
    except (pyarrow.ArrowException, OSError):
        yield Piece(b"(the file ends within its rows)\n", True, True)


def canonical_row(row: dict[str, Any], kind: str | None) -> bytes:
    """A row as one JSON record with its line end."""
    found = {name: _plain(value) for name, value in row.items() if value is not None}
    if kind is not None:
        found["record"] = kind
    return msgspec.json.encode(found, order="sorted") + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()[:10]
    return value if isinstance(value, bool | int | float | str) else str(value)


def write_parquet(target: BinaryIO, record: str, rows: Iterable[dict[str, Any]]) -> int:
    """Write rows of one record kind; how many."""
    pyarrow, parquet = _library()
    columns = [field.name for field in LAYOUTS[record].fields]
    count = 0
    writer = None
    for chunk in _chunks(rows, 50_000):
        table = pyarrow.table({name: [row.get(name) for row in chunk] for name in columns}, _schema(pyarrow, record))
        writer = writer or parquet.ParquetWriter(target, table.schema, compression="zstd")
        writer.write_table(table)
        count += len(chunk)
    if writer is not None:
        writer.close()
    return count


def _schema(pyarrow: Any, record: str) -> Any:
    kinds = {"amount": pyarrow.int64(), "count": pyarrow.int64(), "flag": pyarrow.bool_()}
    fields = LAYOUTS[record].fields
    return pyarrow.schema([(field.name, kinds.get(field.kind.value, pyarrow.string())) for field in fields])


def _chunks(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
