"""Twins, slips of the pen and stolen numbers of the synthetic country, and the truth about them."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from openbureau.core.subject import MADE_UP_PROVINCE, normalize_id
from openbureau.lab.country import Country, make_country
from openbureau.lab.linkage_fields import columns_of
from openbureau.lab.mishaps import PER_FURNISHER, THIEVES_AT, Written, surname_of
from openbureau.lab.truth import truth, write_truth

UNTIL = date(2026, 11, 24)


@pytest.fixture(scope="module")
def country() -> Country:
    """A country with mishaps."""
    return make_country(9, people=2500, firms=20, months=6, until=UNTIL, has_mishaps=True)


@pytest.fixture(scope="module")
def subjects(country: Country) -> list[tuple[str, Written]]:
    """Every furnished subject with its furnisher."""
    return [(name, one) for name in country.furnishers for one in country.written(name)]


def test_without_mishaps_nothing_changes() -> None:
    """A country that does not ask for them has the records and tables it always had."""
    plain = make_country(9, people=40, firms=3, months=6, until=UNTIL)
    assert set(truth(plain)) == {"people", "firms", "accounts", "shocks"}
    for name in plain.furnishers:
        assert [one.mishaps for one in plain.written(name)] == [()] * sum(1 for _ in plain.written(name))
        assert [one.record for one in plain.written(name)] == list(plain.records_of(name, "subject"))
    assert plain.person(12).id_number == make_country(9, people=12, firms=0, months=6, until=UNTIL).person(12).id_number


def test_the_same_seed_gives_the_same_mishaps(country: Country, subjects: list[tuple[str, Written]]) -> None:
    """Mishaps depend on seed, furnisher and number, not on how many people there are."""
    few = make_country(9, people=200, firms=0, months=6, until=UNTIL, has_mishaps=True)
    for name in few.furnishers:
        expected = [
            one
            for at, one in subjects
            if at == name and one.number_of and one.number_of <= "P0200" and len(one.number_of) == 5
        ]
        got = [one for one in few.written(name) if one.number_of]
        assert got == [one for one in expected if not one.number_of.startswith("F")]


def test_two_people_never_have_one_number(country: Country) -> None:
    """Twins have numbers of their own that are valid and of no province."""
    numbers = [person.id_number for person in country.people]
    assert len(set(numbers)) == country.people_count
    assert all(normalize_id("cn-id", number) == number and number[:2] == MADE_UP_PROVINCE for number in numbers)


def test_a_twin_shares_all_but_name_and_number(country: Country) -> None:
    """Day of birth, surname, telephone and town are the other's; the given name and the number are not."""
    twins = 0
    for number in range(1, country.people_count + 1):
        person, struck = country.person_and_mishaps(number)
        if "twin" not in struck:
            continue
        twins += 1
        other = country.person(number - 1)
        assert (person.born_on, person.phone, person.region) == (other.born_on, other.phone, other.region)
        assert surname_of(person.name) == surname_of(other.name)
        assert person.name != other.name
        assert person.id_number != other.id_number
    assert twins >= 10


def test_every_mishap_happens_where_it_should(country: Country, subjects: list[tuple[str, Written]]) -> None:
    """Each kind of slip is there, and only at the furnishers that make it."""
    makers = {
        name: {at for at, slips in PER_FURNISHER.items() if name in dict(slips)}
        for _, slips in PER_FURNISHER.items()
        for name, _ in slips
    }
    seen: Counter[str] = Counter()
    for at, one in subjects:
        seen.update(one.mishaps)
        assert all(at in makers[name] for name in one.mishaps if name in makers)
        person = None if not one.handle.startswith("P") else country.person(int(one.handle[1:]))
        if person is None:
            continue
        record, said = (
            one.record,
            columns_of({"name": one.record["name"], **{f: one.record.get(f) for f in ("id_kind", "id_number")}}),
        )
        assert ("id_number" in record) == ("no-number" not in one.mishaps)
        if "number-typo" in one.mishaps:
            assert said["sound"] is None
        elif "id_number" in record:
            assert said["sound"] == person.id_number
        assert ("15-digit" in one.mishaps) == (
            "id_number" in record and len(record["id_number"]) == 15
        ) or "no-number" in one.mishaps
        if "latin-name" in one.mishaps and "renamed" not in one.mishaps:
            assert record["name"].isascii()
            assert said["latin"] == columns_of({"name": person.name})["latin"]
        if not {"name-typo", "renamed", "latin-name"} & set(one.mishaps):
            assert record["name"] == person.name
        if not {"phone-typo", "shop-phone", "other-phone"} & set(one.mishaps):
            assert record["phone"] == person.phone
    assert set(makers) | {"twin", "household-phone", "renamed", "stolen-number"} == set(seen)


def test_a_thief_is_nobody_of_the_country(subjects: list[tuple[str, Written]]) -> None:
    """A stolen number is told of its victim, with a name and telephone of the thief, who is nobody else."""
    stolen = [(at, one) for at, one in subjects if "stolen-number" in one.mishaps]
    assert stolen
    for at, one in stolen:
        assert at in THIEVES_AT
        assert one.handle.startswith("X-")
        victim = next(other for name, other in subjects if name == at and other.handle == one.number_of)
        assert one.record["born_on"] == victim.record["born_on"]
        assert one.record["name"] != victim.record["name"]
        assert one.record["phone"] != victim.record["phone"]
        assert one.record["subject_ref"] != victim.record["subject_ref"]


def test_people_of_a_case_have_no_mishap(country: Country, subjects: list[tuple[str, Written]]) -> None:
    """A demonstration finds its people as they are."""
    handles = set(country.cases.values())
    assert all(one.mishaps == () for _, one in subjects if one.handle in handles)


def test_truth_tells_who_each_furnished_subject_is(country: Country, tmp_path: Path) -> None:
    """The table `identity` has one row a furnished subject, and stands beside the others under their version."""
    small = make_country(9, people=120, firms=4, months=6, until=UNTIL, has_mishaps=True)
    rows = [
        json.loads(line) for line in write_truth(small, tmp_path)["identity"].read_text(encoding="utf-8").splitlines()
    ]
    furnished = {
        (name, record["subject_ref"]) for name in small.furnishers for record in small.records_of(name, "subject")
    }
    assert {(row["furnisher_id"], row["subject_ref"]) for row in rows} == furnished
    assert len(rows) == len(furnished)
    accounts = {(row["furnisher_id"], row["subject_ref"]): row["handle"] for row in truth(small)["accounts"]}
    for row in rows:
        assert accounts.get((row["furnisher_id"], row["subject_ref"]), row["handle"]) == row["handle"]
