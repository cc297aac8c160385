"""What a process of the engine is: a worker, or the one that workers are forked from."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

from resnet_viz.engine.worker import Engine, work

_NICENESS = 5
"""Behind the process that serves pages, and a browser here, which shows the drawing while torch is imported."""
_WAIT = "import os, sys; sys.exit(os.waitstatus_to_exitcode(os.waitpid(int(sys.argv[1]), 0)[1]) & 255)"
Told = dict[str, Any]
"""What the process that serves pages has told: role, address, key, folder, and a worker's crew."""


def run(told: Told, load: Callable[[], Engine[Any]]) -> None:
    """Loads the engine, which takes long, and serves until the pipe ends. Reports why if it cannot be loaded."""
    if not isinstance(told["address"], str):
        told["address"] = tuple(told["address"])
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        engine = load()
    except BaseException as error:  # a missing library, one for another machine, one that exits, …
        _report_failure(told, error)
        shutil.rmtree(told["folder"], ignore_errors=True)  # nobody will share anything
        raise SystemExit(1) from error
    if told["role"] == "parent":
        _go_on_as_fork()
        _Parent(told, engine).serve()
    else:
        _work(told, engine, *told["crew"])


def _go_on_as_fork() -> None:
    """Returns in a child of this process, which becomes a small program that waits for its end and ends alike.

    Loading torch maps 300 MB of its libraries' files, mostly tables that are read once. A fork begins without them, and
    they are the first that the system takes back where memory is short.
    """
    child = os.fork()
    if child:
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", _WAIT, str(child)])


def _connect(told: Told) -> Connection:
    return Client(told["address"], authkey=bytes.fromhex(told["key"]))


def _work(told: Told, engine: Engine[Any], crew: str, niceness: int) -> None:
    work(engine, _connect(told), Path(told["folder"]), crew, niceness)


def _report_failure(told: Told, error: BaseException) -> None:
    traceback.print_exc()  # its text may contain paths: it goes to the log only
    name = error.name if isinstance(error, ImportError) else None
    reason = f"{type(error).__name__}: {name}" if name else type(error).__name__
    with suppress(OSError):
        _connect(told).send_bytes(json.dumps(["failed", reason]).encode())


class _Parent:
    """Forks a worker for each line that it gets. It has one thread, and has computed nothing with torch."""

    def __init__(self, told: Told, engine: Engine[Any]) -> None:
        self._told, self._engine = told, engine

    def serve(self) -> None:
        """Serves until the pipe ends, and clears away what was shared."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets workers that end
        gc.collect()
        gc.freeze()  # what is shared stays shared: a collection would write into every object
        with suppress(OSError, EOFError):  # the server has gone, perhaps already before this
            connection = _connect(self._told)
            connection.send_bytes(json.dumps(["ready"]).encode())
            while True:
                crew, niceness = json.loads(connection.recv_bytes())
                if os.fork() == 0:
                    self._become(connection, crew, niceness)
        shutil.rmtree(self._told["folder"], ignore_errors=True)

    def _become(self, connection: Connection, crew: str, niceness: int) -> None:
        """Never returns: what the fork inherited of this class is not its own."""
        try:
            connection.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _work(self._told, self._engine, crew, niceness)
        finally:
            os._exit(1)
