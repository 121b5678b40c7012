"""Anybody at the door: the log, the law, the problems, our health; and what every answer has in common."""

import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg_pool
import pytest
from jsonschema import Draft202012Validator
from litestar.testing import TestClient
from schemathesis.specs.openapi.definitions import OPENAPI_31

from openbureau.core.refusal import RefusalCode
from openbureau.jobs.inquiry.outcome import Refused
from openbureau.jobs.log.sequence import sequence
from openbureau.tlog.checkpoint import open_checkpoint
from openbureau.tlog.proof import parse_proof
from openbureau.tlog.tile import tiles_of
from openbureau.web.api import lenders, public
from openbureau.web.api.public import read_tile_path
from openbureau.web.app import ROUTES, create_app
from openbureau.web.pages.paper import POLICY
from openbureau.web.problems import PROBLEMS
from web.visitor import PAGE, Client, inquiry, sign_in
from world import PEOPLE, World

SPEC = Path(__file__).parents[2] / "docs" / "specs" / "openapi.json"
PUBLIC = ("/", "/sign-in", "/checkpoint", "/log.vkey", "/policy", "/problems", "/healthz", "/readyz", "/metrics",
          "/schema/openapi.json", "/v1/law/retention", "/v1/law/fee.crc.personal?on=2026-01-01")  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC)
def test_anybody_may_read_what_is_public(client: Client, path: str) -> None:
    """Public addresses answer without an account."""
    reply = client.get(path)
    assert reply.status_code == 200
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"


def test_the_served_log_is_the_signed_log(client: Client, shared_world: World) -> None:
    """Every tile of the checkpoint's size is served, may be kept for ever, and nothing beyond it is."""
    note = client.get("/checkpoint").content
    size = open_checkpoint(note, shared_world.bureau.log_key).size
    assert size > 1
    for address in tiles_of(size):
        reply = client.get(f"/{address.path}")
        assert reply.status_code == 200, address.path
        assert reply.headers["cache-control"].endswith("immutable")
    for path in (f"/tile/0/000.p/{size + 1}", "/tile/0/001", "/tile/9/000"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "place", ["0/0", "0/0000", "00/000", "0/x000/001", "0/000.p/256", "0/000.p/0", "0/000.p/007", "x/000"]
)
def test_a_tile_has_one_spelling(place: str) -> None:
    """Another spelling of a tile's path is no path."""
    assert read_tile_path(place) is None


def test_a_proof_waits_for_its_checkpoint_and_then_holds(client: Client, shared_world: World) -> None:
    """A leaf has no proof until it is sequenced; then it has one."""
    told = inquiry(client, shared_world, PEOPLE["thin"], member="bank-beta").json()
    leaf = told["receipt"]["promise"]["leaf"]
    waiting = client.get(f"/v1/proofs/{leaf}")
    assert (waiting.status_code, waiting.json()["type"]) == (404, "/problems/no-proof-yet")
    assert waiting.headers["retry-after"] == "2"
    sequence(shared_world.bureau)
    found = client.get(f"/v1/proofs/{leaf}")
    assert found.status_code == 200
    assert parse_proof(found.text) is not None


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nothing", 404, "not-found"),
        ("/v1/nothing", 404, "not-found"),
        ("/v1/inquiries", 405, "method-not-allowed"),
        ("/v1/proofs/xyz", 422, "fields-not-valid"),
        ("/v1/law/nothing", 404, "no-rule"),
        ("/v1/law/retention?on=1990-01-01", 404, "no-rule"),
        ("/v1/law/retention?on=soon", 422, "fields-not-valid"),
        ("/problems/nothing", 404, "not-found"),
        ("/static/nothing.js", 404, "not-found"),
        ("/tile/0/zzz", 404, "not-found"),
    ],
)
def test_every_error_is_a_problem_document(client: Client, path: str, status: int, code: str) -> None:
    """What is not there, or not so, is told by RFC 9457 with its cure."""
    reply = client.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    told = reply.json()
    assert told["type"] == f"/problems/{code}"
    assert told["status"] == status
    assert told["title"]
    assert told["cure"]


def test_a_request_with_an_impossible_host_is_turned_away(client: Client) -> None:
    """What the framework cannot read is told as a problem too."""
    reply = client.get("/healthz", headers={"Host": "a b"})
    assert (reply.status_code, reply.json()["type"]) == (400, "/problems/request-not-readable")


