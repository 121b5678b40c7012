"""What a Metro 2 record becomes: subjects, tradelines, months, deletions; and what is never made up."""

from datetime import date
from typing import Any

import pytest

from core.metro2_files import FORMS, OTHER, made
from openbureau.core.credit_file import ADVERSE
from openbureau.core.furnishing import codes
from openbureau.core.furnishing.batch import Batch, RecordReader
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.parse import Dialect
from openbureau.core.metro2 import layout
from openbureau.core.metro2.read import form_of, split_form
from openbureau.core.metro2.write import CLEAN, render_file, render_record
from openbureau.core.subject import normalize_id
from openbureau.law.reader import load_law

CONTEXT = check_context(load_law("cn").on(date(2026, 11, 24)))
DIALECT = Dialect("metro2", "character", ("lines",))
SSN = "us-ssn:123456789"


def read(*records: dict[str, Any], trailer: dict[str, Any] | None = None) -> Batch:
    """The batch of a whole file of these records."""
    reader = RecordReader(DIALECT, CONTEXT)
    content = b"".join(render_file(records, trailer=trailer))
    batch = reader.read(split_form([content], form_of(DIALECT.record, DIALECT.columns), 1 << 20))
    batch.findings += reader.end().findings
    return batch


def told(batch: Batch) -> list[tuple[int, str, str]]:
    return [(one.record_no, one.rule, one.field) for one in batch.findings]


def test_a_record_becomes_subject_tradeline_and_months() -> None:
    """Every value goes where the page says: whole dollars to cents, days to days, the person under their number."""
    batch = read(made())
    assert told(batch) == []
    ((_, subject),) = batch.subjects
    assert (subject.kind, subject.id_kind, subject.id_number) == ("person", "us-ssn", "123456789")
    assert (subject.name, subject.born_on, subject.phone) == ("JANE Q MADEUP", date(1985, 5, 31), "5550100200")
    ((_, line),) = batch.tradelines
    assert (line.account_no, line.subject_ref, line.role) == ("LOAN-1", SSN, "borrower")
    assert (line.account_type, line.business_type, line.account_status) == ("D1", "21", "1")
    assert (line.currency, line.limit_fen, line.opened_on) == ("USD", 2_400_000, date(2024, 1, 15))
    assert (line.as_of_on, line.closed_on, line.due_on) == (date(2026, 10, 31), None, date(2029, 1, 15))
    present = next(month for _, month in batch.months if month.month == "2026-10")
    assert (present.status, present.balance_fen, present.due_fen) == ("N", 900_000, 45_000)
    assert (present.paid_fen, present.overdue_fen) == (45_000, 0)
    history = sorted(month.month for _, month in batch.months if month is not present)
    assert (len(history), history[0], history[-1]) == (24, "2024-10", "2026-09")
    assert all(month.balance_fen is None for _, month in batch.months if month is not present)


def test_the_newest_letter_is_the_month_before_the_record() -> None:
    """The history is counted back from the day of the record, over the turn of the year, and not before the opening."""
    batch = read(made(date_account_information="2026-02-28", date_last_payment="2026-02-01", date_opened="2025-11-20",
                      payment_history_profile="DE0" + "B" * 21))  # fmt: skip
    assert told(batch) == []
    assert [(month.month, month.status) for _, month in batch.months if month.balance_fen is None] == [
        ("2025-11", "N"), ("2025-12", "*"), ("2026-01", "#"),
    ]  # fmt: skip


def test_adverse_months_stay_out_and_are_told() -> None:
    """Metro 2 has no proof of the notice of Art. 15: late months are left out, counted and told; the rest is taken."""
    batch = read(made(payment_history_profile="00210" + "0" * 19, date_first_delinquency="2026-06-20"))
    assert told(batch) == [(1, "adverse-without-notice", "payment_history_profile")]
    assert batch.findings[0].hint == "months left out: 2"
    assert {month.month for _, month in batch.months}.isdisjoint({"2026-07", "2026-06"})
    assert (batch.accepted, batch.refused, len(batch.months)) == (1, 0, 23)
    assert all(month.status not in ADVERSE for _, month in batch.months)


