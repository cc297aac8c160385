"""A job under way, and the tickets of those who wait for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from resnet_viz.jobs.nets import Job
from resnet_viz.workers.holdings import Place
from resnet_viz.workers.lanes import Lane

_LOOK_S = 0.1
"""Seconds between two looks at whether a result is still wanted."""
_numbers = count(1)

Progress = Callable[[int, int], None]
Blobs = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A job with all that is told about it; equal keys are one job, whoever asks.

    `blobs` gives a picture or a file's bytes by key when a worker that has it not asks; `n_bytes` are those of the
    weights of the job's net.
    """

    job: Job
    lane: Lane
    key: Any
    owner: str = ""
    language: str = "en"
    n_bytes: int = 0
    blobs: Blobs | None = None

    @property
    def place(self) -> Place | None:
        """The net that must be held, in the lane's crew; None for a job without one."""
        net = self.job.net
        return None if net is None else (self.lane.crew.name, net)


@dataclass(eq=False)
class Task:
    """A job that waits or runs, for one or more tickets."""

    asked: Asked
    number: int = field(default_factory=lambda: next(_numbers))
    future: Future[Any] = field(default_factory=Future)
    n_tickets: int = 0
    told: tuple[int, int] | None = None
    """The last progress: how much is done, of how much."""
    parts: list[Any] = field(default_factory=list)
    """What a stream has brought so far; whoever comes later gets all of it."""

    def finish(self, result: Any) -> None:
        """Gives the result to all who wait."""
        if not self.future.done():
            self.future.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Raises an error for all who wait."""
        if not self.future.done():
            self.future.set_exception(error)


class Counter(Protocol):
    """Where tickets are given back: the workers that the job was submitted to."""

    def leave(self, task: Task) -> None:
        """One who waited waits no longer."""

    def n_before(self, task: Task) -> int:
        """How many jobs come before this one."""


class Ticket:
    """One reader's claim on a result; the job ends with its last ticket."""

    def __init__(self, task: Task, counter: Counter) -> None:
        self._task, self._counter = task, counter
        self._is_given_back = False

    @property
    def n_before(self) -> int:
        """How many jobs come before this one; 0 when it runs."""
        return self._counter.n_before(self._task)

    def result(
        self,
        check: Callable[[], None] = lambda: None,
        on_progress: Progress | None = None,
        on_part: Callable[[Any], None] = lambda _: None,
    ) -> Any:
        """Waits for the result. Calls `check` meanwhile, whose error ends the waiting, as any error of the others.

        `on_part` is called with each part of a stream, in order, all before the result. Raises the job's own error,
        WorkerLost if its process ended, and what `check` raises.
        """
        told, n_parts = None, 0
        try:
            while True:
                is_done = self._waits()
                while n_parts < len(self._task.parts):
                    on_part(self._task.parts[n_parts])
                    n_parts += 1
                if is_done:
                    return self._task.future.result()
                check()
                if on_progress and self._task.told != told and (told := self._task.told):
                    on_progress(*told)
        finally:
            self.leave()

    def _waits(self) -> bool:
        """Waits a moment for the end; returns whether it has come, in whatever way."""
        return bool(wait([self._task.future], _LOOK_S).done)

    def leave(self) -> None:
        """Gives the ticket back."""
        if not self._is_given_back:
            self._is_given_back = True
            self._counter.leave(self._task)
