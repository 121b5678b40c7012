"""Made-up Metro 2 records: clean ones have no finding, a planted fault is found by its rule."""

import io
from datetime import date

from openbureau.core.furnishing.offline import check_file
from openbureau.core.metro2.read import PACKED, Form
from openbureau.core.metro2.write import CLEAN, render_file
from openbureau.core.subject import normalize_id
from openbureau.lab.metro2_records import FAULTS, NUMBERS, made_records, social_security_number
from openbureau.law.reader import load_law

DAY = load_law("cn").on(date(2026, 11, 24))


def test_clean_records_have_no_finding() -> None:
    """In characters and packed, every record is taken and nothing is told."""
    for form in (CLEAN, Form(PACKED, True, False)):
        content = b"".join(render_file((record for record, _ in made_records(3, 400)), form))
        checked = check_file(io.BytesIO(content), DAY)
        assert (checked.records, checked.accepted, checked.shown) == (400, 400, ())


def test_each_planted_fault_is_found_by_its_rule_in_its_record() -> None:
    """The rule that was planted is told of that record, and of no clean one."""
    made = list(made_records(5, 600, faults=0.5))
    content = b"".join(render_file(record for record, _ in made))
    checked = check_file(io.BytesIO(content), DAY, most=10_000)
    found = {(one.record_no, one.rule) for one in checked.shown}
    planted = {(number, rule) for number, (_, rule) in enumerate(made, 1) if rule}
    assert planted <= found
    assert {rule for _, rule in planted} == set(FAULTS)
    clean = {number for number, (_, rule) in enumerate(made, 1) if rule is None}
    assert not clean & {number for number, _ in found}


def test_the_same_seed_makes_the_same_people_and_their_numbers_can_be() -> None:
    """Numbers are different and of a form that could be given."""
    assert list(made_records(7, 20)) == list(made_records(7, 20))
    numbers = [social_security_number(at * 7919) for at in range(4_000)]
    assert len(set(numbers)) == 4_000
    for number in (*numbers, social_security_number(NUMBERS - 1)):
        assert normalize_id("us-ssn", f"{number:09d}") is not None
