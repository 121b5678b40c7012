"""The synthetic country: the same for a seed, valid, consistent, and made for the door."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest

from openbureau.core.credit_file import ADVERSE, month_end
from openbureau.core.furnishing import codes
from openbureau.core.furnishing.batch import Batch, RecordReader
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.parse import JSONL, Dialect
from openbureau.core.furnishing.records import Piece
from openbureau.core.furnishing.write import render_jsonl
from openbureau.core.member import Role
from openbureau.core.purpose import PURPOSES
from openbureau.core.subject import MADE_UP_PROVINCE, birthday, born_on, normalize_id
from openbureau.lab.chance import shuffled
from openbureau.lab.country import Country, NoSuchOne, make_country
from openbureau.lab.firms import organisation_code
from openbureau.lab.loans import is_default, last_whole_month
from openbureau.law.reader import load_law

UNTIL = date(2026, 11, 24)


def country_of(**changes: Any) -> Country:
    """A country of moderate size."""
    given: dict[str, Any] = {"people": 120, "firms": 12, "months": 24, "until": UNTIL} | changes
    return make_country(given.pop("seed", 7), **given)


@pytest.fixture(scope="module")
def country() -> Country:
    return country_of()


def read(records: Iterator[dict[str, Any]], day: date = UNTIL) -> Batch:
    """The records through the parser and checks of the door."""
    reader = RecordReader(Dialect(JSONL), check_context(load_law().on(day)))
    return reader.read(Piece(render_jsonl(record), True, True) for record in records)


def digest(country: Country) -> str:
    """A hash over every record of every furnisher."""
    made = hashlib.sha256()
    for furnisher in country.furnishers:
        for record in country.records(furnisher):
            made.update(render_jsonl(record))
    return made.hexdigest()


def months_by_account(country: Country) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The months of each account, as furnished."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for furnisher in country.furnishers:
        for record in country.records_of(furnisher, "month"):
            found[furnisher, record["account_no"]].append(record)
    return found


def tradelines_by_account(country: Country) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (furnisher, record["account_no"]): record
        for furnisher in country.furnishers
        for record in country.records_of(furnisher, "tradeline")
    }


def test_same_seed_same_country() -> None:
    """The same seed gives the same records; another seed gives others."""
    first = digest(country_of(people=30, firms=3))
    assert first == digest(country_of(people=30, firms=3))
    assert first != digest(country_of(people=30, firms=3, seed=8))


def test_a_person_is_the_same_however_many_there_are() -> None:
    """Person k, the accounts of k and their months do not depend on how many people there are."""
    few, many = country_of(people=20, firms=3), country_of(people=400, firms=30)
    for number in range(1, 21):
        person = few.person(number)
        assert person == many.person(number)
        assert few.accounts(person) == many.accounts(person)
        for account in few.accounts(person):
            assert few.history(account, person) == many.history(account, person)
    assert [few.firm(number) for number in (1, 2, 3)] == [many.firm(number) for number in (1, 2, 3)]


def test_accounts_at_one_furnisher_are_those_of_the_whole(country: Country) -> None:
    """Asking for one furnisher's accounts gives the same accounts as asking for all."""
    for person in country.people:
        apart = [account for name in country.furnishers for account in country.accounts(person, at=name)]
        assert sorted(apart, key=lambda account: account.number) == list(country.accounts(person))


def test_identity_numbers_are_valid_and_of_no_province() -> None:
    """Every number has its check character, a real day of birth, a province that does not exist, and one owner."""
    country = country_of(people=3000, firms=500)
    numbers = set()
    for person in country.people:
        assert normalize_id("cn-id", person.id_number) == person.id_number
        assert person.id_number[:2] == MADE_UP_PROVINCE
        assert born_on(person.id_number) == person.born_on
        assert (int(person.id_number[16]) % 2 == 1) == (person.gender == "male")
        numbers.add(person.id_number)
    for firm in country.firms:
        assert normalize_id("cn-uscc", firm.id_number) == firm.id_number
        assert firm.id_number[2:4] == MADE_UP_PROVINCE
        assert organisation_code(firm.id_number[8:16]) == firm.id_number[8:17]
        numbers.add(firm.id_number)
    assert len(numbers) == 3500


