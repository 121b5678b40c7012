"""What may a lender ask for?  The products and what can be wished of each.

A product is a way to disclose: the whole report, less than it, or an answer to a question.  Which of them a consent covers and
what each costs is decided elsewhere (`core/permit.py`, `core/pricing.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Product(StrEnum):
    """The name of a product, as it stands in requests, charges and leaves."""

    REPORT = "report"
    SCORE = "score"
    ATTRIBUTES = "attributes"
    QUESTION = "question"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Options:
    """What a lender wishes of a product; the defaults wish nothing.

    `months`: how many months of history a report shows.  `questions`: ids of questions (product `question`).
    `as_of`: the instant whose knowledge is asked for; None for now.
    """

    months: int | None = None
    questions: tuple[str, ...] = ()
    as_of: datetime | None = None


NO_WISH = Options()
