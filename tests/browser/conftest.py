"""One browser and one server for all browser tests; each test gets a fresh page."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from page_rows import PAGE_ARTICLES
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sample import build, tiny_settings, write_rows
from werkzeug.serving import make_server

from semsearch.settings import Settings
from semsearch.web.app import create_app
from semsearch.web.context import services

CHROMIUM = shutil.which("chromium")
# How long Playwright waits for something to appear before a test fails.
PATIENCE_MS = 15_000

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none."""
    if CHROMIUM is None:
        here = Path(__file__).parent
        for item in items:
            if here in item.path.parents:
                item.add_marker(pytest.mark.skip("no `chromium` here: apt-get install chromium"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window; per module, since Playwright keeps an event loop running
    that asynchronous tests of later modules would trip over."""
    with sync_playwright() as playwright:
        # Containers run tests as root, for whom Chromium's sandbox does not start.
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The address of a server over the index of these settings."""
    application = create_app(settings)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with application.app_context():
            services().live.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over an index of the page articles."""
    folder = tmp_path_factory.mktemp("site")
    write_rows(folder / "seeds" / "articles.jsonl", PAGE_ARTICLES)
    settings = tiny_settings(folder)
    build(settings)
    with served(settings) as address:
        yield address


@pytest.fixture
def new_site(make_settings: Callable[..., Settings]) -> Iterator[tuple[str, Settings]]:
    """The address and settings of a server without an index."""
    settings = make_settings()
    with served(settings) as address:
        yield address, settings


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """Opens a path of the site; options are Playwright's for a browser context.

    At the end the test fails if the page wrote to the console or asked another host.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(path: str, *, fails: bool = False, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        if not fails:
            page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("http://127.0.0.1:", "data:"))
                else complaints.append(request.url)
            ),
        )
        page.goto(path if path.startswith("http") else site + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
