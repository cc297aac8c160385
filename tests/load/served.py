"""A checkout's app as a server of its own, and what its processes take."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.browser.serving import app_command, app_environment, free_port, is_healthy, run_server

ENDING_S = 15.0
"""How long processes may take to notice that their server has ended."""
_STOP_S = 60.0


@dataclass(frozen=True)
class Memory:
    """MiB; memory that processes share counts once."""

    page: float
    """Of the process that serves the pages."""
    whole: float
    """Of that and all processes it has started."""


class Server:
    """A running server: its address, its process, and what it prints."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.url, self.log = url, log
        self._process = process
        self.last: list[psutil.Process] = []
        """Its processes when it was stopped."""

    def family(self) -> list[psutil.Process]:
        """The process that serves, and those that it and they have started."""
        try:
            first = psutil.Process(self._process.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def memory(self) -> Memory:
        """What they hold now."""
        sizes = [_proportional(one) / 2**20 for one in self.family()]
        return Memory(sizes[0] if sizes else 0.0, sum(sizes))

    def cpu_seconds(self) -> float:
        """What those that are there have used; one that has ended takes its share with it."""
        return sum(_cpu(one) for one in self.family())

    def stop(self, how: signal.Signals) -> int:
        """Sends a signal and waits for the end; gives the exit status."""
        self.last = self.family()
        self._process.send_signal(how)
        return self._process.wait(_STOP_S)


@contextmanager
def serve(checkout: Path, port: int | None = None) -> Iterator[Server]:
    """Serve a checkout's app on a port of this machine. Nothing that was started is left at the end."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    family: list[psutil.Process] = []
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "log"
        try:
            with run_server(
                app_command(port), log, lambda: is_healthy(url), app_environment(checkout), checkout
            ) as process:
                server = Server(url, process, log)
                try:
                    yield server
                finally:
                    family = server.last or server.family()
        finally:
            end_left(family)


def left_after(family: list[psutil.Process], seconds: float = ENDING_S) -> list[psutil.Process]:
    """Those of a server's processes that are still there after a while."""
    _ended, left = psutil.wait_procs(family, seconds)
    return left


def end_left(family: list[psutil.Process]) -> None:
    """Ends those of a server's processes that did not end with it, and says so."""
    left = left_after(family)
    for one in left:
        print(f"  process {one.pid} did not end with its server", file=sys.stderr, flush=True)
        one.kill()
    psutil.wait_procs(left, ENDING_S)


def wait_quiet(server: Server, limit_s: float = 20.0) -> None:
    """Waits until the server has nothing more to do, so that what it draws ahead is no part of what is measured."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        before = server.cpu_seconds()
        time.sleep(1)
        if server.cpu_seconds() - before < 0.1:
            return


def _proportional(process: psutil.Process) -> float:
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0.0
    # Linux alone tells the share of what several processes hold.
    return float(getattr(info, "pss", info.uss))


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
