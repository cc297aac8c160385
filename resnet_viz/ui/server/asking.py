"""Asks the workers, on behalf of the session or request at hand, and waits as long as that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_viz.i18n import current_language
from resnet_viz.jobs.nets import Job
from resnet_viz.ui.server.engine import failed
from resnet_viz.ui.server.wanted import check_wanted
from resnet_viz.workers.failures import EngineFailed
from resnet_viz.workers.interface import Workers
from resnet_viz.workers.lanes import AHEAD, SCREEN, Lane
from resnet_viz.workers.task import Asked, Blobs, Progress, Ticket

_workers: list[Workers] = []
_lane: ContextVar[Lane | None] = ContextVar("resnet_viz_lane", default=None)
Waiting = Callable[[Ticket], None]


def use_workers(workers: Workers | None) -> Workers | None:
    """Has all jobs of this process done by these workers; returns those before."""
    before = _workers.pop() if _workers else None
    if workers is not None:
        _workers.append(workers)
    return before


def ask(
    job: Job,
    lane: Lane = SCREEN,
    n_bytes: int = 0,
    blobs: Blobs | None = None,
    on_progress: Progress | None = None,
) -> Any:
    """Returns the result of a job.

    Raises the job's error, WorkerLost, EngineFailed, and Abandoned if nobody waits any more. `n_bytes` are those of the
    net that it needs, `blobs` gives what it needs of the session, `on_progress` hears how far it is: below zero, how
    many come before.
    """
    asked = Asked(job, _lane.get() or lane, (job, current_language()), _owner(), current_language(), n_bytes, blobs)
    try:
        ticket = _workers[0].submit(asked)
        return ticket.result(_looking(ticket, on_progress), on_progress)
    except EngineFailed as error:
        raise failed(str(error)) from None


def _looking(ticket: Ticket, on_progress: Progress | None) -> Callable[[], None]:
    def look() -> None:
        check_wanted()
        if on_progress is not None and (n := ticket.n_before):
            on_progress(-n, 0)

    return look


@contextmanager
def ahead() -> Iterator[None]:
    """Within this context, jobs come after all that somebody waits for."""
    token = _lane.set(AHEAD)
    try:
        yield
    finally:
        _lane.reset(token)


def is_session_there(owner: str) -> bool:
    """Whether a session of this name is connected; "" stands for requests, whose readers are not known."""
    return bool(owner) and runtime.exists() and runtime.get_instance().is_active_session(owner)


def _owner() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context is not None else ""
