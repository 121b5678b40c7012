"""Rows per second from a file to committed facts, beside a plain COPY of the same rows into the same tables.

The load is the whole door: receipt with salted leaves, sealing, parsing, checks, identities, ledger, projection, acceptance.
The ceiling copies what the load left in the ledger and the projection into empty tables of the same shape (same keys), from
a client, in one transaction.  Each load runs in a process of its own so that its peak memory is its own.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sandbox import Sandbox, machine, quick, sandbox, tell

from openbureau.core.furnishing.parquet import write_parquet
from openbureau.core.furnishing.parse import CSV, JSONL
from openbureau.core.furnishing.write import render_csv
from openbureau.jobs.context import open_bureau
from openbureau.jobs.furnishing.load import furnish
from openbureau.lab.files import write_jsonl
from openbureau.lab.make_files import OWN_FORMATS

SIZES = (10_000,) if quick() else (10_000, 5_000_000)
MIDDLE = 20_000 if quick() else 200_000
TABLES = ("subject", "tradeline_fact", "month_fact", "tradeline_current")
MEMBER = "bank-chengxin"
CHUNK = 1 << 20


def records(held: Sandbox, wanted: int) -> Iterator[dict[str, object]]:
    """Records of one furnisher, people with their accounts, until there are about `wanted` monthly rows."""
    months = 0
    for record in held.country.records(MEMBER):
        months += record["record"] == "month"
        yield record
        if months >= wanted:
            return


def write_files(held: Sandbox, wanted: int, form: str) -> list[Path]:
    """The records in a format: one file of JSON Lines, or one CSV or Parquet file a kind, in the order to send them."""
    folder = held.settings.home
    if form == JSONL:
        write_jsonl(folder / "file.jsonl", records(held, wanted))
        return [folder / "file.jsonl"]
    kinds: dict[str, list[dict[str, object]]] = {"subject": [], "tradeline": [], "month": []}
    for record in records(held, wanted):
        kinds[str(record["record"])].append(record)
    for kind, rows in kinds.items():
        with (folder / f"{kind}.{form}").open("wb") as target:
            if form == CSV:
                target.writelines(render_csv(kind, rows))
            else:
                write_parquet(target, kind, rows)
    return [folder / f"{kind}.{form}" for kind in kinds]


def load(home: str, url: str, *paths: str) -> None:
    """The measured process."""
    from dataclasses import replace

    from openbureau.config import load_settings

    settings = replace(load_settings(os.environ), home=Path(home))
    bureau = open_bureau(settings, url)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    counts = [0, 0, 0]
    for path in paths:
        with Path(path).open("rb") as source:
            _, made = furnish(bureau, MEMBER, source)
        if made is None:
            raise SystemExit("a file was refused at the door")
        held = made.progress
        counts = [a + b for a, b in zip(counts, (held.records, held.accepted, held.refused), strict=True)]
    spent = time.perf_counter() - begun
    print(
        json.dumps(
            {
                "records": counts[0],
                "accepted": counts[1],
                "refused": counts[2],
                "seconds": spent,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "before_mb": before / 1024,
            }
        )
    )
    bureau.store.close()


def copied(url: str, folder: Path) -> float:
    """Seconds that COPY takes for the rows that the load left behind."""
    files = {}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop schema if exists bench cascade")
        connection.execute("create schema bench")
        for table in TABLES:
            connection.execute(f"create table bench.{table} (like bureau.{table} including all)")
            files[table] = folder / f"{table}.copy"
            with files[table].open("wb") as file, connection.cursor().copy(f"copy bureau.{table} to stdout") as copy:
                for part in copy:
                    file.write(part)
        connection.execute("checkpoint")
    begun = time.perf_counter()
    with psycopg.connect(url) as connection:
        for table, path in files.items():
            with path.open("rb") as file, connection.cursor().copy(f"copy bench.{table} from stdin") as copy:
                while part := file.read(CHUNK):
                    copy.write(part)
    return time.perf_counter() - begun


def measure(wanted: int, form: str) -> None:
    """One size in one format, beside COPY of what it left."""
    with sandbox(people=max(60, wanted // 20), months=60, is_furnished=False) as held:
        paths = write_files(held, wanted, form)
        size = sum(path.stat().st_size for path in paths)
        done = subprocess.run(
            [sys.executable, __file__, "--load", str(held.settings.home), held.url, *map(str, paths)],
            capture_output=True,
            text=True,
            check=True,
        )
        told = json.loads(done.stdout)
        for path in paths:
            path.unlink()
        seconds = copied(held.url, held.settings.home)
        rate, top = told["records"] / told["seconds"], told["records"] / seconds
        tell(
            "furnish",
            machine()
            | {
                "format": form,
                "months": wanted,
                "records": told["records"],
                "refused": told["refused"],
                "file_mb": round(size / 1e6, 1),
                "seconds": round(told["seconds"], 2),
                "rows_per_second": round(rate),
                "copy_seconds": round(seconds, 2),
                "copy_rows_per_second": round(top),
                "ratio_to_copy": round(rate / top, 3),
                "peak_mb": round(told["peak_mb"]),
                "before_mb": round(told["before_mb"]),
            },
        )


def main() -> None:
    """A small and a large file of JSON Lines, and one of a middle size in each format."""
    for wanted in SIZES:
        measure(wanted, JSONL)
    for form in OWN_FORMATS:
        measure(MIDDLE, form)


if __name__ == "__main__":
    if "--load" in sys.argv:
        load(*sys.argv[2:])
    else:
        main()
