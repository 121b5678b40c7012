"""Values that can be told anywhere are fed into every door; nothing that comes out for others holds one."""

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from litestar.testing import TestClient
from psycopg import sql

from openbureau.core.furnishing.offline import check_file
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.founding.sandbox import add_sign_in
from openbureau.jobs.furnishing.drop import DropFolder
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.store.launcher import Launcher
from openbureau.web.app import ROUTES, create_app
from openbureau.web.telemetry import Line, only_named
from web.test_web_matrix import Town, address
from world import CODE, PEOPLE, Person, World, jsonl, loan, months, person_id, subject_record

HIDDEN = Person("P7777", person_id(777, "19770707"), "郑隐秘")
Replies = list[httpx.Response]
CANARIES = {
    "name": HIDDEN.name,
    "number": HIDDEN.id_number,
    "address": "隐秘路七十七号院甲",
    "phone": "13777777077",
    "account": "CANARY-ACCOUNT-77",
    "key": "canary-idempotency-77",
    "password": "canary-password-77",
    "bearer": "canary-bearer-token-77",
    "words": "canary words of a person 77",
}
"""What must not come out.  The tokens of members are added when there are any."""
TestClient.__test__ = False  # type: ignore[attr-defined]


def leaks(text: str | bytes, canaries: dict[str, str], *, where: str) -> list[str]:
    """The canaries in a text, as they are, in JSON's or an address's escapes, or in hex."""
    held = text.encode() if isinstance(text, str) else text
    found = []
    for name, value in canaries.items():
        raw = value.encode()
        escaped = json.dumps(value)[1:-1].encode()
        address_form = str(httpx.QueryParams({"x": value}))[2:].encode()
        if any(form in held for form in {raw, escaped, address_form, raw.hex().encode(), raw.hex().upper().encode()}):
            found.append(f"{name} in {where}")
    return found


class Ears(logging.Handler):
    """Hears every logger at every level, with the words of every exception."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []
        self._plain, self._ours = logging.Formatter("%(name)s %(message)s"), Line()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line as a debugging operator would see it, and as a serving process writes it."""
        if not record.name.startswith(("httpx", "httpcore", "asyncio")):  # the visitor's own side, not the bureau's
            self.heard += [self._plain.format(record), self._ours.format(record)]


@pytest.fixture(scope="module")
def ears() -> Iterator[Ears]:
    """Everything that is logged while the tests of this file run."""
    made, root = Ears(), logging.getLogger()
    level = root.level
    root.addHandler(made)
    root.setLevel(logging.DEBUG)
    yield made
    root.removeHandler(made)
    root.setLevel(level)


def records(account: str = CANARIES["account"]) -> list[dict[str, Any]]:
    """What a furnisher sends about the hidden person."""
    about = subject_record(HIDDEN) | {"phone": CANARIES["phone"], "address": CANARIES["address"]}
    line = loan(HIDDEN, account_no=account)
    court = {
        "record": "public-record", "public_ref": "CANARY-ACCOUNT-77-P", "subject_ref": HIDDEN.handle, "public_kind": "judgment",
        "authority": CANARIES["words"], "case_no": CANARIES["words"], "decided_on": "2026-01-05", "public_status": "open",
    }  # fmt: skip
    return [about, line, *months(account, "N" * 24), court]


@pytest.fixture(scope="module")
def fed(shared_world: World, ears: Ears, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, Replies]]:
    """Every door was fed: files by job, folder and address; every address by everybody, whole, broken and odd."""
    bureau = shared_world.bureau
    furnish(bureau, "bank-alpha", jsonl(records()))
    whole = jsonl(records()).read()
    for content in (whole[:-40], whole.replace(b'"D1"', b'"ZZ"'), whole.replace(b"\n", b",\n"), b"{" + whole):
        furnish(bureau, "bank-alpha", io.BytesIO(content))
        check_file(io.BytesIO(content), bureau.rulebook(shared_world.clock.at.date()))
    folder = tmp_path_factory.mktemp("drop")
    (folder / "file.jsonl").write_bytes(whole.replace(b'"D1"', b'"ZZ"'))
    drop = DropFolder(bureau, folder, "bank-alpha", settled=0)
    dropped = [one for _ in range(3) for one in drop.look()]
    reports = [path.read_text() for one in dropped for path in one.place.parent.glob("*.report.*")]
    assert len(reports) == 3
    assert leaks("\n".join(reports), CANARIES, where="the report of a folder") == []
    assert add_sign_in(bureau, handle=HIDDEN.handle, code=CODE, id_kind="cn-id", id_number=HIDDEN.id_number)
    give_consent(bureau, shared_world.subject_id(HIDDEN), member_id="bank-alpha", purpose="loan-approval")
    with TestClient(create_app(bureau), raise_server_exceptions=False) as client:
        town = Town(shared_world, client)
        town.sign_in("person", "person", (PEOPLE["good"].handle, CODE))
        replies = [reply for route in ROUTES for reply in _at(town, route)]
        replies += list(_signing_in(town))
        sequence(bureau)
        yield town, replies


