"""Links and their undo: one file over two subjects, and exactly what was before."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbureau.core.refusal import RefusalCode
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import consents, withdraw_consent
from openbureau.jobs.identity.links import Linking, NotLinkable, link, unlink
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.subject.as_of import credit_file
from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.own_report import own_report
from openbureau.store.identity import linked_subjects
from openbureau.watch.verify import verify
from world import FIRM, PEOPLE

WHY = Linking(evidence={"reasons": ["same-phone"]}, probability=0.97, decided_by=("reviewer-1",))
NAMES = ("good", "late", "thin", "busy", "plain")


def shown(world, subject_id):
    """A person's own report without what every report has of its own: id and instant."""
    report = own_report(world.bureau, subject_id)
    for name in ("report_id", "made_at", "known_as_of"):
        report["header"].pop(name)
    return json.dumps(report, ensure_ascii=False, sort_keys=True)


def accounts(world, subject_id):
    return len(own_report(world.bureau, subject_id)["accounts"])


def linked(world, subject_id):
    with world.bureau.store.connection("linkage") as connection:
        return linked_subjects(connection, subject_id, world.clock())


@pytest.fixture
def two(world):
    """Two people of the world: subject ids, in the order in which they are held."""
    return sorted((world.subject_id(PEOPLE["good"]), world.subject_id(PEOPLE["busy"])))


def test_a_link_makes_one_file_and_its_undo_two(world, two):
    """Both see all accounts while linked; after the undo each report is what it was, byte for byte."""
    before = [shown(world, one) for one in two]
    counts = [accounts(world, one) for one in two]
    link(world.bureau, *two, why=WHY)
    assert [accounts(world, one) for one in two] == [sum(counts)] * 2
    assert linked(world, two[0]) == linked(world, two[1]) == two
    world.clock.forward(seconds=1)
    unlink(world.bureau, *two, decided_by=("reviewer-2",))
    assert [shown(world, one) for one in two] == before
    assert [linked(world, one) for one in two] == [[two[0]], [two[1]]]


def test_what_was_known_stays_known(world, two):
    """A file as of a moment is over the links of that moment, for ever."""
    world.clock.forward(hours=1)
    start = world.clock()
    alone = len(credit_file(world.bureau, two[0], start).tradelines)
    world.clock.forward(hours=1)
    link(world.bureau, *two, why=WHY)
    between = world.clock()
    both = len(credit_file(world.bureau, two[0], between).tradelines)
    world.clock.forward(hours=1)
    unlink(world.bureau, *two, decided_by=("reviewer-2",))
    assert both > alone
    assert len(credit_file(world.bureau, two[0], start).tradelines) == alone
    assert len(credit_file(world.bureau, two[0], between).tradelines) == both
    assert len(credit_file(world.bureau, two[0], world.clock()).tradelines) == alone


def test_both_diaries_tell_of_link_and_undo(world, two):
    """Each chain has its own two events; while linked a diary covers both chains."""
    link(world.bureau, *two, why=WHY)
    assert [entry.kind for entry in diary(world.bureau, two[0])].count("link") == 2
    unlink(world.bureau, *two, decided_by=("reviewer-2",))
    for one in two:
        kinds = [entry.kind for entry in diary(world.bureau, one)]
        assert (kinds.count("link"), kinds.count("unlink")) == (1, 1)


def test_consents_under_either_number_count(world, two):
    """A consent given as one opens the file asked for as the other, until it is withdrawn or the link ends."""
    people = {world.subject_id(person): person for person in (PEOPLE["good"], PEOPLE["busy"])}
    later, first = two[1], people[two[0]]
    given = give_consent(world.bureau, later, member_id="bank-beta", purpose="loan-approval")
    refused = answer_inquiry(world.request(first, member="bank-beta"), world.bureau)
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.NO_CONSENT
    link(world.bureau, *two, why=WHY)
    for person in people.values():
        found = answer_inquiry(world.request(person, member="bank-beta"), world.bureau)
        assert isinstance(found, Answered)
    kinds = [entry.kind for entry in diary(world.bureau, two[0])]
    assert kinds.count("inquiry") == 2
    assert [one.consent_id for one in consents(world.bureau, two[0])] == [given.consent_id]
    withdraw_consent(world.bureau, two[0], given.consent_id)
    stopped = answer_inquiry(world.request(first, member="bank-beta"), world.bureau)
    assert isinstance(stopped, Refused)
    assert stopped.code is RefusalCode.CONSENT_WITHDRAWN


