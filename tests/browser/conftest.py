"""The app in a real browser: a server of its own, a Chromium, and a page that notes everything that goes wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, WebSocket
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.serving import launch_chromium, serve_app

HERE = Path(__file__).parent
IDLE_LIMIT = 60.0
QUIET_MS = 200


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


def note_errors(page: Page, errors: list[str]) -> None:
    """Let everything that goes wrong in a page be noted as a sentence."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not _is_probe(message):
            errors.append(f"console: {message.text} ({message.location.get('url', '')})")

    def failed(request: Request) -> None:
        # A reload or another page ends what was under way; that is no fault.
        if request.failure != "net::ERR_ABORTED":
            errors.append(f"request failed: {request.method} {request.url}: {request.failure}")

    page.on("console", console)
    page.on("pageerror", lambda error: errors.append(f"page error: {error}"))
    page.on("requestfailed", failed)


def _is_probe(message: ConsoleMessage) -> bool:
    """On a page deeper than `/` Streamlit tries which part of the path the server sits under; the misses are 404s."""
    path = urlsplit(message.location.get("url", "")).path
    return "404" in message.text and re.fullmatch(r"/.+/_stcore/(health|host-config)", path) is not None


def _note_outside(page: Page, host: str, outside: list[str], errors: list[str]) -> None:
    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
            outside.append(url)
            errors.append(f"outside request: {url}")

    page.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))


# --- waiting ------------------------------------------------------------------------------------------------------


class _Runs:
    """Follows a page's WebSocket: is a run of the script asked for that has not finished yet?

    The page alone cannot tell: between a click and the server's first word it still says `notRunning`.
    """

    def __init__(self, page: Page) -> None:
        self.pending = False
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.pending = True

    def _received(self, frame: bytes | str) -> None:
        if not isinstance(frame, bytes):
            return
        message = ForwardMsg.FromString(frame)
        if message.WhichOneof("type") == "script_finished":
            self.pending = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN


_runs: WeakKeyDictionary[Page, _Runs] = WeakKeyDictionary()
_calls = count()


def follow_runs(page: Page) -> None:
    """Let `wait_idle` know what a page asks the server for; before it goes anywhere."""
    _runs[page] = _Runs(page)


_BUSY = ", ".join(
    f'[data-testid="{name}"]' for name in ("stAppSkeleton", "stSkeleton", "stSkeletonElement", "stSpinner")
)
_IDLE_JS = """
([busy, quiet, call]) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const idle = app?.dataset.testScriptState === "notRunning"
        && app.dataset.testConnectionState === "CONNECTED"
        && !document.querySelector(busy)
        && ![...(window.resnetVizGraphs?.views.values() ?? [])].some((view) => view.isBusy())
        && ![...(window.resnetVizGraphs?.walks?.values() ?? [])].some((walk) => walk.isBusy())
        // Components have their parts in a shadow of their own.
        && ![...document.querySelectorAll("div")].some((div) => div.shadowRoot?.querySelector('[aria-busy="true"]'));
    const mark = window.resnetVizIdle;
    if (!idle || mark?.call !== call) {
        window.resnetVizIdle = { call: idle ? call : null, since: performance.now() };
        return false;
    }
    return performance.now() - mark.since >= quiet;
}
"""
_STATE_JS = """
busy => {
    const app = document.querySelector('[data-testid="stApp"]');
    const left = [...document.querySelectorAll(busy)].map(element => element.dataset.testid);
    return `script ${app?.dataset.testScriptState}, connection ${app?.dataset.testConnectionState}, waiting [${left}]`;
}
"""


def wait_idle(page: Page, limit: float = IDLE_LIMIT) -> None:
    """Wait until the app has answered everything asked so far: no run under way, nothing that still shows as loading.

    The page must stay so for a moment (`QUIET_MS`), for a fragment or a component may ask for a run of its own.
    """
    deadline = time.monotonic() + limit
    runs = _runs.get(page)
    while True:
        try:
            page.wait_for_function(
                _IDLE_JS,
                arg=[_BUSY, QUIET_MS, next(_calls)],
                polling=20,
                timeout=max(1.0, (deadline - time.monotonic()) * 1000),
            )
        except PlaywrightTimeout:
            pytest.fail(f"The app was not idle within {limit:g} s: {page.evaluate(_STATE_JS, _BUSY)}", pytrace=False)
        if runs is None or not runs.pending:
            return
        if time.monotonic() > deadline:
            pytest.fail(f"The app owes the answer to a run after {limit:g} s.", pytrace=False)
