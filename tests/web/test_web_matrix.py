"""Every address by everybody: who comes in, who is sent to sign in, who is turned away, who is told that nothing is there."""

import itertools
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from jobs.collecting import consent, signed
from jobs.test_abuse import fishing
from openbureau.core.staff import StaffRole
from openbureau.jobs.billing.dispute import Dispute, open_dispute
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.founding.sandbox import add_desk, add_staff
from openbureau.jobs.furnishing.load import furnish
from openbureau.web.app import ROUTES, Route
from web.visitor import PAGE, Client, form_token
from world import CODE, PEOPLE, Person, World, jsonl, loan, months, subject_record

TABLE = Path(__file__).with_name("matrix.txt")
MEMBERS = {"lender": "bank-beta", "furnisher": "platform-delta", "owner": "bank-alpha", "suspended": "bank-closed"}
"""Members at their machines.  The owner lends and furnishes; what an address names is the owner's."""
PERSONS = {"person": PEOPLE["good"], "stranger": PEOPLE["late"]}
"""The person whose consents an address names, and another."""
DESKS = {"desk": "bank-alpha", "other-desk": "micro-gamma"}
WHO = ("nobody", *MEMBERS, *PERSONS, *DESKS, *(role.value for role in StaffRole))
OWNERS = ("owner", "person", "desk")
EVENTS = {"inquiry": "inquiry", "self-access": "self-access", "staff-view": "staff-view"}
"""What a look at a person leaves in that person's chain."""
LEAVES = {*EVENTS, "-", "own", "change", "lines", "again"}
"""`-` no person is shown; `own` what the visitor sent or is told of anyway; `change` an event about the change itself; `lines`
an event for each line when it is worked; `again` what an event was left for before."""
UNKNOWN = "01900000-0000-7000-8000-000000000000"
GOOD, BUSY = PEOPLE["good"], PEOPLE["busy"]


@dataclass
class Town:
    """The bureau with somebody of every kind at its door."""

    world: World
    client: Client
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)
    counter: Iterator[int] = field(default_factory=itertools.count)

    def headers(self, who: str, *, is_page: bool) -> dict[str, str]:
        """What somebody brings: a token, or a session with its token."""
        found = dict(PAGE) if is_page else {}
        if who in MEMBERS:
            found["Authorization"] = f"Bearer {self.world.tokens[MEMBERS[who]]}"
        if who in self.cookies:
            found |= {"Cookie": self.cookies[who][0], "X-CSRF-Token": self.cookies[who][1]}
        return found

    def send(self, route: Route, who: str, path: str) -> httpx.Response:
        """One request that is well formed for the address."""
        is_page = not route.path.startswith("/v1/")
        headers = self.headers(who, is_page=is_page)
        words: dict[str, Any] = {}
        if route.method != "GET":
            words = BODIES.get(f"{route.method} {route.path}", lambda _: {"json": {}})(self)
            headers |= words.pop("headers", {})
        if is_page and route.method == "POST":
            words = {"data": words.get("data", {}) | {"token": self.cookies.get(who, ("", "none"))[1]}}
        self.client.cookies.clear()
        reply = self.client.request(route.method, path, headers=headers, follow_redirects=False, **words)
        self.client.cookies.clear()
        return reply

    def sign_in(self, who: str, kind: str, pair: tuple[str, str]) -> None:
        """Go through the form; keep the cookie and the token of the new session."""
        self.client.cookies.clear()
        page = self.client.get(f"/sign-in?as={kind}", headers=PAGE)
        form = {"token": form_token(page), "as": kind, "handle": pair[0], "code": pair[1]}
        reply = self.client.post("/sign-in", data=form, headers=PAGE, follow_redirects=False)
        assert reply.status_code == 303, (who, reply.status_code)
        page = self.client.get("/", headers=PAGE)
        name, value = next((name, value) for name, value in self.client.cookies.items() if "session" in name)
        self.cookies[who] = (f"{name}={value}", form_token(page))
        self.client.cookies.clear()

    def key(self) -> dict[str, str]:
        """A key that was not used before."""
        return {"Idempotency-Key": f"matrix-{next(self.counter):06d}"}


def _inquiry(person: Person) -> dict[str, Any]:
    return {
        "subject": {"id_kind": "cn-id", "id_number": person.id_number, "name": person.name},
        "purpose": "loan-approval",
        "actor_user": "u-1",
    }


def _form(person: Person, number: int) -> dict[str, Any]:
    fields = _inquiry(person)
    return fields.pop("subject") | fields | {"product": "report", "key": f"matrix-{number:06d}"}


