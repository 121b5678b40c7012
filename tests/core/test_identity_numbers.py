"""Has every number and name exactly one spelling, and has what is no number none?"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from openbureau.core.identity.documents import PROVINCES
from openbureau.core.subject import (
    FIRM_ID,
    MADE_UP_PROVINCE,
    PERSON_ID,
    birthday,
    born_on,
    firm_check,
    mask_id,
    mask_name,
    normalize_id,
    normalize_name,
    person_check,
)

DAYS = st.dates(date(1900, 1, 1), date(2026, 11, 24))
FIRM_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@st.composite
def person_ids(draw: st.DrawFn, province: str = MADE_UP_PROVINCE) -> str:
    """A made-up person's number with a right check character."""
    first = f"{province}{draw(st.integers(0, 9999)):04d}{draw(DAYS):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + person_check(first)


@st.composite
def firm_ids(draw: st.DrawFn) -> str:
    """A made-up firm's code with a right check character."""
    rest = draw(st.text(FIRM_ALPHABET, min_size=9, max_size=9))
    first = f"9199{draw(st.integers(0, 9999)):04d}{rest}"
    return first + firm_check(first)


@given(person_ids())
def test_a_right_number_is_its_own_normal_form(number: str) -> None:
    """A number with a right check character and date stands, with the made-up province too."""
    assert normalize_id(PERSON_ID, number) == number
    assert born_on(number) == date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")


@given(st.sampled_from([PERSON_ID, FIRM_ID, "passport"]), st.text(max_size=30))
def test_normalising_twice_is_normalising_once(kind: str, text: str) -> None:
    """Any text: what comes out goes in unchanged."""
    once = normalize_id(kind, text)
    if once is not None:
        assert normalize_id(kind, once) == once


@given(person_ids(), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, step: int) -> None:
    """ISO 7064 MOD 11-2 catches every change of a single character."""
    old = number[place]
    new = str((int(old) + step) % 10) if old.isdigit() else str(step)
    assert new != old
    assert normalize_id(PERSON_ID, number[:place] + new + number[place + 1 :]) is None


@given(person_ids(), st.integers(0, 16))
def test_swapped_neighbours_are_always_noticed(number: str, place: int) -> None:
    """Two different neighbours in the wrong order are refused."""
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert (normalize_id(PERSON_ID, swapped) is None) == (swapped != number)


@given(person_ids())
def test_spelling_does_not_matter(number: str) -> None:
    """Lower-case x, full-width digits, blanks and hyphens are the same number."""
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    for other in (number.lower(), wide, wide.lower(), f"  {number[:6]} {number[6:14]}-{number[14:]} "):
        assert normalize_id(PERSON_ID, other) == number


@given(
    st.tuples(st.sampled_from(sorted(PROVINCES)), st.integers(0, 9999)).map(lambda two: int(f"{two[0]}{two[1]:04d}")),
    st.dates(date(1900, 1, 1), date(1999, 12, 31)),
    st.integers(0, 999),
)
def test_old_numbers_are_upgraded(region: int, born: date, serial: int) -> None:
    """15 digits become 18: the century and the check character are put in."""
    old = f"{region:06d}{born:%y%m%d}{serial:03d}"
    new = normalize_id(PERSON_ID, old)
    assert new is not None
    assert new[:17] == f"{region:06d}{born:%Y%m%d}{serial:03d}"
    assert normalize_id(PERSON_ID, new) == new


@given(person_ids(province="11"))
def test_check_characters_agree_with_another_implementation(number: str) -> None:
    """The check character is the one python-stdnum reckons."""
    assert ric.calc_check_digit(number) == number[17]


@given(firm_ids())
def test_firm_codes_agree_with_another_implementation(code: str) -> None:
    """The check character of a unified social credit code is the one python-stdnum reckons."""
    assert uscc.calc_check_digit(code[:17]) == code[17]
    assert normalize_id(FIRM_ID, code) == normalize_id(FIRM_ID, code.lower()) == code


@given(firm_ids(), st.integers(0, 17), st.integers(1, 30))
def test_one_wrong_character_of_a_firm_code_is_always_noticed(code: str, place: int, step: int) -> None:
    """GB 32100 catches every change of a single character."""
    new = FIRM_ALPHABET[(FIRM_ALPHABET.index(code[place]) + step) % 31]
    assert normalize_id(FIRM_ID, code[:place] + new + code[place + 1 :]) is None


