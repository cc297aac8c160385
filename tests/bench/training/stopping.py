"""How soon four nets in training stop once they are told to, and their workers are free for others."""

from __future__ import annotations

import time

from resnet_viz.training.plan import Plan
from resnet_viz.ui.cache.runs.live import LiveRun
from resnet_viz.ui.server.asking import use_workers
from resnet_viz.workers.pool import LocalWorkers
from tests.bench.report import print_seconds
from tests.bench.training.steps import digits_net

_NETS = [(depth, shortcut) for depth in (20, 56) for shortcut in ("none", "A")]


def bench_stopping() -> None:
    """In this process and workers of its own, without a page."""
    print("\nFour nets that are told to stop")
    workers = LocalWorkers(2**30, lambda owner: True)
    before = use_workers(workers)
    runs = [LiveRun(Plan(digits_net(*net), steps=3_000), "cpu", "") for net in _NETS]
    for run in runs:
        run.go("en")
    while not all(run.n_steps for run in runs):
        time.sleep(0.01)
    begun = time.perf_counter()
    for run in runs:
        run.stop()
    while any(worker.task is not None for worker in workers._workers):
        time.sleep(0.001)
    print_seconds("from the word to four idle workers", time.perf_counter() - begun, 0.5)
    workers.close()
    use_workers(before)
