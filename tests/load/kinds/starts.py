"""From the command to what a browser shows, beside the barest app of Streamlit's, started in turn; and a restart."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.serving import app_command, app_environment, free_port, is_healthy, launch_chromium, run_server
from tests.load.pace import Size
from tests.load.report import Row, ratio
from tests.load.served import serve

TITLE = "From the command to what a browser shows, seconds"
_LIMIT_MS = 60_000
_BARE = "import streamlit as st\nst.title('Bare')\n"
_DOWN_S = 1.0
_WORDS, _DRAWING, _MAPS, _BACK = "first words", "drawing", "maps", "page open since before is back"
_BACK_JS = """() => {
  const { testConnectionState, testScriptState } = document.querySelector("[data-testid=stApp]").dataset;
  return testConnectionState === "CONNECTED" && testScriptState === "notRunning";
}"""


def measure(checkout: Path, size: Size) -> list[Row]:
    """A start of the bare app, one of this, and one after this was killed with a page open."""
    with launch_chromium() as browser:
        bare = _start_bare(browser)
        started, again = _start_twice(browser, checkout)
    return [
        Row(
            name,
            {"bare": bare.get(name), "app": started.get(name), "ratio": ratio(started.get(name), bare.get(name))}
            | {"killed, again": again.get(name)},
        )
        for name in (_WORDS, _DRAWING, _MAPS, _BACK)
    ]


def _start_bare(browser: Browser) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name, _visitor(browser) as context:
        folder, port = Path(name), free_port()
        (folder / "bare.py").write_text(_BARE)
        command = [*app_command(port, "bare.py"), "--server.fileWatcherType=none", "--browser.gatherUsageStats=false"]
        url, begin = f"http://127.0.0.1:{port}", time.monotonic()
        with run_server(command, folder / "log", lambda: is_healthy(url), app_environment(folder), folder):
            page = context.new_page()
            page.goto(url)
            page.get_by_role("heading", name="Bare").wait_for(timeout=_LIMIT_MS)
            return {_WORDS: time.monotonic() - begin}


def _start_twice(browser: Browser, checkout: Path) -> tuple[dict[str, float], dict[str, float]]:
    """The first start, and one after the first server was killed; the page of the first stays open meanwhile."""
    port, begin = free_port(), time.monotonic()
    with _visitor(browser) as context:
        with serve(checkout, port) as server:
            old = context.new_page()
            started = _look(old, server.url, begin)
            server.stop(signal.SIGKILL)
            time.sleep(_DOWN_S)
        begin = time.monotonic()
        with serve(checkout, port) as server, _visitor(browser) as other:
            again = _look(other.new_page(), server.url, begin)
            old.wait_for_function(_BACK_JS, timeout=_LIMIT_MS)
            again[_BACK] = time.monotonic() - begin
    return started, again


def _look(page: Page, url: str, begin: float) -> dict[str, float]:
    page.goto(url)
    found = {}
    places = {
        _WORDS: page.get_by_role("heading", name="ResNet-18"),
        _DRAWING: page.locator(".pane svg"),
        _MAPS: page.locator(".channel-view canvas"),
    }
    for name, place in places.items():
        place.first.wait_for(timeout=_LIMIT_MS)
        found[name] = time.monotonic() - begin
    return found


@contextmanager
def _visitor(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody who has not been here; their pages are closed at the end."""
    context = browser.new_context(locale="en-US")
    try:
        yield context
    finally:
        context.close()
