"""Layout in processes of its own: Graphviz holds Python's lock while it works, and nobody else would be served.

A drawing waits for one of a few workers, and leaves it as soon as nobody waits for the drawing: Graphviz cannot be
interrupted, so its process ends, and another takes its place.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread
from time import sleep

from loky import ProcessPoolExecutor
from loky.process_executor import BrokenProcessPool

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.ui.server.wanted import Abandoned, check_wanted
from resnet_viz.views.render import Renderer, render_dot, use_renderer

_LOOK_S = 0.1
"""Between two looks at whether somebody still waits."""
_ORPHAN_S = 2.0


class LayoutPool:
    """A few processes that lay out, each for one drawing at a time.

    Each is an executor of one worker: to end what runs, an executor can only end all of its workers.
    """

    def __init__(self, n_workers: int) -> None:
        self._n = n_workers
        self._free: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        self._is_closed = False
        for _n in range(n_workers):
            self._free.put(_new_worker())

    def render(self, source: str, format: str) -> bytes:
        """As `render_dot`, elsewhere. Raises Abandoned where nobody waits any more, DrawError where Graphviz ended."""
        with self._worker() as worker:
            job = worker.submit(render_dot, source, format)
            while not job.done():
                wait((job,), _LOOK_S)
                check_wanted()
            drawn: bytes = job.result()
            return drawn

    def close(self) -> None:
        """End the workers that are free, at once, and those that work when they come back."""
        self._is_closed = True
        for _n in range(self._n):
            try:
                self._free.get_nowait().shutdown(wait=True, kill_workers=True)  # with its locks, which are the system's
            except Empty:
                return

    @contextmanager
    def _worker(self) -> Iterator[ProcessPoolExecutor]:
        worker = self._take()
        is_sound = True
        try:
            yield worker
        except Abandoned:
            is_sound = False
            raise
        except BrokenProcessPool as error:  # it crashed, or was ended for the memory it took
            is_sound = False
            raise DrawError(_("Graphviz broke off in this drawing. Choose a smaller net, or fold it.")) from error
        finally:
            if not is_sound or self._is_closed:
                worker.shutdown(wait=False, kill_workers=True)
            if not self._is_closed:
                self._free.put(worker if is_sound else _new_worker())

    def _take(self) -> ProcessPoolExecutor:
        while True:
            try:
                return self._free.get(timeout=_LOOK_S)
            except Empty:
                check_wanted()


@contextmanager
def laying_out_elsewhere() -> Iterator[None]:
    """Herein all drawings of this process are laid out by a pool of one or two workers."""
    pool = LayoutPool(min(2, os.cpu_count() or 1))
    before: Renderer = use_renderer(pool.render)
    try:
        yield
    finally:
        use_renderer(before)
        pool.close()


def _new_worker() -> ProcessPoolExecutor:
    # loky's processes import nothing of the program that starts them; those of the standard library would run
    # Streamlit's present script as their own.
    worker = ProcessPoolExecutor(max_workers=1, initializer=_follow_parent, initargs=(os.getpid(),))
    worker.submit(render_dot, "digraph {}", "svg")  # so that it is there, with its libraries, when it is needed
    return worker


def _follow_parent(parent: int) -> None:
    """In the worker: end with the server, also where that was killed and could not say so."""

    def watch() -> None:
        while os.getppid() == parent:
            sleep(_ORPHAN_S)
        os._exit(0)

    if sys.platform != "win32":  # where a process keeps the number of its dead parent
        Thread(target=watch, daemon=True).start()
