"""Inquiries from a file per second, beside the same lines one after another, each waiting for the disk.

Two ceilings in the same run: the page that answers an inquiry called line by line in one process with every commit durable
(what the file saves is the wait for the disk and the idle core), and PostgreSQL alone doing the same reads and writes (pgbench,
as in `inquiry.py`).  Lines are asked about people of their own in each run, because a file grows with every inquiry about it.
Prints one JSON line a measurement.  `--quick` is small.
"""

import io
import time
from dataclasses import replace
from typing import Any

import msgspec
import psycopg
from inquiry import PURPOSE, agree, ceiling, one_row, rounded
from sandbox import Sandbox, machine, quick, sandbox, tell

from openbureau.jobs.batch.receive import Batch, receive_batch
from openbureau.jobs.batch.results import read_results
from openbureau.jobs.batch.work import work_batches
from openbureau.jobs.inquiry.answer import answer_for
from openbureau.web.api.standing.batches import line_bytes, line_reader

PEOPLE = 300 if quick() else 4000
LINES = 600 if quick() else 100_000
ALONE = 150 if quick() else 2_000
RUNS = ((2, LINES), (1, LINES // 5), (4, LINES // 5))
"""Workers, and how many lines they are given: the whole size once, the others for comparison."""


def file_of(asked: list[dict[str, str]], lines: int) -> bytes:
    """So many lines about these people, again and again."""
    bodies = [
        msgspec.json.encode(
            {"subject": {name: one[name] for name in ("id_kind", "id_number", "name")}, "purpose": PURPOSE,
             "actor_user": "night"}
        )
        for one in asked
    ]  # fmt: skip
    return b"\n".join(bodies[at % len(bodies)] for at in range(lines)) + b"\n"


def from_file(held: Sandbox, lender: str, content: bytes, *, workers: int) -> dict[str, float]:
    """Received, worked to its end, fetched: lines a second of each step."""
    bureau = held.bureau
    read = line_reader(bureau)
    begun = time.perf_counter()
    made = receive_batch(bureau, lender, io.BytesIO(content), key=f"bench-{workers}", read=read)
    assert isinstance(made, Batch), made
    received = time.perf_counter()
    worked = work_batches(bureau, made.batch_id, workers=workers)
    done = time.perf_counter()
    after, size, more = 0, 0, True
    while more:
        lines, more = read_results(bureau, lender, made.batch_id, after=after)
        size += sum(len(line_bytes(line, "en")) for line in lines)
        after = lines[-1].number
        wrong = [line for line in lines if line.outcome is None]
        assert not wrong, wrong[:1]
    fetched = time.perf_counter()
    assert worked == made.lines, (worked, made.lines)
    return {
        "lines": made.lines,
        "workers": workers,
        "received_per_second": made.lines / (received - begun),
        "per_second": made.lines / (done - received),
        "fetched_per_second": made.lines / (fetched - done),
        "result_bytes": size,
    }


def one_by_one(held: Sandbox, lender: str, content: bytes) -> float:
    """The same lines through the same page, each commit waiting for the disk; lines a second."""
    read = line_reader(held.bureau)
    lines: list[Any] = [read(line, f"alone-{at}") for at, line in enumerate(content.splitlines())]
    begun = time.perf_counter()
    with held.bureau.store.connection("api") as connection:
        for _, request in lines:
            answer_for(held.bureau, connection, replace(request), member_id=lender)
    return len(lines) / (time.perf_counter() - begun)


def main() -> None:
    """One by one, PostgreSQL alone, then the file with more and more workers."""
    lender = "bank-chengxin"
    with sandbox(people=PEOPLE, months=60) as held:
        asked = agree(held, lender)
        share = len(asked) // (len(RUNS) + 2)
        parts = [asked[at * share : (at + 1) * share] for at in range(len(RUNS) + 2)]
        tell("batch.world", machine() | {"people": len(asked), "people_each_run": share})
        alone = one_by_one(held, lender, file_of(parts[0], ALONE))
        tell("batch.one_by_one", {"lines": ALONE, "per_second": round(alone, 1)})
        with psycopg.connect(held.url) as connection:
            sizes = one_row(
                connection,
                "select avg(length(outcome_sealed))::int, avg(length(e.sealed))::int from bureau.inquiry q "
                "join bureau.event e using (subject_id, leaf_hash) where q.outcome = 'answered'",
            )
        top = ceiling(held, lender, parts[1], sizes)
        for clients, figures in top.items():
            tell("batch.ceiling", {"clients": clients} | rounded(figures))
        best = max(figures["per_second"] for figures in top.values())
        for (workers, lines), part in zip(RUNS, parts[2:], strict=True):
            found = from_file(held, lender, file_of(part, lines), workers=workers)
            tell(
                "batch.file",
                rounded(found)
                | {"ratio_to_one_by_one": round(found["per_second"] / alone, 3),
                   "ratio_to_ceiling": round(found["per_second"] / best, 3)},
            )  # fmt: skip


if __name__ == "__main__":
    main()
