"""Carries out a training job: steps are told as they come, a few times a second."""

from __future__ import annotations

from time import monotonic

from resnet_viz.engine.desk import Desk
from resnet_viz.jobs.training import TrainNet
from resnet_viz.model.train.loop import Training
from resnet_viz.training.run import Step

_TELL_S = 0.2
"""Seconds between two words on how far it is."""


def train_net(job: TrainNet, desk: Desk) -> int:
    """Trains a net, streams its steps, and returns the number of updates. Raises SpecError and DeviceError."""
    training = Training(job.plan, job.device, desk.moment(job.start) if job.start else None)
    desk.stream(training.begun)
    n_done, told, coming = training.begun.start.step, monotonic(), list[Step]()
    for step in training.run():
        n_done = step.number + 1
        coming.append(step)
        if monotonic() - told >= _TELL_S:
            desk.stream(tuple(coming))
            coming.clear()
            told = monotonic()
    desk.stream(tuple(coming))
    return n_done
