"""Runs made of numbers, for tests that need none that was trained."""

import numpy as np

from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.plan import Plan
from resnet_viz.training.run import Begun, Moment, Run, Step, make_run

SMALL = ResNetSpec(
    "basic", (1, 1, 1), num_classes=10, in_channels=1, input_size=(8, 8), shortcut="A", stem="3x3", widths=(4, 8, 16)
)


def moment(step: int) -> Moment:
    """Weights that say which step they are of."""
    return Moment(step, {"fc.weight": np.full((2, 2), step, np.float32), "bn1.num_batches_tracked": np.array(step)})


def made_run(n: int = 4, steps: int = 4) -> Run:
    """A run of `n` steps, with losses of thirds, which no short decimal is."""
    begun = Begun(("conv1", "layer1.0", "fc"), moment(0), {"torch": "2"})
    last = Moment(n, moment(n).weights, {"fc.weight": np.ones((2, 2), np.float32)})
    done = [
        Step(
            number,
            loss=(number + 1) / 3,
            error=1 / (number + 3),
            gradient_norms=np.array([1 / 3, number, 1e-30], np.float32),
            seconds=0.1,
            held_error=0.5 if number == n - 1 else None,
            moment=last if number == n - 1 else None,
        )
        for number in range(n)
    ]
    return make_run(Plan(SMALL, steps=steps), "cpu", begun, done)
