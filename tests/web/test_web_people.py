"""A person at the door: signing in, one's own file, consents, and what protects them."""

import re
import uuid
from typing import Any

import pytest

from openbureau.web.desk import is_loopback
from openbureau.web.pages import limits
from openbureau.web.pages.session import IDLE_SECONDS, LONGEST_SECONDS, Sessions
from web.visitor import PAGE, Client, form_token, inquiry, sign_in
from world import PEOPLE, World

MINE = ("/me/report", "/me/diary", "/me/consents")
COOKIE = "openbureau-session"


@pytest.mark.parametrize("path", MINE)
def test_pages_of_a_person_ask_to_sign_in_first(client: Client, path: str) -> None:
    """Nobody sees a file without signing in; the way back is kept."""
    reply = client.get(path, headers=PAGE, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, f"/sign-in?next={path}")


@pytest.mark.parametrize("path", ["/v1/me/report", "/v1/me/diary", "/v1/me/consents"])
def test_data_of_a_person_needs_a_session(client: Client, path: str) -> None:
    """The same for programs, as a problem."""
    reply = client.get(path)
    assert (reply.status_code, reply.json()["type"]) == (401, "/problems/sign-in-needed")
    assert "www-authenticate" in reply.headers


def test_signing_in_leads_to_ones_own_report(client: Client) -> None:
    """Handle and code lead to the report of that person, in a protected cookie."""
    reply = sign_in(client, PEOPLE["good"])
    assert (reply.status_code, reply.headers["location"]) == (303, "/me/report")
    cookie = reply.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert "Secure" not in cookie  # this installation is reached over loopback only
    page = client.get("/me/report", headers=PAGE)
    assert page.status_code == 200
    assert PEOPLE["good"].name in page.text
    assert PEOPLE["good"].id_number not in page.text


def test_a_place_to_go_after_signing_in_is_one_of_ours(client: Client) -> None:
    """Signing in never sends a browser elsewhere."""
    reply = sign_in(client, PEOPLE["good"], after="https://elsewhere.example/")
    assert reply.headers["location"] == "/me/report"


def test_a_wrong_code_tells_nothing_more(client: Client) -> None:
    """A wrong code and an unknown handle look the same, and are told on the form."""
    wrong = sign_in(client, PEOPLE["good"], code="000000")
    assert wrong.status_code == 401
    assert "Handle and code do not fit" in wrong.text
    assert COOKIE in wrong.headers["set-cookie"]
    assert client.get("/v1/me/report").status_code == 401


def test_too_many_attempts_have_to_wait(client: Client, shared_world: World) -> None:
    """After five wrong codes a handle rests, even for the right code; later it opens again."""
    for _ in range(limits.MOST_PER_HANDLE):
        assert sign_in(client, PEOPLE["minor"], code="000000").status_code == 401
    blocked = sign_in(client, PEOPLE["minor"])
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["retry-after"]) <= limits.WINDOW_SECONDS + 1
    shared_world.clock.forward(seconds=limits.WINDOW_SECONDS + 2)
    assert sign_in(client, PEOPLE["minor"]).status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/me/consents", f"/me/consents/{uuid.UUID(int=7)}/withdraw"])
@pytest.mark.parametrize("token", [None, "", "another"])
def test_a_form_without_its_token_is_refused(client: Client, path: str, token: str | None) -> None:
    """No form counts unless it comes from a page of this session."""
    sign_in(client, PEOPLE["good"])
    form = {"handle": "P0001", "code": "246810"} | ({} if token is None else {"token": token})
    reply = client.post(path, data=form, follow_redirects=False)
    assert (reply.status_code, reply.json()["type"]) == (403, "/problems/form-not-trusted")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_from_elsewhere_is_refused_even_with_its_token(client: Client, headers: dict[str, str]) -> None:
    """A token that leaked does not help another site."""
    sign_in(client, PEOPLE["good"])
    token = form_token(client.get("/me/consents", headers=PAGE))
    reply = client.post("/sign-out", data={"token": token}, headers=headers)
    assert reply.status_code == 403


@pytest.mark.parametrize("place", [0, 20, -3])
def test_a_changed_session_is_no_session(client: Client, place: int) -> None:
    """One changed character of the cookie ends it."""
    sign_in(client, PEOPLE["good"])
    sealed = client.cookies[COOKIE]
    at = place % len(sealed)
    changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
    client.cookies.clear()
    for value in (changed, "", "x" * 2000, "\u00e4"):
        reply = client.get("/v1/me/report", headers={b"Cookie": f"{COOKIE}={value}".encode()})
        assert reply.status_code == 401


