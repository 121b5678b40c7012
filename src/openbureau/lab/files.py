"""How does a country become files that can be furnished?

One JSON Lines file a furnisher, or one CSV or Parquet file a furnisher and record kind.  Written record by record.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from openbureau.core.furnishing.parquet import write_parquet
from openbureau.core.furnishing.parse import CSV, JSONL, OWN_FORMATS
from openbureau.core.furnishing.write import render_csv, render_jsonl
from openbureau.lab.country import KINDS, Country


def write_files(
    country: Country,
    directory: Path,
    *,
    format: str = JSONL,  # noqa: A002
) -> dict[str, Path | tuple[Path, ...]]:
    """Write what each furnisher furnishes; the file, or the files by kind in the order to furnish them, a furnisher.

    A kind of which a furnisher holds nothing gets no file.  Raises ValueError on an unknown format, `ParquetMissing`
    without the library for Parquet.
    """
    if format not in OWN_FORMATS:
        raise ValueError(f"the formats are {', '.join(OWN_FORMATS)}")
    directory.mkdir(parents=True, exist_ok=True)
    if format == JSONL:
        return {name: write_jsonl(directory / f"{name}.jsonl", country.records(name)) for name in country.furnishers}
    made: dict[str, Path | tuple[Path, ...]] = {}
    for name in country.furnishers:
        paths = []
        for kind in KINDS:
            path = directory / f"{name}-{kind}.{format}"
            if _write_kind(path, country.records_of(name, kind), kind=kind, form=format):
                paths.append(path)
        made[name] = tuple(paths)
    return made


def write_jsonl(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    """Write records as JSON Lines; the path."""
    with path.open("wb", buffering=1 << 20) as target:
        target.writelines(render_jsonl(record) for record in records)
    return path


def _write_kind(path: Path, records: Iterator[dict[str, Any]], *, kind: str, form: str) -> bool:
    """Write records of one kind; False (and no file) when there are none."""
    first = next(records, None)
    if first is None:
        return False
    rows = chain((first,), records)
    with path.open("wb", buffering=1 << 20) as target:
        if form == CSV:
            target.writelines(render_csv(kind, rows))
        else:
            write_parquet(target, kind, rows)
    return True