@pytest.mark.parametrize("status", sorted({*layout.PAST_DUE, *layout.DERELICT}))
def test_a_present_adverse_state_refuses_the_record(status: str) -> None:
    """Nothing is furnished as current that is not, and nothing adverse without notice: the record stays out."""
    batch = read(made(
        account_status=status, payment_rating="1" if status in layout.RATED else "", amount_past_due=450,
        original_charge_off_amount=450, date_first_delinquency="2026-01-20", payment_history_profile="6543210" + "0" * 17,
    ))  # fmt: skip
    assert (1, "adverse-without-notice") in {(number, rule) for number, rule, _ in told(batch)}
    assert (batch.refused, batch.subjects, batch.tradelines, batch.months) == (1, [], [], [])


def test_every_letter_and_status_has_its_meaning() -> None:
    """The tables are whole, speak the vocabulary of openbureau/1, and every late letter is adverse or has no equal."""
    assert set(layout.HISTORY_MONTHS) == set(layout.HISTORY)
    assert set(layout.MONTH_OF_STATUS) == set(layout.STATUSES) - layout.DELETIONS
    for code, status in (*layout.HISTORY_MONTHS.items(), *layout.MONTH_OF_STATUS.items()):
        assert status is None or status == layout.NO_EQUAL or status in codes.MONTH_STATUSES, code
    late = {
        letter for letter, status in layout.HISTORY_MONTHS.items() if status == layout.NO_EQUAL or status in ADVERSE
    }
    assert late == set("123456GHJKL")
    assert set(layout.ACCOUNT_STATUS) == set(layout.MONTH_OF_STATUS)
    for row in layout.ACCOUNT_STATUS.values():
        for account_type, status in zip(layout.ACCOUNT_STATUS_TYPES, row, strict=True):
            assert status in codes.STATUSES_OF_TYPE[account_type]
    assert {row[2] for row in layout.ACCOUNT_TYPES.values()} <= set(codes.BUSINESS_TYPES)
    assert {kind for kind, row in layout.ACCOUNT_TYPES.items() if row[3] == "C"} == layout.LINE_TYPES


@pytest.mark.parametrize("code", ["W", "X"])
def test_codes_that_sources_read_in_opposite_ways_are_never_acted_on(code: str) -> None:
    """W and X: the table names both readings, the record stays out, and nobody is marked deceased or a firm."""
    english, chinese = layout.ECOA[code]
    assert "deceased" in english
    assert "business" in english
    assert "死亡" in chinese
    assert code in layout.ECOA_UNCLEAR
    batch = read(
        made(ecoa_code=code), made(consumer_account_number="LOAN-2", others={"j1": [{**OTHER, "ecoa_code": code}]})
    )
    assert told(batch) == [(1, "m2-ecoa-unclear", "ecoa_code"), (2, "m2-other-left-out", "j1.ecoa_code")]
    assert [number for number, _ in batch.subjects] == [2]
    assert batch.parties == []


@pytest.mark.parametrize(("status", "reason"), [("DA", "other"), ("DF", "fraud")])
def test_a_deletion_deletes_and_says_nothing_else(status: str, reason: str) -> None:
    """DA and DF become the deletion of the account; no subject, tradeline or month comes with it."""
    batch = read(made(account_status=status))
    ((_, deletion),) = batch.deletions
    assert (deletion.target, deletion.key, deletion.reason) == ("tradeline", "LOAN-1", reason)
    assert deletion.decided_on == date(2026, 10, 31)
    assert (batch.subjects, batch.tradelines, batch.months, batch.accepted) == ([], [], [], 1)


@pytest.mark.parametrize("name", ["j1", "j2"])
@pytest.mark.parametrize(
    ("code", "role"), [("2", "co-borrower"), ("5", "guarantor"), ("3", None), ("T", None), ("Z", None)]
)
def test_other_persons_are_parties(name: str, code: str, role: str | None) -> None:
    """Who owes with the first person is a party with their part; who does not owe is left out and told."""
    batch = read(made(ecoa_code="2", others={name: [{**OTHER, "ecoa_code": code}]}))
    if role is None:
        assert told(batch) == [(1, "m2-other-left-out", f"{name}.ecoa_code")]
        assert (len(batch.subjects), batch.parties) == (1, [])
        return
    assert told(batch) == []
    ((_, party),) = batch.parties
    assert (party.account_no, party.subject_ref, party.role) == ("LOAN-1", "us-ssn:123456780", role)
    assert [subject.id_number for _, subject in batch.subjects] == ["123456789", "123456780"]


