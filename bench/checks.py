"""Rows per second through all the checks of the rule pack, beside bare Polars and DuckDB running nine of the same rules.

One file of monthly rows, the same for all three; each in a process of its own, one after the other.  Ours reads the bytes,
cuts them into records, makes typed values and runs every check of a month (and says for every record what became of it);
the two others read the file and count the rows that break nine of these rules.  The nine counts have to be the same.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path

from sandbox import machine, quick, tell

from openbureau.law.reader import load_law
from openbureau.law.rules import Rulebook

ROWS = 200_000 if quick() else 2_000_000
TODAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
NINE = (
    "month-in-future", "on-time-but-overdue", "late-without-amount", "settled-with-balance", "adverse-without-notice",
    "notice-not-before", "on-time-but-unpaid", "overdue-over-balance", "notice-without-adverse",
)  # fmt: skip
ADVERSE, LATE = "1234567BDGZ", "1234567"


def records(count: int) -> Iterator[dict[str, object]]:
    """Months of made-up accounts: most paid on time, some late and told, three in a hundred wrong in one of many ways."""
    chance = random.Random(7)
    names = [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(2022 * 12, 2026 * 12 + 11)]
    for at in range(count):
        made: dict[str, object] = {
            "record": "month", "account_no": f"a-{at // 48:07d}", "month": names[at % 48], "status": "N",
            "balance_fen": 9_000_000 - at % 48 * 100_000, "due_fen": 120_000, "paid_fen": 120_000, "overdue_fen": 0,
        }  # fmt: skip
        draw = chance.random()
        if draw < 0.04:
            late = {"paid_fen": 0, "overdue_fen": 120_000, "adverse_notified_on": "2026-11-01"}
            made |= {"status": chance.choice("123"), **late}
        elif draw < 0.07:
            made |= chance.choice((
                {"month": "2026-12"}, {"overdue_fen": 5}, {"status": "1", "adverse_notified_on": "2026-11-01"}, {"status": "C"},
                {"status": "2", "overdue_fen": 5}, {"status": "2", "overdue_fen": 5, "adverse_notified_on": "2026-11-24"},
                {"paid_fen": 1}, {"status": "3", "overdue_fen": 99_000_000, "adverse_notified_on": "2026-11-01"},
                {"adverse_notified_on": "2026-11-01"}, {"status": "??"}, {"month": "2026-13"}, {"balance_fen": -1},
            ))  # fmt: skip
        yield made


@cache
def law() -> Rulebook:
    """The law of the day: read once, before the clock starts."""
    return load_law().on(TODAY.date())


def ours(path: str) -> Counter[str]:
    """The offline check's own reader, all checks."""
    from openbureau.core.furnishing.batch import RecordReader
    from openbureau.core.furnishing.checks import check_context
    from openbureau.core.furnishing.offline import RUN, open_file

    rulebook = law()
    found: Counter[str] = Counter()
    with Path(path).open("rb") as source:
        opened = open_file(source, rulebook.typed.line_limit_bytes.number)
        if not isinstance(opened, tuple):
            raise SystemExit("the file was refused at the door")
        dialect, pieces = opened
        reader = RecordReader(dialect, check_context(rulebook))
        while run := list(islice(pieces, RUN)):
            batch = reader.read(run)
            if batch.accepted != len(batch.months):
                raise SystemExit("a record got lost")
            found.update(one.rule for one in batch.findings)
            found["refused"] += batch.refused
    return found


def with_polars(path: str) -> Counter[str]:
    """Nine rules as expressions over a scan of the file."""
    import polars as pl

    types: dict[str, pl.DataType] = {
        name: pl.String() for name in ("record", "account_no", "month", "status", "adverse_notified_on")
    }
    types |= {name: pl.Int64() for name in ("balance_fen", "due_fen", "paid_fen", "overdue_fen")}
    status, overdue, balance = pl.col("status"), pl.col("overdue_fen"), pl.col("balance_fen")
    told = pl.col("adverse_notified_on")
    is_late, is_adverse = status.is_in(list(LATE)), status.is_in(list(ADVERSE))
    # What the door refuses by form comes to no check.
    is_sound = (status.str.len_chars() == 1) & (balance >= 0) & (pl.col("month").str.slice(5) <= "12")
    rules = (
        pl.col("month") > "2026-11", status.is_in(list("N*C")) & (overdue > 0), is_late & (overdue == 0),
        (status == "C") & (balance > 0), is_adverse & told.is_null(), is_adverse & (told > "2026-11-23"),
        (status == "N") & (pl.col("paid_fen") < pl.col("due_fen")), is_late & (overdue > balance),
        ~is_adverse & told.is_not_null(),
    )  # fmt: skip
    frame = pl.scan_ndjson(path, schema=types).filter(is_sound)
    made = frame.select(
        rule.fill_null(False).sum().alias(name) for name, rule in zip(NINE, rules, strict=True)
    ).collect()
    return Counter({name: int(made[name][0]) for name in NINE})


