"""Consents at the door: the notice and its points, requests of lenders, codes, artefacts, originals."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from jobs.collecting import consent, sealed, signed, with_keys
from openbureau.core.consent.artefact import is_signed, open_artefact, plain
from openbureau.jobs.consent.sample import draw
from openbureau.jobs.inquiry.contents import response_key
from openbureau.web.app import create_app
from web.visitor import PAGE, Client, form_token, sign_in
from world import PEOPLE, UNKNOWN, Person, World

POINTS = ["purpose", "provide", "sensitive"]
ORIGINAL = b"%PDF-1.7 signed by hand"


@pytest.fixture(scope="module")
def bank(shared_world: World) -> World:
    """A world whose members hold keys."""
    return with_keys(shared_world)


@pytest.fixture(scope="module")
def door(bank: World) -> Iterator[Client]:
    """The application over it."""
    with TestClient(create_app(bank.bureau), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def client(door: Client) -> Iterator[Client]:
    """Before a visitor who brings no cookies."""
    door.cookies.clear()
    yield door
    door.cookies.clear()


def member(world: World, name: str = "bank-beta") -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[name]}"}


def send(client: Client, world: World, made: Any, **more: Any) -> Any:
    body = (
        b'{"artefact": ' + signed(made) + (b', "code": "%s"' % more["code"].encode() if "code" in more else b"") + b"}"
    )
    return client.post("/v1/consents", content=body, headers=member(world, made.collector.id))


def session(client: Client, person: Person) -> dict[str, str]:
    sign_in(client, person)
    return {"X-CSRF-Token": client.get("/v1/me/consents").headers["x-csrf-token"]}


def test_the_page_shows_the_notice_and_has_nothing_ticked(client: Client) -> None:
    """Warning, every item, lender and days in it; each point with its article; in both languages."""
    sign_in(client, PEOPLE["good"])
    chosen = "/me/consents/new?whom=bank-beta|post-loan&months=6&extent=monitored"
    for language, words in (
        ("zh-CN", ("请注意", "乙丑银行", "2027年5月24日", "尚未结清")),
        ("en", ("Please note", "Bank Beta", "2027-05-24")),
    ):
        page = client.get(f"{chosen}&lang={language}", headers=PAGE)
        assert page.status_code == 200
        assert all(word in page.text for word in words)
        assert page.text.count('type="checkbox"') == page.text.count('<figure class="article">') == 4
        assert " checked" not in page.text


@pytest.mark.parametrize("left_out", POINTS)
def test_a_point_that_is_not_ticked_brings_the_notice_back(client: Client, left_out: str) -> None:
    """Nothing is recorded; what was ticked stays ticked; programs read the article that asks for it."""
    token = session(client, PEOPLE["good"])
    before = client.get("/v1/me/consents").json()["consents"]
    form = {"token": token["X-CSRF-Token"], "whom": "bank-beta|card-approval", "months": "3", "notice": "notice-2"}
    form |= {f"point-{point}": "yes" for point in POINTS if point != left_out}
    reply = client.post("/me/consents", data=form, headers=PAGE, follow_redirects=False)
    assert (reply.status_code, reply.text.count(" checked")) == (422, 2)
    body = {"member_id": "bank-beta", "purpose": "card-approval", "points": [one for one in POINTS if one != left_out]}
    told = client.post("/v1/me/consents", json=body | {"notice_version": "notice-2"}, headers=token)
    assert told.json()["type"] == "/problems/consent-point-missing"
    assert len(told.json()["citations"]) == 1
    assert client.get("/v1/me/consents").json()["consents"] == before


def test_another_notice_than_the_one_that_holds_is_not_agreed_to(client: Client) -> None:
    """What was shown is named; without it, or with an old one, nothing is recorded."""
    token = session(client, PEOPLE["good"])
    told = client.get("/v1/me/consent-notice?member_id=bank-beta&purpose=card-approval&products=score").json()
    assert [point["point"] for point in told["points"]] == POINTS
    body = {"member_id": "bank-beta", "purpose": "card-approval", "points": POINTS, "products": ["score"]}
    for version in ("", "notice-1"):
        more = {"notice_version": version} if version else {}
        reply = client.post("/v1/me/consents", json=body | more, headers=token)
        assert reply.json()["type"] == "/problems/notice-outdated"
    assert (
        client.post("/v1/me/consents", json=body | {"notice_version": told["version"]}, headers=token).status_code
        == 201
    )


@pytest.mark.parametrize(
    "query", ["", "member_id=bank-beta&purpose=curiosity", "member_id=bank-beta&purpose=post-loan&products=all"]
)
def test_there_is_no_notice_for_what_cannot_be(client: Client, query: str) -> None:
    """No lender, no such purpose, no such product."""
    sign_in(client, PEOPLE["good"])
    assert client.get(f"/v1/me/consent-notice?{query}").json()["type"] == "/problems/consent-not-possible"
    assert client.get("/v1/me/consent-notice?months=x").json()["type"] == "/problems/fields-not-valid"


def test_the_artefact_is_the_persons_and_the_lenders_and_nobody_elses(client: Client, bank: World) -> None:
    """Byte for byte as the leaf has its hash, signed by the bureau; another member and another person find nothing."""
    token = session(client, PEOPLE["late"])
    body = {"member_id": "bank-beta", "purpose": "loan-approval", "points": POINTS, "notice_version": "notice-2"}
    consent_id = client.post("/v1/me/consents", json=body, headers=token).json()["consent_id"]
    own = client.get(f"/v1/me/consents/{consent_id}")
    artefact = open_artefact(own.content)
    assert is_signed(artefact, [response_key(bank.bureau).public_key().public_bytes_raw()])
    assert artefact.consent.subject.id_number == PEOPLE["late"].id_number
    lender = client.get(f"/v1/consents/{consent_id}", headers=member(bank)).json()
    assert (lender["state"], open_artefact(own.content)) == (
        "in-force",
        open_artefact(json.dumps(lender["artefact"]).encode()),
    )
    assert client.get(f"/v1/consents/{consent_id}", headers=member(bank, "bank-alpha")).status_code == 404
    assert client.get("/v1/consents/nonsense", headers=member(bank)).status_code == 404
    assert client.get(f"/v1/consents/{consent_id}").status_code == 401
    session(client, PEOPLE["good"])
    assert client.get(f"/v1/me/consents/{consent_id}").json()["type"] == "/problems/no-such-consent"


def test_a_lender_is_told_the_same_of_everybody(client: Client, bank: World) -> None:
    """Status, headers and body of the reply differ in id and hash only."""
    replies = [send(client, bank, consent(bank, person, purpose="post-loan")) for person in (PEOPLE["thin"], UNKNOWN)]
    for reply in replies:
        assert (reply.status_code, reply.json()["state"], set(reply.json())) == (
            202,
            "received",
            {"consent_id", "artefact_hash", "state"},
        )
        assert client.get(f"/v1/consents/{reply.json()['consent_id']}", headers=member(bank)).json() == {
            "consent_id": reply.json()["consent_id"], "state": "received", "artefact": None,
        }  # fmt: skip
    own = {"signature", "signature-input", "content-digest", "date"}
    told = [{name: value for name, value in reply.headers.items() if name not in own} for reply in replies]
    assert told[0] == told[1]
    again = [send(client, bank, consent(bank, person, purpose="post-loan")) for person in (PEOPLE["thin"], UNKNOWN)]
    assert [reply.json()["type"] for reply in again] == ["/problems/consent-asked-already"] * 2


def test_a_person_answers_a_lender_on_the_page(client: Client, bank: World) -> None:
    """The request is on the page; yes needs every point; no is a button of its own; both by form alone."""
    yes, no = (
        consent(bank, PEOPLE["busy"]),
        consent(bank, PEOPLE["busy"], purpose="card-approval", collector="platform-delta"),
    )
    assert [send(client, bank, made).status_code for made in (yes, no)] == [202, 202]
    sign_in(client, PEOPLE["busy"])
    page = client.get("/me/consents?lang=en", headers=PAGE)
    assert page.text.count("/me/consents/requests/") == 2
    assert "through Platform Delta" in page.text
    place = f"/me/consents/requests/{yes.consent_id}"
    form = {"token": form_token(client.get(place, headers=PAGE)), "answer": "yes"}
    assert client.post(place, data=form, headers=PAGE).status_code == 422
    form |= {f"point-{point}": "yes" for point in POINTS}
    done = client.post(place, data=form, headers=PAGE, follow_redirects=False)
    assert done.headers["location"] == "/me/consents?done=confirmed"
    done = client.post(
        f"/me/consents/requests/{no.consent_id}", data=form | {"answer": "no"}, headers=PAGE, follow_redirects=False
    )
    assert done.headers["location"] == "/me/consents?done=declined"
    assert client.get("/v1/me/consents").json()["consents"][0]["collector"] == "bank-beta"
    assert "/me/consents/requests/" not in client.get("/me/consents", headers=PAGE).text
    assert client.get(place, headers=PAGE).status_code == client.post(place, data=form, headers=PAGE).status_code == 404
    assert client.get(f"/v1/consents/{yes.consent_id}", headers=member(bank)).json()["state"] == "in-force"


def test_programs_confirm_and_decline(client: Client, bank: World) -> None:
    """The data door does the same, with the session's token."""
    yes, no = consent(bank, PEOPLE["plain"]), consent(bank, PEOPLE["plain"], purpose="card-approval")
    for made in (yes, no):
        send(client, bank, made)
    token = session(client, PEOPLE["plain"])
    place = "/v1/me/consent-requests/{}/{}"
    assert client.post(place.format(yes.consent_id, "confirm"), json={"points": POINTS}).status_code == 403
    assert client.post(place.format(no.consent_id, "decline")).status_code == 403
    for body, problem in (
        (b"{", "not-json"),
        (b'{"points": 3}', "fields-not-valid"),
        (b'{"points": []}', "consent-point-missing"),
    ):
        reply = client.post(place.format(yes.consent_id, "confirm"), content=body, headers=token)
        assert reply.json()["type"] == f"/problems/{problem}"
    assert (
        client.post(place.format(yes.consent_id, "confirm"), json={"points": POINTS}, headers=token).status_code == 201
    )
    assert client.post(place.format(no.consent_id, "decline"), headers=token).json()["state"] == "declined"
    assert client.post(place.format(no.consent_id, "decline"), headers=token).status_code == 404
    states = [one["state"] for one in client.get("/v1/me/consents").json()["requests"]]
    assert sorted(states) == ["confirmed", "declined"]


def test_a_code_is_shown_once_and_confirms(client: Client, bank: World) -> None:
    """Made on the page, said to the lender, sent with the consent."""
    token = session(client, PEOPLE["minor"])
    page = client.post("/me/consents/codes", data={"token": token["X-CSRF-Token"], "lender": "bank-beta"}, headers=PAGE)
    code = re.search(r'<p class="big mono">([A-Z2-9 ]{9})</p>', page.text)
    assert code is not None
    made = consent(bank, PEOPLE["minor"])
    assert send(client, bank, made, code=code.group(1)).status_code == 202
    assert client.get(f"/v1/consents/{made.consent_id}", headers=member(bank)).json()["state"] == "in-force"
    assert client.post("/v1/me/consent-codes", json={"member_id": "bank-beta"}).status_code == 403
    again = client.post("/v1/me/consent-codes", json={"member_id": "bank-beta"}, headers=token)
    assert (again.status_code, len(again.json()["code"])) == (201, 9)
    assert client.post("/v1/me/consent-codes", json={}, headers=token).json()["type"] == "/problems/fields-not-valid"
    nobody = client.post("/v1/me/consent-codes", json={"member_id": "nobody"}, headers=token)
    assert nobody.json()["type"] == "/problems/consent-not-possible"


def test_consequences_stand_before_the_withdrawal(client: Client, bank: World) -> None:
    """What stops and what stays, on the page and as data."""
    token = session(client, PEOPLE["minor"])
    body: dict[str, Any] = {"member_id": "bank-alpha", "purpose": "post-loan", "products": ["report", "monitoring"]}
    body |= {"points": [*POINTS, "monitoring"], "notice_version": "notice-2"}
    assert client.post("/v1/me/consents", json=body, headers=token).status_code == 201
    held = {one["member_id"]: one["on_withdrawal"] for one in client.get("/v1/me/consents").json()["consents"]}
    told = held["bank-alpha"]
    assert (told["inquiries_stop"], told["monitoring_stops"], told["answers_stay"]) == (True, True, 0)
    assert len(told["citations"]) == 3
    assert "it is told of no more changes" in client.get("/me/consents?lang=en", headers=PAGE).text


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{", "not-json"),
        (b"[]", "fields-not-valid"),
        (b"{}", "fields-not-valid"),
        (b'{"artefact": 3}', "fields-not-valid"),
        (b'{"artefact": {"consent": {}}}', "fields-not-valid"),
        (b'{"artefact": {}, "more": 1}', "fields-not-valid"),
        (b'{"artefact": ' + b"[" * 20_000, "not-json"),
    ],
)
def test_a_body_that_is_no_consent_is_told_where(client: Client, bank: World, body: bytes, problem: str) -> None:
    """Whatever the bytes: a problem, never a fault."""
    reply = client.post("/v1/consents", content=body, headers=member(bank))
    assert reply.json()["type"] == f"/problems/{problem}"


