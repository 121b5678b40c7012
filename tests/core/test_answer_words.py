"""Which word an answer bears: no file, a dispute, a thin file, or a report like any other."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from openbureau.core.answer.word import AnswerWord, answer_word
from openbureau.core.credit_file import CreditFile, Tradeline, month_number

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LINE = Tradeline(
    "t1", "bank-alpha", "D1", "91", "borrower", date(2026, 1, 5), None, None, "CNY", 1, "1", None, date(2026, 10, 31),
    month_number(date(2026, 1, 5)), "NNN", (0,) * 3, (0,) * 3, (0,) * 3, (0,) * 3, NOW,
)  # fmt: skip


def held(*lines: Tradeline) -> CreditFile:
    """A file with these accounts."""
    return CreditFile("s", "person", lines, (), (), NOW, synthetic=True)


@pytest.mark.parametrize(
    ("lines", "is_disputed", "word"),
    [
        ((), False, "no-hit"),
        ((), True, "no-hit"),
        ((LINE,), False, "thin"),
        ((LINE,), True, "disputed"),
        ((LINE, LINE), False, "thin"),
        ((LINE, replace(LINE, first_month=LINE.first_month + 3)), False, "report"),
        ((replace(LINE, statuses="NNNNNN"),), False, "report"),
        ((replace(LINE, statuses="NN  NN"),), False, "thin"),
        ((replace(LINE, statuses="NNNNNN"),), True, "disputed"),
    ],
)
def test_the_first_word_that_fits(lines: tuple[Tradeline, ...], is_disputed: bool, word: str) -> None:
    """Calendar months with a row count once, whatever account they stand in; blanks do not count."""
    assert answer_word(held(*lines), thin_months=6, is_disputed=is_disputed) is AnswerWord(word)


def test_without_a_rule_nothing_is_thin() -> None:
    """The number comes from the law of the day; and no dispute is claimed where nobody says so."""
    assert answer_word(held(LINE), thin_months=0) is AnswerWord.REPORT
