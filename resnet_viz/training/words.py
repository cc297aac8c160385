"""Recipes and trained weights as words that stand in a link: `trained:digits,300,seed=3,lr=0.1@64`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.plan import Plan, Recipe

TRAINED = "trained:"
_SEED = "seed"
_WORD = re.compile(r"trained:([a-z0-9]{1,20}),([0-9]{1,6})((?:,[a-z_]{1,20}=[a-z0-9.+-]{1,24}){0,6})@([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights after `step` updates of a run, whose plan but for the net is here; the net stands beside in the link.

    Raises SpecError for what no run can have.
    """

    data: str
    steps: int
    seed: int
    recipe: Recipe
    step: int

    def __post_init__(self) -> None:
        if not 0 <= self.step <= self.steps:
            raise SpecError(
                _("Step: got {got}. The run has {n} steps; choose one from 0 to {n}.").format(
                    got=self.step, n=self.steps
                )
            )

    def plan_for(self, spec: ResNetSpec) -> Plan:
        """Returns the plan of the run of a net. Raises SpecError."""
        return Plan(spec, self.data, self.steps, self.seed, self.recipe)


def write_trained(plan: Plan, step: int) -> str:
    """Returns the word for the weights of a run after `step` updates, without the net."""
    seed = {_SEED: str(plan.seed)} if plan.seed else {}
    said = "".join(f",{name}={text}" for name, text in {**seed, **write_recipe(plan.recipe)}.items())
    return f"{TRAINED}{plan.data},{plan.steps}{said}@{step}"


def read_trained(word: str) -> Trained:
    """Returns what a word of `write_trained` says. Raises SpecError."""
    found = _WORD.fullmatch(word)
    if found is None:
        raise SpecError(
            _("Trained weights: got {got}. They are written as in trained:digits,300,seed=3,lr=0.1@64.").format(
                got=shown(word)
            )
        )
    data, steps, rest, step = found.groups()
    said = dict(part.split("=") for part in rest.split(",")[1:])
    seed = said.pop(_SEED, "0")
    trained = Trained(data, int(steps), _whole(_SEED, seed), read_recipe(said), int(step))
    trained.plan_for(_ANY)
    return trained


def write_recipe(recipe: Recipe) -> dict[str, str]:
    """Returns what differs from the usual recipe as texts, by name."""
    return {name: f"{value:g}" if _is_short(value) else str(value) for name, value in recipe.changes().items()}


def read_recipe(said: Mapping[str, str]) -> Recipe:
    """Returns the recipe of such texts. Raises SpecError for an unknown name and for a value that none can have."""
    values: dict[str, Any] = {}
    for name, text in said.items():
        if name not in Recipe.__dataclass_fields__:
            allowed = ", ".join(Recipe.__dataclass_fields__)
            raise SpecError(_("Recipe: got {got}. It has {allowed}.").format(got=shown(name), allowed=allowed))
        values[name] = text if name == "start" else _whole(name, text) if name == "batch" else _number(name, text)
    return Recipe(**values)


def _is_short(value: object) -> bool:
    return isinstance(value, float) and float(f"{value:g}") == value


def _whole(name: str, text: str) -> int:
    if re.fullmatch("[0-9]{1,19}", text):
        return int(text)
    raise SpecError(_("{name}: got {got}. Write a whole number.").format(name=name, got=shown(text)))


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SpecError(
            _("{name}: got {got}. Write a number, as in 0.05.").format(name=name, got=shown(text))
        ) from None


_ANY = ResNetSpec("basic", (1,))
