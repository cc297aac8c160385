"""Asks the workers, on behalf of the session or request at hand, and waits as long as that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import current_language
from resnet_viz.jobs.nets import Job
from resnet_viz.ui.server.engine import failed
from resnet_viz.ui.server.wanted import Abandoned, check_wanted
from resnet_viz.workers.failures import EngineFailed
from resnet_viz.workers.interface import Workers
from resnet_viz.workers.lanes import AHEAD, SCREEN, Lane
from resnet_viz.workers.task import Asked, Blobs, Progress, Ticket

_ANY = "any_key"
_workers: list[Workers] = []
_lane: ContextVar[Lane | None] = ContextVar("resnet_viz_lane", default=None)
_waiting: ContextVar[Waiting | None] = ContextVar("resnet_viz_waiting", default=None)
_actor: ContextVar[str] = ContextVar("resnet_viz_actor", default="")


@dataclass(frozen=True)
class Waiting:
    """What is shown to whoever waits: how far a job is, and while it waits, how many come before; 0 when it runs."""

    on_progress: Progress | None = None
    on_place: Callable[[int], None] = lambda n: None


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
) -> Any:
    """Returns the result of a job.

    Raises the job's error, WorkerLost, EngineFailed, and Abandoned if nobody waits any more. `n_bytes` are those of the
    net that it needs, `blobs` gives what it needs of the session.
    """
    waiting = _waiting.get() or Waiting()
    language = current_language()
    asked = Asked(job, _lane.get() or lane, (job, language), asker(), language, n_bytes, blobs)
    try:
        if not _workers:
            raise EngineFailed("no workers")
        ticket = _workers[0].submit(asked)
        return ticket.result(_looking(ticket, waiting), waiting.on_progress)
    except EngineFailed as error:
        raise failed(str(error)) from None


def follow(
    job: Job,
    lane: Lane,
    owner: str,
    check: Callable[[], None],
    on_part: Callable[[Any], None],
    blobs: Blobs | None = None,
) -> Any:
    """Returns the result of a job whose parts `on_part` gets as they come; for a thread without a session of its own.

    `owner` is the session that it is for. Raises as `ask`, and what `check` raises, which is called all the while.
    """
    language = current_language()
    asked = Asked(job, lane, (job, language), owner, language, 0, blobs)

    def look() -> None:
        if has_left(owner):
            raise Abandoned
        check()

    try:
        if not _workers:
            raise EngineFailed("no workers")
        return _workers[0].submit(asked).result(look, None, on_part)
    except EngineFailed as error:
        raise failed(str(error)) from None


def _looking(ticket: Ticket, waiting: Waiting) -> Callable[[], None]:
    def look() -> None:
        check_wanted()
        if get_script_run_ctx(suppress_warning=True) is not None:
            # Streamlit looks here whether the reader has done something else since; then the run ends, and its job.
            st.session_state.get(_ANY)
        waiting.on_place(ticket.n_before)

    return look


@contextmanager
def telling(waiting: Waiting) -> Iterator[None]:
    """Within this context, whoever waits is told how far a job is."""
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)


@contextmanager
def ahead() -> Iterator[None]:
    """Within this context, jobs come after all that somebody waits for; an error ends it, and nobody is told."""
    token = _lane.set(AHEAD)
    try:
        with suppress(ResnetVizError, EngineFailed):
            yield
    finally:
        _lane.reset(token)


def is_session_there(owner: str) -> bool:
    """Whether a session of this name is connected; "" stands for requests, whose readers are not known."""
    return bool(owner) and runtime.exists() and runtime.get_instance().is_active_session(owner)


def has_left(owner: str) -> bool:
    """Whether a session of this name is over, or its browser away; False for one that is not known."""
    return bool(owner) and runtime.exists() and not is_session_there(owner)


@contextmanager
def acting_for(session: str) -> Iterator[None]:
    """Within this context, what is asked for is for this session, as where its browser asks beside a script run."""
    token = _actor.set(session)
    try:
        yield
    finally:
        _actor.reset(token)


def asker() -> str:
    """Returns the session that asks; "" if none is known."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context is not None else _actor.get()
