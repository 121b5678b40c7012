"""The desk in a real browser: without scripts, in both languages, light and dark, on a phone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from openbureau.core.staff import StaffRole
from openbureau.jobs.founding.sandbox import add_staff
from openbureau.jobs.furnishing.load import furnish
from openbureau.web.serve import serving
from web import browser
from world import PEOPLE, World, jsonl, loan, subject_record

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser.CHROMIUM is None, reason=browser.INSTALL),
]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def address(shared_world: World) -> Iterator[str]:
    add_staff(shared_world.bureau, handle="reviewer-1", role=StaffRole.REVIEWER, code="222222")
    for name in ("good", "late"):
        person, ref = PEOPLE[name], f"G-{name}"
        other = subject_record(person) | {"subject_ref": ref, "name": person.name[0] + "亮", "phone": "13800138000"}
        furnish(shared_world.bureau, "micro-gamma", jsonl([other, loan(person, account_no=ref, subject_ref=ref)]))
    with serving(shared_world.bureau) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as found:
        made = found.chromium.launch(executable_path=browser.CHROMIUM, args=browser.FLAGS)
        yield made
        made.close()


def enter(page: Page, address: str, language: str) -> None:
    """Sign in as a reviewer; the list of cases."""
    page.goto(f"{address}/sign-in?as=staff&next=/desk&lang={language}")
    page.locator("#handle").fill("reviewer-1")
    page.locator("#code").fill("222222")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/desk*")


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    folder = os.environ.get("DESK_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_axe_finds_nothing_and_nothing_is_too_wide(chromium: Browser, address: str, scheme: str, language: str) -> None:
    """List and case, wide and on a phone."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    enter(page, address, language)
    case = page.locator("main table a").first.get_attribute("href")
    for path in ("/desk", str(case)):
        page.goto(f"{address}{path}?lang={language}")
        found = Axe().run(page, options=RULES).response["violations"]
        assert not found, (path, [(one["id"], one["nodes"][0]["target"]) for one in found])
        shoot(page, f"{'desk' if path == '/desk' else 'case'}-{language}-{scheme}")
        page.set_viewport_size({"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        shoot(page, f"{'desk' if path == '/desk' else 'case'}-{language}-{scheme}-phone")
        page.set_viewport_size({"width": 1200, "height": 900})
    context.close()


def test_a_case_is_decided_without_scripts(chromium: Browser, address: str) -> None:
    """Open, choose, say why, send: the case waits no longer for this reviewer."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, address, "en")
    waiting = page.locator("section[aria-labelledby=mine] tbody tr").count()
    page.locator("section[aria-labelledby=mine] a").first.click()
    page.get_by_label("Two persons: keep apart").check()
    page.locator("#reason").fill("Two people: the papers differ.")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/desk?done=decided")
    assert page.locator("[role=status]").count() == 1
    assert page.locator("section[aria-labelledby=mine] tbody tr").count() == waiting - 1
    context.close()
