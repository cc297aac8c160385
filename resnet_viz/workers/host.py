"""Starts worker processes: where the system can, forked from one that has imported torch, whose memory they share.

That one is no fork of this process, which has threads and serves pages, and runs no script of Streamlit's: its main
module is the engine's. `multiprocessing` has such a fork server, but starts processes with the main module of the
caller, which under Streamlit is the script that happens to run.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from threading import Thread
from typing import Any

from resnet_viz.workers.lanes import Crew
from resnet_viz.workers.wire import shared_folder

ENGINE = "resnet_viz.engine"
"""The module that is run as the engine's processes."""
FORKS = sys.platform == "linux"
"""Where a process that has imported torch can be forked: macOS's libraries do not stand it, Windows has no fork."""
_THREADS = {
    # Threads that wait for work sleep: those of several workers would else spin against each other.
    "OMP_WAIT_POLICY": "PASSIVE",
    # numpy's own threads would start with it, and a process with threads is not forked.
    "OPENBLAS_NUM_THREADS": "1",
}


class Host:
    """Starts the engine's processes, and takes the connections by which they report.

    `take` gets each new worker's crew name, pid and connection; `tell` gets what the forking process says: `ready`, or
    `failed` with the reason, or `gone`.
    """

    def __init__(
        self, take: Callable[[str, int, Connection], None], tell: Callable[..., None], engine: str, forks: bool
    ) -> None:
        self._engine, self._forks = engine, forks
        self._take, self._tell = take, tell
        self._key = secrets.token_bytes(32)
        self._listener = Listener(authkey=self._key)
        self._parent: Connection | None = None
        self._waiting: list[Crew] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        self._is_starting = self._is_closed = False
        Thread(target=self._accept, name="workers", daemon=True).start()

    @cached_property
    def folder(self) -> Path:
        """The folder for what is shared, made with the first process, which clears it away if this one is killed."""
        return shared_folder()

    def start(self, crew: Crew) -> None:
        """Starts a process of a crew, which reports when it can work."""
        if not self._forks:
            self._run("worker", crew)
        elif self._parent is not None:
            self._ask(crew)
        else:
            self._waiting.append(crew)
            self.prepare()

    def prepare(self) -> None:
        """Imports torch in the process that workers are forked from, if that has not begun."""
        if self._forks and self._parent is None and not self._is_starting:
            self._is_starting = True
            self._run("parent", None)

    def close(self) -> None:
        """Ends the forking process, and with it whatever waits for it; the workers are ended by whoever has them."""
        self._is_closed = True
        with suppress(OSError):
            self._listener.close()
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        if "folder" in self.__dict__:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, role: str, crew: Crew | None) -> None:
        self._processes = [process for process in self._processes if process.poll() is None]
        process = subprocess.Popen(
            [sys.executable, "-m", self._engine],
            stdin=subprocess.PIPE,
            env=os.environ | _THREADS,
            start_new_session=True,  # Ctrl-C is for the server, which ends its processes itself
        )
        told = {
            "role": role,
            "address": self._listener.address,
            "key": self._key.hex(),
            "folder": str(self.folder),
            "crew": crew and [crew.name, crew.niceness],
        }
        assert process.stdin is not None
        with suppress(OSError):  # it has ended already, which is noticed where it reports
            process.stdin.write(json.dumps(told).encode() + b"\n")
            process.stdin.close()
        self._processes.append(process)
        Thread(target=self._watch, args=(process, role), name=f"{role} {process.pid}", daemon=True).start()

    def _watch(self, process: subprocess.Popen[bytes], role: str) -> None:
        """Tells of a process that ended without a report."""
        status = process.wait()
        if not self._is_closed and (role == "parent" or status):
            self._parent, self._is_starting = None, False
            self._tell("gone", status)

    def _accept(self) -> None:
        while not self._is_closed:
            try:
                connection = self._listener.accept()
            except OSError:
                return
            except Exception:  # one that does not know the key
                continue
            Thread(target=self._greet, args=(connection,), daemon=True).start()

    def _greet(self, connection: Connection) -> None:
        with suppress(OSError, EOFError):
            kind, *rest = json.loads(connection.recv_bytes())
            if kind == "worker":
                name, pid = rest
                self._take(name, pid, connection)
            else:
                self._hear_parent(connection, kind, rest)

    def _hear_parent(self, connection: Connection, kind: str, rest: list[Any]) -> None:
        self._is_starting = False
        if kind == "ready":
            self._parent = connection
            waiting, self._waiting = self._waiting, []
            for crew in waiting:
                self._ask(crew)
        self._tell(kind, *rest)

    def _ask(self, crew: Crew) -> None:
        with suppress(OSError):
            assert self._parent is not None
            self._parent.send_bytes(json.dumps([crew.name, crew.niceness]).encode())
