"""Links while everything else goes on: inquiries, consents and withdrawals at the same time, and nothing is broken."""

import threading

import psycopg

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import withdraw_consent
from openbureau.jobs.identity.links import Linking, NotLinkable, link, unlink
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused, TooBusy
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.watch.verify import verify
from world import PEOPLE

WHY = Linking(evidence={"reasons": ["same-phone"]}, probability=0.9, decided_by=("reviewer-1",))


def test_links_and_inquiries_at_once(world, tmp_path):
    """Six at once: link and undo, consent and withdrawal under one id, inquiries under both; the watcher finds no fault."""
    people = [PEOPLE["good"], PEOPLE["busy"]]
    ids = [world.subject_id(person) for person in people]
    told: list[object] = []
    faults: list[BaseException] = []

    def tie() -> None:
        for _ in range(6):
            world.clock.forward(milliseconds=2)
            link(world.bureau, *ids, why=WHY)
            world.clock.forward(milliseconds=2)
            unlink(world.bureau, *ids, decided_by=("reviewer-2",))

    def consent() -> None:
        for _ in range(6):
            given = give_consent(world.bureau, ids[1], member_id="bank-beta", purpose="loan-approval")
            withdraw_consent(world.bureau, ids[1], given.consent_id)

    def ask(at: int) -> None:
        requests = [world.request(people[at], member="bank-beta") for _ in range(8)]
        told.extend(answer_inquiry(request, world.bureau) for request in requests)

    def watched(duty, *words) -> None:
        try:
            duty(*words)
        except BaseException as trouble:  # noqa: BLE001  (told below)
            faults.append(trouble)

    duties = [(tie,), (consent,), (ask, 0), (ask, 1), (ask, 0), (ask, 1)]
    threads = [threading.Thread(target=watched, args=duty) for duty in duties]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert all(isinstance(one, Answered | Refused | TooBusy) for one in told)
    sequence(world.bureau)
    export(world.bureau, tmp_path / "export", persons={person.handle: "" for person in people})
    verdict = verify(tmp_path / "export", now=world.clock())
    assert verdict.status == "ok", [check for check in verdict.checks if check.ok is not True]
    with psycopg.connect(world.url) as connection:
        counts = connection.execute(
            "select (select count(*) from bureau.identity_link), (select count(*) from bureau.identity_unlink)"
        )
        assert counts.fetchone() == (12, 12)


def test_the_same_link_twice_at_once_is_one_link(world):
    """Of two reviewers who link the same two at the same moment one is told that they are linked."""
    ids = [world.subject_id(PEOPLE[name]) for name in ("good", "busy")]
    ends: list[str] = []

    def tie() -> None:
        try:
            ends.append(link(world.bureau, *ids, why=WHY))
        except NotLinkable:
            ends.append("")

    threads = [threading.Thread(target=tie) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(end) for end in ends) == [False, False, False, True]
