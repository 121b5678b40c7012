"""Do answers stop when witnesses have been away for an hour, and nothing else, and come back by themselves?"""

import io
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from openbureau.jobs.batch.receive import receive_batch
from openbureau.jobs.batch.work import work_batches
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import consents, withdraw_consent
from openbureau.jobs.inquiry.again import answer_again
from openbureau.jobs.inquiry.answer import answer_for, answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, NoQuorum, Refused
from openbureau.jobs.log.prove import witnesses
from openbureau.jobs.log.quorum import is_without_quorum
from openbureau.jobs.subject.own_report import own_report
from openbureau.web.api.standing.batches import line_reader
from openbureau.web.client import ask
from openbureau.web.serve import serving
from openbureau.web.witnesses import sign_and_publish
from watching import Watching, watching
from world import PEOPLE, World

GOOD = PEOPLE["good"]


@pytest.fixture(scope="module")
def watched(server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Watching]]:
    """A bureau with files, whose log has witnesses; the lender has a consent."""
    from openbureau.store.database import create_database
    from world import make_world

    with watching(tmp_path_factory.mktemp("witnesses"), count=3, needed=2) as held:
        url = create_database(server.url(), "no_quorum")
        world = make_world(tmp_path_factory.mktemp("home"), url, witnesses=held.quorum)
        held.serve(world.bureau)
        give_consent(world.bureau, world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval")
        sign_and_publish(world.bureau, held.addresses)
        yield world, held
        world.bureau.store.close()


def rows(world: World) -> tuple[int, int]:
    """Inquiries and waiting leaves."""
    with psycopg.connect(world.url) as connection:
        found = connection.execute(
            "select (select count(*) from bureau.inquiry) + (select count(*) from bureau.inquiry_unmatched), "
            "(select count(*) from bureau.event)"
        ).fetchone()
    assert found is not None
    return found[0], found[1]


def test_answers_stop_after_an_hour_and_come_back_by_themselves(watched: tuple[World, Watching]) -> None:
    """59 minutes: an answer.  61: none, nothing recorded, nothing read; the person's own ways go on.  Quorum: an answer."""
    world, held = watched
    bureau = world.bureau
    first = answer_inquiry(world.request(GOOD), bureau)
    assert isinstance(first, Answered)
    sign_and_publish(bureau, held.addresses)
    world.clock.forward(minutes=59)
    bureau.witnessing.forget()
    kept = world.request(GOOD)
    assert isinstance(answer_inquiry(kept, bureau), Answered)
    world.clock.forward(minutes=2)
    bureau.witnessing.forget()
    before = rows(world)
    asked = world.request(GOOD)
    assert answer_inquiry(asked, bureau) == NoQuorum()
    assert answer_inquiry(world.request(PEOPLE["late"]), bureau) == NoQuorum(), (
        "a refusal stops too: it would be recorded"
    )
    assert answer_again(bureau, bureau.members["bank-alpha"], first.inquiry_id) == NoQuorum()
    with bureau.store.connection("api") as connection:
        assert answer_for(bureau, connection, world.request(GOOD), member_id="bank-alpha") == NoQuorum()
    assert rows(world) == before
    replayed = answer_inquiry(kept, bureau)
    assert isinstance(replayed, Answered)
    assert replayed.is_replay, "what left before is told again"
    subject = world.subject_id(GOOD)
    own_report(bureau, subject)
    give_consent(bureau, subject, member_id="bank-beta", purpose="loan-approval")
    (given,) = (one for one in consents(bureau, subject) if one.member_id == "bank-beta")
    withdraw_consent(bureau, subject, given.consent_id)
    health = witnesses(bureau)
    assert (health["answers_stopped"], health["needed"], health["named"]) == (True, 2, 3)
    sign_and_publish(bureau, held.addresses)
    assert isinstance(answer_inquiry(asked, bureau), Answered), "the same key, once a quorum is back"
    assert witnesses(bureau)["answers_stopped"] is False


def test_a_leaf_that_nobody_signs_stops_answers_though_witnesses_are_there(watched: tuple[World, Watching]) -> None:
    """Witnesses who see an old head again and again are no quorum for what waits."""
    from openbureau.jobs.log.publish import Publisher
    from openbureau.web.witnesses import HttpWire

    world, held = watched
    sign_and_publish(world.bureau, held.addresses)
    assert isinstance(answer_inquiry(world.request(GOOD), world.bureau), Answered | Refused)
    world.clock.forward(minutes=61)
    publisher = Publisher(world.bureau, HttpWire("sandbox"), addresses=held.addresses)
    assert publisher.publish() is not None
    assert answer_inquiry(world.request(GOOD), world.bureau) == NoQuorum()
    sign_and_publish(world.bureau, held.addresses)
    assert isinstance(answer_inquiry(world.request(GOOD), world.bureau), Answered | Refused)


def test_the_question_costs_no_statement_within_a_second(
    watched: tuple[World, Watching], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand inquiries a second look into the database once."""
    from openbureau.jobs.log import quorum

    world, _ = watched
    looked = []
    real = quorum.quorum_state
    monkeypatch.setattr(quorum, "quorum_state", lambda connection: looked.append(1) or real(connection))
    monkeypatch.setattr(quorum, "LOOK_SECONDS", 3600.0)
    world.bureau.witnessing._looked = -1e9
    with world.bureau.store.connection("api") as connection:
        for _ in range(1000):
            is_without_quorum(world.bureau, connection, world.clock.at)
    assert len(looked) == 1


def test_a_log_without_witnesses_answers_and_says_so(shared_world: World) -> None:
    """A sandbox founded without any."""
    with shared_world.bureau.store.connection("api") as connection:
        assert not is_without_quorum(shared_world.bureau, connection, shared_world.clock.at)
    assert witnesses(shared_world.bureau)["named"] == 0


def test_lines_of_batches_wait(watched: tuple[World, Watching]) -> None:
    """No line is begun while answers have stopped; when a quorum is back they are worked."""

    world, held = watched
    sign_and_publish(world.bureau, held.addresses)
    world.clock.forward(minutes=61)
    world.bureau.witnessing.forget()
    subject = {"id_kind": "cn-id", "id_number": GOOD.id_number, "name": GOOD.name}
    line = json.dumps({"subject": subject, "purpose": "loan-approval"}).encode() + b"\n"
    receive_batch(world.bureau, "bank-alpha", io.BytesIO(line * 2), key="file", read=line_reader(world.bureau))
    assert work_batches(world.bureau) == 0
    sign_and_publish(world.bureau, held.addresses)
    assert work_batches(world.bureau) == 2


def test_the_door_says_whose_fault_it_is(watched: tuple[World, Watching]) -> None:
    """503 in a problem document, with words in both languages at its page; readiness and front page tell of the witnesses."""
    world, held = watched
    subject = {"id_kind": "cn-id", "id_number": GOOD.id_number, "name": GOOD.name}
    body = json.dumps({"subject": subject, "purpose": "loan-approval"}).encode()
    sign_and_publish(world.bureau, held.addresses)
    world.clock.forward(minutes=61)
    world.bureau.witnessing.forget()
    token = world.tokens["bank-alpha"]
    with serving(world.bureau) as url:
        status, told = ask(url, body, token=token, key="door-1")
        assert (status, told["type"]) == (503, "/problems/no-quorum")
        with urllib.request.urlopen(f"{url}/problems/no-quorum", timeout=10) as page:
            words = page.read().decode()
        assert "too few witnesses" in words
        assert "见证方数量不足" in words
        with urllib.request.urlopen(urllib.request.Request(f"{url}/?lang=en", headers={"Accept": "text/html"})) as page:
            home = page.read().decode()
        assert "3 of 3 have signed, 2 are needed" in home
        assert "Inquiries have stopped until they are back." in home
        with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
            assert json.loads(answer.read())["witnesses"]["answers_stopped"] is True
        sign_and_publish(world.bureau, held.addresses)
        assert ask(url, body, token=token, key="door-1")[0] in {200, 403}
