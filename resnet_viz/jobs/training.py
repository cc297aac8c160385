"""Jobs that train nets. They stream what they find: a Begun, then tuples of Steps."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_viz.jobs.nets import Job
from resnet_viz.training.plan import Plan


@dataclass(frozen=True, slots=True)
class TrainNet(Job):
    """Trains a net by a plan. Result: the number of updates that it has in the end.

    `start`: the key by which the Moment to go on from is asked for; "" begins anew.
    """

    plan: Plan
    device: str
    start: str = ""


@dataclass(frozen=True, slots=True)
class MeasureSpeed(Job):
    """How fast this machine trains on a device. Result: Speed.

    `place` tells jobs apart that are asked for at once, to measure side by side.
    """

    device: str
    place: int = 0
