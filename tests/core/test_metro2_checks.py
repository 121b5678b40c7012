"""Each Metro 2 rule has a record that only it catches, and without it nothing does."""

from typing import Any

import pytest

from core.metro2_files import OTHER, TODAY, made
from openbureau.core.furnishing.messages import RULES
from openbureau.core.metro2.checks import APPENDED_RULES, BASE_RULES, Validator
from openbureau.core.metro2.read import Form, read_record
from openbureau.core.metro2.write import render_record

LATE = {"account_status": "71", "amount_past_due": 450, "date_first_delinquency": "2026-09-15"}
PAID = {
    "account_status": "13", "payment_rating": "0", "current_balance": 0, "date_closed": "2026-10-20",
    "scheduled_monthly_payment_amount": 0,
}  # fmt: skip
CARD = {"portfolio_type": "R", "account_type": "18", "terms_duration": "REV", "credit_limit": 10_000}
LINE = {"portfolio_type": "C", "account_type": "15", "terms_duration": "LOC", "credit_limit": 10_000}
LOSS = {
    "account_status": "97", "amount_past_due": 9_000, "original_charge_off_amount": 9_000,
    "date_first_delinquency": "2026-01-15", "payment_history_profile": "L" + "6" * 5 + "543210" + "0" * 12,
}  # fmt: skip

