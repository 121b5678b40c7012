"""The reviewer's desk in the browser's eyes: who may come in, what a look leaves, how a decision is sent."""

import re

import httpx
import pytest

from openbureau.core.staff import StaffRole
from openbureau.jobs.founding.sandbox import add_staff
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.subject.diary import diary
from web.visitor import PAGE, Client, form_token
from world import PEOPLE, World, jsonl, loan, months, subject_record

GOOD, LATE = PEOPLE["good"], PEOPLE["late"]
CASE = re.compile(r'href="/desk/([0-9a-f-]{36})"')


@pytest.fixture(scope="module")
def cases(shared_world: World) -> World:
    """Two conflicts, one of them with adverse information; two reviewers."""
    for number in (1, 2):
        add_staff(shared_world.bureau, handle=f"reviewer-{number}", role=StaffRole.REVIEWER, code="222222")
    add_staff(shared_world.bureau, handle="regulator-1", role=StaffRole.REGULATOR, code="111111")
    for person in (GOOD, LATE):
        ref = f"G-{person.handle}"
        other = subject_record(person) | {"subject_ref": ref, "name": f"{person.name[0]}<某>", "phone": "13800138000"}
        line = loan(person, account_no=f"{ref}-1", subject_ref=ref)
        furnish(shared_world.bureau, "micro-gamma", jsonl([other, line, *months(f"{ref}-1", "N" * 24)]))
    return shared_world


def enter(client: Client, handle: str, code: str = "222222") -> httpx.Response:
    """Sign in as staff."""
    page = client.get("/sign-in?as=staff&next=/desk", headers=PAGE)
    form = {"token": form_token(page), "as": "staff", "handle": handle, "code": code, "next": "/desk"}
    return client.post("/sign-in", data=form, headers=PAGE, follow_redirects=False)


def send(client: Client, place: str, **fields: str) -> httpx.Response:
    """Send a form of the desk with the session's token."""
    token = form_token(client.get("/desk", headers=PAGE))
    return client.post(place, data={"token": token} | fields, headers=PAGE, follow_redirects=False)


def views(world: World, person: object) -> int:
    return [entry.kind for entry in diary(world.bureau, world.subject_id(person))].count("staff-view")


def test_only_a_reviewer_comes_in(client: Client, cases: World) -> None:
    """Nobody, a person and the regulator are sent to sign in; a form without the session's token is not taken."""
    for path in ("/desk", "/desk/01900000-0000-7000-8000-000000000000"):
        assert client.get(path, headers=PAGE, follow_redirects=False).status_code == 303
    enter(client, "regulator-1", "111111")
    assert client.get("/desk", headers=PAGE, follow_redirects=False).status_code == 303
    client.cookies.clear()
    assert enter(client, "reviewer-1").headers["location"] == "/desk"
    found = CASE.findall(client.get("/desk", headers=PAGE).text)
    assert len(set(found)) == 2
    form = {"token": "wrong", "choice": "link", "reason": "x"}
    assert client.post(f"/desk/{found[0]}/decide", data=form, headers=PAGE).status_code == 403
    for unknown in ("01900000-0000-7000-8000-000000000000", "x"):
        assert client.get(f"/desk/{unknown}", headers=PAGE).status_code == 404
        for act in ("decide", "undo"):
            assert send(client, f"/desk/{unknown}/{act}", choice="link", reason="x").status_code == 404


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_list_names_nobody_and_a_look_is_recorded(client: Client, cases: World, language: str) -> None:
    """Names, numbers and what differs stand on the case alone, escaped, and each look is one more event."""
    enter(client, "reviewer-1")
    listed = client.get(f"/desk?lang={language}", headers=PAGE).text
    assert not any(one in listed for one in (GOOD.name, GOOD.id_number, LATE.name, "某"))
    before = views(cases, GOOD), views(cases, LATE)
    for case_id in sorted(set(CASE.findall(listed))):
        shown = client.get(f"/desk/{case_id}?lang={language}", headers=PAGE).text
        assert "<mark>" in shown
        assert "&lt;某&gt;" in shown
        assert "<某>" not in shown
    assert (views(cases, GOOD), views(cases, LATE)) == (before[0] + 1, before[1] + 1)


def test_a_decision_needs_choice_and_reason_and_is_sent_once(client: Client, cases: World) -> None:
    """Two reviewers for the adverse file; the second sees no opinion; linked, then undone, by forms alone."""
    enter(client, "reviewer-1")
    page = client.get("/desk?lang=en", headers=PAGE).text
    adverse = next(row for row in page.split("<tr>") if "two reviewers" in row)
    case_id = CASE.findall(adverse)[0]
    place = f"/desk/{case_id}/decide"
    assert send(client, place, choice="marry", reason="x").status_code == 409
    assert send(client, place, choice="link", reason="  ").status_code == 409
    assert send(client, place, choice="link", reason="seen both papers").status_code == 303
    assert send(client, place, choice="link", reason="seen both papers").status_code == 409
    client.cookies.clear()
    enter(client, "reviewer-2")
    shown = client.get(f"/desk/{case_id}?lang=en", headers=PAGE).text
    assert "seen both papers" not in shown
    assert "reviewer-1" not in shown
    assert send(client, place, choice="link", reason="I agree").headers["location"] == "/desk?done=decided"
    shown = client.get(f"/desk/{case_id}?lang=en", headers=PAGE).text
    assert "seen both papers" in shown
    assert send(client, f"/desk/{case_id}/undo", reason="a mistake").headers["location"] == "/desk?done=undone"
    assert send(client, f"/desk/{case_id}/undo", reason="a mistake").status_code == 409
    assert "the link was undone" in client.get(f"/desk/{case_id}?lang=en", headers={"Accept": "text/html"}).text
