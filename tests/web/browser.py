"""The application on a free loopback port, and a real browser before it."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Page

from openbureau.jobs.context import Bureau
from openbureau.web.app import create_app
from world import CODE, Person

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
INSTALL = "not run: no Chromium here; apt-get install --no-install-recommends chromium fonts-noto-cjk"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@contextmanager
def serving(bureau: Bureau) -> Iterator[str]:
    """Serve on a free port of this machine; the address."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(bureau), log_level="error", access_log=False, server_header=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listening.close()


def sign_in_by_keyboard(page: Page, address: str, person: Person, language: str) -> None:
    """Sign in without a mouse: type, tab, type, enter."""
    page.goto(f"{address}/sign-in?lang={language}")
    page.get_by_label("代号" if language == "zh-CN" else "Handle").focus()
    page.keyboard.type(person.handle)
    page.keyboard.press("Tab")
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/report")
