"""One rule over many records: tried dry, run once, killed and gone on, replayed."""

import itertools
import json

import psycopg
import pytest

from openbureau.jobs.furnishing import correct_rule
from openbureau.jobs.furnishing.correct_rule import RuleRefused, dry_run, parse_rule, resume_rules, run_rule
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.furnishing.rebuild import rebuild
from openbureau.jobs.furnishing.state import state_hash
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.subject.diary import diary
from world import PEOPLE, jsonl, loan, months

LATE = PEOPLE["late"]
RULE = {
    "member": "bank-alpha",
    "target": "month",
    "field": "balance_fen",
    "from": "8000000",
    "to": "7000000",
    "where": {"month": ["2025-01", "2025-06"], "status": "N"},
    "reason": "system",
    "decided_on": "2026-11-23",
}


def rule(**changes):
    """A rule as bytes."""
    return json.dumps(RULE | changes).encode()


def corrections(world, person):
    """Events of correction in a person's chain."""
    return [entry for entry in diary(world.bureau, world.subject_id(person)) if entry.kind == "correction"]


def test_a_dry_run_counts_and_changes_nothing(shared_world):
    """Counts and samples say what would be done; no person shows and no fact changes."""
    before = state_hash(shared_world.bureau)
    told = dry_run(shared_world.bureau, rule()).to_json()
    assert (told["records"], told["accounts"], told["subjects"], told["is_dry"]) == (33, 6, 6, True)
    assert len(told["samples"]) == 10
    assert set(told["samples"][0]) == {"month", "field", "from", "to"}
    assert all("2025-01" <= one["month"] <= "2025-06" for one in told["samples"])
    assert state_hash(shared_world.bureau) == before


def test_a_rule_corrects_what_it_means_and_no_more(world, monkeypatch):
    """As many records as the dry run said; each person is told once; a second run finds nothing."""
    monkeypatch.setattr(correct_rule, "ACCOUNTS", 2)
    told = dry_run(world.bureau, rule())
    run = run_rule(world.bureau, rule(), decided_by="u-1")
    assert (run.records, run.accounts, run.subjects, run.refused) == (told.records, told.accounts, told.subjects, 0)
    assert len(corrections(world, LATE)) == 1
    assert dry_run(world.bureau, rule()).records == 0
    assert dry_run(world.bureau, rule(**{"from": "7000000", "to": "1"})).records == told.records
    assert sequence(world.bureau) > 0


def test_a_tradeline_rule_takes_numbers_as_numbers(world):
    """Ranges compare amounts and days by value, not by letters."""
    furnish(
        world.bureau,
        "bank-alpha",
        jsonl([loan(LATE, 5, limit_fen=9), loan(LATE, 6, limit_fen=10), loan(LATE, 7, limit_fen=100)]),
    )
    made = {"target": "tradeline", "field": "five_class", "from": "1", "to": "2", "where": {"limit_fen": ["9", "10"]}}
    assert run_rule(world.bureau, rule(**made), decided_by="u-1").records == 2
    made["where"] = {"opened_on": ["2024-11-05", "2024-12-01"], "limit_fen": "100"}
    assert run_rule(world.bureau, rule(**made), decided_by="u-1").records == 1


def test_records_that_would_break_a_check_stay(world):
    """A rule that makes late months on-time beside an overdue amount corrects none of them."""
    made = {"field": "status", "from": "1", "to": "N", "where": {}}
    run = run_rule(world.bureau, rule(**made), decided_by="u-1")
    assert (run.records, run.refused) == (0, 2)


def test_another_members_records_are_untouched(world):
    """Only the furnisher's own accounts."""
    run_rule(world.bureau, rule(where={}), decided_by="u-1")
    assert dry_run(world.bureau, rule(member="micro-gamma", where={})).records > 40


def test_files_and_rules_of_a_member_never_share_an_instant(world):
    """While the clock stands, each begins after the last record of the one before it, whatever the order."""
    furnish(world.bureau, "bank-alpha", jsonl(months("P0002-1", "N" * 12)))
    run = run_rule(world.bureau, rule(), decided_by="u-1")
    assert run.records
    furnish(world.bureau, "bank-alpha", jsonl(months("P0002-1", "N" * 12)))
    with psycopg.connect(world.url) as connection:
        files = connection.execute(
            "select received_at, received_at + pieces * interval '1 microsecond' from bureau.receipt"
            " where member_id = 'bank-alpha'"
        ).fetchall()
        rules = connection.execute(
            "select r.decided_at, r.decided_at + (max(s.next_number) - 1) * interval '1 microsecond'"
            " from bureau.correction_rule r join bureau.rule_step s using (rule_id) group by r.rule_id, r.decided_at"
        ).fetchall()
    spans = sorted([*files, *rules])
    assert len(rules) == 1
    assert all(end < begin for (_, end), (begin, _) in itertools.pairwise(spans))


def test_a_killed_rule_goes_on(world, monkeypatch, new_database):
    """Killed between steps and before the telling; every record is corrected once; and it is rebuilt."""
    monkeypatch.setattr(correct_rule, "ACCOUNTS", 2)
    expected = dry_run(world.bureau, rule()).records

    def dies(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_rule(world.bureau, rule(), decided_by="u-1", tell=dies)
    world.clock.forward(hours=1)
    furnish(world.bureau, "bank-alpha", jsonl(months("P0001-1", "N", first="2025-03")))
    with monkeypatch.context() as patch:
        patch.setattr(correct_rule, "tell_corrections", dies)
        with pytest.raises(KeyboardInterrupt):
            resume_rules(world.bureau)
    assert resume_rules(world.bureau) == []
    furnish(world.bureau, "bank-alpha", jsonl(months("P0003-9", "N", first="2025-03")))
    assert expected - 1 <= len(_rows(world)) <= expected
    assert len(corrections(world, LATE)) == 1
    for with_ids in (True, False):
        made = rebuild(world.bureau, world.url, new_database(), with_ids=with_ids)
        assert made.is_same
        assert made.differs == 0


def _rows(world):
    """What the ledger of corrections holds."""
    with psycopg.connect(world.url) as connection:
        return connection.execute("select * from bureau.correction").fetchall()


@pytest.mark.parametrize(
    "changes",
    [
        {"member": "nobody"},
        {"target": "subject"},
        {"field": "account_no"},
        {"field": "month"},
        {"from": "x"},
        {"to": "x"},
        {"to": "8000000"},
        {"where": {"account_no": "1"}},
        {"where": {"month": ["2025-1", "2025-13"]}},
        {"where": {"balance_fen": ["a", "b"]}},
        {"where": {"status": "y"}},
        {"where": {"month": ["2025-01"]}},
        {"reason": "because"},
        {"decided_on": "yesterday"},
        {"extra": 1},
        {"target": "tradeline", "field": "limit_fen", "where": {"month": "2025-01"}},
    ],
)
def test_a_rule_that_is_none_is_refused(changes):
    """Before anything is kept, with a sentence."""
    with pytest.raises(RuleRefused):
        parse_rule(rule(**changes), {"bank-alpha"})


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{}", b"null"])
def test_what_is_no_rule_is_refused(content):
    """Any other bytes."""
    with pytest.raises(RuleRefused):
        parse_rule(content, {"bank-alpha"})
