"""A furnisher at the door: a file in, a receipt and an acceptance out."""

import tempfile
import uuid
from typing import Any

import pytest

from core.metro2_files import made
from openbureau.core.metro2.read import PACKED, Form
from openbureau.core.metro2.write import CLEAN, render_file
from openbureau.web.api import furnishers
from web.visitor import Client
from world import PEOPLE, World, jsonl, loan, months, subject_record


def headers(world: World, member: str = "micro-gamma") -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[member]}"}


def file(number: int = 7) -> bytes:
    person = PEOPLE["good"]
    account = loan(person, number)
    return jsonl([subject_record(person), account, *months(account["account_no"], "NN1")]).read()


def test_a_file_gets_its_receipt_and_acceptance(client: Client, shared_world: World) -> None:
    """Every record is accounted for, and the acceptance can be read again by its sender."""
    reply = client.post("/v1/furnishings", content=file(), headers=headers(shared_world))
    assert reply.status_code == 201, reply.text
    told = reply.json()
    assert told["acceptance"]["records"] == 5
    assert told["acceptance"]["accepted"] + told["acceptance"]["refused"] == 5
    again = client.get(reply.headers["location"], headers=headers(shared_world))
    assert again.json()["acceptance"] == told["acceptance"]


def test_a_file_is_nobody_elses_to_read(client: Client, shared_world: World) -> None:
    """Another member, and an id that is none, find nothing."""
    place = client.post("/v1/furnishings", content=file(8), headers=headers(shared_world)).headers["location"]
    for path, member in (
        (place, "bank-alpha"),
        (f"/v1/furnishings/{uuid.uuid4()}", "micro-gamma"),
        ("/v1/furnishings/x", "micro-gamma"),
    ):
        reply = client.get(path, headers=headers(shared_world, member))
        assert (reply.status_code, reply.json()["type"]) == (404, "/problems/not-found")


def test_the_same_file_twice_changes_nothing(client: Client, shared_world: World) -> None:
    """A repeat is a repeat."""
    client.post("/v1/furnishings", content=file(9), headers=headers(shared_world))
    told = client.post("/v1/furnishings?format=jsonl", content=file(9), headers=headers(shared_world)).json()[
        "acceptance"
    ]
    assert (told["new"], told["changed"]) == (0, 0)
    assert told["receipt"]["is_repeat"] is True


def test_findings_are_told_record_by_record(client: Client, shared_world: World) -> None:
    """A record with a fault is named with its cure; the others are taken."""
    broken = loan(PEOPLE["good"], 10, account_type="ZZ")
    content = jsonl([subject_record(PEOPLE["good"]), broken]).read()
    told = client.post("/v1/furnishings", content=content, headers=headers(shared_world)).json()["acceptance"]
    assert (told["accepted"], told["refused"]) == (1, 1)
    assert told["findings"][0]["record"] == 2
    assert told["findings"][0]["cure"]["zh"]


@pytest.mark.parametrize("content", [b"", b"   ", b"\xff\xfe\x00", b"PAR1 but not really", b"nonsense,columns\n1,2\n"])
def test_what_is_no_file_is_told_as_a_finding(client: Client, shared_world: World, content: bytes) -> None:
    """Nothing is received from bytes that are no file, and the cure is told."""
    reply = client.post("/v1/furnishings", content=content, headers=headers(shared_world))
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/file-not-readable")
    assert reply.json()["finding"]["cure"]["en"]


def test_who_may_not_furnish_is_refused_with_the_article(client: Client, shared_world: World) -> None:
    """A lender that is no furnisher is refused by the law's own policy."""
    reply = client.post("/v1/furnishings", content=file(), headers=headers(shared_world, "bank-closed"))
    assert (reply.status_code, reply.json()["type"]) == (403, "/problems/member-not-active")
    assert reply.json()["citations"]


@pytest.mark.parametrize("query", ["format=xml", "kind=person"])
def test_an_unknown_choice_is_named(client: Client, shared_world: World, query: str) -> None:
    """Format and kind are known ones or left out."""
    reply = client.post(f"/v1/furnishings?{query}", content=file(), headers=headers(shared_world))
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["pointer"] == "?" + query.partition("=")[0]


def test_a_file_needs_a_token(client: Client) -> None:
    """Nobody's file is not even read."""
    assert client.post("/v1/furnishings", content=file()).status_code == 401
    assert client.get(f"/v1/furnishings/{uuid.uuid4()}").status_code == 401


def test_a_file_is_read_in_pieces_beside_the_database(
    client: Client, shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large body lies in an unnamed file in the installation's own folder, not in shared temporary space."""
    seen: dict[str, Any] = {}
    original = tempfile.SpooledTemporaryFile

    def watch(size: int, **words: Any) -> Any:
        seen.update(words, size=size)
        return original(16, **words)

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", watch)
    reply = client.post("/v1/furnishings", content=file(11), headers=headers(shared_world))
    assert reply.status_code == 201
    assert seen == {"size": furnishers.IN_MEMORY, "dir": str(shared_world.bureau.settings.home)}


@pytest.mark.parametrize("form", [CLEAN, Form(PACKED, True, False)], ids=["characters", "packed"])
def test_metro2_is_taken_like_any_other_file(client: Client, shared_world: World, form: Form) -> None:
    """With the format named or found out; a wish for Metro 2 that the file does not fulfil is told."""
    content = b"".join(render_file([made(consumer_account_number=f"W-{form.packing}")], form))
    for query in ("?format=metro2", ""):
        reply = client.post(f"/v1/furnishings{query}", content=content, headers=headers(shared_world))
        assert reply.status_code == 201, reply.text
        told = reply.json()["acceptance"]
        assert (told["records"], told["accepted"], told["findings"]) == (1, 1, [])
    for query, sent in (("?format=metro2", file(12)), ("?format=openbureau", content)):
        reply = client.post(f"/v1/furnishings{query}", content=sent, headers=headers(shared_world))
        assert (reply.status_code, reply.json()["type"]) == (422, "/problems/file-not-readable")