def _watch() -> dict[str, Any]:
    return {"subject": _inquiry(GOOD)["subject"], "reference": "loan-7", "triggers": ["new-overdue"]}


def _batch(town: Town) -> dict[str, Any]:
    content = json.dumps(_inquiry(GOOD), ensure_ascii=False).encode() + b"\n"
    return {"content": content, "headers": town.key() | {"Content-Type": "application/x-ndjson"}}


def _file() -> bytes:
    lines = [subject_record(GOOD), loan(GOOD, 7), *months(f"{GOOD.handle}-7", "N" * 6, first="2026-03")]
    return jsonl(lines).read()


BODIES: dict[str, Callable[[Town], dict[str, Any]]] = {
    "POST /v1/inquiries": lambda town: {"json": _inquiry(GOOD), "headers": town.key()},
    "POST /v1/official-inquiries": lambda town: {
        "json": _inquiry(GOOD) | {"purpose": "judicial"},
        "headers": town.key(),
    },
    "POST /v1/batches": _batch,
    "POST /v1/monitors": lambda town: {"json": _watch(), "headers": town.key()},
    "PUT /v1/members/me/webhook": lambda _: {"json": {"url": "https://127.0.0.1:1/hook"}},
    "POST /v1/members/me/invoices/{month:str}/disputes": lambda _: {
        "json": {"inquiry_id": UNKNOWN, "reason": "other", "words": "Not ours."}
    },
    "POST /v1/members/me/cases": lambda town: {"json": {"case_id": _case(town, "/cases"), "words": "A fault, mended."}},
    "POST /lender": lambda town: {"data": _form(GOOD, next(town.counter))},
    "POST /lender/cases/{case_id:str}": lambda _: {"data": {"words": "A fault, mended."}},
    "POST /cases/{case_id:str}/decide": lambda _: {"data": {"decision": "dismissed", "words": "A fault, mended."}},
    "POST /lender/bills/{month:str}/disputes": lambda _: {
        "data": {"inquiry_id": UNKNOWN, "reason": "other", "words": "Not ours."}
    },
    "POST /v1/furnishings": lambda _: {"content": _file(), "headers": {"Content-Type": "application/jsonl"}},
    "POST /v1/records": lambda town: {"json": [subject_record(GOOD)], "headers": town.key()},
    "POST /v1/accounts": lambda _: {"json": {"account_nos": [f"{GOOD.handle}-1"]}},
    "POST /v1/uploads": lambda _: {"json": {"size": 10}},
    "PUT /v1/uploads/{upload_id:str}": lambda _: {"content": b"0123"},
    "POST /sign-in": lambda town: {"data": {"handle": f"X{next(town.counter)}", "code": "000000"}},
    "POST /v1/me/consents": lambda _: {"json": {"member_id": "micro-gamma", "purpose": "post-loan", "months": 2}},
    "POST /v1/me/consent-requests/{consent_id:str}/confirm": lambda _: {"json": {"points": ["purpose"]}},
    "POST /v1/me/consent-codes": lambda _: {"json": {"member_id": "bank-beta"}},
    "POST /me/consents": lambda _: {"data": {"lender": "micro-gamma", "purpose": "post-loan", "months": "2"}},
    "POST /me/consents/codes": lambda _: {"data": {"lender": "bank-beta"}},
    "POST /staff/bills/{dispute_id:str}/decide": lambda _: {"data": {"decision": "reject", "words": "The log has it."}},
    "POST /staff/samples": lambda _: {
        "data": {"seed": "lottery: 04 11 17 23", "count": "1", "first": "2026-11-01", "last": "2026-11-30"}
    },
    "POST /v1/consents": lambda town: {"json": {"artefact": json.loads(signed(consent(town.world, GOOD)))}},
}
"""Bodies that are right, where an empty one would be turned away for its form before anybody is asked who they are."""


def _own_consent(town: Town) -> str:
    given = give_consent(
        town.world.bureau, town.world.subject_id(GOOD), member_id="micro-gamma", purpose="card-approval"
    )
    return str(getattr(given, "consent_id", given))


def _own_upload(town: Town) -> str:
    reply = town.client.post("/v1/uploads", json={"size": 10}, headers=town.headers("owner", is_page=False))
    return str(reply.json()["upload"]["upload_id"])


def _own_receipt(town: Town) -> str:
    with psycopg.connect(town.world.url) as connection:
        row = connection.execute(
            "select receipt_id from bureau.receipt where member_id = 'bank-alpha' limit 1"
        ).fetchone()
    return str(row[0]) if row else UNKNOWN