BASE_CASES: dict[tuple[str, str], dict[str, Any]] = {
    ("m2-no-account", "consumer_account_number"): {"consumer_account_number": ""},
    ("m2-unknown-code", "portfolio_type"): {"portfolio_type": "Q"},
    ("m2-unknown-code", "account_status"): {"account_status": "12"},
    ("m2-unknown-code", "ecoa_code"): {"ecoa_code": "9"},
    ("m2-unknown-code", "payment_history_profile"): {"payment_history_profile": "0" * 23 + "Q"},
    ("m2-odd-code", "terms_frequency"): {"terms_frequency": "X"},
    ("m2-odd-code", "account_type"): {"account_type": "QQ"},
    ("m2-odd-code", "compliance_condition_code"): {"compliance_condition_code": "QQ"},
    ("m2-odd-code", "interest_type_indicator"): {"interest_type_indicator": "Q"},
    ("m2-line-type", "account_type"): {**LINE, "account_type": "18"},
    ("m2-portfolio-type", "portfolio_type"): {**CARD, "account_type": "00"},
    ("m2-rating-missing", "payment_rating"): {**PAID, "payment_rating": ""},
    ("m2-rating-not-wanted", "payment_rating"): {"payment_rating": "0"},
    ("m2-paid-with-balance", "current_balance"): {**PAID, "current_balance": 5},
    ("m2-transferred-with-balance", "current_balance"): {"account_status": "05", "payment_rating": "0"},
    ("m2-current-past-due", "amount_past_due"): {"amount_past_due": 450},
    ("m2-late-without-amount", "amount_past_due"): {**LATE, "amount_past_due": 0},
    ("m2-past-due-above-balance", "amount_past_due"): {**LATE, "amount_past_due": 9_001},
    ("m2-charge-off-amount-missing", "original_charge_off_amount"): {**LOSS, "original_charge_off_amount": 0},
    ("m2-charge-off-unexplained", "original_charge_off_amount"): {"original_charge_off_amount": 1},
    ("m2-day-missing", "date_opened"): {"date_opened": None},
    ("m2-day-missing", "date_account_information"): {"date_account_information": None},
    ("m2-opened-after-as-of", "date_opened"): {
        "date_opened": "2026-11-01",
        "payment_history_profile": "B" * 24,
        "date_last_payment": None,
    },
    ("m2-as-of-ahead", "date_account_information"): {"date_account_information": "2026-11-25"},
    ("m2-closed-before-opened", "date_closed"): {**PAID, "date_closed": "2024-01-14"},
    ("m2-closed-after-as-of", "date_closed"): {**PAID, "date_closed": "2026-11-01"},
    ("m2-closed-date-missing", "date_closed"): {**PAID, "date_closed": None},
    ("m2-closed-but-current", "account_status"): {"date_closed": "2026-10-20", "current_balance": 0},
    ("m2-delinquency-date-missing", "date_first_delinquency"): {**LATE, "date_first_delinquency": None},
    ("m2-delinquency-without-cause", "date_first_delinquency"): {"date_first_delinquency": "2026-09-15"},
    ("m2-delinquency-after-as-of", "date_first_delinquency"): {**LATE, "date_first_delinquency": "2026-11-01"},
    ("m2-delinquency-before-opened", "date_first_delinquency"): {**LATE, "date_first_delinquency": "2024-01-14"},
    ("m2-payment-after-as-of", "date_last_payment"): {"date_last_payment": "2026-11-01"},
    ("m2-payment-before-opened", "date_last_payment"): {"date_last_payment": "2024-01-14"},
    ("m2-history-jump", "payment_history_profile"): {"payment_history_profile": "0" * 10 + "20" + "0" * 12},
    ("m2-history-against-status", "account_status"): {**LATE, "account_status": "78"},
    ("m2-history-gap", "payment_history_profile"): {"payment_history_profile": "0" * 10 + "B" + "0" * 13},
    ("m2-history-before-opened", "payment_history_profile"): {"date_opened": "2025-01-15"},
    ("m2-no-identity", "social_security_number"): {"social_security_number": 0},
    ("m2-born-after-opened", "date_birth"): {"date_birth": "2014-01-16"},
    ("m2-ecoa-unclear", "ecoa_code"): {"ecoa_code": "X"},
    ("m2-joint-alone", "ecoa_code"): {"ecoa_code": "2"},
    ("m2-limit-missing", "credit_limit"): {**CARD, "credit_limit": 0},
    ("m2-amount-missing", "highest_credit"): {"highest_credit": 0},
    ("m2-terms-odd", "terms_duration"): {"terms_duration": "REV"},
    ("m2-original-creditor-missing", "account_type"): {
        "portfolio_type": "O",
        "account_type": "48",
        "terms_duration": "001",
    },
    ("m2-mortgage-segment-odd", "k3"): {**CARD, "_others": {"k3": [{"agency_identifier": 1}]}},
    ("m2-deferred-without-start", "terms_frequency"): {"terms_frequency": "D"},
}
APPENDED_CASES: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {
    ("m2-other-left-out", "ecoa_code"): {"j1": [{**OTHER, "ecoa_code": "X"}]},
    ("m2-other-left-out", "social_security_number"): {"j2": [{**OTHER, "social_security_number": 0}]},
    ("m2-number-change-not-applied", "change_indicator"): {
        "l1": [{"change_indicator": 1, "new_consumer_account_number": "LOAN-9"}]
    },
    ("m2-sold-not-transferred", "purchased_indicator"): {"k2": [{"purchased_indicator": 2, "purchased_name": "B"}]},
    ("m2-purchase-code", "purchased_indicator"): {"k2": [{"purchased_indicator": 3, "purchased_name": "B"}]},
    ("m2-balloon-incomplete", "balloon_payment_amount"): {
        "k4": [{"specialized_payment_indicator": 1, "balloon_payment_amount": 5}]
    },
    ("m2-deferred-without-start", "deferred_payment_start_date"): {"k4": [{"specialized_payment_indicator": 2}]},
    ("m2-change-to-same", "new_consumer_account_number"): {
        "l1": [{"change_indicator": 1, "new_consumer_account_number": "LOAN-1"}]
    },
}  # fmt: skip


def troubles(given: dict[str, Any], validator: Validator) -> list[tuple[str, str]]:
    record = read_record(render_record(given), Form("character", False, True))
    return list(validator.check(record)[1])


@pytest.mark.parametrize(("rule", "field"), list(BASE_CASES))
def test_a_rule_of_the_base_segment_and_no_other_catches_its_record(rule: str, field: str) -> None:
    """With its row the record is caught, without it the same record has no such finding."""
    changes = dict(BASE_CASES[rule, field])
    others = changes.pop("_others", None)
    given = made(others=others, **changes)
    assert (rule, field) in troubles(given, Validator(TODAY))
    without = tuple(one for one in BASE_RULES if (one.rule, one.field) != (rule, field))
    assert len(without) == len(BASE_RULES) - 1
    assert (rule, field) not in troubles(given, Validator(TODAY, rules=without))


