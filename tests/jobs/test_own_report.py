"""The person sees all that is held on them; what only they may see is on nobody else's way."""

from datetime import date

import msgspec
import psycopg
import pytest
from jsonschema import Draft202012Validator
from psycopg import errors

from jobs.test_further_records import AGREED, BUSINESS, USE
from openbureau.core.answer.schema import own_report_shape
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.subject.own_report import own_report
from world import FIRM, PEOPLE, World, jsonl

PLAIN = PEOPLE["plain"]
LATE_USE = USE | {
    "subject_ref": "P0005", "service": "pay-later", "bills_late": 1, "overdue_fen": 700, "adverse_notified_on": "2026-09-30",
}  # fmt: skip
OLD_USE = LATE_USE | {"month": "2020-03", "overdue_fen": 0, "adverse_notified_on": "2020-03-30"}
OLD_USE |= dict.fromkeys(("consent_given_on", "notice_on"), "2020-01-05")


@pytest.fixture(scope="module")
def active(shared_world: World) -> World:
    """A person with months of use, of which one is late and one was late long ago; a firm with business."""
    _, made = furnish(shared_world.bureau, "bank-alpha", jsonl([LATE_USE, OLD_USE, BUSINESS]))
    assert made.progress.added + made.progress.unchanged == 3, made.findings
    return shared_world


def test_the_person_sees_use_and_business(active: World) -> None:
    """Every month that is held, newest first, with the days of consent and notice; late figures past their term are gone."""
    found = own_report(active.bureau, active.subject_id(PLAIN))
    Draft202012Validator(own_report_shape()).validate(found)
    newest, oldest = found["platform_use"]
    assert newest == {
        "furnisher": "bank-alpha", "service": "pay-later", "month": "2026-09", "active_band": "16+", "spend_band": "2",
        "bills": 3, "bills_late": 1, "overdue_fen": 700, "adverse_notified_on": "2026-09-30",
        "consent_given_on": AGREED["consent_given_on"], "notice_on": AGREED["notice_on"],
    }  # fmt: skip
    assert (oldest["month"], oldest["bills"]) == ("2020-03", 3)
    assert (oldest["bills_late"], oldest["overdue_fen"], oldest["adverse_notified_on"]) == (None, None, None)
    assert found["business"] == []
    (month,) = own_report(active.bureau, active.subject_id(FIRM))["business"]
    assert (month["month"], month["turnover_fen"], month["penalties"]) == ("2026-09", 9_000_000, 0)


def test_the_newest_version_counts(active: World) -> None:
    """A month that was sent again shows once, as it stands now."""
    active.clock.forward(minutes=1)
    furnish(active.bureau, "bank-alpha", jsonl([BUSINESS | {"orders": 41}]))
    (month,) = own_report(active.bureau, active.subject_id(FIRM))["business"]
    assert month["orders"] == 41


def test_no_lender_sees_it(active: World) -> None:
    """Under a consent for everything, neither a report nor an attribute has a trace of it."""
    give_consent(active.bureau, active.subject_id(PLAIN), member_id="bank-alpha", purpose="loan-approval")
    for product in ("report", "attributes"):
        told = answer_inquiry(active.request(PLAIN, product=product), active.bureau)
        assert isinstance(told, Answered), told
        assert b"pay-later" not in told.answer
        assert not {"platform_use", "business"} & set(msgspec.json.decode(told.answer))


def test_one_function_reads_it_and_the_tables_are_out_of_reach(active: World) -> None:
    """Of all functions of the store only the one for the person names the tables; no serving role reads them itself."""
    with psycopg.connect(active.url) as connection:
        found = connection.execute(
            "select p.proname from pg_proc p where p.pronamespace = 'bureau'::regnamespace "
            "and (p.prosrc like '%platform_use_fact%' or p.prosrc like '%business_fact%')"
        ).fetchall()
    assert found == [("own_activity",)]
    for table in ("platform_use_fact", "business_fact"):
        with active.bureau.store.connection("api") as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"select * from bureau.{table}")
    for role in ("billing", "courier", "linkage", "sequencer", "eraser", "keeper"):
        with active.bureau.store.connection(role) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("select bureau.own_activity(%s)", ["00000000-0000-0000-0000-000000000000"])


def test_nobody_held_has_nothing(shared_world: World) -> None:
    """A person without such months has two empty blocks."""
    found = own_report(shared_world.bureau, shared_world.subject_id(PEOPLE["minor"]))
    assert found["platform_use"] == found["business"] == []
    assert date.fromisoformat(found["header"]["made_at"][:10])
