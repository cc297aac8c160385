"""Listens to the lines of some functions as they run in this thread, and leaves no trace of having listened.

`sys.monitoring` where Python has it (3.12): its events are set on the watched functions' code alone, so that all else
runs at full speed; they come from every thread, and those of others are passed over. Else, or where its places are
taken, `sys.settrace`, which is the thread's own; a debugger's or a coverage tool's is put back in any case.
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

# `sys.monitoring` has six places; 3 and 4 are nobody's.
_PLACES = (3, 4)
_NAME = "resnet_viz"
BACKENDS = ("monitoring", "settrace") if sys.version_info >= (3, 12) else ("settrace",)


class Listener(Protocol):
    """Is told of every watched function that is entered or left, and of its lines."""

    def enter(self, frame: FrameType) -> None:
        """A function begins; its arguments are there."""

    def line(self, frame: FrameType, line: int) -> None:
        """A line is about to run."""

    def leave(self, frame: FrameType, value: object) -> None:
        """A function returns a value. One that an error ends may never be told of."""


class Watching:
    """A watch that is on. What is known to run no watched function can go on faster between `pause` and `resume`."""

    def pause(self) -> None:
        """Listen to nothing."""

    def resume(self) -> None:
        """Listen as before."""


@contextmanager
def watch(codes: Collection[CodeType], listener: Listener, backend: str | None = None) -> Iterator[Watching]:
    """Tell a listener what the functions with these codes do in this thread, by one of BACKENDS or the best there is.

    Raises TraceError for a backend that this Python has not.
    """
    if backend is not None and backend not in BACKENDS:
        text = _("Ways to watch: got {got}. This Python has {allowed}.")
        raise TraceError(text.format(got=str(backend)[:40], allowed=", ".join(BACKENDS)))
    place = _take_place() if (backend or BACKENDS[0]) == "monitoring" else None
    if place is None:
        with _settrace(frozenset(codes), listener) as watching:
            yield watching
    else:
        with _monitoring(codes, listener, place):
            yield Watching()


class _Tracing(Watching):
    """settrace is asked about every call of any function."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def pause(self) -> None:
        sys.settrace(None)

    def resume(self) -> None:
        sys.settrace(self._function)


@contextmanager
def _settrace(codes: frozenset[CodeType], listener: Listener) -> Iterator[Watching]:
    known = {id(code) for code in codes}  # A code object's own hash goes through all its bytecode.

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

    def _take_place() -> int | None:
        for place in _PLACES:
            try:
                sys.monitoring.use_tool_id(place, _NAME)
            except ValueError:  # In use, by another tool or by another thread's walk.
                continue
            return place
        return None

    class _Monitor:
        """Hands this thread's events on."""

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
    def _monitoring(codes: Collection[CodeType], listener: Listener, place: int) -> Iterator[None]:
        callbacks = _Monitor(listener).callbacks
        try:
            for event, callback in callbacks.items():
                sys.monitoring.register_callback(place, event, callback)
            for code in codes:
                sys.monitoring.set_local_events(place, code, _events.PY_START | _events.LINE | _events.PY_RETURN)
            yield
        finally:
            for code in codes:
                sys.monitoring.set_local_events(place, code, 0)
            for event in callbacks:
                sys.monitoring.register_callback(place, event, None)
            sys.monitoring.free_tool_id(place)

else:

    def _take_place() -> int | None:
        return None

    @contextmanager
    def _monitoring(codes: Collection[CodeType], listener: Listener, place: int) -> Iterator[None]:
        yield