def test_a_session_ends_without_use_and_in_any_case(client: Client, shared_world: World) -> None:
    """Thirty idle minutes end it, use renews it, eight hours end it anyway."""
    sign_in(client, PEOPLE["good"])
    for _ in range(LONGEST_SECONDS // (IDLE_SECONDS - 60)):
        shared_world.clock.forward(seconds=IDLE_SECONDS - 60)
        assert client.get("/v1/me/consents").status_code == 200
    shared_world.clock.forward(seconds=IDLE_SECONDS - 60)
    assert client.get("/v1/me/consents").status_code == 401
    sign_in(client, PEOPLE["good"])
    shared_world.clock.forward(seconds=IDLE_SECONDS + 1)
    assert client.get("/v1/me/consents").status_code == 401


def test_signing_out_ends_the_session_for_good(client: Client) -> None:
    """A kept copy of the cookie opens nothing after signing out."""
    sign_in(client, PEOPLE["good"])
    kept = client.cookies[COOKIE]
    token = form_token(client.get("/me/consents", headers=PAGE))
    assert client.post("/sign-out", data={"token": token}, follow_redirects=False).status_code == 303
    client.cookies.clear()
    client.cookies.set(COOKIE, kept)
    assert client.get("/v1/me/consents").status_code == 401


def test_signing_in_begins_a_new_session(client: Client) -> None:
    """The session from before signing in is worth nothing after it."""
    client.get("/sign-in", headers=PAGE)
    before = client.cookies[COOKIE]
    sign_in(client, PEOPLE["good"])
    client.cookies.clear()
    client.cookies.set(COOKIE, before)
    assert client.get("/v1/me/consents").status_code == 401


def consent_form(client: Client, **changes: str) -> Any:
    token = form_token(client.get("/me/consents", headers=PAGE))
    form = {"token": token, "whom": "bank-beta|card-approval", "months": "3", "notice": "notice-2"} | changes
    form |= {f"point-{point}": "yes" for point in ("purpose", "provide", "sensitive")}
    return client.post("/me/consents", data=form, headers=PAGE, follow_redirects=False)


def test_a_consent_is_given_seen_and_withdrawn_in_one_step(client: Client, shared_world: World) -> None:
    """Give by form, the lender is answered, withdraw by one form, the lender is refused."""
    sign_in(client, PEOPLE["plain"])
    given = consent_form(client)
    assert (given.status_code, given.headers["location"]) == (303, "/me/consents?done=given")
    ask: dict[str, Any] = {"member": "bank-beta", "body": {"purpose": "card-approval"}}
    assert inquiry(client, shared_world, PEOPLE["plain"], **ask).status_code == 200
    page = client.get("/me/consents?done=given", headers=PAGE)
    assert "Your consent is recorded" in page.text
    action = re.search(r'action="(/me/consents/[^"]+/withdraw)"', page.text)
    assert action is not None
    done = client.post(action.group(1), data={"token": form_token(page)}, headers=PAGE, follow_redirects=False)
    assert done.headers["location"] == "/me/consents?done=withdrawn"
    refused = inquiry(client, shared_world, PEOPLE["plain"], **ask)
    assert refused.json()["type"] == "/problems/consent-withdrawn"
    again = client.post(action.group(1), data={"token": form_token(page)}, headers=PAGE, follow_redirects=False)
    assert again.status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"whom": ""},
        {"whom": "nobody|loan-approval"},
        {"whom": "bank-beta|limit-approval"},
        {"months": "99"},
        {"months": "x"},
    ],
)
def test_a_consent_that_cannot_be_is_told_on_the_page(client: Client, changes: dict[str, str]) -> None:
    """The form comes back with what is wrong."""
    sign_in(client, PEOPLE["plain"])
    reply = consent_form(client, **changes)
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text


