"""Feature maps as pictures, in CPU time at one thread against a forward pass of the same ResNet-152."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image

from resnet_viz import PRESETS, build_model, capture
from resnet_viz.views.maps.tiles import make_mosaic
from tests.bench.engine import forward, interleaved
from tests.bench.report import print_amount, print_ratio

ROUNDS = 9
STAGES = ("layer1", "layer2", "layer3", "layer4")


def bench_mosaics() -> None:
    """Every channel of the four stages as one PNG each; what is captured of them meanwhile counts, too."""
    spec = PRESETS["resnet152"]
    model, tensor = build_model(spec), torch.randn(spec.input_shape)
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8))
    maps = capture(model, picture, STAGES)
    jobs: dict[str, Callable[[], object]] = {
        "forward": lambda: forward(model, tensor),
        "mosaics": lambda: [make_mosaic(maps[stage]) for stage in STAGES],
        "capture": lambda: capture(model, picture, STAGES),
    }
    times = interleaved(jobs, ROUNDS)
    print(f"\nMosaics of four stages of ResNet-152, {sum(len(maps[stage]) for stage in STAGES):,} channels")
    print_amount("mosaics, PNG included", times["mosaics"] * 1e3, "ms")
    print_ratio("(forward + mosaics) ÷ forward", 1 + times["mosaics"] / times["forward"], 1.25)
    print_ratio("(capture + mosaics) ÷ forward (to compare)", (times["capture"] + times["mosaics"]) / times["forward"])
