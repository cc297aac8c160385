"""A server whose workers are at work, to be ended in the middle of it."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import psutil

from resnet_viz.workers.host import ENGINE

LONG = "/walk_record?block=bottleneck&layers=400,400"
"""Some seconds of a worker's time."""
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextmanager
def at_work(url: str, pid: int) -> Iterator[None]:
    """Asks the server for what takes long, whatever comes of it, and begins when a worker is at it.

    All processes of the server must have gone at the end.
    """
    asker = Thread(target=_ask, args=(url + LONG,))
    asker.start()
    server = psutil.Process(pid)
    deadline = time.monotonic() + 120
    while not _works(server):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    children = server.children(recursive=True)
    yield
    asker.join(60)
    _gone, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []


def _ask(url: str) -> None:
    with suppress(OSError):
        _direct.open(url, timeout=120).read()


def _works(server: psutil.Process) -> bool:
    """Whether one of the forked processes is at work on something."""
    for child in server.children(recursive=True):
        with suppress(psutil.Error):
            above = psutil.Process(child.ppid())
            if ENGINE in child.cmdline() and ENGINE in above.cmdline() and child.cpu_times().user > 0.5:
                return True
    return False