@pytest.mark.parametrize(
    ("day", "is_valid"),
    [
        ("20000229", True), ("19960229", True), ("19000229", False), ("19970229", False), ("19880230", False),
        ("19881301", False), ("19880001", False), ("19880100", False), ("00000101", False),
    ],
)  # fmt: skip
def test_the_birth_date_must_exist(day: str, is_valid: bool) -> None:
    """A right check character does not help a day that never was."""
    first = f"990101{day}123"
    assert (normalize_id(PERSON_ID, first + person_check(first)) is not None) is is_valid


@pytest.mark.parametrize(
    "text", ["", "1", "X" * 18, "99010119880214", "9901011988021400", "九九", "\ud800", "９" * 17, "Ⅷ" * 18]
)
def test_what_has_no_valid_form_has_no_normal_form(text: str) -> None:
    """Wrong lengths, letters and oddities are None, not an exception."""
    assert normalize_id(PERSON_ID, text) is None
    assert normalize_id(FIRM_ID, text) is None


@pytest.mark.parametrize("letter", "IOZSV")
def test_letters_left_out_of_the_alphabet_are_refused(letter: str) -> None:
    """GB 32100 leaves out letters that look like digits."""
    assert normalize_id(FIRM_ID, f"91990101{letter}00000000" + "0") is None


def test_an_unknown_kind_has_no_normal_form() -> None:
    """A right number under a kind we do not know is None."""
    first = "99010119880214001"
    assert normalize_id("passport", first + person_check(first)) is None


@given(st.text(max_size=40))
def test_names_have_one_spelling(name: str) -> None:
    """Normalising twice equals normalising once, on any text."""
    once = normalize_name(name)
    assert normalize_name(once) == once


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提"),
        ("阿依古丽·买买提", "阿依古丽．买买提"),
        ("阿依古丽·买买提", "阿依古丽 ・ 买买提"),
        ("王 伟", "王伟"),
        ("ｗａｎｇ", "Wang"),
        ("王\u3000伟", "王伟"),
        ("e\u0301", "É"),
    ],
)
def test_names_that_are_the_same(left: str, right: str) -> None:
    """Dots, blanks, width, case and composition do not tell people apart."""
    assert normalize_name(left) == normalize_name(right)


@pytest.mark.parametrize(("left", "right"), [("王伟", "王薇"), ("阿依古丽", "阿依古丽·买买提"), ("李", "")])
def test_names_that_differ(left: str, right: str) -> None:
    """Different names stay different."""
    assert normalize_name(left) != normalize_name(right)


@pytest.mark.parametrize(
    ("born", "years", "day"),
    [
        ("2008-02-29", 18, "2026-03-01"), ("2008-02-29", 16, "2024-02-29"), ("2008-02-28", 18, "2026-02-28"),
        ("2008-03-01", 18, "2026-03-01"), ("2007-12-31", 18, "2025-12-31"), ("2008-02-29", 0, "2008-02-29"),
    ],
)  # fmt: skip
def test_birthdays(born: str, years: int, day: str) -> None:
    """29 February counts as 1 March in other years."""
    assert birthday(date.fromisoformat(born), years) == date.fromisoformat(day)


@given(DAYS, st.integers(0, 120))
def test_nobody_comes_of_age_too_early(born: date, years: int) -> None:
    """The day lies so many years on and never before the same day of the year."""
    day = birthday(born, years)
    assert day.year == born.year + years
    assert (day.month, day.day) >= (born.month, born.day)


@given(st.text(min_size=2, max_size=20))
def test_masks_hide_all_but_the_ends(text: str) -> None:
    """A masked name shows its last character, a masked number first and last, and both keep their length."""
    assert mask_name(text) == "*" * (len(text) - 1) + text[-1]
    assert mask_id(text) == text[0] + "*" * (len(text) - 2) + text[-1]


@pytest.mark.parametrize(("name", "shown"), [("王", "*王"), ("", "*")])
def test_short_names_are_masked_too(name: str, shown: str) -> None:
    """A single character does not tell that it is the whole name."""
    assert mask_name(name) == shown


def test_short_numbers_do_not_fail() -> None:
    """Masking never raises."""
    assert [mask_id(text) for text in ("", "1", "12")] == ["", "11", "12"]