def test_a_consent_used_once_stays_used_after_the_undo(world, two):
    """What was used while linked, on the other's chain, is not fresh again afterwards."""
    people = {world.subject_id(person): person for person in (PEOPLE["good"], PEOPLE["busy"])}
    give_consent(world.bureau, two[1], member_id="bank-beta", purpose="loan-approval", is_one_time=True)
    link(world.bureau, *two, why=WHY)
    assert isinstance(answer_inquiry(world.request(people[two[0]], member="bank-beta"), world.bureau), Answered)
    unlink(world.bureau, *two, decided_by=("reviewer-2",))
    again = answer_inquiry(world.request(people[two[1]], member="bank-beta"), world.bureau)
    assert isinstance(again, Refused)
    assert again.code is RefusalCode.CONSENT_USED


def test_what_cannot_be_linked(world, two):
    """Nobody twice, no person with a firm, no undo without a link; and nothing is recorded of the attempt."""
    link(world.bureau, *two, why=WHY)
    with pytest.raises(NotLinkable):
        link(world.bureau, two[1], two[0], why=WHY)
    with pytest.raises(NotLinkable):
        link(world.bureau, two[0], world.subject_id(FIRM), why=WHY)
    unlink(world.bureau, *two, decided_by=("reviewer-2",))
    with pytest.raises(NotLinkable):
        unlink(world.bureau, *two, decided_by=("reviewer-2",))
    assert [entry.kind for entry in diary(world.bureau, two[0])].count("link") == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 9))
def test_any_links_and_undoings_end_where_they_began(shared_world, seed, steps):
    """Random links and undoings in any order: the linked sets are those of a plain reckoning, and all undone is as before."""
    world, chance = shared_world, random.Random(seed)
    ids = [world.subject_id(PEOPLE[name]) for name in NAMES]
    before = [shown(world, one) for one in ids]
    standing: set[tuple[str, str]] = set()
    for _ in range(steps):
        pair = tuple(sorted(chance.sample(ids, 2)))
        world.clock.forward(milliseconds=1)
        if pair in standing:
            unlink(world.bureau, *pair, decided_by=("reviewer-2",))
            standing.discard(pair)
        else:
            link(world.bureau, *pair, why=WHY)
            standing.add(pair)
        for one in ids:
            assert linked(world, one) == component(one, standing)
    for pair in standing:
        world.clock.forward(milliseconds=1)
        unlink(world.bureau, *pair, decided_by=("reviewer-2",))
    assert [shown(world, one) for one in ids] == before


def component(one, pairs):
    """Who is reached from one over the pairs, reckoned plainly."""
    found = {one}
    while more := {x for pair in pairs if set(pair) & found for x in pair} - found:
        found |= more
    return sorted(found)


def test_a_watcher_accepts_what_was_linked_and_undone(world, two, tmp_path):
    """Link, an answer on the other's consent, the undo: the export holds, with the linked person's two chains opened."""
    people = {world.subject_id(person): person for person in (PEOPLE["good"], PEOPLE["busy"])}
    give_consent(world.bureau, two[1], member_id="bank-beta", purpose="loan-approval")
    link(world.bureau, *two, why=WHY)
    assert isinstance(answer_inquiry(world.request(people[two[0]], member="bank-beta"), world.bureau), Answered)
    sequence(world.bureau)
    export(world.bureau, tmp_path / "linked", persons={people[one].handle: "" for one in two})
    verdict = verify(tmp_path / "linked", now=world.clock())
    assert verdict.status == "ok", [check for check in verdict.checks if check.ok is not True]
    assert len(list((tmp_path / "linked" / "openings").glob("person-*.2.jsonl"))) == 2
    unlink(world.bureau, *two, decided_by=("reviewer-2",))
    sequence(world.bureau)
    export(world.bureau, tmp_path / "undone", persons={people[two[0]].handle: ""})
    verdict = verify(tmp_path / "undone", now=world.clock())
    assert verdict.status == "ok", [check for check in verdict.checks if check.ok is not True]