def _own_batch(town: Town) -> str:
    words = _batch(town)
    words["headers"] |= town.headers("owner", is_page=False)
    return str(town.client.post("/v1/batches", **words).json()["batch_id"])


def _case(town: Town, path: str) -> str:
    table = "desk_case" if path.startswith("/desk") else "abuse_case"
    query = sql.SQL("select case_id from bureau.{} limit 1").format(sql.Identifier(table))
    with psycopg.connect(town.world.url) as connection:
        row = connection.execute(query).fetchone()
    return str(row[0]) if row else UNKNOWN


def _dispute(town: Town) -> str:
    """An objection of the owner to a line of its bill."""
    with psycopg.connect(town.world.url) as connection:
        row = connection.execute(
            "select inquiry_id from bureau.charge where member_id = 'bank-alpha' limit 1"
        ).fetchone()
        assert row is not None
        made = open_dispute(
            town.world.bureau, "bank-alpha", "2026-11", inquiry_id=str(row[0]), reason="other", words="A fault, mended."
        )
        if isinstance(made, Dispute):
            return made.dispute_id
        found = connection.execute("select dispute_id from bureau.bill_dispute limit 1").fetchone()
    return str(found[0]) if found else UNKNOWN


ASKED = {
    "/v1/members/me/charges": "?month=2026-11",
    "/v1/members/me/quality": "?month=2026-11",
    "/v1/uploads/{upload_id:str}": "?at=0",
}
"""What an address asks for besides."""


def _own_answer(town: Town) -> str:
    words = BODIES["POST /v1/inquiries"](town)
    words["headers"] |= town.headers("owner", is_page=False)
    return str(town.client.post("/v1/inquiries", **words).json().get("inquiry_id", UNKNOWN))


def _own_monitor(town: Town) -> str:
    headers = town.headers("owner", is_page=False) | town.key()
    told = town.client.post("/v1/monitors", json=_watch(), headers=headers).json()
    return str(told.get("inquiry_id", UNKNOWN))


OWN: dict[str, Callable[[Town], str]] = {
    "consent_id": _own_consent,
    "dispute_id": _dispute,
    "upload_id": _own_upload,
    "receipt_id": _own_receipt,
    "batch_id": _own_batch,
    "inquiry_id": _own_answer,
    "monitor_id": _own_monitor,
    "month": lambda _: "2026-11",
    "number": lambda _: "1",
    "leaf": lambda _: "0" * 64,
    "topic": lambda _: "retention",
    "code": lambda _: "no-consent",
    "name": lambda _: "openbureau.css",
    "place": lambda _: "0/000.p/1",
}
"""What stands in an address: something of the owner's or the person's; where it is not listed, something unknown."""


def address(town: Town, route: Route) -> str:
    """The path with its holes filled."""

    def fill(found: re.Match[str]) -> str:
        return _case(town, route.path) if found[1] == "case_id" else OWN.get(found[1], lambda _: UNKNOWN)(town)

    return re.sub(r"\{(\w+):\w+\}", fill, route.path) + ASKED.get(route.path, "")


def outcome(reply: httpx.Response) -> str:
    """In: `.`; to sign in: `S`; turned away: `N`; nothing there: `H`; a fault: `!`."""
    if reply.status_code == 401 or (reply.status_code == 303 and reply.headers["location"].startswith("/sign-in")):
        return "S"
    return {403: "N", 404: "H"}.get(
        reply.status_code, "!" if reply.status_code >= 500 and reply.status_code != 503 else "."
    )


@pytest.fixture(scope="module")
def town(shared_world: World, service: Client) -> Town:
    """Everybody signed in; a consent of the person for each lender; a case on the reviewer's desk."""
    bureau = shared_world.bureau
    fishing(shared_world)
    for member in ("bank-alpha", "bank-beta"):
        give_consent(bureau, shared_world.subject_id(GOOD), member_id=member, purpose="loan-approval")
    watching = {"purpose": "post-loan", "products": ("monitoring", "report")}
    give_consent(bureau, shared_world.subject_id(GOOD), member_id="bank-alpha", **watching)
    ref = "G-BUSY"
    other = subject_record(BUSY) | {"subject_ref": ref, "name": f"{BUSY.name[0]}某"}
    line = loan(BUSY, account_no=f"{ref}-1", subject_ref=ref)
    furnish(bureau, "micro-gamma", jsonl([other, line, *months(f"{ref}-1", "N" * 24)]))
    made = Town(shared_world, service)
    for who, person in PERSONS.items():
        made.sign_in(who, "person", (person.handle, CODE))
    for who, member in DESKS.items():
        add_desk(bureau, member_id=member, code="333333")
        made.sign_in(who, "member", (member, "333333"))
    for role in StaffRole:
        add_staff(bureau, handle=f"{role.value}-1", role=role, code="111111")
        made.sign_in(role.value, "staff", (f"{role.value}-1", "111111"))
    for who in ("lender", "owner"):  # each has a line on its bill, whichever tests run in this process
        words = BODIES["POST /v1/inquiries"](made)
        words["headers"] |= made.headers(who, is_page=False)
        service.post("/v1/inquiries", **words)
    return made


