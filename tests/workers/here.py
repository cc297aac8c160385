"""Workers that are no processes: whoever asks does the job, so that a test sees, and may replace, what is called."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from resnet_viz.workers.task import Asked, Progress, Ticket

if TYPE_CHECKING:
    from resnet_viz.engine.desk import Desk

_MOST_NETS = 4


class WorkersHere:
    """Does each job where it is asked for. Its nets are kept as a worker's, the last four of them."""

    def __init__(self) -> None:
        self._desk: Desk | None = None
        self._turn = Lock()

    def submit(self, asked: Asked) -> Ticket:
        """Returns a ticket; the job is done when its result is asked for."""
        return _Job(self, asked)

    def close(self) -> None:
        """Nothing is open."""

    def do(self, asked: Asked, on_progress: Progress | None, on_part: Callable[[Any], None]) -> Any:
        """Does a job."""
        from resnet_viz.engine.carry_out import carry_out  # not above: it imports torch
        from resnet_viz.engine.desk import Desk

        with self._turn:
            desk = self._desk = self._desk or Desk(lambda key: None)
            desk._fetch = asked.blobs or (lambda key: None)
            desk.tell, desk.stream = on_progress or (lambda done, total: None), on_part
            try:
                return carry_out(asked.job, desk)
            finally:
                desk.drop(list(desk._nets)[:-_MOST_NETS])


class _Job(Ticket):
    def __init__(self, workers: WorkersHere, asked: Asked) -> None:
        self._workers, self._asked = workers, asked

    @property
    def n_before(self) -> int:
        return 0

    def result(
        self,
        check: Callable[[], None] = lambda: None,
        on_progress: Progress | None = None,
        on_part: Callable[[Any], None] = lambda _: None,
    ) -> Any:
        check()
        return self._workers.do(self._asked, on_progress, on_part)

    def leave(self) -> None:
        pass
