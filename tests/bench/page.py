"""The app as a whole: from the command to the first words, and from a click to the end of a cached run."""

from __future__ import annotations

import base64
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.bench.clock import Stopwatch, click_middle, install_clock
from tests.bench.report import print_seconds
from tests.browser.serving import serve_app

RERUNS = 12


def bench_page(browser: Browser) -> None:
    """From the command to the first words and the drawing; from a click to the end of a cached run."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, serve_app(Path(folder) / "log") as url:
        context = browser.new_context(bypass_csp=True)
        install_clock(context)
        page = context.new_page()
        reruns = _Reruns(page)
        page.goto(url)
        page.get_by_role("heading", name="ResNet-18").wait_for()
        first_words = time.perf_counter() - start
        page.locator(".pane svg").wait_for()
        drawing = time.perf_counter() - start
        print("\nThe page, in seconds of wall time on this machine")
        print_seconds("command to first words", first_words, 4.0)
        print_seconds("command to the drawing (torch imported)", drawing)
        _bench_reruns(page, reruns)
        _bench_choice(page)
        page.close()


def _bench_reruns(page: Page, reruns: _Reruns) -> None:
    """Back and forth between two levels of a net whose drawings and maps are cached."""
    page.locator(".channel-view canvas").first.wait_for(timeout=60_000)
    for name in ("Blocks", "Folded") * 2:  # fill the caches
        _click_and_wait(page, reruns, name)
    times = [_click_and_wait(page, reruns, name) for name in ("Blocks", "Folded") * (RERUNS // 2)]
    print_seconds(f"cached rerun, message to finished (median of {len(times)})", median(times), 0.100)


def _bench_choice(page: Page) -> None:
    """From a click on a box to its tiles on the canvas; the maps of each node are worked out for the first time."""
    watch, times = Stopwatch(page), []
    page.get_by_role("radio", name="Ops").click()
    for node in ("bn1", "relu", "maxpool", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu", "layer1.0.conv2"):
        box = page.locator(f'[id="n:{node}"]')
        box.wait_for()
        page.wait_for_timeout(1500)
        view = page.locator(".channel-view").element_handle()
        watch.arm("click", f'.tiles[aria-label^="Channels of {node};"]', root=view)
        click_middle(page, box)
        times.append(watch.read())
    print_seconds("node of ResNet-18 chosen to its maps painted (median)", median(times) / 1000, 0.250)


def _click_and_wait(page: Page, reruns: _Reruns, level: str) -> float:
    done, deadline = len(reruns.times), time.monotonic() + 30
    page.get_by_role("radio", name=level).click()
    while len(reruns.times) == done:
        if time.monotonic() > deadline:
            raise TimeoutError(f"The page did not answer a click on {level}.")
        page.wait_for_timeout(20)
    page.wait_for_timeout(300)
    return reruns.times[done]


class _Reruns:
    """How long the server takes from a request to run the script until it has finished.

    The times are the browser's own, of the frames of its WebSocket.
    """

    def __init__(self, page: Page) -> None:
        self.times: list[float] = []
        self._asked: float | None = None
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameSent", self._sent)
        session.on("Network.webSocketFrameReceived", self._received)

    def _sent(self, event: dict[str, Any]) -> None:
        if BackMsg.FromString(_payload(event)).WhichOneof("type") == "rerun_script":
            self._asked = event["timestamp"]

    def _received(self, event: dict[str, Any]) -> None:
        is_over = ForwardMsg.FromString(_payload(event)).WhichOneof("type") == "script_finished"
        if is_over and self._asked is not None:
            self.times.append(event["timestamp"] - self._asked)
            self._asked = None


def _payload(event: dict[str, Any]) -> bytes:
    return base64.b64decode(event["response"]["payloadData"])
