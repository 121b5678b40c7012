"""Does what is wished fit its product?"""

import pytest

from openbureau.core.products import NO_WISH, Fault, Options, Product, faults, product_text

CASES = (
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
    found = faults(product, options, months_most=60, questions_most=2)
    assert [fault for _, fault in found] == expected
    assert all(field in {"months", "questions"} for field, _ in found)


def test_every_fault_has_a_case() -> None:
    """No fault stands in the list that no wish produces."""
    assert {fault for _, _, expected in CASES for fault in expected} == set(Fault)


def test_a_question_is_logged_with_the_ids_asked() -> None:
    """The order in which they were asked does not make another disclosure; another question does."""
    one, other = "has-write-off", "has-overdue-now"
    assert product_text("question", Options(questions=(one, other))) == f"question;{other},{one}"
    assert product_text("question", Options(questions=(one,))) == f"question;{one}"
    assert product_text("report", Options(months=60)) == "report"
