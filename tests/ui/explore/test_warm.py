"""Drawings made before anyone asks: they hold nobody up, not even who leaves."""

from __future__ import annotations

import subprocess
import sys

from resnet_viz.spec.resnet import TORCHVISION
from resnet_viz.ui.explore import warm
from tests.places import ROOT

# Each drawing takes its time and says when it is done. (In torch's C++ a thread that the end cuts off aborts.)
_LEAVES_AMID_A_DRAWING = """
import sys, threading, time
from importlib import import_module
warm = import_module(sys.argv[1])

def draw(*_wanted):
    print("begun", flush=True)
    begun.set()
    time.sleep(0.3)
    print("done", flush=True)

begun = threading.Event()
warm.cache.lay_out_drawing = draw
warm.warm_presets("strip", "en")
begun.wait()
"""


def test_the_drawing_at_work_is_finished_when_the_process_ends_and_the_others_are_left() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _LEAVES_AMID_A_DRAWING, warm.__name__],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = ended.stdout.split()
    assert ended.returncode == 0
    assert 0 < said.count("begun") == said.count("done") < len(TORCHVISION)
    assert "Traceback" not in ended.stderr
