"""How a net is trained: the recipe, all that a run depends on, and which of its moments are kept."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from math import isfinite
from numbers import Integral, Real
from typing import Any

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.spec.resnet import ResNetSpec

DATA = ("digits", "cifar10")
"""Names of the data sets that nets are trained with."""
STARTS = ("he", "torch")
MOST_STEPS, MOST_BATCH, MOST_SEED = 100_000, 1_024, 2**63 - 1
_MOST_RATE = 100.0
_MOMENT_BYTES = 40 * 2**20
"""Bytes of all kept moments of a run."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a net is trained: stochastic gradient descent on cross entropy.

    batch: pictures a step, 2 to 1,024. lr: learning rate, the same at all steps. momentum: 0 to below 1.
    weight_decay: from 0. start: `he` (normal distribution by fan-out, as torchvision's nets have it) or `torch` (the
    layers' own start, uniform with a=√5, which makes each branch small).

    Raises SpecError, with the value received, the allowed values and what to do.
    """

    batch: int = 64
    lr: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 0.0
    start: str = "he"

    def __post_init__(self) -> None:
        _check_whole("batch", self.batch, 2, MOST_BATCH)
        _check_number("lr", self.lr, 0.0, _MOST_RATE)
        _check_number("momentum", self.momentum, 0.0, 0.999)
        _check_number("weight_decay", self.weight_decay, 0.0, 1.0)
        _check_choice("start", self.start, STARTS)

    def changes(self) -> dict[str, Any]:
        """Returns what differs from the usual recipe, by name."""
        usual = Recipe()
        values = {name.name: getattr(self, name.name) for name in fields(self)}
        return {name: value for name, value in values.items() if value != getattr(usual, name)}


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a run depends on; equal plans have equal runs on one machine's CPU.

    spec: the net, at the input size and number of channels that it is trained with. data: `digits` or `cifar10`.
    steps: how many updates. seed: of the start weights and of the order of pictures, from 0 to 2⁶³ - 1.

    Raises SpecError.
    """

    spec: ResNetSpec
    data: str = "digits"
    steps: int = 300
    seed: int = 0
    recipe: Recipe = field(default_factory=Recipe)

    def __post_init__(self) -> None:
        if not isinstance(self.spec, ResNetSpec):
            raise SpecError(
                _('Net: got {got}. Pass a ResNetSpec, as in PRESETS["digits20"].').format(got=shown(self.spec))
            )
        _check_choice("data", self.data, DATA)
        _check_whole("steps", self.steps, 1, MOST_STEPS)
        _check_whole("seed", self.seed, 0, MOST_SEED)


def kept_steps(steps: int, moment_bytes: int, most: int = _MOMENT_BYTES) -> tuple[int, ...]:
    """Returns after how many updates weights are kept: start, powers of two, each tenth, end, within `most` bytes.

    Where all would be too many, each 20th, 50th, 100th, … instead of each tenth, then fewer powers of two; start and
    end always.
    """
    room = max(2, most // max(moment_bytes, 1))
    powers = [2**n for n in range(steps.bit_length()) if 2**n <= steps]
    for stride in (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, steps):
        found = sorted({0, *powers, *range(stride, steps, stride), steps})
        if len(found) <= room:
            return tuple(found)
    while len(powers) + 2 > room and powers:
        powers = powers[1::2]
    return tuple(sorted({0, *powers, steps}))


def is_measured(step: int, steps: int) -> bool:
    """Whether the pictures held out are asked for after `step` updates: a hundred times at most, at the tenth ones."""
    stride = 10 * max(1, -(-steps // 1_000))
    return step % stride == 0 or step == steps


def _check_whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or not least <= int(value) <= most:
        raise SpecError(
            _("{name}: got {got}. Choose a whole number from {least} to {most}.").format(
                name=name, got=shown(value), least=least, most=f"{most:,}"
            )
        )


def _check_number(name: str, value: object, least: float, most: float) -> None:
    is_number = not isinstance(value, bool) and isinstance(value, Real) and isfinite(value)
    if not is_number or not least <= float(value) <= most:  # type: ignore[arg-type]
        raise SpecError(
            _("{name}: got {got}. Choose a number from {least:g} to {most:g}.").format(
                name=name, got=shown(value), least=least, most=most
            )
        )


def _check_choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise SpecError(
            _("{name}: got {got}. Choose one of {allowed}.").format(
                name=name, got=shown(value), allowed=", ".join(allowed)
            )
        )
