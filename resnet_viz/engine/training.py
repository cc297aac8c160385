"""Carries out a training job: what it streams, a few times a second."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from resnet_viz.engine.desk import Desk
from resnet_viz.jobs.training import TrainNet
from resnet_viz.model.train.loop import Training
from resnet_viz.training.run import Begun, Moment, Step

_TELL_S = 0.2
"""Seconds between two words on how far it is."""


def train_net(job: TrainNet, desk: Desk) -> int:
    """Trains a net, streams its steps, and returns the number of updates. Raises SpecError and DeviceError."""
    n_done = 0
    for part in train_parts(job, desk.moment(job.start) if job.start else None):
        desk.stream(part)
        n_done = updates_after(part, n_done)
    return n_done


def train_parts(job: TrainNet, start: Moment | None) -> Iterator[Begun | tuple[Step, ...]]:
    """Yields the parts of the stream: the first step at once, then a few together. Raises as `train_net`."""
    training = Training(job.plan, job.device, start)
    told, coming = 0.0, list[Step]()
    yield training.begun
    for step in training.run():
        coming.append(step)
        if monotonic() - told >= _TELL_S:
            yield tuple(coming)
            told, coming = monotonic(), []
    yield tuple(coming)


def updates_after(part: Begun | tuple[Step, ...], before: int) -> int:
    """Returns how many updates the net has after a part of the stream."""
    if isinstance(part, Begun):
        return part.start.step
    return part[-1].number + 1 if part else before
