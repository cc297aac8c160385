"""Files of weights: which net one is of, in a process of its own, and loading it, against torch and safetensors."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

import safetensors.torch
import torch

from resnet_viz import PRESETS, build_model, load_weights
from tests.bench.report import print_amount, print_ratio, print_seconds
from tests.places import ROOT

# Peak memory of the process itself: what a child is given when it starts belongs to its parent.
_RECOGNISE = """
import sys, time
from pathlib import Path
started = time.perf_counter()
from resnet_viz import recognise
assert recognise(Path(sys.argv[1])).is_sure and "torch" not in sys.modules
seconds = time.perf_counter() - started
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(seconds, int(peak) / 1024)
"""
_ROUNDS = 15


def bench_files() -> None:
    """A ResNet-50's 98 MiB, as torch and as safetensors write them."""
    net, state = build_model(PRESETS["resnet50"]), build_model(PRESETS["resnet50"], seed=1).state_dict()
    print("\nA file of ResNet-50's weights (98 MiB)")
    with tempfile.TemporaryDirectory() as folder:
        pth, tensors = Path(folder, "r50.pth"), Path(folder, "r50.safetensors")
        torch.save(state, pth)
        safetensors.torch.save_file(state, tensors)
        for path in (pth, tensors):
            seconds, peak = _recognise(path)
            print_seconds(f"recognise in a fresh process, {path.suffix}", seconds, 0.3)
            print_amount("  peak memory of that process", peak, "MiB", 32 + path.stat().st_size / 2**20)
        times = _in_turn(
            {
                "torch": lambda: net.load_state_dict(torch.load(pth)),
                "pth": lambda: load_weights(net, pth),
                "safetensors": lambda: net.load_state_dict(safetensors.torch.load(tensors.read_bytes())),
                "tensors": lambda: load_weights(net, tensors),
            }
        )
    print_ratio("load_weights ÷ torch.load and load_state_dict", times["pth"] / times["torch"], 1.3)
    print_ratio(
        "load_weights ÷ safetensors.torch.load and load_state_dict", times["tensors"] / times["safetensors"], 1.3
    )


def _in_turn(jobs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Returns the median of each job's seconds on the clock: part of the work is done beside."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(_ROUNDS):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            times[name].append(time.perf_counter() - started)
    return {name: median(taken) for name, taken in times.items()}


def _recognise(path: Path) -> tuple[float, float]:
    """Returns the seconds of the call, imports included, and the peak memory in MiB; the least of three."""
    commands = [[sys.executable, "-c", _RECOGNISE, str(path)]] * 3
    told = [
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout for command in commands
    ]
    seconds, peaks = zip(*(map(float, line.split()) for line in told), strict=True)
    return min(seconds), min(peaks)
