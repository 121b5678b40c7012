"""A furnisher asks about what it sent: receipt, proof of a record, quality of a month."""

import json

import pytest

from openbureau.jobs.log.sequence import sequence
from openbureau.watch.record import verify_record
from web.visitor import Client
from world import World, jsonl, months


def headers(world: World, member: str = "bank-alpha") -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[member]}"}


@pytest.fixture
def place(client: Client, shared_world: World) -> str:
    """The address of a file that bank-alpha sent, logged."""
    shared_world.clock.forward(seconds=1)
    content = jsonl(months("P0001-1", "NN", first="2026-09")).read()
    found = client.post("/v1/furnishings", content=content, headers=headers(shared_world)).headers["location"]
    sequence(shared_world.bureau)
    return str(found)


def test_receipt_and_proof_are_verified_offline(client: Client, shared_world: World, place: str) -> None:
    """What the API hands out is what the watcher accepts."""
    for path in (f"{place}/receipt", f"{place}/records/2/proof"):
        reply = client.get(path, headers=headers(shared_world))
        assert reply.status_code == 200, reply.text
        assert verify_record(reply.content).status == "ok"
    shown = json.loads(verify_proof_content(reply.json()))
    assert shown["month"] == "2026-10"


def verify_proof_content(proof: dict) -> bytes:  # type: ignore[type-arg]
    """The bytes of the record in a proof."""
    from openbureau.tlog.strict import parse_base64

    return parse_base64(proof["pieces"][0]["content"])


@pytest.mark.parametrize("tail", ["/receipt", "/records/1/proof"])
def test_nobody_else_gets_them(client: Client, shared_world: World, place: str, tail: str) -> None:
    """Another member finds nothing; nobody without a token."""
    assert client.get(place + tail, headers=headers(shared_world, "micro-gamma")).status_code == 404
    assert client.get(place + tail).status_code == 401


@pytest.mark.parametrize("tail", ["/records/3/proof", "/records/0/proof", "/records/x/proof", "x/receipt"])
def test_what_is_not_there_is_not_found(client: Client, shared_world: World, place: str, tail: str) -> None:
    """No such record, no such file."""
    assert client.get(place + tail, headers=headers(shared_world)).status_code == 404


def test_the_own_quality_is_told(client: Client, shared_world: World, place: str) -> None:
    """One's own month only; a month that is none is named."""
    told = client.get("/v1/members/me/quality?month=2026-11", headers=headers(shared_world)).json()
    assert told["member"]["id"] == "bank-alpha"
    assert told["counts"]["files"] >= 2
    assert place
    wrong = client.get("/v1/members/me/quality?month=x", headers=headers(shared_world))
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/fields-not-valid")
    assert client.get("/v1/members/me/quality?month=2026-11").status_code == 401
