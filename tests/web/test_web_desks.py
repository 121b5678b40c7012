"""The pages of a furnisher's desk and of a regulator: without scripts, in both languages, one's own only."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from openbureau.core.staff import StaffRole
from openbureau.jobs.founding.sandbox import add_desk, add_staff
from openbureau.jobs.furnishing import upload
from openbureau.jobs.furnishing.load import furnish, resume_loads
from openbureau.jobs.furnishing.receive import FurnishingReceipt, receive_file
from openbureau.web.pages import furnishing_views
from openbureau.web.pages.furnishing_views import Section, size_words
from openbureau.web.pages.language import LANGUAGES, Formats
from openbureau.web.pages.paper import POLICY, SCRIPTED_POLICY
from web.test_web_signed import enter
from web.visitor import PAGE, Client, form_token
from world import PEOPLE, World, alpha_file, jsonl, loan, months, subject_record

PERSON = PEOPLE["good"]


@pytest.fixture(scope="module")
def desks(shared_world: World) -> World:
    add_staff(shared_world.bureau, handle="regulator", role=StaffRole.REGULATOR, code="111111")
    for member_id in ("bank-alpha", "micro-gamma", "bank-closed"):
        add_desk(shared_world.bureau, member_id=member_id, code="333333")
    return shared_world


@pytest.fixture
def desk(client: Client, desks: World) -> Client:
    enter(client, "member", "bank-alpha", "333333")
    return client


@pytest.fixture
def regulator(client: Client, desks: World) -> Client:
    enter(client, "staff", "regulator", "111111")
    return client


def bad_file() -> list[dict[str, Any]]:
    late = months(f"{PERSON.handle}-1", "12")
    for row in late:
        del row["adverse_notified_on"]
    return [subject_record(PERSON), loan(PERSON, 40, account_type="ZZ"), *late]


def send(client: Client, content: bytes, name: str = "a.jsonl") -> httpx.Response:
    """Send a file by the plain form."""
    token = form_token(client.get("/furnisher", headers=PAGE))
    files = {"file": (name, content)}
    return client.post("/furnisher", data={"token": token}, files=files, headers=PAGE, follow_redirects=False)


def test_a_file_goes_in_by_the_plain_form(desk: Client) -> None:
    """Sent, loaded, and its report is the next page; sent twice it is a repeat."""
    content = jsonl([subject_record(PEOPLE["good"]), loan(PEOPLE["good"]), *months("P0001-1", "N" * 24)]).read()
    send(desk, content)
    reply = send(desk, content)
    assert reply.status_code == 303
    page = desk.get(f"{reply.headers['location']}?lang=en", headers=PAGE)
    assert page.status_code == 200
    assert "Nothing to mend." in page.text
    assert "Repeat" in page.text
    listed = desk.get("/furnisher?lang=en", headers=PAGE).text
    assert reply.headers["location"] in listed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_groups_findings_by_rule(desk: Client, language: str) -> None:
    """Each rule once, with its count, five sentences, law and first places, and no value of the file."""
    place = send(desk, jsonl(bad_file()).read()).headers["location"]
    page = desk.get(f"{place}?lang={language}", headers=PAGE).text
    assert page.count('class="card found refuses"') == 2
    assert '<span class="count">2</span>' in page
    told = {
        "zh-CN": ("先告知本人", "第 3 条", "《征信业管理条例》"),
        "en": ("Whom it may harm", "record 3", "Art. 15"),
    }
    for words in told[language]:
        assert words in page
    for value in (PERSON.id_number, PERSON.name, f"{PERSON.handle}-1"):
        assert value not in page


@pytest.mark.parametrize(("content", "name"), [(b"", "a.jsonl"), (b"nonsense,columns\n1,2\n", "a.csv"), (b"x", "")])
def test_what_is_no_file_is_told_on_the_page(desk: Client, content: bytes, name: str) -> None:
    """With a problem and its cure, and no receipt."""
    reply = send(desk, content, name)
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    if name:
        assert 'class="card found refuses"' in reply.text


def test_a_file_of_a_page_needs_the_pages_token(desk: Client) -> None:
    """A form from elsewhere sends nothing."""
    reply = desk.post("/furnisher", data={"token": "x"}, files={"file": ("a", b"{}")}, headers=PAGE)
    assert reply.status_code == 403
    assert desk.post("/furnisher/accounts", data={"token": "x", "numbers": "1"}, headers=PAGE).status_code == 403


def test_who_may_not_furnish_is_told(client: Client, desks: World) -> None:
    """A suspended member's desk sends nothing, and reads why."""
    enter(client, "member", "bank-closed", "333333")
    reply = send(client, jsonl(alpha_file()).read())
    assert reply.status_code == 403
    assert 'role="alert"' in reply.text


def test_a_desk_looks_up_its_own_accounts(desk: Client) -> None:
    """By number, in the body and never in the address; what is not its own is not held."""
    token = form_token(desk.get("/furnisher", headers=PAGE))
    numbers = f"{PEOPLE['late'].handle}-1\r\nnone-such\r\n\r\n"
    page = desk.post("/furnisher/accounts?lang=en", data={"token": token, "numbers": numbers}, headers=PAGE)
    assert page.status_code == 200
    assert str(page.url).endswith("/furnisher/accounts?lang=en")
    assert "NNNNNN1234" in page.text
    assert "No account of yours is held under this number." in page.text
    assert desk.get("/furnisher/accounts", headers=PAGE).status_code == 200


