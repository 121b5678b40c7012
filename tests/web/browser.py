"""The application on a free loopback port, and a real browser before it."""

import shutil

from playwright.sync_api import Page

from world import CODE, Person

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
INSTALL = "not run: no Chromium here; apt-get install --no-install-recommends chromium fonts-noto-cjk"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def sign_in_by_keyboard(page: Page, address: str, person: Person, language: str) -> None:
    """Sign in without a mouse: type, tab, type, enter."""
    page.goto(f"{address}/sign-in?lang={language}")
    page.get_by_label("代号" if language == "zh-CN" else "Handle").focus()
    page.keyboard.type(person.handle)
    page.keyboard.press("Tab")
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/report")
