"""Corrections and deletions: new versions, tombstones that hold, a word in the person's own chain, a rebuild."""

from datetime import timedelta

import psycopg
import pytest

from openbureau.core.credit_file import decode_file
from openbureau.jobs.furnishing import load as loading
from openbureau.jobs.furnishing.correct import tell_corrections
from openbureau.jobs.furnishing.load import furnish, resume_loads
from openbureau.jobs.furnishing.rebuild import rebuild
from openbureau.jobs.furnishing.receive import receive_file
from openbureau.jobs.subject.as_of import credit_file
from openbureau.jobs.subject.diary import diary
from openbureau.store.subject import own_facts
from world import PEOPLE, alpha_file, jsonl, loan, months

LATE, GOOD = PEOPLE["late"], PEOPLE["good"]


def correction(field, old, new, **changes):
    """A correction of a month of the late person's account at bank-alpha."""
    made = {
        "record": "correction",
        "target": "month",
        "key": "P0002-1",
        "month": "2026-10",
        "field": field,
        "old_value": old,
        "new_value": new,
        "reason": "system",
        "decided_on": "2026-11-23",
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def deletion(key="P0002-1", **changes):
    """A deletion of an account at bank-alpha."""
    made = {
        "record": "deletion",
        "target": "tradeline",
        "key": key,
        "reason": "wrong-person",
        "decided_on": "2026-11-23",
    }
    return made | changes


def lift(**changes):
    """The lifting of a deletion."""
    return correction("deletion", "deleted", None, target="tradeline", month=None, reason="dispute", **changes)


def load(world, records, member="bank-alpha"):
    """Furnish, an hour later."""
    world.clock.forward(hours=1)
    return furnish(world.bureau, member, jsonl(records))[1]


def shown(world, person=LATE):
    """The current file of a person."""
    subject_id = world.subject_id(person)
    now = world.clock()
    with world.bureau.store.connection("api") as connection:
        found = own_facts(connection, subject_id, now)
    return decode_file(found.file, subject_id=subject_id, kind="person", as_of=now, synthetic=True)


def lines(world, person=LATE, as_of=None):
    """Tradelines of bank-alpha of a person, today or as of a moment, without the instants of knowledge."""
    subject_id = world.subject_id(person)
    found = credit_file(world.bureau, subject_id, as_of + timedelta(seconds=1)) if as_of else shown(world, person)
    return [line for line in found.tradelines if line.furnisher_id == "bank-alpha"]


def test_a_correction_is_a_new_version(world):
    """The new value stands, the old one is known as of before, and the ledger has both."""
    before = world.clock()
    assert lines(world)[0].statuses[-1] == "4"
    made = load(world, [correction("status", "4", "N"), correction("overdue_fen", "1600000", "0")])
    assert (made.counts, made.progress.changed) == ({}, 2)
    line = lines(world)[0]
    assert (line.statuses[-1], line.overdues[-1]) == ("N", 0)
    assert lines(world, as_of=before)[0].statuses[-1] == "4"


def test_a_wrong_old_value_changes_nothing(world):
    """It is a finding, and every fact stays."""
    held = lines(world)
    made = load(world, [correction("balance_fen", "1", "2"), correction("balance_fen", None, "2")])
    assert made.counts == {"old-value-differs": 2}
    assert lines(world) == held


def test_the_same_correction_twice_changes_once(world):
    """What says so already is unchanged, without a finding."""
    assert load(world, [correction("balance_fen", "8000000", "7")]).progress.changed == 1
    made = load(world, [correction("balance_fen", "8000000", "7")])
    assert (made.progress.changed, made.progress.unchanged, made.counts) == (0, 1, {})
    assert lines(world)[0].balances[-1] == 7


def test_corrections_of_one_record_add_up(world):
    """Two fields of one month and one of the tradeline, in one file, in order."""
    records = [
        correction("balance_fen", "8000000", "7"),
        correction("paid_fen", "0", "9"),
        correction("balance_fen", "7", "8"),
        correction("limit_fen", "12000000", "5", target="tradeline", month=None),
        correction("due_on", "2027-11-05", None, target="tradeline", month=None),
    ]
    made = load(world, records)
    assert made.counts == {}
    line = lines(world)[0]
    assert (line.balances[-1], line.paids[-1], line.limit_fen, line.due_on) == (8, 9, 5, None)


@pytest.mark.parametrize(
    ("record", "rule"),
    [
        (correction("balance_fen", "8000000", "x"), "corrected-value-unfit"),
        (correction("balance_fen", "8000000", "-1"), "corrected-value-unfit"),
        (correction("status", "4", "y"), "corrected-value-unfit"),
        (correction("status", "4", "N"), "on-time-but-overdue"),
        (correction("month", "2026-10", "2026-09"), "field-not-corrigible"),
        (correction("balance_fen", "8000000", "7", month="2010-01"), "nothing-to-correct"),
        (correction("balance_fen", "8000000", "7", key="nobody"), "unknown-account"),
        (correction("balance_fen", "8000000", "7", month=None), "key-not-of-kind"),
        (correction("name", "a", "b", target="subject", month=None), "not-taken-yet"),
        (correction("adverse_notified_on", "2026-10-02", None), "adverse-without-notice"),
        (correction("closed_on", None, "2020-01-01", target="tradeline", month=None), "closed-before-opened"),
        (deletion(month="2010-01", target="month"), "nothing-to-correct"),
        (deletion("nobody"), "unknown-account"),
    ],
)
def test_a_correction_that_cannot_stand_is_a_finding(shared_world, record, rule):
    """Each with its own rule, and nothing changes."""
    held = lines(shared_world)
    made = load(shared_world, [record])
    assert made.counts == {rule: 1}
    assert made.progress.refused == 1
    assert lines(shared_world) == held


def test_corrections_that_only_hold_together_fail_together(world):
    """A status without its amount is refused, with every correction of that month; other months go in."""
    other = correction("balance_fen", "8000000", "7", month="2026-09")
    made = load(world, [correction("status", "4", "N"), correction("balance_fen", "8000000", "7"), other])
    assert (made.counts, made.progress.changed) == ({"on-time-but-overdue": 2}, 1)
    assert (lines(world)[0].statuses[-1], lines(world)[0].balances[-2:]) == ("4", (7, 8000000))


def test_another_furnishers_record_is_out_of_reach(world):
    """The same account number under another member is another account."""
    held = lines(world)
    assert load(world, [correction("balance_fen", "8000000", "7"), deletion()], "micro-gamma").counts == {
        "unknown-account": 2
    }
    assert lines(world) == held


def test_a_deleted_account_is_gone_and_stays_away(world):
    """Out of the file today, in it as of before; the same record, its months and a new number for it are refused."""
    before = world.clock()
    held = lines(world)
    assert load(world, [deletion()]).progress.changed == 1
    assert lines(world) == []
    assert [line.statuses for line in lines(world, as_of=before)] == [line.statuses for line in held]
    assert lines(world, as_of=world.clock()) == []
    made = load(world, [loan(LATE), *months("P0002-1", "N", first="2026-10"), loan(LATE, 2)])
    assert made.counts == {"deleted-before": 3}
    assert lines(world) == []
    assert load(world, alpha_file()).counts == {"deleted-before": 25}
    assert load(world, [loan(LATE, 3, limit_fen=77)]).counts == {}
    assert load(world, [deletion()]).counts == {}


def test_a_deleted_month_leaves_the_others(world):
    """Only that month goes, and only that one stays away."""
    load(world, [deletion(target="month", month="2026-10")])
    assert lines(world)[0].statuses == "N" * 20 + "123"
    made = load(world, months("P0002-1", "N4", first="2026-09"))
    assert made.counts == {"deleted-before": 1, "history-changed": 1}
    assert load(world, [correction("balance_fen", "8000000", "7")]).counts == {"deleted-before": 1}


def test_the_last_month_can_be_deleted_too(world):
    """An account whose every month is deleted stands without months."""
    load(world, [loan(GOOD, 7, limit_fen=3), *months("P0001-7", "N", first="2026-10")])
    assert load(world, [deletion("P0001-7", target="month", month="2026-10")]).counts == {}
    line = next(line for line in lines(world, GOOD) if line.limit_fen == 3)
    assert (line.statuses, line.balances) == ("", ())


def test_a_deletion_is_lifted_on_grounds_only(world):
    """Not by whoever deleted; after a dispute the record may come again, and what was known before stays hidden."""
    load(world, [deletion()])
    assert load(world, [lift() | {"reason": "typing"}]).counts == {"lift-without-ground": 1}
    assert load(world, [loan(LATE)]).counts == {"deleted-before": 1}
    assert load(world, [lift()]).counts == {}
    assert lines(world) == []
    made = load(world, [loan(LATE), *months("P0002-1", "N", first="2026-10")])
    assert made.counts == {}
    assert [line.statuses for line in lines(world)] == ["N"]
    assert [line.statuses for line in lines(world, as_of=world.clock())] == ["N"]
    load(world, [deletion()])
    assert lines(world) == []


def test_a_record_after_its_deletion_in_the_same_file_stays_out(world):
    """The order of a file is the order of its effects."""
    made = load(world, [*months("P0002-1", "N", first="2026-11"), deletion(), *months("P0002-1", "N", first="2026-12")])
    assert made.counts.get("deleted-before", 0) + made.counts.get("month-in-future", 0) == 1
    assert lines(world) == lines(world, as_of=world.clock()) == []


def test_each_person_is_told_once_a_source(world):
    """One event in the own chain for each file, whatever it corrected; begun again, nothing is told twice."""
    load(world, [correction("balance_fen", "8000000", "7"), correction("paid_fen", "0", "9")])
    load(world, [deletion()])
    assert tell_corrections(world.bureau) == 0
    told = [entry for entry in diary(world.bureau, world.subject_id(LATE)) if entry.kind == "correction"]
    assert len(told) == 2
    assert [entry for entry in diary(world.bureau, world.subject_id(GOOD)) if entry.kind == "correction"] == []


def test_a_telling_that_was_killed_goes_on(world, monkeypatch):
    """Killed between two people: the rest is told, and the first not again."""
    calls = iter(range(10))
    original = loading.tell_corrections

    def dies(bureau):
        def at_second(number, _):
            if next(calls) == 0:
                raise KeyboardInterrupt

        return original(bureau, tell=at_second)

    monkeypatch.setattr(loading, "tell_corrections", dies)
    with pytest.raises(KeyboardInterrupt):
        load(
            world, [correction("balance_fen", "8000000", "7"), correction("balance_fen", "8000000", "7", key="P0001-1")]
        )
    monkeypatch.undo()
    resume_loads(world.bureau)
    tell_corrections(world.bureau)
    for person in (LATE, GOOD):
        assert (
            len([entry for entry in diary(world.bureau, world.subject_id(person)) if entry.kind == "correction"]) == 1
        )


def test_corrections_are_never_overwritten(world):
    """The ledger of corrections and tombstones is append-only for everybody."""
    load(world, [correction("balance_fen", "8000000", "7"), deletion("P0001-1")])
    for table in ("correction", "tombstone"):
        with psycopg.connect(world.url) as connection, pytest.raises(psycopg.Error, match="append-only"):
            connection.execute(f"delete from bureau.{table}")


def test_a_rebuild_replays_corrections_and_tombstones(world, new_database):
    """Corrections, deletions, liftings and what they kept out: the same state, and the blocks still hold."""
    load(world, [correction("balance_fen", "8000000", "7"), correction("balance_fen", "1", "2")])
    load(world, [deletion(), deletion("P0001-1", target="month", month="2026-10")])
    load(world, alpha_file())
    load(world, [lift()])
    load(world, [loan(LATE), loan(LATE, 2), *months("P0002-1", "NN", first="2026-09")])
    load(world, [correction("balance_fen", "8000000", "6"), correction("status", "N", "3", month="2026-09")])
    for with_ids in (True, False):
        made = rebuild(world.bureau, world.url, new_database(), with_ids=with_ids)
        assert made.is_same
        assert made.differs == 0
        sections = {section.name: section.rows for section in made.target.sections}
        assert sections["correction"] == 2
        assert sections["tombstone"] == 3


def test_what_is_held_and_shown_agree_after_everything(world):
    """The current file is the file as of now, after corrections and deletions."""
    load(world, [correction("balance_fen", "8000000", "7"), deletion("P0001-1", target="month", month="2026-01")])
    world.clock.forward(seconds=1)
    received = receive_file(world.bureau, "bank-alpha", jsonl([correction("balance_fen", "7", "9")]))
    loading.load_file(world.bureau, received.receipt_id)
    for person in (LATE, GOOD):
        now = [(line.statuses, line.balances, line.limit_fen) for line in lines(world, person, as_of=world.clock())]
        assert now == [(line.statuses, line.balances, line.limit_fen) for line in lines(world, person)]
