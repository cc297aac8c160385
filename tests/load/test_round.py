"""The load's readers go round in the app as it is, and find nothing wrong: so the client is as its page is."""

from __future__ import annotations

import time
from pathlib import Path

from tests.browser.serving import serve_app
from tests.load.crowd import leave_all, let_all
from tests.load.judging import own_of
from tests.load.pace import Pace
from tests.load.reader import Reader
from tests.load.tally import Tally
from tests.load.wire import LIMIT_S


def test_two_readers_go_round_and_get_their_own(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with serve_app(log) as url:
        until = time.monotonic() + LIMIT_S
        readers = [Reader(url, own_of(number), Pace(number, (0, 0), until)) for number in (1, 6)]
        let_all(readers, _go_round_once)
        leave_all(readers)
        printed = log.read_text()
    tally = Tally(reader.tally for reader in readers)
    assert (dict(tally.errors), dict(tally.wrong)) == ({}, {})
    done = {action: len(times) for action, times in tally.times.items()}
    once = {"open", "upload chosen", "picture uploaded", "prediction", "channels", "preset", "back to the own net"}
    assert {action: done[action] for action in once} == dict.fromkeys(once, 2)
    assert (done["node"], done["level"], done["compare"], done["learn"], done["/walk_record"]) == (4, 4, 2, 2, 2)
    assert "Traceback" not in printed


def _go_round_once(reader: Reader) -> None:
    reader.open()
    reader.go_round()
    reader.come_back()
