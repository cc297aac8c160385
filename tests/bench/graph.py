"""The graph in a real Chromium: how long until another net, level or part is painted, and what switching leaves behind.

A cold time is the first in its server's life, as somebody meets it who works through the page: some drawings were
made beforehand, while nothing else was to be done. `own` is a net that nobody could have prepared.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator, Page

from tests.bench.clock import Stopwatch, click_middle, install_clock
from tests.browser.serving import serve_app
from tests.browser.watching import wait_idle

Times = dict[str, list[float]]
VIEWPORT = {"width": 1440, "height": 900}
N_OPS = 515  # of ResNet-152: 155 convolutions and as many norms, 151 ReLUs, 50 adds, two pools, flatten, fc
FOLDED, OPS, BLOCKS = '[id="n:layer3.1..35"]', '[id="n:layer3.35.conv3"]', '[id="n:layer3.35"]'
BLOCK, OPENED = '[id="n:layer2.0"]', '[id="n:layer2.0.conv1"]'
CLICKED = ("conv1", "bn1", "relu", "maxpool")
NETS = ("34", "50", "152", "18")
SWITCHES = 24


class GraphPage:
    """A page of the app and its clock."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.watch = page, Stopwatch(page)
        page.goto(url)
        page.locator(".pane svg").wait_for(timeout=60_000)
        wait_idle(page)

    def time(self, event: str, selector: str, act: Callable[[], None], text: str = "") -> float:
        """Milliseconds from the event that `act` causes to what it brings, painted; then until the app is idle."""
        self.watch.arm(event, selector, text, self.page.locator(".graph-view").element_handle())
        act()
        time = self.watch.read()
        wait_idle(self.page)
        return time

    def net(self, name: str) -> Locator:
        """The button of a preset."""
        sidebar = self.page.get_by_test_id("stSidebar")
        return sidebar.get_by_role("radiogroup", name="Network").get_by_role("radio", name=name, exact=True)

    def level(self, name: str) -> Locator:
        """The button of a level."""
        levels = self.page.get_by_role("radiogroup", name="Level")
        return levels.get_by_role("radio", name=re.compile(f"^{name}"))

    def fold_all(self) -> None:
        """Back to the folded drawing."""
        self.time("click", FOLDED, self.page.get_by_role("button", name="Fold all").first.click)


def open_context(browser: Browser) -> BrowserContext:
    """Where the pages of the app and of Netron are opened: the same size, with the clock."""
    context = browser.new_context(viewport=VIEWPORT, locale="en-US", bypass_csp=True)  # type: ignore[arg-type]
    install_clock(context)
    return context


def run_round(context: BrowserContext, log: Path, times: Times, blocks: Times) -> None:
    """A fresh server; each thing cold, then cached. Adds milliseconds to `times`, longest tasks to `blocks`."""
    with serve_app(log) as url:
        page = context.new_page()
        graph = GraphPage(page, url)
        for state in ("cold", "cached"):
            _pick_and_unfold(graph, state, times, blocks)
            _open_parts(graph, state, times, blocks)
            if state == "cached":
                graph.time("click", FOLDED, graph.net("152").click)
                _pick_own(graph, times)
            graph.time("click", '[id="n:layer3.1"]', graph.net("18").click)
        page.close()


def _pick_and_unfold(graph: GraphPage, state: str, times: Times, blocks: Times) -> None:
    def note(what: str, selector: str, act: Callable[[], None]) -> None:
        times[f"{what}, {state}"].append(graph.time("click", selector, act))
        blocks[what].append(graph.watch.longest_block())

    note("pick", FOLDED, graph.net("152").click)
    note("ops", OPS, graph.level("Ops").click)
    found = graph.page.locator(".pane .node").count()
    assert found >= N_OPS, f"{found} boxes are drawn of {N_OPS} ops"
    if state == "cold":
        for node in CLICKED:
            box = graph.page.locator(f'[id="n:{node}"]')
            act = partial(click_middle, graph.page, box)
            times["click"].append(graph.time("click", ".card .name", act, node))
    note("blocks", BLOCKS, graph.level("Blocks").click)
    note("folded", FOLDED, graph.level("Folded").click)


def _pick_own(graph: GraphPage, times: Times) -> None:
    """A net of ResNet-152's size that is no preset, typed in: nothing of it is known before."""
    page = graph.page
    field = page.get_by_role("textbox", name="Blocks per stage")
    if field.is_hidden():
        page.get_by_text("Customise").click()
    field.fill("3, 8, 35, 4")
    times["own, cold"].append(graph.time("keydown", '[id="n:layer4.1..3"]', lambda: field.press("Enter")))


def _open_parts(graph: GraphPage, state: str, times: Times, blocks: Times) -> None:
    """A run into its blocks, a block into its ops; the block by its key, too."""
    run, block = graph.page.locator(FOLDED), graph.page.locator(BLOCK)
    times[f"run, {state}"].append(graph.time("dblclick", BLOCKS, run.dblclick))
    blocks["run"].append(graph.watch.longest_block())
    graph.fold_all()
    graph.time("click", BLOCKS, graph.level("Blocks").click)
    times[f"block, {state}"].append(graph.time("dblclick", OPENED, block.dblclick))
    blocks["block"].append(graph.watch.longest_block())
    graph.fold_all()
    graph.time("click", BLOCKS, graph.level("Blocks").click)
    block.focus()
    times["block by key"].append(graph.time("keydown", OPENED, lambda: graph.page.keyboard.press("Enter")))
    graph.fold_all()


def measure_leftovers(context: BrowserContext, log: Path) -> dict[str, float]:
    """What the page holds more after 24 switches between nets than before: listeners, nodes, MiB of JavaScript."""
    with serve_app(log) as url:
        page = context.new_page()
        graph, session = GraphPage(page, url), context.new_cdp_session(page)
        session.send("Performance.enable")
        _switch(graph, 2 * len(NETS))  # what is made once, and kept for good, is there
        _wait_prepared(page)
        before = _holdings(session)
        _switch(graph, SWITCHES)
        _wait_prepared(page)
        after = _holdings(session)
        page.close()
    return {name: after[name] - before[name] for name in before}


def _switch(graph: GraphPage, times: int) -> None:
    for at in range(times):
        name = NETS[at % len(NETS)]
        graph.net(name).click()
        graph.page.get_by_role("heading", name=f"ResNet-{name}", exact=True).wait_for()
        wait_idle(graph.page)


def _wait_prepared(page: Page) -> None:
    """Until the drawings that are made ready beforehand are there: they are held on purpose."""
    page.wait_for_function("() => ![...window.resnetVizGraphs.views.values()].some((view) => view.isPreparing)")


def _holdings(session: CDPSession) -> dict[str, float]:
    """After a collection; the second one takes what the first one's finalizers let go."""
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
        time.sleep(0.2)
    found = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return {
        "listeners": found["JSEventListeners"],
        "nodes": found["Nodes"],
        "MiB": found["JSHeapUsedSize"] / 2**20,
    }


def new_times() -> Times:
    """Nothing measured yet."""
    return defaultdict(list)
