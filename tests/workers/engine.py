"""An engine without torch, for the pool's tests: `python -m tests.workers.engine` is what the pool starts."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from resnet_viz.engine.roles import run
from resnet_viz.engine.worker import Engine
from resnet_viz.errors import WeightsError
from resnet_viz.jobs.nets import Job, NetKey, WeightsKey
from resnet_viz.jobs.training import TrainNet
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.training.run import Begun, Moment, Step
from tests.training.runs import moment

NAME = "tests.workers.engine"


def key_of(n: int) -> NetKey:
    """A net by number."""
    return NetKey(PRESETS["resnet18"], "cpu", WeightsKey(str(n)))


@dataclass(frozen=True)
class Do(Job):
    """A job: what to do, with what."""

    what: str
    given: Any = None
    key: NetKey | None = None
    shown: str = ""

    @property
    def net(self) -> NetKey | None:
        return self.key

    @property
    def picture(self) -> str:
        return self.shown


class Desk:
    """Notes which nets were built."""

    def __init__(
        self, fetch: Callable[[str], Any], tell: Callable[[int, int], None], stream: Callable[[Any], None]
    ) -> None:
        self.fetch, self.tell, self.stream = fetch, tell, stream
        self.nets: set[NetKey] = set()
        self.pictures: dict[str, Any] = {}

    def holds(self, key: NetKey | None) -> bool:
        return key in self.nets

    def drop(self, nets: Iterable[NetKey]) -> None:
        self.nets -= set(nets)

    def forget(self, pictures: Iterable[str]) -> None:
        for key in pictures:
            self.pictures.pop(key, None)


def carry_out(job: Job, desk: Desk) -> Any:
    """Does it."""
    if isinstance(job, TrainNet):
        return _train(job, desk)
    assert isinstance(job, Do)
    if job.key is not None:
        desk.nets.add(job.key)
    return _WAYS[job.what](job, desk)


def _tell(job: Do, desk: Desk) -> str:
    for n in range(job.given):
        desk.tell(n + 1, job.given)
        time.sleep(0.02)
    return "told"


def _stream(job: Do, desk: Desk) -> str:
    """Two parts, then as `wait`."""
    desk.stream("first")
    desk.stream(np.full(100_000, 2.0, np.float32))
    _wait(job, desk)
    desk.stream("last")
    return "streamed"


def _wait(job: Do, desk: Desk) -> int:
    """Until there is a file."""
    begun, until = (Path(path) for path in job.given)
    begun.touch()
    while not until.exists():
        time.sleep(0.005)
    return os.getpid()


def _endless(job: Do, desk: Desk) -> None:
    Path(job.given).touch()
    while True:
        time.sleep(0.005)


def _count(job: Do, desk: Desk) -> str:
    with open(job.given, "a") as file:
        file.write("x")
    return "counted"


def _train(job: TrainNet, desk: Desk) -> int:
    """Steps whose losses are their numbers, each with its moment, until it has all or is ended."""
    first = desk.fetch(job.start).step if job.start else 0
    desk.stream(Begun(("conv1", "fc"), moment(first), {}))
    for number in range(first, job.plan.steps):
        last = moment(number + 1)
        kept = Moment(last.step, last.weights, {"fc.weight": np.zeros(2, np.float32)})
        desk.stream((Step(number, float(number), 0.5, np.ones(2, np.float32), 0.01, None, kept),))
        time.sleep(0.01)
    return job.plan.steps


def _refuse(job: Do, desk: Desk) -> None:
    raise WeightsError("No.", missing=("a", "b"))


def _break(job: Do, desk: Desk) -> None:
    raise ZeroDivisionError("in a place of ours")


def _end(job: Do, desk: Desk) -> None:
    os._exit(3)


def _see(job: Do, desk: Desk) -> int:
    if job.shown not in desk.pictures:
        desk.pictures[job.shown] = desk.fetch(job.shown)
    return int(desk.pictures[job.shown].sum())


_WAYS: dict[str, Callable[[Do, Desk], Any]] = {
    "pid": lambda job, desk: os.getpid(),
    "nets": lambda job, desk: (os.getpid(), {key.weights.name for key in desk.nets}),
    "pictures": lambda job, desk: set(desk.pictures),
    "array": lambda job, desk: {"large": np.arange(job.given, dtype=np.float32), "small": np.arange(3)},
    "tell": _tell,
    "stream": _stream,
    "wait": _wait,
    "endless": _endless,
    "count": _count,
    "refuse": _refuse,
    "break": _break,
    "end": _end,
    "see": _see,
}


def load() -> Engine[Desk]:
    """As the real one, which imports torch here."""
    if os.environ.get("ENGINE_FAILS"):
        raise ImportError("no torch", name="torch")
    return Engine(lambda: None, Desk, carry_out)


if __name__ == "__main__":
    from tests.workers import engine  # under its own name, by which jobs are sent

    run(json.loads(sys.stdin.readline()), engine.load)
