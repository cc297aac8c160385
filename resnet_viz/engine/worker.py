"""The loop of a worker process: jobs one after the other, and what may come while one runs.

A second thread hears the pipe. It interrupts a job as Ctrl-C would, after the op at hand, and ends the process when the
pipe does, whatever runs: whoever it works for has gone.
"""

from __future__ import annotations

import _thread
import gc
import json
import os
import signal
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Generic, Protocol, TypeVar

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import use_language
from resnet_viz.jobs.nets import Job, NetKey
from resnet_viz.workers.lanes import AT_REST
from resnet_viz.workers.wire import pack, unpack

_GARBAGE = 50_000
"""New objects between two collections of garbage: tracing a large net makes tens of thousands that stay."""


class Held(Protocol):
    """What a worker has at hand."""

    def holds(self, key: NetKey | None) -> bool:
        """Whether a net is built."""

    def drop(self, nets: Iterable[NetKey]) -> None:
        """Lets nets go."""

    def forget(self, pictures: Iterable[str]) -> None:
        """Lets pictures go."""


D = TypeVar("D", bound=Held)


@dataclass(frozen=True)
class Engine(Generic[D]):
    """What a worker is made of: how it is set up, what it has at hand, and what carries out a job with that."""

    set_up: Callable[[], None]
    desk: Callable[[Callable[[str], Any], Callable[[int, int], None], Callable[[Any], None]], D]
    """Made of functions that fetch a picture or a file by its key, tell how far a job is, and send a part of its
    result."""
    carry_out: Callable[[Job, D], Any]


def work(engine: Engine[Any], connection: Connection, folder: Path, crew: str, niceness: int) -> None:
    """Reports, and carries out jobs until the process is ended."""
    stand_back(niceness)
    # A job is cancelled as by Ctrl+C, which a shell's script makes whatever it starts in the background ignore.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    engine.set_up()
    gc.set_threshold(_GARBAGE, *gc.get_threshold()[1:])
    connection.send_bytes(json.dumps(["worker", crew, os.getpid()]).encode())
    _Bench(engine, connection, folder).serve()


def stand_back(niceness: int) -> None:
    """Lowers this process's priority; from AT_REST on it works only while no other process wants the processor."""
    if hasattr(os, "nice"):
        os.nice(niceness)
    if niceness >= AT_REST and hasattr(os, "SCHED_IDLE"):
        # Even at the last niceness, others' short answers took half as long again beside four nets in training.
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


class _Bench:
    """Jobs come from the pipe through the second thread to the first, which carries them out."""

    def __init__(self, engine: Engine[Any], connection: Connection, folder: Path) -> None:
        self._connection, self._folder = connection, folder
        self._coming: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        self._blobs: SimpleQueue[Any] = SimpleQueue()
        self._sending, self._guard = Lock(), Lock()
        self._running: int | None = None
        self._do, self._desk = engine.carry_out, engine.desk(self._fetch, self._tell, self._stream)

    def serve(self) -> None:
        """Carries out what comes. Never returns: the thread that hears the pipe ends the process."""
        Thread(target=self._hear, name="pipe", daemon=True).start()
        while True:
            with suppress(KeyboardInterrupt):  # of a job that had just ended
                self._take(*self._coming.get())

    def _take(self, kind: str, *rest: Any) -> None:
        if kind == "drop":
            self._desk.drop(*rest)
            gc.collect()
        elif kind == "forget":
            self._desk.forget(*rest)
        else:
            self._carry_out(*rest)

    def _carry_out(self, number: int, job: Job, language: str) -> None:
        use_language(language)
        kind, value = "cancelled", None
        try:
            self._running = number
            kind, value = "done", self._do(job, self._desk)
            self._end_job()
        except KeyboardInterrupt:
            kind, value = "cancelled", None
        except ResnetVizError as error:
            kind, value = "failed", error
        except Exception:
            kind, value = "broken", traceback.format_exc()
        finally:
            self._end_job()
        self._send(kind, number, value, self._desk.holds(job.net))

    def _end_job(self) -> None:
        with self._guard:
            self._running = None

    def _hear(self) -> None:
        with suppress(OSError, EOFError):
            while True:
                kind, *rest = unpack(self._connection.recv_bytes())
                if kind == "cancel":
                    self._interrupt(rest[0])
                elif kind == "blob":
                    self._blobs.put(rest[1])
                else:
                    self._coming.put((kind, *rest))
        os._exit(0)

    def _interrupt(self, number: int) -> None:
        with self._guard:
            if self._running == number:
                _thread.interrupt_main()

    def _fetch(self, key: str) -> Any:
        while not self._blobs.empty():  # of a job that did not wait for it
            self._blobs.get()
        self._send("need", self._running, key)
        return self._blobs.get()

    def _tell(self, done: int, total: int) -> None:
        self._send("progress", self._running, done, total)

    def _stream(self, part: Any) -> None:
        self._send("part", self._running, part)

    def _send(self, *message: Any) -> None:
        with self._sending, suppress(OSError):
            self._connection.send_bytes(pack(message, self._folder))
