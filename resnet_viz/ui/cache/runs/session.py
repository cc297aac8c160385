"""The runs of a session: found by plan and device, and kept within a bound of bytes; they end with the session."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import ClassVar
from weakref import WeakSet

import streamlit as st

from resnet_viz.i18n import current_language
from resnet_viz.training.plan import Plan
from resnet_viz.ui.cache.runs.live import RUNNING, LiveRun
from resnet_viz.ui.server.asking import asker

MOST_BYTES = 192 * 2**20
"""Of all runs of a session: twice what four nets of the usual ones take with one seed."""
ALL_BYTES = 2**30
"""Of the runs of all sessions: each has an equal share."""
_RUNS = "training_runs"
Key = tuple[Plan, str]


class Runs:
    """The runs of one session, the oldest first."""

    _of_sessions: ClassVar[WeakSet[Runs]] = WeakSet()

    def __init__(self, owner: str, most: int = MOST_BYTES, most_of_all: int = ALL_BYTES) -> None:
        self._owner, self._most, self._most_of_all = owner, most, most_of_all
        self._runs: dict[Key, LiveRun] = {}
        self._thinning = Lock()
        self._of_sessions.add(self)

    def find(self, plan: Plan, device: str) -> LiveRun | None:
        """Returns the run of a plan, None before it was begun."""
        return self._runs.get((plan, device))

    def find_any(self, plan: Plan) -> LiveRun | None:
        """Returns the run of a plan on any device, the latest."""
        return next((run for (known, _device), run in reversed(self._runs.items()) if known == plan), None)

    def running(self) -> tuple[LiveRun, ...]:
        """Returns those that go on, whatever a page shows."""
        return tuple(run for run in list(self._runs.values()) if run.state == RUNNING)

    def go(self, plans: Iterable[Plan], device: str) -> None:
        """Has the runs of plans go on; those that are not here, or were stopped or refused, begin anew."""
        for plan in plans:
            run = self._runs.get((plan, device))
            if run is None or (run.is_over and run.n_steps < plan.steps and not run.has_diverged):
                self._runs.pop((plan, device), None)
                run = self._runs[(plan, device)] = LiveRun(plan, device, self._owner, self._thin)
            run.go(current_language())

    @property
    def n_bytes(self) -> int:
        """About how many bytes are kept."""
        return sum(run.n_bytes for run in list(self._runs.values()))

    def _allowed(self) -> int:
        n = sum(bool(runs._runs) for runs in list(self._of_sessions))
        return min(self._most, self._most_of_all // max(1, n))

    def _thin(self) -> None:
        """Lets weights go while there are too many: of the oldest runs first; then the oldest runs that have ended."""
        with self._thinning:
            while self.n_bytes > self._allowed():
                runs = list(self._runs.items())
                if any(run.thin() for _key, run in runs):
                    continue
                oldest = next((key for key, run in runs[:-1] if run.state != RUNNING), None)
                if oldest is None:
                    return
                del self._runs[oldest]


def own_runs() -> Runs:
    """Returns the runs of the current session, made on first use."""
    if _RUNS not in st.session_state:
        st.session_state[_RUNS] = Runs(asker())
    runs: Runs = st.session_state[_RUNS]
    return runs