@pytest.mark.parametrize("number", [0, 666_12_3456, 987_65_4321, 123_00_4567, 219_09_9999])
def test_a_number_that_cannot_be_is_nobodys(number: int) -> None:
    """Zero, ranges never given and numbers printed in advertisements identify nobody, in base and appended segments."""
    assert normalize_id("us-ssn", f"{number:09d}") is None
    batch = read(made(social_security_number=number))
    assert batch.refused == 1
    assert {rule for _, rule, _ in told(batch)} <= {"m2-no-identity", "bad-identity-number"}
    batch = read(made(others={"j2": [{**OTHER, "social_security_number": number}]}))
    assert told(batch) == [(1, "m2-other-left-out", "j2.social_security_number")]
    assert batch.parties == []


def test_a_deletion_needs_only_its_account_and_its_day() -> None:
    """What else stands in a record that deletes is not furnished, so it is not asked; without account or day it is."""
    emptied = {
        "social_security_number": 0, "date_birth": None, "date_opened": None, "highest_credit": 0, "current_balance": 0,
        "portfolio_type": "", "ecoa_code": "", "payment_history_profile": "", "terms_duration": "", "account_type": "",
    }  # fmt: skip
    batch = read(made(account_status="DA", **emptied))
    assert (told(batch), len(batch.deletions)) == ([], 1)
    assert told(read(made(account_status="DA", consumer_account_number=""))) == [
        (1, "m2-no-account", "consumer_account_number")
    ]
    assert told(read(made(account_status="DF", date_account_information=None))) == [
        (1, "m2-day-missing", "date_account_information")
    ]


def test_the_same_person_twice_is_one() -> None:
    """J1 with the number of the first person is left out and told; the record is taken."""
    batch = read(made(ecoa_code="2", others={"j1": [{**OTHER, "social_security_number": 123456789}]}))
    assert told(batch) == [(1, "m2-other-left-out", "j1.social_security_number")]
    assert (len(batch.subjects), batch.parties, len(batch.months)) == (1, [], 25)


def test_who_does_not_owe_gets_no_tradeline() -> None:
    """An authorised user, an ended tie and a deleted one make no debt."""
    for code in "3TZ":
        batch = read(made(ecoa_code=code))
        assert told(batch) == [(1, "m2-tie-not-applied", "ecoa_code")]
        assert batch.tradelines == []


def test_a_nameless_person_and_a_child_are_refused() -> None:
    """The rules of the door hold for Metro 2 as for any other file."""
    assert told(read(made(surname="", first_name="", middle_name=""))) == [(1, "missing-field", "surname")]
    young = made(date_birth="2014-01-10", date_opened="2025-11-20", payment_history_profile="0" * 11 + "B" * 13)
    assert told(read(young)) == [(1, "child", "id_number")]


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"date_birth": "2020-01-01"}, "id_number", "child"),
        ({"date_birth": "2030-01-01"}, "born_on", "day-in-future"),
        ({"first_name": "DIAGNOSED", "surname": "CANCER"}, "name", "prohibited-content"),
    ],
)
def test_whom_the_door_refuses_stays_out_as_another_person_too(changes: dict[str, Any], field: str, rule: str) -> None:
    """A child, a day to come and a statement on health in J1 or J2: that person is left out with the rule; the record stays."""
    for name in ("j1", "j2"):
        batch = read(made(ecoa_code="2", others={name: [OTHER | changes]}))
        left = [one for one in batch.findings if one.rule == "m2-other-left-out"]
        assert (f"{name}.{field}", rule) in {(one.field, one.hint) for one in left}
        assert ([subject.id_number for _, subject in batch.subjects], batch.parties) == (["123456789"], [])
        assert (batch.accepted, batch.refused) == (1, 0)


def test_a_deletion_of_a_day_to_come_is_refused() -> None:
    """The rules of a deletion hold for Metro 2 as well."""
    batch = read(made(account_status="DA", date_account_information="2027-01-31"))
    assert (batch.deletions, batch.refused) == ([], 1)


