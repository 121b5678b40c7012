"""A member's bills at the door: as data, as files, as pages, and how to object to a line."""

import csv
import hashlib
import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from openbureau.core.staff import StaffRole
from openbureau.jobs.billing.close import close_month
from openbureau.jobs.billing.dispute import decide_dispute, disputes
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.founding.sandbox import add_desk, add_staff
from openbureau.jobs.log.sequence import sequence
from openbureau.tlog.canonical import canonical
from openbureau.web.pages import bills
from openbureau.web.pages.language import LANGUAGES
from web.test_web_signed import enter
from web.visitor import PAGE, Client, form_token, inquiry
from world import PEOPLE, World

CLOSED, RUNNING = "2026-11", "2026-12"
ME = "/v1/members/me"


@pytest.fixture(scope="module")
def billed(shared_world: World, service: Client) -> World:
    """bank-alpha with a closed month and a running one; bank-beta with one line in each as well."""
    world = shared_world
    for member in ("bank-alpha", "bank-beta"):
        add_desk(world.bureau, member_id=member, code="333333")
        for name in ("good", "plain"):
            person = PEOPLE[name]
            give_consent(world.bureau, world.subject_id(person), member_id=member, purpose="loan-approval", months=6)
            assert inquiry(service, world, person, member=member).status_code == 200
    world.clock.at = datetime(2026, 12, 2, tzinfo=UTC)
    close_month(world.bureau, CLOSED, by="operator")
    sequence(world.bureau)
    for member in ("bank-alpha", "bank-beta"):
        assert inquiry(service, world, PEOPLE["good"], member=member).status_code == 200
    return world


def bearer(world: World, member: str = "bank-alpha") -> dict[str, str]:
    """The headers of a member."""
    return {"Authorization": f"Bearer {world.tokens[member]}"}


def lines(client: Client, world: World, month: str, member: str = "bank-alpha") -> list[dict[str, Any]]:
    """The lines of a member's bill."""
    found: list[dict[str, Any]] = client.get(f"{ME}/invoices/{month}", headers=bearer(world, member)).json()["invoice"][
        "lines"
    ]
    return found


def test_months_are_listed(client: Client, billed: World) -> None:
    """The running month first, then the closed one with its hash; without a token nothing."""
    told = client.get(f"{ME}/invoices", headers=bearer(billed)).json()["invoices"]
    assert [(row["month"], row["state"], row["hash"] is None) for row in told] == [
        (RUNNING, "open", True), (CLOSED, "closed", False),
    ]  # fmt: skip
    assert [row["totals"]["total_fen"] for row in told] == [100, 200]
    for path in ("/invoices", f"/invoices/{CLOSED}", "/invoice-disputes"):
        assert client.get(ME + path).status_code == 401
    assert client.post(f"{ME}/invoices/{CLOSED}/disputes", json={}).status_code == 401


def test_an_invoice_leaves_as_its_hash_stands(client: Client, billed: World) -> None:
    """The JSON inside the answer is canonical and hashes to what is told; every line's proof is served."""
    told = client.get(f"{ME}/invoices/{CLOSED}", headers=bearer(billed)).json()
    assert hashlib.sha256(canonical(told["invoice"])).hexdigest() == told["hash"] == told["proof"]["summary"]["invoice"]
    for leaf in (told["proof"]["leaf"], *(line["leaf"] for line in told["invoice"]["lines"])):
        assert client.get(f"/v1/proofs/{leaf}").status_code == 200
    running = client.get(f"{ME}/invoices/{RUNNING}", headers=bearer(billed)).json()
    assert (running["state"], running["proof"]) == ("open", None)


def test_an_invoice_is_a_file_too(client: Client, billed: World) -> None:
    """CSV and PDF as attachments, the same bytes every time, the PDF in the reader's language."""
    sheet = client.get(f"{ME}/invoices/{CLOSED}?as=csv", headers=bearer(billed))
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "invoice-bank-alpha-2026-11.csv" in sheet.headers["content-disposition"]
    assert [row["kind"] for row in csv.DictReader(io.StringIO(sheet.text))] == ["charge", "charge", "total"]
    made = {
        language: client.get(
            f"{ME}/invoices/{CLOSED}?as=pdf", headers=bearer(billed) | {"Accept-Language": language}
        ).content
        for language in ("zh-CN", "en", "zh")
    }
    assert made["zh-CN"] == made["zh"] != made["en"]
    assert made["en"].startswith(b"%PDF-")
    assert client.get(f"{ME}/invoices/{CLOSED}?as=xls", headers=bearer(billed)).status_code == 422


@pytest.mark.parametrize("month", ["2026-01", "november", "2026-13", "2026-11.csv"])
def test_a_month_without_a_bill_is_told(client: Client, billed: World, month: str) -> None:
    """No such month, nothing on it, or no month at all."""
    reply = client.get(f"{ME}/invoices/{month}", headers=bearer(billed))
    assert (reply.status_code, reply.json()["type"]) == (404, "/problems/no-such-invoice")


def test_each_member_sees_its_own(client: Client, billed: World) -> None:
    """Two members of one class who asked alike owe alike, and no line of one is on the other's bill."""
    mine, other = (lines(client, billed, CLOSED, member) for member in ("bank-alpha", "bank-beta"))
    assert {line["inquiry_id"] for line in mine}.isdisjoint(line["inquiry_id"] for line in other)
    assert [line["price_fen"] for line in mine] == [line["price_fen"] for line in other]
    told = client.get(f"{ME}/charges?month={CLOSED}", headers=bearer(billed)).json()["charges"]
    assert {row["inquiry_id"] for row in told} == {line["inquiry_id"] for line in mine}
    assert {row["product"] for row in told} == {"report"}


def test_a_line_is_disputed_by_token(client: Client, billed: World) -> None:
    """Recorded once, shown with its term; another's line, a bad body and a repeat are told."""
    asked = lines(client, billed, CLOSED, "bank-beta")[0]["inquiry_id"]
    place = f"{ME}/invoices/{CLOSED}/disputes"
    body = {"inquiry_id": asked, "reason": "late-answer", "words": "It took a minute."}
    assert client.post(place, json=body, headers=bearer(billed)).json()["type"] == "/problems/no-such-line"
    made = client.post(place, json=body, headers=bearer(billed, "bank-beta"))
    assert (made.status_code, made.json()["state"]) == (201, "open")
    again = client.post(place, json=body, headers=bearer(billed, "bank-beta"))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/disputed-before")
    told = client.get(f"{ME}/invoice-disputes", headers=bearer(billed, "bank-beta")).json()["disputes"]
    assert [one["dispute_id"] for one in told] == [made.json()["dispute_id"]]
    assert client.get(f"{ME}/invoice-disputes", headers=bearer(billed)).json()["disputes"] == []
    for changes, pointer in (
        ({"inquiry_id": "one"}, "/inquiry_id"), ({"reason": "dear"}, "/reason"), ({"words": " "}, "/words"), ({"more": 1}, ""),
    ):  # fmt: skip
        reply = client.post(place, json=body | changes, headers=bearer(billed, "bank-beta"))
        assert reply.status_code == 422, changes
        assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bills_are_pages(client: Client, billed: World, language: str) -> None:
    """At the desk: the months, one bill with its sums, and each line with the link to its proof."""
    enter(client, "member", "bank-alpha", "333333")
    listed = client.get(f"/lender/bills?lang={language}", headers=PAGE).text
    assert f'href="/lender/bills/{CLOSED}"' in listed
    text = client.get(f"/lender/bills/{CLOSED}?lang={language}", headers=PAGE).text
    for line in lines(client, billed, CLOSED):
        assert f'href="/v1/proofs/{line["leaf"]}"' in text
        assert line["inquiry_id"] in text
    assert "¥2.00" in text
    running = client.get(f"/lender/bills/{RUNNING}?lang={language}", headers=PAGE).text
    assert ("未结账" if language == "zh-CN" else "still running") in running
    assert client.get(f"/lender/bills/{CLOSED}?as=pdf", headers=PAGE).content.startswith(b"%PDF-")


def test_bills_need_a_desk(client: Client, billed: World) -> None:
    """Nobody else comes in: who is not signed in is sent to sign in, and a person or another desk sees nothing of it."""
    for path in ("/lender/bills", f"/lender/bills/{CLOSED}", f"/lender/bills/{CLOSED}?as=csv"):
        reply = client.get(path, headers=PAGE, follow_redirects=False)
        assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in?as=member&next=/lender/bills")
    enter(client, "member", "bank-beta", "333333")
    mine = client.get(f"/lender/bills/{CLOSED}", headers=PAGE).text
    assert all(line["inquiry_id"] not in mine for line in lines(client, billed, CLOSED))
    assert client.get("/lender/bills/2026-01", headers=PAGE).status_code == 404


def test_a_line_is_disputed_at_the_desk(client: Client, billed: World) -> None:
    """The form of a line, its objection, the bureau's decision, and what is given back: all on the pages."""
    enter(client, "member", "bank-alpha", "333333")
    asked = lines(client, billed, CLOSED)[1]["inquiry_id"]
    form = client.get(f"/lender/bills/{CLOSED}?dispute={asked}", headers=PAGE)
    assert f'name="inquiry_id" value="{asked}"' in form.text
    sent = {"token": form_token(form), "inquiry_id": asked, "reason": "wrong-answer", "words": "<b>Another file</b>"}
    place = f"/lender/bills/{CLOSED}/disputes"
    assert client.post(place, data=sent | {"token": "x"}, headers=PAGE).status_code == 403
    assert client.post(place, data=sent | {"words": " "}, headers=PAGE).status_code == 422
    assert client.post(place, data=sent | {"inquiry_id": "x"}, headers=PAGE).status_code == 422
    done = client.post(place, data=sent, headers=PAGE, follow_redirects=False)
    assert done.headers["location"] == f"/lender/bills/{CLOSED}?done=disputed"
    assert client.post(place, data=sent, headers=PAGE).status_code == 409
    (made,) = disputes(billed.bureau, "bank-alpha")
    decide_dispute(billed.bureau, made.dispute_id, is_upheld=True, words="So it was.", by="operator")
    listed = client.get("/lender/bills?lang=en", headers=PAGE).text
    assert "&lt;b&gt;Another file" in listed
    assert "So it was." in listed
    running = client.get(f"/lender/bills/{RUNNING}?lang=en", headers=PAGE).text
    assert "your dispute was upheld" in running
    assert "¥0.00" in running


