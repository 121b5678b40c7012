"""The desk: who decides, what follows, who sees what, and what it leaves in the chains."""

import json
from types import SimpleNamespace

import psycopg
import pytest

from openbureau.core.identity.rules import Choice, Standing
from openbureau.core.staff import StaffRole
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.identity.desk import DeskRefused, Said, cases, decide_case, undo_link, view_case
from openbureau.jobs.identity.detect import detect_mixed, detect_split
from openbureau.jobs.identity.propose import propose
from openbureau.jobs.staff.sign_in import Staff
from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.own_report import own_report
from world import PEOPLE, Person, jsonl, loan, months, person_id, subject_record

ONE, TWO, THREE = (Staff(f"reviewer-{number}", StaffRole.REVIEWER) for number in (1, 2, 3))
GOOD, LATE = PEOPLE["good"], PEOPLE["late"]


def load(world, records, member="micro-gamma"):
    furnish(world.bureau, member, jsonl(records))


def rows(world, query):
    with psycopg.connect(world.url) as connection:
        return connection.execute(query).fetchall()


def conflict(world, person):
    """Another furnisher sends the same number under another name, with a loan; the case."""
    ref = f"G-{person.handle}"
    records = [subject_record(person) | {"subject_ref": ref, "name": "王某某"}]
    records += [loan(person, account_no=f"{ref}-1", subject_ref=ref), *months(f"{ref}-1", "N" * 24)]
    load(world, records)
    return next(
        row.case
        for row in cases(world.bureau, ONE)
        if row.case.kind == "id-name-conflict" and world.subject_id(person) in {row.case.subject_id, row.case.other_id}
    )


def where(world, case_id, staff=ONE):
    return next(row for row in cases(world.bureau, staff) if row.case.case_id == case_id)


def test_one_reviewer_links_and_undoes(world):
    """Without anything adverse one decision is enough; the files are one until the undo, and then as before."""
    mine = world.subject_id(GOOD)
    before = own_report(world.bureau, mine)["accounts"]
    case = conflict(world, GOOD)
    assert not where(world, case.case_id).needs_two
    said = Said(Choice.LINK, "更名，户口簿已核对")
    assert decide_case(world.bureau, ONE, case.case_id, said=said) is Standing.LINKED
    assert len(own_report(world.bureau, mine)["accounts"]) == len(before) + 1
    with pytest.raises(DeskRefused, match="decided"):
        decide_case(world.bureau, TWO, case.case_id, said=said)
    undo_link(world.bureau, TWO, case.case_id, reason="户口簿系他人所有")
    assert own_report(world.bureau, mine)["accounts"] == before
    assert not view_case(world.bureau, ONE, case.case_id).is_linked
    kept = rows(world, "select reason_sealed from bureau.desk_decision")
    assert all("户口簿".encode() not in row[0] for row in kept)


def test_an_undo_that_fails_leaves_the_link(world):
    """The end of a link and its reason are one transaction: where the reason cannot be kept, nothing has happened."""
    case = conflict(world, GOOD)
    decide_case(world.bureau, ONE, case.case_id, said=Said(Choice.LINK, "更名"))
    with pytest.raises(UnicodeEncodeError):
        undo_link(world.bureau, TWO, case.case_id, reason="\ud800")
    assert view_case(world.bureau, ONE, case.case_id).is_linked
    assert [entry.kind for entry in diary(world.bureau, world.subject_id(GOOD))].count("unlink") == 0


def test_adverse_information_needs_two_who_do_not_see_each_other(world):
    """The second decides blind; two who differ call a third; two alike decide."""
    case = conflict(world, LATE)
    assert where(world, case.case_id).needs_two
    assert decide_case(world.bureau, ONE, case.case_id, said=Said(Choice.LINK, "first")) is Standing.SECOND
    assert view_case(world.bureau, TWO, case.case_id).opinions == ()
    assert [one.reason for one in view_case(world.bureau, ONE, case.case_id).opinions] == ["first"]
    with pytest.raises(DeskRefused):
        decide_case(world.bureau, ONE, case.case_id, said=Said(Choice.LINK, "again"))
    holder = world.subject_id(LATE)
    apart = Said(Choice.APART, "second", holder_id=holder)
    assert decide_case(world.bureau, TWO, case.case_id, said=apart) is Standing.ESCALATED
    assert where(world, case.case_id, THREE).is_mine_to_decide
    assert decide_case(world.bureau, THREE, case.case_id, said=apart) is Standing.KEPT_APART
    assert {one.reason for one in view_case(world.bureau, TWO, case.case_id).opinions} == {"first", "second"}
    assert rows(world, "select count(*) from bureau.identifier_dismissed") == [(1,)]


def test_a_look_is_in_both_chains_before_it_is_shown(world):
    """Each person reads in the diary that a reviewer looked, and why; the list of cases leaves nothing."""
    case = conflict(world, GOOD)
    mine = world.subject_id(GOOD)
    cases(world.bureau, ONE)
    assert "staff-view" not in [entry.kind for entry in diary(world.bureau, mine)]
    view = view_case(world.bureau, ONE, case.case_id)
    assert {side.name for side in view.sides} == {GOOD.name, "王某某"}
    for side in (case.subject_id, case.other_id):
        found = [entry for entry in diary(world.bureau, side) if entry.kind == "staff-view"]
        assert [(entry.purpose, "reviewer-1" in entry.actor_en) for entry in found] == [("identity-review", True)]


