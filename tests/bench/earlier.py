"""Tracing here against another commit: `python -m tests.bench.earlier CHECKOUT`, a folder with that commit checked out.

Both run in turn in processes of their own, each time anew; what counts is CPU time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from statistics import median

from tests.bench.report import print_ratio
from tests.places import ROOT

ROUNDS = 5
BOUNDS = {
    "ResNet-152, module to Trace": 0.33,
    "ResNet-152, spec to Trace": 0.4,
    "bottleneck 3-4-200-3, spec to Trace": 0.3,
}
# Of an earlier commit only the public names are known to be there.
_SCRIPT = """
import statistics, time, torch
from resnet_viz import PRESETS, ResNetSpec, build_model, trace_model, trace_spec

def measure(job):
    times = []
    for _ in range(12):
        start = time.thread_time()
        job()
        times.append(time.thread_time() - start)
    return statistics.median(times[1:])

torch.set_num_threads(1)
spec, deep = PRESETS["resnet152"], ResNetSpec("bottleneck", (3, 4, 200, 3))
model = build_model(spec)
for job in (lambda: trace_model(model, spec.input_shape), lambda: trace_spec(spec), lambda: trace_spec(deep)):
    print(measure(job))
"""


def main(arguments: Sequence[str]) -> None:
    """Prints a row for each way to a Trace."""
    (checkout,) = arguments
    times: dict[str, list[list[float]]] = {str(ROOT): [], checkout: []}
    for _round in range(ROUNDS):
        for folder, measured in times.items():
            measured.append(_measure(folder))
    here, there = (_medians(measured) for measured in times.values())
    print(f"Here ÷ {checkout}, CPU time, median of {ROUNDS} processes each in turn")
    for label, bound in BOUNDS.items():
        print_ratio(label, here[label] / there[label], bound)


def _measure(folder: str) -> list[float]:
    environment = {**os.environ, "PYTHONPATH": folder, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", _SCRIPT]
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return [float(line) for line in done.stdout.splitlines()]


def _medians(measured: Sequence[Sequence[float]]) -> Mapping[str, float]:
    return dict(zip(BOUNDS, map(median, zip(*measured, strict=True)), strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
