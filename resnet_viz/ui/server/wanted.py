"""Whether anybody still waits for what is being worked out: what takes long asks now and then, and ends if not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

_asker: ContextVar[Callable[[], bool] | None] = ContextVar("resnet_viz_asker", default=None)


class Abandoned(Exception):
    """Nobody waits any more, so there is nobody to tell."""


@contextmanager
def wanted_while(is_waiting: Callable[[], bool]) -> Iterator[None]:
    """What is worked out herein, in this context, is wanted as long as this says so."""
    token = _asker.set(is_waiting)
    try:
        yield
    finally:
        _asker.reset(token)


def check_wanted() -> None:
    """Raises Abandoned where whoever asked for it has left."""
    is_waiting = _asker.get() or _is_session_there
    if not is_waiting():
        raise Abandoned


def _is_session_there() -> bool:
    """Whether the session of this run is still connected; a thread that is of no session works for the server."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not runtime.exists():
        return True
    return runtime.get_instance().is_active_session(context.session_id)
