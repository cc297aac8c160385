"""Weights of a run by a word: what is written is read again, and what is no such word is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz.errors import SpecError
from resnet_viz.training.plan import MOST_SEED, Plan, Recipe
from resnet_viz.training.words import read_trained, write_trained
from tests.training.runs import SMALL

recipes = st.builds(
    Recipe,
    batch=st.integers(2, 1024),
    lr=st.floats(0, 100),
    momentum=st.floats(0, 0.999),
    weight_decay=st.floats(0, 1),
    start=st.sampled_from(["he", "torch"]),
)


@settings(max_examples=40)
@given(recipes, st.integers(0, MOST_SEED), st.integers(1, 100_000), st.data())
def test_a_word_brings_the_plan_and_the_step_back(recipe: Recipe, seed: int, steps: int, data: st.DataObject) -> None:
    plan, step = Plan(SMALL, "digits", steps, seed, recipe), data.draw(st.integers(0, steps))
    word = write_trained(plan, step)
    assert "~" not in word
    trained = read_trained(word)
    assert (trained.plan_for(SMALL), trained.step) == (plan, step)


def test_only_what_differs_is_said() -> None:
    assert write_trained(Plan(SMALL), 64) == "trained:digits,300@64"
    assert write_trained(Plan(SMALL, seed=3, recipe=Recipe(lr=0.1)), 0) == "trained:digits,300,seed=3,lr=0.1@0"


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("trained:digits,300", "written as in"),
        ("trained:digits,300@301", "from 0 to 300"),
        ("trained:letters,300@3", "Choose one of digits"),
        ("trained:digits,300,speed=3@3", "It has batch, lr"),
        ("trained:digits,300,lr=fast@3", "as in 0.05"),
        ("trained:digits,300,lr=nan@3", "number from 0 to 100"),
        ("trained:digits,300,batch=1.5@3", "whole number"),
        ("trained:digits,0@0", "whole number from 1"),
        ("trained:" + "9" * 5000, "written as in"),
    ],
)
def test_what_is_no_such_word_is_refused(word: str, told: str) -> None:
    with pytest.raises(SpecError, match=told):
        read_trained(word)
