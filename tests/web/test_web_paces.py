"""Limits and quotas at the door, a slowed user, and cases as members and the committee see them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from litestar.testing import TestClient

from openbureau.core.staff import StaffRole
from openbureau.jobs.abuse.cases import one_case
from openbureau.jobs.abuse.watch import watch_conduct
from openbureau.jobs.founding.sandbox import add_desk, add_staff
from openbureau.law.reader import load_law, read_pack
from openbureau.web.app import create_app
from openbureau.web.paces import READ_SECONDS
from web.test_web_signed import enter
from web.visitor import PAGE, Client, form_token, inquiry
from world import PEOPLE, UNKNOWN, World

RATES = {"house.rate.member_per_second": "1000", "house.rate.user_per_second": "500"}
QUOTAS = {"house.quota.member_per_day": "2000000", "house.quota.user_per_day": "200000"}


@contextmanager
def served(world: World, **numbers: int) -> Iterator[Client]:
    """The application under a law with other numbers: `member_per_second=2` and so on."""
    pack = read_pack("cn")
    for name, was in (RATES | QUOTAS).items():
        if (number := numbers.get(name.rpartition(".")[2])) is not None:
            head = pack["conduct.yaml"].index(f"\n{name}:")
            pack["conduct.yaml"] = pack["conduct.yaml"][:head] + pack["conduct.yaml"][head:].replace(
                f"value: {was}", f"value: {number}", 1
            )
    bureau = replace(world.bureau, law=load_law(pack=pack), _rulebooks={})
    with TestClient(create_app(bureau), raise_server_exceptions=False) as client:
        yield client


def ask(client: Client, world: World, user: str = "desk-1", member: str = "bank-alpha") -> httpx.Response:
    return inquiry(client, world, UNKNOWN, member=member, body={"actor_user": user})


def recorded(world: World) -> int:
    with world.bureau.store.connection("auditor") as connection:
        row = connection.execute("select count(*) from bureau.inquiry_unmatched").fetchone()
        assert row is not None
        return int(row[0])


def after_reading(client: Client, world: World) -> None:
    """Time passes until the counts are read again, and somebody's request lets them be read to the end."""
    world.clock.forward(seconds=READ_SECONDS)
    ask(client, world, "somebody-else")
    while not client.app.state.desk.pacer.is_idle:
        time.sleep(0.002)


@pytest.fixture
def world(new_world) -> World:  # type: ignore[no-untyped-def]
    return new_world(files={})  # type: ignore[no-any-return]


def code_of(reply: httpx.Response) -> str:
    return str(reply.json()["type"]).removeprefix("/problems/")


def test_a_user_waits_and_another_does_not(world: World) -> None:
    """Twice the rate at once, then a 429 that records nothing; colleagues go on; a second later there is room again."""
    with served(world, user_per_second=1) as client:
        replies = [ask(client, world) for _ in range(3)]
        assert [reply.status_code for reply in replies] == [403, 403, 429]
        assert code_of(replies[2]) == "rate-limited"
        assert replies[2].json()["limit"] == "user"
        assert replies[2].headers["retry-after"] == "1"
        assert recorded(world) == 2
        assert ask(client, world, "desk-2").status_code == 403
        world.clock.forward(seconds=1)
        assert ask(client, world).status_code == 403


def test_a_member_waits_whoever_of_its_users_asks(world: World) -> None:
    """The member's own rate counts all its users; another member has its own, and it is the same."""
    with served(world, member_per_second=1) as client:
        assert [ask(client, world, f"desk-{at}").status_code for at in range(3)] == [403, 403, 429]
        assert ask(client, world, member="bank-beta").status_code == 403


@pytest.mark.parametrize(("limit", "users"), [("user_per_day", ["a"] * 4), ("member_per_day", ["a", "b", "c", "d"])])
def test_a_quota_ends_with_the_day(world: World, limit: str, users: list[str]) -> None:
    """So many recorded inquiries a day, by user and by member; the next day in Beijing begins anew."""
    with served(world, **{limit: 3}) as client:
        replies = [ask(client, world, user) for user in users]
        assert [reply.status_code for reply in replies] == [403, 403, 403, 429]
        assert code_of(replies[3]) == "quota-reached"
        seconds = int(replies[3].headers["retry-after"])
        assert seconds == 14 * 3600  # the world stands at ten in the morning
        world.clock.forward(seconds=seconds)
        assert ask(client, world, users[0]).status_code == 403


def test_what_another_process_recorded_counts(world: World) -> None:
    """A fresh process knows the day's inquiries from the database before its first answer."""
    with served(world, user_per_day=3) as client:
        for _ in range(2):
            ask(client, world)
    world.clock.forward(minutes=5)
    with served(world, user_per_day=3) as client:
        first = ask(client, world)
        assert first.status_code == 403
        assert '"user-day";r=0;' in first.headers["ratelimit"]
        assert ask(client, world).status_code == 429


def test_counts_do_not_drift(world: World) -> None:
    """Read again and again over minutes, each inquiry counts once."""
    with served(world, user_per_day=1000) as client:
        for at in range(1, 9):
            reply = ask(client, world)
            world.clock.forward(seconds=11)
            assert f'"user-day";r={1000 - at};' in reply.headers["ratelimit"]


def test_nobody_is_counted_without_a_sign_in(world: World) -> None:
    """A wrong token is told so, however often it comes, and uses up nobody's limits."""
    with served(world, member_per_second=1) as client:
        for _ in range(5):
            reply = inquiry(client, world, UNKNOWN, headers={"Authorization": "Bearer nobody"})
            assert (reply.status_code, code_of(reply)) == (401, "not-signed-in")


