"""Reports calls, lines and returns of given functions in this thread, and restores the previous state afterwards.

With `sys.monitoring` (Python 3.12), events are enabled for the watched functions' code only, so all other code runs at
full speed; events arrive from every thread, and those of other threads are ignored. Otherwise, or where its tool ids
are taken, with `sys.settrace`, which is per thread; a debugger's or coverage tool's trace function is restored in any
case.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import get_ident
from types import CodeType, FrameType
from typing import Any, Protocol

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _

# `sys.monitoring` has six tool ids; 3 and 4 are not reserved.
_TOOL_IDS = (3, 4)
_NAME = "resnet_viz"
BACKENDS = ("monitoring", "settrace") if sys.version_info >= (3, 12) else ("settrace",)


class Listener(Protocol):
    """Receives calls, lines and returns of the watched functions."""

    def enter(self, frame: FrameType) -> None:
        """A function was called; its arguments are bound."""

    def line(self, frame: FrameType, line: int) -> None:
        """A line is about to run."""

    def leave(self, frame: FrameType, value: object) -> None:
        """A function returns a value. Not guaranteed for a function that raises."""


class Watching:
    """An active watch. `pause` and `resume` may enclose code without watched functions, to run it faster."""

    def pause(self) -> None:
        """Stops reporting."""

    def resume(self) -> None:
        """Reports again."""


@contextmanager
def watch(codes: Collection[CodeType], listener: Listener, backend: str | None = None) -> Iterator[Watching]:
    """Reports what the functions with these codes do in this thread to `listener`.

    `backend` is one of BACKENDS, by default the first. Raises TraceError for one that this Python does not have.
    """
    if backend is not None and backend not in BACKENDS:
        text = _("Ways to watch: got {got}. This Python has {allowed}.")
        raise TraceError(text.format(got=str(backend)[:40], allowed=", ".join(BACKENDS)))
    tool_id = _claim_tool_id() if (backend or BACKENDS[0]) == "monitoring" else None
    if tool_id is None:
        with _settrace(frozenset(codes), listener) as watching:
            yield watching
    else:
        with _monitoring(codes, listener, tool_id):
            yield Watching()


class _Tracing(Watching):
    """settrace is called for every call of any function."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def pause(self) -> None:
        sys.settrace(None)

    def resume(self) -> None:
        sys.settrace(self._function)


@contextmanager
def _settrace(codes: frozenset[CodeType], listener: Listener) -> Iterator[Watching]:
    known = {id(code) for code in codes}  # Keyed by id(): hashing a code object reads all its bytecode.

    def inside(frame: FrameType, event: str, value: Any) -> Any:
        if event == "line":
            listener.line(frame, frame.f_lineno)
        elif event == "return":
            listener.leave(frame, value)
        return inside

    def outside(frame: FrameType, event: str, value: Any) -> Any:
        if id(frame.f_code) not in known:
            return None
        listener.enter(frame)
        return inside

    before = sys.gettrace()
    sys.settrace(outside)
    try:
        yield _Tracing(outside)
    finally:
        sys.settrace(before)


if sys.version_info >= (3, 12):
    _events = sys.monitoring.events

    def _claim_tool_id() -> int | None:
        for tool_id in _TOOL_IDS:
            try:
                sys.monitoring.use_tool_id(tool_id, _NAME)
            except ValueError:  # In use, by another tool or by another thread's walk.
                continue
            return tool_id
        return None

    class _Monitor:
        """Forwards this thread's events."""

        def __init__(self, listener: Listener) -> None:
            self._listener, self._thread = listener, get_ident()
            self.callbacks = {_events.PY_START: self._start, _events.LINE: self._line, _events.PY_RETURN: self._leave}

        def _start(self, code: CodeType, offset: int) -> None:
            if get_ident() == self._thread:
                self._listener.enter(sys._getframe(1))

        def _line(self, code: CodeType, line: int) -> None:
            if get_ident() == self._thread:
                self._listener.line(sys._getframe(1), line)

        def _leave(self, code: CodeType, offset: int, value: object) -> None:
            if get_ident() == self._thread:
                self._listener.leave(sys._getframe(1), value)

    @contextmanager
    def _monitoring(codes: Collection[CodeType], listener: Listener, tool_id: int) -> Iterator[None]:
        callbacks = _Monitor(listener).callbacks
        try:
            for event, callback in callbacks.items():
                sys.monitoring.register_callback(tool_id, event, callback)
            for code in codes:
                sys.monitoring.set_local_events(tool_id, code, _events.PY_START | _events.LINE | _events.PY_RETURN)
            yield
        finally:
            for code in codes:
                sys.monitoring.set_local_events(tool_id, code, 0)
            for event in callbacks:
                sys.monitoring.register_callback(tool_id, event, None)
            sys.monitoring.free_tool_id(tool_id)

else:

    def _claim_tool_id() -> int | None:
        return None

    @contextmanager
    def _monitoring(codes: Collection[CodeType], listener: Listener, tool_id: int) -> Iterator[None]:
        yield