def test_a_desk_sees_its_own_files_only(client: Client, desks: World) -> None:
    """Another member's report is not found, whoever knows its number."""
    enter(client, "member", "bank-alpha", "333333")
    place = send(client, jsonl(alpha_file()).read()).headers["location"]
    client.cookies.clear()
    enter(client, "member", "micro-gamma", "333333")
    assert client.get(place, headers=PAGE).status_code == 404
    assert place not in client.get("/furnisher", headers=PAGE).text
    assert client.get("/furnisher/files/x", headers=PAGE).status_code == 404


def test_what_is_under_way_is_shown(desk: Client, desks: World) -> None:
    """Uploads with how far they are, files with how far their load is."""
    begun = upload.begin(desks.bureau, "bank-alpha", 1000)
    assert isinstance(begun, upload.Upload)
    upload.add_piece(desks.bureau, "bank-alpha", begun.upload_id, b"x" * 250, at=0)
    received = receive_file(desks.bureau, "bank-alpha", jsonl(alpha_file()))
    assert isinstance(received, FurnishingReceipt)
    page = desk.get("/furnisher?lang=en", headers=PAGE).text
    assert "25%" in page
    assert f'data-loading="{received.receipt_id}"' in page
    report = desk.get(f"/furnisher/files/{received.receipt_id}?lang=en", headers=PAGE).text
    assert "Loading goes on in the background" in report
    resume_loads(desks.bureau)


@pytest.mark.parametrize("path", ["/furnisher", "/furnisher/files/x", "/regulator", "/regulator/files/x"])
def test_desks_ask_to_sign_in_as_whom_they_are_for(client: Client, path: str) -> None:
    """The way back is kept, and the right kind is chosen."""
    reply = client.get(path, headers=PAGE, follow_redirects=False)
    kind, home = ("member", "/furnisher") if path.startswith("/furnisher") else ("staff", "/regulator")
    assert reply.headers["location"] == f"/sign-in?as={kind}&next={home}"


def test_only_the_furnishers_desk_runs_a_script_and_only_ours(desk: Client) -> None:
    """No script stands in a page; one file of our own is loaded; every other page forbids all."""
    page = desk.get("/furnisher", headers=PAGE)
    assert page.headers["content-security-policy"] == SCRIPTED_POLICY
    assert "script-src 'self'" in SCRIPTED_POLICY
    assert "unsafe" not in SCRIPTED_POLICY
    scripts = re.findall(r"<script[^>]*>[^<]*</script>", page.text)
    assert [re.sub(r"v=[0-9a-f]+", "v=", one) for one in scripts] == [
        '<script src="/static/furnisher.js?v=" defer></script>'
    ]
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", page.text)
    source = re.findall(r'src="(/static/furnisher[^"]+)"', page.text)[0]
    assert desk.get(source).headers["content-type"].startswith("text/javascript")
    assert desk.get("/", headers=PAGE).headers["content-security-policy"] == POLICY


def test_a_regulator_reads_every_furnisher(regulator: Client, desks: World) -> None:
    """Totals of all, the files and rules of one, any report; and no person in any of them."""
    _, made = furnish(desks.bureau, "micro-gamma", jsonl(bad_file()))
    assert made is not None
    page = regulator.get("/regulator?lang=en", headers=PAGE)
    assert page.headers["content-security-policy"] == POLICY
    for words in ("Bank Alpha", "Micro Gamma", "Platform Delta", "nothing yet", "adverse-without-notice"):
        assert words in page.text
    one = regulator.get("/regulator?member=micro-gamma&lang=en", headers=PAGE).text
    assert f"/regulator/files/{made.receipt_id}" in one
    assert "Bank Alpha" not in one
    report = regulator.get(f"/regulator/files/{made.receipt_id}?lang=en", headers=PAGE).text
    assert "Acceptance report" in report
    assert "<script" not in report
    for text in (page.text, one, report):
        assert PERSON.id_number not in text
        assert PERSON.name not in text
    assert regulator.get("/regulator?member=nobody", headers=PAGE).status_code == 404


def test_a_desk_is_no_regulator_and_the_other_way_round(client: Client, desks: World) -> None:
    """Each is sent to sign in."""
    enter(client, "member", "bank-alpha", "333333")
    assert client.get("/regulator", headers=PAGE, follow_redirects=False).status_code == 303
    client.cookies.clear()
    enter(client, "staff", "regulator", "111111")
    assert client.get("/furnisher", headers=PAGE, follow_redirects=False).status_code == 303
    assert client.get("/v1/uploads").status_code == 401


@pytest.fixture
def section() -> Iterator[None]:
    def made(_bureau: object, member_id: str | None, _write: Formats) -> Section | None:
        return Section("extra", "Findings", "", ("Records",), (("7",),)) if member_id else None

    furnishing_views.SECTIONS.append(made)
    yield
    furnishing_views.SECTIONS.remove(made)


def test_other_parts_add_their_sections(regulator: Client, section: None) -> None:
    """A maker that is registered is shown where it has something to say."""
    assert 'id="section-extra"' in regulator.get("/regulator?member=bank-alpha", headers=PAGE).text
    assert 'id="section-extra"' not in regulator.get("/regulator", headers=PAGE).text


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (9_999, "9,999 B"), (10_000, "10 KB"), (8_000_000, "8,000 KB"), (4 << 30, "4,294 MB")],
)
def test_sizes_are_told_in_a_unit_that_fits(count: int, words: str) -> None:
    """Never a fraction, never nothing for something."""
    assert size_words(count, Formats("en")) == words


def test_the_other_language_keeps_what_was_asked(regulator: Client) -> None:
    """The link to the other language leads to the same page of the same furnisher."""
    page = regulator.get("/regulator?member=bank-alpha&lang=en", headers=PAGE).text
    assert 'href="?member=bank-alpha&amp;lang=zh-CN"' in page
