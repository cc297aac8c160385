"""A server that is told to end while it works, and one that is killed: nothing is left of either."""

from __future__ import annotations

import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

import psutil
import pytest

from resnet_viz.workers.host import ENGINE
from tests.browser.serving import app_command, app_environment, free_port, is_healthy, run_server
from tests.places import ROOT

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# Some seconds of a worker's time.
LONG = "/walk_record?block=bottleneck&layers=400,400"


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def works(process: psutil.Process) -> bool:
    """Whether one of its processes that have torch is at work on something."""
    for child in process.children(recursive=True):
        with suppress(psutil.Error):
            if ENGINE in child.cmdline() and child.ppid() != process.pid and child.cpu_times().user > 0.3:
                return True
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="workers are children of a child only where they are forked")
@pytest.mark.parametrize("is_killed", [False, True], ids=["told", "killed"])
def test_a_server_at_work_ends_and_leaves_nothing(tmp_path: Path, is_killed: bool) -> None:
    def ask() -> None:
        with suppress(OSError):
            _direct.open(url + LONG, timeout=120).read()

    port, log = free_port(), tmp_path / "log"
    url = f"http://127.0.0.1:{port}"
    with run_server(app_command(port), log, lambda: is_healthy(url), app_environment(ROOT)) as server:
        process = psutil.Process(server.pid)
        asker = Thread(target=ask)
        asker.start()
        wait_for(lambda: works(process))
        children = process.children(recursive=True)
        if is_killed:
            server.kill()
        else:
            server.terminate()
        status = server.wait(60)
        asker.join(60)
    assert is_killed or status == 0
    assert "Traceback" not in log.read_text()
    _gone, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