def _bodies() -> list[Any]:
    asked = {
        "subject": {"id_kind": "cn-id", "id_number": HIDDEN.id_number, "name": HIDDEN.name},
        "purpose": "loan-approval",
        "actor_user": "u-1",
    }
    flat = dict.fromkeys(
        ("handle", "code", "password", "again", "factor", "token", "whom", "months", "words", "reason", "choice", "decision",
         "holder", "member_id", "purpose", "url", "size", "format", "sha256"), CANARIES["password"],
    )  # fmt: skip
    whole = json.dumps(asked, ensure_ascii=False).encode()
    return [
        {"content": whole}, {"content": whole[:-9]}, {"content": whole.replace(b'"subject"', b'"subjekt"')},
        {"content": whole.replace(b"loan-approval", CANARIES["words"].encode())}, {"data": flat},
        {"json": flat | {"account_nos": [CANARIES["account"]], "extra": CANARIES["address"], "name": HIDDEN.name}},
        {"content": jsonl(records()).read()},
    ]  # fmt: skip


def _at(town: Town, route: Any) -> Iterator[httpx.Response]:
    """One address, by member, person and nobody, with every body."""
    if route.path == "/sign-out":
        return
    holes = re.sub(r"\{\w+:\w+\}", CANARIES["words"].replace(" ", "%20"), route.path)
    bodies = _bodies() if route.method in {"POST", "PUT"} else [{}]
    for who in ("owner", "person", "nobody"):
        for number, words in enumerate(bodies):
            for path in (
                address(town, route),
                f"{holes}?q={HIDDEN.id_number}&name={HIDDEN.name}&month={CANARIES['words']}",
            ):
                headers = town.headers(who, is_page=not route.path.startswith("/v1/"))
                headers |= {"Idempotency-Key": f"{CANARIES['key']}-{number}", "X-Other": CANARIES["bearer"]}
                headers |= {"Authorization": f"Bearer {CANARIES['bearer']}"} if who == "nobody" else {}
                town.client.cookies.clear()
                yield town.client.request(route.method, path, headers=headers, follow_redirects=False, **words)
                town.world.clock.at += town.world.clock.at.resolution * 300_000


def _signing_in(town: Town) -> Iterator[httpx.Response]:
    """Wrong words at the sign-in, as each kind of visitor."""
    for kind in ("person", "member", "staff"):
        page = town.client.get(f"/sign-in?as={kind}", headers={"Accept": "text/html"})
        token = re.search(r'name="token" value="([^"]+)"', page.text)
        form = {
            "token": token[1] if token else "",
            "as": kind,
            "handle": CANARIES["words"],
            "code": CANARIES["password"],
        }
        yield town.client.post("/sign-in", data=form, headers={"Accept": "text/html"})
    town.client.cookies.clear()


def every(town: Town) -> dict[str, str]:
    """The canaries, with the tokens of members."""
    return CANARIES | {f"token of {member}": token for member, token in town.world.tokens.items()}


def test_no_line_of_any_log_holds_a_canary(fed: tuple[Town, Replies], ears: Ears, capfd: Any) -> None:
    """At the debug level of every library, with the words of exceptions; and what is written to standard error."""
    town, _ = fed
    out = capfd.readouterr()
    assert leaks("\n".join(ears.heard), every(town), where="the log") == []
    assert leaks(out.out + out.err, every(town), where="standard error") == []


def test_no_log_of_the_database_holds_a_canary(fed: tuple[Town, Replies], server: Launcher) -> None:
    """The server's own log after everything that went wrong."""
    town, _ = fed
    log = server.data.parent / "server.log"
    assert log.exists()
    assert leaks(log.read_bytes(), every(town), where="the database's log") == []


