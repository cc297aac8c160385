"""The app as a whole: from the command to the first words, and from a click to the end of a cached run."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from tests.bench.clock import Reruns, Stopwatch, click_middle, install_clock
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
        reruns = Reruns(page)
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


def _bench_reruns(page: Page, reruns: Reruns) -> None:
    """Back and forth between two levels of a net whose drawings and maps are cached."""
    page.locator(".channel-view canvas").first.wait_for(timeout=60_000)
    for name in ("Blocks", "Folded") * 2:  # fill the caches
        reruns.click_and_wait(name)
    times = [reruns.click_and_wait(name) for name in ("Blocks", "Folded") * (RERUNS // 2)]
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
