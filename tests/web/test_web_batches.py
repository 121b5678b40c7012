"""A lender at the door with a file of inquiries."""

import json
import uuid
from typing import Any

import pytest

from openbureau.jobs.batch.work import work_batches
from openbureau.jobs.consent.give import give_consent
from web.visitor import Client
from world import PEOPLE, World


def head(world: World, member: str = "bank-alpha", **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[member]}", "Idempotency-Key": str(uuid.uuid4())} | more


def body(name: str, **changes: Any) -> dict[str, Any]:
    person = PEOPLE[name]
    subject = {"id_kind": "cn-id", "id_number": person.id_number, "name": person.name}
    return {"subject": subject, "purpose": "loan-approval"} | changes


def file(*lines: Any) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in lines)


def test_a_file_is_kept_worked_and_its_results_are_fetched(client: Client, shared_world: World) -> None:
    """From the file to the results, with an answer, a refusal, and a problem with place and cure."""
    give_consent(
        shared_world.bureau, shared_world.subject_id(PEOPLE["good"]), member_id="bank-alpha", purpose="loan-approval"
    )
    sent = file(
        body("good", key="row-1"), body("late", key="row-2"), body("busy", purpose="curiosity"), body("thin", key=7), []
    )
    words = head(shared_world)
    reply = client.post("/v1/batches", content=sent, headers=words)
    assert reply.status_code == 202
    place = reply.headers["location"]
    assert place == f"/v1/batches/{reply.json()['batch_id']}"
    assert client.post("/v1/batches", content=sent, headers=words).headers["idempotent-replayed"] == "true"
    early = client.get(f"{place}/results", headers=words)
    assert (early.status_code, early.json()["type"], early.json()["batch"]["state"]) == (
        409, "/problems/batch-not-ended", "waiting",
    )  # fmt: skip
    work_batches(shared_world.bureau)
    told = client.get(place, headers=words).json()
    assert (told["state"], told["answered"], told["refused"], told["problems"]) == ("done", 1, 1, 3)
    assert told["results"] == f"{place}/results"
    results = client.get(told["results"], headers=words | {"Accept-Language": "zh-CN"})
    assert results.headers["content-type"].startswith("application/jsonl")
    assert results.headers["cache-control"] == "no-store"
    good, late, busy, thin, listed = [json.loads(line) for line in results.text.splitlines()]
    assert (good["line"], good["key"]) == (1, "row-1")
    assert good["answer"]["header"]["report_id"] == good["inquiry_id"] == good["receipt"]["inquiry_id"]
    assert late["refusal"]["type"] == "/problems/no-consent"
    assert late["refusal"]["instance"] == f"urn:uuid:{late['inquiry_id']}"
    assert late["refusal"]["title"].startswith("没有")
    assert busy["problem"]["errors"][0]["pointer"] == "/purpose"
    assert busy["problem"]["errors"][0]["cure"]["zh"]
    assert thin["problem"]["errors"][0]["pointer"] == "/key"
    assert listed["problem"]["type"] == "/problems/fields-not-valid"
    assert [one["batch_id"] for one in client.get("/v1/batches", headers=words).json()["batches"]] == [told["batch_id"]]


def test_results_lead_from_page_to_page(client: Client, shared_world: World) -> None:
    """`Link` leads on until the last line."""
    place = client.post("/v1/batches", content=b"[]\n" * 501, headers=head(shared_world)).headers["location"]
    work_batches(shared_world.bureau)
    first = client.get(f"{place}/results", headers=head(shared_world))
    assert first.headers["link"] == f'<{place}/results?after=500>; rel="next"'
    last = client.get(f"{place}/results?after=500", headers=head(shared_world))
    assert [json.loads(line)["line"] for line in last.text.splitlines()] == [501]
    assert "link" not in last.headers


def test_what_cannot_be_a_batch_is_told(client: Client, shared_world: World) -> None:
    """Without key, without lines, another file under the key, no such batch, another member's."""
    words = head(shared_world)
    place = client.post("/v1/batches", content=file(body("good")), headers=words).json()["batch_id"]

    def told(reply: Any) -> str:
        return str(reply.json()["type"]).removeprefix("/problems/")

    assert told(client.post("/v1/batches", content=file(body("late")), headers=words)) == "idempotency-key-reused"
    keyless = {"Authorization": words["Authorization"]}
    assert told(client.post("/v1/batches", content=b"{}", headers=keyless)) == "idempotency-key-missing"
    assert told(client.post("/v1/batches", content=b"\n", headers=head(shared_world))) == "batch-empty"
    assert told(client.post("/v1/batches", content=b"{}")) == "not-signed-in"
    for method, where in (("get", ""), ("get", "/results"), ("post", "/cancel")):
        for name in (place, "nonsense", str(uuid.uuid4())):
            other = head(shared_world, "bank-beta")
            assert told(getattr(client, method)(f"/v1/batches/{name}{where}", headers=other)) == "not-found"
    assert told(client.get(f"/v1/batches/{place}/results?after=-1", headers=words)) == "fields-not-valid"
    assert told(client.get("/v1/batches?before=x", headers=words)) == "fields-not-valid"
    assert client.post(f"/v1/batches/{place}/cancel", headers=words).json()["state"] == "cancelling"


@pytest.mark.parametrize(
    ("member", "code"), [("bank-closed", "member-not-active"), ("platform-delta", "role-not-entitled")]
)
def test_whoever_may_not_ask_leaves_no_file(client: Client, shared_world: World, member: str, code: str) -> None:
    """A suspended member and one that is no lender are refused at the door with the article; nothing is kept."""
    words = head(shared_world, member)
    reply = client.post("/v1/batches", content=file(body("good")), headers=words)
    assert (reply.status_code, reply.json()["type"]) == (403, f"/problems/{code}")
    assert reply.json()["citations"]
    assert client.get("/v1/batches", headers=words).json()["batches"] == []


def test_a_line_nested_without_end_is_not_json(client: Client, shared_world: World) -> None:
    """A hostile line is a problem like any other."""
    deep = b'{"key": ' + b"[" * 30_000 + b"\n"
    place = client.post(
        "/v1/batches", content=deep + b'{"subject": ' + b"[" * 30_000, headers=head(shared_world)
    ).headers["location"]
    work_batches(shared_world.bureau)
    lines = client.get(f"{place}/results", headers=head(shared_world)).text.splitlines()
    assert [json.loads(line)["problem"]["type"] for line in lines] == ["/problems/not-json"] * 2
