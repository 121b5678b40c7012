"""What stands in an answer that is less than a report?

The head that every product shares, and the block of each: a score without the file it came from, attributes without accounts,
answers to questions without anything else.
"""

from collections.abc import Mapping
from typing import Any

from openbureau.core.attribute_list import BY_NAME
from openbureau.core.attributes import AttributeValue
from openbureau.core.credit_file import CreditFile
from openbureau.core.questions import Question, Seen
from openbureau.core.report import Header, header_json
from openbureau.core.scorecard import Score, Scorecard

SCHEMA = "openbureau-answer/1"
BANDS = 5
"""The scale of a scorecard is told in so many equal bands, 1 the lowest (decision 0023)."""


def head(header: Header, held: CreditFile) -> dict[str, Any]:
    """What every answer begins with.  It does not repeat who was asked about: the lender's own inquiry says so."""
    return {"schema": SCHEMA, "synthetic": held.synthetic, "header": header_json(header, held)}


def score_block(card: Scorecard, found: Score) -> dict[str, Any]:
    """The number, its band and reasons; not the figures it came from, which are attributes."""
    return {
        "scorecard": found.scorecard_id,
        "scorecard_digest": found.scorecard_digest,
        "standing": dict(found.standing),
        "value": found.value,
        "note": None if found.value is not None else "not-enough-data",
        "lowest": card.lowest,
        "highest": card.highest,
        "band": None if found.value is None else band_of(card, found.value),
        "reasons": [{"code": reason, "family": BY_NAME[reason].family} for reason in found.reasons],
    }


def band_of(card: Scorecard, value: int) -> int:
    """The band of a score: which fifth of the scale it lies in, 1 the lowest."""
    return min((value - card.lowest) * BANDS // (card.highest - card.lowest) + 1, BANDS)


def attribute_block(figures: Mapping[str, AttributeValue]) -> list[dict[str, Any]]:
    """Every attribute with its unit: a number, or a special code where there is none."""
    return [
        {"name": name, "unit": row.unit, "value": figures[name].value, "special": figures[name].special}
        for name, row in BY_NAME.items()
    ]


def answer_row(question: Question, seen: Seen) -> dict[str, Any]:
    """One question answered."""
    return {"id": question.id, "answer": question.answer(seen), "unit": question.unit or None}
