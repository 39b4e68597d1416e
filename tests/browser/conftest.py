"""A real Chromium against a running server; the house is that of tests/web."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.web.conftest import Site, busy_site, site

__all__ = ["busy_site", "site"]

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@dataclass
class Reader:
    """Somebody before a screen. `complaints` are what the browser wrote to its console."""

    page: Page
    context: BrowserContext
    origin: str
    complaints: list[str]

    def go(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        self.page.wait_for_load_state("networkidle")
        return self.page


Open = Callable[..., Reader]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def reader(site: Site, chromium: Browser) -> Iterator[Open]:
    """reader(login, width=1280, scripts=True) → somebody signed in before a screen."""
    with serving(site.app) as origin:
        yield from _readers(site, chromium, origin)


@pytest.fixture
def busy_reader(busy_site: Site, chromium: Browser) -> Iterator[Open]:
    """As `reader`, before the site with cases under way."""
    with serving(busy_site.app) as origin:
        yield from _readers(busy_site, chromium, origin)


@contextmanager
def serving(app: Flask) -> Generator[str]:
    """The address of a server that runs while the test does."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _readers(site: Site, chromium: Browser, origin: str) -> Iterator[Open]:
    contexts: list[BrowserContext] = []

    def sit_down(login: str | None, width: int = 1280, *, scripts: bool = True) -> Reader:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="zh-CN"
        )
        contexts.append(context)
        cookie = site.client(login).get_cookie("zhengcheng") if login else None
        if cookie:
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": origin}])
        page = context.new_page()
        complaints: list[str] = []
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Reader(page, context, origin, complaints)

    yield sit_down
    for context in contexts:
        context.close()
