"""Drawings made before anyone asks: they hold nobody up, not even who leaves."""

from __future__ import annotations

import subprocess
import sys

from resnet_viz.ui.explore import warm
from tests.places import ROOT

# A thread that waits within what torch has called back, when the interpreter ends, is ended there: torch aborts.
_LEAVES_WHILE_TORCH_IS_AT_WORK = """
import sys, threading, time, torch
from importlib import import_module
from torch.utils._python_dispatch import TorchDispatchMode

class Slow(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        at_work.set()
        time.sleep(0.01)
        return func(*args, **(kwargs or {}))

def draw(*_wanted):
    with Slow():
        for _ in range(50):
            torch.ones(1)

at_work = threading.Event()
warm = import_module(sys.argv[1])
warm.cache.get_drawing = draw
warm.warm_presets("strip", "en")
at_work.wait()
"""


def test_who_leaves_while_drawings_are_made_leaves_in_peace() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _LEAVES_WHILE_TORCH_IS_AT_WORK, warm.__name__],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr
