"""The pages in a real browser: by keyboard, on a phone, without scripts, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from openbureau.core.staff import StaffRole
from openbureau.jobs.founding.sandbox import add_desk, add_staff
from openbureau.jobs.furnishing import upload
from openbureau.jobs.furnishing.load import furnish, load_file, resume_loads
from openbureau.jobs.furnishing.progress import progress_of
from openbureau.jobs.furnishing.receive import FurnishingReceipt, receive_file
from openbureau.jobs.log.sequence import sequence
from openbureau.web.serve import serving
from web import browser
from world import PEOPLE, World, alpha_file, jsonl, loan, subject_record

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser.CHROMIUM is None, reason=browser.INSTALL),
]
MINE = ("/me/report", "/me/diary", "/me/consents")


@pytest.fixture(scope="module")
def address(shared_world: World) -> Iterator[str]:
    sequence(shared_world.bureau)
    with serving(shared_world.bureau) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as found:
        made = found.chromium.launch(executable_path=browser.CHROMIUM, args=browser.FLAGS)
        yield made
        made.close()


def sign_in_at_desk(page: Page, address: str, kind: str, pair: tuple[str, str]) -> None:
    """Sign in as an institution or as staff."""
    page.goto(f"{address}/sign-in?as={kind}&lang=en")
    page.get_by_label("Handle").fill(pair[0])
    page.get_by_label("Password" if kind == "staff" else "Code").fill(pair[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/furnisher" if kind == "member" else "**/regulator")


DESKS = {
    "member": (("bank-alpha", "333333"), ("/furnisher",)),
    "staff": (("regulator", "111111"), ("/regulator", "/regulator?member=bank-alpha")),
}


@pytest.fixture(scope="module")
def report(shared_world: World) -> str:
    """A file with findings, sent by bank-alpha; desks and a regulator who can sign in."""
    add_staff(shared_world.bureau, handle="regulator", role=StaffRole.REGULATOR, code="111111")
    add_desk(shared_world.bureau, member_id="bank-alpha", code="333333")
    person = PEOPLE["plain"]
    content = jsonl([subject_record(person), loan(person, 9, account_type="ZZ")])
    _, made = furnish(shared_world.bureau, "bank-alpha", content)
    begun = upload.begin(shared_world.bureau, "bank-alpha", 900)
    assert isinstance(begun, upload.Upload)
    assert made is not None
    return made.receipt_id


def visit(chromium: Browser, width: int, scripts: bool = False) -> Page:
    context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    return context.new_page()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_person_gives_and_withdraws_a_consent_without_scripts(chromium: Browser, address: str, language: str) -> None:
    """Sign in by keyboard, give, withdraw, sign out, all with scripts switched off."""
    page = visit(chromium, 1200)
    browser.sign_in_by_keyboard(page, address, PEOPLE["plain"], language)
    page.goto(f"{address}/me/consents")
    page.locator("#whom").select_option("bank-beta|loan-approval")
    page.locator("#choose button").click()
    page.wait_for_url("**/me/consents/new?**")
    assert page.locator("input[type=checkbox]:checked").count() == 0
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.locator("form[action='/me/consents'] button").click()
    page.wait_for_url("**/me/consents?done=given")
    assert page.locator("[role=status]").count() == 1
    page.locator("form.withdraw button").first.click()
    page.wait_for_url("**/me/consents?done=withdrawn")
    assert page.locator("form.withdraw").count() == 0
    page.locator("form[action='/sign-out'] button").click()
    page.goto(f"{address}/me/report")
    assert page.url.endswith("/sign-in?next=/me/report")
    page.context.close()


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_no_page_is_wider_than_its_window(chromium: Browser, address: str, width: int) -> None:
    """Nothing scrolls sideways but the boxes made for it, in both languages."""
    page = visit(chromium, width, scripts=True)
    browser.sign_in_by_keyboard(page, address, PEOPLE["late"], "zh-CN")
    for language in ("zh-CN", "en"):
        for path in ("/", "/problems", *MINE):
            page.goto(f"{address}{path}?lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, language)
    page.context.close()


def test_no_request_leaves_the_host_and_nothing_is_blocked(chromium: Browser, address: str) -> None:
    """Every page loads from our own address only, and breaks no rule of its own policy."""
    page = visit(chromium, 1200, scripts=True)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    browser.sign_in_by_keyboard(page, address, PEOPLE["late"], "en")
    for path in ("/", "/problems", *MINE):
        page.goto(address + path)
    assert asked
    assert all(url.startswith(address) for url in asked)
    assert said == []
    page.context.close()


@pytest.mark.parametrize("path", ["/", "/sign-in", *MINE])
def test_everything_is_reached_by_keyboard_and_shows_it(chromium: Browser, address: str, path: str) -> None:
    """Tab reaches every link, field and button in order, the first leads past the navigation, focus is visible."""
    page = visit(chromium, 1200, scripts=True)
    if path in MINE:
        browser.sign_in_by_keyboard(page, address, PEOPLE["late"], "en")
    page.goto(address + path)
    count = page.locator(
        "a[href]:visible, button:visible, input:not([type=hidden]):visible, select:visible, summary:visible, "
        "[tabindex='0']:visible"
    ).count()
    reached: set[str] = set()
    for step in range(count + 2):
        page.keyboard.press("Tab")
        place = page.evaluate(
            "() => {const e = document.activeElement; if (e === document.body) return '';"
            "const all = [...document.querySelectorAll('*')]; const s = getComputedStyle(e);"
            "return e.tagName + all.indexOf(e) + (s.outlineStyle === 'none' || s.outlineWidth === '0px' ? ' unseen' : '')}"
        )
        if step == 0:
            assert page.evaluate("document.activeElement.className") == "skip"
        if place:
            assert not place.endswith(" unseen"), place
            reached.add(place)
    assert len(reached) >= count
    page.context.close()


def test_print_leaves_out_what_paper_cannot_do(chromium: Browser, address: str) -> None:
    """On paper there are no forms and no navigation, and the report is whole."""
    page = visit(chromium, 1200, scripts=True)
    browser.sign_in_by_keyboard(page, address, PEOPLE["late"], "zh-CN")
    page.emulate_media(media="print")
    assert not page.locator(".nav").is_visible()
    assert page.locator(".gauge").is_visible()
    page.context.close()


def test_axe_finds_nothing_to_mend(chromium: Browser, address: str) -> None:
    """The rules of WCAG 2.2 A and AA that a machine can check, on every page, light and dark, in both languages."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    for scheme in ("light", "dark"):
        context = chromium.new_context(viewport={"width": 1200, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        browser.sign_in_by_keyboard(page, address, PEOPLE["late"], "zh-CN")
        for language in ("zh-CN", "en"):
            for path in ("/", "/problems", "/sign-in", *MINE):
                page.goto(f"{address}{path}?lang={language}")
                found = Axe().run(page, options=rules).response["violations"]
                assert not found, (path, language, scheme, [(one["id"], one["nodes"][0]["target"]) for one in found])
        context.close()


@pytest.mark.parametrize("kind", list(DESKS))
def test_desks_are_sound_for_every_reader(chromium: Browser, address: str, report: str, kind: str) -> None:
    """Nothing for axe to mend, light and dark; not wider than a phone; in both languages."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    pair, paths = DESKS[kind]
    for scheme in ("light", "dark"):
        context = chromium.new_context(viewport={"width": 390, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        sign_in_at_desk(page, address, kind, pair)
        for language in ("zh-CN", "en"):
            for path in (*paths, f"{paths[0]}/files/{report}", "/sign-in"):
                page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
                assert page.evaluate("document.documentElement.scrollWidth") <= 390, (path, language)
                found = Axe().run(page, options=rules).response["violations"]
                assert not found, (path, language, scheme, [(one["id"], one["nodes"][0]["target"]) for one in found])
        assert said == []
        context.close()


def test_a_desk_sends_a_file_without_scripts(chromium: Browser, address: str, report: str) -> None:
    """The plain form alone leads to the acceptance report."""
    page = visit(chromium, 1200)
    sign_in_at_desk(page, address, "member", DESKS["member"][0])
    page.set_input_files("#file", {"name": "a.jsonl", "mimeType": "", "buffer": jsonl(alpha_file()).read()})
    page.locator("form.drop button").click()
    page.wait_for_url("**/furnisher/files/*")
    assert page.locator(".tiles dd").first.inner_text() == "156"
    page.context.close()


def test_a_script_sends_pieces_and_goes_on_where_the_line_broke(
    chromium: Browser, address: str, report: str, shared_world: World, tmp_path: Path
) -> None:
    """A large file, a line that breaks twice, a page left in the middle: one file in the end, followed until it is done."""
    page = visit(chromium, 1200, scripts=True)
    sign_in_at_desk(page, address, "member", DESKS["member"][0])
    content = jsonl(alpha_file()).read() + b" " * 9_000_000
    held: list[str] = []
    left = 2

    def breaks(route: Route) -> None:
        nonlocal left
        if held and left:
            left -= 1
            route.abort()
        else:
            held.append(route.request.url.partition("at=")[2])
            route.continue_()

    page.route("**/v1/uploads/*?at=*", breaks)
    file = tmp_path / "big.jsonl"
    file.write_bytes(content)
    page.set_input_files("#file", file)
    page.locator("form.drop button").click()
    while not page.evaluate("document.querySelector('.sending progress').value"):
        page.wait_for_timeout(20)
    page.goto(f"{address}/furnisher")
    page.set_input_files("#file", file)
    page.locator("form.drop button").click()
    page.wait_for_url("**/furnisher/files/*", timeout=60_000)
    assert left == 0
    assert sorted(map(int, set(held))) == list(range(0, len(content), 4 << 20))
    row = progress_of(shared_world.bureau, "bank-alpha", page.url.rpartition("/")[2])
    assert row is not None
    assert (row["door"], row["bytes"], row["state"]) == ("upload", len(content), "waiting")
    resume_loads(shared_world.bureau)
    page.context.close()


def test_a_file_dropped_on_the_zone_is_sent(chromium: Browser, address: str, report: str, shared_world: World) -> None:
    """What is let go over the zone goes the way of a chosen file."""
    page = visit(chromium, 1200, scripts=True)
    sign_in_at_desk(page, address, "member", DESKS["member"][0])
    content = jsonl(alpha_file()).read()
    made = "(text) => {const held = new DataTransfer(); held.items.add(new File([text], 'a.jsonl')); return held;}"
    held = page.evaluate_handle(made, content.decode())
    page.locator("form.drop .zone").dispatch_event("drop", {"dataTransfer": held})
    page.wait_for_url("**/furnisher/files/*")
    receipt_id = page.url.rpartition("/")[2]
    row = progress_of(shared_world.bureau, "bank-alpha", receipt_id)
    assert row is not None
    assert (row["door"], row["bytes"], row["state"]) == ("upload", len(content), "waiting")
    load_file(shared_world.bureau, receipt_id)
    page.reload()
    assert page.locator(".tiles dd").first.inner_text() == "156"
    page.context.close()


def test_a_script_follows_a_load_to_its_end(chromium: Browser, address: str, report: str, shared_world: World) -> None:
    """The page of a file that waits shows its end by itself once it is loaded."""
    received = receive_file(shared_world.bureau, "bank-alpha", jsonl(alpha_file()))
    assert isinstance(received, FurnishingReceipt)
    page = visit(chromium, 1200, scripts=True)
    sign_in_at_desk(page, address, "member", DESKS["member"][0])
    page.goto(f"{address}/furnisher/files/{received.receipt_id}")
    assert page.locator(".live").count() == 1
    load_file(shared_world.bureau, received.receipt_id)
    page.wait_for_selector(".live", state="detached", timeout=20_000)
    assert page.locator(".tiles dd").first.inner_text() == "156"
    page.context.close()
