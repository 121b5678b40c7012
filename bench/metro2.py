"""Metro 2: a million records parsed and checked on one core, beside reading the same bytes; and through the door beside COPY.

The reader runs in a process of its own so that its peak memory is its own: cut into records, read, checked with every rule,
counted for the trailer (`parse and check`), and with the updates of openbureau/1 as well (`offline check`, what
`openbureau check` does).  The ceiling reads the same file in the same chunks.  The records differ in people, amounts, days and
histories; about one in twenty has something wrong.
The other two forms are measured on a fifth of the records.  `--quick` is for trying the bench.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
from furnish import copied
from sandbox import machine, quick, sandbox, tell

from openbureau.core.furnishing.offline import check_file
from openbureau.core.metro2.checks import Validator
from openbureau.core.metro2.read import CHARACTER, DECIMAL, PACKED, Form, detect_form, read_record, split_form
from openbureau.core.metro2.write import Tally, render_file
from openbureau.jobs.context import open_bureau
from openbureau.jobs.furnishing.load import furnish
from openbureau.lab.metro2_records import KINDS
from openbureau.law.reader import load_law

RECORDS = 20_000 if quick() else 1_000_000
DOOR = 2_000 if quick() else 50_000
MEMBER = "bank-chengxin"
CHUNK = 1 << 20
FORMS = {
    "lines": Form(CHARACTER, False, True),
    "fixed": Form(CHARACTER, False, False),
    "packed": Form(PACKED, True, False),
}
STATES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("11", {}),
    ("71", {"amount_past_due": 300, "date_first_delinquency": "2026-08-20"}),
    ("13", {"payment_rating": "0", "current_balance": 0, "date_closed": "2026-09-20"}),
    ("97", {"amount_past_due": 300, "original_charge_off_amount": 800, "date_first_delinquency": "2026-01-20"}),
)
DEFECTS: tuple[dict[str, Any], ...] = (
    {"payment_rating": "G"}, {"date_closed": b"02302026"}, {"amount_past_due": 5}, {"date_first_delinquency": "2026-08-20"},
    {"social_security_number": 0}, {"compliance_condition_code": "QQ"}, {"highest_credit": 0}, {"ecoa_code": "2"},
)  # fmt: skip


def records(count: int, *, clean: bool = False) -> Iterator[dict[str, Any]]:
    """Made-up records, the same ones each time."""
    draw = random.Random(11)
    for number in range(count):
        code, state = STATES[0] if clean or draw.random() < 0.9 else draw.choice(STATES)
        portfolio, kind, terms = draw.choice(KINDS)
        opened = f"20{draw.randint(10, 23)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
        history = "".join(draw.choices("01", (97, 0 if clean else 3), k=24))
        base = {
            "time_stamp": "2026-10-01T02:03:04", "identification_number": "BANK000001",
            "consumer_account_number": f"A{number:012d}", "portfolio_type": portfolio, "account_type": kind,
            "date_opened": opened, "credit_limit": draw.randint(1, 90) * 500 if portfolio in "RCO" else 0,
            "highest_credit": draw.randint(1_000, 90_000), "terms_duration": terms, "terms_frequency": "M",
            "scheduled_monthly_payment_amount": draw.randint(20, 900), "actual_payment_amount": draw.randint(20, 900),
            "account_status": code, "payment_history_profile": history, "current_balance": draw.randint(800, 60_000),
            "date_account_information": "2026-09-30", "date_last_payment": f"2026-09-{draw.randint(1, 30):02d}",
            "surname": "MADEUP" + chr(65 + number % 26) + chr(65 + number // 26 % 26), "first_name": "JANE",
            "social_security_number": 100_010_001 + number % 9_998 + number // 9_998 * 10_000,
            "date_birth": f"19{draw.randint(40, 99)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            "telephone_number": 5_552_000_000 + number % 200_000, "ecoa_code": "1", "country_code": "US", "city": "NOWHERE",
            "state": "TX",
        }  # fmt: skip
        if not clean and draw.random() < 0.05:
            state = state | draw.choice(DEFECTS)
        others = {"k2": [{"purchased_indicator": 1, "purchased_name": "OTHER BANK"}]} if number % 20 == 0 else {}
        yield {"base": base | state, **others}


def write_file(path: Path, form: Form, given: Iterator[dict[str, Any]]) -> int:
    """A file of these records; its bytes."""
    with path.open("wb") as target:
        for content in render_file(given, form, packing=DECIMAL):
            target.write(content)
    return path.stat().st_size


def chunks(path: Path) -> Iterator[bytes]:
    """The file in chunks."""
    with path.open("rb") as source:
        while content := source.read(CHUNK):
            yield content


def parse_and_check(path: Path) -> dict[str, Any]:
    """Every record read, checked and counted."""
    with path.open("rb") as source:
        form = detect_form(source.read(1 << 16))
    if form is None:
        raise SystemExit("the file is no Metro 2")
    validator, tally, findings, count = Validator(20261124), Tally(), 0, 0
    for piece in split_form(chunks(path), form, 1 << 20):
        record = read_record(piece.content, form)
        if record.kind == "base":
            findings += len(validator.check(record)[1])
            tally.add(record)
            count += 1
        elif record.kind == "trailer" and tally.differences(record.content):
            raise SystemExit("the trailer counts otherwise")
    return {"records": count, "findings": findings}


def offline(path: Path) -> dict[str, Any]:
    """What `openbureau check` does."""
    with path.open("rb") as source:
        checked = check_file(source, load_law("cn").on(date(2026, 11, 24)))
    return {
        "records": checked.records,
        "findings": checked.findings,
        "accepted": checked.accepted,
        "refused": checked.refused,
    }


def measured(work: str, path: str) -> None:
    """The measured process."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, cpu = time.perf_counter(), time.process_time()
    told = {"parse": parse_and_check, "offline": offline}[work](Path(path))
    told |= {"seconds": time.perf_counter() - begun, "cpu_seconds": time.process_time() - cpu}
    told |= {
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "before_mb": round(before / 1024),
    }
    print(json.dumps(told))


