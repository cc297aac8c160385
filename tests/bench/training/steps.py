"""A step of training beside the same step in a loop of torch alone, both in turn in one process."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import torch
import torch.nn.functional as F

from resnet_viz.model.train.loop import Training
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.plan import Plan
from tests.bench.report import print_amount, print_ratio

_N_STEPS = 150


def digits_net(depth: int, shortcut: str) -> ResNetSpec:
    """The nets of the page's first view: CIFAR form at 8×8, widths 8, 16 and 32."""
    n = (depth - 2) // 6
    return ResNetSpec(
        "basic",
        (n, n, n),
        num_classes=10,
        in_channels=1,
        input_size=(8, 8),
        shortcut=shortcut,
        stem="3x3",
        widths=(8, 16, 32),
    )


def bench_steps() -> None:
    """Gradient norms included, evaluations apart."""
    print("\nA step of training on digits, batch 64, one thread, beside a bare loop of torch")
    for depth in (20, 56):
        ours, bare = _in_turn(Plan(digits_net(depth, "A"), steps=_N_STEPS + 1))
        print_ratio(f"residual {depth}, gradient norms included", median(ours) / median(bare), 1.1)
        print_amount(f"  a step of residual {depth}", 1_000 * median(ours), "ms")


def _in_turn(plan: Plan) -> tuple[list[float], list[float]]:
    steps, bare = Training(plan).run(), _bare(plan)
    ours, theirs = [], []
    for _n in range(_N_STEPS):
        ours.append(next(steps).seconds)
        theirs.append(next(bare))
    return ours, theirs


def _bare(plan: Plan) -> Any:
    """Yields the seconds of each step of the shortest loop, which ends with the loss as a number."""
    training = Training(plan)
    model, pictures = training.model, training._feed.pictures
    optimiser = torch.optim.SGD(model.parameters(), plan.recipe.lr, plan.recipe.momentum)
    while True:
        begun = time.perf_counter()
        chosen = torch.randperm(len(pictures.labels))[: plan.recipe.batch]
        optimiser.zero_grad()
        loss = F.cross_entropy(model(pictures.train[chosen]), pictures.labels[chosen])
        loss.backward()
        optimiser.step()
        loss.item()
        yield time.perf_counter() - begun
