"""Four nets on the page Training: the first point, the end, how soon it stops, and what Explore costs meanwhile."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.bench.clock import Reruns
from tests.bench.report import print_ratio, print_seconds
from tests.browser.serving import serve_app

_LIMIT_MS = 300_000
_N_RERUNS = 12


def bench_training_page(browser: Browser) -> None:
    """Plain and residual 20 and 56, 300 steps each, as the page has them at first."""
    print("\nFour nets on the page Training (plain and residual, 20 and 56; 300 steps each)")
    with tempfile.TemporaryDirectory() as folder, serve_app(Path(folder) / "log") as url:
        context = browser.new_context()
        explore, alone = _open_explore(context, url)
        page = context.new_page()
        page.goto(f"{url}/train")
        page.get_by_role("radiogroup").get_by_text("I don't know", exact=True).click()
        _bench_stop(page)
        begun = _start(page, "Train again")
        print_ratio("cached rerun of Explore meanwhile ÷ alone", _rerun(explore) / alone, 1.5)
        expect(page.get_by_role("heading", name="What came of it")).to_be_visible(timeout=_LIMIT_MS)
        print_seconds("all four done", time.perf_counter() - begun, 60.0)
        context.close()


def _bench_stop(page: Page) -> None:
    begun = _start(page, "Start")
    expect(page.get_by_test_id("stMain")).to_contain_text("ms a step", timeout=_LIMIT_MS)
    print_seconds("from the click to the first point", time.perf_counter() - begun, 2.0)
    page.wait_for_timeout(2_000)
    begun = time.perf_counter()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Train again", exact=True).wait_for(timeout=_LIMIT_MS)
    print_seconds("from the click on Stop until the page offers what comes next", time.perf_counter() - begun)


def _start(page: Page, name: str) -> float:
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled(timeout=_LIMIT_MS)
    begun = time.perf_counter()
    button.click()
    return begun


def _open_explore(context: BrowserContext, url: str) -> tuple[Reruns, float]:
    page = context.new_page()
    reruns = Reruns(page)
    page.goto(url)
    page.locator(".channel-view canvas").first.wait_for(timeout=60_000)
    for name in ("Blocks", "Folded") * 2:  # fill the caches
        reruns.click_and_wait(name)
    return reruns, _rerun(reruns)


def _rerun(explore: Reruns) -> float:
    return median(explore.click_and_wait(name) for name in ("Blocks", "Folded") * (_N_RERUNS // 2))