def load(home: str, url: str, path: str) -> None:
    """The measured process of the door."""
    import os
    from dataclasses import replace

    from openbureau.config import load_settings

    bureau = open_bureau(replace(load_settings(os.environ), home=Path(home)), url)
    begun = time.perf_counter()
    with Path(path).open("rb") as source:
        _, made = furnish(bureau, MEMBER, source)
    spent = time.perf_counter() - begun
    if made is None:
        raise SystemExit("the file was refused at the door")
    held = made.progress
    told = {"records": held.records, "accepted": held.accepted, "findings": held.findings}
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(told | {"seconds": spent, "peak_mb": peak}))
    bureau.store.close()


def alone(*words: str) -> dict[str, Any]:
    """Run a part in a process of its own; what it told."""
    done = subprocess.run([sys.executable, __file__, *words], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def reader() -> None:
    """Parse and check, in three forms, beside reading the bytes."""
    with tempfile.TemporaryDirectory() as folder:
        for name, form in FORMS.items():
            path = Path(folder) / f"{name}.dat"
            size = write_file(path, form, records(RECORDS if name == "lines" else RECORDS // 5))
            begun = time.perf_counter()
            read = sum(map(len, chunks(path)))
            reading = time.perf_counter() - begun
            for work in ("parse", "offline") if name == "lines" else ("parse",):
                told = alone("--measured", work, str(path))
                rate = told["records"] / told["seconds"]
                tell(
                    "metro2",
                    machine()
                    | {"form": name, "work": work, "file_mb": round(size / 1e6, 1)}
                    | told
                    | {
                        "seconds": round(told["seconds"], 2),
                        "cpu_seconds": round(told["cpu_seconds"], 2),
                        "records_per_second": round(rate),
                        "records_per_cpu_second": round(told["records"] / told["cpu_seconds"]),
                        "mb_per_second": round(read / 1e6 / told["seconds"], 1),
                        "reading_seconds": round(reading, 3),
                        "times_reading": round(told["seconds"] / reading, 1),
                    },
                )
            path.unlink()


def held_facts(url: str) -> int:
    """Subjects, versions of tradelines and months in the ledger."""
    with psycopg.connect(url) as connection:
        counts = [
            connection.execute(f"select count(*) from bureau.{table}").fetchone()
            for table in ("subject", "tradeline_fact", "month_fact")
        ]
    return sum(row[0] for row in counts if row is not None)


def door() -> None:
    """From bytes to committed, beside COPY of the rows that were left."""
    with sandbox(people=60, months=6, is_furnished=False) as held:
        path = held.settings.home / "file.m2"
        size = write_file(path, FORMS["lines"], records(DOOR, clean=True))
        told = alone("--load", str(held.settings.home), held.url, str(path))
        seconds = copied(held.url, held.settings.home)
        told["facts"] = facts = held_facts(held.url)
        rate = told["records"] / told["seconds"]
        tell(
            "metro2-door",
            machine()
            | told
            | {
                "file_mb": round(size / 1e6, 1),
                "seconds": round(told["seconds"], 2),
                "records_per_second": round(rate),
                "facts_per_second": round(facts / told["seconds"]),
                "copy_seconds": round(seconds, 2),
                "copy_facts_per_second": round(facts / seconds),
                "ratio_to_copy": round(seconds / told["seconds"], 3),
                "on": datetime.now(UTC).date().isoformat(),
            },
        )


if __name__ == "__main__":
    if "--measured" in sys.argv:
        measured(*sys.argv[2:4])
    elif "--load" in sys.argv:
        load(*sys.argv[2:5])
    else:
        reader()
        door()
