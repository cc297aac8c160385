"""Trains one net: `train` runs a plan to its end, `Training` gives its steps one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from time import perf_counter
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_viz.model.net.build import build_model
from resnet_viz.model.net.devices import check_device
from resnet_viz.model.net.seeding import Seeded
from resnet_viz.model.train.data import open_feed
from resnet_viz.model.train.places import GradientNorms
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.plan import Plan, Recipe, is_measured, kept_steps
from resnet_viz.training.run import Begun, Moment, Run, Step, make_run

_HELD_BATCH = 512
OnStep = Callable[[Step], None]
_USUAL = Recipe()


def train(
    spec: ResNetSpec,
    data: str = "digits",
    steps: int = 300,
    seed: int = 0,
    device: str = "cpu",
    recipe: Recipe = _USUAL,
    on_step: OnStep | None = None,
) -> Run:
    """Trains a net from its random start and returns the run; it is trained where this is called, in one thread.

    data: `digits` (8×8, one channel, ten classes) or `cifar10`, brought to the net's input size and channels.
    on_step: called after each step; what it raises ends the training. Equal arguments give equal bits on one machine's
    CPU; on a GPU they need not. A run whose loss is no finite number ends there.

    Raises SpecError for arguments that no run can have, DeviceError for an unknown device, WeightsError for data that
    is not on this machine.
    """
    plan = Plan(spec, data, steps, seed, recipe)
    training = Training(plan, device)
    done = []
    for step in training.run():
        done.append(step)
        if on_step is not None:
            on_step(step)
    return make_run(plan, str(training.device), training.begun, done)


class Training:
    """A net in training. `start`: the moment to go on from, with its velocity; None begins anew.

    Raises SpecError and DeviceError.
    """

    def __init__(self, plan: Plan, device: str = "cpu", start: Moment | None = None) -> None:
        self.plan, self.device = plan, check_device(device)
        self._feed = open_feed(plan.data, plan.spec, self.device)
        self.model = build_start(plan.spec, plan.seed, plan.recipe.start).to(self.device).train()
        self._parameters = [value for value in self.model.parameters() if value.requires_grad]
        recipe = plan.recipe
        self._optimiser = torch.optim.SGD(
            self._parameters, recipe.lr, recipe.momentum, weight_decay=recipe.weight_decay, foreach=True
        )
        self._norms = GradientNorms(self.model)
        self._kept = set(kept_steps(plan.steps, sum(value.nbytes for value in self.model.state_dict().values())))
        self._first = start.step if start is not None else 0
        if start is not None:
            self._restore(start)
        # Plain text: torch's own class of it would have whoever reads it import torch.
        self.begun = Begun(self._norms.places, self.moment(self._first), {"torch": str(torch.__version__)})

    def run(self) -> Iterator[Step]:
        """Yields each step after it is done, until the last, or one whose loss is no finite number."""
        for number in range(self._first, self.plan.steps):
            with one_thread():
                step = self._do(number)
            yield step
            if not isfinite(step.loss):
                return

    def moment(self, step: int) -> Moment:
        """Returns the weights as they are, and the velocity."""
        weights = {name: _copied(value) for name, value in self.model.state_dict().items()}
        velocity = {
            name: _copied(self._optimiser.state[value]["momentum_buffer"])
            for name, value in self.model.named_parameters()
            if self._optimiser.state[value].get("momentum_buffer") is not None
        }
        return Moment(step, weights, velocity)

    def held_error(self) -> float:
        """Returns the share of wrong answers on the pictures held out, in eval mode."""
        self.model.eval()
        with torch.no_grad():
            wrong = [
                (self.model(images).argmax(1) != labels).sum().item() for images, labels in self._feed.held(_HELD_BATCH)
            ]
        self.model.train()
        return float(sum(wrong)) / len(self._feed.pictures.held_labels)

    def _do(self, number: int) -> Step:
        begun = perf_counter()
        images, labels = self._feed.batch(number, self.plan.recipe.batch, self.plan.seed)
        self._optimiser.zero_grad()
        scores = self.model(images)
        loss = F.cross_entropy(scores, labels)
        loss.backward()
        norms = self._norms.measure()
        self._optimiser.step()
        found = torch.stack((loss.detach(), (scores.argmax(1) != labels).float().mean())).tolist()
        seconds = perf_counter() - begun
        after = number + 1
        is_last = after == self.plan.steps or not isfinite(found[0])
        held = self.held_error() if is_last or is_measured(after, self.plan.steps) else None
        kept = self.moment(after) if is_last or after in self._kept else None
        return Step(number, found[0], found[1], norms, seconds, held, kept)

    def _restore(self, start: Moment) -> None:
        self.model.load_state_dict({name: torch.tensor(value) for name, value in start.weights.items()})
        named: Mapping[str, nn.Parameter] = dict(self.model.named_parameters())
        for name, value in (start.velocity or {}).items():
            self._optimiser.state[named[name]]["momentum_buffer"] = torch.tensor(value, device=self.device)


def build_start(spec: ResNetSpec, seed: int, start: str) -> nn.Module:
    """Returns a net before its first step, in eval mode: torchvision's start, or the layers' own.

    Raises SpecError.
    """
    model = build_model(spec, seed=seed)
    if start == "torch":
        norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d | nn.GroupNorm)]
        at_zero = [norm.weight for norm in norms if not norm.weight.any()]
        with Seeded(seed):
            for module in model.modules():
                reset: Any = getattr(module, "reset_parameters", None)
                if reset is not None:
                    reset()
        with torch.no_grad():
            for weight in at_zero:
                weight.zero_()
    return model


@contextmanager
def one_thread() -> Iterator[None]:
    """In this context torch computes in one thread, so that sums have one order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _copied(value: Tensor) -> np.ndarray[Any, Any]:
    return value.detach().cpu().numpy().copy()