def rows() -> dict[str, tuple[str, str]]:
    """The visible table: address to its outcomes in the order of WHO, and what a look at it leaves."""
    found = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            method, path, outcomes, leaves = line.split()
            found[f"{method} {path}"] = (outcomes, leaves)
    return found


def named(route: Route) -> str:
    """An address as the table writes it."""
    return f"{route.method} {re.sub(r':[a-z]+}', '}', route.path)}"


def found_at(town: Town, route: Route) -> str:
    """The outcome of everybody, in the order of WHO.  Whoever may change what is named comes last, each to a new one."""
    told = {}
    shared = address(town, route)
    for who in sorted(WHO, key=lambda who: who in OWNERS):
        if route.path == "/sign-out" and who != "nobody":
            told[who] = "."  # signing out is for whoever has a session; here it would end the others' tests
            continue
        told[who] = outcome(town.send(route, who, address(town, route) if who in OWNERS else shared))
        town.world.clock.at += timedelta(seconds=0.5)
    return "".join(told[who] for who in WHO)


@pytest.fixture(scope="module", autouse=True)
def _rewritten(town: Town) -> None:
    """With OPENBUREAU_REGOLD=1 the table is written anew.  New addresses come with what everybody gets, and with a question
    mark for what they leave, which no test accepts."""
    if os.environ.get("OPENBUREAU_REGOLD") == "1":
        known = rows()
        head = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("#")]
        lines = [f"{named(one):<72} {found_at(town, one)} {known.get(named(one), ('', '?'))[1]}" for one in ROUTES]
        TABLE.write_text("\n".join([*head, *lines]) + "\n", "utf-8")


def test_every_address_has_its_row() -> None:
    """A new route without a row, and a row without a route, fail; so does a row that does not say what a look leaves."""
    assert {named(route) for route in ROUTES} == set(rows())
    for name, (outcomes, leaves) in rows().items():
        assert len(outcomes) == len(WHO), name
        assert set(outcomes) <= set(".SNH"), name
        assert leaves in LEAVES, name


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_everybody_at_this_address(town: Town, route: Route) -> None:
    """Each kind of visitor gets what the table says."""
    assert found_at(town, route) == rows()[named(route)][0], f"{named(route)} ({', '.join(WHO)})"


def test_the_table_keeps_the_audiences_apart() -> None:
    """No row lets a person into what is a member's, a member into what is a person's, or one side of staff into the other's."""
    operating, auditing = {"operator", "support", "reviewer", "billing"}, {"regulator", "auditor", "committee"}
    for name, (outcomes, _) in rows().items():
        inside = {who for who, told in zip(WHO, outcomes, strict=True) if told == "."}
        if "nobody" in inside or name in {"GET /sign-in", "POST /sign-in", "POST /sign-out", "GET /staff"}:
            continue
        kinds = [group for group in ({*MEMBERS, *DESKS}, set(PERSONS), operating, auditing) if inside & group]
        assert len(kinds) <= 1, (name, inside)


def kept(town: Town, kind: str) -> int:
    """How many events of a kind there are."""
    with psycopg.connect(town.world.url) as connection:
        row = connection.execute("select count(*) from bureau.event where kind = %s", [kind]).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if rows().get(named(route), ("", "-"))[1] in EVENTS], ids=named
)
def test_a_look_at_somebody_leaves_its_event(town: Town, route: Route) -> None:
    """Before anything is shown, one event of the named kind; a refused inquiry leaves one too; whoever is sent away leaves
    none."""
    outcomes, kind = rows()[named(route)]
    for who, told in zip(WHO, outcomes, strict=True):
        path = address(town, route)
        shown, refused = kept(town, EVENTS[kind]), kept(town, "inquiry-refused")
        town.send(route, who, path)
        more = (kept(town, EVENTS[kind]) - shown, kept(town, "inquiry-refused") - refused)
        is_pair = kind == "staff-view" and told == "."
        expected = {".": (1, 0), "N": (0, 1) if kind == "inquiry" else (0, 0)}.get(told, (0, 0))
        assert more == ((2, 0) if is_pair else expected), (who, told)
        town.world.clock.at += timedelta(seconds=0.5)
