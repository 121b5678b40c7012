"""Checks against what is held: across months, across versions, across furnishers.

Each rule has a story that only its own line of SQL finds: with the line taken out, the same story about another person passes.
"""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

import openbureau.store.furnishing as held
from openbureau.core.furnishing.messages import REFUSE, RULES
from openbureau.jobs.furnishing.load import furnish
from openbureau.store.query import load_queries, sql
from world import Person, firm_id, jsonl, loan, months, person_id, subject_record

Files = list[tuple[str, list[dict[str, Any]]]]
_numbers = itertools.count(400)


def one(**changes: Any) -> Callable[[Person], list[dict[str, Any]]]:
    """A subject with one account."""
    return lambda who: [subject_record(who), loan(who, **changes)]


def month(name: str, status: str, **changes: Any) -> Callable[[Person], list[dict[str, Any]]]:
    """One month of the person's account."""
    return lambda who: [months(f"{who.handle}-1", status, first=name)[0] | changes]


def run(first: str, statuses: str, **changes: Any) -> Callable[[Person], list[dict[str, Any]]]:
    """Some months of the person's account."""
    return lambda who: [row | changes for row in months(f"{who.handle}-1", statuses, first=first)]


def share(funder: str, share_bp: int, day: str = "2026-10-31") -> Callable[[Person], list[dict[str, Any]]]:
    """A funder's share."""
    return lambda who: [
        {"record": "share", "account_no": f"{who.handle}-1", "funder": funder, "share_bp": share_bp, "as_of_on": day}
    ]


def person(**changes: Any) -> Callable[[Person], list[dict[str, Any]]]:
    """The subject as another furnisher, or again, describes it."""
    return lambda who: [subject_record(who) | changes]


def trader(born_on: str) -> Callable[[Person], list[dict[str, Any]]]:
    """A person known by the number of their business: it does not say the day of birth."""
    return lambda who: [
        subject_record(who) | {"id_kind": "cn-uscc", "id_number": firm_id(int(who.handle[1:])), "born_on": born_on}
    ]


_BUSINESS = {"record": "business", "month": "2026-09", "trader_kind": "enterprise", "orders": 3}
ALPHA, GAMMA = "bank-alpha", "micro-gamma"
# rule: what is sent before, and what is sent last, by whom
STORIES: dict[str, list[tuple[str, Callable[[Person], list[dict[str, Any]]]]]] = {
    "month-before-opening": [(ALPHA, one()), (ALPHA, month("2024-10", "N"))],
    "month-after-closing": [
        (ALPHA, one(closed_on="2026-05-31", account_status="3")), (ALPHA, month("2026-06", "N")),
    ],
    "month-gap": [(ALPHA, one()), (ALPHA, month("2026-05", "N")), (ALPHA, month("2026-07", "N"))],
    "status-jump": [(ALPHA, one()), (ALPHA, month("2026-05", "1")), (ALPHA, month("2026-06", "3"))],
    "late-too-soon": [(ALPHA, one()), (ALPHA, month("2024-12", "3"))],
    "back-after-settled": [(ALPHA, one()), (ALPHA, month("2026-05", "C")), (ALPHA, month("2026-06", "N"))],
    "settled-but-open": [(ALPHA, one()), (ALPHA, month("2026-05", "C"))],
    "balance-up-without-drawing": [(ALPHA, one()), (ALPHA, month("2026-05", "N")),
                                   (ALPHA, month("2026-06", "N", balance_fen=8_000_001))],
    "balance-over-limit": [(ALPHA, one()), (ALPHA, month("2026-05", "N", balance_fen=18_000_001))],
    "paid-over-due-again": [(ALPHA, one()), (ALPHA, run("2026-05", "NN", paid_fen=500_000)),
                            (ALPHA, month("2026-07", "N", paid_fen=500_000))],
    "overdue-fell-without-payment": [(ALPHA, one()), (ALPHA, month("2026-05", "2")),
                                     (ALPHA, month("2026-06", "2", overdue_fen=1))],
    "history-changed": [(ALPHA, one()), (ALPHA, run("2026-05", "NN")), (ALPHA, month("2026-05", "M"))],
    "opened-day-changed": [(ALPHA, one()), (ALPHA, one(opened_on="2024-11-06"))],
    "account-type-changed": [(ALPHA, one()), (ALPHA, one(account_type="R1"))],
    "loan-amount-changed": [(ALPHA, one()), (ALPHA, one(limit_fen=13_000_000))],
    "closed-then-open": [(ALPHA, one(closed_on="2026-05-31", account_status="3")), (ALPHA, one(as_of_on="2026-11-01"))],
    "grade-against-history": [(ALPHA, one()), (ALPHA, run("2026-02", "1234")), (ALPHA, one(as_of_on="2026-11-01"))],
    "account-twice": [(ALPHA, one()), (GAMMA, one())],
    "contradicting-birth": [(ALPHA, trader("1988-02-14")), (GAMMA, trader("1988-02-15"))],
    "dead-elsewhere": [(ALPHA, person(deceased_on="2026-03-01")), (GAMMA, one())],
    "shares-over-whole": [(ALPHA, one()), (ALPHA, share(ALPHA, 6000)), (ALPHA, share(GAMMA, 4001))],
    "share-days-differ": [(ALPHA, one()), (ALPHA, share(ALPHA, 6000)), (ALPHA, share(GAMMA, 4000, "2026-09-30"))],
}  # fmt: skip