@pytest.mark.parametrize(("rule", "field"), list(APPENDED_CASES))
def test_a_rule_of_appended_segments_and_no_other_catches_its_record(rule: str, field: str) -> None:
    """The same for J1, J2, K2, K4 and L1."""
    others = APPENDED_CASES[rule, field]
    (name,) = others
    wanted = (rule, f"{name}.{field}")
    assert wanted in troubles(made(others=others), Validator(TODAY))
    without = tuple(one for one in APPENDED_RULES if (one.rule, one.field) != (rule, field))
    assert len(without) == len(APPENDED_RULES) - 1
    assert wanted not in troubles(made(others=others), Validator(TODAY, appended=without))


def test_every_rule_has_its_record() -> None:
    """A new rule needs a record that shows it, and five sentences in two languages."""
    assert set(BASE_CASES) == {(one.rule, one.field) for one in BASE_RULES}
    assert set(APPENDED_CASES) == {(one.rule, one.field) for one in APPENDED_RULES}
    assert {rule for rule, _ in (*BASE_CASES, *APPENDED_CASES)} <= set(RULES)
    assert len({one.rule for one in (*BASE_RULES, *APPENDED_RULES)}) >= 25


@pytest.mark.parametrize(
    "changes",
    [{}, LATE, PAID, CARD, LINE, LOSS, {"account_status": "DA"}, {"date_birth": "2014-01-15"}, {"ecoa_code": "7"},
     {"payment_history_profile": "D0E0" + "0" * 18 + "BB"},
     {"payment_history_profile": "101010" + "0" * 18, "date_first_delinquency": "2026-08-01"},
     {**LATE, "account_status": "78", "payment_history_profile": "1" + "0" * 23},
     {"date_opened": "2024-10-31", "payment_history_profile": "0" * 24}],
)  # fmt: skip
def test_a_right_record_has_no_finding(changes: dict[str, Any]) -> None:
    """No rule cries at what is usual, and each bound lies where it is said to lie."""
    assert troubles(made(**changes), Validator(TODAY)) == []


@pytest.mark.parametrize("field", ["highest_credit", "current_balance", "telephone_number", "social_security_number"])
def test_letters_where_digits_belong_refuse(field: str) -> None:
    """A letter among digits is named with its field."""
    assert troubles(made(**{field: b"12A456789"}), Validator(TODAY)) == [("m2-bad-number", field)]


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [("k2", "purchased_indicator", b"X"), ("k2", "purchased_name", b"MADE\tUP"), ("k4", "balloon_payment_amount", b"12A456789"),
     ("k4", "deferred_payment_start_date", b"13012026"), ("l1", "new_consumer_account_number", b"LOAN\x009")],
)  # fmt: skip
def test_a_value_of_an_appended_segment_without_form_is_told(name: str, field: str, value: bytes) -> None:
    """Letters among digits, no day, or what cannot be printed: told with segment and field; the rest of the record is read."""
    assert ("m2-segment-odd", f"{name}.{field}") in troubles(made(others={name: [{field: value}]}), Validator(TODAY))
    others = {name: [{field: b" " * len(value)}]}
    assert "m2-segment-odd" not in {rule for rule, _ in troubles(made(others=others), Validator(TODAY))}


def test_blanks_where_digits_belong_are_noughts_and_told() -> None:
    """Blank is read as nought, with a warning, and the rules still run."""
    found = troubles(made(date_closed=b" " * 8, social_security_number=b" " * 9), Validator(TODAY))
    assert found == [
        ("m2-blank-number", "date_closed"),
        ("m2-blank-number", "social_security_number"),
        ("m2-no-identity", "social_security_number"),
    ]


def test_control_characters_refuse() -> None:
    """A tab in a name could end a row elsewhere."""
    assert troubles(made(surname=b"MADE\tUP"), Validator(TODAY)) == [("m2-bad-text", "surname")]


def test_remembered_shapes_give_the_same_findings() -> None:
    """A record is judged alike whether its shape was seen before or not."""
    held = Validator(TODAY)
    for changes in BASE_CASES.values():
        plain = {name: value for name, value in changes.items() if name != "_others"}
        first = troubles(made(**plain), held)
        assert troubles(made(**plain, surname="OTHERMADEUP"), held) == first
        assert troubles(made(**plain), Validator(TODAY)) == first


def test_every_message_speaks_both_languages() -> None:
    """Five sentences in English and Chinese for every Metro 2 rule."""
    for name, message in RULES.items():
        if name.startswith("m2-"):
            for part in ("what", "why", "harm", "innocent", "cure"):
                english, chinese = getattr(message, part)
                assert english.isascii(), (name, part)
                assert not chinese.isascii(), (name, part)
