"""What may a lender ask for?  The products and what can be wished of each.

A product is a way to disclose: the whole report, less than it, or an answer to a question.  Which of them a consent covers and
what each costs is decided elsewhere (`core/permit.py`, `core/pricing.py`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from openbureau.core.monitor.triggers import Watch
from openbureau.core.questions import QUESTIONS


class Product(StrEnum):
    """The name of a product, as it stands in requests, charges and leaves."""

    REPORT = "report"
    SCORE = "score"
    ATTRIBUTES = "attributes"
    QUESTION = "question"
    CHANGES = "changes"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Options:
    """What a lender wishes of a product; the defaults wish nothing.

    `months`: how many months of history a report shows.  `questions`: ids of questions (product `question`).
    `as_of`: the instant whose knowledge is asked for; None for now.  `again`: the number of an earlier answer that is asked for
    as it was given; it stands alone.  `watch`: of what a lender wants to
    be told (product `alert`).
    """

    months: int | None = None
    questions: tuple[str, ...] = ()
    as_of: datetime | None = None
    again: str | None = None
    watch: Watch | None = None


NO_WISH = Options()


AGAIN = "replay"
"""The product of an earlier answer that is told again."""


class Fault(StrEnum):
    """Why a wish does not fit its product."""

    MONTHS_WITHOUT_REPORT = "months-without-report"
    MONTHS_OUT_OF_RANGE = "months-out-of-range"
    QUESTIONS_WITHOUT_QUESTION = "questions-without-question"
    QUESTIONS_MISSING = "questions-missing"
    QUESTIONS_TOO_MANY = "questions-too-many"
    QUESTION_UNKNOWN = "question-unknown"
    QUESTION_TWICE = "question-twice"
    AS_OF_WITH_CHANGES = "as-of-with-changes"
    AS_OF_NOT_PAST = "as-of-not-past"
    AS_OF_BEFORE_US = "as-of-before-us"


def faults(
    product: Product, options: Options, *, months_most: int, questions_most: int, span: tuple[datetime, datetime]
) -> list[tuple[str, Fault]]:
    """What of a wish does not fit, each with the field that needs a change; none for a wish that can be answered.

    `span`: from when on anything was known here, and now.
    """
    found: list[tuple[str, Fault]] = []
    if options.as_of is not None:
        wrong = {
            Fault.AS_OF_WITH_CHANGES: product is Product.CHANGES,
            Fault.AS_OF_NOT_PAST: options.as_of >= span[1],
            Fault.AS_OF_BEFORE_US: options.as_of < span[0],
        }
        found += [("as_of", fault) for fault, is_so in wrong.items() if is_so]
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
    """The product as it stands in header, leaf and charge.

    A question stands with the ids that were asked, a past moment with its instant: each is a disclosure of its own, is logged,
    charged and repeated by itself.  An earlier answer stands with its number.
    """
    if options.again is not None:
        return f"{AGAIN};{options.again}"
    text = product if product != Product.QUESTION else f"{product};{','.join(sorted(options.questions))}"
    return text if options.as_of is None else f"{text};as-of={instant_text(options.as_of)}"


def product_of(text: str) -> str:
    """The name of the product in such a text."""
    return text.partition(";")[0]


def instant_text(at: datetime) -> str:
    """RFC 3339 in UTC, with the fraction of a second where there is one."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


MONITORING = "monitoring"
"""The word in a consent that covers alerts."""


def covers(products: tuple[str, ...], product: str) -> bool:
    """Does a consent to `products` cover this product?  One to the report covers everything less; alerts are more."""
    if product in products:
        return True
    return (MONITORING if product == "alert" else Product.REPORT.value) in products
