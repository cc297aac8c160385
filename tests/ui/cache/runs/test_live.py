"""A run that goes on in a worker's process: paused, gone on with, stopped, lost, and kept within its bound."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from weakref import WeakSet

import numpy as np
import pytest

from resnet_viz.training.plan import Plan
from resnet_viz.ui.cache.runs import session
from resnet_viz.ui.cache.runs.live import DONE, LOST, PAUSED, RUNNING, STOPPED, LiveRun
from resnet_viz.ui.cache.runs.session import Runs
from resnet_viz.ui.server.asking import use_workers
from resnet_viz.workers.pool import LocalWorkers
from tests.places import ROOT
from tests.training.runs import SMALL
from tests.workers.engine import NAME

LONG = Plan(SMALL, steps=100_000)


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalWorkers]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(ROOT)
    made = LocalWorkers(100, lambda owner: True, engine=NAME)
    before = use_workers(made)
    yield made
    use_workers(before)
    made.close()


def losses(run: LiveRun) -> list[float]:
    """Each is its step's number: none is missing and none there twice."""
    record = run.record()
    assert record is not None
    found: list[float] = record.losses.tolist()
    assert found == list(range(len(found)))
    return found


def test_a_run_is_paused_and_goes_on_and_stopped_at_once(workers: LocalWorkers) -> None:
    run = LiveRun(LONG, "cpu", "")
    run.go("en")
    wait_for(lambda: run.n_steps > 5)
    run.pause()
    assert run.state == PAUSED
    n = run.n_steps
    time.sleep(0.1)
    assert run.n_steps == n
    assert [step for step in range(n + 1) if run.moment_at(step) is None] == []
    run.go("en")
    assert run.state == RUNNING
    wait_for(lambda: run.n_steps > n + 5)
    assert run.seconds_left() is not None
    begun = time.monotonic()
    run.stop()
    assert run.state == STOPPED
    wait_for(lambda: all(worker.task is None for worker in workers._workers))
    assert time.monotonic() - begun < 5  # half a second on an idle machine
    losses(run)


def test_a_run_whose_worker_is_killed_is_marked_and_goes_on_from_its_last_moment(workers: LocalWorkers) -> None:
    run, other = LiveRun(LONG, "cpu", ""), LiveRun(Plan(SMALL, steps=100_000, seed=1), "cpu", "")
    run.go("en")
    wait_for(lambda: run.n_steps > 5)
    (worker,) = workers._workers
    other.go("en")
    wait_for(lambda: other.n_steps > 5)
    os.kill(worker.pid, signal.SIGKILL)
    wait_for(lambda: run.state == LOST)
    assert "ended" in run.message
    n = len(losses(run))
    assert other.state == RUNNING
    run.go("en")
    wait_for(lambda: run.n_steps > n + 5)
    losses(run)
    run.stop()
    other.stop()


def test_a_run_comes_to_its_end_with_one_velocity(workers: LocalWorkers) -> None:
    grown: list[int] = []
    run = LiveRun(Plan(SMALL, steps=8), "cpu", "", lambda: grown.append(1))
    run.go("en")
    wait_for(lambda: run.state == DONE)
    record = run.record()
    assert record is not None
    assert [moment.step for moment in record.moments] == list(range(9))
    assert [moment.velocity is not None for moment in record.moments] == [False] * 8 + [True]
    assert len(grown) == 8
    run.go("en")
    assert run.state == DONE


def test_of_too_many_bytes_weights_go_and_curves_stay(workers: LocalWorkers) -> None:
    runs = Runs("", most=20_000)
    plans = [Plan(SMALL, steps=40, seed=seed) for seed in (0, 1)]
    runs.go(plans, "cpu")
    found = [run for run in (runs.find(plan, "cpu") for plan in plans) if run is not None]
    wait_for(lambda: [run.state for run in found] == [DONE, DONE])
    assert runs.find(plans[1], "cpu") is found[1]
    assert found[0].is_thinned
    assert len(losses(found[1])) == 40
    assert found[1].kept_steps()[0] == 0
    assert found[1].kept_steps()[-1] == 40
    last = found[1].moment_at(40)
    assert last is not None
    assert np.array_equal(last.weights["fc.weight"], np.full((2, 2), 40, np.float32))
    assert session.MOST_BYTES > 20_000


def test_sessions_have_an_equal_share_of_what_is_kept(workers: LocalWorkers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runs, "_of_sessions", WeakSet())
    plans = [Plan(SMALL, steps=40, seed=seed) for seed in (0, 1)]
    sessions = [Runs("", most=10**9, most_of_all=18_000) for _plan in plans]
    thinned = []
    for runs, plan in zip(sessions, plans, strict=True):
        runs.go([plan], "cpu")
        run = runs.find(plan, "cpu")
        assert run is not None
        wait_for(lambda run=run: run.state == DONE)  # type: ignore[misc]
        thinned.append(run.is_thinned)
    # The first was alone meanwhile; the second had half.
    assert thinned == [False, True]
