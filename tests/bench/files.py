"""Files of weights: which net one is of, in a process of its own, and loading it, against torch and safetensors."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import safetensors.torch
import torch

from resnet_viz import PRESETS, build_model
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
# A first load, as of who loads a file: in a process that has loaded before, most is decided by the memory left over.
# In whose load Python looks through all that the imports left (0.2 s), would be chance.
_LOAD = """
import gc, sys, time
from pathlib import Path
import safetensors.torch, torch
from resnet_viz import PRESETS, build_model, load_weights
net, path = build_model(PRESETS["resnet50"]), Path(sys.argv[2])
gc.collect()
started = time.perf_counter()
if sys.argv[1] == "ours":
    load_weights(net, path)
else:
    net.load_state_dict(torch.load(path) if path.suffix == ".pth" else safetensors.torch.load_file(path))
print(time.perf_counter() - started)
"""
_ROUNDS = 9


def bench_files() -> None:
    """A ResNet-50's 98 MiB, as torch and as safetensors write them."""
    state = build_model(PRESETS["resnet50"], seed=1).state_dict()
    print("\nA file of ResNet-50's weights (98 MiB), each time in a fresh process")
    with tempfile.TemporaryDirectory() as folder:
        pth, tensors = Path(folder, "r50.pth"), Path(folder, "r50.safetensors")
        torch.save(state, pth)
        safetensors.torch.save_file(state, tensors)
        for path, reader in ((pth, "torch.load"), (tensors, "load_file")):
            seconds, peak = _recognise(path)
            print_seconds(f"recognise, imports included, {path.suffix}", seconds, 0.3)
            print_amount("  peak memory of that process", peak, "MiB", 32 + path.stat().st_size / 2**20)
            ours, theirs = _in_turn(path)
            print_ratio(f"load_weights ÷ {reader} and load_state_dict", ours / theirs, 1.3)


def _in_turn(path: Path) -> tuple[float, float]:
    """Returns the seconds on the clock of loading with `load_weights`, and of the usual way; medians."""
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(_ROUNDS):
        for who, taken in times.items():
            taken += _told(_LOAD, who, str(path))
    return median(times["ours"]), median(times["theirs"])


def _told(code: str, *arguments: str) -> list[float]:
    """Runs a program, and returns the numbers that it prints."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [float(number) for number in done.stdout.split()]


def _recognise(path: Path) -> tuple[float, float]:
    """Returns the seconds of the call, imports included, and the peak memory in MiB; the least of three."""
    seconds, peaks = zip(*(_told(_RECOGNISE, str(path)) for _ in range(3)), strict=True)
    return min(seconds), min(peaks)