def test_the_methods_of_an_address_are_told(client: Client) -> None:
    """405 names what is possible."""
    assert "POST" in client.get("/v1/inquiries").headers["allow"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("code", [code.value for code in RefusalCode])
def test_every_refusal_can_leave_in_both_languages(
    client: Client, shared_world: World, monkeypatch: pytest.MonkeyPatch, code: str, language: str
) -> None:
    """Each refusal of the core has its document."""
    told = {"code": code, "rules": [code], "policy": "0" * 64, "citations": []}
    outcome = Refused("01a20b48-0900-7d5b-a836-b5efdfa54e13", RefusalCode(code), told, {})
    monkeypatch.setattr(lenders, "answer_inquiry", lambda *_: outcome)
    reply = inquiry(client, shared_world, PEOPLE["thin"], headers={"Accept-Language": language})
    assert (reply.status_code, reply.json()["type"]) == (403, f"/problems/{code}")
    assert reply.json()["title"] == PROBLEMS[code].title[1 if language == "zh-CN" else 0]


@pytest.mark.parametrize("code", list(PROBLEMS))
def test_every_problem_has_its_page_in_both_languages(client: Client, code: str) -> None:
    """The type of a problem is the address of a page that explains it."""
    page = client.get(f"/problems/{code}?lang=zh-CN", headers=PAGE)
    assert page.status_code == 200
    for text in (*PROBLEMS[code].title, PROBLEMS[code].cure[1]):
        assert text in page.text.replace("&#39;", "'")
    assert client.get(f"/problems/{code}").json()["status"] == PROBLEMS[code].status


def test_a_browser_gets_errors_as_pages(client: Client) -> None:
    """A person who follows a dead link reads a page; a machine's address always answers machines."""
    page = client.get("/nothing", headers=PAGE | {"Accept-Language": "zh-CN"})
    assert (page.status_code, page.headers["content-language"]) == (404, "zh-CN")
    assert PROBLEMS["not-found"].title[1] in page.text
    assert client.get("/v1/nothing", headers=PAGE).headers["content-type"] == "application/problem+json"


class Spilled(RuntimeError):
    """A fault whose words must not leave."""


def test_a_fault_tells_nothing_of_the_inside(
    client: Client, shared_world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Reader and log get a number and a kind; the words of the exception stay inside."""

    def spill(*_: object) -> None:
        raise Spilled(PEOPLE["thin"].id_number)

    monkeypatch.setattr(lenders, "answer_inquiry", spill)
    with caplog.at_level(logging.DEBUG):
        reply = inquiry(client, shared_world, PEOPLE["thin"])
    assert (reply.status_code, reply.json()["type"]) == (500, "/problems/fault")
    incident = reply.json()["instance"].rpartition(":")[2]
    lines = [record.getMessage() for record in caplog.records if record.name == "openbureau.web"]
    told = json.loads(lines[-1])
    assert (told["incident"], told["kind"], told["route"]) == (incident, "Spilled", "/v1/inquiries")
    assert PEOPLE["thin"].id_number not in reply.text + caplog.text
    assert client.get("/metrics").text.count('openbureau_faults_total{kind="Spilled"}') == 1


def test_nothing_personal_is_logged_counted_or_put_into_an_address(
    client: Client, shared_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole visit leaves no name, number or handle in log lines, figures or links."""
    with caplog.at_level(logging.DEBUG):
        for person in PEOPLE.values():
            inquiry(client, shared_world, person, member="bank-beta")
        sign_in(client, PEOPLE["late"])
        pages = [client.get(path, headers=PAGE).text for path in ("/me/report", "/me/diary", "/me/consents")]
    figures = client.get("/metrics").text
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))
    )
    links = " ".join(found for page in pages for found in re.findall(r'(?:href|action|src)="([^"]*)"', page))
    for person in PEOPLE.values():
        for word in (person.name, person.id_number, person.handle):
            assert word not in ours
            assert word not in figures
            assert word not in links
    assert shared_world.subject_id(PEOPLE["late"]) not in ours + figures + links


@pytest.mark.parametrize("path", ["/", "/sign-in", "/problems", "/me/report", "/me/diary", "/me/consents"])
def test_pages_are_fenced(client: Client, path: str) -> None:
    """Pages carry the strict policy, are not framed, not kept, hold no script and load nothing from elsewhere."""
    sign_in(client, PEOPLE["late"])
    client.cookies.delete("openbureau-language") if "openbureau-language" in client.cookies else None
    reply = client.get(path, headers=PAGE)
    assert reply.status_code in {200, 303}
    page = client.get(path, headers=PAGE, follow_redirects=True)
    assert page.headers["content-security-policy"] == POLICY
    assert "script-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script|\son\w+=|\sstyle=|javascript:", page.text)
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//', page.text)


def test_every_page_says_sandbox_in_both_languages(client: Client) -> None:
    """Nobody can take a made-up person for a real one."""
    for path in ("/", "/sign-in", "/problems", "/nothing"):
        assert "Sandbox: made-up people" in client.get(f"{path}?lang=en", headers=PAGE).text
        assert "沙盒：人物均为虚构" in client.get(f"{path}?lang=zh-CN", headers=PAGE).text


def test_the_language_is_asked_kept_or_accepted(client: Client) -> None:
    """The address wins over the cookie, the cookie over the header, and the choice is kept."""
    assert client.get("/", headers=PAGE).headers["content-language"] == "en"
    accepts = PAGE | {"Accept-Language": "fr, zh-CN;q=0.8, en;q=0.5"}
    assert client.get("/", headers=accepts).headers["content-language"] == "zh-CN"
    assert client.get("/?lang=en", headers=accepts).headers["content-language"] == "en"
    assert client.get("/", headers=accepts).headers["content-language"] == "en"
    assert '<html lang="zh-CN">' in client.get("/?lang=zh-CN", headers=PAGE).text
    assert client.get("/?lang=xx", headers={"Accept-Language": ";q=;,,"}).status_code == 200


