"""Take pictures of the pages, served over an index of `seeds/`, into docs/screenshots/.

Run it as `scripts/screenshots`. It needs `chromium` on the path.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

from semsearch.indexer import Options, reindex
from semsearch.settings import load_settings
from semsearch.web.app import create_app

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "screenshots"
QUESTION = "/?q=what+did+Putin+say+about+NATO+budgets"
DESK: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 360, "height": 740}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server over a fresh index in `folder`."""
    settings = load_settings({"index_dir": folder / "index"})
    reindex(settings, Options(paths=(ROOT / "seeds",)))
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def open_first_hit(page: Page) -> None:
    page.click(".hit h2 a")
    page.wait_for_selector("#passage")


def explain_first_hit(page: Page) -> None:
    page.click(".why summary")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture; `act` is what to do on the page before it is taken."""

    name: str
    path: str
    size: ViewportSize
    scheme: Literal["light", "dark"] = "light"
    act: Callable[[Page], None] | None = None


SHOTS = (
    Shot("home", "/", DESK),
    Shot("results", QUESTION, DESK, act=explain_first_hit),
    Shot("results-dark", QUESTION, DESK, "dark"),
    Shot("reading", QUESTION, DESK, act=open_first_hit),
    Shot("speaker", "/speakers/Vladimir%20Putin", DESK),
    Shot("status", "/status", DESK),
    Shot("phone", QUESTION, PHONE),
)


def take(browser: Browser, site: str, shot: Shot) -> None:
    page = browser.new_page(viewport=shot.size, color_scheme=shot.scheme)
    page.goto(site + shot.path)
    if shot.act is not None:
        shot.act(page)
    page.screenshot(path=TARGET / f"{shot.name}.png")
    page.close()


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("scripts/screenshots needs chromium: apt-get install chromium")
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in SHOTS:
            take(browser, site, shot)
        browser.close()


if __name__ == "__main__":
    main()