def test_no_two_places_of_a_shuffle_meet() -> None:
    """The shuffle behind identity numbers is one to one and has no room beyond its size."""
    for size in (1, 2, 37, 1000):
        assert sorted(shuffled(index, size, "key") for index in range(size)) == list(range(size))
    with pytest.raises(ValueError, match="has no room"):
        shuffled(37, 37, "key")


def test_organisation_code_of_a_published_example() -> None:
    """The check character of the middle part is the one of GB 11714's own example, D2143569-X."""
    assert organisation_code("D2143569") == "D2143569X"


def test_everybody_is_of_age_but_the_minor(country: Country) -> None:
    """Only the named minor is younger than eighteen, and nobody held an account before that day."""
    for person in country.people:
        of_age_on = birthday(person.born_on, 18)
        assert (of_age_on > UNTIL) == (person.case == "minor")
        assert all(account.opened_on >= of_age_on for account in country.accounts(person))


@pytest.mark.parametrize(
    ("months", "until"),
    [(6, UNTIL), (24, UNTIL), (72, date(2026, 11, 30)), (24, date(2028, 2, 29)), (36, date(2026, 1, 1))],
)
def test_every_record_passes_the_door(months: int, until: date) -> None:
    """Parsing and checks of the door find nothing, for any span and last day."""
    country = country_of(months=months, until=until)
    for furnisher in country.furnishers:
        batch = read(country.records(furnisher), until)
        assert not batch.findings
        assert batch.refused == 0
        assert batch.accepted == batch.records > 0


def test_the_door_would_notice(country: Country) -> None:
    """The check above can fail: an adverse month without its notice is found."""
    late = next(
        record
        for name in country.furnishers
        for record in country.records_of(name, "month")
        if record["status"] in ADVERSE
    )
    del late["adverse_notified_on"]
    assert [found.rule for found in read(iter([late])).findings] == ["adverse-without-notice"]


def test_every_subject_is_marked_synthetic(country: Country) -> None:
    """No subject leaves the lab without its mark, and none without a reference that its accounts use."""
    for furnisher in country.furnishers:
        subjects = list(country.records_of(furnisher, "subject"))
        assert subjects
        assert all(subject["synthetic"] is True for subject in subjects)
        refs = {subject["subject_ref"] for subject in subjects}
        assert len(refs) == len(subjects)
        assert {line["subject_ref"] for line in country.records_of(furnisher, "tradeline")} <= refs


def test_records_come_subjects_first_and_one_by_one() -> None:
    """Records are an iterator in the order subject, tradeline, month, and memory does not grow with the months."""
    country = country_of(people=10_000_000, months=120)
    tracemalloc.start()
    try:
        seen = list(islice(country.records("bank-chengxin"), 50))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert {record["record"] for record in seen} == {"subject"}
    assert peak < 1_000_000
    order = [record["record"] for record in country_of().records("bank-chengxin")]
    assert order == sorted(order, key=["subject", "tradeline", "month"].index)
    assert set(order) == {"subject", "tradeline", "month"}


