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

from openbureau.jobs.context import open_bureau
from openbureau.jobs.furnishing.load import furnish
from openbureau.lab.files import write_jsonl

SIZES = (10_000, 100_000) if quick() else (10_000, 5_000_000)
TABLES = ("subject", "tradeline_fact", "month_fact", "tradeline_current")
MEMBER = "bank-chengxin"
CHUNK = 1 << 20


def write_file(held: Sandbox, path: Path, wanted: int) -> int:
    """A file with about `wanted` monthly rows: people of one furnisher, each with their accounts and months."""
    country, months = held.country, 0

    def records() -> Iterator[dict[str, object]]:
        nonlocal months
        for record in country.records(MEMBER):
            months += record["record"] == "month"
            yield record
            if months >= wanted:
                return

    write_jsonl(path, records())
    return months


def load(home: str, url: str, path: str) -> None:
    """The measured process."""
    from dataclasses import replace

    from openbureau.config import load_settings

    settings = replace(load_settings(os.environ), home=Path(home))
    bureau = open_bureau(settings, url)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    with Path(path).open("rb") as source:
        _, made = furnish(bureau, MEMBER, source)
    spent = time.perf_counter() - begun
    if made is None:
        raise SystemExit("the file was refused at the door")
    held = made.progress
    print(
        json.dumps(
            {
                "records": held.records,
                "accepted": held.accepted,
                "refused": held.refused,
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


def main() -> None:
    """A small and a large file."""
    for wanted in SIZES:
        people = max(60, wanted // 20)
        with sandbox(people=people, months=60, is_furnished=False) as held:
            path = held.settings.home / "file.jsonl"
            months = write_file(held, path, wanted)
            size = path.stat().st_size
            done = subprocess.run(
                [sys.executable, __file__, "--load", str(held.settings.home), held.url, str(path)],
                capture_output=True,
                text=True,
                check=True,
            )
            told = json.loads(done.stdout)
            path.unlink()
            seconds = copied(held.url, held.settings.home)
            rate, top = told["records"] / told["seconds"], told["records"] / seconds
            tell(
                "furnish",
                machine()
                | {
                    "months": months,
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


if __name__ == "__main__":
    if "--load" in sys.argv:
        load(*sys.argv[2:5])
    else:
        main()
