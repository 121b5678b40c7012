"""What kind of answer is this?  No file, a thin one, one with a dispute, or simply a report.

Each word has its page in docs/refusals: they are answers, and yet a lender must not read them like any other.  Whether
there is a dispute is asked of whoever knows; without that word none is claimed.
"""

from enum import StrEnum

from openbureau.core.credit_file import NOTHING, CreditFile


class AnswerWord(StrEnum):
    """The `outcome` in the header of an answer, the first that fits."""

    NO_HIT = "no-hit"
    DISPUTED = "disputed"
    THIN = "thin"
    REPORT = "report"


def answer_word(held: CreditFile, *, thin_months: int, is_disputed: bool = False) -> AnswerWord:
    """The word for a file as it is shown: `thin` with fewer than `thin_months` calendar months of history in all."""
    if held.is_empty:
        return AnswerWord.NO_HIT
    if is_disputed:
        return AnswerWord.DISPUTED
    months = {
        line.first_month + at
        for line in held.tradelines
        for at, status in enumerate(line.statuses)
        if status != NOTHING
    }  # fmt: skip
    return AnswerWord.THIN if len(months) < thin_months else AnswerWord.REPORT