def test_flaws_of_an_artefact_are_told_with_their_place(client: Client, bank: World) -> None:
    """In both languages, and without what was sent."""
    made = sealed(consent(bank, PEOPLE["good"], data_kinds=["identity"]))
    reply = client.post("/v1/consents", json={"artefact": plain(made)}, headers=member(bank))
    (error,) = reply.json()["errors"]
    assert error["pointer"] == "/artefact/consent/data_kinds"
    assert PEOPLE["good"].id_number not in reply.text
    assert client.post("/v1/consents", json={"artefact": plain(made)}).status_code == 401


def test_an_original_is_asked_for_and_shown(client: Client, bank: World) -> None:
    """The list of a member, the file itself as the body, the comparison; each of the ways in which it does not go."""
    paper = {"channel": "paper", "document_hash": hashlib.sha256(ORIGINAL).hexdigest(), "purpose": "post-loan"}
    made = consent(bank, PEOPLE["good"], **paper)
    assert send(client, bank, made).status_code == 202
    day = bank.clock().date()
    draw(bank.bureau, seed="a seed of many throws", count=1, first=day, last=day)
    (asked,) = client.get("/v1/members/me/consent-samples", headers=member(bank)).json()["samples"]
    assert (asked["consent_id"], asked["state"]) == (made.consent_id, "open")
    place = f"/v1/members/me/consent-samples/{asked['sample_id']}"
    assert client.post(place, content=b"", headers=member(bank)).json()["type"] == "/problems/no-document"
    assert (
        client.post(place, content=ORIGINAL, headers=member(bank, "bank-alpha")).json()["type"]
        == "/problems/no-such-sample"
    )
    assert client.post("/v1/members/me/consent-samples/x", content=ORIGINAL, headers=member(bank)).status_code == 404
    assert client.post(place, content=ORIGINAL, headers=member(bank)).json()["state"] == "original"
    assert client.post(place, content=ORIGINAL, headers=member(bank)).json()["type"] == "/problems/sample-answered"
    assert client.post(place, content=ORIGINAL).status_code == 401
    sign_in(client, PEOPLE["good"])
    diary = client.get("/me/diary?lang=en", headers=PAGE).text
    assert "entered a consent that you are said to have signed on paper" in diary
    assert "You never signed this?" in client.get("/me/consents?lang=en", headers=PAGE).text
