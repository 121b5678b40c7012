"""Does what is wished fit its product?"""

from datetime import UTC, datetime, timedelta

import pytest

from openbureau.core.products import NO_WISH, Fault, Options, Product, faults, product_of, product_text

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SPAN = (NOW - timedelta(days=9), NOW)
CASES = (
    (Product.SCORE, Options(as_of=NOW - timedelta(days=1)), []),
    (Product.REPORT, Options(as_of=NOW), [Fault.AS_OF_NOT_PAST]),
    (Product.REPORT, Options(as_of=NOW - timedelta(days=10)), [Fault.AS_OF_BEFORE_US]),
    (Product.CHANGES, Options(as_of=NOW - timedelta(days=1)), [Fault.AS_OF_WITH_CHANGES]),
    (Product.REPORT, Options(months=24), []),
    (Product.REPORT, Options(months=60), []),
    (Product.REPORT, Options(months=61), [Fault.MONTHS_OUT_OF_RANGE]),
    (Product.REPORT, Options(months=0), [Fault.MONTHS_OUT_OF_RANGE]),
    (Product.SCORE, Options(months=24), [Fault.MONTHS_WITHOUT_REPORT]),
    (Product.REPORT, Options(questions=("has-overdue-now",)), [Fault.QUESTIONS_WITHOUT_QUESTION]),
    (Product.QUESTION, Options(questions=("has-overdue-now", "has-write-off")), []),
    (Product.QUESTION, NO_WISH, [Fault.QUESTIONS_MISSING]),
    (Product.QUESTION, Options(questions=("has-overdue-now", "what-else")), [Fault.QUESTION_UNKNOWN]),
    (Product.QUESTION, Options(questions=("has-overdue-now",) * 2), [Fault.QUESTION_TWICE]),
    (
        Product.QUESTION,
        Options(questions=("has-overdue-now", "has-write-off", "has-shared-debt")),
        [Fault.QUESTIONS_TOO_MANY],
    ),
)


@pytest.mark.parametrize(("product", "options", "expected"), CASES)
def test_what_does_not_fit_is_told(product: Product, options: Options, expected: list[Fault]) -> None:
    """Every wish beside the one product it belongs to, or out of range, is a fault of its field."""
    found = faults(product, options, months_most=60, questions_most=2, span=SPAN)
    assert [fault for _, fault in found] == expected
    assert all(field in {"months", "questions", "as_of"} for field, _ in found)


def test_every_fault_has_a_case() -> None:
    """No fault stands in the list that no wish produces."""
    assert {fault for _, _, expected in CASES for fault in expected} == set(Fault)


def test_a_question_is_logged_with_the_ids_asked() -> None:
    """The order in which they were asked does not make another disclosure; another question does."""
    one, other = "has-write-off", "has-overdue-now"
    assert product_text("question", Options(questions=(one, other))) == f"question;{other},{one}"
    assert product_text("question", Options(questions=(one,))) == f"question;{one}"
    assert product_text("report", Options(months=60)) == "report"


def test_a_past_moment_and_an_earlier_answer_are_told_in_the_log() -> None:
    """Each is a disclosure of its own; the product's name stands first in all."""
    past = Options(as_of=datetime(2026, 11, 1, 2, 0, 0, 500, tzinfo=UTC))
    assert product_text("score", past) == "score;as-of=2026-11-01T02:00:00.000500Z"
    asked = Options(questions=("has-write-off",), as_of=past.as_of)
    assert product_text("question", asked) == "question;has-write-off;as-of=2026-11-01T02:00:00.000500Z"
    assert product_text("report", Options(again="0192")) == "replay;0192"
    assert product_of(product_text("question", asked)) == "question"
