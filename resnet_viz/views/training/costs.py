"""What a training will cost, in words, and what to change where it would take too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_viz.i18n import _, n_
from resnet_viz.training.cost import Speed, step_macs, step_seconds
from resnet_viz.units import format_exact, format_macs

MOST_SECONDS = 20 * 60
"""Of a training that is begun on the page."""


@dataclass(frozen=True, slots=True)
class NetCost:
    """What a net takes: ops and multiply-adds of a forward pass on one picture, and in how many runs it is trained."""

    n_ops: int
    n_macs: int
    n_runs: int = 1


@dataclass(frozen=True, slots=True)
class Cost:
    """Multiply-adds of one step of each net together and of all steps, seconds until the last run is done."""

    step_macs: int
    macs: int
    seconds: float
    most_steps: int
    """As many steps would take as long as is allowed."""

    @property
    def is_allowed(self) -> bool:
        """Whether it may be begun."""
        return self.seconds <= MOST_SECONDS


def find_cost(nets: Sequence[NetCost], batch: int, steps: int, speed: Speed, n_side_by_side: int) -> Cost:
    """Returns the cost of a training; at most so many nets are trained side by side, each in one thread."""
    each = [step_seconds(net.n_ops, net.n_macs, batch, speed) for net in nets]
    a_step = sum(step_macs(net.n_macs, batch) for net in nets)
    every = sum(step_macs(net.n_macs, batch) * net.n_runs for net in nets)
    together = sum(seconds * net.n_runs for seconds, net in zip(each, nets, strict=True)) / max(1, n_side_by_side)
    slowest = max((seconds for seconds, net in zip(each, nets, strict=True) if net.n_runs), default=0.0)
    per_step = max(together, slowest)
    return Cost(a_step, every * steps, per_step * steps, int(MOST_SECONDS / per_step) if per_step else steps)


def cost_words(cost: Cost, n_runs: int, steps: int) -> str:
    """Returns a sentence on what a training takes."""
    runs = n_("{n} run", "{n} runs", n_runs).format(n=n_runs)
    return n_(
        "{runs} of {steps} step: {step} a step of all nets, {all} in all, about {time} on this machine alone.",
        "{runs} of {steps} steps: {step} a step of all nets, {all} in all, about {time} on this machine alone.",
        steps,
    ).format(
        runs=runs,
        steps=format_exact(steps),
        step=format_macs(cost.step_macs),
        all=format_macs(cost.macs),
        time=duration_words(cost.seconds),
    )


def refusal_words(cost: Cost) -> str:
    """Returns what to change where a training would take too long."""
    most = duration_words(MOST_SECONDS)
    if cost.most_steps >= 1:
        return _(
            "That is more than the {most} that a training may take here. Choose at most {n} steps, shallower or "
            "narrower nets, smaller pictures, or a smaller batch."
        ).format(most=most, n=format_exact(cost.most_steps))
    return _(
        "Even one step is more than the {most} that a training may take here. Choose shallower or narrower nets, "
        "smaller pictures, or a smaller batch."
    ).format(most=most)


def duration_words(seconds: float) -> str:
    """Returns a time as in 40 s, 3 min, 2 h."""
    if seconds < 90:
        return _("{n} s").format(n=max(1, round(seconds)))
    minutes = seconds / 60
    return _("{n} min").format(n=round(minutes)) if minutes < 120 else _("{n} h").format(n=f"{minutes / 60:.1f}")
