"""Names, days, numbers and addresses in the spelling in which they are compared; and how characters are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbureau.core.identity.pinyin import pinyin
from openbureau.lab.linkage_fields import COLUMNS, FIELDS, columns_of, day, table_of, telephone, words
from openbureau.lab.names import GIVEN_FEMALE, GIVEN_MALE, GIVEN_SHARED, SURNAMES


def columns(**record: Any) -> dict[str, str | None]:
    """Columns of a record."""
    return columns_of({"key": "k"} | record)


@pytest.mark.parametrize("name", ["WANG XIAOMING", "Xiaoming Wang", "  xiaoming   WANG ", "wang, xiaoming"])
def test_latin_order_and_case_do_not_matter(name: str) -> None:
    """A name in Latin letters is read as its characters are, surname first or last."""
    assert columns(name=name)["latin"] == columns(name="王晓明")["latin"] == "wang xiaoming"
    assert columns(name=name)["whole"] == "wang xiaoming"
    assert columns(name="王晓明")["whole"] is None


def test_surnames_of_two_characters_are_told_apart() -> None:
    """欧阳 is one surname; 欧 with another character is not."""
    assert (columns(name="欧阳娜")["family"], columns(name="欧阳娜")["given"]) == ("欧阳", "娜")
    assert columns(name="王阳娜")["family"] == "王"
    assert columns(name="欧阳")["family"] == "欧"  # two characters are a surname and a given name


@pytest.mark.parametrize(
    ("characters", "reading"),
    [
        ("王", "wang"), ("曾", "zeng"), ("翟", "zhai"), ("吕", "lv"), ("欧阳", "ouyang"), ("诸葛", "zhuge"),
        ("婷", "ting"), ("鑫", "xin"), ("晓明", "xiaoming"), ("燕", "yan"), ("啊", "a"), ("昨", "zuo"), ("座", "zuo"),
        ("㐀", "㐀"), ("Li", "Li"),
    ],
)  # fmt: skip
def test_characters_are_read(characters: str, reading: str) -> None:
    """Common, rare, first and last characters of the table; what is unknown is its own reading."""
    assert pinyin(characters) == reading


def test_every_character_of_the_country_is_read() -> None:
    """No name that the synthetic country can give stays in characters."""
    text = "".join(name for name, _ in SURNAMES) + GIVEN_MALE + GIVEN_FEMALE + GIVEN_SHARED
    assert all(pinyin(char).isascii() for char in text)


@pytest.mark.slow
def test_readings_agree_with_a_list_of_given_names(data_dir: Path) -> None:
    """More than 99 in 100 of the characters in real given names, by how often they come, are read as the list reads them."""
    rows = pq.read_table(data_dir / "names_cn" / "givenname.parquet").to_pylist()
    total = sum(row["name.ppm"] for row in rows)
    right = sum(
        row["name.ppm"] for row in rows if pinyin(row["character"]) == row["pinyin"].rstrip("12345").replace("ü", "v")
    )
    assert right / total > 0.99


def test_numbers_are_upgraded_and_slips_are_kept_apart() -> None:
    """Fifteen digits become eighteen; a number that fails its check is compared but is not sound."""
    old = columns(id_kind="cn-id", id_number="990101 800102 123")
    assert old["sound"] == old["number"] is not None
    assert len(str(old["number"])) == 18
    slip = columns(id_kind="cn-id", id_number="990101198001021230")
    other = columns(id_kind="cn-id", id_number="990101198001021231")
    assert [slip["sound"], other["sound"]].count(None) >= 1
    assert columns(id_number="530-1234")["number"] == "5301234"
    assert columns(id_number="530-1234")["sound"] is None


def test_days_and_telephones() -> None:
    """Several spellings of one day, and of one telephone, are one; what is none is absent."""
    assert {day(text) for text in ("1980-01-03", "19800103", "1980/1/3", "1980年1月3")} == {"19800103"}
    assert day("never") is day("") is day("3 January") is None
    assert telephone("+86 138-0013-8000") == telephone("１３８００１３８０００") == "13800138000"
    assert telephone("1234") is None


def test_a_house_number_is_taken_out_of_the_street() -> None:
    """House and street are compared apart, and usual words are shortened."""
    found = columns(street="1001 West Roosevelt Road.")
    assert (found["house"], found["street"]) == ("1001", "w roosevelt rd")
    assert columns(street="Elm Street", house="7")["house"] == "7"
    assert columns(street="Elm Street", house="7")["street"] == "elm st"


TEXT = st.one_of(
    st.none(), st.text(max_size=20), st.integers(), st.sampled_from(["王伟", "O'Brien", "1980-02-30", "\x00"])
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, TEXT)))
def test_anything_can_be_read(record: dict[str, Any]) -> None:
    """Whatever a record says, it has all columns, each a text that says something or nothing at all."""
    found = columns_of(record)
    assert set(found) == set(COLUMNS)
    assert all(value is None or (isinstance(value, str) and value) for value in found.values())


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=30))
def test_words_of_words_are_the_same(text: str) -> None:
    """Reading a text twice gives what reading it once gives."""
    assert words(" ".join(words(text))) == words(text)


def test_records_are_sorted_by_key() -> None:
    """The table has the same order whatever order the records come in."""
    rows = [{"key": key, "name": "王伟"} for key in "cab"]
    assert table_of(rows)["key"] == table_of(reversed(rows))["key"] == ["a", "b", "c"]
