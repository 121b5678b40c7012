"""Every check has one record that only it catches: with the check taken out of its tuple, the record passes."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import openbureau.core.furnishing as package
from core.furnished import CLEAN, CONTEXT, records
from openbureau.core.furnishing import checks
from openbureau.core.furnishing.checks import CHECKS, CHECKS_CODE, MONTH_CHECKS, check, is_plain_month
from openbureau.core.furnishing.finding import Finding, finding_json
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.messages import RULES
from openbureau.core.furnishing.parse import parse_json
from openbureau.core.furnishing.schema import rule_pack_hash
from openbureau.core.furnishing.write import render_jsonl
from openbureau.law.reader import load_law
from world import FIRM, PEOPLE, person_id, subject_record

_BIG = 10**13 + 1
_LATE = {"status": "2", "paid_fen": 0, "overdue_fen": 5, "adverse_notified_on": "2024-11-20"}
CASES: list[tuple[str, str, str, dict[str, Any]]] = [
    # record kind, check, rule, what is changed in the clean record
    ("subject", "holds_nothing_barred", "prohibited-content", {"name": "甄良（糖尿病）"}),
    ("subject", "holds_nothing_barred", "restricted-content", {"subject_ref": "月收入8000"}),
    ("subject", "identity_number_holds", "bad-identity-number", {"id_number": "990101198802140012"}),
    ("subject", "number_fits_kind", "kind-not-of-number", {"kind": "enterprise"}),
    ("subject", "birth_day_agrees", "birth-day-differs", {"born_on": "1988-02-15"}),
    ("subject", "is_no_child", "child", {"id_number": person_id(7, "20200301"), "born_on": "2020-03-01"}),
    ("subject", "days_not_in_future", "day-in-future", {"deceased_on": "2026-11-25"}),
    ("subject", "age_is_possible", "age-not-possible", {"id_number": person_id(7, "19000301"), "born_on": "1900-03-01"}),
    ("subject", "death_follows_birth", "death-before-birth", {"deceased_on": "1980-01-01"}),
    ("subject", "name_is_a_name", "name-filler", {"name": "测 试"}),
    ("subject", "name_is_a_name", "name-with-digits", {"name": "甄良2"}),
    ("subject", "phone_is_a_phone", "phone-malformed", {"phone": "ask his wife"}),
    ("subject", "phone_is_a_phone", "phone-filler", {"phone": "1388888888"}),
    ("subject", "region_is_a_code", "region-malformed", {"region": "虚构市"}),
    ("subject", "key_is_no_number", "number-as-key", {"subject_ref": PEOPLE["good"].id_number}),
    ("tradeline", "holds_nothing_barred", "prohibited-content", {"account_no": "a-HIV阳性"}),
    ("tradeline", "status_fits_type", "status-not-of-type", {"account_status": "31"}),
    ("tradeline", "days_not_in_future", "day-in-future", {"as_of_on": "2026-11-25"}),
    ("tradeline", "closed_after_opened", "closed-before-opened", {"closed_on": "2024-01-01", "account_status": "3"}),
    ("tradeline", "due_after_opened", "due-before-opened", {"due_on": "2024-01-01"}),
    ("tradeline", "closed_says_so", "closed-but-open-status", {"closed_on": "2025-01-01"}),
    ("tradeline", "closed_has_day", "closed-without-day", {"account_status": "3"}),
    ("tradeline", "closed_by_then", "closed-after-as-of", {"closed_on": "2026-11-01", "account_status": "3"}),
    ("tradeline", "opened_by_then", "as-of-before-opened", {"opened_on": "2026-11-01"}),
    ("tradeline", "is_fresh", "as-of-too-old", {"as_of_on": "2024-11-06"}),
    ("tradeline", "has_limit", "no-limit", {"limit_fen": 0}),
    ("tradeline", "limit_in_scale", "amount-out-of-scale", {"limit_fen": _BIG}),
    ("tradeline", "business_fits_type", "type-not-of-business", {"business_type": "81"}),
    ("tradeline", "opened_in_our_time", "opened-too-early", {"opened_on": "1979-12-31"}),
    ("tradeline", "term_is_possible", "term-too-long", {"due_on": "2099-12-31"}),
    ("tradeline", "loan_has_due_day", "loan-without-due-day", {"due_on": None}),
    ("tradeline", "currency_is_stated", "currency-not-stated", {"currency": "XXX"}),
    ("tradeline", "bad_debt_is_graded_so", "bad-debt-graded-normal", {"account_status": "4"}),
    ("tradeline", "poor_grade_has_reason", "poor-grade-but-normal", {"five_class": "5"}),
    ("month", "month_not_in_future", "month-in-future", {"month": "2026-12"}),
    ("month", "month_in_our_time", "month-too-early", {"month": "1979-12"}),
    ("month", "status_agrees_with_overdue", "on-time-but-overdue", {"overdue_fen": 1}),
    ("month", "status_agrees_with_overdue", "late-without-amount", _LATE | {"overdue_fen": 0}),
    ("month", "late_says_how_much", "late-amount-unknown", _LATE | {"overdue_fen": None}),
    ("month", "settled_without_balance", "settled-with-balance", {"status": "C"}),
    ("month", "on_time_is_paid", "on-time-but-unpaid", {"paid_fen": 1}),
    ("month", "on_time_is_paid", "nothing-due-but-unpaid", {"status": "*", "paid_fen": 1}),
    ("month", "overdue_within_balance", "overdue-over-balance", _LATE | {"overdue_fen": 9_000_000}),
    ("month", "amounts_in_scale", "amount-out-of-scale", {"balance_fen": _BIG}),
    ("month", "amounts_in_scale", "amount-out-of-scale", {"due_fen": _BIG, "paid_fen": None}),
    ("month", "amounts_in_scale", "amount-out-of-scale", {"paid_fen": _BIG}),
    ("month", "bad_debt_has_balance", "bad-debt-without-balance", _LATE | {"status": "B", "balance_fen": 0}),
    ("month", "guarantor_paid", "guarantor-paid-nothing", _LATE | {"status": "D"}),
    ("month", "unknown_is_silent", "unknown-but-overdue", {"status": "#", "overdue_fen": 5}),
    ("month", "adverse_was_told", "adverse-without-notice", _LATE | {"adverse_notified_on": None}),
    ("month", "adverse_was_told", "notice-not-before", _LATE | {"adverse_notified_on": "2026-11-24"}),
    ("month", "notice_fits_month", "notice-too-early", _LATE | {"adverse_notified_on": "2024-10-31"}),
    ("month", "notice_has_cause", "notice-without-adverse", {"adverse_notified_on": "2024-11-20"}),
    ("share", "holds_nothing_barred", "prohibited-content", {"funder": "佛教徒"}),
    ("share", "days_not_in_future", "day-in-future", {"as_of_on": "2026-11-25"}),
    ("share", "share_is_something", "share-of-nothing", {"share_bp": 0}),
    ("share", "share_is_enough", "share-under-minimum", {"share_bp": 2999}),
    ("party", "holds_nothing_barred", "prohibited-content", {"subject_ref": "血型AB"}),
    ("party", "days_not_in_future", "day-in-future", {"as_of_on": "2026-11-25"}),
    ("party", "guarantor_answers_for_something", "liability-of-nothing", {"liability_fen": 0}),
    ("party", "part_ended_by_then", "ended-after-as-of", {"ended_on": "2026-11-01"}),
    ("guarantee", "holds_nothing_barred", "prohibited-content", {"guarantee_no": "g DNA: 7"}),
    ("guarantee", "days_not_in_future", "day-in-future", {"as_of_on": "2026-11-25"}),
    ("guarantee", "guarantee_ends_after_start", "guarantee-ends-before-start", {"ends_on": "2024-12-31"}),
    ("guarantee", "guarantee_is_something", "guarantee-of-nothing", {"amount_fen": 0, "outstanding_fen": 0}),
    ("guarantee", "outstanding_within_amount", "outstanding-over-amount", {"outstanding_fen": 101}),
    ("guarantee", "released_means_nothing_left", "released-but-outstanding", {"guarantee_status": "3"}),
    ("guarantee", "guarantee_still_runs", "guarantee-past-its-end", {"ends_on": "2026-01-01"}),
    ("guarantee", "adverse_was_told", "adverse-without-notice", {"guarantee_status": "4"}),
    (
        "guarantee", "adverse_was_told", "notice-not-before",
        {"guarantee_status": "4", "adverse_notified_on": "2026-11-24"},
    ),
    ("platform-use", "holds_nothing_barred", "prohibited-content", {"subject_ref": "指纹:01"}),
    ("platform-use", "use_is_agreed", "use-without-consent", {"consent_ref": None}),
    ("platform-use", "use_is_agreed", "use-without-consent", {"consent_given_on": None}),
    ("platform-use", "use_is_agreed", "use-without-notice", {"notice_on": None}),
    ("platform-use", "agreed_before", "consent-after-use", {"consent_given_on": "2026-10-01"}),
    ("platform-use", "agreed_before", "notice-after-consent", {"notice_on": "2026-01-06"}),
    ("platform-use", "days_not_in_future", "day-in-future", {"notice_on": "2026-11-25"}),
    ("platform-use", "month_has_begun", "month-in-future", {"month": "2026-12"}),
    ("platform-use", "month_has_begun", "month-not-over", {"month": "2026-11"}),
    ("platform-use", "late_within_bills", "late-over-bills", {"bills_late": 4, "adverse_notified_on": "2026-11-01"}),
    ("platform-use", "late_use_was_told", "adverse-without-notice", {"bills_late": 1}),
    ("platform-use", "late_use_was_told", "adverse-without-notice", {"overdue_fen": 1}),
    ("platform-use", "spending_means_use", "spend-without-use", {"active_band": "0"}),
    ("business", "holds_nothing_barred", "prohibited-content", {"consent_ref": "病史:无"}),
    ("business", "turnover_is_agreed", "income-without-consent", {"consent_ref": None}),
    ("business", "turnover_is_agreed", "income-without-consent", {"consent_given_on": None}),
    ("business", "turnover_is_agreed", "income-without-warning", {"notice_on": None}),
    ("business", "agreed_before", "consent-after-use", {"consent_given_on": "2026-10-01"}),
    ("business", "days_not_in_future", "day-in-future", {"notice_on": "2026-11-25"}),
    ("business", "month_has_begun", "month-not-over", {"month": "2026-11"}),
    ("business", "refunds_within_turnover", "refund-over-turnover", {"refund_fen": 901}),
    ("business", "customers_within_orders", "customers-over-orders", {"customers": 41}),
    ("business", "days_within_month", "days-over-month", {"active_days": 31}),
    ("business", "turnover_means_days", "turnover-without-days", {"active_days": 0}),
    ("outside-inquiry", "holds_nothing_barred", "prohibited-content", {"asked_by": "faith: none"}),
    ("outside-inquiry", "days_not_in_future", "day-in-future", {"asked_on": "2026-11-25"}),
    ("outside-inquiry", "inquiry_is_recent", "inquiry-too-old", {"asked_on": "2024-11-01"}),
    ("public-record", "holds_nothing_barred", "prohibited-content", {"case_no": "确诊为精神病"}),
    ("public-record", "days_not_in_future", "day-in-future", {"as_of_on": "2026-11-25"}),
    ("public-record", "ended_after_decided", "ended-before-decided", {"ended_on": "2025-05-05"}),
    ("public-record", "fulfilled_has_day", "ended-without-day", {"ended_on": None}),
    ("public-record", "still_may_be_kept", "adverse-term-over", {"decided_on": "2020-01-01", "ended_on": "2021-11-22"}),
    ("public-record", "debt_has_amount", "public-amount-missing", {"amount_fen": None}),
    ("public-record", "adverse_was_told", "adverse-without-notice", {"adverse_notified_on": None}),
    ("public-record", "adverse_was_told", "notice-not-before", {"adverse_notified_on": "2026-11-24"}),
    ("correction", "holds_nothing_barred", "prohibited-content", {"new_value": "N 患有高血压病"}),
    ("correction", "days_not_in_future", "day-in-future", {"decided_on": "2026-11-25"}),
    ("correction", "key_fits_target", "key-not-of-kind", {"month": None}),
    ("correction", "key_fits_target", "key-not-of-kind", {"part": "x"}),
    ("correction", "field_can_be_corrected", "field-not-corrigible", {"field": "limit_fen"}),
    ("correction", "field_can_be_corrected", "field-not-corrigible", {"field": "account_no"}),
    ("correction", "correction_changes", "correction-of-nothing", {"old_value": "N"}),
    ("correction", "new_value_fits", "corrected-value-unfit", {"new_value": "X"}),
    ("correction", "new_value_fits", "corrected-value-unfit", {"new_value": None}),
    ("correction", "adverse_correction_was_told", "adverse-without-notice", {"old_value": "N", "new_value": "2"}),
    ("deletion", "holds_nothing_barred", "prohibited-content", {"key": "基因检测"}),
    ("deletion", "days_not_in_future", "day-in-future", {"decided_on": "2026-11-25"}),
    ("deletion", "key_fits_target", "key-not-of-kind", {"part": None}),
    ("dispute-answer", "holds_nothing_barred", "prohibited-content", {"note": "The person suffers from cancer"}),
    ("dispute-answer", "days_not_in_future", "day-in-future", {"decided_on": "2026-11-25"}),
    ("dispute-answer", "standing_has_document", "stands-without-document", {"document": None}),
]  # fmt: skip
_IDS = [f"{kind}-{rule}" for kind, _, rule, _ in CASES]


def found_in(kind: str, changes: dict[str, Any]) -> list[Finding]:
    """What the checks find in the clean record with some changes."""
    update = parse_json(render_jsonl(CLEAN[kind] | changes), 3)
    assert not isinstance(update, tuple), update
    return list(check(update, 3, CONTEXT))


@pytest.mark.parametrize("kind", CLEAN)
def test_a_clean_record_passes(kind):
    """Of each kind one record in which nothing is found."""
    assert found_in(kind, {}) == []


@pytest.mark.parametrize(("kind", "name", "rule", "changes"), CASES, ids=_IDS)
def test_each_check_catches_its_case(kind, name, rule, changes):
    """The changed record breaks the rule, and the finding shows a field of the record and none of its values."""
    found = [one for one in found_in(kind, changes) if one.rule == rule]
    assert len(found) == 1
    assert found[0].record_no == 3
    assert found[0].field in LAYOUTS[kind].by_name
    assert found[0].hint == ""


@pytest.mark.parametrize(("kind", "name", "rule", "changes"), CASES, ids=_IDS)
def test_only_that_check_catches_it(kind, name, rule, changes, monkeypatch):
    """With the check taken out of the tuple the case is not found any more: each case fails when its check is removed."""
    without = tuple(one for one in CHECKS[kind] if one.__name__ != name)
    assert len(without) == len(CHECKS[kind]) - 1
    monkeypatch.setitem(checks.CHECKS, kind, without)
    assert rule not in [one.rule for one in found_in(kind, changes)]


def test_every_check_has_a_case():
    """No check stands in a tuple without a case that needs it."""
    needed = {(kind, one.__name__) for kind, tuple_ in CHECKS.items() for one in tuple_}
    assert needed == {(kind, name) for kind, name, _, _ in CASES}


def test_there_are_at_least_sixty_rules_that_are_more_than_form():
    """Every rule has its sentences in both languages, and its law is in the pack."""
    rulebook = load_law().on(CONTEXT.today)
    for rule in RULES:
        told = finding_json(Finding(1, rule), rulebook)
        for part in ("what", "why", "harm", "innocent", "cure"):
            assert told[part]["en"].isascii()
            assert any("一" <= char <= "鿿" for char in told[part]["zh"])
    assert len({rule for _, _, rule, _ in CASES}) >= 60


@pytest.mark.parametrize("kind", CHECKS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_checks_never_fail_and_never_repeat_a_value(kind, data):
    """Whatever the layout allows, each check answers; and what it answers are rules and fields."""
    update = parse_json(render_jsonl(data.draw(records(kind))), 1)
    if isinstance(update, tuple):
        return
    for one in check(update, 1, CONTEXT):
        assert one.rule in RULES
        assert one.field in update.__struct_fields__
        assert one.hint == ""


@given(data=st.data())
@settings(max_examples=1500, deadline=None)
def test_the_quick_way_of_a_month_agrees_with_the_long_way(data):
    """A month that the quick way lets through passes every check of the tuple."""
    drawn = data.draw(records("month"))
    drawn |= data.draw(st.fixed_dictionaries({}, optional={"status": st.sampled_from("N*"), "overdue_fen": st.just(0)}))
    drawn |= data.draw(st.sampled_from(({}, {"paid_fen": drawn.get("due_fen", 0)}, {"balance_fen": 10**13})))
    if data.draw(st.booleans()):
        drawn.pop("adverse_notified_on", None)
    update = parse_json(render_jsonl(drawn), 1)
    long = [one(update, CONTEXT) for one in MONTH_CHECKS]
    if is_plain_month(update, CONTEXT):
        assert not any(long)
    assert [(one.rule, one.field) for one in check(update, 1, CONTEXT)] == [one for one in long if one is not None]


def test_the_quick_way_takes_the_common_case():
    """A month paid on time, and one with nothing due, need no check one by one."""
    for status in "N*":
        assert is_plain_month(parse_json(render_jsonl(CLEAN["month"] | {"status": status}), 1), CONTEXT)


def test_a_firm_may_be_called_what_it_does():
    """The name of a firm is not searched: a maker of gene tests is no patient; its key is searched."""
    firm = subject_record(FIRM) | {"name": "虚构市基因检测有限公司"}
    assert check(parse_json(render_jsonl(firm), 1), 1, CONTEXT) == ()
    assert check(parse_json(render_jsonl(firm | {"subject_ref": "基因检测"}), 1), 1, CONTEXT)


def test_the_hash_covers_the_checks(monkeypatch):
    """Another check, another order, another word: another rule pack."""
    known = rule_pack_hash()
    monkeypatch.setitem(checks.CHECKS, "month", MONTH_CHECKS[1:])
    assert rule_pack_hash() != known


def test_the_hash_covers_the_code_of_the_checks():
    """The constant in `checks.py` is the digest of the checks as they stand; paste the one shown here when they change."""
    folder = Path(package.__path__[0])
    files = [folder / name for name in ("checks_accounts.py", "checks_subjects.py")]
    assert hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest() == CHECKS_CODE
