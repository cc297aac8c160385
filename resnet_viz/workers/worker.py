"""One worker process, seen from the process that serves pages."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any

from resnet_viz.jobs.nets import NetKey
from resnet_viz.workers.lanes import Crew
from resnet_viz.workers.task import Task
from resnet_viz.workers.wire import pack, unpack

Message = tuple[Any, ...]


class Worker:
    """A process of a crew, with a thread that hears what it says; `hear` gets each message, and None at its end."""

    def __init__(self, crew: Crew, pid: int, connection: Connection, folder: Path) -> None:
        self.crew, self.pid = crew, pid
        self.task: Task | None = None
        self.begun = self.idle_since = monotonic()
        self._connection, self._folder = connection, folder
        self._sending = Lock()

    def listen(self, hear: Callable[[Worker, Message | None], None]) -> None:
        """Starts the thread."""
        Thread(target=self._listen, args=(hear,), name=f"worker {self.pid}", daemon=True).start()

    def start(self, task: Task) -> None:
        """Sends a job."""
        self.task, self.begun = task, monotonic()
        self._send("job", task.number, task.asked.job, task.asked.language)

    def cancel(self, task: Task) -> None:
        """Asks the process to leave a job after the op at hand; one that it has left by then is none of its concern."""
        self._send("cancel", task.number)

    def give(self, key: str, blob: Any) -> None:
        """Sends a picture or a file that it has asked for."""
        self._send("blob", key, blob)

    def drop(self, nets: list[NetKey]) -> None:
        """Tells the process to let nets go."""
        self._send("drop", nets)

    def forget(self, pictures: list[str]) -> None:
        """Tells the process to let pictures go."""
        self._send("forget", pictures)

    def end(self) -> None:
        """Ends the process, whatever it does."""
        with suppress(OSError):
            os.kill(self.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _send(self, *message: Any) -> None:
        # A process that has gone is noticed by its thread.
        with self._sending, suppress(OSError, ValueError):
            self._connection.send_bytes(pack(message, self._folder))

    def _listen(self, hear: Callable[[Worker, Message | None], None]) -> None:
        with suppress(OSError, EOFError):
            while True:
                hear(self, unpack(self._connection.recv_bytes()))
        self._connection.close()
        hear(self, None)
