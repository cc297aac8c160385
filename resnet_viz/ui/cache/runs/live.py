"""One training run of a session while it goes on and afterwards: what has come of it, and the thread that waits."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from threading import Lock, Thread
from time import monotonic
from typing import Any

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _, use_language
from resnet_viz.jobs.training import TrainNet
from resnet_viz.training.plan import Plan
from resnet_viz.training.run import Begun, Moment, Run, Step, make_run
from resnet_viz.ui.server.asking import follow
from resnet_viz.ui.server.wanted import Abandoned
from resnet_viz.workers.failures import EngineFailed, WorkerLost
from resnet_viz.workers.lanes import TRAINING

RUNNING, PAUSED, STOPPED, DONE, LOST, REFUSED = "running", "paused", "stopped", "done", "lost", "refused"
_STEP_BYTES = 400
"""Of a Step without weights."""
_log = logging.getLogger("resnet_viz")


class _Left(Exception):
    """The reader has paused or stopped the run."""


@dataclass(frozen=True)
class _Pace:
    """When the job at hand began to train, and after how many updates."""

    since: float
    first: int


class LiveRun:
    """A run of a plan on a device, for a session.

    `state` is RUNNING, also while it waits for a worker; PAUSED, LOST with its worker, or STOPPED by the reader; DONE;
    or REFUSED, with `message` as the sentence that says why, as for LOST. `on_grown` is called when weights have come.
    """

    def __init__(self, plan: Plan, device: str, owner: str, on_grown: Callable[[], None] = lambda: None) -> None:
        self.plan, self.device = plan, device
        self.state, self.message = PAUSED, ""
        self.is_thinned = False
        self._owner, self._on_grown = owner, on_grown
        self.name = secrets.token_hex(8)
        self._lock = Lock()
        self._turn = 0
        self._begun: Begun | None = None
        self._steps: list[Step] = []
        self._pace: _Pace | None = None
        self._made: tuple[int, Run] | None = None

    @property
    def n_steps(self) -> int:
        """Updates that were done."""
        return len(self._steps)

    @property
    def has_diverged(self) -> bool:
        """Whether it ended because its loss was no finite number."""
        return bool(self._steps) and not isfinite(self._steps[-1].loss)

    @property
    def is_over(self) -> bool:
        """Whether no step can come any more."""
        return self.state in (DONE, STOPPED, REFUSED)

    @property
    def n_bytes(self) -> int:
        """About how many bytes are kept."""
        with self._lock:
            return sum(map(_moment_bytes, self._moments())) + _STEP_BYTES * len(self._steps)

    def seconds_left(self) -> float | None:
        """Returns about how many seconds the rest takes, with all that is done beside the steps; None if unknown."""
        pace = self._pace
        if self.state != RUNNING or pace is None or self.n_steps <= pace.first:
            return None
        each = (monotonic() - pace.since) / (self.n_steps - pace.first)
        return each * (self.plan.steps - self.n_steps)

    def go(self, language: str) -> None:
        """Begins, or goes on from the last moment that was kept; nothing if it is running or over."""
        with self._lock:
            if self.state == RUNNING or self.is_over:
                return
            self.state, self.message, self._pace = RUNNING, "", None
            self._turn += 1
            work = partial(self._train, self._turn, language)
        Thread(target=work, name=f"training {self.name}", daemon=True).start()

    def pause(self) -> None:
        """Ends the job; what has come stays."""
        self._leave(PAUSED)

    def stop(self) -> None:
        """Ends the run where it is."""
        self._leave(STOPPED)

    def record(self) -> Run | None:
        """Returns what has come so far, None before the first step."""
        with self._lock:
            if self._begun is None or not self._steps:
                return None
            if self._made is None or self._made[0] != len(self._steps):
                self._made = len(self._steps), make_run(self.plan, self.device, self._begun, self._steps)
            return self._made[1]

    def kept_steps(self) -> tuple[int, ...]:
        """Returns after how many updates weights are here."""
        with self._lock:
            return tuple(moment.step for moment in self._moments())

    def moment_at(self, step: int) -> Moment | None:
        """Returns the weights after `step` updates, None where they were not kept or have not come yet."""
        with self._lock:
            return next((moment for moment in self._moments() if moment.step == step), None)

    def thin(self) -> bool:
        """Lets every second moment go but the first and the last; returns whether there was one."""
        with self._lock:
            inner = [moment.step for moment in list(self._moments())[1:-1]]
            leaving = set(inner[::2])
            self._steps = [_without_moment(step) if step.number + 1 in leaving else step for step in self._steps]
            self._made = None
            self.is_thinned |= bool(leaving)
            return bool(leaving)

    # In the thread

    def _train(self, turn: int, language: str) -> None:
        use_language(language)
        start = self._start()
        job = TrainNet(self.plan, self.device, f"{self.name}@{start.step}" if start else "")
        try:
            follow(
                job,
                TRAINING,
                self._owner,
                partial(self._check, turn),
                partial(self._take, turn),
                lambda key: start if key == job.start else None,
            )
            self._end(turn, DONE)
        except _Left:
            pass
        except Abandoned:
            self._end(turn, PAUSED)
        except WorkerLost as error:
            self._end(turn, LOST, str(error))
        except (ResnetVizError, EngineFailed) as error:
            self._end(turn, REFUSED, str(error))
        except Exception:
            _log.exception("A training failed")
            self._end(turn, LOST, _("Something went wrong here; the server's log tells what."))

    def _start(self) -> Moment | None:
        """The last moment with its velocity, if there is one after the start."""
        with self._lock:
            going = [moment for moment in self._moments() if moment.step and moment.velocity is not None]
        return max(going, key=lambda moment: moment.step, default=None)

    def _check(self, turn: int) -> None:
        if self._turn != turn:
            raise _Left

    def _take(self, turn: int, part: Begun | tuple[Step, ...]) -> None:
        with self._lock:
            self._check(turn)
            if isinstance(part, Begun):
                self._begin(part)
                return
            for step in part:
                self._put(step)
            self._made = None
        if any(step.moment is not None for step in part):
            self._on_grown()

    def _begin(self, begun: Begun) -> None:
        first = begun.start.step
        self._pace = _Pace(monotonic(), first)
        if self._begun is None:
            self._begun = begun
        if self.device != "cpu":
            # Elsewhere the same steps need not have the same bits, and what is shown is of one run.
            del self._steps[first:]

    def _put(self, step: Step) -> None:
        """Adds a step. One that has come before a pause is replaced by its equal; only the last velocity is kept."""
        if step.moment is not None:
            self._steps = [_without_velocity(each) if each.moment else each for each in self._steps]
        if step.number < len(self._steps):
            known = self._steps[step.number].moment
            self._steps[step.number] = step if known is None or step.moment is not None else replace(step, moment=known)
        else:
            self._steps.append(step)

    def _end(self, turn: int, state: str, message: str = "") -> None:
        with self._lock:
            if self._turn == turn:
                self.state, self.message = state, message

    def _leave(self, state: str) -> None:
        with self._lock:
            if self.is_over or (state == PAUSED and self.state != RUNNING):
                return
            self._turn += 1
            self.state, self.message = state, ""

    def _moments(self) -> Iterator[Moment]:
        if self._begun is not None:
            yield self._begun.start
        yield from (step.moment for step in self._steps if step.moment is not None)


def _without_moment(step: Step) -> Step:
    return replace(step, moment=None)


def _without_velocity(step: Step) -> Step:
    moment = step.moment
    assert moment is not None
    return replace(step, moment=Moment(moment.step, moment.weights)) if moment.velocity is not None else step


def _moment_bytes(moment: Moment) -> int:
    groups: list[Any] = [moment.weights, moment.velocity or {}]
    return sum(value.nbytes for group in groups for value in group.values())