def test_months_do_not_pile_up() -> None:
    """Going through all months of a furnisher holds a small part of them at any time."""
    country = country_of(people=600, months=72)
    tracemalloc.start()
    try:
        count = sum(1 for _ in country.records_of("bank-heshan", "month"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count > 10_000
    assert peak < count * 60  # one month as a record takes several hundred bytes


@pytest.mark.parametrize("months", [24, 72])
def test_sums_hold_from_month_to_month(months: int) -> None:
    """Balance and overdue follow from the month before and what was due and paid; nothing exceeds the limit."""
    country = country_of(months=months, people=300)
    lines = tradelines_by_account(country)
    checked = 0
    for key, rows in months_by_account(country).items():
        line = lines[key]
        is_loan = line["account_type"] in {"D1", "R4"}
        for row in rows:
            assert 0 <= row["overdue_fen"] <= row["balance_fen"] <= line["limit_fen"]
        for before, row in pairwise(rows):
            owed = before["overdue_fen"] + row["due_fen"] - row["paid_fen"]
            assert row["overdue_fen"] == max(owed, 0)
            drawn = row["balance_fen"] - (before["balance_fen"] - row["paid_fen"])
            assert drawn == 0 if is_loan else drawn >= 0
            assert owed >= 0 or not is_loan
            checked += 1
    assert checked > 3000


def test_statuses_tell_the_months_late() -> None:
    """A band rises by one month at a time, starts at 1, and stands exactly where something is overdue."""
    country = country_of(months=72, people=400)
    seen = set()
    for rows in months_by_account(country).values():
        band = 0
        for row in rows:
            status = row["status"]
            seen.add(status)
            assert (row["overdue_fen"] > 0) == (status in "1234567B")
            assert ("adverse_notified_on" in row) == (status in ADVERSE)
            now = int(status) if status in "1234567" else 7 if status == "B" else 0
            assert now <= band + 1
            band = now
            if status == "B":
                assert row["overdue_fen"] == row["balance_fen"] > 0
    assert seen == set("N*M1234567CB")


def test_closed_accounts_end_with_c_and_open_ones_reach_the_last_month() -> None:
    """An account closes with C, a balance of zero and a closing day in that month; any other goes on to the end."""
    country = country_of(months=36, people=300)
    lines = tradelines_by_account(country)
    last = f"{country.span[1] // 12:04d}-{country.span[1] % 12 + 1:02d}"
    closed = 0
    for key, rows in months_by_account(country).items():
        line = lines[key]
        assert [row["month"] for row in rows] == sorted({row["month"] for row in rows})
        assert rows[0]["month"] >= line["opened_on"][:7]
        assert "C" not in {row["status"] for row in rows[:-1]}
        is_closed = rows[-1]["status"] == "C"
        assert is_closed == ("closed_on" in line)
        assert is_closed == (line["account_status"] in codes.CLOSED_STATUSES[line["account_type"]])
        assert is_closed == (rows[-1]["balance_fen"] == 0 and rows[-1]["status"] == "C")
        if is_closed:
            assert line["closed_on"][:7] == rows[-1]["month"]
            closed += 1
        else:
            assert rows[-1]["month"] == last
    assert closed > 50


def test_status_and_grade_of_an_account_follow_its_last_month() -> None:
    """Account status and five-class grade agree with the last month."""
    country = country_of(months=36, people=500)
    lines = tradelines_by_account(country)
    grades = {"N": {"1"}, "*": {"1"}, "M": {"1"}, "C": {"1"}, "B": {"5"}, "1": {"2"}, "2": {"2"}, "3": {"2"}}
    grades |= {"4": {"3"}, "5": {"3"}, "6": {"3"}, "7": {"3", "4", "5"}}
    for key, rows in months_by_account(country).items():
        line, status = lines[key], rows[-1]["status"]
        assert line["five_class"] in grades[status]
        if line["account_type"] == "R2":
            assert (line["account_status"] == "2") == (status in "34567")
            assert (line["account_status"] == "5") == (status == "B")
        else:
            assert (line["account_status"] == "2") == (status in "1234567")
            assert (line["account_status"] == "4") == (status == "B")


def test_notices_lie_before_the_end_of_their_month(country: Country) -> None:
    """The person is told within the adverse month, long enough before anything can be furnished."""
    for rows in months_by_account(country).values():
        for row in rows:
            if "adverse_notified_on" in row:
                told = date.fromisoformat(row["adverse_notified_on"])
                assert row["adverse_notified_on"][:7] == row["month"]
                assert told + timedelta(days=6) <= month_end(told.year * 12 + told.month - 1)


def test_people_hold_accounts_at_several_furnishers(country: Country) -> None:
    """Many people are known to several furnishers, under another key at each."""
    held = [{account.furnisher_id for account in country.accounts(person)} for person in country.people]
    assert sum(len(furnishers) > 1 for furnishers in held) > country.people_count // 3
    for person in country.people:
        refs = {(account.furnisher_id, account.subject_ref) for account in country.accounts(person)}
        assert len({ref for _, ref in refs}) == len(refs)


def test_default_is_related_to_traits_and_shocks() -> None:
    """The imprudent, the poor and those struck by loss of work default more often: there is something to learn."""
    country = country_of(people=2500, firms=0, months=36)
    groups: dict[str, list[bool]] = defaultdict(list)
    for person in country.people:
        if person.case:
            continue
        for account in country.accounts(person):
            history = country.history(account, person)
            bad = is_default(history)
            groups["low" if person.traits.prudence < 400 else "high" if person.traits.prudence > 600 else "mid"].append(
                bad
            )
            groups["poor" if person.traits.band < 3 else "rich"].append(bad)
            first, last = history.rows[0][0], history.rows[-1][0]
            struck = any(first <= blow.first_month <= last for blow in person.traits.shocks)
            groups["struck" if struck else "spared"].append(bad)
    rate = {name: sum(bads) / len(bads) for name, bads in groups.items()}
    assert rate["low"] > 3 * rate["high"]
    assert rate["low"] > rate["mid"] > rate["high"]
    assert rate["poor"] > 1.3 * rate["rich"]
    assert rate["struck"] > 1.5 * rate["spared"]
    assert 0.02 < sum(groups["low"] + groups["mid"] + groups["high"]) / sum(
        len(groups[name]) for name in ("low", "mid", "high")
    ) < 0.2  # fmt: skip


def test_members_are_as_the_contract_says(country: Country) -> None:
    """Two platforms, banks and a finance company; one that only asks, several that do both; contracts hold on the day."""
    kinds = [member.kind for member in country.members]
    assert kinds.count("51") == 2
    assert kinds.count("24") == 1
    assert kinds.count("11") + kinds.count("12") == 3
    assert any(member.roles == {Role.LENDER} for member in country.members)
    assert sum(member.roles == {Role.LENDER, Role.FURNISHER} for member in country.members) >= 3
    for member in country.members:
        assert member.purposes <= set(PURPOSES)
        assert member.contract_from == date(2025, 11, 24)
        assert member.contract_until == date(2027, 11, 24)
        assert member.is_active
        assert member.verify_key == b""
    assert "bank-jiuwei" not in country.furnishers


def test_last_whole_month() -> None:
    """A month counts once its last day has come."""
    assert last_whole_month(date(2026, 11, 24)) == 2026 * 12 + 9
    assert last_whole_month(date(2026, 11, 30)) == 2026 * 12 + 10
    assert last_whole_month(date(2026, 1, 1)) == 2025 * 12 + 11


def test_clear_words_for_what_cannot_be(country: Country) -> None:
    """Months, numbers and names outside the country are refused with a message that says what would do."""
    with pytest.raises(ValueError, match="months run from 6"):
        country_of(months=5)
    with pytest.raises(ValueError, match="counted from 0 up"):
        country_of(people=-1)
    with pytest.raises(NoSuchOne, match="numbered 1 to 120"):
        country.person(121)
    with pytest.raises(NoSuchOne, match="numbered 1 to 12"):
        country.firm(0)
    with pytest.raises(NoSuchOne, match="bank-chengxin"):
        country.records("bank-nowhere")
    with pytest.raises(NoSuchOne, match="P0001"):
        country.one("Q0001")
    assert country.one("P0002") == country.person(2)
    assert country.one("F0003") == country.firm(3)