def test_a_long_bill_has_pages(client: Client, billed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many lines on a page, with the way to the rest and back; nonsense begins at the first."""
    monkeypatch.setattr(bills, "PAGE_LINES", 1)
    enter(client, "member", "bank-alpha", "333333")
    shown = lines(client, billed, CLOSED)

    def on(start: str) -> list[str]:
        text = client.get(f"/lender/bills/{CLOSED}?from={start}", headers=PAGE).text
        return re.findall(r'<td class="mono">([0-9a-f-]{36})', text)

    assert on("1") == on("nonsense") == on("-5") == [shown[0]["inquiry_id"]]
    assert on("2") == [shown[1]["inquiry_id"]]
    assert on("99") == []
    assert 'href="?from=2#lines-title"' in client.get(f"/lender/bills/{CLOSED}", headers=PAGE).text


def test_a_biller_decides_what_a_member_objects_to(client: Client, billed: World) -> None:
    """From the list, once, with a reason that the member reads, under the biller's name; upheld, the charge is given back."""
    add_staff(billed.bureau, handle="biller-1", role=StaffRole.BILLING, code="111111")
    asked = lines(client, billed, CLOSED, "bank-beta")[-1]["inquiry_id"]
    words = {"inquiry_id": asked, "reason": "not-asked", "words": "Nobody of ours asked."}
    place = f"{ME}/invoices/{CLOSED}/disputes"
    number = client.post(place, json=words, headers=bearer(billed, "bank-beta")).json()["dispute_id"]
    enter(client, "staff", "biller-1", "111111")
    page = client.get("/staff/bills?lang=en", headers=PAGE)
    for said in ("Nobody of ours asked.", number, asked, CLOSED, RUNNING, "Uphold: the charge is given back"):
        assert said in page.text
    assert "费用不变" in client.get("/staff/bills?lang=zh-CN", headers=PAGE).text
    form = {"token": form_token(page), "decision": "uphold", "words": "The log has no such user."}
    decide = f"/staff/bills/{number}/decide"
    assert client.post(decide, data=form | {"token": "x"}, headers=PAGE).status_code == 403
    for spoiled in ({"decision": "maybe"}, {"words": " "}, {"words": "x" * 2001}):
        assert client.post(decide, data=form | spoiled, headers=PAGE).status_code == 409
    for nowhere in ("01900000-0000-7000-8000-000000000000", "x"):
        assert client.post(f"/staff/bills/{nowhere}/decide", data=form, headers=PAGE).status_code == 404
    assert [one.is_upheld for one in disputes(billed.bureau, "bank-beta") if one.dispute_id == number] == [None]
    reply = client.post(decide, data=form, headers=PAGE, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff/bills?done=decided")
    again = client.post(decide, data=form | {"decision": "reject"}, headers=PAGE)
    assert (again.status_code, 'role="alert"' in again.text) == (409, True)
    made = next(one for one in disputes(billed.bureau, "bank-beta") if one.dispute_id == number)
    assert (made.is_upheld, made.decision, made.decided_by) == (True, form["words"], "staff/billing/biller-1")
    told = client.get(f"{ME}/invoices/{RUNNING}", headers=bearer(billed, "bank-beta")).json()["invoice"]
    assert [(one["inquiry_id"], one["reason"]) for one in told["credits"]] == [(asked, "dispute-upheld")]
    assert "The log has no such user." in client.get("/staff/bills", headers=PAGE).text


def test_only_billers_see_the_bills_of_all(client: Client, billed: World) -> None:
    """Neither a member's desk nor another role of staff."""
    enter(client, "member", "bank-alpha", "333333")
    assert client.get("/staff/bills", headers=PAGE, follow_redirects=False).headers["location"].startswith("/sign-in")
    add_staff(billed.bureau, handle="auditor-1", role=StaffRole.AUDITOR, code="111111")
    client.cookies.clear()
    enter(client, "staff", "auditor-1", "111111")
    assert client.get("/staff/bills", headers=PAGE, follow_redirects=False).headers["location"].startswith("/sign-in")
