"""A court at the door: by its document, field by field, and every way it can be wrong."""

from typing import Any

import pytest

from web.visitor import Client
from world import PEOPLE, World

GOOD = PEOPLE["good"]
DOCUMENT = {
    "kind": "enforcement", "statute": "某法第一条", "number": "（2026）虚构执1号", "issued_by": "虚构市人民法院",
    "officer": "法官 0042", "issued_on": "2026-11-20", "valid_until": "2026-12-20",
}  # fmt: skip
BODY = {
    "subject": {"id_kind": "cn-id", "id_number": GOOD.id_number, "name": GOOD.name}, "purpose": "judicial",
    "document": DOCUMENT,
}  # fmt: skip


def look_up(client: Client, world: World, body: Any, *, member: str = "court-epsilon") -> Any:
    """Ask as a court does; every call has a key of its own."""
    key = world.request(GOOD).idempotency_key
    headers = {"Authorization": f"Bearer {world.tokens[member]}", "Idempotency-Key": key}
    return client.post("/v1/official-inquiries", json=body, headers=headers)


def test_a_court_gets_the_report(client: Client, shared_world: World) -> None:
    """By its document, with a receipt that names the ground."""
    told = look_up(client, shared_world, BODY)
    assert told.status_code == 200
    assert told.json()["receipt"]["opening"]["opened"]["basis"][1] == "court-order"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"document": None}, "document-missing"),
        ({"document": DOCUMENT | {"officer": ""}}, "document-missing"),
        ({"document": DOCUMENT | {"valid_until": "2026-11-21"}}, "document-expired"),
        ({"deferral": {"statute": "", "until": "2026-12-01"}}, "deferral-not-lawful"),
        ({"purpose": "official"}, "purpose-not-in-contract"),
    ],
)
def test_a_refusal_is_told_with_its_article(
    client: Client, shared_world: World, change: dict[str, Any], code: str
) -> None:
    """Status 403, the code's page, an article."""
    told = look_up(client, shared_world, BODY | change)
    assert (told.status_code, told.json()["type"]) == (403, f"/problems/{code}")
    assert told.json()["citations"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (BODY | {"purpose": "loan-approval"}, {"/purpose"}),
        (BODY | {"document": {"kind": "gossip"}}, {
            "/document/kind", "/document/statute", "/document/number", "/document/issued_by", "/document/officer",
            "/document/issued_on", "/document/valid_until",
        }),
        (BODY | {"document": DOCUMENT | {"issued_on": "20/11/2026"}}, {"/document/issued_on"}),
        (BODY | {"deferral": {"until": "2026-12-01"}}, {"/deferral/statute"}),
        (BODY | {"document": "see attachment"}, {"/document", *(f"/document/{name}" for name in DOCUMENT)}),
        (BODY | {"product": "report"}, {""}),
        ({}, {"/subject/id_kind", "/subject/id_number", "/subject/name", "/purpose"}),
    ],
)  # fmt: skip
def test_every_field_that_does_not_fit_is_named(
    client: Client, shared_world: World, body: Any, pointers: set[str]
) -> None:
    """With its place and a cure; nothing is recorded for a body that cannot be read."""
    told = look_up(client, shared_world, body)
    assert told.status_code == 422
    assert {error["pointer"] for error in told.json()["errors"]} == pointers


def test_a_lender_has_no_such_door(client: Client, shared_world: World) -> None:
    """Whatever it shows."""
    told = look_up(client, shared_world, BODY, member="bank-beta")
    assert (told.status_code, told.json()["type"]) == (403, "/problems/purpose-not-in-contract")
