"""Papers of every kind: what is a number, what is none, and what a check character catches."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.iso7064 import mod_11_10

from openbureau.core.furnishing.codes import ID_KINDS
from openbureau.core.identity.documents import (
    DOCUMENTS,
    MADE_UP_PROVINCE,
    PROVINCES,
    firm_check,
    is_woman,
    normal_number,
    organisation_check,
    person_check,
    related_number,
)

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHECKED = [kind for kind, document in DOCUMENTS.items() if document.is_checked]


@st.composite
def numbers(draw: st.DrawFn, kind: str) -> str:
    """A right number of a kind that has a check character."""
    if kind == "cn-id":
        first = f"{draw(st.sampled_from(sorted(PROVINCES)))}{draw(st.integers(0, 9999)):04d}"
        first += f"{draw(st.dates(date(1900, 1, 1), date(2026, 1, 1))):%Y%m%d}{draw(st.integers(0, 999)):03d}"
        return first + person_check(first)
    if kind == "cn-uscc":
        first = f"9199{draw(st.integers(0, 9999)):04d}{draw(st.integers(0, 10**9 - 1)):09d}"
        return first + firm_check(first)
    if kind == "cn-organisation":
        first = draw(st.text(LETTERS, min_size=8, max_size=8))
        return first + organisation_check(first)
    first = f"{draw(st.integers(0, 10**14 - 1)):014d}"
    return first + mod_11_10.calc_check_digit(first)


def test_the_furnished_kinds_are_the_documents() -> None:
    """Every kind has Chinese and English words, and the layout takes them all."""
    assert list(ID_KINDS) == list(DOCUMENTS)
    assert all(zh and en for zh, en in ID_KINDS.values())


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
@given(text=st.one_of(st.text(max_size=24), st.from_regex(r"[A-Z]{0,3}[0-9]{7,18}[0-9X]?", fullmatch=True)))
def test_normalising_is_idempotent(kind: str, text: str) -> None:
    """Whatever comes out goes in unchanged."""
    once = normal_number(kind, text)
    if once is not None:
        assert normal_number(kind, once) == once


@pytest.mark.parametrize("kind", CHECKED)
@given(data=st.data())
def test_a_check_character_catches_every_single_error(kind: str, data: st.DataObject) -> None:
    """A right number stands; with any one digit replaced by any other it does not."""
    number = data.draw(numbers(kind))
    assert normal_number(kind, number) == number
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    if kind == "cn-organisation" and not number[place].isdigit():
        return
    assert normal_number(kind, number[:place] + wrong + number[place + 1 :]) is None


@given(number=numbers("cn-id"))
def test_fifteen_digits_are_the_same_person(number: str) -> None:
    """Both forms of one number have one normal form, for whoever was born in the 20th century."""
    if number[6:8] == "19":
        assert normal_number("cn-id", number[:6] + number[8:17]) == number


@given(number=numbers("cn-id"), province=st.integers(0, 99).map(lambda value: f"{value:02d}"))
def test_a_province_that_never_was_is_no_number(number: str, province: str) -> None:
    """A right check character does not help a code of no province; the made-up one stands."""
    first = province + number[2:17]
    known = province in PROVINCES or province == MADE_UP_PROVINCE
    assert (normal_number("cn-id", first + person_check(first)) is not None) == known


def test_no_division_that_ever_was_is_refused(data_dir: Path) -> None:
    """Every county code of the published lists, retired ones too, and of today's; python-stdnum agrees on the sample."""
    parquet = pytest.importorskip("pyarrow.parquet")
    codes = set()
    for name in ("gb2260_history", "areas"):
        table = parquet.read_table(data_dir / "divisions_cn" / f"{name}.parquet")
        column = next(one for one in table.column_names if one.lower() == "code")
        codes |= {str(code) for code in table.column(column).to_pylist()}
    counties = {code for code in codes if len(code) == 6}
    assert len(counties) > 3000
    for code in counties:
        first = f"{code}19750317001"
        assert normal_number("cn-id", first + person_check(first)) is not None, code
    first = "11010119750317001"
    assert ric.is_valid(first + person_check(first))


@pytest.mark.parametrize(
    ("kind", "text", "normal"),
    [
        ("cn-passport", "e 1234 5678", "E12345678"),
        ("cn-passport", "EA1234567", "EA1234567"),
        ("cn-passport", "EI1234567", None),
        ("passport", "GBR 123456789", "GBR123456789"),
        ("passport", "123456789", None),
        ("cn-hk-macao-permit", "H1234567801", "H12345678"),
        ("cn-hk-macao-permit", "h12345678", "H12345678"),
        ("cn-hk-macao-permit", "K12345678", None),
        ("cn-taiwan-permit", "１２３４５６７８", "12345678"),
        ("cn-taiwan-permit", "1234567", None),
        ("cn-foreigner-permanent", "CAN110078050101", "CAN110078050101"),
        ("cn-foreigner-permanent", "CAN11007805010", None),
        ("cn-military", "南字第1234567号", "南字第1234567号"),
        ("cn-military", "南字 1234567", "南字第1234567号"),
        ("cn-military", "1234567", None),
        ("cn-registration", "110000000000018", None),
        ("us-ssn", "536-90-4399", "536904399"),
        ("us-ssn", "000-12-3456", None),
        ("horse", "1", None),
    ],
)
def test_forms(kind: str, text: str, normal: str | None) -> None:
    """One example of each form, and a near miss."""
    assert normal_number(kind, text) == normal


def test_the_new_card_of_a_foreigner_is_checked() -> None:
    """It begins with 9 and a province, and carries the check character of a person's number."""
    first = "91112419810803002"
    number = first + person_check(first)
    assert normal_number("cn-foreigner-permanent", number) == number
    assert normal_number("cn-foreigner-permanent", first + ("1" if number[17] != "1" else "2")) is None
    assert normal_number("cn-foreigner-permanent", "9991241981080300" + person_check("99912419810803002")) is None


def test_a_firms_code_contains_its_organisation_code() -> None:
    """Places 9 to 17 of a unified code, where they pass the organisation code's own check."""
    inner = "12345678" + organisation_check("12345678")
    first = "91110000" + inner
    assert related_number("cn-uscc", first + firm_check(first)) == ("cn-organisation", inner)
    assert related_number("cn-id", "110101197503170018") is None


def test_the_sex_stands_in_the_serial() -> None:
    """Odd is a man, even a woman."""
    assert is_woman("990101197503170028")
    assert not is_woman("990101197503170018")
