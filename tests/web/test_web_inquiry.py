"""A lender at the door: answers, refusals, repeats, and every way a request can be wrong."""

import hashlib
import json
import uuid
from typing import Any

import pytest

from openbureau.core.refusal import RefusalCode
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.inquiry.outcome import TooBusy
from openbureau.web.api import lenders
from openbureau.web.problems import PROBLEMS
from web.visitor import Client, inquiry
from world import PEOPLE, UNKNOWN, World

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}


def consent(world: World, name: str, **changes: Any) -> None:
    given: dict[str, Any] = {"member_id": "bank-alpha", "purpose": "loan-approval", "months": 3} | changes
    give_consent(world.bureau, world.subject_id(PEOPLE[name]), **given)


def test_an_answer_carries_the_recorded_bytes_and_a_receipt(client: Client, shared_world: World) -> None:
    """The answer's bytes are those whose hash the leaf commits to."""
    consent(shared_world, "good")
    reply = inquiry(client, shared_world, PEOPLE["good"])
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    told = reply.json()
    assert told["answer"]["schema"] == "openbureau-report/2"
    assert told["receipt"]["inquiry_id"] == told["inquiry_id"] == told["answer"]["header"]["report_id"]
    spliced = reply.content.split(b'"answer":', 1)[1].rsplit(b',"receipt":', 1)[0]
    hashes = dict(told["receipt"]["opening"]["fields"]) if "fields" in told["receipt"]["opening"] else {}
    flat = json.dumps(told["receipt"])
    assert hashlib.sha256(spliced).hexdigest() in (hashes.get("response"), *flat.split('"'))


def test_a_repeat_gives_the_same_bytes_and_says_so(client: Client, shared_world: World) -> None:
    """The same key and body give the same bytes, marked as a repeat."""
    consent(shared_world, "plain")
    key = {"Idempotency-Key": f"repeat {uuid.uuid4()}"}
    first = inquiry(client, shared_world, PEOPLE["plain"], headers=key)
    again = inquiry(client, shared_world, PEOPLE["plain"], headers=key)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


def test_a_repeated_refusal_is_marked_too(client: Client, shared_world: World) -> None:
    """A refusal sent again has the same inquiry and receipt."""
    key = {"Idempotency-Key": f"refused {uuid.uuid4()}"}
    first = inquiry(client, shared_world, PEOPLE["busy"], headers=key, member="bank-beta")
    again = inquiry(client, shared_world, PEOPLE["busy"], headers=key, member="bank-beta")
    assert first.status_code == again.status_code == 403
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"


