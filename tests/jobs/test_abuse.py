"""Members are watched as they ask: a case opens once, slows its user, is explained and decided, and all of it is logged."""

from datetime import timedelta

import psycopg
import pytest

from openbureau.core.abuse import AbuseRule, bounds_of
from openbureau.jobs.abuse.cases import (
    CaseRefused,
    NoCase,
    case_json,
    decide,
    explain,
    member_cases,
    one_case,
)
from openbureau.jobs.abuse.marks import mark_people
from openbureau.jobs.abuse.paces import day_begins, read_paces
from openbureau.jobs.abuse.watch import watch_conduct
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.law.workdays import civil_day
from openbureau.watch.verify import verify
from world import PEOPLE, UNKNOWN, World

LOGGED = "select count(*) from bureau.event where kind = 'model-run'"


def fish(world: World, *, user: str = "u-17", member: str = "bank-alpha", count: int | None = None) -> None:
    """Ask about people who have agreed to nothing, just often enough."""
    bounds = bounds_of(world.bureau.rulebook(civil_day(world.clock())))
    people = (UNKNOWN, *PEOPLE.values())
    for number in range(bounds.fishing_refusals if count is None else count):
        asked = world.request(people[number % len(people)], actor_user=user, member=member)
        assert isinstance(answer_inquiry(asked, world.bureau), Refused)


def fishing(world: World) -> str:
    """A world with one open case about `u-17`; its id."""
    fish(world)
    (case_id,) = watch_conduct(world.bureau).opened
    return case_id


def slowed(world: World) -> dict[tuple[str, str], str]:
    now = world.clock()
    slow = read_paces(world.bureau, now, (now, now)).slow
    return {caller: one.case_id for caller, one in slow.items()}


def count_of(world: World, statement: str) -> int:
    with psycopg.connect(world.url) as connection:
        row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return int(row[0])


def test_a_case_opens_once_and_slows_its_user_alone(world: World) -> None:
    """Fishing opens one case with its leaves as evidence; a second run opens none, and no other user is slowed down."""
    fish(world, count=bounds_of(world.bureau.rulebook(civil_day(world.clock()))).fishing_refusals - 1)
    assert watch_conduct(world.bureau).opened == ()
    fish(world, count=1)
    fish(world, user="u-18", count=2)
    seen = watch_conduct(world.bureau)
    assert (seen.findings, len(seen.opened)) == (1, 1)
    assert watch_conduct(world.bureau).opened == ()
    case = one_case(world.bureau, seen.opened[0])
    assert (case.held.member_id, case.held.user, case.held.rule) == ("bank-alpha", "u-17", AbuseRule.FISHING)
    assert len(case.held.evidence) == 10
    assert slowed(world) == {("bank-alpha", "u-17"): case.held.case_id}
    with psycopg.connect(world.url) as connection:
        leaves = {row[0].hex() for row in connection.execute("select leaf_hash from bureau.event")}
    assert set(case.held.evidence) <= leaves
    assert case.held.leaf_hash.hex() in leaves


def test_a_slow_down_lapses_unless_confirmed(world: World) -> None:
    """After its days a slow-down is over by itself; a confirmed case goes on for longer, a dismissed one ends at once."""
    case_id = fishing(world)
    rule = world.bureau.rulebook(civil_day(world.clock())).rule
    decide(world.bureau, case_id, decision="confirmed", by="operator", words="Seen the originals; there are none.")
    world.clock.forward(days=rule("house.abuse.slowdown_days").number, seconds=1)
    assert ("bank-alpha", "u-17") in slowed(world)
    world.clock.forward(days=rule("house.abuse.confirmed_days").number)
    assert slowed(world) == {}


def test_a_slow_down_lapses_by_itself(world: World) -> None:
    """Where nobody decides, the user is free again after the cited days."""
    fishing(world)
    days = world.bureau.rulebook(civil_day(world.clock())).rule("house.abuse.slowdown_days").number
    world.clock.forward(days=days, seconds=-1)
    assert len(slowed(world)) == 1
    world.clock.forward(seconds=1)
    assert slowed(world) == {}


def test_a_dismissed_case_frees_its_user(world: World) -> None:
    """A decision for the member ends the slow-down at once, and the case is not opened again on the same days."""
    case_id = fishing(world)
    decide(world.bureau, case_id, decision="dismissed", by="operator", words="A fault in their consent system.")
    assert slowed(world) == {}
    assert watch_conduct(world.bureau).opened == ()
    assert one_case(world.bureau, case_id).standing == "dismissed"