def with_duckdb(path: str) -> Counter[str]:
    """Nine rules as one aggregate over the file."""
    import duckdb

    late, adverse = "status in ('1','2','3','4','5','6','7')", "status in ('1','2','3','4','5','6','7','B','D','G','Z')"
    rules = (
        "month > '2026-11'", "status in ('N','*','C') and overdue_fen > 0", f"{late} and overdue_fen = 0",
        "status = 'C' and balance_fen > 0", f"{adverse} and adverse_notified_on is null",
        f"{adverse} and adverse_notified_on > '2026-11-23'", "status = 'N' and paid_fen < due_fen",
        f"{late} and overdue_fen > balance_fen", f"not {adverse} and adverse_notified_on is not null",
    )  # fmt: skip
    sums = ", ".join(f"count(*) filter (where {rule})" for rule in rules)
    columns = dict.fromkeys(("account_no", "month", "status", "adverse_notified_on"), "varchar")
    columns |= dict.fromkeys(("balance_fen", "due_fen", "paid_fen", "overdue_fen"), "bigint")
    spelled = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    made = duckdb.sql(
        f"select {sums} from read_json('{path}', format = 'newline_delimited', columns = {{{spelled}}})"
        " where length(status) = 1 and balance_fen >= 0 and substr(month, 6) <= '12'"
    )
    row = made.fetchall()[0] if made is not None else ()
    return Counter(dict(zip(NINE, row, strict=True)))


WAYS = {"ours": ours, "polars": with_polars, "duckdb": with_duckdb}


def measured(way: str, path: str) -> dict[str, object]:
    """One way in a process of its own: seconds from opening the file to the last count, and peak memory."""
    done = subprocess.run(
        [sys.executable, __file__, "--way", way, path], capture_output=True, text=True, check=True, env=os.environ
    )
    told: dict[str, object] = json.loads(done.stdout)
    return told


def main() -> None:
    """One file, three ways, three times each; the best of each is told."""
    from openbureau.core.furnishing.checks import CHECKS
    from openbureau.core.furnishing.messages import RULES
    from openbureau.lab.files import write_jsonl

    with tempfile.TemporaryDirectory() as folder:
        path = write_jsonl(Path(folder) / "months.jsonl", records(ROWS))
        best: dict[str, dict[str, object]] = {}
        for _ in range(1 if quick() else 3):
            for way in WAYS:
                made = measured(way, str(path))
                if way not in best or float(str(made["seconds"])) < float(str(best[way]["seconds"])):
                    best[way] = made
        counts = [best[way]["nine"] for way in WAYS]
        if counts[1:] != counts[:-1]:
            raise SystemExit(f"the nine counts differ: {counts}")
        rates = {way: ROWS / float(str(one["seconds"])) for way, one in best.items()}
        tell(
            "checks",
            machine()
            | {"rows": ROWS, "file_mb": round(path.stat().st_size / 1e6, 1), "rules": len(RULES)}
            | {"month_checks": len(CHECKS["month"]), "findings": best["ours"]["findings"]}
            | {f"{way}_rows_per_second": round(rate) for way, rate in rates.items()}
            | {f"{way}_cpu_seconds": round(float(str(best[way]["cpu_seconds"])), 2) for way in WAYS}
            | {f"{way}_peak_mb": best[way]["peak_mb"] for way in WAYS}
            | {f"ratio_to_{way}": round(rates["ours"] / rates[way], 3) for way in ("polars", "duckdb")},
        )


def one(way: str, path: str) -> None:
    """The measured process; libraries and law are loaded before the clock starts."""
    law()
    __import__({"ours": "openbureau.core.furnishing.offline"}.get(way, way))
    begun, worked = time.perf_counter(), time.process_time()
    found = WAYS[way](path)
    spent, worked = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    nine = {name: found[name] for name in NINE}
    total = sum(count for name, count in found.items() if name != "refused")
    print(json.dumps({"seconds": spent, "cpu_seconds": worked, "peak_mb": peak, "nine": nine, "findings": total}))


if __name__ == "__main__":
    if "--way" in sys.argv:
        one(*sys.argv[2:4])
    else:
        main()
