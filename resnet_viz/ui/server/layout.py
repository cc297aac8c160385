"""Runs Graphviz in worker processes: it holds the GIL while it works, which would block all other requests.

A drawing waits for a free worker. If its client disconnects, the worker is killed and replaced, since Graphviz cannot
be interrupted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue

from loky import ProcessPoolExecutor
from loky.process_executor import BrokenProcessPool

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.ui.server.orphan import follow_parent
from resnet_viz.ui.server.wanted import check_wanted
from resnet_viz.views.graph.render import Renderer, render_dot, use_renderer

_LOOK_S = 0.1
"""Seconds between two calls of `check_wanted`."""


_pools: list[LayoutPool] = []


class LayoutPool:
    """A few worker processes, each laying out one drawing at a time.

    Each is an executor of one worker, since an executor can only kill all of its workers. A place holds None until a
    drawing needs it, or `start` is called; so does that of a killed worker.
    """

    def __init__(self, n_workers: int) -> None:
        self._n = n_workers
        self._places: SimpleQueue[ProcessPoolExecutor | None] = SimpleQueue()
        self._is_closed = False
        for _n in range(n_workers):
            self._places.put(None)

    def start(self) -> None:
        """Starts the workers that are not there yet."""
        for _n in range(self._n):
            with suppress(Empty, DrawError):
                self._places.put(self._places.get_nowait() or _start_worker())

    def render(self, source: str, format: str) -> bytes:
        """`render_dot` in a worker. Raises Abandoned if the client has disconnected, DrawError if Graphviz crashed."""
        try:
            return self._render(source, format)
        except BrokenProcessPool:  # The worker may have been killed before, for lack of memory.
            try:
                return self._render(source, format)
            except BrokenProcessPool as error:
                raise DrawError(_("Graphviz broke off in this drawing. Choose a smaller net, or fold it.")) from error

    def close(self) -> None:
        """Ends the free workers now, and the busy ones when they finish."""
        self._is_closed = True
        for _n in range(self._n):
            try:
                worker = self._places.get_nowait()
            except Empty:
                return
            if worker is not None:
                worker.shutdown(wait=True, kill_workers=True)  # waits: its locks are the system's

    def _render(self, source: str, format: str) -> bytes:
        with self._worker() as worker:
            job = worker.submit(render_dot, source, format)
            while not job.done():
                check_wanted()
                wait((job,), _LOOK_S)
            if isinstance(error := job.exception(), BrokenProcessPool):
                raise error
        # Outside of the `with`: an error of Graphviz about a drawing leaves its worker usable.
        drawn: bytes = job.result()
        return drawn

    @contextmanager
    def _worker(self) -> Iterator[ProcessPoolExecutor]:
        worker, is_sound = self._take(), False
        try:
            worker = worker or _start_worker()
            yield worker
            is_sound = not self._is_closed
        finally:
            if worker is not None and not is_sound:
                worker.shutdown(wait=False, kill_workers=True)
            self._places.put(worker if is_sound else None)

    def _take(self) -> ProcessPoolExecutor | None:
        while True:
            try:
                return self._places.get(timeout=_LOOK_S)
            except Empty:
                check_wanted()


@contextmanager
def laying_out_elsewhere() -> Iterator[None]:
    """Within this context, one or two workers lay out all drawings of this process."""
    pool = LayoutPool(min(2, os.cpu_count() or 1))
    before: Renderer = use_renderer(pool.render)
    _pools.append(pool)
    try:
        yield
    finally:
        _pools.remove(pool)
        use_renderer(before)
        pool.close()


def start_layout() -> None:
    """Starts the workers, so that the first drawing need not wait for their libraries."""
    for pool in _pools:
        pool.start()


def _start_worker() -> ProcessPoolExecutor:
    try:
        return _new_worker()
    except (OSError, RuntimeError, MemoryError) as error:
        text = _("No process can be started to lay out this drawing ({reason}). Try again in a moment.")
        raise DrawError(text.format(reason=type(error).__name__)) from error


def _new_worker() -> ProcessPoolExecutor:
    # loky's workers do not import the parent's main module; those of the standard library would run Streamlit's current
    # script as theirs.
    worker = ProcessPoolExecutor(max_workers=1, initializer=follow_parent, initargs=(os.getpid(),))
    worker.submit(render_dot, "digraph {}", "svg")  # starts it and imports its libraries ahead of time
    return worker
