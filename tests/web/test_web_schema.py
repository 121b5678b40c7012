"""The description and the service agree: whatever is sent, no fault, and only answers that the description names."""

import json
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from openbureau.web.api.openapi import render_openapi
from openbureau.web.app import ROUTES, Route
from web.test_web_matrix import Town, _inquiry, named
from web.visitor import PAGE, Client, form_token
from world import CODE, PEOPLE, World, subject_record

SCHEMA = schemathesis.openapi.from_dict(json.loads(render_openapi()), config=SchemathesisConfig())
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
)  # fmt: skip
FEW = settings(
    max_examples=4, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
MANY = settings(FEW, max_examples=120, derandomize=False)


@schemathesis.serializer("application/jsonl", "application/x-ndjson")
def lines(_: Any, value: Any) -> bytes:
    """What is generated for a file, as it is; anything else as one line of JSON."""
    return (
        value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else json.dumps(value).encode()
    )


@pytest.fixture(scope="module")
def door(shared_world: World, service: Client) -> Town:
    """A member with a token and a person with a session."""
    made = Town(shared_world, service)
    made.sign_in("person", "person", (PEOPLE["good"].handle, CODE))
    return made


def sent(door: Town, case: Any) -> None:
    """Send a generated request as whoever the address is for, and hold the answer against the description."""
    door.world.clock.at += door.world.clock.at.resolution * 2_000_000
    words = case.as_transport_kwargs(base_url="http://testserver.local")
    words.pop("allow_redirects", None)
    headers = {name: value for name, value in (words.pop("headers", None) or {}).items() if name.isascii()}
    headers |= door.headers("person" if case.path.startswith("/v1/me/") else "owner", is_page=False)
    if isinstance(words.get("data"), bytes | str):
        words["content"] = words.pop("data")
    door.client.cookies.clear()
    reply = door.client.request(
        words.pop("method"), words.pop("url"), headers=headers, follow_redirects=False,
        **{name: value for name, value in words.items() if value is not None and name != "cookies"},
    )  # fmt: skip
    door.client.cookies.clear()
    case.validate_response(reply, checks=list(CHECKS))


@SCHEMA.parametrize()
@FEW
def test_every_address_answers_as_described(door: Town, case: Any) -> None:
    """A few made-up requests for each address, the same at every run."""
    sent(door, case)


@pytest.mark.slow
@SCHEMA.parametrize()
@MANY
def test_every_address_answers_as_described_at_length(door: Town, case: Any) -> None:
    """Many, others at every run."""
    sent(door, case)


BODIED = [route for route in ROUTES if route.method in {"POST", "PUT"}]


def shaken(door: Town, content: bytes, media_type: str) -> None:
    """The same bytes to every address that takes a body, by somebody who may come in: an answer, never a fault."""
    for route in BODIED:
        is_page = not route.path.startswith("/v1/")
        who = "person" if is_page or route.path.startswith("/v1/me/") else "owner"
        headers = door.headers(who, is_page=is_page) | {"Content-Type": media_type, "Prefer": "handling=strict"}
        path = route.path.replace("{", "").replace(":str}", "").replace(":int}", "").replace("}", "")
        door.client.cookies.clear()
        reply = door.client.request(
            route.method, path, content=content, headers=headers | door.key(), follow_redirects=False
        )
        assert reply.status_code < 500, (route.path, reply.status_code, content[:200])
    door.world.clock.at += door.world.clock.at.resolution * 2_000_000


MEDIA = st.sampled_from(
    [
        "application/json", "application/x-ndjson", "application/x-www-form-urlencoded", "text/csv", "text/plain",
        "multipart/form-data; boundary=x", "multipart/form-data", "application/jose", "nonsense",
    ]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
).map(lambda value: json.dumps(value).encode())
ODD = st.sampled_from(
    [
        b"", b"\x00", b"\xff\xfe", b"{", b"[" * 20_000, b'{"subject":' * 5_000, b'{"a":1,"a":2}', b"1e999999", b"NaN",
        b'"\\ud800"', b'{"subject":{"id_kind":"cn-id","id_number":"\\u0000","name":"\\u0000"},"purpose":"x","actor_user":"u"}',
        b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n", b"PK\x03\x04" + bytes(40), b"PAR1",
        b"age-encryption.org/v1\n",
        b"a=%zz&token=%00&b=" + b"%ff" * 400,
    ]
)  # fmt: skip


@settings(FEW, max_examples=12)
@given(st.one_of(ODD, JSON, st.binary(max_size=300)), MEDIA)
def test_no_body_makes_a_fault(door: Town, content: bytes, media_type: str) -> None:
    """Broken, deep, doubled, binary: every parser of a body says no by itself."""
    shaken(door, content, media_type)


@pytest.mark.slow
@settings(MANY, max_examples=300)
@given(st.one_of(ODD, JSON, st.binary(max_size=2000)), MEDIA)
def test_no_body_makes_a_fault_at_length(door: Town, content: bytes, media_type: str) -> None:
    """The same, many times."""
    shaken(door, content, media_type)


FIELDS = (
    "handle", "code", "factor", "next", "as", "password", "again", "whom", "months", "once", "words", "reason", "choice",
    "holder", "decision", "numbers", "lender", "points", "document",
)  # fmt: skip
PLACES = ("/sign-in", "/me/consents", "/furnisher", "/furnisher/accounts", "/staff/enrol")
ODD_WORDS = st.sampled_from(
    ["\x00", "a\x00b", "\ud7ff\uffff", "'; drop table", "%00", "甄" * 200, "-1", "9" * 400, "a|b|c", "\r\nX: y"]
)


@settings(FEW, max_examples=20)
@given(
    st.dictionaries(st.sampled_from(FIELDS), ODD_WORDS, min_size=1, max_size=6),
    st.sampled_from(["person", "member", "staff"]),
)
def test_no_word_in_a_form_makes_a_fault(door: Town, words: dict[str, str], kind: str) -> None:
    """Zero bytes, numbers that are none, words too long: with a form of our own, by somebody signed in and by nobody."""
    door.client.cookies.clear()
    page = door.client.get(f"/sign-in?as={kind}", headers=PAGE)
    form = {"token": form_token(page), "as": kind} | words
    replies = [door.client.post("/sign-in", data=form | {"handle": words.get("handle", "x")}, headers=PAGE)]
    for place in PLACES:
        headers = door.headers("person", is_page=True)
        door.client.cookies.clear()
        sent_form = words | {"token": door.cookies["person"][1]}
        replies.append(door.client.post(place, data=sent_form, headers=headers, follow_redirects=False))
    door.client.cookies.clear()
    door.world.clock.at += door.world.clock.at.resolution * 400_000_000
    assert [(reply.request.url.path, reply.status_code) for reply in replies if reply.status_code >= 500] == []


@pytest.mark.parametrize("place", ["/v1/inquiries", "/v1/batches", "/v1/furnishings", "/v1/records", "/v1/uploads"])
@pytest.mark.parametrize(
    "field", ["actor_user", "purpose", "product", "id_kind", "name", "account_no", "subject_ref", "format"]
)
def test_a_zero_byte_in_a_field_makes_no_fault(door: Town, place: str, field: str) -> None:
    """What no text of the database can hold is turned away like any other word that does not fit."""
    asked: dict[str, Any] = _inquiry(PEOPLE["good"]) | {"record": "subject", "size": 5}
    changed = (
        asked
        | {field: "a\x00b"}
        | {"subject": asked["subject"] | ({field: "a\x00b"} if field in asked["subject"] else {})}
    )
    for sent_body in (asked | {field: "a\x00b"}, changed, subject_record(PEOPLE["good"]) | {field: "a\x00b"}):
        content = json.dumps(sent_body).encode() + b"\n"
        headers = door.headers("owner", is_page=False) | door.key() | {"Content-Type": "application/jsonl"}
        for media_type in ("application/json", "application/jsonl"):
            reply = door.client.post(place, content=content, headers=headers | {"Content-Type": media_type})
            assert reply.status_code < 500, (place, field, reply.status_code)


ASKED_FOR = (
    "month",
    "before",
    "member",
    "on",
    "at",
    "as",
    "next",
    "lang",
    "done",
    "limit",
    "cursor",
    "after",
    "lender",
)
QUERIES = "&".join(f"{name}=%00" for name in ASKED_FOR)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=named)
def test_a_zero_byte_in_an_address_makes_no_fault(door: Town, route: Route) -> None:
    """In every hole of every address, and in whatever is asked for besides."""
    for hole in ("%00", "a%00b", "01900000-0000-7000-8000-00000000000%00"):
        path = re.sub(r"\{\w+:\w+\}", hole, route.path)
        for who in ("owner", "person", "nobody"):
            headers = door.headers(who, is_page=not route.path.startswith("/v1/"))
            door.client.cookies.clear()
            reply = door.client.get(f"{path}?{QUERIES}", headers=headers, follow_redirects=False)
            assert reply.status_code < 500 or reply.status_code == 503, (path, who)
    door.client.cookies.clear()
