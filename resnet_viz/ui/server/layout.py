"""Layout in processes of its own: Graphviz holds Python's lock while it works, and nobody else would be served.

A drawing waits for one of a few workers, and leaves it as soon as nobody waits for the drawing: Graphviz cannot be
interrupted, so its process ends, and another takes its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from loky import ProcessPoolExecutor
from loky.process_executor import BrokenProcessPool

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.ui.server.orphan import follow_parent
from resnet_viz.ui.server.wanted import check_wanted
from resnet_viz.views.graph.render import Renderer, render_dot, use_renderer

_LOOK_S = 0.1
"""Between two looks at whether somebody still waits."""


class LayoutPool:
    """A few processes that lay out, each for one drawing at a time.

    Each is an executor of one worker: to end what runs, an executor can only end all of its workers. A place whose
    worker has ended is empty until somebody needs it.
    """

    def __init__(self, n_workers: int) -> None:
        self._n = n_workers
        self._places: SimpleQueue[ProcessPoolExecutor | None] = SimpleQueue()
        self._is_closed = False
        for _n in range(n_workers):
            self._places.put(_new_worker())

    def render(self, source: str, format: str) -> bytes:
        """As `render_dot`, elsewhere. Raises Abandoned where nobody waits any more, DrawError where Graphviz ended."""
        try:
            return self._render(source, format)
        except BrokenProcessPool:  # Perhaps its worker was ended before, for the memory that others take.
            try:
                return self._render(source, format)
            except BrokenProcessPool as error:
                raise DrawError(_("Graphviz broke off in this drawing. Choose a smaller net, or fold it.")) from error

    def close(self) -> None:
        """End the workers that are free, and those that work when they come back."""
        self._is_closed = True
        for _n in range(self._n):
            try:
                worker = self._places.get_nowait()
            except Empty:
                return
            if worker is not None:
                worker.shutdown(wait=True, kill_workers=True)  # with its locks, which are the system's

    def _render(self, source: str, format: str) -> bytes:
        with self._worker() as worker:
            job = worker.submit(render_dot, source, format)
            while not job.done():
                check_wanted()
                wait((job,), _LOOK_S)
            if isinstance(error := job.exception(), BrokenProcessPool):
                raise error
        # What Graphviz says of a drawing leaves its worker as it was.
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
    """Herein all drawings of this process are laid out by a pool of one or two workers."""
    pool = LayoutPool(min(2, os.cpu_count() or 1))
    before: Renderer = use_renderer(pool.render)
    try:
        yield
    finally:
        use_renderer(before)
        pool.close()


def _start_worker() -> ProcessPoolExecutor:
    try:
        return _new_worker()
    except (OSError, RuntimeError, MemoryError) as error:
        text = _("No process can be started to lay out this drawing ({reason}). Try again in a moment.")
        raise DrawError(text.format(reason=type(error).__name__)) from error


def _new_worker() -> ProcessPoolExecutor:
    # loky's processes import nothing of the program that starts them; those of the standard library would run
    # Streamlit's present script as their own.
    worker = ProcessPoolExecutor(max_workers=1, initializer=follow_parent, initargs=(os.getpid(),))
    worker.submit(render_dot, "digraph {}", "svg")  # so that it is there, with its libraries, when it is needed
    return worker
