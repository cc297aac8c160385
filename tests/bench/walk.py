"""The code walk: recording against a pass of ResNet-152, the size of its record, and the slider in the browser."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

import torch
from playwright.sync_api import Browser, CDPSession

from resnet_viz import PRESETS, build_model, trace_spec, walk_both, write_walk
from resnet_viz.views.walk.payload import walk_payload
from tests.bench.engine import ROUNDS, forward, interleaved
from tests.bench.report import print_amount, print_ratio
from tests.browser.serving import serve_app
from tests.browser.sliding import SLIDE_JS

_MOVES = 200


def bench_walk() -> None:
    """Both walks of ResNet-152, and what the page makes of them."""
    spec = PRESETS["resnet152"]
    model, image, trace = build_model(spec), torch.randn(spec.input_shape), trace_spec(spec)
    both = walk_both(spec)
    jobs: dict[str, Callable[[], object]] = {
        "forward": lambda: forward(model, image),
        "record": lambda: walk_both(spec),
        "payload": lambda: walk_payload(*both, trace),
    }
    times = interleaved(jobs, ROUNDS)
    print("\nThe code walk of ResNet-152, build and forward pass ÷ forward pass")
    print_ratio("recording both", times["record"] / times["forward"], 0.6)
    print_ratio("what the browser gets of them", times["payload"] / times["forward"])
    print_amount("both as JSON", sum(len(write_walk(walk).encode()) for walk in both) / 1e6, "MB", 1.0)


def bench_slider(browser: Browser) -> None:
    """Moves far apart, until they are painted; the drawing of all ops grows along in the last."""
    print(f"\nThe slider of the code walk of ResNet-152, {_MOVES} moves, ms of wall time until painted")
    with tempfile.TemporaryDirectory() as folder, serve_app(Path(folder) / "log") as url:
        for query in ("net=resnet152", "net=resnet152&walk=forward", "net=resnet152&level=op"):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{url}/walk?{query}")
            page.locator(".walk-view .line.current").first.wait_for(timeout=60_000)
            page.locator(".pane svg").wait_for(timeout=60_000)
            page.wait_for_timeout(2_000)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            before = _thread_time(session)
            times = page.evaluate(SLIDE_JS, _MOVES)
            spent = (_thread_time(session) - before) / _MOVES
            print_amount(f"{query}, median", median(times), "ms")
            print_amount(f"{query}, 95 of 100", quantiles(times, n=20)[-1], "ms", 100)
            print_amount(f"{query}, CPU time of the page's thread for each", spent * 1000, "ms", 100)
            page.close()


def _thread_time(session: CDPSession) -> float:
    """CPU seconds that the page's main thread has worked: other work on the machine does not count."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")
