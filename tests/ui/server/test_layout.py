"""Layout in other processes: the same drawings, and no longer than somebody waits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event, Thread

import psutil
import pytest

from resnet_viz import DrawError, draw_graph, render_graph
from resnet_viz.ui.server import layout
from resnet_viz.ui.server.layout import LayoutPool, laying_out_elsewhere
from resnet_viz.ui.server.wanted import Abandoned, wanted_while
from resnet_viz.views.graph.render import FORMATS, render_dot
from tests.nets import trace_of
from tests.places import ROOT

# Dense enough to keep Graphviz for minutes.
ENDLESS = "digraph {" + ";".join(f"{a}->{b}" for a in range(160) for b in range(a)) + "}"


@pytest.fixture
def pool() -> Iterator[LayoutPool]:
    made = LayoutPool(1)
    made.start()
    yield made
    made.close()


def workers() -> set[int]:
    """The processes of this one's pools that lay out."""
    found = set()
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # it ends at this moment
            found |= {child.pid} if "popen_loky" in " ".join(child.cmdline()) else set()
    return found


def worked(worker: int) -> float:
    """The seconds that a process has worked, however many share the machine."""
    times = psutil.Process(worker).cpu_times()
    return float(times.user + times.system)


def is_drawing(worker: int, start: float = 0.8) -> bool:
    """Whether it has worked longer than its start took: where that is not known, than any start takes."""
    return worked(worker) > start + 0.2


def started(pool: LayoutPool) -> tuple[int, float]:
    """The pool's worker after its first drawing, and how long it has worked until then."""
    pool.render("digraph {}", "svg")
    (worker,) = workers()
    return worker, worked(worker)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("format", FORMATS)
def test_a_drawing_is_the_same(pool: LayoutPool, format: str) -> None:
    source = draw_graph(trace_of("resnet18")).source
    there, here = pool.render(source, format), render_dot(source, format)
    assert there == here or format == "pdf"  # which holds the time it was made
    assert len(there) == len(here)


def test_render_graph_goes_there_and_back() -> None:
    graph = draw_graph(trace_of("resnet18"))
    here = render_graph(graph)
    with laying_out_elsewhere():
        assert not workers()
        layout.start_layout()
        before = workers()
        assert render_graph(graph) == here
        assert before == workers() != set()
    assert render_graph(graph) == here


def test_what_graphviz_cannot_read_is_told_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = draw_graph(trace_of("resnet18"))
    monkeypatch.setattr(type(graph), "source", "digraph { a -> ")
    with pytest.raises(DrawError) as here:
        render_graph(graph)
    with laying_out_elsewhere(), pytest.raises(DrawError) as there:
        render_graph(graph)
    assert str(there.value)[:40] == str(here.value)[:40]


def test_a_drawing_that_nobody_waits_for_ends(pool: LayoutPool) -> None:
    worker, start = started(pool)
    has_left, ended = Event(), Event()

    def draw() -> None:
        with wanted_while(lambda: not has_left.is_set()), pytest.raises(Abandoned):
            pool.render(ENDLESS, "svg")
        ended.set()

    Thread(target=draw).start()
    wait_for(lambda: is_drawing(worker, start))
    has_left.set()
    assert ended.wait(60)
    wait_for(lambda: worker not in workers())
    assert b"<svg" in pool.render("digraph { a }", "svg")  # another has taken its place


def test_whoever_waits_for_a_worker_may_leave_too(pool: LayoutPool) -> None:
    has_left = Event()
    first = Thread(target=_draw_until, args=(pool, has_left))
    first.start()
    wait_for(pool._places.empty)
    with wanted_while(lambda: False), pytest.raises(Abandoned):
        pool.render("digraph {}", "svg")
    has_left.set()
    first.join()


def test_a_worker_that_is_busy_when_its_pool_closes_ends_afterwards() -> None:
    pool, has_left = LayoutPool(1), Event()
    worker, start = started(pool)
    busy = Thread(target=_draw_until, args=(pool, has_left))
    busy.start()
    try:
        wait_for(lambda: is_drawing(worker, start))
        pool.close()
        assert workers() == {worker}
    finally:
        has_left.set()
        busy.join()
    wait_for(lambda: not workers())


def _draw_until(pool: LayoutPool, has_left: Event) -> None:
    with wanted_while(lambda: not has_left.is_set()), pytest.raises(Abandoned):
        pool.render(ENDLESS, "svg")


def test_a_worker_that_dies_costs_one_drawing(pool: LayoutPool) -> None:
    worker, start = started(pool)
    told: list[Exception] = []

    def draw() -> None:
        try:
            pool.render(ENDLESS, "svg")
        except DrawError as error:
            told.append(error)

    thread = Thread(target=draw)
    thread.start()
    wait_for(lambda: is_drawing(worker, start))
    os.kill(worker, signal.SIGKILL)  # which may have been somebody else's fault: it is tried once more
    wait_for(lambda: bool(workers() - {worker}))
    second = next(iter(workers() - {worker}))
    wait_for(lambda: is_drawing(second))
    os.kill(second, signal.SIGKILL)
    thread.join(60)
    assert [type(error) for error in told] == [DrawError]
    assert b"<svg" in pool.render("digraph { a }", "svg")


def test_a_worker_that_died_before_costs_nothing(pool: LayoutPool) -> None:
    worker, _start = started(pool)
    os.kill(worker, signal.SIGKILL)
    assert b"<svg" in pool.render("digraph { a }", "svg")


def test_where_no_process_starts_a_place_is_kept(pool: LayoutPool, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise BlockingIOError("no more processes")

    pool.render("digraph {}", "svg")
    monkeypatch.setattr(layout, "_new_worker", fail)
    os.kill(next(iter(workers())), signal.SIGKILL)
    for _n in range(3):
        with pytest.raises(DrawError, match="No process can be started"):
            pool.render("digraph { a }", "svg")
    monkeypatch.undo()
    assert b"<svg" in pool.render("digraph { a }", "svg")


def test_a_worker_imports_what_layout_needs_and_no_more() -> None:
    code = (
        "import sys, resnet_viz.ui.server.orphan, resnet_viz.views.graph.render\n"
        "assert not {'streamlit', 'torch', 'numpy', 'anyio'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


@pytest.mark.skipif(sys.platform == "win32", reason="there the parent of a process is never another one")
def test_no_worker_outlives_a_server_that_was_killed() -> None:
    """Neither one that waits nor one that lays out: no thread of its own gets a turn then."""
    code = (
        "import sys, time; from threading import Thread; from resnet_viz.ui.server.layout import LayoutPool\n"
        "pools = [LayoutPool(1), LayoutPool(1)]; [pool.render('digraph {}', 'svg') for pool in pools]\n"
        "Thread(target=pools[0].render, args=(sys.stdin.read(), 'svg')).start()\n"
        "print('up', flush=True); time.sleep(60)"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(ENDLESS)
    server.stdin.close()
    assert server.stdout.readline() == "up\n"
    children = psutil.Process(server.pid).children(recursive=True)
    layout_workers = [child for child in children if "popen_loky" in " ".join(child.cmdline())]
    assert len(layout_workers) == 2
    starts = {child.pid: worked(child.pid) for child in layout_workers}
    wait_for(lambda: any(is_drawing(pid, start) for pid, start in starts.items()))
    server.kill()
    server.wait()
    _gone, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
