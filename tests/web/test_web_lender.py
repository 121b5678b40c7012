"""The lender's desk: ask by a form, read and keep the answer; no name in an address, one inquiry a form."""

import json
import re
from typing import Any

import httpx
import pytest

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import withdraw_consent
from openbureau.jobs.delivery.endpoint import set_webhook
from openbureau.jobs.founding.sandbox import add_desk
from openbureau.jobs.ids import new_id
from openbureau.store.standing.delivery import add_feed_event
from web.test_web_signed import enter
from web.visitor import PAGE, Client, form_token
from world import PEOPLE, UNKNOWN, Person, World

GOOD, LATE, MINOR, BUSY = (PEOPLE[name] for name in ("good", "late", "minor", "busy"))
KEY = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture
def desk(client: Client, shared_world: World) -> Client:
    """bank-alpha's desk, signed in."""
    add_desk(shared_world.bureau, member_id="bank-alpha", code="333333")
    enter(client, "member", "bank-alpha", "333333")
    return client


@pytest.fixture(scope="module", autouse=True)
def consented(shared_world: World) -> None:
    give_consent(shared_world.bureau, shared_world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval")


def filled(page: httpx.Response, person: Person, **changes: object) -> dict[str, object]:
    """The form of a page, filled in."""
    found = KEY.search(page.text)
    assert found is not None
    made: dict[str, object] = {
        "token": form_token(page), "key": found.group(1), "id_kind": "cn-id", "id_number": person.id_number,
        "name": person.name, "purpose": "loan-approval", "product": "report", "actor_user": "desk-7",
    }  # fmt: skip
    return made | changes


def ask(desk: Client, person: Person, *, language: str = "en", **changes: Any) -> httpx.Response:
    form = filled(desk.get("/lender", headers=PAGE), person, **changes)
    return desk.post(f"/lender?lang={language}", data=form, headers=PAGE)


def inquiries(world: World) -> int:
    with world.bureau.store.connection("auditor") as connection:
        row = connection.execute("select count(*) from bureau.inquiry").fetchone()
        assert row is not None
        return int(row[0])


def test_a_lender_asks_and_reads(desk: Client) -> None:
    """Report with score, accounts and reasons in words, in both languages; the receipt's leaf leads to its proof."""
    page = ask(desk, GOOD)
    assert page.status_code == 200
    assert all(word in page.text for word in ("Report given", "Score", '<td class="month">N</td>', "/v1/proofs/"))
    assert (
        "已提供报告" in ask(desk, GOOD, language="zh-CN").text or "信用报告" in ask(desk, GOOD, language="zh-CN").text
    )
    assert GOOD.id_number not in str(page.url)


def test_the_desk_reads_the_words_of_the_paper(desk: Client) -> None:
    """Every section that the paper has, each institution but the reader as a letter, and what the marks mean."""
    page = ask(desk, GOOD)
    titles = ("Identity", "Credit summary", "Accounts", "Inquiries", "What the marks mean")
    assert all(title in page.text for title in titles)
    assert "micro-gamma" not in page.text


def printed(desk: Client, number: str, token: str) -> httpx.Response:
    return desk.post(f"/lender/answers/{number}/report.pdf?lang=en", data={"token": token}, headers=PAGE)


def test_an_answer_is_printed_and_recorded(desk: Client, shared_world: World) -> None:
    """The button gives the PDF and leaves an inquiry of its own; not by a form from elsewhere, nor for another's answer."""
    page = desk.get("/lender", headers=PAGE)
    number = re.findall(r"/lender/answers/([0-9a-f-]+)/report.pdf", page.text)[0]
    before = inquiries(shared_world)
    reply = printed(desk, number, form_token(page))
    assert (reply.headers["content-type"], reply.content[:5]) == ("application/pdf", b"%PDF-")
    assert reply.headers["cache-control"] == "no-store"
    assert inquiries(shared_world) == before + 1
    assert printed(desk, number, "x").status_code == 403
    assert printed(desk, "0192f0c1-0000-7000-8000-00000000dead", form_token(page)).status_code == 404
    assert inquiries(shared_world) == before + 1


def test_a_withdrawn_consent_prints_nothing(desk: Client, shared_world: World) -> None:
    """The refusal as a page, with its article; recorded like any."""
    world, subject_id = shared_world, shared_world.subject_id(BUSY)
    given = give_consent(world.bureau, subject_id, member_id="bank-alpha", purpose="loan-approval")
    number = re.findall(r"/lender/answers/([0-9a-f-]+)/report.pdf", ask(desk, BUSY).text)[0]
    withdraw_consent(world.bureau, subject_id, given.consent_id)
    page = printed(desk, number, form_token(desk.get("/lender", headers=PAGE)))
    assert page.status_code == 403
    assert "/problems/consent-withdrawn" in page.text
    assert number not in page.text


def test_the_desk_sends_an_event_again(desk: Client, shared_world: World) -> None:
    """Its own events with their state; one that was given up sets out again; another's is told to be none."""
    world = shared_world
    numbers = {name: new_id(world.clock(), world.bureau.random) for name in ("bank-alpha", "bank-beta")}
    for member, number in numbers.items():
        set_webhook(world.bureau, member, f"https://{member}.example/hook", None)
        with world.bureau.store.connection("api") as connection, connection.transaction():
            add_feed_event(
                connection, member, number, kind="alert", about=number, reference="loan-7", at=world.clock(),
                trigger="new-account",
            )  # fmt: skip
    page = desk.get("/lender/deliveries?lang=en", headers=PAGE)
    assert numbers["bank-alpha"] in page.text
    assert numbers["bank-beta"] not in page.text
    form = {"token": form_token(page)}
    for number, status in ((numbers["bank-alpha"], 303), (numbers["bank-beta"], 404), ("x", 404)):
        place = f"/lender/deliveries/{number}/replay"
        assert desk.post(place, data=form, headers=PAGE, follow_redirects=False).status_code == status
    form = {"token": "x"}
    assert desk.post(f"/lender/deliveries/{numbers['bank-alpha']}/replay", data=form, headers=PAGE).status_code == 403
    assert "推送" in desk.get("/lender/deliveries?lang=zh-CN", headers=PAGE).text


def test_a_form_sent_twice_is_one_inquiry(desk: Client, shared_world: World) -> None:
    """Sent again by an impatient hand, or to keep the bytes: the same answer, one record; the bytes are those logged."""
    form = filled(desk.get("/lender", headers=PAGE), GOOD)
    before = inquiries(shared_world)
    first, again = (desk.post("/lender", data=form, headers=PAGE) for _ in range(2))
    kept = desk.post("/lender", data=form | {"as": "json"}, headers=PAGE)
    assert inquiries(shared_world) == before + 1
    number = json.loads(kept.content)["header"]["report_id"]
    assert number in first.text
    assert number in again.text
    assert kept.headers["content-disposition"] == f'attachment; filename="inquiry-{number}.json"'


def test_a_refusal_tells_its_article(desk: Client) -> None:
    """Without a consent: the article in its words, the cure, the page of the code; nothing of the person."""
    page = ask(desk, LATE)
    assert page.status_code == 403
    assert "应当取得信息主体本人的书面同意并约定用途" in page.text
    assert "/problems/no-consent" in page.text
    assert ask(desk, UNKNOWN).text.count("/problems/no-consent") == page.text.count("/problems/no-consent")


@pytest.mark.parametrize(
    ("product", "shown"), [("score", "Score"), ("attributes", "Attributes"), ("question", "Answers")]
)
def test_less_than_a_report_shows_less(desk: Client, product: str, shown: str) -> None:
    """Each lesser product has its block and no accounts."""
    page = ask(desk, GOOD, product=product, questions=["has-overdue-now"])
    assert f">{shown}</h2>" in page.text
    assert ">Accounts</h2>" not in page.text


def kept(desk: Client, **changes: Any) -> dict[str, Any]:
    """The bytes of an answer, by the form that asked for it."""
    form = filled(desk.get("/lender", headers=PAGE), GOOD, **changes)
    shown = desk.post("/lender?lang=en", data=form, headers=PAGE)
    again = re.findall(
        r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text.partition('name="as"')[2].partition("</form>")[0]
    )
    reply = desk.post("/lender", data=dict(again) | {"token": form["token"], "as": "json"}, headers=PAGE)
    found: dict[str, Any] = json.loads(reply.content)
    assert found["header"]["report_id"] in shown.text
    return found


def test_changes_months_and_a_past_moment_are_asked_as_by_the_api(desk: Client, shared_world: World) -> None:
    """Each wish of the form reaches the answer; a time without a zone is Beijing time; asked again it is the same answer."""
    shared_world.clock.forward(minutes=1)
    assert [len(one["history"]["statuses"]) for one in kept(desk, months="3")["accounts"]] == [3]
    assert len(kept(desk, months="60")["accounts"][0]["history"]["statuses"]) == 24
    assert kept(desk, product="changes")["changes"]["accounts"] == {"new": [], "gone": [], "changed": []}
    before = inquiries(shared_world)
    found = kept(desk, product="score", as_of="2026-11-24T10:00:00")
    assert inquiries(shared_world) == before + 1
    assert found["header"]["known_as_of"] == "2026-11-24T02:00:00Z"
    assert found["header"]["product"] == "score;as-of=2026-11-24T02:00:00Z"
    assert "as known at Nov 24, 2026" in desk.get("/lender?lang=en", headers=PAGE).text
    page = ask(desk, GOOD, product="changes")
    assert ">Changes</h2>" in page.text
    assert "上次查看以来的变动" in desk.get("/lender?lang=zh-CN", headers=PAGE).text


@pytest.mark.parametrize(
    "changes",
    [
        {"product": "score", "months": "60"}, {"months": "61"}, {"months": "0"}, {"months": "many"}, {"as_of": "yesterday"},
        {"as_of": "2026-13-01T00:00"}, {"as_of": "2126-01-01T00:00"}, {"as_of": "2012-01-01T00:00"},
        {"as_of": "0001-01-01T00:00"}, {"product": "changes", "as_of": "2026-11-24T10:00:00"},
        {"purpose": "x"}, {"product": "x"}, {"name": ""}, {"id_kind": "x"}, {"actor_user": "a b"}, {"key": ""},
        {"product": "question"}, {"product": "question", "questions": ["no-such"]},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_beside_the_form(desk: Client, shared_world: World, changes: dict[str, Any]) -> None:
    """Nothing is recorded; what was typed is still there, and a fresh form with it."""
    before = inquiries(shared_world)
    page = ask(desk, GOOD, **changes)
    assert page.status_code in {403, 422}
    assert inquiries(shared_world) == before
    assert 'role="alert"' in page.text
    assert GOOD.id_number in page.text


def test_the_desk_lists_what_was_asked_and_nobody(desk: Client) -> None:
    """Instant, purpose, user and outcome of each inquiry; no name and no number of a person."""
    ask(desk, GOOD)
    ask(desk, LATE)
    page = desk.get("/lender?lang=en", headers=PAGE)
    assert all(word in page.text for word in ("Report given", "no-consent", "desk-7"))
    assert not any(word in page.text for word in (GOOD.id_number, GOOD.name, LATE.name))


def test_only_ones_own_desk_asks(client: Client, shared_world: World) -> None:
    """Nobody who is not signed in as an institution asks, and no form from elsewhere."""
    assert client.get("/lender", headers=PAGE, follow_redirects=False).headers["location"].startswith("/sign-in")
    assert client.post("/lender", data={}, headers=PAGE, follow_redirects=False).status_code == 303
    add_desk(shared_world.bureau, member_id="bank-beta", code="444444")
    enter(client, "member", "bank-beta", "444444")
    assert "desk-7" not in client.get("/lender", headers=PAGE).text
    assert ask(client, GOOD, token="x").status_code == 403
    assert "/problems/no-consent" in ask(client, GOOD).text
