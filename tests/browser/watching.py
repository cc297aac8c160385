"""What happens on a browser's page: what goes wrong is noted, and a test waits until nothing is under way."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, WebSocket
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

IDLE_LIMIT = 60.0
QUIET_MS = 200
OUTSIDE = "outside request"

Listener = Callable[[bytes], None]


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


def note_outside(page: Page, host: str, errors: list[str]) -> None:
    """Let whatever a page asks of others than its host be noted as a sentence."""

    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
            errors.append(f"{OUTSIDE}: {url}")

    page.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))


@dataclass
class Messages:
    """What a page and its script tell each other, as it goes through the WebSocket."""

    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    def widget_states(self) -> list[WidgetState]:
        """The states of widgets that were sent, in their order."""
        return [state for frame in self.sent for state in BackMsg.FromString(frame).rerun_script.widget_states.widgets]


class _Runs:
    """Follows a page's WebSocket: is a run of the script asked for that has not finished yet?

    The page alone cannot tell: between a click and the server's first word it still says `notRunning`.
    """

    def __init__(self, page: Page) -> None:
        self.pending = False
        self.listeners: list[tuple[Listener, Listener]] = []
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: bytes | str) -> None:
        if not isinstance(frame, bytes):
            return
        for on_sent, _on_received in self.listeners:
            on_sent(frame)
        if BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.pending = True

    def _received(self, frame: bytes | str) -> None:
        if not isinstance(frame, bytes):
            return
        for _on_sent, on_received in self.listeners:
            on_received(frame)
        message = ForwardMsg.FromString(frame)
        if message.WhichOneof("type") == "script_finished":
            self.pending = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN


_runs: WeakKeyDictionary[Page, _Runs] = WeakKeyDictionary()
_calls = count()


def follow_runs(page: Page) -> None:
    """Let `wait_idle` know what a page asks the server for; before it goes anywhere."""
    _runs[page] = _Runs(page)


def listen(page: Page, on_sent: Listener, on_received: Listener) -> None:
    """Let each message be heard that a page, one that `follow_runs` knows, and its script send from now on."""
    _runs[page].listeners.append((on_sent, on_received))


def note_messages(page: Page) -> Messages:
    """What a page that `follow_runs` knows and its script tell each other from now on."""
    messages = Messages()
    listen(page, messages.sent.append, messages.received.append)
    return messages


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


def wait_idle(page: Page, limit: float = IDLE_LIMIT, quiet_ms: int = QUIET_MS) -> None:
    """Wait until the app has answered everything asked so far: no run under way, nothing that still shows as loading.

    The page must stay so for a moment (`quiet_ms`), for a fragment or a component may ask for a run of its own.
    """
    deadline = time.monotonic() + limit
    runs = _runs.get(page)
    while True:
        try:
            page.wait_for_function(
                _IDLE_JS,
                arg=[_BUSY, quiet_ms, next(_calls)],
                polling=20,
                timeout=max(1.0, (deadline - time.monotonic()) * 1000),
            )
        except PlaywrightTimeout:
            pytest.fail(f"The app was not idle within {limit:g} s: {page.evaluate(_STATE_JS, _BUSY)}", pytrace=False)
        if runs is None or not runs.pending:
            return
        if time.monotonic() > deadline:
            pytest.fail(f"The app owes the answer to a run after {limit:g} s.", pytrace=False)
