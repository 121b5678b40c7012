"""Large files in pieces and single records over HTTP: resume, repeats, limits, and who may."""

import json
import uuid
from typing import Any

import pytest

from openbureau.jobs.founding.sandbox import add_desk
from openbureau.jobs.furnishing import upload
from openbureau.jobs.furnishing.load import resume_loads
from web.test_web_signed import enter
from web.visitor import PAGE, Client, form_token
from world import PEOPLE, World, jsonl, loan, months, subject_record

PERSON = PEOPLE["good"]


def headers(world: World, member: str = "micro-gamma", **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[member]}"} | more


def file(number: int) -> bytes:
    account = loan(PERSON, number)
    return jsonl([subject_record(PERSON), account, *months(account["account_no"], "NN1")]).read()


def begun(client: Client, world: World, content: bytes, **more: Any) -> str:
    reply = client.post("/v1/uploads", json={"size": len(content), **more}, headers=headers(world))
    assert reply.status_code == 201, reply.text
    assert reply.headers["location"] == f"/v1/uploads/{reply.json()['upload']['upload_id']}"
    return str(reply.headers["location"])


def test_a_broken_upload_goes_on_where_it_was(client: Client, shared_world: World) -> None:
    """Pieces, a lost answer, a wrong offset, a question how far it is, the rest, one receipt, and again the same."""
    content = file(20)
    place = begun(client, shared_world, content, format="jsonl")
    mine = headers(shared_world)
    assert client.put(f"{place}?at=0", content=content[:100], headers=mine).json()["upload"]["held"] == 100
    again = client.put(f"{place}?at=0", content=content[:100], headers=mine)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/upload-elsewhere")
    assert again.json()["upload"]["held"] == 100
    early = client.post(f"{place}/finish", headers=mine)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/upload-not-whole")
    assert client.get(place, headers=mine).json()["upload"]["held"] == 100
    ranged = mine | {"Content-Range": f"bytes 100-{len(content) - 1}/{len(content)}"}
    assert client.put(place, content=content[100:], headers=ranged).json()["upload"]["held"] == len(content)
    first = client.post(f"{place}/finish", headers=mine)
    assert first.status_code == 201, first.text
    assert first.json()["acceptance"]["records"] == 5
    second = client.post(f"{place}/finish", headers=mine)
    assert second.json()["receipt"] == first.json()["receipt"]
    told = client.get(place, headers=mine).json()["upload"]
    assert told["furnishing"] == first.headers["location"]
    assert client.get(told["furnishing"], headers=mine).json()["progress"]["door"] == "upload"


def test_what_is_no_piece_is_told(client: Client, shared_world: World) -> None:
    """A piece without an offset, with a false length, too long, or of no upload of this member."""
    place = begun(client, shared_world, b"12345")
    mine = headers(shared_world)
    for path, more, content, problem in (
        (place, {}, b"1", "fields-not-valid"),
        (f"{place}?at=-1", {}, b"1", "fields-not-valid"),
        (place, {"Content-Range": "bytes 0-3/5"}, b"1", "request-not-readable"),
        (place, {"Content-Range": "bytes 3-0/5"}, b"1", "fields-not-valid"),
        (f"{place}?at=0", {}, b"123456", "upload-too-long"),
        (f"/v1/uploads/{uuid.uuid4()}?at=0", {}, b"1", "not-found"),
        ("/v1/uploads/x?at=0", {}, b"1", "not-found"),
    ):
        reply = client.put(path, content=content, headers=mine | more)
        assert reply.json()["type"] == f"/problems/{problem}", path
    assert client.put(f"{place}?at=0", content=b"1", headers=headers(shared_world, "bank-alpha")).status_code == 404
    assert client.put(f"{place}?at=0", content=b"1").status_code == 401
    assert client.get(place, headers=mine).json()["upload"]["held"] == 0


def test_a_piece_is_bounded(client: Client, shared_world: World) -> None:
    """A body above the largest piece is not read into memory."""
    place = begun(client, shared_world, b"1" * 10)
    reply = client.put(f"{place}?at=0", content=b"1" * (upload.LARGEST_PIECE + 2), headers=headers(shared_world))
    assert (reply.status_code, reply.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"size": 0},
        {"size": (4 << 30) + 1},
        {"size": 5, "format": "xml"},
        {"size": 5, "sha256": "ABC"},
        [],
        {"sise": 5},
    ],
)
def test_an_upload_begins_with_its_size(client: Client, shared_world: World, body: Any) -> None:
    """Anything else is told with its cure."""
    reply = client.post("/v1/uploads", json=body, headers=headers(shared_world))
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/fields-not-valid")


