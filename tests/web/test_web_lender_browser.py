"""The pages about asking in a real browser: by keyboard, in both languages, on a narrow screen, with nothing that axe finds."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from openbureau.core.staff import StaffRole
from openbureau.jobs.abuse.watch import watch_conduct
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.founding.sandbox import add_desk, add_staff
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.web.serve import serving
from web import browser
from world import PEOPLE, UNKNOWN, World

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser.CHROMIUM is None, reason=browser.INSTALL),
]
GOOD = PEOPLE["good"]


@pytest.fixture(scope="module")
def address(shared_world: World) -> Iterator[str]:
    """A bureau with desks, a committee member, a consent, and one case."""
    bureau = shared_world.bureau
    add_desk(bureau, member_id="bank-alpha", code="333333")
    add_staff(bureau, handle="judge", role=StaffRole.COMMITTEE, code="111111")
    give_consent(bureau, shared_world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval")
    people = (UNKNOWN, *PEOPLE.values())
    for number in range(20):
        person = people[number % len(people)]
        answer_inquiry(shared_world.request(person, purpose="card-approval", actor_user="u-9"), bureau)
    assert watch_conduct(bureau).opened
    with serving(bureau) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as found:
        made = found.chromium.launch(executable_path=browser.CHROMIUM, args=browser.FLAGS)
        yield made
        made.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page without scripts of its own; axe is run by the browser beside it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    yield context.new_page()
    context.close()


def enter(page: Page, address: str, kind: str, pair: tuple[str, str]) -> None:
    page.goto(f"{address}/sign-in?as={kind}&lang=en")
    page.get_by_label("Handle").fill(pair[0])
    page.locator("#code").fill(pair[1])
    with page.expect_navigation():
        page.keyboard.press("Enter")


def clean(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_lender_asks_by_keyboard(page: Page, address: str, language: str, shared_world: World) -> None:
    """Tab through the form, Enter, and the answer is read; every page passes axe."""
    shared_world.clock.forward(minutes=1)
    enter(page, address, "member", ("bank-alpha", "333333"))
    page.goto(f"{address}/lender?lang={language}")
    clean(page)
    page.locator("#id_number").focus()
    page.keyboard.type(GOOD.id_number)
    page.keyboard.press("Tab")
    page.keyboard.type(GOOD.name)
    page.locator("#months").select_option("60")
    page.locator("#as_of").fill("2026-11-24T10:00:00")
    page.locator("#actor_user").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#score-title").is_visible()
    assert "10:00:00" in page.locator("dl.facts").first.inner_text()
    assert GOOD.id_number not in page.url
    clean(page)
    page.goto(f"{address}/lender/deliveries?lang={language}")
    clean(page)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_cases_and_the_api_read_well(page: Page, address: str, language: str) -> None:
    """The API's page, the member's case and the committee's pass axe, on a narrow screen too."""
    page.goto(f"{address}/docs?lang={language}")
    page.locator("#ask > summary").click()
    clean(page)
    for kind, pair, place in (
        ("member", ("bank-alpha", "333333"), "/lender/cases"),
        ("staff", ("judge", "111111"), "/cases"),
    ):
        page.context.clear_cookies()
        enter(page, address, kind, pair)
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(f"{address}{place}?lang={language}")
        clean(page)
        with page.expect_navigation():
            page.locator("table a").first.click()
        clean(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