def test_static_files_change_their_address_with_their_content(client: Client) -> None:
    """Style and mark are fetched by hash and may be kept for ever."""
    places = re.findall(r'"(/static/[^"]+\?v=[0-9a-f]{12})"', client.get("/", headers=PAGE).text)
    assert len(places) >= 3
    for place in set(places):
        reply = client.get(place)
        assert reply.status_code == 200
        assert reply.headers["cache-control"].endswith("immutable")


@pytest.fixture
def troubled(shared_world: World) -> Iterator[Client]:
    with TestClient(create_app(shared_world.bureau, trouble=lambda: RuntimeError("secret words"))) as made:
        yield made


def test_not_ready_while_the_log_is_in_trouble(troubled: Client) -> None:
    """Readiness falls with the sequencer, liveness does not; only the kind of trouble is told."""
    reply = troubled.get("/readyz")
    assert (reply.status_code, reply.json()["type"]) == (503, "/problems/not-ready")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["checks"]["sequencer"] == "RuntimeError"
    assert "secret words" not in reply.text
    assert troubled.get("/readyz", headers=PAGE).status_code == 503
    assert troubled.get("/healthz").status_code == 200


def test_not_ready_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that does not answer makes us not ready, and says no more."""

    def away(_: object) -> str:
        raise psycopg_pool.PoolTimeout("host and words")

    monkeypatch.setattr(public, "checkpoint", away)
    reply = client.get("/readyz")
    assert reply.status_code == 503
    assert "PoolTimeout" in reply.json()["checks"]["database"]
    assert "host and words" not in reply.text
    assert client.get("/metrics").status_code == 200


def test_no_checkpoint_yet_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first head there is none to give."""
    monkeypatch.setattr(public, "checkpoint", lambda _: None)
    assert client.get("/checkpoint").status_code == 503


def test_the_description_is_openapi_3_1_and_the_copy_in_docs(client: Client) -> None:
    """The served description validates, and docs/specs/openapi.json is the same bytes."""
    served = client.get("/schema/openapi.json").content
    if os.environ.get("OPENBUREAU_REGOLD"):
        SPEC.write_bytes(served)
    Draft202012Validator(OPENAPI_31).validate(json.loads(served))
    assert SPEC.read_bytes() == served


def test_the_description_names_every_route_and_no_other(client: Client) -> None:
    """Each machine's address stands in the description, with its security, and nothing that is not served."""
    described = client.get("/schema/openapi.json").json()
    found = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
    served = {
        (route.method, re.sub(r":\w+}", "}", route.path))
        for route in ROUTES
        if route.audience != "page" and not route.path.startswith("/static/")
    }
    assert found == served
    security: dict[str, Any] = {
        "lender": "memberToken",
        "member": "memberToken",
        "furnisher": "memberToken",
        "person": "personSession",
    }
    for route in ROUTES:
        path = re.sub(r":\w+}", "}", route.path)
        if route.audience in security:
            operation = described["paths"][path][route.method.lower()]
            assert security[route.audience] in operation["security"][0]


def test_references_of_the_description_lead_somewhere(client: Client) -> None:
    """No reference is dead, and every problem has its response."""
    text = client.get("/schema/openapi.json").text
    described = json.loads(text)
    for kind, name in re.findall(r'"#/components/(\w+)/([^"]+)"', text):
        assert name in described["components"][kind], name
    assert set(described["components"]["responses"]) == set(PROBLEMS)


def test_answers_are_as_described(client: Client, shared_world: World) -> None:
    """Live answers fit the shapes of the description."""
    described = client.get("/schema/openapi.json").json()

    def check(shape: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{shape}", "components": described["components"]}
        Draft202012Validator(schema).validate(value)

    sign_in(client, PEOPLE["late"])
    check("OwnReport", client.get("/v1/me/report").json())
    for entry in client.get("/v1/me/diary").json()["entries"]:
        check("DiaryEntry", entry)
    check("Refusal", inquiry(client, shared_world, PEOPLE["thin"], member="micro-gamma").json())
    check("Problem", inquiry(client, shared_world, PEOPLE["thin"], content=b"{}").json())


def test_each_request_is_counted_once(client: Client) -> None:
    """Found, not found or turned away: one request is one count, and its path is never a label."""

    def total() -> float:
        lines = [
            line for line in client.get("/metrics").text.splitlines() if line.startswith("openbureau_requests_total")
        ]
        return sum(float(line.rpartition(" ")[2]) for line in lines if 'route="/metrics"' not in line)

    before = total()
    for path in ("/healthz", "/nothing", "/v1/inquiries", "/v1/law/nothing"):
        client.get(path)
    client.post("/v1/inquiries", content=b" " * 70_000, headers={"Authorization": "Bearer x", "Idempotency-Key": "k"})
    assert total() - before == 5
    assert "/nothing" not in client.get("/metrics").text
