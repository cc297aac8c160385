"""Whether the client still waits for a result: long computations poll `check_wanted` and stop if it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

_asker: ContextVar[Callable[[], bool] | None] = ContextVar("resnet_viz_asker", default=None)


class Abandoned(Exception):
    """The client has disconnected: the computation was stopped, and there is nobody to respond to."""


@contextmanager
def wanted_while(is_waiting: Callable[[], bool]) -> Iterator[None]:
    """Within this context, `check_wanted` raises Abandoned as soon as `is_waiting` returns False."""
    token = _asker.set(is_waiting)
    try:
        yield
    finally:
        _asker.reset(token)


def check_wanted() -> None:
    """Raises Abandoned if the client or session that requested the result has disconnected."""
    is_waiting = _asker.get() or _is_session_there
    if not is_waiting():
        raise Abandoned


def _is_session_there() -> bool:
    """Whether the session of this run is still connected; True in a thread without a session, which is the server's."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not runtime.exists():
        return True
    return runtime.get_instance().is_active_session(context.session_id)
