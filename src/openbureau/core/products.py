"""What may a lender ask for?  The products and what can be wished of each.

A product is a way to disclose: the whole report, less than it, or an answer to a question.  Which of them a consent covers and
what each costs is decided elsewhere (`core/permit.py`, `core/pricing.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openbureau.core.questions import QUESTIONS


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


class Fault(StrEnum):
    """Why a wish does not fit its product."""

    MONTHS_WITHOUT_REPORT = "months-without-report"
    MONTHS_OUT_OF_RANGE = "months-out-of-range"
    QUESTIONS_WITHOUT_QUESTION = "questions-without-question"
    QUESTIONS_MISSING = "questions-missing"
    QUESTIONS_TOO_MANY = "questions-too-many"
    QUESTION_UNKNOWN = "question-unknown"
    QUESTION_TWICE = "question-twice"


def faults(product: Product, options: Options, *, months_most: int, questions_most: int) -> list[tuple[str, Fault]]:
    """What of a wish does not fit, each with the field that needs a change; none for a wish that can be answered."""
    found: list[tuple[str, Fault]] = []
    if options.months is not None and product is not Product.REPORT:
        found.append(("months", Fault.MONTHS_WITHOUT_REPORT))
    elif options.months is not None and not 1 <= options.months <= months_most:
        found.append(("months", Fault.MONTHS_OUT_OF_RANGE))
    if product is Product.QUESTION:
        found += [("questions", fault) for fault in _question_faults(options.questions, questions_most)]
    elif options.questions:
        found.append(("questions", Fault.QUESTIONS_WITHOUT_QUESTION))
    return found


def _question_faults(asked: tuple[str, ...], most: int) -> list[Fault]:
    wrong = {
        Fault.QUESTIONS_MISSING: not asked,
        Fault.QUESTIONS_TOO_MANY: len(asked) > most,
        Fault.QUESTION_UNKNOWN: not set(asked) <= QUESTIONS.keys(),
        Fault.QUESTION_TWICE: len(set(asked)) < len(asked),
    }
    return [fault for fault, is_so in wrong.items() if is_so]


def product_text(product: str, options: Options = NO_WISH) -> str:
    """The product as it stands in header, leaf and charge: for a question with the ids that were asked, in their order.

    Another set of questions is another disclosure: it is logged, charged and repeated by itself.
    """
    if product != Product.QUESTION:
        return product
    return f"{product};{','.join(sorted(options.questions))}"


MONITORING = "monitoring"
"""The word in a consent that covers alerts."""


def covers(products: tuple[str, ...], product: str) -> bool:
    """Does a consent to `products` cover this product?  One to the report covers everything less; alerts are more."""
    if product in products:
        return True
    return (MONITORING if product == "alert" else Product.REPORT.value) in products
