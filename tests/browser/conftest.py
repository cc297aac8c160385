"""The app in a real browser: a server of its own, a Chromium, and a page that notes everything that goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.serving import launch_chromium, serve_app
from tests.browser.visiting import Contexts, Tab, Tabs, Visitor
from tests.browser.watching import OUTSIDE

HERE = Path(__file__).parent

# As Playwright's limit for actions: what comes at all may come late on a machine that has other work.
expect.set_options(timeout=30_000)


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
    """The address of the app, and of the demos of its components, served for this session on a free port."""
    with serve_app(app_log, "tests/browser/demo/app.py") as url:
        yield url


# --- the browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium. There is always one: `make test` sees to it, so its absence is a failure and no reason to skip."""
    with launch_chromium() as started:
        yield started


@pytest.fixture(scope="session")
def contexts(browser: Browser, app_url: str) -> Contexts:
    """The browser's contexts for this session: one for each kind of visitor."""
    return Contexts(browser, app_url)


@pytest.fixture(scope="session")
def tabs(browser: Browser, app_url: str) -> Tabs:
    """The pages of this session that stay loaded."""
    return Tabs(Contexts(browser, app_url))


# --- a page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def visitor() -> Visitor:
    """Who looks at `page` and `tab`; a module or a class may have another."""
    return Visitor()


@pytest.fixture
def window() -> ViewportSize:
    """The size of the window of `page` and `tab`; a module or a class may have another."""
    return {"width": 1440, "height": 900}


@pytest.fixture
def page_errors() -> list[str]:
    """What went wrong on `page` so far, one sentence each; `assert page_errors == []` at the end of a test."""
    return []


@pytest.fixture
def page(contexts: Contexts, visitor: Visitor, window: ViewportSize, page_errors: list[str]) -> Iterator[Page]:
    """A fresh page that has not been anywhere yet: `page.goto("/")`. It may talk to the app and to nothing else."""
    page = contexts.new_page(visitor, window, page_errors)
    yield page
    page.close()
    assert [error for error in page_errors if error.startswith(OUTSIDE)] == []


@pytest.fixture
def fresh_page(contexts: Contexts, visitor: Visitor, window: ViewportSize) -> Iterator[Page]:
    """A page that has not been anywhere, where `page` is that of a tab. Nothing may go wrong on it."""
    errors: list[str] = []
    page = contexts.new_page(visitor, window, errors)
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def tab(tabs: Tabs, visitor: Visitor, window: ViewportSize, request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A page with nothing on it, loaded already by an earlier test, for `go_to`. Nothing may go wrong on it.

    One on which a test failed is not used again.
    """
    n_failed = request.session.testsfailed
    tab = tabs.take(visitor, window)
    yield tab
    if request.session.testsfailed == n_failed:
        tabs.give_back(visitor, tab)
    else:
        tab.page.close()
    assert tab.errors == []