def test_the_same_key_for_another_body_is_a_conflict(client: Client, shared_world: World) -> None:
    """A key cannot be used for a second request."""
    key = {"Idempotency-Key": f"conflict {uuid.uuid4()}"}
    inquiry(client, shared_world, PEOPLE["busy"], headers=key)
    other = inquiry(client, shared_world, PEOPLE["thin"], headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_a_refusal_quotes_its_article_in_the_language_asked(client: Client, shared_world: World) -> None:
    """A refusal names code, article, rule and receipt, and speaks the reader's language."""
    chinese = inquiry(client, shared_world, PEOPLE["busy"], headers=CHINESE)
    english = inquiry(client, shared_world, PEOPLE["busy"])
    assert chinese.status_code == english.status_code == 403
    assert chinese.headers["content-type"] == "application/problem+json"
    assert chinese.headers["content-language"] == "zh-CN"
    assert chinese.json()["title"] == PROBLEMS["no-consent"].title[1]
    assert chinese.json()["detail"].startswith("《征信业管理条例》第18条：")
    told = english.json()
    assert told["title"] == PROBLEMS["no-consent"].title[0]
    assert told["rules"] == ["no-consent"]
    assert told["citations"][0]["quote"] in told["detail"]
    assert told["instance"] == f"urn:uuid:{told['receipt']['inquiry_id']}"


@pytest.mark.parametrize(
    ("person", "changes", "code"),
    [
        ("busy", {"member": "bank-closed"}, "member-not-active"),
        ("busy", {"body": {"purpose": "limit-approval"}}, "purpose-not-in-contract"),
        ("thin", {}, "no-consent"),
    ],
)
def test_refusals_of_the_law_are_status_403(
    client: Client, shared_world: World, person: str, changes: dict[str, Any], code: str
) -> None:
    """Each refusal has its own type and status 403."""
    reply = inquiry(client, shared_world, PEOPLE[person], **changes)
    assert (reply.status_code, reply.json()["type"]) == (403, f"/problems/{code}")


def test_somebody_unknown_is_refused_like_somebody_without_consent(client: Client, shared_world: World) -> None:
    """The door does not tell who is on file."""
    known = inquiry(client, shared_world, PEOPLE["thin"]).json()
    unknown = inquiry(client, shared_world, UNKNOWN).json()
    for told in (known, unknown):
        del told["instance"], told["receipt"]
    assert known == unknown


def test_every_refusal_has_its_row() -> None:
    """No refusal of the core lacks a status, a title and a cure in both languages."""
    for code in RefusalCode:
        row = PROBLEMS[code.value]
        assert row.status == 403
        assert all(row.title)
        assert all(row.cure)


@pytest.mark.parametrize("key", [None, "", " ", "a" * 201, "tab\tkey", "sch\u00f6n"])
def test_a_key_is_needed(client: Client, shared_world: World, key: str | None) -> None:
    """An inquiry without a usable key is not taken."""
    headers = {"Idempotency-Key": key.encode() if key else key}
    reply = inquiry(client, shared_world, PEOPLE["busy"], headers=headers)
    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/idempotency-key-missing")


@pytest.mark.parametrize("authorization", [None, "Bearer nobody", "Basic abc", "Bearer ", "nonsense"])
def test_a_token_is_needed(client: Client, shared_world: World, authorization: str | None) -> None:
    """Without a member's token nobody asks, and the answer says how to."""
    reply = inquiry(client, shared_world, PEOPLE["busy"], headers={"Authorization": authorization})
    assert (reply.status_code, reply.json()["type"]) == (401, "/problems/not-signed-in")
    assert reply.headers["www-authenticate"].startswith("DPoP ")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"subject": "\\ud800"}', b"[1,"])
def test_what_is_not_json_is_said_to_be_so(client: Client, shared_world: World, content: bytes) -> None:
    """Bytes that are no JSON get a problem, whatever they are."""
    reply = inquiry(client, shared_world, PEOPLE["busy"], content=content)
    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/not-json")


def test_every_wrong_field_is_listed_with_its_cure_and_without_its_value(client: Client, shared_world: World) -> None:
    """All fields that need a change are told at once, and nothing sent is repeated."""
    secret = "甄秘密"
    body = {
        "subject": {"id_kind": "library-card", "id_number": 7, secret: 1},
        "purpose": secret,
        "product": "everything",
        "actor_user": secret,
    }
    reply = inquiry(client, shared_world, PEOPLE["busy"], content=json.dumps(body).encode())
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/fields-not-valid")
    told = {error["pointer"]: error for error in reply.json()["errors"]}
    assert set(told) == {
        "/subject/id_kind", "/subject/id_number", "/subject/name", "/purpose", "/product", "/actor_user", "",
    }  # fmt: skip
    assert all(error["cure"]["en"] and error["cure"]["zh"] for error in told.values())
    assert secret not in reply.text


@pytest.mark.parametrize("content", [b"7", b"[]", b'"text"', b'{"subject": 7, "purpose": "loan-approval"}'])
def test_a_body_is_an_object(client: Client, shared_world: World, content: bytes) -> None:
    """JSON of another shape is told what shape is meant."""
    reply = inquiry(client, shared_world, PEOPLE["busy"], content=content)
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["what"]["en"] == "must be an object"


def test_a_large_body_is_not_read(client: Client, shared_world: World) -> None:
    """An inquiry is small; what is not is turned away."""
    reply = inquiry(client, shared_world, PEOPLE["busy"], content=b" " * 70_000)
    assert (reply.status_code, reply.json()["type"]) == (413, "/problems/too-large")


