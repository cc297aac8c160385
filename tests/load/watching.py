"""A look at the server from outside while readers are there: whether it answers, and what it takes."""

from __future__ import annotations

import time
from threading import Event, Thread
from types import TracebackType

from tests.load.served import Memory, Server
from tests.load.wire import Gone, Line

_EVERY_S = 1.0


class Watch:
    """Looks once a second for as long as the block lasts."""

    def __init__(self, server: Server) -> None:
        self._server, self._line = server, Line(server.url)
        self._over = Event()
        self._thread = Thread(target=self._look, name="watch", daemon=True)
        self.memory: list[tuple[float, Memory]] = []
        """With the seconds since the beginning."""
        self.health: list[float] = []
        self.n_unhealthy = 0
        self.cores = 0.0
        """How many were busy with it, on average."""

    def __enter__(self) -> Watch:
        self._begin, self._used = time.monotonic(), self._server.cpu_seconds()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self.cores = (self._server.cpu_seconds() - self._used) / max(0.001, time.monotonic() - self._begin)

    @property
    def most(self) -> Memory:
        """The most of each that it held."""
        seen = [memory for _when, memory in self.memory]
        return Memory(max(memory.page for memory in seen), max(memory.whole for memory in seen))

    def rise(self) -> Memory:
        """How much more it holds each minute, as the slope of the line that fits best.

        Of the last two thirds: in the first caches fill.
        """
        seen = self.memory[len(self.memory) // 3 :]
        minutes = [when / 60 for when, _memory in seen]
        page, whole = [memory.page for _when, memory in seen], [memory.whole for _when, memory in seen]
        return Memory(_slope(minutes, page), _slope(minutes, whole))

    def _look(self) -> None:
        while True:
            self.memory.append((time.monotonic() - self._begin, self._server.memory()))
            try:
                answer = self._line.get("/_stcore/health")
                self.health.append(answer.seconds)
                self.n_unhealthy += answer.body != b"ok"
            except Gone:
                self.n_unhealthy += 1
            if self._over.wait(_EVERY_S):
                return


def _slope(xs: list[float], ys: list[float]) -> float:
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread if spread else 0.0
