"""The named cases: there in the smallest country, and as their names say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from openbureau.core.credit_file import ADVERSE, CreditFile, Tradeline, month_number, visible
from openbureau.lab.country import Country, make_country
from openbureau.lab.loans import Account, History
from openbureau.law.reader import load_law

UNTIL = date(2026, 11, 24)


def tiny(months: int = 72, seed: int = 3, until: date = UNTIL) -> Country:
    return make_country(seed, people=12, firms=1, months=months, until=until)


def held(country: Country, case: str) -> list[tuple[Account, History]]:
    """The accounts of a case with what became of them."""
    owner = country.one(country.cases[case])
    return [(account, country.history(account, owner)) for account in country.accounts(owner)]


def statuses(history: History) -> str:
    return "".join(row[1] for row in history.rows)


@pytest.fixture(params=[1, 3, 99])
def country(request: pytest.FixtureRequest) -> Country:
    return tiny(seed=request.param)


def test_cases_are_there_in_a_tiny_country() -> None:
    """Twelve people and one firm hold every case; fewer months leave out only the expired one."""
    names = {
        "good-payer", "late-payer", "cured", "expired", "thin-file", "many-lenders", "minor", "no-record",
        "sole-trader", "firm-good",
    }  # fmt: skip
    assert set(tiny().cases) == names
    assert set(tiny(months=24).cases) == names - {"expired"}
    assert set(tiny(months=6).cases) == names - {"expired"}
    assert set(make_country(3, people=3, firms=0, months=24, until=UNTIL).cases) == {
        "good-payer", "late-payer", "cured",
    }  # fmt: skip


def test_cases_are_the_same_people_in_a_large_country() -> None:
    """A case has the same handle and the same person however large the country is."""
    large = make_country(3, people=500, firms=40, months=72, until=UNTIL)
    assert large.cases == tiny().cases
    assert large.person(2) == tiny().person(2)


@pytest.mark.parametrize("months", [6, 24, 72])
def test_good_payer_is_never_late(months: int) -> None:
    """The good payer has several accounts and nothing but order on them, up to the last month."""
    country = tiny(months)
    accounts = held(country, "good-payer")
    assert len(accounts) >= 3
    for _, history in accounts:
        assert set(statuses(history)) <= set("N*")
        assert history.rows[-1][0] == country.span[1]


@pytest.mark.parametrize("months", [6, 24, 72])
def test_late_payer_is_late_now(months: int) -> None:
    """The late payer's last months are adverse on two accounts, one of them three months late."""
    last = [statuses(history)[-3:] for _, history in held(tiny(months), "late-payer")]
    assert last[0] == "123"
    assert last[1][-1] == "1"


@pytest.mark.parametrize("months", [6, 24, 72])
def test_cured_was_late_and_is_in_order(months: int) -> None:
    """The cured one was late half a year ago and has been in order since."""
    found = statuses(held(tiny(months), "cured")[0][1])
    assert found.endswith("12NNNN")
    assert all(not ADVERSE.intersection(statuses(history)) for _, history in held(tiny(months), "cured")[1:])


def test_expired_event_is_out_of_sight(country: Country) -> None:
    """The expired one's only adverse months ended more than five years ago: they are furnished but never shown."""
    accounts = held(country, "expired")
    late = [(account, history) for account, history in accounts if ADVERSE.intersection(statuses(history))]
    assert len(late) == 1
    account, history = late[0]
    years = load_law().on(UNTIL).typed.adverse_years.number
    assert history.closed_on is not None
    line = as_tradeline(account, history)
    known = CreditFile("s", "person", (line,), (), (), datetime(2026, 11, 24, tzinfo=UTC), True)
    assert ADVERSE.intersection(line.statuses)
    assert not ADVERSE.intersection(visible(known, retention_years=years, today=UNTIL).tradelines[0].statuses)
    # On the day after the closing of the account they could still be seen.
    then = visible(known, retention_years=years, today=history.closed_on)
    assert ADVERSE.intersection(then.tradelines[0].statuses)


def as_tradeline(account: Account, history: History) -> Tradeline:
    columns: list[tuple[Any, ...]] = list(zip(*history.rows, strict=True))
    return Tradeline(
        "t", account.furnisher_id, account.product.account_type, account.product.business_type, account.role,
        account.opened_on, history.closed_on, None, "CNY", account.limit_fen, history.account_status, None, UNTIL,
        columns[0][0], "".join(columns[1]), columns[2], columns[3], columns[4], columns[5],
        datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip


def test_thin_file_has_one_account_of_two_months(country: Country) -> None:
    """The thin file is one account with two months."""
    ((_, history),) = held(country, "thin-file")
    assert statuses(history) == "*N"
    assert month_number(UNTIL) - history.rows[0][0] == 2


def test_many_lenders(country: Country) -> None:
    """This one owes at four furnishers or more."""
    assert len({account.furnisher_id for account, _ in held(country, "many-lenders")}) >= 4


def test_minor_is_known_without_loans(country: Country) -> None:
    """The minor is furnished as a subject by one platform, without any account."""
    minor = country.one(country.cases["minor"])
    assert held(country, "minor") == []
    places = [
        (name, record["record"])
        for name in country.furnishers
        for record in country.records_of(name, "subject")
        if record["id_number"] == minor.id_number
    ]
    assert places == [("platform-yunfu", "subject")]


def test_no_record_person_is_furnished_by_nobody(country: Country) -> None:
    """The person without a record exists, and no furnisher knows the number."""
    nobody = country.one(country.cases["no-record"])
    furnished = {record["id_number"] for name in country.furnishers for record in country.records_of(name, "subject")}
    assert nobody.id_number not in furnished
    assert country.one(country.cases["good-payer"]).id_number in furnished


def test_sole_trader_is_a_person_with_business_loans(country: Country) -> None:
    """The sole trader is a natural person who holds business loans."""
    trader = country.person(int(country.cases["sole-trader"][1:]))
    assert trader.kind == "person"
    assert trader.is_sole_trader
    assert "41" in {account.product.business_type for account, _ in held(country, "sole-trader")}


def test_good_firm_is_an_enterprise_in_order(country: Country) -> None:
    """The good firm is an enterprise with nothing adverse."""
    firm = country.one(country.cases["firm-good"])
    assert (firm.kind, firm.id_kind) == ("enterprise", "cn-uscc")
    accounts = held(country, "firm-good")
    assert len(accounts) == 2
    assert all(set(statuses(history)) <= set("N*") for _, history in accounts)


@pytest.mark.parametrize("until", [date(2024, 2, 29), date(2026, 12, 31), date(2026, 1, 1)])
def test_cases_hold_on_any_last_day(until: date) -> None:
    """The cases do not hang on one day of the year."""
    country = tiny(until=until)
    assert statuses(held(country, "late-payer")[0][1]).endswith("123")
    assert statuses(held(country, "thin-file")[0][1]) == "*N"
    closed = [history.closed_on for _, history in held(country, "expired")]
    assert closed[0] is not None
    assert (until - closed[0]).days > 5 * 366
