"""What is said of runs comes from their figures, and claims no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.plan import Plan
from resnet_viz.training.run import Begun, Run, Step, make_run
from resnet_viz.views.address.train import small_net
from resnet_viz.views.training.labels import label_nets
from resnet_viz.views.training.sentences import Outcome, describe_end, judge_guess
from resnet_viz.views.training.tables import curves_csv
from tests.training.runs import moment

PLACES = ("conv1", "layer1.0", "fc")


def ended(spec: ResNetSpec, error: float, n: int = 20, last_loss: float = 1.0) -> Outcome:
    """A net with one run: the error of all its steps; the first place's gradient is 4, 2 and 1 times the block's."""
    steps = [
        Step(
            at,
            last_loss if at == n - 1 else 1.0,
            error,
            np.array([4.0 if at == 0 else 2.0 if at < n - 1 else 1.0, 1, 9], np.float32),
            0.1,
            held_error=0.25 if at == n - 1 else None,
        )
        for at in range(n)
    ]
    run: Run = make_run(Plan(spec, steps=n), "cpu", Begun(PLACES, moment(0), {}), steps)
    return Outcome(label_nets([spec])[0], spec, (run,))


PLAIN, DEEP, RESIDUAL = (small_net(depth, shortcut) for depth, shortcut in ((20, "none"), (56, "none"), (56, "A")))


def test_figures_mode_step_and_seed_are_named() -> None:
    said = " ".join(describe_end([ended(PLAIN, 0.05), ended(DEEP, 0.524), ended(RESIDUAL, 0.0)]))
    assert "After 20 steps" in said
    assert "last ten batches in train mode: Plain-20 5.0 %, Plain-56 52.4 %, Residual-56 0.0 %" in said
    assert "in eval mode, it is: Plain-20 25.0 %" in said
    assert "Plain-56, has the higher training error of the two here, with 1 seed" in said
    assert (
        "Plain-20, train mode: the gradient's norm at conv1, divided by that at layer1.0, is 4.00 at step 1, 2.00"
        in said
    )
    assert "1.00 at step 20 (seed 0)" in said


def test_depth_is_blamed_only_where_nothing_else_differs_and_the_figures_say_so() -> None:
    assert "has not the higher" in " ".join(describe_end([ended(PLAIN, 0.5), ended(DEEP, 0.5)]))
    wide = replace(DEEP, widths=(16, 32, 64))
    assert "deeper" not in " ".join(describe_end([ended(PLAIN, 0.1), ended(wide, 0.5)]))
    assert "deeper" not in " ".join(describe_end([ended(PLAIN, 0.1), ended(RESIDUAL, 0.5)]))
    diverged = describe_end([ended(PLAIN, 0.1), ended(DEEP, 0.5, last_loss=float("nan"))])
    assert "deeper" not in " ".join(diverged)
    assert "Plain-56 none, its loss is no number any more" in diverged[0]


def stopped(spec: ResNetSpec, error: float, n: int, steps: int) -> Outcome:
    outcome = ended(spec, error, n)
    return replace(outcome, runs=tuple(replace(run, plan=replace(run.plan, steps=steps)) for run in outcome.runs))


def test_nets_that_stopped_at_different_steps_are_not_set_above_another() -> None:
    outcomes = [stopped(PLAIN, 0.05, 40, 50), stopped(DEEP, 0.5, 20, 50)]
    said = " ".join(describe_end(outcomes))
    assert "After 20 to 40 steps" in said
    assert "do not set one net above another" in said
    assert "deeper" not in said
    assert judge_guess("1", outcomes) == "What was predicted is of 50 steps, and not all nets came so far."
    assert "so it is" in judge_guess("1", [ended(PLAIN, 0.05), ended(DEEP, 0.5, last_loss=float("nan"))])


def test_a_loss_that_burst_is_told_though_its_end_is_small() -> None:
    outcome = ended(PLAIN, 0.9)
    losses = outcome.runs[0].losses.copy()
    losses[4] = 3.7e27
    said = " ".join(describe_end([replace(outcome, runs=(replace(outcome.runs[0], losses=losses),))]))
    assert "The loss of Plain-20 began at 1 and rose to 3.7e+27 at step 5 (seed 0)." in said
    assert "rose" not in " ".join(describe_end([outcome]))


@pytest.mark.parametrize(
    ("guess", "told"),
    [
        ("1", "not so: it has 5.0 %, and the lowest is 0.0 %, that of Residual-56"),
        ("3", "and so it is"),
        ("?", "no prediction"),
        ("", ""),
    ],
)
def test_a_prediction_is_judged_by_the_figures(guess: str, told: str) -> None:
    outcomes = [ended(PLAIN, 0.05), ended(DEEP, 0.5), ended(RESIDUAL, 0.0)]
    assert told in judge_guess(guess, outcomes)
    assert bool(judge_guess(guess, outcomes)) == bool(told)


def test_nets_whose_errors_are_printed_alike_share_the_lowest() -> None:
    assert "shares" in judge_guess("1", [ended(PLAIN, 0.05), ended(RESIDUAL, 0.0502)])


def test_labels_say_by_what_nets_differ() -> None:
    group = replace(RESIDUAL, shortcut="B", norm="group", widths=(32, 64, 96))
    nets = [PLAIN, group, replace(RESIDUAL, zero_init_residual=True), PLAIN]
    assert label_nets(nets) == (
        "Plain-20 (1)",
        "Residual-56 B group norm 32-64-96",
        "Residual-56 zero γ",
        "Plain-20 (4)",
    )


def test_curves_are_whole_as_csv() -> None:
    outcome = ended(PLAIN, 0.125)
    rows = [line.split(",") for line in curves_csv([("Plain-20", outcome.runs[0])]).splitlines()]
    assert rows[0][:6] == ["net", "seed", "step", "loss_train_mode", "error_train_mode", "held_out_error_eval_mode"]
    assert rows[1] == ["Plain-20", "0", "1", "1.0", "0.125", "", "0.1", "4.0", "1.0", "9.0"]
    assert rows[-1][2:6] == ["20", "1.0", "0.125", "0.25"]