@pytest.mark.parametrize(
    ("opened", "terms", "due"),
    [("2024-01-31", "012", "2025-01-31"), ("2024-01-31", "013", "2025-02-28"), ("2023-11-30", "003", "2024-02-29")],
)
def test_a_loan_ends_on_the_day_it_began_or_the_last_of_the_month(opened: str, terms: str, due: str) -> None:
    """Terms are months from the opening."""
    batch = read(made(date_opened=opened, terms_duration=terms, payment_history_profile="0" * 24))
    assert batch.tradelines[0][1].due_on == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("changes", "account_type", "limit", "status"),
    [
        ({"portfolio_type": "R", "account_type": "18", "terms_duration": "REV", "credit_limit": 500}, "R2", 50_000, "1"),
        ({"portfolio_type": "C", "account_type": "15", "terms_duration": "LOC", "credit_limit": 700}, "R1", 70_000, "1"),
        ({"portfolio_type": "M", "account_type": "26", "terms_duration": "030", "credit_limit": 9}, "D1", 2_400_000, "1"),
        ({"account_status": "62", "current_balance": 0, "date_closed": "2026-10-20", "date_first_delinquency": "2026-01-01",
          "payment_history_profile": "0" * 24}, "D1", 2_400_000, "3"),
        ({"account_status": "05", "payment_rating": "0", "current_balance": 0, "date_closed": "2026-10-20"},
         "D1", 2_400_000, "5"),
    ],
)  # fmt: skip
def test_types_limits_and_statuses(changes: dict[str, Any], account_type: str, limit: int, status: str) -> None:
    """Portfolio and type give the account type; a line's limit is its limit, a loan's its original amount."""
    batch = read(made(**changes))
    assert told(batch) == []
    line = batch.tradelines[0][1]
    assert (line.account_type, line.limit_fen, line.account_status) == (account_type, limit, status)


# ------------------------------------------------------------------------------------------------ whole files


def test_a_trailer_that_counts_otherwise_is_told_by_name() -> None:
    """Each total that differs, with what was counted; a right trailer is silent in every form."""
    batch = read(
        made(), made(others={"j1": [OTHER]}, ecoa_code="2"), trailer={"total_status_code11": 3, "total_base_records": 2}
    )
    assert [(one.rule, one.field, one.hint) for one in batch.findings] == [
        ("m2-trailer-count", "total_status_code11", "counted here: 2")
    ]
    for form in FORMS:
        reader = RecordReader(Dialect("metro2", form.packing, form.words), CONTEXT)
        content = b"".join(render_file([made(), made(others={"j2": [OTHER]}, ecoa_code="2")], form))
        assert reader.read(split_form([content], form, 1 << 20)).findings == []
        assert reader.end().findings == []


def test_missing_header_missing_trailer_and_records_behind_the_trailer_are_told() -> None:
    """A file cut at either end, or two files in one, is told of the file and its records are read."""
    header, record, trailer = (render_record(one) for one in ({"header": {}}, made(), {"trailer": {}}))
    counted = b"".join(render_file([made()]))
    for content, rules in (
        (record + trailer, {"m2-header-missing", "m2-trailer-count"}),
        (header + record, {"m2-trailer-missing"}),
        (counted + record, {"m2-after-trailer", "m2-trailer-missing"}),
        (counted + counted, set()),
    ):
        reader = RecordReader(DIALECT, CONTEXT)
        batch = reader.read(split_form([content], CLEAN, 1 << 20))
        found = {one.rule for one in (*batch.findings, *reader.end().findings)}
        assert (found, batch.refused) == (rules, 0)


def test_an_odd_header_is_told_of_the_file() -> None:
    """Values of the header that cannot be read are named; the records are taken."""
    content = b"".join(
        render_file([made()], header={"activity_date": b"02302026", "reporter_telephone_number": b"12345A7890"})
    )
    reader = RecordReader(DIALECT, CONTEXT)
    batch = reader.read(split_form([content], CLEAN, 1 << 20))
    assert told(batch) == [
        (0, "m2-header-odd", "reporter_telephone_number"),
        (0, "m2-header-odd", "activity_date"),
    ]
    assert batch.accepted == 1


def test_a_reader_that_recalls_counts_like_one_that_did_not_stop() -> None:
    """What was read before a load was cut short is counted again, and only counted."""
    pieces = list(split_form([b"".join(render_file([made(), made(), made()]))], CLEAN, 1 << 20))
    reader = RecordReader(DIALECT, CONTEXT, next_record=3, is_begun=True)
    reader.recall(pieces[:3])
    batch = reader.read(pieces[3:])
    assert [number for number, _ in batch.tradelines] == [3]
    assert batch.findings == reader.end().findings == []
