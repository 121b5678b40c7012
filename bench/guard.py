"""What the guard of data costs: answers with and without row-level security, a look-up with and without blind index and seals.

Each figure stands beside the same work without the guard, in the same run, turn and turn about.  Prints one JSON line a
measurement; the ratio is guarded to unguarded, so that 1.0 is free.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import psycopg
from inquiry import PURPOSE, agree
from sandbox import Sandbox, machine, median, quick, sandbox, tell

from openbureau.core.subject import normalize_name
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.store.identity import wrapped_keys
from openbureau.store.sealing import unseal
from openbureau.store.subject import subject_of_identifier

PEOPLE = 200 if quick() else 4000
ROUNDS = 3 if quick() else 15
EACH = 40 if quick() else 400
LENDER = "bank-chengxin"


def rows_of(url: str) -> list[str]:
    """The tables with row-level security."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select relname from pg_class where relnamespace = 'bureau'::regnamespace and relkind = 'r' and relrowsecurity"
        )
        return [str(row[0]) for row in found]


def switch(url: str, tables: list[str], *, on: bool) -> None:
    """Row-level security on or off for all of them; nobody does this outside a bench."""
    with psycopg.connect(url) as connection:
        for table in tables:
            connection.execute(
                f"alter table bureau.{table} {'enable' if on else 'disable'} row level security".encode()
            )


def answers(held: Sandbox, asked: list[dict[str, str]], numbers: range) -> float:
    """Microseconds an answer takes, from the request to its commit, in this process."""
    began = time.perf_counter()
    for number in numbers:
        one = asked[number % len(asked)]
        body = os.urandom(16)
        request = InquiryRequest(
            token=held.tokens[LENDER], body=body, idempotency_key=body.hex(), id_kind=one["id_kind"],
            id_number=one["id_number"], name=one["name"], purpose=PURPOSE, actor_user="bench",
        )  # fmt: skip
        outcome = answer_inquiry(request, held.bureau)
        if not isinstance(outcome, Answered):
            raise SystemExit(f"an inquiry of the bench was not answered: {outcome}")
    return (time.perf_counter() - began) / len(numbers) * 1e6


def each(work: Callable[[dict[str, str]], Any], asked: list[dict[str, str]]) -> float:
    """Microseconds a look-up takes."""
    began = time.perf_counter()
    for number in range(EACH):
        work(asked[number % len(asked)])
    return (time.perf_counter() - began) / EACH * 1e6


def beside(name: str, guarded: list[float], bare: list[float], **told: object) -> None:
    """Both medians and their ratio."""
    with_it, without = median(guarded), median(bare)
    tell(
        name,
        {"guarded_us": round(with_it, 1), "bare_us": round(without, 1), "ratio": round(with_it / without, 3)} | told,
    )


def row_security(held: Sandbox, asked: list[dict[str, str]]) -> None:
    """Whole answers with and without it."""
    tables, number = rows_of(held.url), 0
    guarded: list[float] = []
    bare: list[float] = []
    try:
        for _ in range(ROUNDS):
            for on, kept in ((True, guarded), (False, bare)):
                switch(held.url, tables, on=on)
                answers(held, asked, range(number, number + 10))  # the plans are made anew
                kept.append(answers(held, asked, range(number, number + EACH)))
                number += EACH
    finally:
        switch(held.url, tables, on=True)
    beside("guard.row_security", guarded, bare, tables=len(tables))


def seals(held: Sandbox, asked: list[dict[str, str]]) -> None:
    """Who has this number, and what is the name: by blind index and seals, and from a table in clear."""
    bureau = held.bureau
    with (
        psycopg.connect(held.url, autocommit=True, prepare_threshold=0) as clear,
        bureau.store.connection("loader") as sealed,
    ):
        clear.execute("create schema bench")
        clear.execute(
            "create table bench.person (id_number text primary key, subject_id uuid not null, name text not null)"
        )
        for one in asked:
            clear.execute(
                "insert into bench.person values (%s, %s, %s)", [one["id_number"], one["subject_id"], one["name"]]
            )

        def bare(one: dict[str, str]) -> None:
            row = clear.execute(
                "select subject_id, name from bench.person where id_number = %s", [one["id_number"]]
            ).fetchone()
            if row is None or row[1] != one["name"]:
                raise SystemExit("the table in clear has another name")

        def guarded(one: dict[str, str]) -> None:
            blind = bureau.id_blind(one["id_kind"], one["id_number"])
            bureau.name_blind(one["id_number"], normalize_name(one["name"]))
            subject_id = subject_of_identifier(sealed, one["id_kind"], blind)
            key = bureau.data_key(wrapped_keys(sealed, [str(subject_id)])[str(subject_id)], f"subject/{subject_id}")
            unseal(key, bureau_sealed[str(subject_id)], place=f"identity/{subject_id}")

        rows = clear.execute("select subject_id, identity_sealed from bureau.subject").fetchall()
        bureau_sealed = {str(row[0]): row[1] for row in rows}
        pairs = [(each(guarded, asked), each(bare, asked)) for _ in range(ROUNDS + 1)][1:]
    beside("guard.seals", [pair[0] for pair in pairs], [pair[1] for pair in pairs], statements="2 to 1")
    parts(held, asked, bureau_sealed)


def parts(held: Sandbox, asked: list[dict[str, str]], kept: dict[str, bytes]) -> None:
    """The pieces by themselves, without the database."""
    bureau, subject_id = held.bureau, asked[0]["subject_id"]
    with bureau.store.connection("loader") as connection:
        wrapped = wrapped_keys(connection, [subject_id])[subject_id]
    key = bureau.data_key(wrapped, f"subject/{subject_id}")
    pieces: dict[str, Callable[[dict[str, str]], Any]] = {
        "blind_us": lambda one: bureau.id_blind(one["id_kind"], one["id_number"]),
        "unwrap_us": lambda _: bureau.data_key(wrapped, f"subject/{subject_id}"),
        "unseal_us": lambda _: unseal(key, kept[subject_id], place=f"identity/{subject_id}"),
    }
    tell(
        "guard.parts",
        {name: round(median([each(one, asked) for _ in range(ROUNDS)]), 2) for name, one in pieces.items()},
    )


def main() -> None:
    """Rows, then seals."""
    with sandbox(people=PEOPLE, months=60) as held:
        asked = agree(held, LENDER)
        tell("guard.world", machine() | {"people": len(asked), "rounds": ROUNDS, "each": EACH})
        row_security(held, asked)
        seals(held, asked)


if __name__ == "__main__":
    main()
