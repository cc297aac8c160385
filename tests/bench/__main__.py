"""How fast it is, as ratios inside one process where that can be: the machine may be shared and noisy.

`make bench` prints everything. `--no-page` leaves out what needs a browser, `--no-netron` what stands beside Netron.
"""

from __future__ import annotations

import argparse

import torch

from tests.bench.beside import bench_graph
from tests.bench.compare import bench_compare
from tests.bench.engine import bench_depth, bench_drawing, bench_repeats, bench_trace_files, bench_tracing
from tests.bench.files import bench_files
from tests.bench.insight import bench_insight
from tests.bench.maps import bench_mosaics
from tests.bench.page import bench_page
from tests.bench.training.page import bench_training_page
from tests.bench.training.seeds import bench_seeds
from tests.bench.training.steps import bench_steps
from tests.bench.training.stopping import bench_stopping
from tests.bench.viewer import is_installed
from tests.bench.walk import bench_slider, bench_walk
from tests.browser.serving import launch_chromium


def main() -> None:
    """Print every figure with its bound."""
    options = _read_options()
    torch.set_num_threads(1)
    if not options.only_graph:
        bench_tracing()
        bench_repeats()
        bench_depth()
        bench_trace_files()
        bench_drawing()
        bench_compare()
        bench_walk()
        bench_insight()
        bench_mosaics()
        bench_files()
        bench_steps()
        bench_seeds()
        bench_stopping()
    if options.no_page:
        return
    with launch_chromium() as browser:
        if not options.only_graph:
            bench_page(browser)
            bench_slider(browser)
            bench_training_page(browser)
        bench_graph(browser, with_netron=not options.no_netron)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=main.__doc__)
    parser.add_argument("--no-page", action="store_true", help="leave out what needs a browser")
    parser.add_argument("--no-netron", action="store_true", help="leave out Netron, and the export it needs")
    parser.add_argument("--only-graph", action="store_true", help="nothing but the graph in the browser")
    options = parser.parse_args()
    if not (options.no_page or options.no_netron or is_installed()):
        parser.error(
            "netron, onnx or onnxscript is missing: pip install -r requirements-bench.txt, or give --no-netron"
        )
    return options


if __name__ == "__main__":
    main()