def test_papers_open_a_new_round_and_a_stolen_number_needs_two(world):
    """Whoever asked for papers may decide once they are there; a claim of theft asks for a second reviewer."""
    case = conflict(world, GOOD)
    assert decide_case(world.bureau, ONE, case.case_id, said=Said(Choice.PAPERS, "请提供户口簿")) is Standing.PAPERS
    assert where(world, case.case_id).is_mine_to_decide
    stolen = Said(Choice.APART, "号码被冒用", is_stolen=True)
    assert decide_case(world.bureau, ONE, case.case_id, said=stolen) is Standing.SECOND
    assert where(world, case.case_id).needs_two
    for reason in ("", " ", "x" * 2001):
        with pytest.raises(DeskRefused, match="reason"):
            decide_case(world.bureau, TWO, case.case_id, said=Said(Choice.APART, reason))


def test_the_detectors_find_what_was_planted_and_nothing_else(world):
    """A traveller with a passport, a twin, a home in two places, a life after death; twice finds nothing new."""
    clean = detect_mixed(world.bureau), detect_split(world.bureau)
    assert [one.cases for one in clean] == [0, 0]
    twin = Person("T0001", person_id(61), "甄丽")
    passport = subject_record(GOOD) | {"subject_ref": "pp", "id_kind": "cn-passport", "id_number": "E12345678"}
    phone = {"phone": "13800138000"}
    load(world, [subject_record(GOOD) | phone | {"subject_ref": "known"}, passport | phone | {"name": "ZHEN LIANG"}])
    load(world, [subject_record(twin) | phone])
    home = {"business_type": "11", "account_type": "D1"}
    load(world, [subject_record(LATE) | {"region": "440103"}, loan(LATE, 7, **home), *months("P0002-7", "N" * 24)])
    away = subject_record(LATE) | {"region": "230102", "born_on": "1988-02-14", "subject_ref": "away"}
    load(world, [away, loan(LATE, 8, subject_ref="away", **home), *months("P0002-8", "N" * 24)], member="bank-alpha")
    with psycopg.connect(world.url) as connection:
        connection.execute(
            "update bureau.subject set deceased_on = '2020-01-01' where subject_id = %s", [world.subject_id(LATE)]
        )
    mixed, split = detect_mixed(world.bureau, page=2), detect_split(world.bureau, page=1)
    assert (mixed.cases, split.cases) == (1, 1)
    found = dict(rows(world, "select kind, evidence->'reasons' from bureau.desk_case"))
    assert set(found["mixed-file"]) >= {"homes-apart", "lives-after-death"}
    assert set(found["split-file"]) == {"same-phone", "same-name", "other-paper"}
    assert (detect_mixed(world.bureau).cases, detect_split(world.bureau).cases) == (0, 0)
    runs = rows(world, "select count(*) from bureau.event where kind = 'model-run'")
    assert runs == [(6,)]


def test_a_killed_detector_goes_on(world, monkeypatch):
    """The run that was left half-way is finished, from the last subject it had done; nothing is found twice."""
    from openbureau.jobs.identity import detect

    calls = []

    def failing(*words):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return kept(*words)

    kept = detect._mixed_page
    monkeypatch.setattr(detect, "_mixed_page", failing)
    with pytest.raises(RuntimeError):
        detect_mixed(world.bureau, page=1)
    monkeypatch.setattr(detect, "_mixed_page", kept)
    found = detect_mixed(world.bureau, page=1)
    total = rows(world, "select count(*) from bureau.subject")[0][0]
    assert found.subjects == total
    assert rows(world, "select kind, is_done, subjects from bureau.identity_run") == [("mixed", True, total)]


def test_proposals_become_cases_once(world):
    """The linkage sees plain records in memory; what it proposes waits on the desk and merges nothing."""
    seen = []

    def by_surname(records):
        seen.extend(records)
        pair = sorted(record["key"] for record in seen[:2])
        return [
            SimpleNamespace(
                left=pair[1], right=pair[0], probability=0.91, evidence=(("name", "same"),), cautions=("perhaps twins",)
            )
        ]

    made = propose(world.bureau, by_surname, model="double 1")
    assert (made.cases, propose(world.bureau, by_surname, model="double 1").cases) == (1, 0)
    assert made.subjects == len(PEOPLE)
    case = next(row.case for row in cases(world.bureau, ONE))
    assert (case.kind, case.probability, case.evidence["fields"]) == ("proposal", 0.91, {"name": "same"})
    assert rows(world, "select count(*) from bureau.identity_link") == [(0,)]
    text = json.dumps([row.case.evidence for row in cases(world.bureau, ONE)], ensure_ascii=False)
    assert not any(record["name"] in text or record["id_number"] in text for record in seen)
