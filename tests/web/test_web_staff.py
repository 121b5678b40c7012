"""Staff with accounts in the browser's eyes: first sign-in, second factor, own page, what auditors see."""

import re
from datetime import timedelta

import httpx
import pyotp
import pytest

from openbureau.core.staff import RoleRefused, StaffRole
from openbureau.jobs.staff.accounts import add_account, close_account
from openbureau.web.pages.language import LANGUAGES
from web.visitor import PAGE, Client, form_token
from world import World

PASSWORD = "a sentence about nothing"
SECRET = re.compile(r'<p class="mono">([A-Z2-7 ]{39})</p>')


def sign_in(client: Client, handle: str, code: str, factor: str = "") -> httpx.Response:
    """Go through the form of staff."""
    page = client.get("/sign-in?as=staff", headers=PAGE)
    form = {"token": form_token(page), "as": "staff", "handle": handle, "code": code, "factor": factor}
    return client.post("/sign-in", data=form, headers=PAGE, follow_redirects=False)


def enrol(client: Client, world: World, handle: str, *roles: StaffRole) -> str:
    """Make an account and go through the first sign-in; the secret, one time step later."""
    made = add_account(world.bureau, handle, frozenset(roles))
    assert not isinstance(made, RoleRefused)
    reply = sign_in(client, handle, made.code)
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff/enrol")
    page = client.get("/staff/enrol?lang=en", headers=PAGE)
    found = SECRET.search(page.text)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert f"secret={secret}" in page.text
    code = pyotp.TOTP(secret).at(world.clock.at)
    form = {"token": form_token(page), "password": PASSWORD, "again": PASSWORD, "factor": code}
    refused = client.post("/staff/enrol", data=form | {"again": "another"}, headers=PAGE)
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
    assert client.post("/staff/enrol", data=form | {"token": "x"}, headers=PAGE).status_code == 403
    begun = dict(client.cookies)
    reply = client.post("/staff/enrol", data=form, headers=PAGE, follow_redirects=False)
    assert reply.status_code == 303, reply.text
    assert dict(client.cookies) != begun, "signing in makes a new session"
    world.clock.at += timedelta(seconds=60)
    return secret


def test_an_account_opens_its_own_desk_and_no_other(client: Client, shared_world: World) -> None:
    """A reviewer with an account decides cases, sees no furnishers, and comes in again with both factors only."""
    secret = enrol(client, shared_world, "reviewer-30", StaffRole.REVIEWER)
    assert client.get("/desk", headers=PAGE, follow_redirects=False).status_code == 200
    for place in ("/regulator", "/staff/events", "/me/report", "/furnisher"):
        assert client.get(place, headers=PAGE, follow_redirects=False).status_code == 303
    client.cookies.clear()
    assert sign_in(client, "reviewer-30", PASSWORD).status_code == 401
    reply = sign_in(client, "REVIEWER-30", PASSWORD, pyotp.TOTP(secret).at(shared_world.clock.at))
    assert reply.headers["location"] == "/desk"
    assert client.get("/desk", headers=PAGE, follow_redirects=False).status_code == 200


def test_an_account_with_two_roles_has_both_desks_in_its_menu(client: Client, shared_world: World) -> None:
    """Regulator and auditor go together; neither desk of those who operate opens."""
    enrol(client, shared_world, "watch-1", StaffRole.REGULATOR, StaffRole.AUDITOR)
    page = client.get("/staff?lang=en", headers=PAGE)
    for place in ("/regulator", "/staff/events", "/staff"):
        assert f'href="{place}"' in page.text
        assert client.get(place, headers=PAGE, follow_redirects=False).status_code == 200
    assert client.get("/desk", headers=PAGE, follow_redirects=False).status_code == 303


@pytest.mark.parametrize("language", LANGUAGES)
def test_those_who_audit_read_what_staff_did(client: Client, shared_world: World, language: str) -> None:
    """Every kind of event in words, accounts by their handle, and nothing that was typed."""
    sign_in(client, "some-password-typed-here", "x", "123456")
    enrol(client, shared_world, f"auditor-{language.lower()}", StaffRole.AUDITOR)
    page = client.get(f"/staff/events?lang={language}", headers=PAGE)
    told = ("sign-in failed", "signed in") if language == "en" else ("登录失败", "登录")
    for words in (*told, f"auditor-{language.lower()}"):
        assert words in page.text
    assert "some-password-typed-here" not in page.text


def test_a_closed_account_is_out_at_once(client: Client, shared_world: World) -> None:
    """The next request of a running session finds nobody."""
    enrol(client, shared_world, "reviewer-31", StaffRole.REVIEWER)
    assert client.get("/desk", headers=PAGE, follow_redirects=False).status_code == 200
    close_account(shared_world.bureau, "reviewer-31")
    assert client.get("/desk", headers=PAGE, follow_redirects=False).status_code == 303
    assert client.get("/staff", headers=PAGE, follow_redirects=False).status_code == 303


def test_nobody_enrols_without_a_one_time_code(client: Client, shared_world: World) -> None:
    """The page leads to sign-in, for nobody and for whoever is in already."""
    assert client.get("/staff/enrol", headers=PAGE, follow_redirects=False).headers["location"] == "/sign-in?as=staff"
    assert client.post("/staff/enrol", data={}, headers=PAGE, follow_redirects=False).status_code == 303
    enrol(client, shared_world, "reviewer-32", StaffRole.REVIEWER)
    assert client.get("/staff/enrol", headers=PAGE, follow_redirects=False).status_code == 303