def test_a_member_explains_its_own_case_and_nobody_elses(world: World) -> None:
    """The explanation stands with the case; another member neither sees the case nor speaks in it."""
    case_id = fishing(world)
    explain(world.bureau, "bank-alpha", case_id, words="  Our consent system was down. 同意登记系统故障。 ")
    assert [case.held.case_id for case in member_cases(world.bureau, "bank-alpha")] == [case_id]
    assert member_cases(world.bureau, "bank-beta") == []
    with pytest.raises(NoCase):
        explain(world.bureau, "bank-beta", case_id, words="We too.")
    told = case_json(one_case(world.bureau, case_id))
    assert told["standing"] == "explained"
    assert [word["words"] for word in told["words"]] == ["Our consent system was down. 同意登记系统故障。"]
    with psycopg.connect(world.url) as connection:
        kept = connection.execute("select words_sealed from bureau.abuse_word").fetchall()
    assert all(b"consent system" not in row[0] for row in kept)


def test_a_case_is_decided_once(world: World) -> None:
    """After the decision neither side adds anything; what was never opened cannot be decided."""
    case_id = fishing(world)
    decide(world.bureau, case_id, decision="confirmed", by="operator", words="So it is.")
    with pytest.raises(CaseRefused):
        decide(world.bureau, case_id, decision="dismissed", by="operator", words="Not so.")
    with pytest.raises(CaseRefused):
        explain(world.bureau, "bank-alpha", case_id, words="Too late.")
    with pytest.raises(NoCase):
        decide(world.bureau, "00000000-0000-7000-8000-000000000000", decision="confirmed", by="operator", words="x")
    for decision, words in (("closed", "x"), ("confirmed", " "), ("confirmed", "x" * 2001)):
        with pytest.raises(CaseRefused):
            decide(world.bureau, case_id, decision=decision, by="operator", words=words)


def test_every_step_of_a_case_is_in_the_log_and_the_watcher_agrees(world: World, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Opening, explanation and decision are one leaf each; the export still verifies."""
    before = count_of(world, LOGGED)
    case_id = fishing(world)
    explain(world.bureau, "bank-alpha", case_id, words="See our letter.")
    decide(world.bureau, case_id, decision="confirmed", by="operator", words="No letter came.")
    assert count_of(world, LOGGED) == before + 3
    sequence(world.bureau)
    export(world.bureau, tmp_path / "out")
    assert verify(tmp_path / "out", now=world.clock()).exit_code == 0


def test_marked_people_are_found_by_a_list_that_cannot_be_read(world: World) -> None:
    """Two people on the list are enough; the list holds no number; who is taken off is not found any more."""
    people = [("cn-id", PEOPLE[name].id_number) for name in ("thin", "plain")]
    assert mark_people(world.bureau, [*people, ("cn-id", "not a number")]) == (2, 1)
    for name in ("thin", "plain"):
        give_consent(world.bureau, world.subject_id(PEOPLE[name]), member_id="bank-beta", purpose="loan-approval")
        asked = world.request(PEOPLE[name], member="bank-beta")
        assert isinstance(answer_inquiry(asked, world.bureau), Answered)
    (case_id,) = watch_conduct(world.bureau).opened
    assert one_case(world.bureau, case_id).held.rule == AbuseRule.MARKED_PEOPLE
    with psycopg.connect(world.url) as connection:
        rows = connection.execute("select kind || encode(blind, 'escape') from bureau.marked_person").fetchall()
    assert not any(number in row[0] for _, number in people for row in rows)
    world.clock.forward(days=8)
    mark_people(world.bureau, people[:1], is_marked=False)
    for name in ("thin", "plain"):
        answer_inquiry(world.request(PEOPLE[name], member="bank-beta"), world.bureau)
    assert watch_conduct(world.bureau).opened == ()


def test_inquiries_are_counted_by_member_and_user(world: World) -> None:
    """What was recorded in a span is counted once, whether somebody was found or not, and no other member's is."""
    fish(world, count=3)
    fish(world, user="u-18", count=2)
    fish(world, member="bank-beta", count=1)
    now, begun = world.clock(), day_begins(world.clock())
    asked = {("bank-alpha", "u-17"): 3, ("bank-alpha", "u-18"): 2, ("bank-beta", "u-17"): 1}
    read = read_paces(world.bureau, begun, (now, now))
    assert (read.settled, read.young) == (asked, {})
    read = read_paces(world.bureau, begun, (now - timedelta(seconds=1), now))
    assert (read.settled, read.young) == ({}, asked)
    assert read_paces(world.bureau, now, (now, now)).young == {}


@pytest.mark.parametrize("table", ["marked_person", "abuse_case", "abuse_word", "abuse_slowdown"])
def test_cases_are_append_only(shared_world: World, table: str) -> None:
    """Nobody takes a case, a word, a slow-down or a mark back."""
    with psycopg.connect(shared_world.url) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(f"delete from bureau.{table}".encode())
    assert caught.value.sqlstate == "OB001"
