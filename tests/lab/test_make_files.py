"""Made files are clean where they should be, and faulty exactly where the truth says."""

import json
from datetime import date

import pytest

from openbureau.core.furnishing.offline import check_file
from openbureau.core.furnishing.parse import METRO2
from openbureau.lab.defects import DEFECTS
from openbureau.lab.make_files import OWN_FORMATS, NoSuchDefect, Wish, make_files, parse_defects
from openbureau.lab.metro2_records import FAULTS
from openbureau.law.reader import load_law

UNTIL = date(2026, 11, 24)
RULES = load_law("cn").on(UNTIL)


def found_in(made):
    """What the offline check finds in made files: file, record, rule."""
    found = set()
    for path in made.paths:
        kind = path.stem.rpartition("-")[2] if path.suffix in {".csv", ".parquet"} else None
        with path.open("rb") as file:
            checked = check_file(file, RULES, kind=kind, most=1 << 30)
        found |= {(path.name, one.record_no, one.rule) for one in checked.shown}
    return found


def planted_in(made):
    """What the truth says."""
    return {(one["file"], one["record"], one["rule"]) for one in made.planted}


@pytest.mark.parametrize("form", OWN_FORMATS)
def test_a_clean_file_is_clean(tmp_path, form):
    """In every format, with people and firms."""
    made = make_files(Wish(60, UNTIL, form, seed=3, firms=5), tmp_path)
    assert made.records > 200
    assert made.planted == []
    assert found_in(made) == set()


@pytest.mark.parametrize("rule", sorted(DEFECTS))
def test_each_defect_is_found_where_it_was_planted(tmp_path, rule):
    """By its own rule, at exactly those records, and nothing else is found."""
    people = 300 if rule == "settled-with-balance" else 100  # few accounts are settled
    made = make_files(Wish(people, UNTIL, seed=5, defects={rule: 0.2}), tmp_path)
    assert made.planted
    assert found_in(made) == planted_in(made)


@pytest.mark.parametrize("form", OWN_FORMATS)
def test_many_defects_at_once_in_every_format(tmp_path, form):
    """One defect a record at most; the truth file says the same as what is returned."""
    rules = (
        "late-without-amount",
        "no-limit",
        "bad-identity-number",
        "bad-month",
        "unknown-code",
        "on-time-but-overdue",
    )
    made = make_files(Wish(120, UNTIL, form, seed=9, defects=dict.fromkeys(rules, 0.1)), tmp_path)
    assert found_in(made) == planted_in(made)
    assert len({(one["file"], one["record"]) for one in made.planted}) == len(made.planted)
    assert json.loads((tmp_path / "truth.json").read_text("utf-8")) == made.to_json()


@pytest.mark.parametrize("rule", [None, *sorted(FAULTS)])
def test_a_metro2_file_is_clean_or_has_its_fault(tmp_path, rule):
    """As many records as people; each planted fault is found at its record, and nothing in the others."""
    made = make_files(Wish(120, UNTIL, METRO2, seed=3, defects={rule: 0.2} if rule else {}), tmp_path)
    assert made.records == 120
    assert bool(made.planted) is (rule is not None)
    found = found_in(made)
    assert planted_in(made) <= found
    assert {(file, number) for file, number, _ in found} == {(one["file"], one["record"]) for one in made.planted}


def test_the_same_words_make_the_same_bytes(tmp_path):
    """By the seed, and another seed makes others."""
    made = [
        make_files(Wish(30, UNTIL, seed=seed, defects={"no-limit": 0.5}), tmp_path / str(place))
        for place, seed in enumerate((4, 4, 5))
    ]
    contents = [one.paths[0].read_bytes() for one in made]
    assert contents[0] == contents[1] != contents[2]
    assert made[0].planted == made[1].planted


@pytest.mark.parametrize("text", ["x", "no-limit:0", "no-limit:2", "no-limit:x", "no-limit:-1", ""])
def test_what_is_not_on_offer_is_refused(text):
    """With the list of what is."""
    with pytest.raises(NoSuchDefect):
        parse_defects([text])


def test_unknown_formats_and_furnishers_are_refused(tmp_path):
    """Nothing is written."""
    for wish in (Wish(3, UNTIL, "xml"), Wish(3, UNTIL, furnisher="nobody"), Wish(3, UNTIL, defects={"x": 0.5})):
        with pytest.raises(NoSuchDefect):
            make_files(wish, tmp_path / "none")
    assert not (tmp_path / "none").exists()