def test_an_upload_that_differs_from_its_digest_is_not_received(client: Client, shared_world: World) -> None:
    """The promise counts; the upload can be given up."""
    content = file(21)
    place = begun(client, shared_world, content, sha256="0" * 64)
    client.put(f"{place}?at=0", content=content, headers=headers(shared_world))
    reply = client.post(f"{place}/finish", headers=headers(shared_world))
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/upload-differs")
    assert client.delete(place, headers=headers(shared_world)).json() == {"ended": True}
    assert client.delete(place, headers=headers(shared_world)).status_code == 404
    assert client.get(place, headers=headers(shared_world)).status_code == 404


def test_nonsense_in_pieces_is_told_as_a_finding(client: Client, shared_world: World) -> None:
    """The same finding as at the other doors, and no receipt."""
    place = begun(client, shared_world, b"nonsense,columns\n1,2\n")
    client.put(f"{place}?at=0", content=b"nonsense,columns\n1,2\n", headers=headers(shared_world))
    reply = client.post(f"{place}/finish", headers=headers(shared_world))
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/file-not-readable")


def test_a_desk_uploads_under_its_session_and_token(client: Client, shared_world: World) -> None:
    """The page's own way: the session's cookie and token; without the token nothing changes."""
    add_desk(shared_world.bureau, member_id="micro-gamma", code="555555")
    enter(client, "member", "micro-gamma", "555555")
    token = form_token(client.get("/", headers=PAGE))
    bare = client.post("/v1/uploads", json={"size": 5})
    assert (bare.status_code, bare.json()["type"]) == (403, "/problems/form-not-trusted")
    reply = client.post("/v1/uploads", json={"size": 5}, headers={"X-CSRF-Token": token})
    assert reply.status_code == 201
    assert len(client.get("/v1/uploads").json()["uploads"]) >= 1


def test_the_answer_need_not_wait_for_the_load(client: Client, shared_world: World) -> None:
    """Prefer: respond-async gets 202 with the receipt; the load is done by whoever loads, and told at Location."""
    mine = headers(shared_world, prefer="wait=1, Respond-Async")
    reply = client.post("/v1/furnishings", content=file(22), headers=mine)
    assert (reply.status_code, reply.headers["preference-applied"]) == (202, "respond-async")
    assert set(reply.json()) == {"receipt"}
    told = client.get(reply.headers["location"], headers=mine).json()
    assert (told["progress"]["state"], told["progress"]["per_mille"]) == ("waiting", 0)
    behind = client.post("/v1/furnishings", content=file(25), headers=headers(shared_world))
    assert (behind.status_code, "preference-applied" in behind.headers) == (202, False)
    resume_loads(shared_world.bureau)
    told = client.get(reply.headers["location"], headers=mine).json()
    assert (told["progress"]["state"], told["progress"]["per_mille"]) == ("done", 1000)
    assert told["acceptance"]["records"] == 5


def test_one_record_or_a_few_are_furnished_at_once(client: Client, shared_world: World) -> None:
    """An object or a list, pretty-printed or not, with receipt and findings."""
    records = [subject_record(PERSON), loan(PERSON, 30)]
    first = client.post("/v1/records", content=json.dumps(records, indent=2), headers=headers(shared_world))
    assert first.status_code == 201, first.text
    assert first.json()["acceptance"]["accepted"] == 2
    one = months(f"{PERSON.handle}-30", "1")[0]
    second = client.post("/v1/records", content=json.dumps(one, indent=1), headers=headers(shared_world))
    assert (second.json()["acceptance"]["new"], second.json()["acceptance"]["refused"]) == (1, 0)
    one.pop("adverse_notified_on")
    third = client.post("/v1/records", json=one, headers=headers(shared_world)).json()["acceptance"]
    assert third["findings"][0]["rule"] == "adverse-without-notice"


