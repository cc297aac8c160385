"""The loop of a worker process: jobs one after the other, and what may come while one runs.

A second thread hears the pipe. It interrupts a job as Ctrl-C would, after the op at hand, and ends the process when the
pipe does, whatever runs: whoever it works for has gone.
"""

from __future__ import annotations

import _thread
import gc
import json
import os
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

import torch

from resnet_viz.engine.carry_out import carry_out
from resnet_viz.engine.desk import Desk
from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import use_language
from resnet_viz.jobs.nets import Job
from resnet_viz.workers.wire import pack, unpack

_GARBAGE = 50_000
"""New objects between two collections of garbage: tracing a large net makes tens of thousands that stay."""


def work(connection: Connection, folder: Path, crew: str, niceness: int) -> None:
    """Reports, and carries out jobs until the process is ended."""
    if hasattr(os, "nice"):
        os.nice(niceness)
    torch.set_num_threads(_n_cores())
    gc.set_threshold(_GARBAGE, *gc.get_threshold()[1:])
    connection.send_bytes(json.dumps(["worker", crew, os.getpid()]).encode())
    _Bench(connection, folder).serve()


def _n_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Bench:
    """Jobs come from the pipe through the second thread to the first, which carries them out."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self._connection, self._folder = connection, folder
        self._coming: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
        self._blobs: SimpleQueue[Any] = SimpleQueue()
        self._sending, self._guard = Lock(), Lock()
        self._running: int | None = None
        self._desk = Desk(self._fetch, self._tell)

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
        else:
            self._carry_out(*rest)

    def _carry_out(self, number: int, job: Job, language: str) -> None:
        use_language(language)
        kind, value = "cancelled", None
        try:
            self._running = number
            kind, value = "done", carry_out(job, self._desk)
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

    def _send(self, *message: Any) -> None:
        with self._sending, suppress(OSError):
            self._connection.send_bytes(pack(message, self._folder))
