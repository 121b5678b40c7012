"""Desks and staff at the door: each comes to their own page and to no other."""

import httpx
import pytest

from openbureau.core.staff import StaffRole
from openbureau.jobs.founding.sandbox import add_desk, add_staff
from openbureau.web.app import ROUTES
from web.visitor import PAGE, Client, form_token
from world import World


@pytest.fixture(scope="module")
def staffed(shared_world: World) -> World:
    add_staff(shared_world.bureau, handle="regulator", role=StaffRole.REGULATOR, code="111111")
    add_desk(shared_world.bureau, member_id="bank-alpha", code="333333")
    return shared_world


def enter(client: Client, kind: str, handle: str, code: str, *, after: str = "") -> httpx.Response:
    """Sign in through the form as an institution or as staff."""
    page = client.get(f"/sign-in?as={kind}", headers=PAGE)
    form = {"token": form_token(page), "as": kind, "handle": handle, "code": code, "next": after}
    return client.post("/sign-in", data=form, headers=PAGE, follow_redirects=False)


def test_a_desk_and_staff_come_home(client: Client, staffed: World) -> None:
    """Signing in leads to the page of the audience, whatever the form wished."""
    for kind, handle, code, home in (
        ("member", "bank-alpha", "333333", "/furnisher"),
        ("staff", "regulator", "111111", "/regulator"),
    ):
        client.cookies.clear()
        reply = enter(client, kind, handle, code, after="/me/report")
        assert (reply.status_code, reply.headers["location"]) == (303, home)


@pytest.mark.parametrize(
    "tried",
    [("staff", "bank-alpha", "333333"), ("member", "regulator", "111111"), ("person", "regulator", "111111"),
     ("staff", "regulator", "333333"), ("owner", "regulator", "111111")],
)  # fmt: skip
def test_a_code_opens_one_door_only(client: Client, staffed: World, tried: tuple[str, str, str]) -> None:
    """An account of one kind does not sign in as another."""
    assert enter(client, *tried).status_code == 401


def test_staff_see_no_persons_page(client: Client, staffed: World) -> None:
    """A session of staff or of a desk is nobody on a person's pages and in a person's data."""
    for kind, handle, code in (("staff", "regulator", "111111"), ("member", "bank-alpha", "333333")):
        client.cookies.clear()
        enter(client, kind, handle, code)
        assert client.get("/me/report", headers=PAGE, follow_redirects=False).status_code == 303
        assert client.get("/v1/me/report").status_code == 401


def test_a_regulator_operates_nothing(client: Client, staffed: World) -> None:
    """Whatever can be changed at any address, a regulator's session changes it not."""
    enter(client, "staff", "regulator", "111111")
    token = form_token(client.get("/", headers=PAGE))
    tried = 0
    for route in ROUTES:
        if route.method == "GET" or route.path in {"/sign-in", "/sign-out", "/v1/token"}:
            continue  # whoever comes to these three is nobody yet
        path = route.path
        for hole in ("{consent_id:str}", "{upload_id:str}", "{receipt_id:str}", "{sample_id:str}"):
            path = path.replace(hole, "01900000-0000-7000-8000-000000000000")
        reply = client.request(
            route.method, path, data={"token": token}, headers=PAGE | {"X-CSRF-Token": token}, follow_redirects=False
        )
        is_sent_away = reply.status_code == 303 and reply.headers["location"].startswith("/sign-in")
        assert reply.status_code in {401, 403} or is_sent_away, (route, reply.status_code)
        tried += 1
    assert tried >= 4
