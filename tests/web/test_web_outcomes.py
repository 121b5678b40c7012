"""A made-up person for every outcome: asked for over HTTP by the members of a sandbox, each gets just that."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from openbureau.core.answer.word import AnswerWord
from openbureau.core.refusal import RefusalCode
from openbureau.core.subject import PERSON_ID
from openbureau.jobs.founding.outcomes import outcome_rows, plant_outcomes
from openbureau.jobs.founding.sandbox import add_sign_in
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.sign_in import sign_in
from openbureau.lab.inquiry.outcomes import OUTCOMES, OutcomePerson
from openbureau.lab.products import make_members
from openbureau.law.workdays import civil_day
from openbureau.store.database import create_database
from openbureau.store.launcher import Launcher
from openbureau.watch.verify import verify
from web.visitor import Client
from world import CODE, World, make_world

GUIDES = Path(__file__).parents[2] / "docs" / "guide"
NOBODY = {
    RefusalCode.POLICY_ERROR: "a fault in the policies: none of ours makes one",
    RefusalCode.MEMBER_NOT_ACTIVE: "every member of a sandbox is under contract; test_web_inquiry.py has one that is not",
    RefusalCode.RECIPIENT_NOT_ENTITLED: "stands against taking a consent down, not against an inquiry",
    RefusalCode.RECORD_NOT_OWN: "stands against a correction, not against an inquiry",
    RefusalCode.NOT_OWN_FILE: "stands against a person's own acts, not against an inquiry",
    RefusalCode.NO_VIEW_OF_PERSONS: "stands against our staff, not against an inquiry",
    RefusalCode.VIEW_WITHOUT_REASON: "stands against our staff, not against an inquiry",
    RefusalCode.ERASURE_ACCOUNT_RUNNING: "stands against an erasure, not against an inquiry",
    RefusalCode.ERASURE_TERM_RUNNING: "stands against an erasure, not against an inquiry",
    RefusalCode.ERASURE_WITHOUT_REASON: "stands against our staff, not against an inquiry",
    RefusalCode.ANSWER_OUTDATED: "of an earlier answer told again, when its content may not be shown any more",
    AnswerWord.DISPUTED: "nothing held is marked as disputed yet",
}
"""Outcomes that no inquiry about a person of a sandbox can have, and why."""


@pytest.fixture(scope="module")
def shared_world(server: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A sandbox as `openbureau init` founds it: its members, and nobody on file."""
    url = create_database(server.url(), "test_outcomes")
    world = make_world(tmp_path_factory.mktemp("home"), url, files={}, make=make_members)
    yield world
    world.bureau.store.close()


@pytest.fixture(scope="module", autouse=True)
def planted(shared_world: World) -> None:
    """The people are in the sandbox, and a second planting changes nothing."""
    plant_outcomes(shared_world.bureau, shared_world.tokens)
    with shared_world.bureau.store.connection("auditor") as connection:
        before = connection.execute("select count(*) from bureau.event").fetchone()
        plant_outcomes(shared_world.bureau, shared_world.tokens)
        assert connection.execute("select count(*) from bureau.event").fetchone() == before


@pytest.mark.parametrize("person", OUTCOMES, ids=lambda person: person.key)
def test_each_person_gets_their_outcome(client: Client, shared_world: World, person: OutcomePerson) -> None:
    """Each person of the table brings about the outcome that the table says, for every member of the role, again and again."""
    members = [one for one in shared_world.bureau.members.values() if person.may_be_asked_by(one)]
    assert members
    body = person.body(civil_day(shared_world.clock.at))
    for member in members:
        for turn in ("a", "b"):
            headers = {
                "Authorization": f"Bearer {shared_world.tokens[member.member_id]}",
                "Idempotency-Key": f"outcome-{member.member_id}-{person.key}-{turn}",
            }
            told = client.post(person.address, json=body, headers=headers)
            if told.status_code == 200:
                assert told.json()["answer"]["header"]["outcome"] == person.outcome
            else:
                assert told.status_code == 403
                assert told.json()["type"] == f"/problems/{person.outcome}"


def test_every_outcome_has_somebody() -> None:
    """No refusal and no word of an answer is without its person, but for those that no inquiry can have."""
    reached = {str(person.outcome) for person in OUTCOMES}
    assert reached.isdisjoint(map(str, NOBODY))
    assert reached | set(map(str, NOBODY)) == {*map(str, RefusalCode), *map(str, AnswerWord)}


def signed_in(world: World, key: str) -> str:
    """Subject id of a person of the table."""
    (person,) = (one for one in OUTCOMES if one.key == key)
    assert add_sign_in(world.bureau, handle=person.handle, code=CODE, id_kind=PERSON_ID, id_number=person.id_number)
    found = sign_in(world.bureau, person.handle, CODE)
    assert found is not None
    return found


def test_whoever_may_be_told_is_told(client: Client, shared_world: World) -> None:
    """The court's look-up is in the person's diary at once; the tax office's, put off under a law, is not yet."""
    for key, is_told in (("litigant", True), ("taxpayer", False)):
        (person,) = (one for one in OUTCOMES if one.key == key)
        (member,) = (one for one in shared_world.bureau.members.values() if person.may_be_asked_by(one))
        headers = {
            "Authorization": f"Bearer {shared_world.tokens[member.member_id]}",
            "Idempotency-Key": f"diary-{person.key}",
        }
        body = person.body(civil_day(shared_world.clock.at))
        assert client.post(person.address, json=body, headers=headers).status_code == 200
        told = diary(shared_world.bureau, signed_in(shared_world, key))
        assert any(entry.actor == member.member_id for entry in told) is is_told


def test_a_watcher_finds_nothing_in_such_a_sandbox(shared_world: World, tmp_path: Path) -> None:
    """The two consents that no duty enters are no breach: nothing was answered on them."""
    keys = ("answered", "frozen", "withdrawn", "other-wording", "unconfirmed")
    for key in keys:
        signed_in(shared_world, key)
    sequence(shared_world.bureau)
    export(shared_world.bureau, tmp_path, persons={one.handle: "" for one in OUTCOMES if one.key in keys})
    assert [check.evidence for check in verify(tmp_path).checks if not check.ok] == []


@pytest.mark.parametrize("name", ["sandbox.md", "sandbox.zh-CN.md"])
def test_the_guide_lists_them_all(name: str) -> None:
    """Number, name and outcome of each stand in the guide, and nobody else's."""
    text = (GUIDES / name).read_text("utf-8")
    for row in outcome_rows(OUTCOMES):
        subject = row["subject"]
        assert f"| `{row['case']}` | `{subject['id_number']}` | {subject['name']} | `{row['outcome']}` |" in text
    assert set(re.findall(r"99999\d{12}[\dX]", text)) == {person.id_number for person in OUTCOMES}
