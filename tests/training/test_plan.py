"""Recipes and plans: what is refused, and which moments are kept."""

from typing import Any

import pytest

from resnet_viz.errors import SpecError
from resnet_viz.training.plan import Plan, Recipe, is_measured, kept_steps
from tests.training.runs import SMALL


@pytest.mark.parametrize(
    "wrong",
    [
        *({"batch": 1}, {"batch": 64.0}, {"batch": True}, {"lr": float("nan")}, {"lr": -1}, {"lr": "0.1"}),
        *({"momentum": 1}, {"weight_decay": 2}, {"start": "xavier"}),
    ],
)
def test_a_recipe_that_no_training_has_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=next(iter(wrong))):
        Recipe(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"spec": "digits20"}, {"data": "../etc"}, {"steps": 0}, {"steps": 100_001}, {"seed": -1}, {"seed": 2**63}]
)
def test_a_plan_that_no_run_has_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="Net" if "spec" in wrong else next(iter(wrong))):
        Plan(**{"spec": SMALL, **wrong})


def test_a_recipe_tells_what_is_unusual() -> None:
    assert Recipe().changes() == {}
    assert Recipe(lr=0.1, start="torch").changes() == {"lr": 0.1, "start": "torch"}


def test_kept_are_start_powers_of_two_each_tenth_and_end() -> None:
    assert kept_steps(64, 1) == (0, 1, 2, 4, 8, 10, 16, 20, 30, 32, 40, 50, 60, 64)
    assert kept_steps(1, 1) == (0, 1)


@pytest.mark.parametrize(("steps", "room"), [(300, 25), (300, 12), (300, 5), (300, 1), (100_000, 40)])
def test_a_byte_bound_thins_them_out(steps: int, room: int) -> None:
    kept = kept_steps(steps, 1_000, room * 1_000)
    assert (kept[0], kept[-1]) == (0, steps)
    assert len(kept) <= max(room, 2)
    assert set(kept) <= set(kept_steps(steps, 1))
    assert len(kept) >= min(room, 4) / 2


def test_held_out_pictures_are_asked_for_at_tenths_and_the_end() -> None:
    assert [step for step in range(1, 26) if is_measured(step, 25)] == [10, 20, 25]
    assert sum(is_measured(step, 100_000) for step in range(1, 100_001)) == 100
