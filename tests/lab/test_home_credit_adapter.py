"""The Home Credit sample as openbureau/1 records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from openbureau.core.furnishing.batch import RecordReader
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.parse import JSONL, Dialect
from openbureau.core.furnishing.records import Piece
from openbureau.core.furnishing.write import render_jsonl
from openbureau.core.subject import normalize_id
from openbureau.lab.country import make_country
from openbureau.lab.home_credit import HomeCredit, NoHomeCredit, identity, month_statuses
from openbureau.law.reader import load_law

TODAY = date(2026, 11, 24)
BUREAU = (
    "SK_ID_CURR,SK_ID_BUREAU,CREDIT_ACTIVE,CREDIT_TYPE,DAYS_CREDIT,DAYS_CREDIT_ENDDATE,DAYS_ENDDATE_FACT,"
    "DAYS_CREDIT_UPDATE,CREDIT_DAY_OVERDUE,AMT_CREDIT_SUM,AMT_CREDIT_SUM_LIMIT\n"
    "100001,501,Closed,Consumer credit,-120,-30.0,-35.0,-30,0,1234.565,\n"
    "100001,502,Active,Credit card,-400,,,-5,0,0.0,500.0\n"
    "100002,503,Active,Car loan,-90,600.0,,-5,40,0.0,\n"
    "100002,504,Sold,Mortgage,-900,600.0,-20.0,-5,0,900.0,\n"
    "100003,505,Active,Interbank credit,-90,600.0,-10.0,-5,0,700.0,\n"
)
BALANCE = (
    "SK_ID_BUREAU,MONTHS_BALANCE,STATUS\n"
    "501,0,C\n501,-1,C\n501,-2,1\n501,-3,X\n501,-4,0\n"
    "502,0,C\n502,-1,0\n503,0,2\n503,-1,5\n"
)  # fmt: skip


@pytest.fixture
def made_up(tmp_path: Path) -> HomeCredit:
    """A few rows in the form of the source."""
    (tmp_path / "bureau.csv").write_text(BUREAU, encoding="utf-8")
    (tmp_path / "bureau_balance.csv").write_text(BALANCE, encoding="utf-8")
    return HomeCredit(tmp_path)


@pytest.fixture(scope="module")
def sample(data_dir: Path) -> HomeCredit:
    """The sample itself; a skip with a message where it is absent."""
    pytest.importorskip("pyarrow", reason="the sample is Parquet: pip install 'openbureau[parquet]'")
    directory = data_dir / "home_credit_sample"
    if not directory.is_dir():
        pytest.skip(f"the Home Credit sample is not at {directory}")
    return HomeCredit(directory)


def pieces(records: Iterator[dict[str, Any]]) -> Iterator[Piece]:
    return (Piece(render_jsonl(record), True, True) for record in records)


def test_every_row_becomes_a_record(made_up: HomeCredit) -> None:
    """Subjects come first and once each, then one tradeline and one month for each row of the source."""
    kinds = [record["record"] for record in made_up.records()]
    assert kinds == ["subject"] * 3 + ["tradeline"] * 5 + ["month"] * 9
    assert all(record["synthetic"] is True for record in made_up.subjects())


def test_tradelines_say_what_the_source_says(made_up: HomeCredit) -> None:
    """Days count from the reference day, amounts are hundredths, and what is unknown is left out."""
    first, card, late, sold, odd = made_up.tradelines()
    assert first == {
        "record": "tradeline", "account_no": "hc-501", "subject_ref": "hc-100001", "role": "borrower",
        "account_type": "D1", "business_type": "91", "opened_on": "2026-03-02", "due_on": "2026-05-31",
        "closed_on": "2026-05-26", "currency": "XXX", "limit_fen": 123456, "account_status": "3",
        "as_of_on": "2026-05-31",
    }  # fmt: skip
    assert (card["account_type"], card["business_type"], card["limit_fen"]) == ("R2", "81", 50000)
    assert "due_on" not in card
    assert "closed_on" not in card
    assert (late["account_status"], late["business_type"], late["limit_fen"]) == ("2", "21", 0)
    assert (sold["account_status"], sold["business_type"]) == ("5", "11")
    assert (odd["business_type"], odd["account_status"]) == ("99", "1")


def test_months_say_what_the_source_says(made_up: HomeCredit) -> None:
    """Months are in order, statuses in our words, amounts absent and never zero, adverse months with their day of notice."""
    months = list(made_up.months())
    told = [(month["account_no"], month["month"], month["status"]) for month in months]
    assert told == [
        ("hc-501", "2026-02", "N"), ("hc-501", "2026-03", "#"), ("hc-501", "2026-04", "1"), ("hc-501", "2026-05", "C"),
        ("hc-501", "2026-06", "*"), ("hc-502", "2026-05", "N"), ("hc-502", "2026-06", "*"), ("hc-503", "2026-05", "5"),
        ("hc-503", "2026-06", "2"),
    ]  # fmt: skip
    for month in months:
        assert not {"balance_fen", "due_fen", "paid_fen", "overdue_fen"}.intersection(month)
        assert month.get("adverse_notified_on") == (f"{month['month']}-15" if month["status"] in "1234567" else None)


def test_contradictions_become_findings(made_up: HomeCredit) -> None:
    """A zero amount and a closing day on an open account are told, with every line accounted for."""
    batch = RecordReader(Dialect(JSONL), check_context(load_law().on(TODAY))).read(pieces(made_up.records()))
    rules = {"no-limit": 1, "closed-but-open-status": 1, "currency-not-stated": 5, "late-amount-unknown": 3}
    assert Counter(found.rule for found in batch.findings) == rules
    assert batch.accepted + batch.refused == batch.records == 17


def test_c_stands_once_and_only_where_the_account_closed() -> None:
    """C stands in the first month of the last run on a closed account; every other C is nothing due."""
    assert month_statuses(list("00CCC"), is_closed=True) == list("NNC**")
    assert month_statuses(list("00CCC"), is_closed=False) == list("NN***")
    assert month_statuses(list("CCC"), is_closed=True) == list("***")
    assert month_statuses(list("CC12CC"), is_closed=True) == list("**12C*")
    assert month_statuses(list("X0"), is_closed=True) == list("#N")
    assert month_statuses([], is_closed=True) == []


def test_identities_are_valid_fixed_and_apart_from_the_country() -> None:
    """The same number gives the same made-up identity, no two share one, and none is of the synthetic country."""
    assert identity(100001) == identity(100001)
    numbers = {identity(number)[0] for number in range(100_001, 103_001)}
    assert len(numbers) == 3000
    assert all(normalize_id("cn-id", number) == number for number in numbers)
    assert {number[:6] for number in numbers} == {"998001"}
    country = make_country(1, people=300, firms=0, months=6, until=TODAY)
    assert "998001" not in {person.region for person in country.people}


def test_a_folder_without_the_sample_is_named(tmp_path: Path) -> None:
    """A wrong folder is told as such."""
    with pytest.raises(NoHomeCredit, match=r"neither bureau\.parquet nor bureau\.csv"):
        HomeCredit(tmp_path)


def test_the_whole_sample(sample: HomeCredit) -> None:
    """24,617 tradelines and 596,932 months come through the door, each accepted or found wanting, none lost."""
    reader = RecordReader(Dialect(JSONL), check_context(load_law().on(TODAY)))
    kinds: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    lines = accepted = refused = 0
    stream = pieces(record for record in sample.records() if kinds.update((record["record"],)) is None)
    while chunk := list(islice(stream, 20_000)):
        batch = reader.read(chunk)
        lines, accepted, refused = lines + batch.records, accepted + batch.accepted, refused + batch.refused
        rules.update(found.rule for found in batch.findings)
    assert kinds == {"subject": 4_353, "tradeline": 24_617, "month": 596_932}
    assert accepted + refused == lines == 625_902
    assert refused == 0
    assert rules == {
        "currency-not-stated": 24_617, "late-amount-unknown": 6_094, "no-limit": 982, "as-of-too-old": 651,
        "term-too-long": 557, "loan-without-due-day": 272, "closed-without-day": 76, "closed-after-as-of": 39,
        "closed-but-open-status": 32, "as-of-before-opened": 1,
    }  # fmt: skip


def test_the_sample_has_one_identity_a_person(sample: HomeCredit) -> None:
    """The people of the sample get as many identity numbers as they are, and every account is somebody's."""
    people = sample.people()
    assert len({identity(number)[0] for number in people}) == len(people) == 4_353
    refs = {f"hc-{number}" for number in people}
    accounts = {line["account_no"]: line["subject_ref"] for line in sample.tradelines()}
    assert set(accounts.values()) == refs
    assert {month["account_no"] for month in sample.months()} <= set(accounts)
