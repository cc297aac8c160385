"""The load's readers go round in the app as it is, and find nothing wrong: so the client is as its page is.

Then their server is killed while it works, and leaves nothing; one that is told to end:
`tests/ui/server/test_cold_start.py`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import pytest

from resnet_viz.workers.host import FORKS
from tests.browser.serving import app_command, app_environment, free_port, is_healthy, run_server
from tests.load.crowd import leave_all, let_all
from tests.load.judging import own_of
from tests.load.pace import Pace
from tests.load.reader import Reader
from tests.load.tally import Tally
from tests.load.wire import LIMIT_S
from tests.places import ROOT
from tests.workers.at_work import at_work


@dataclass(frozen=True, slots=True)
class App:
    """The app that all tests here meet, the last of which kills it."""

    url: str
    server: Popen[bytes]
    log: Path


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    port, log = free_port(), tmp_path_factory.mktemp("app") / "server.log"
    url = f"http://127.0.0.1:{port}"
    with run_server(app_command(port), log, lambda: is_healthy(url), app_environment(ROOT)) as server:
        yield App(url, server, log)


def test_two_readers_go_round_and_get_their_own(app: App) -> None:
    until = time.monotonic() + LIMIT_S
    readers = [Reader(app.url, own_of(number), Pace(number, (0, 0), until)) for number in (1, 6)]
    let_all(readers, _go_round_once)
    leave_all(readers)
    printed = app.log.read_text()
    tally = Tally(reader.tally for reader in readers)
    assert (dict(tally.errors), dict(tally.wrong)) == ({}, {})
    done = {action: len(times) for action, times in tally.times.items()}
    once = {"open", "upload chosen", "picture uploaded", "prediction", "channels", "preset", "back to the own net"}
    assert {action: done[action] for action in once} == dict.fromkeys(once, 2)
    assert (done["node"], done["level"], done["compare"], done["learn"], done["/walk_record"]) == (4, 4, 2, 2, 2)
    assert "Traceback" not in printed


@pytest.mark.skipif(not FORKS or sys.platform == "win32", reason="workers are told from their parent by being forked")
def test_a_server_that_is_killed_at_work_leaves_nothing(app: App) -> None:
    with at_work(app.url, app.server.pid):
        app.server.kill()
        app.server.wait(60)


def _go_round_once(reader: Reader) -> None:
    reader.open()
    reader.go_round()
    reader.come_back()