def test_figures_hold_no_canary(fed: tuple[Town, Replies]) -> None:
    """Labels name routes and outcomes only."""
    town, _ = fed
    figures = town.client.get("/metrics").text
    assert "openbureau_requests" in figures
    assert leaks(figures, every(town), where="/metrics") == []


def test_no_problem_and_no_address_holds_a_canary(fed: tuple[Town, Replies]) -> None:
    """A problem names fields and cures, never what was sent; nor does any place to which one is led."""
    town, replies = fed
    assert len({reply.status_code for reply in replies}) > 6
    found = []
    for reply in replies:
        assert reply.status_code < 500 or reply.status_code == 503, (reply.request.method, reply.request.url)
        where = f"{reply.request.method} {reply.request.url.path[:60]} {reply.status_code}"
        # Whoever is sent to sign in comes back to the very address that was asked for.
        headers = {name: value for name, value in reply.headers.items() if not value.startswith("/sign-in?next=")}
        found += leaks(str(headers), every(town), where=f"a header of {where}")
        if reply.status_code >= 400:
            # The link to the other language repeats the visitor's own address, to that visitor.
            content = re.sub(rb'href="\?[^"]*"', b"", reply.content)
            found += leaks(content, every(town), where=where)
    assert sorted(set(found)) == [], "\n".join(sorted(set(found)))


def test_the_log_for_everybody_holds_no_canary(fed: tuple[Town, Replies], tmp_path: Path) -> None:
    """Entries, tiles and every file of an export; the answers themselves, kept for the sandbox's committee, excepted."""
    town, _ = fed
    export(town.world.bureau, tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.relative_to(tmp_path).parts[0] for path in files} >= {"tile", "checkpoint", "openings"}
    found = []
    for path in files:
        place = path.relative_to(tmp_path)
        if place.parts[0] != "reports":
            found += leaks(path.read_bytes(), every(town), where=str(place))
    assert found == []


KEPT_OPEN = {("key", "idempotency"), ("key", "batch"), ("key", "arrival")}
"""What stands in a table in clear by design: a member's own key of its own request."""


def test_no_table_holds_a_canary_in_clear(fed: tuple[Town, Replies]) -> None:
    """Names, numbers, addresses, accounts and tokens are sealed or hashed, in every table, whoever reads the disk."""
    town, _ = fed
    found = []
    with psycopg.connect(town.world.url) as connection:
        names = [row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'bureau'")]
        for name in names:
            rows = connection.execute(sql.SQL("select t::text from bureau.{} t").format(sql.Identifier(name)))
            text = "\n".join(row[0] for row in rows)
            found += [(leak.partition(" in ")[0], name) for leak in leaks(text, every(town), where=name)]
    assert len(names) > 60
    assert set(found) - KEPT_OPEN == set()


@pytest.mark.parametrize("form", ["{}", '{{"a": "{}"}}', "prefix {} suffix"])
def test_the_searcher_finds_what_is_there(ears: Ears, form: str) -> None:
    """A line with a name in it is found as it is, in JSON's escapes, in an address and in hex."""
    for value in CANARIES.values():
        assert leaks(form.format(value), CANARIES, where="x")
        assert leaks(json.dumps(form.format(value)), CANARIES, where="x")
        assert leaks(value.encode().hex(), CANARIES, where="x")
    assert leaks(str(httpx.QueryParams({"q": HIDDEN.name})), CANARIES, where="x")
    before = len(ears.heard)
    logging.getLogger("openbureau.web.careless").debug("asked about %s", HIDDEN.name)
    assert leaks("\n".join(ears.heard[before:]), CANARIES, where="the log") == ["name in the log"]
    del ears.heard[before:]
    assert leaks(form.format("nobody"), CANARIES, where="x") == []


def test_a_serving_process_writes_no_words_of_a_careless_line() -> None:
    """A field that is not named, or not of its shape, is dropped; a library's line says who and where only."""
    assert only_named(None, "", {"event": "fault", "name": HIDDEN.name, "kind": HIDDEN.name, "route": "/v1/x y"}) == {
        "event": "fault"
    }
    record = logging.LogRecord("library", logging.ERROR, "/a/b.py", 7, "asked about %s", (HIDDEN.name,), None)
    told = json.loads(Line().format(record))
    assert told == {"at": "b.py:7", "event": "library", "level": "ERROR", "logger": "library"}