def fish(client: Client, world: World) -> str:
    """Ask until the watch has a question; its case."""
    people = (UNKNOWN, *PEOPLE.values())
    for number in range(10):
        assert inquiry(client, world, people[number % len(people)], body={"actor_user": "desk-1"}).status_code == 403
    (case_id,) = watch_conduct(world.bureau).opened
    after_reading(client, world)
    return case_id


def test_a_slowed_user_is_told_and_goes_on_slowly(world: World) -> None:
    """Half an inquiry a second with a header that names the case; a colleague notices nothing; explained, it is on file."""
    headers = {"Authorization": f"Bearer {world.tokens['bank-alpha']}"}
    with served(world) as client:
        case_id = fish(client, world)
        first, second = ask(client, world), ask(client, world)
        assert f'rule="fishing", case="{case_id}"' in first.headers["openbureau-slowed"]
        assert (second.status_code, second.headers["retry-after"]) == (429, "2")
        assert "openbureau-slowed" not in ask(client, world, "desk-2").headers
        (case,) = client.get("/v1/members/me/cases", headers=headers).json()["cases"]
        assert (case["case_id"], case["standing"], case["actor_user"]) == (case_id, "open", "desk-1")
        body = {"case_id": case_id, "words": "Our consent system was down."}
        assert client.post("/v1/members/me/cases", json=body, headers=headers).status_code == 201
        other = {"Authorization": f"Bearer {world.tokens['bank-beta']}"}
        assert client.get("/v1/members/me/cases", headers=other).json() == {"cases": []}
        assert client.post("/v1/members/me/cases", json=body, headers=other).status_code == 404
    assert one_case(world.bureau, case_id).standing == "explained"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"case_id": "x"}, "fields-not-valid"),
        ({"case_id": "x" * 36, "words": "y"}, "no-such-conduct-case"),
        ({"case_id": "x" * 36, "words": ""}, "fields-not-valid"),
        ({"case_id": "x" * 36, "words": "y" * 2001}, "fields-not-valid"),
        ([], "fields-not-valid"),
    ],
)
def test_an_explanation_that_does_not_fit_is_told(client: Client, shared_world: World, body: object, code: str) -> None:
    """Each thing that can be wrong with an explanation has its problem."""
    headers = {"Authorization": f"Bearer {shared_world.tokens['bank-alpha']}"}
    assert code_of(client.post("/v1/members/me/cases", json=body, headers=headers)) == code


def test_the_committee_decides_and_the_others_read(world: World) -> None:
    """List, case and form in both languages; a regulator has no form and no way; the member explains at its desk."""
    add_staff(world.bureau, handle="judge", role=StaffRole.COMMITTEE, code="111111")
    add_staff(world.bureau, handle="regulator", role=StaffRole.REGULATOR, code="222222")
    add_desk(world.bureau, member_id="bank-alpha", code="333333")
    add_desk(world.bureau, member_id="bank-beta", code="444444")
    with served(world) as client:
        case_id = fish(client, world)
        place = f"/cases/{case_id}"
        assert client.get("/cases", headers=PAGE, follow_redirects=False).headers["location"].startswith("/sign-in")
        enter(client, "member", "bank-beta", "444444")
        assert client.get(f"/lender{place}", headers=PAGE).status_code == 404
        client.cookies.clear()
        enter(client, "member", "bank-alpha", "333333")
        token = form_token(client.get(f"/lender{place}?lang=zh-CN", headers=PAGE))
        said = {"token": token, "words": "同意登记系统故障。"}
        assert client.post(f"/lender{place}", data=said, headers=PAGE, follow_redirects=False).status_code == 303
        assert client.post("/lender/cases/none", data=said, headers=PAGE).status_code == 404
        assert client.get("/lender/cases/none", headers=PAGE).status_code == 404
        assert client.post(f"/lender{place}", data=said | {"token": "x"}, headers=PAGE).status_code == 403
        client.cookies.clear()
        enter(client, "staff", "regulator", "222222")
        page = client.get(f"{place}?lang=en", headers=PAGE)
        assert "<form" not in page.text[page.text.index("<main") : page.text.index("</main")]
        token = form_token(page)
        form = {"token": token, "decision": "dismissed", "words": "A fault, mended."}
        assert client.post(f"{place}/decide", data=form, headers=PAGE).status_code == 403
        assert client.get("/cases/none", headers=PAGE).status_code == 404
        client.cookies.clear()
        enter(client, "staff", "judge", "111111")
        page = client.get(f"{place}?lang=zh-CN", headers=PAGE)
        assert "同意登记系统故障。" in page.text
        assert "因无同意或身份不符而被多次拒绝" in page.text
        form["token"] = form_token(page)
        for name in ("none", "01900000-0000-7000-8000-000000000000"):
            assert client.post(f"/cases/{name}/decide", data=form, headers=PAGE).status_code == 404
        assert client.post(f"{place}/decide", data=form | {"words": " "}, headers=PAGE).status_code == 409
        assert client.post(f"{place}/decide", data=form, headers=PAGE, follow_redirects=False).status_code == 303
        assert client.post(f"{place}/decide", data=form, headers=PAGE).status_code == 409
        assert "dismissed" in client.get("/cases?lang=en", headers=PAGE).text
        after_reading(client, world)
        assert "openbureau-slowed" not in ask(client, world).headers
    assert "staff/committee/judge" in {word.said_by for word in one_case(world.bureau, case_id).words}