def test_programs_give_and_withdraw_with_the_sessions_token(client: Client) -> None:
    """The data door does the same, and asks for the token in a header."""
    sign_in(client, PEOPLE["thin"])
    token = {"X-CSRF-Token": client.get("/v1/me/consents").headers["x-csrf-token"]}
    body = {"member_id": "bank-beta", "purpose": "post-loan", "months": 1, "is_one_time": True}
    body |= {"points": ["purpose", "provide", "sensitive"], "notice_version": "notice-2"}
    assert client.post("/v1/me/consents", json=body).json()["type"] == "/problems/form-not-trusted"
    given = client.post("/v1/me/consents", json=body, headers=token)
    assert given.status_code == 201
    held = client.get("/v1/me/consents").json()["consents"]
    assert held[0] | {"state": "in-force"} == held[0]
    place = f"/v1/me/consents/{given.json()['consent_id']}/withdraw"
    assert client.post(place).status_code == 403
    assert client.post(place, headers=token).status_code == 200
    again = client.post(place, headers=token)
    assert (again.status_code, again.json()["type"]) == (422, "/problems/consent-not-possible")
    assert client.post("/v1/me/consents/nonsense/withdraw", headers=token).status_code == 422
    assert client.get("/v1/me/consents").json()["consents"][0]["state"] == "withdrawn"


def test_programs_are_told_which_field_is_wrong(client: Client) -> None:
    """A consent's body is checked like an inquiry's."""
    sign_in(client, PEOPLE["thin"])
    token = {"X-CSRF-Token": client.get("/v1/me/consents").headers["x-csrf-token"]}
    reply = client.post("/v1/me/consents", json={"purpose": "x", "months": 0, "is_one_time": 3}, headers=token)
    assert reply.status_code == 422
    pointers = {error["pointer"] for error in reply.json()["errors"]}
    assert pointers == {"/member_id", "/purpose", "/months", "/is_one_time"}
    assert client.post("/v1/me/consents", content=b"{", headers=token).json()["type"] == "/problems/not-json"


def test_the_diary_shows_who_was_refused_and_quotes_the_article(client: Client, shared_world: World) -> None:
    """A refusal stands in the diary with institution, purpose, article, and a way to its proof."""
    inquiry(client, shared_world, PEOPLE["minor"], member="micro-gamma")
    sign_in(client, PEOPLE["minor"])
    page = client.get("/me/diary?lang=zh-CN", headers=PAGE)
    entry = client.get("/v1/me/diary").json()["entries"][0]
    assert entry["kind"] == "inquiry-refused"
    assert entry["actor"] == "micro-gamma"
    assert entry["citations"]
    for words in ("丙寅小额贷款公司", "贷款审批", "等待下一个检查点", entry["citations"][0]["zh"].partition("：")[2]):
        assert words in page.text


def test_looking_at_ones_own_report_is_itself_recorded(client: Client) -> None:
    """Each view of the own report is one event of the diary."""
    sign_in(client, PEOPLE["good"])
    before = len(client.get("/v1/me/diary").json()["entries"])
    client.get("/me/report", headers=PAGE)
    client.get("/v1/me/report")
    entries = client.get("/v1/me/diary").json()["entries"]
    assert len(entries) == before + 2
    assert entries[0]["kind"] == "self-access"


def test_points_on_the_page_add_up(client: Client) -> None:
    """The numbers a person reads sum to the score they read."""
    sign_in(client, PEOPLE["late"])
    page = client.get("/me/report", headers=PAGE).text
    table = page[page.index('<table class="points">') : page.index("</tfoot>")]
    numbers = re.findall(r'<td class="num">(?:<svg.*?</svg><span>)?([+−]?[0-9,]+)', table, re.DOTALL)
    values = [int(number.replace("−", "-").replace(",", "")) for number in numbers]
    assert len(values) > 10
    assert sum(values[:-1]) == values[-1]
    assert "expert table, not validated" in page


def test_beyond_loopback_the_cookie_travels_encrypted_only(shared_world: World) -> None:
    """An installation that is reached from elsewhere sends its cookie over TLS only, bound to its host."""
    sessions = Sessions(bytes(32), shared_world.clock, is_secure=True)
    cookie = sessions.cookie(sessions.begin())
    assert cookie.secure
    assert cookie.key.startswith("__Host-")
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.1", "bureau.example")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def test_a_session_of_another_key_is_no_session(shared_world: World) -> None:
    """A cookie sealed by another installation opens nothing here."""
    mine = Sessions(bytes(32), shared_world.clock, is_secure=False)
    other = Sessions(b"1" * 32, shared_world.clock, is_secure=False)
    value = other.cookie(other.begin("somebody")).value
    assert other.open(value) is not None
    assert mine.open(value) is None
