"""What is seen of a net, in CPU time at one thread against a forward pass of the same ResNet-152.

Each figure is of the whole call, with the picture's preparation, which the plain passes are spared.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import torch

from resnet_viz import PRESETS, build_model, capture
from resnet_viz.model.run.block_maps import block_changes, capture_block
from resnet_viz.model.run.gradients import grad_cam
from resnet_viz.model.run.inputs import to_input
from resnet_viz.pictures.samples import sample_image
from tests.bench.engine import interleaved
from tests.bench.report import print_ratio

ROUNDS = 15
STAGES = ("layer1", "layer2", "layer3", "layer4")


def bench_insight() -> None:
    """Each round measures all of them in turn, so that a slow moment is slow for all."""
    spec, picture = PRESETS["resnet152"], sample_image("cat")
    model = build_model(spec, seed=0)
    image = to_input(picture, spec.input_size)
    # As the app does: what torch's import made need not be gone through whenever a collection falls due.
    gc.collect()
    gc.freeze()
    sums = [f"layer{stage + 1}.{block}.add" for stage, n in enumerate(spec.layers) for block in range(n)]
    maps: dict[str, Callable[[], object]] = {
        "forward": lambda: _forward(model, image),
        "one node": lambda: capture(model, picture, "layer4.2.add"),
        "one block": lambda: capture_block(model, picture, "layer4.2"),
        "all sums": lambda: capture(model, picture, sums),
        "all changes": lambda: block_changes(model, picture),
    }
    # On their own: what a way back frees makes the pass after it slower, whichever that is.
    ways_back: dict[str, Callable[[], object]] = {
        "to layer4": lambda: _back_by_hand(model, image, 4),
        "cam layer4": lambda: grad_cam(model, picture, "layer4", 0),
        "to layer1": lambda: _back_by_hand(model, image, 1),
        "cam layer1": lambda: grad_cam(model, picture, "layer1", 0),
    }
    times = interleaved(maps, ROUNDS) | interleaved(ways_back, ROUNDS)
    print(f"\nWhat is seen of ResNet-152 at 224×224, one thread, CPU time, median of {ROUNDS} rounds in turn")
    print(f"  {'forward pass':70}{times['forward'] * 1e3:8.1f} ms")
    print_ratio("last block's sum ÷ forward", times["one node"] / times["forward"], 1.05)
    print_ratio("last block's five maps ÷ forward", times["one block"] / times["forward"])
    print_ratio("all 50 blocks' sums ÷ forward", times["all sums"] / times["forward"], 1.15)
    print_ratio("all 50 blocks' norms and cosines ÷ forward", times["all changes"] / times["forward"], 1.15)
    for stage in ("layer4", "layer1"):
        ratio = times[f"cam {stage}"] / times[f"to {stage}"]
        print_ratio(f"Grad-CAM at {stage} ÷ forward + backward to there, by hand", ratio, 1.15)


def _forward(model: torch.nn.Module, image: torch.Tensor) -> None:
    with torch.inference_mode():
        model(image)


def _back_by_hand(model: Any, image: torch.Tensor, n_stages: int) -> None:
    """The least a gradient at a stage's output costs: nothing before it is recorded for the way back."""
    with torch.no_grad():
        x = model.maxpool(model.relu(model.bn1(model.conv1(image))))
        for stage in STAGES[:n_stages]:
            x = getattr(model, stage)(x)
    start = x.requires_grad_()
    x = start.clone()
    for stage in STAGES[n_stages:]:
        x = getattr(model, stage)(x)
    torch.autograd.grad(model.fc(model.avgpool(x).flatten(1))[0, 0], start)
