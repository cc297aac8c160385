"""A server that is killed while it works leaves nothing; one that is told to: `tests/ui/server/test_cold_start.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from resnet_viz.workers.host import FORKS
from tests.browser.serving import app_command, app_environment, free_port, is_healthy, run_server
from tests.places import ROOT
from tests.workers.at_work import at_work


@pytest.mark.skipif(not FORKS or sys.platform == "win32", reason="workers are told from their parent by being forked")
def test_a_server_that_is_killed_at_work_leaves_nothing(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command, log = app_command(port), tmp_path / "log"
    with (
        run_server(command, log, lambda: is_healthy(url), app_environment(ROOT)) as server,
        at_work(url, server.pid),
    ):
        server.kill()
        server.wait(60)
