"""The graph beside Netron opening the same net: a round of ours, a round of Netron's, and so on."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext

from tests.bench import graph, viewer
from tests.bench.graph import Times
from tests.bench.report import print_amount, print_ratio

ROUNDS = 5
_WHAT = {"pick": "ResNet-152 picked, folded graph", "ops": f"ops of all 152 layers ({graph.N_OPS} boxes)"}
_LEVELS = {"pick": "net to ResNet-152", "ops": "folded to ops", "blocks": "ops to blocks", "folded": "blocks to folded"}
_PARTS = {"run": "a run opened into 35 blocks", "block": "a block opened into its ops"}
_BOUND = {"pick": 0.20, "ops": 0.35}


def bench_graph(browser: Browser, with_netron: bool) -> None:
    """Every time of the graph, and what it leaves behind."""
    times, blocks = graph.new_times(), graph.new_times()
    with tempfile.TemporaryDirectory() as name, graph.open_context(browser) as context:
        folder = Path(name)
        files = viewer.export_resnet152(folder) if with_netron else {}
        for _ in range(ROUNDS):
            graph.run_round(context, folder / "log", times, blocks)
            for place, file in files.items():
                _open_netron(context, place, file, folder / "log", times)
        print(f"\nThe graph of ResNet-152 in Chromium, wall time, median of {ROUNDS} rounds in turn")
        if files:
            _print_beside(times, {place: file.stat().st_size for place, file in files.items()})
        _print_own(times, blocks)
        _print_leftovers(graph.measure_leftovers(context, folder / "log"))


def _open_netron(context: BrowserContext, place: str, file: Path, log: Path, times: Times) -> None:
    with viewer.serve_netron(file, log) as url:
        page, watch, opened = viewer.open_netron(context, url)
        times[f"netron, {place}"].append(opened)
        times["netron blocks"].append(watch.longest_block())
        times["netron click"] += viewer.click_nodes(page)
        page.close()


def _print_beside(times: Times, sizes: dict[str, int]) -> None:
    for place, size in sizes.items():
        label = f"Netron's open, weights {place} the file ({size / 1e6:.1f} MB)"
        print_amount(label, median(times[f"netron, {place}"]), "ms")
    # A drawing needs no weights, and the exporter's own way is to put them beside the file, where Netron leaves them:
    # the aims are held against whichever file Netron opens sooner.
    opened = min(median(times[f"netron, {place}"]) for place in sizes)
    for state in ("cold", "cached"):
        for what, label in _WHAT.items():
            value = median(times[f"{what}, {state}"])
            print_ratio(f"{label}, {state} ({value:.0f} ms) ÷ Netron", value / opened, _BOUND[what])
    ours, theirs = median(times["click"]), median(times["netron click"])
    print_ratio(f"click to facts ({ours:.0f} ms) ÷ Netron's side panel ({theirs:.0f} ms)", ours / theirs, 1.0)
    print_amount("Netron's longest block of the page while it opens", median(times["netron blocks"]), "ms")


def _print_own(times: Times, blocks: Times) -> None:
    for name, label in _LEVELS.items():
        for state in ("cold", "cached"):
            print_amount(f"{label}, {state}", median(times[f"{name}, {state}"]), "ms")
    print_amount("a net of one's own of that size, typed in: folded graph", median(times["own, cold"]), "ms")
    print_amount("click to facts", median(times["click"]), "ms")
    for name, label in _PARTS.items():
        for state in ("cold", "cached"):
            print_amount(f"{label} by double-click, {state}", median(times[f"{name}, {state}"]), "ms", 300)
    print_amount(f"{_PARTS['block']} by its key", median(times["block by key"]), "ms", 300)
    for name, label in (_LEVELS | _PARTS).items():
        tasks = blocks[name]
        print_amount(f"longest block of the page: {label} (worst {max(tasks):.0f} ms)", median(tasks), "ms", 200)


def _print_leftovers(more: dict[str, float]) -> None:
    # Streamlit's own page leaves about 12 listeners, 200 nodes and 1 MiB, without any drawing on it. A drawing that
    # stayed behind at each switch would be thousands of nodes.
    print(f"\nLeft behind by {graph.SWITCHES} switches between nets, after a collection")
    for unit, bound in {"listeners": graph.SWITCHES, "nodes": 500, "MiB": 4}.items():
        print_amount("of the whole page", more[unit], unit, bound)