def test_a_moving_file_asks_to_come_again(client: Client, shared_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing could be recorded the lender is told when to repeat."""
    monkeypatch.setattr(lenders, "answer_inquiry", lambda *_: TooBusy())
    reply = inquiry(client, shared_world, PEOPLE["busy"])
    assert (reply.status_code, reply.json()["type"]) == (503, "/problems/too-busy")
    assert reply.headers["retry-after"] == "1"


def test_a_member_reads_its_own_charges(client: Client, shared_world: World) -> None:
    """The charges of a month are the asking member's, and no other's."""
    consent(shared_world, "late", member_id="bank-beta")
    assert inquiry(client, shared_world, PEOPLE["late"], member="bank-beta").status_code == 200
    month = shared_world.clock.at.strftime("%Y-%m")

    def charges(member: str) -> Any:
        headers = {"Authorization": f"Bearer {shared_world.tokens[member]}"}
        return client.get("/v1/members/me/charges", params={"month": month}, headers=headers).json()

    assert len(charges("bank-beta")["charges"]) == 1
    assert charges("micro-gamma")["charges"] == []


@pytest.mark.parametrize("month", ["", "2026-13", "2026", "2026-11-01"])
def test_charges_are_asked_by_month(client: Client, shared_world: World, month: str) -> None:
    """What is no month is said to be none."""
    headers = {"Authorization": f"Bearer {shared_world.tokens['bank-beta']}"}
    reply = client.get("/v1/members/me/charges", params={"month": month}, headers=headers)
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "?month")


def test_charges_need_a_token(client: Client) -> None:
    """A token that is nobody's opens nothing."""
    reply = client.get("/v1/members/me/charges?month=2026-11", headers={"Authorization": "Bearer nobody"})
    assert reply.status_code == 401


def test_the_hot_path_touches_no_session_and_no_template(
    client: Client, shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An inquiry opens no session and writes no page."""
    desk = client.app.state.desk

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the hot path must not come here")

    monkeypatch.setattr(desk.sessions, "open", never)
    monkeypatch.setattr(desk.paper, "write", never)
    reply = inquiry(client, shared_world, PEOPLE["busy"], member="bank-beta")
    assert reply.status_code == 403
    assert "set-cookie" not in reply.headers


def test_a_question_is_answered_over_the_wire(client: Client, shared_world: World) -> None:
    """Product and questions go in, the answers alone come out."""
    consent(shared_world, "late")
    body = {"product": "question", "questions": ["has-overdue-now"]}
    reply = inquiry(client, shared_world, PEOPLE["late"], body=body)
    assert reply.status_code == 200
    assert reply.json()["answer"]["answers"] == [{"id": "has-overdue-now", "answer": "yes", "unit": None}]


def test_sixty_months_are_shown_on_request(client: Client, shared_world: World) -> None:
    """The wish is taken from the body."""
    consent(shared_world, "late")
    reply = inquiry(client, shared_world, PEOPLE["late"], body={"months": 3})
    assert len(reply.json()["answer"]["accounts"][0]["history"]["statuses"]) == 3


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({"months": 61}, "/months"),
        ({"months": "24"}, "/months"),
        ({"product": "score", "months": 24}, "/months"),
        ({"questions": ["has-overdue-now"]}, "/questions"),
        ({"product": "question"}, "/questions"),
        ({"product": "question", "questions": "has-overdue-now"}, "/questions"),
        ({"product": "question", "questions": ["who-is-it"]}, "/questions"),
        ({"product": "question", "questions": ["has-overdue-now"] * 2}, "/questions"),
    ],
)
def test_a_wish_that_does_not_fit_names_its_field(
    client: Client, shared_world: World, wish: dict[str, Any], pointer: str
) -> None:
    """Nothing is read about anybody; the field and the cure are told."""
    reply = inquiry(client, shared_world, PEOPLE["late"], body=wish)
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/fields-not-valid")
    assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]
    assert all(error["what"][language] and error["cure"][language] for error in reply.json()["errors"]
               for language in ("en", "zh"))  # fmt: skip