def without(rule: str) -> dict[str, str]:
    """The statements with the line of a rule taken out."""
    found = {}
    for name, query in load_queries().items():
        text = query.sql
        if rule == "history-changed" and name == "apply_months":
            found[name] = text.replace(
                "h.status <> s.status and s.month < %(settled)s as is_other", "false as is_other"
            )
        if not name.startswith("check_") or f"('{rule}'," not in text:
            continue
        head, rest = text.split("(values\n", 1)
        block, tail = rest.split("\n  ) as found", 1)
        entries = re.split(r",\n(?=    \(')", block)
        kept = [entry for entry in entries if not entry.startswith(f"    ('{rule}',")]
        assert len(kept) == len(entries) - 1
        found[name] = head + "(values\n" + ",\n".join(kept) + "\n  ) as found" + tail
    assert found, rule
    return found


def tell(world, rule: str) -> dict[str, int]:
    """The story of a rule about a new person; the findings on the last file."""
    number = next(_numbers)
    who = Person(f"P{number}", person_id(number), "甄良")
    made = None
    for member, make in STORIES[rule]:
        world.clock.forward(minutes=1)
        _, made = furnish(world.bureau, member, jsonl(make(who)))
        assert made is not None
        assert made.progress.records == made.progress.accepted + made.progress.refused
    assert made is not None
    return made.counts


@pytest.mark.parametrize("rule", STORIES)
def test_the_story_is_found(shared_world, rule):
    """The last file of the story gets the finding, and a refusing one keeps the record out."""
    assert tell(shared_world, rule)[rule] == 1


@pytest.mark.parametrize("rule", STORIES)
def test_only_its_own_line_finds_it(shared_world, rule, monkeypatch):
    """With the line of the rule taken out, the same story of another person passes."""
    changed = without(rule)
    monkeypatch.setattr(held, "sql", lambda name: changed[name].encode() if name in changed else sql(name))
    assert rule not in tell(shared_world, rule)


def test_every_line_has_a_story():
    """No line of SQL finds something under a rule without a story or without sentences."""
    texts = [query.sql for name, query in load_queries().items() if name.startswith("check_")]
    lines = {rule for text in texts for rule in re.findall(r"^    \('([a-z-]+)', '", text, re.MULTILINE)}
    assert lines | {"history-changed"} == set(STORIES)
    assert set(STORIES) <= set(RULES)


def test_shares_over_the_whole_stay_out_and_the_sound_ones_stay_in(shared_world):
    """The refused share is counted as refused, and the next file may still complete the loan."""
    number = next(_numbers)
    who = Person(f"P{number}", person_id(number), "甄良")
    for files in (one(), share(ALPHA, 6000)):
        furnish(shared_world.bureau, ALPHA, jsonl(files(who)))
    _, made = furnish(shared_world.bureau, ALPHA, jsonl(share(GAMMA, 4001)(who)))
    assert RULES["shares-over-whole"].severity == REFUSE
    assert (made.progress.accepted, made.progress.refused, made.progress.added) == (0, 1, 0)
    shared_world.clock.forward(minutes=1)
    _, made = furnish(shared_world.bureau, ALPHA, jsonl(share(GAMMA, 4000)(who)))
    assert (made.progress.added, made.counts) == (1, {})


def test_a_firm_is_no_sole_trader(shared_world):
    """Business of a subject that is held as the other kind is refused; a main party is no further party."""
    number = next(_numbers)
    who = Person(f"P{number}", person_id(number), "甄良")
    part = {
        "record": "party",
        "account_no": f"{who.handle}-1",
        "subject_ref": who.handle,
        "role": "guarantor",
        "as_of_on": "2026-10-31",
    }
    _, made = furnish(shared_world.bureau, ALPHA, jsonl([*one()(who), _BUSINESS | {"subject_ref": who.handle}, part]))
    assert made.counts == {"trader-kind-differs": 1, "party-is-main": 1}
    assert (made.progress.accepted, made.progress.refused) == (2, 2)
