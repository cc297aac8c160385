"""The app in a real browser: a server of its own, a Chromium, and a page that notes everything that goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.serving import launch_chromium, serve_app
from tests.browser.watching import follow_runs, note_errors

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before -m chooses by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and put them last: the quick ones fail first.

    Playwright also leaves an event loop running in this thread, in which `asyncio.run` of a later test would fail.
    """
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
    items.sort(key=lambda item: item.path.is_relative_to(HERE))


# --- the server ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def app_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that holds what the server prints, tracebacks of the app included."""
    return tmp_path_factory.mktemp("app") / "server.log"


@pytest.fixture(scope="session")
def app_url(app_log: Path) -> Iterator[str]:
    """The address of the app, served for this session on a free port."""
    with serve_app(app_log) as url:
        yield url


# --- the browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium. There is always one: `make test` sees to it, so its absence is a failure and no reason to skip."""
    with launch_chromium() as started:
        yield started


@pytest.fixture
def page_errors() -> list[str]:
    """What went wrong on `page` so far, one sentence each; `assert page_errors == []` at the end of a test."""
    return []


@pytest.fixture
def page(browser: Browser, app_url: str, page_errors: list[str]) -> Iterator[Page]:
    """A fresh page that has not been anywhere yet: `page.goto("/")`. It may talk to the app and to nothing else."""
    outside: list[str] = []
    with browser.new_context(base_url=app_url, viewport={"width": 1440, "height": 900}, locale="en-US") as context:
        page = context.new_page()
        note_errors(page, page_errors)
        _note_outside(page, urlsplit(app_url).netloc, outside, page_errors)
        follow_runs(page)
        yield page
    assert outside == [], "the page asked for something that is not the app's own"


def _note_outside(page: Page, host: str, outside: list[str], errors: list[str]) -> None:
    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
            outside.append(url)
            errors.append(f"outside request: {url}")

    page.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))
