"""Workers of this machine, with an engine without torch: who does what, and what becomes of it when things end."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import psutil
import pytest

from resnet_viz.errors import WeightsError
from resnet_viz.workers import holdings, pool
from resnet_viz.workers.failures import EngineFailed, WorkerLost
from resnet_viz.workers.host import FORKS
from resnet_viz.workers.lanes import AHEAD, LARGE, LONG, SCREEN, TRAINING, Lane
from resnet_viz.workers.pool import LocalWorkers
from resnet_viz.workers.task import Asked, Ticket
from tests.places import ROOT
from tests.workers.engine import NAME, Do, key_of

LIMIT = 60.0


class Left(Exception):
    """Whoever waited is gone."""


class Pool:
    """Workers, and readers of them."""

    def __init__(self, budget: int = 100, forks: bool = FORKS) -> None:
        self.there = {"reader", "other"}
        self.engine: list[tuple[str, str]] = []
        self.workers = LocalWorkers(
            budget, self.there.__contains__, lambda *said: self.engine.append(said), NAME, forks
        )

    def submit(self, job: Do, lane: Lane = SCREEN, owner: str = "reader", blobs: Any = None, n: int = 40) -> Ticket:
        return self.workers.submit(Asked(job, lane, job, owner, "en", n, blobs))

    def ask(self, job: Do, lane: Lane = SCREEN, owner: str = "reader", blobs: Any = None, n: int = 40) -> Any:
        return self.submit(job, lane, owner, blobs, n).result(deadline())


def deadline() -> Callable[[], None]:
    end = time.monotonic() + LIMIT

    def check() -> None:
        assert time.monotonic() < end

    return check


def wait_for(is_so: Callable[[], bool]) -> None:
    check = deadline()
    while not is_so():
        check()
        time.sleep(0.01)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(pool, "_SWEEP_S", 0.05)


@pytest.fixture
def made(folder: None) -> Iterator[Pool]:
    found = Pool()
    yield found
    found.workers.close()


def leave_when(is_so: Callable[[], bool]) -> Callable[[], None]:
    check = deadline()

    def look() -> None:
        check()
        if is_so():
            raise Left

    return look


# Results and errors


@pytest.mark.parametrize("forks", sorted({FORKS, False}))
def test_results_and_errors_come_back_as_they_are(folder: None, forks: bool) -> None:
    found = Pool(forks=forks)
    try:
        assert found.ask(Do("pid")) != os.getpid()
        arrays = found.ask(Do("array", 300_000))
        assert np.array_equal(arrays["large"], np.arange(300_000, dtype=np.float32))
        assert not arrays["large"].flags.writeable
        with pytest.raises(WeightsError, match="No") as refused:
            found.ask(Do("refuse"))
        assert refused.value.missing == ("a", "b")
        shared = found.workers._host.folder
        assert list(shared.iterdir()) == []
    finally:
        found.workers.close()
    assert not shared.exists()
    assert ("ready", "") in found.engine or not forks


def test_jobs_of_one_reader_are_side_by_side_where_nets_are_trained(made: Pool, tmp_path: Path) -> None:
    until = tmp_path / "until"
    tickets = [made.submit(Do("wait", (str(tmp_path / name), str(until))), TRAINING) for name in "ab"]
    wait_for(lambda: (tmp_path / "a").exists() and (tmp_path / "b").exists())
    until.touch()
    one, other = (ticket.result(deadline()) for ticket in tickets)
    assert one != other


def test_a_fault_of_ours_goes_to_the_log_and_ends_no_worker(made: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[Any] = []
    monkeypatch.setattr(pool._log, "error", lambda *said: logged.append(said))
    pid = made.ask(Do("pid"))
    with pytest.raises(RuntimeError, match="log"):
        made.ask(Do("break"))
    assert "in a place of ours" in str(logged)
    assert made.ask(Do("pid")) == pid


def test_progress_is_told(made: Pool) -> None:
    told: list[tuple[int, int]] = []
    assert made.submit(Do("tell", 30), LONG).result(deadline(), lambda *said: told.append(said)) == "told"
    assert told == sorted(set(told))
    assert {total for _done, total in told} == {30}


def test_parts_come_in_order_before_the_result_and_late_comers_get_all(made: Pool, tmp_path: Path) -> None:
    begun, until = tmp_path / "begun", tmp_path / "until"
    early, late = list[Any](), list[Any]()
    job = Do("stream", (str(begun), str(until)))
    first = made.submit(job, LONG)
    wait_for(begun.exists)
    second = made.submit(job, LONG)

    def end_once_seen() -> None:
        if len(early) == 2:
            until.touch()

    assert first.result(end_once_seen, on_part=early.append) == "streamed"
    assert second.result(deadline(), on_part=late.append) == "streamed"
    for parts in (early, late):
        assert (parts[0], float(parts[1].sum()), parts[2:]) == ("first", 200_000.0, ["last"])


# Who does what


def test_one_key_asked_for_by_many_is_run_once(made: Pool, tmp_path: Path) -> None:
    begun, until, counted = tmp_path / "begun", tmp_path / "until", tmp_path / "counted"
    blocking = [made.submit(Do("wait", (str(begun), str(until)), n_key)) for n_key in (key_of(1),)]
    tickets = [made.submit(Do("count", str(counted), key_of(1)), owner=f"reader{n}") for n in range(5)]
    wait_for(begun.exists)
    until.touch()
    assert [ticket.result(deadline()) for ticket in tickets] == ["counted"] * 5
    blocking[0].leave()
    assert counted.read_text() == "x"


def test_a_long_job_delays_no_short_one(made: Pool, tmp_path: Path) -> None:
    begun, until = tmp_path / "begun", tmp_path / "until"
    long = made.submit(Do("wait", (str(begun), str(until))), LONG)
    wait_for(begun.exists)
    for lane in (SCREEN, LARGE, AHEAD):
        assert made.ask(Do("pid"), lane)
    assert not until.exists()
    until.touch()
    assert long.result(deadline())


def test_readers_take_turns(made: Pool, tmp_path: Path) -> None:
    begun, until, counted = tmp_path / "begun", tmp_path / "until", tmp_path / "counted"
    first = made.submit(Do("wait", (str(begun), str(until))), LONG)
    wait_for(begun.exists)
    many = [made.submit(Do("tell", n + 20), LONG, "greedy") for n in range(4)]
    one = made.submit(Do("count", str(counted)), LONG, "other")
    assert (many[0].n_before, one.n_before, many[1].n_before) == (1, 2, 3)
    until.touch()
    assert one.result(deadline()) == "counted"
    assert many[-1].n_before > 0
    for ticket in (first, *many):
        ticket.leave()


def test_a_job_goes_where_its_net_is(made: Pool) -> None:
    homes = {n: made.ask(Do("nets", n, key_of(n)))[0] for n in (1, 2)}
    for n in (1, 2, 1, 2):
        pid, nets = made.ask(Do("nets", (n, "again"), key_of(n)))
        assert pid == homes[n]
        assert str(n) in nets


# Nets


def test_the_net_used_longest_ago_makes_room(made: Pool) -> None:
    for n in (1, 2):
        made.ask(Do("pid", n, key_of(n)), LONG)
    assert made.ask(Do("nets", 0, key_of(1)), LONG)[1] == {"1", "2"}
    assert made.ask(Do("nets", 0, key_of(3)), LONG)[1] == {"1", "3"}
    assert made.workers.holdings.n_bytes == 80


def test_nets_that_run_are_not_dropped_and_others_wait_for_room(made: Pool, tmp_path: Path) -> None:
    begun, until = tmp_path / "begun", tmp_path / "until"
    running = made.submit(Do("wait", (str(begun), str(until)), key_of(1)), LONG, n=90)
    wait_for(begun.exists)
    waiting = made.submit(Do("nets", 0, key_of(2)), SCREEN, n=90)
    with pytest.raises(Left):
        made.submit(Do("nets", 1, key_of(3)), SCREEN, n=90).result(leave_when(lambda: True))
    assert waiting.n_before == 1
    until.touch()
    assert running.result(deadline())
    assert waiting.result(deadline())[1] == {"2"}
    assert made.workers.holdings.n_bytes == 90


def test_a_net_goes_a_minute_after_its_last_reader(made: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdings, "KEPT_S", 0.2)
    made.ask(Do("pid", 1, key_of(1)))
    made.ask(Do("pid", 2, key_of(2)), owner="other")
    time.sleep(0.5)
    assert made.workers.holdings.n_bytes == 80
    made.there.discard("other")
    wait_for(lambda: made.workers.holdings.n_bytes == 40)
    assert made.workers.holdings.home(("screen", key_of(1))) is not None


def test_a_worker_with_nothing_to_hold_ends(made: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "IDLE_S", 0.1)
    first = made.ask(Do("pid"))
    wait_for(lambda: not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE)
    assert made.ask(Do("pid")) != first


# Pictures


def test_a_picture_is_fetched_once_and_let_go_with_its_session(made: Pool) -> None:
    fetched: list[str] = []

    def blobs(key: str) -> Any:
        fetched.append(key)
        return np.full(500_000, 2, np.uint8)

    for n in range(3):
        assert made.ask(Do("see", n, None, "mine"), LONG, blobs=blobs) == 1_000_000
    assert fetched == ["mine"]
    assert made.ask(Do("pictures", 1), LONG) == {"mine"}
    made.there.clear()
    wait_for(lambda: not made.ask(Do("pictures", time.monotonic()), LONG))


# Endings


def test_a_job_ends_when_nobody_waits(made: Pool, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    with pytest.raises(Left):
        made.submit(Do("endless", str(begun)), LONG).result(leave_when(begun.exists))
    assert made.ask(Do("pid"), LONG)  # by the same worker, as there is one
    assert len(made.workers._workers) == 1


def test_it_goes_on_while_another_waits(made: Pool, tmp_path: Path) -> None:
    begun, until = tmp_path / "begun", tmp_path / "until"
    job = Do("wait", (str(begun), str(until)))
    stays = made.submit(job, LONG, "other")
    with pytest.raises(Left):
        made.submit(job, LONG).result(leave_when(begun.exists))
    until.touch()
    assert stays.result(deadline())


def test_a_job_that_still_waits_is_taken_out(made: Pool, tmp_path: Path) -> None:
    begun, until, counted = tmp_path / "begun", tmp_path / "until", tmp_path / "counted"
    running = made.submit(Do("wait", (str(begun), str(until))), LONG)
    wait_for(begun.exists)
    made.submit(Do("count", str(counted)), LONG).leave()
    until.touch()
    assert running.result(deadline())
    assert made.ask(Do("pid"), LONG)
    assert not counted.exists()


def test_a_worker_that_dies_costs_its_job_only(made: Pool, tmp_path: Path) -> None:
    held = made.ask(Do("nets", 0, key_of(1)), LONG)
    with pytest.raises(WorkerLost, match="Nothing else is lost"):
        made.ask(Do("end", 0, key_of(1)), LONG)
    pid, nets = made.ask(Do("nets", 0, key_of(2)), LONG)
    assert (pid != held[0], nets) == (True, {"2"})
    assert made.workers.holdings.n_bytes == 40
    begun = tmp_path / "begun"
    ticket = made.submit(Do("endless", str(begun)), LONG)
    wait_for(begun.exists)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkerLost):
        ticket.result(deadline())
    assert made.ask(Do("pid"), LONG)


def test_a_job_that_takes_too_long_is_ended(made: Pool, tmp_path: Path) -> None:
    made.ask(Do("pid"), LONG)
    short = Lane("short", LONG.crew, 0, 0.2)
    with pytest.raises(WorkerLost):
        made.ask(Do("endless", str(tmp_path / "begun")), short)
    assert made.ask(Do("pid"), LONG)


def forking(made: Pool) -> tuple[psutil.Process, psutil.Process]:
    """The process that was started, and the fork of it that workers are forked from."""
    (started,) = (psutil.Process(process.pid) for process in made.workers._host._processes)
    (fork,) = started.children()
    return started, fork


@pytest.mark.skipif(not FORKS, reason="workers are not forked here")
def test_what_the_import_has_mapped_is_let_go(made: Pool) -> None:
    made.ask(Do("pid"))
    started, fork = forking(made)
    assert NAME in fork.cmdline()
    assert NAME not in started.cmdline()
    assert started.memory_info().rss < fork.memory_info().rss


@pytest.mark.skipif(not FORKS, reason="workers are not forked here")
@pytest.mark.parametrize("which", [0, 1])
def test_the_forking_process_may_be_killed(made: Pool, which: int) -> None:
    made.ask(Do("pid"))
    found = forking(made)
    found[which].kill()
    assert psutil.wait_procs(found, timeout=LIMIT)[1] == []
    wait_for(lambda: made.workers._host._parent is None)
    assert made.ask(Do("pid"))
    assert made.ask(Do("pid"), LONG)


@pytest.mark.skipif(sys.platform == "win32", reason="there the parent of a process is never another one")
def test_nothing_outlives_a_server_that_was_killed(folder: None, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    code = (
        "import sys, time; from resnet_viz.workers.pool import LocalWorkers\n"
        "from resnet_viz.workers.task import Asked; from resnet_viz.workers.lanes import LONG, SCREEN\n"
        "from tests.workers.engine import NAME, Do\n"
        "workers = LocalWorkers(1, lambda owner: True, engine=NAME)\n"
        "workers.submit(Asked(Do('pid'), SCREEN, 1)).result()\n"
        f"workers.submit(Asked(Do('endless', {str(begun)!r}), LONG, 2))\n"
        "print(workers._host.folder, flush=True); time.sleep(60)"
    )
    with psutil.Popen([sys.executable, "-c", code], stdout=-1, text=True) as server:
        shared = Path(server.stdout.readline().strip())
        wait_for(begun.exists)
        children = server.children(recursive=True)
        assert len(children) >= 2
        server.kill()
    _gone, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
    assert not shared.exists()


def test_closing_ends_jobs_and_processes(folder: None, tmp_path: Path) -> None:
    found, begun, errors = Pool(), tmp_path / "begun", list[BaseException]()
    found.ask(Do("pid"))
    ticket = found.submit(Do("endless", str(begun)), LONG)

    def wait() -> None:
        try:
            ticket.result(deadline())
        except BaseException as error:
            errors.append(error)

    waiter = Thread(target=wait)
    waiter.start()
    wait_for(begun.exists)
    children = psutil.Process().children(recursive=True)
    found.workers.close()
    waiter.join(LIMIT)
    assert [type(error) for error in errors] == [WorkerLost]
    pids = {process.pid for process in found.workers._host._processes}
    _gone, alive = psutil.wait_procs([child for child in children if child.pid in pids], timeout=30)
    assert alive == []


@pytest.mark.parametrize("forks", sorted({FORKS, False}))
def test_an_engine_that_cannot_be_loaded_says_why(folder: None, monkeypatch: pytest.MonkeyPatch, forks: bool) -> None:
    monkeypatch.setenv("ENGINE_FAILS", "1")
    found = Pool(forks=forks)
    try:
        with pytest.raises(EngineFailed, match="ImportError: torch"):
            found.ask(Do("pid"))
        with pytest.raises(EngineFailed):
            found.ask(Do("pid"))
        assert found.engine == [("failed", "ImportError: torch")]
    finally:
        found.workers.close()
