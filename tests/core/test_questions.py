"""Is a question answered from the fields it names, and from nothing else?"""

import random
from dataclasses import fields, replace
from typing import Any

import pytest

from core.files import MONTH, file_of, inquiry, line, random_file
from openbureau.core.attributes import compute
from openbureau.core.credit_file import CreditFile, Tradeline
from openbureau.core.questions import NO, QUESTIONS, UNKNOWN, YES, Seen

COLUMNS = {
    "accounts.history.statuses": {"statuses", "first_month", "balances", "dues", "paids", "overdues"},
    "accounts.balance_fen": {"balances", "statuses", "first_month"},
    "accounts.overdue_fen": {"overdues", "statuses", "first_month"},
}
"""Which columns of a tradeline a field of the report is made of, where it is not the column of its own name."""


def seen(held: CreditFile) -> Seen:
    """What an answer is made from."""
    return Seen(held, compute(held, MONTH), MONTH)


def answer(question: str, held: CreditFile) -> str:
    """The answer of a file."""
    return QUESTIONS[question].answer(seen(held))


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_reads_no_field_but_those_it_names(question: str) -> None:
    """Whatever else of a file changes, the answer stays; on 150 random files and their doubles."""
    row, source = QUESTIONS[question], random.Random(question)
    read = set().union(*(COLUMNS.get(name, {name.rpartition(".")[2]}) for name in row.reads))
    met: set[str] = set()
    for _ in range(150):
        held, other = _richer(random_file(source)), random_file(source)
        met.add(row.answer(seen(held)))
        if len(other.tradelines) < len(held.tradelines):
            continue
        names = [one.name for one in fields(Tradeline) if one.name not in read]
        lines = tuple(
            replace(mine, **{name: getattr(its, name) for name in names})
            for mine, its in zip(held.tradelines, other.tradelines, strict=False)
        )
        double = replace(held, tradelines=lines)
        if not any(name.startswith("inquiries.") for name in row.reads):
            double = replace(double, inquiries=other.inquiries)
        assert row.answer(seen(double)) == row.answer(seen(held))
    assert len(met) > 1


def _richer(held: CreditFile) -> CreditFile:
    """The same with limits a hundred times as high, so that the largest exposure is met."""
    lines = tuple(replace(one, limit_fen=one.limit_fen * 100) for one in held.tradelines)
    return replace(held, tradelines=lines)


def test_every_answer_is_one_that_the_table_names() -> None:
    """On 300 random files no question gives anything but its own answers, and ids and words are not alike."""
    source, met = random.Random(4), {question: set[str]() for question in QUESTIONS}
    for _ in range(300):
        held = seen(random_file(source))
        for question, row in QUESTIONS.items():
            met[question].add(row.answer(held))
    for question, row in QUESTIONS.items():
        assert met[question] <= set(row.answers)
        assert row.en.endswith("?")
        assert row.zh.endswith("？")
        assert row.reads
    assert len({row.en for row in QUESTIONS.values()}) == len({row.zh for row in QUESTIONS.values()}) == len(QUESTIONS)


def test_bands_meet_without_gap() -> None:
    """The edges belong to the band above; the last is open."""
    assert QUESTIONS["lenders-asked-3-band"].bands == ("0", "1-2", "3-5", "6+")
    assert QUESTIONS["open-balance-band"].bands == (
        "0", "1-9999", "10000-49999", "50000-199999", "200000-499999", "500000+",
    )  # fmt: skip
    for count, band in ((0, "0"), (1, "1-2"), (2, "1-2"), (3, "3-5"), (5, "3-5"), (6, "6+"), (60, "6+")):
        asked = tuple(inquiry(at, member_id=f"bank-{at}") for at in range(count))
        assert answer("lenders-asked-3-band", file_of(line(), inquiries=asked)) == band


CASES: tuple[tuple[str, CreditFile, str], ...] = (
    ("has-overdue-now", file_of(line("N1")), YES),
    ("has-overdue-now", file_of(line("1N")), NO),
    ("has-write-off", file_of(line("NB")), YES),
    ("has-write-off", file_of(line("N7")), NO),
    ("overdue-months-24-band", file_of(line("1" + "N" * 24)), "0"),
    ("overdue-months-24-band", file_of(line("1" + "N" * 23)), "1-2"),
    ("overdue-months-24-band", file_of(line("12N"), line("12N")), "1-2"),
    ("worst-status-24-band", file_of(line("N3N")), "3"),
    ("worst-status-24-band", file_of(line("N7N")), "4+"),
    ("new-accounts-6-band", file_of(line("N", opened_on=line().as_of_on)), "1-2"),
    ("open-accounts-band", file_of(*[line()] * 3), "3-5"),
    ("open-balance-band", file_of(line("N", balances=(999_999,))), "1-9999"),
    ("open-balance-band", file_of(line("N", balances=(1_000_000,))), "10000-49999"),
    ("open-balance-band", file_of(line("N", balances=(1_000_000,), currency="USD")), "0"),
    ("revolving-use-band", file_of(line("N")), UNKNOWN),
    ("revolving-use-band", file_of(line("N", account_type="R2", balances=(500_000,), limit_fen=1_000_000)), "500-799"),
    ("exposure-at-least-50k", file_of(line("N", balances=(4_999_999,))), NO),
    ("exposure-at-least-50k", file_of(line("N", balances=(5_000_000,))), YES),
    ("exposure-at-least-200k", file_of(line("N", account_type="R2", balances=(1,), limit_fen=20_000_000)), YES),
    ("exposure-at-least-500k", file_of(line("N", account_type="R2", balances=(1,), limit_fen=20_000_000)), NO),
    ("account-older-than-2y", file_of(line(opened_on=line().opened_on.replace(year=2025))), NO),
    ("account-older-than-2y", file_of(line(opened_on=line().opened_on.replace(year=2024, month=11))), YES),
    ("account-older-than-5y", file_of(line(opened_on=line().opened_on.replace(year=2021, month=11))), YES),
    ("has-shared-debt", file_of(line(role="guarantor")), YES),
    ("has-shared-debt", file_of(line()), NO),
)  # fmt: skip


@pytest.mark.parametrize(("question", "held", "expected"), CASES)
def test_answers(question: str, held: CreditFile, expected: str) -> None:
    """Each question at its edges."""
    assert answer(question, held) == expected


def test_every_question_has_a_case() -> None:
    """No question stands in the table without one whose answer was looked at."""
    told: set[Any] = {question for question, _, _ in CASES} | {"lenders-asked-3-band"}
    assert told == set(QUESTIONS)
