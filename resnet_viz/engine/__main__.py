"""A process of the engine, started by `resnet_viz.workers.host`: a worker, or the one that workers are forked from.

The first line of its input says which, and where to report: JSON, so that no key stands in a command line.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any


def main() -> None:
    """Imports torch and the model, and serves until the pipe ends."""
    told = json.loads(sys.stdin.readline())
    if not isinstance(told["address"], str):
        told["address"] = tuple(told["address"])
    try:
        import resnet_viz.engine.worker  # noqa: F401
    except BaseException as error:  # a missing library, one for another machine, one that exits, …
        _report_failure(told, error)
        raise SystemExit(1) from error
    if told["role"] == "parent":
        _Parent(told).serve()
    else:
        _work(told, *told["crew"])


def _connect(told: dict[str, Any]) -> Connection:
    return Client(told["address"], authkey=bytes.fromhex(told["key"]))


def _work(told: dict[str, Any], crew: str, niceness: int) -> None:
    from resnet_viz.engine.worker import work

    work(_connect(told), Path(told["folder"]), crew, niceness)


def _report_failure(told: dict[str, Any], error: BaseException) -> None:
    import traceback

    traceback.print_exc()  # its text may contain paths: it goes to the log only
    name = error.name if isinstance(error, ImportError) else None
    with suppress(OSError):
        reason = f"{type(error).__name__}: {name}" if name else type(error).__name__
        _connect(told).send_bytes(json.dumps(["failed", reason]).encode())


def _warm() -> None:
    """Traces a net: what torch imports and caches at the first one, all workers then share. It computes nothing."""
    from resnet_viz.model.trace.plan import trace_spec
    from resnet_viz.spec.resnet import PRESETS

    trace_spec(PRESETS["resnet18"])


class _Parent:
    """Forks a worker for each line that it gets. It has one thread, and has computed nothing with torch."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told

    def serve(self) -> None:
        """Serves until the pipe ends, and clears away what was shared."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets workers that end
        _warm()
        gc.collect()
        gc.freeze()  # what is shared stays shared: a collection would write into every object
        connection = _connect(self._told)
        connection.send_bytes(json.dumps(["ready"]).encode())
        with suppress(OSError, EOFError):
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
            _work(self._told, crew, niceness)
        finally:
            os._exit(1)


if __name__ == "__main__":
    main()
