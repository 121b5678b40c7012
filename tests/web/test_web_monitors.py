"""A lender at the door that watches a borrower's file, from the consent to the alert at its own address."""

import json
import uuid
from typing import Any

import pytest

from openbureau.core.monitor.triggers import TRIGGERS
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.monitor.evaluate import evaluate
from openbureau.web.deliver import deliver_due
from web.receiver import receiving
from web.visitor import PAGE, Client, sign_in
from world import PEOPLE, World, jsonl, loan, months, subject_record

ALPHA = "bank-alpha"


def head(world: World, member: str = ALPHA) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[member]}", "Idempotency-Key": str(uuid.uuid4())}


def body(name: str, **changes: Any) -> dict[str, Any]:
    person = PEOPLE[name]
    subject = {"id_kind": "cn-id", "id_number": person.id_number, "name": person.name}
    return {"subject": subject, "reference": "loan-2026-0042"} | changes


def agree(world: World, name: str) -> None:
    give_consent(
        world.bureau,
        world.subject_id(PEOPLE[name]),
        member_id=ALPHA,
        purpose="post-loan",
        products=("report", "monitoring"),
    )


def lend(world: World, name: str) -> None:
    """Another institution opens an account."""
    person = PEOPLE[name]
    line = loan(person, 9, opened_on="2026-09-05")
    records = [subject_record(person), line, *months(line["account_no"], "N1", first="2026-09")]
    furnish(world.bureau, "micro-gamma", jsonl(records))


def test_from_the_wish_to_the_alert_at_its_own_address(client: Client, shared_world: World) -> None:
    """Begun, handed over without a word about the person, fetched with its receipt, stopped."""
    words = head(shared_world)
    refused = client.post("/v1/monitors", json=body("good"), headers=head(shared_world))
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/no-consent")
    agree(shared_world, "good")
    begun = client.post("/v1/monitors", json=body("good", triggers=["new-overdue", "bad-debt"]), headers=words)
    assert begun.status_code == 200
    monitor_id = begun.json()["inquiry_id"]
    assert begun.json()["answer"]["monitor"]["monitor_id"] == monitor_id == begun.json()["receipt"]["inquiry_id"]
    with receiving() as receiver:
        client.put("/v1/members/me/webhook", json={"url": receiver.url}, headers=words)
        lend(shared_world, "good")
        assert evaluate(shared_world.bureau) == 1
        deliver_due(shared_world.bureau)
        event = json.loads(receiver.came[-1][2])
    text = json.dumps(event)
    for word in (PEOPLE["good"].id_number, PEOPLE["good"].name, "micro-gamma"):
        assert word not in text
    assert event["data"]["trigger"] == "new-overdue"
    assert event["data"]["reference"] == "loan-2026-0042"
    told = client.get(event["data"]["content"], headers=words)
    assert told.status_code == 200
    assert told.headers["cache-control"] == "no-store"
    alert = told.json()["answer"]["alert"]
    assert alert["told"] == {"account_type": "D1", "month": "2026-10", "overdue_months": 1}
    assert told.json()["receipt"]["inquiry_id"] == event["id"]
    assert client.get(event["data"]["content"], headers=head(shared_world, "bank-beta")).status_code == 404
    row = client.get(f"/v1/monitors/{monitor_id}", headers=words).json()
    assert (row["alerts"], row["ended_at"], row["triggers"]) == (1, None, ["new-overdue", "bad-debt"])
    stopped = client.post(f"/v1/monitors/{monitor_id}/stop", headers=words).json()
    assert (stopped["reason"], bool(stopped["ended_at"])) == ("stopped", True)
    last = client.get("/v1/alerts", headers=words).json()["events"][-1]
    assert (last["type"], last["data"]["reason"], last["data"]["content"]) == (
        "org.openbureau.monitor.ended", "stopped", f"/v1/monitors/{monitor_id}",
    )  # fmt: skip
    assert monitor_id in [one["monitor_id"] for one in client.get("/v1/monitors", headers=words).json()["monitors"]]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"triggers": ["freeze"]}, "/triggers"),
        ({"triggers": []}, "/triggers"),
        ({"triggers": ["bad-debt", "bad-debt"]}, "/triggers"),
        ({"triggers": [["bad-debt"]]}, "/triggers"),
        ({"reference": "甄良"}, "/reference"),
        ({"reference": None}, "/reference"),
        ({"purpose": "loan-approval"}, "/purpose"),
        ({"subject": 7}, "/subject"),
    ],
)
def test_what_does_not_fit_is_told_with_place_and_cure(
    client: Client, shared_world: World, changes: dict[str, Any], pointer: str
) -> None:
    """In both languages, with the triggers that there are."""
    reply = client.post("/v1/monitors", json=body("late", **changes), headers=head(shared_world))
    assert reply.status_code == 422
    errors = {error["pointer"]: error for error in reply.json()["errors"]}
    assert errors[pointer]["cure"]["zh"]
    if pointer == "/triggers":
        assert all(code in errors[pointer]["cure"]["en"] for code in TRIGGERS)


def test_alerts_are_not_asked_for(client: Client, shared_world: World) -> None:
    """As a product of a single inquiry there are none."""
    words = {"subject": body("late")["subject"], "purpose": "post-loan", "product": "alert"}
    reply = client.post("/v1/inquiries", json=words, headers=head(shared_world))
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "/product")


def test_what_is_not_there_is_not_found(client: Client, shared_world: World) -> None:
    """Unknown, misspelt, of another member."""
    for place in ("/v1/monitors/x", f"/v1/monitors/{uuid.uuid4()}", "/v1/alerts/x", f"/v1/alerts/{uuid.uuid4()}"):
        assert client.get(place, headers=head(shared_world)).status_code == 404
    assert client.post(f"/v1/monitors/{uuid.uuid4()}/stop", headers=head(shared_world)).status_code == 404
    assert client.get("/v1/monitors?before=x", headers=head(shared_world)).status_code == 422
    assert client.get("/v1/monitors").status_code == 401


def test_a_person_reads_who_is_told_of_changes(client: Client, shared_world: World) -> None:
    """On the page of consents and in the diary, in both languages."""
    agree(shared_world, "late")
    client.post("/v1/monitors", json=body("late", triggers=["new-overdue"]), headers=head(shared_world))
    lend(shared_world, "late")
    assert evaluate(shared_world.bureau) == 1
    sign_in(client, PEOPLE["late"])
    for language, words in (("en", ("Told of changes", "newly overdue")), ("zh-CN", ("变动监测", "新发生逾期"))):
        page = client.get(f"/me/consents?lang={language}", headers=PAGE).text
        for word in words:
            assert word in page
    diary = client.get("/me/diary?lang=en", headers=PAGE).text
    assert "watches your file from now on" in diary
    assert "was told of a change in your file" in diary
