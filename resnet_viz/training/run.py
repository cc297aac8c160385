"""What came of a training run: its curves, and the weights at some of its moments, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.training.plan import Plan

Floats = NDArray[np.float32]
Values = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """The weights after `step` updates, as in a state dict; `velocity`, where kept, is what training goes on with."""

    step: int
    weights: Values
    velocity: Values | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One update as it was: loss and error of its batch before it, in train mode.

    gradient_norms: (places,), Euclidean norm over all parameters of a place; held_error: share of wrong answers on the
    pictures held out, after this update, in eval mode; None where it was not measured.
    """

    number: int
    """From 0; after it, `number + 1` updates are done."""
    loss: float
    error: float
    gradient_norms: Floats
    seconds: float
    held_error: float | None = None
    moment: Moment | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """What is known before the first step: the places of gradient norms, the weights, and versions of what trains."""

    places: tuple[str, ...]
    start: Moment
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A finished training run, or one that ended early: `n_steps` says how far it came.

    Arrays are read-only. losses, errors: (n_steps,), of each step's batch before its update, in train mode.
    gradient_norms: (n_steps, places), in train mode. seconds: (n_steps,). held_steps, held_errors: after how many
    updates the pictures held out were asked for, in eval mode, and the share of wrong answers. moments: in order of
    their steps.
    """

    plan: Plan
    device: str
    places: tuple[str, ...]
    """`conv1`, the blocks, as in `layer1.0`, and `fc`."""
    losses: Floats = field(repr=False)
    errors: Floats = field(repr=False)
    gradient_norms: Floats = field(repr=False)
    seconds: Floats = field(repr=False)
    held_steps: NDArray[np.int64] = field(repr=False)
    held_errors: Floats = field(repr=False)
    moments: tuple[Moment, ...] = field(repr=False)
    versions: Mapping[str, str]
    """Of what trained, as of torch."""

    def __post_init__(self) -> None:
        for array in (self.losses, self.errors, self.gradient_norms, self.seconds, self.held_steps, self.held_errors):
            array.flags.writeable = False

    @property
    def n_steps(self) -> int:
        """Updates that were done."""
        return len(self.losses)

    @property
    def has_diverged(self) -> bool:
        """Whether it ended because its loss was no finite number."""
        return bool(self.n_steps) and not isfinite(float(self.losses[-1]))

    @property
    def final_loss(self) -> float:
        """Mean loss of the last ten steps."""
        return float(self.losses[-10:].mean())

    @property
    def final_error(self) -> float:
        """Mean error of the last ten steps' batches, in train mode."""
        return float(self.errors[-10:].mean())

    @property
    def held_error(self) -> float:
        """Error on the pictures held out at the last time they were asked for, in eval mode."""
        return float(self.held_errors[-1])

    def moment_at(self, step: int) -> Moment:
        """Returns the weights after `step` updates. Raises SpecError for a step that was not kept."""
        found = next((moment for moment in self.moments if moment.step == step), None)
        if found is not None:
            return found
        kept = ", ".join(str(moment.step) for moment in self.moments)
        raise SpecError(_("Step: got {got}. The weights are kept of the steps {kept}.").format(got=step, kept=kept))

    def save(self, path: Path | str) -> None:
        """Writes the run as JSON, as in `run.json`, and its weights beside it, as in `run.safetensors`.

        Raises ResnetVizError where no file can stand there.
        """
        from resnet_viz import save_run  # an upper layer, as in `Trace.save`

        save_run(self, path)


def make_run(plan: Plan, device: str, begun: Begun, steps: Sequence[Step]) -> Run:
    """Returns the run of a plan's steps, all from the first on.

    Only the last moment keeps its velocity, so that training can go on from there.
    """
    held = [(step.number + 1, step.held_error) for step in steps if step.held_error is not None]
    moments = [begun.start, *(step.moment for step in steps if step.moment is not None)]
    return Run(
        plan,
        device,
        begun.places,
        losses=_floats([step.loss for step in steps]),
        errors=_floats([step.error for step in steps]),
        gradient_norms=np.array([step.gradient_norms for step in steps], np.float32).reshape(-1, len(begun.places)),
        seconds=_floats([step.seconds for step in steps]),
        held_steps=np.array([step for step, _error in held], np.int64),
        held_errors=_floats([error for _step, error in held]),
        moments=(*(Moment(moment.step, moment.weights) for moment in moments[:-1]), moments[-1]),
        versions=begun.versions,
    )


def _floats(values: Sequence[float]) -> Floats:
    return np.array(values, np.float32)
