"""An earlier answer over the wire."""

import hashlib
from typing import Any

import pytest

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import consents, withdraw_consent
from web.visitor import Client, inquiry
from world import PEOPLE, World

GOOD = PEOPLE["good"]


def headers(world: World, member: str = "bank-alpha") -> dict[str, str]:
    """Who asks."""
    return {"Authorization": f"Bearer {world.tokens[member]}"}


@pytest.fixture(scope="module", autouse=True)
def consent(shared_world: World) -> None:
    """The person has agreed."""
    give_consent(shared_world.bureau, shared_world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval")


def spliced(content: bytes) -> bytes:
    """The answer's bytes inside a reply."""
    return content.split(b'"answer":', 1)[1].rsplit(b',"receipt":', 1)[0]


def test_the_bytes_are_those_of_the_first_time(client: Client, shared_world: World) -> None:
    """Byte for byte, with their hash, under a number of its own."""
    first = inquiry(client, shared_world, GOOD)
    number = first.json()["inquiry_id"]
    reply = client.get(f"/v1/inquiries/{number}", headers=headers(shared_world))
    assert reply.status_code == 200
    assert spliced(reply.content) == spliced(first.content)
    told = reply.json()
    assert told["answer_hash"] == hashlib.sha256(spliced(reply.content)).hexdigest()
    assert told["again"] == number != told["inquiry_id"]
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("number", ["7", "0192f0c1-0000-7000-8000-00000000dead", "..%2f..", "%00"])
def test_what_is_no_number_of_an_answer_is_said_to_be_none(client: Client, shared_world: World, number: str) -> None:
    """Whatever stands in the address, nothing is told and nothing breaks."""
    reply = client.get(f"/v1/inquiries/{number}", headers=headers(shared_world))
    assert reply.status_code == 404


def test_another_member_gets_nothing(client: Client, shared_world: World) -> None:
    """Neither the answer nor that there is one."""
    number = inquiry(client, shared_world, GOOD).json()["inquiry_id"]
    reply = client.get(f"/v1/inquiries/{number}", headers=headers(shared_world, "bank-beta"))
    assert (reply.status_code, reply.json()["type"]) == (404, "/problems/no-such-answer")
    assert client.get(f"/v1/inquiries/{number}").status_code == 401


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"as_of": "2026-11-24T01:00:00Z"}, 200),
        ({"as_of": "2026-11-24T09:00:00+08:00", "product": "score"}, 200),
        ({"as_of": "2031-01-01T00:00:00Z"}, 422),
        ({"as_of": "1999-01-01T00:00:00Z"}, 422),
        ({"as_of": "2026-11-24T01:00:00"}, 422),
        ({"as_of": "yesterday"}, 422),
        ({"as_of": "2026-11-24T01:00:00Z", "product": "changes"}, 422),
    ],
)
def test_a_past_moment_is_asked_for_by_its_instant(
    client: Client, shared_world: World, wish: dict[str, Any], status: int
) -> None:
    """With its zone, past, since the founding, and not with changes; else the field is named."""
    reply = inquiry(client, shared_world, GOOD, body=wish)
    assert reply.status_code == status, reply.text
    if status == 422:
        assert [error["pointer"] for error in reply.json()["errors"]] == ["/as_of"]
    else:
        assert reply.json()["answer"]["header"]["known_as_of"] == "2026-11-24T01:00:00Z"


def test_a_withdrawn_consent_shuts_the_past(client: Client, shared_world: World) -> None:
    """Refused with its article, like any inquiry; runs last in this file."""
    number = inquiry(client, shared_world, GOOD).json()["inquiry_id"]
    subject_id = shared_world.subject_id(GOOD)
    for held in consents(shared_world.bureau, subject_id):
        withdraw_consent(shared_world.bureau, subject_id, held.consent_id)
    reply = client.get(f"/v1/inquiries/{number}", headers=headers(shared_world))
    assert (reply.status_code, reply.json()["type"]) == (403, "/problems/consent-withdrawn")