def test_a_records_key_makes_a_repeat_harmless(client: Client, shared_world: World) -> None:
    """The same key and body give the same receipt; another body under it is told."""
    mine = headers(shared_world, **{"Idempotency-Key": f"k-{uuid.uuid4()}"})
    first = client.post("/v1/records", json=subject_record(PERSON), headers=mine)
    again = client.post("/v1/records", json=subject_record(PERSON), headers=mine)
    assert first.status_code == again.status_code == 201
    assert first.json()["receipt"] == again.json()["receipt"]
    other = client.post("/v1/records", json=loan(PERSON, 31), headers=mine)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    elsewhere = headers(shared_world, "bank-alpha") | {"Idempotency-Key": mine["Idempotency-Key"]}
    assert client.post("/v1/records", json=subject_record(PERSON), headers=elsewhere).status_code == 201


@pytest.mark.parametrize(("language", "words"), [("en", "each sending"), ("zh-CN", "每次报送")])
def test_a_key_that_is_none_is_told_with_the_cure_of_records(
    client: Client, shared_world: World, language: str, words: str
) -> None:
    """Of sendings, not of inquiries."""
    mine = headers(shared_world, **{"Idempotency-Key": "k" * 201, "Accept-Language": language})
    reply = client.post("/v1/records", json=subject_record(PERSON), headers=mine)
    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/idempotency-key-missing")
    assert words in reply.json()["cure"]
    assert reply.json()["detail"] == reply.json()["cure"]


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b"[1]", b'"x"', b"[{}" + b",{}" * 1000 + b"]"])
def test_what_are_no_records_is_told(client: Client, shared_world: World, content: bytes) -> None:
    """Nothing is received from it."""
    before = len(client.get("/v1/furnishings", headers=headers(shared_world)).json()["furnishings"])
    reply = client.post("/v1/records", content=content, headers=headers(shared_world))
    assert reply.json()["type"] in {"/problems/fields-not-valid", "/problems/not-json"}
    assert len(client.get("/v1/furnishings", headers=headers(shared_world)).json()["furnishings"]) == before


@pytest.mark.parametrize("content", [b"{", b"[{]", b'{"a": "\n"}', b"{}{}", b"\xff"])
def test_records_are_json(client: Client, shared_world: World, content: bytes) -> None:
    """A line end inside a text is no JSON, and is not silently mended."""
    reply = client.post("/v1/records", content=content, headers=headers(shared_world))
    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/not-json")


def test_files_are_listed_newest_first_and_ones_own_only(client: Client, shared_world: World) -> None:
    """Each with its progress; a page goes on before a receipt."""
    client.post("/v1/furnishings", content=file(23), headers=headers(shared_world))
    client.post("/v1/furnishings", content=file(24), headers=headers(shared_world))
    rows = client.get("/v1/furnishings", headers=headers(shared_world)).json()["furnishings"]
    ids = [row["receipt_id"] for row in rows]
    assert ids == sorted(ids, reverse=True)
    assert {row["member_id"] for row in rows} == {"micro-gamma"}
    after = client.get(f"/v1/furnishings?before={ids[0]}", headers=headers(shared_world)).json()["furnishings"]
    assert [row["receipt_id"] for row in after][: len(ids) - 1] == ids[1:]
    assert client.get("/v1/furnishings?before=x", headers=headers(shared_world)).status_code == 422


def test_a_furnisher_sees_what_is_held_from_it(client: Client, shared_world: World) -> None:
    """Totals, and single accounts by its own numbers; never another's, and never a person."""
    mine = headers(shared_world, "bank-alpha")
    totals = client.get("/v1/accounts", headers=mine).json()["totals"]
    assert sum(row["accounts"] for row in totals) >= 6
    numbers = [f"{PEOPLE['late'].handle}-1", "no-such"]
    found = client.post("/v1/accounts", json={"account_nos": numbers}, headers=mine)
    held, unknown = found.json()["accounts"]
    assert (held["held"], held["months"][-4:], held["last_month"]) == (True, "1234", "2026-10")
    assert unknown == {"account_no": "no-such", "held": False}
    assert PEOPLE["late"].id_number not in found.text
    assert PEOPLE["late"].name not in found.text
    other = client.post("/v1/accounts", json={"account_nos": numbers[:1]}, headers=headers(shared_world))
    assert other.json()["accounts"][0]["held"] is False
    for body in ({"account_nos": []}, {"account_nos": ["x"] * 201}, {}):
        assert client.post("/v1/accounts", json=body, headers=mine).status_code == 422
