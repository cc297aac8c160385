"""Memory with one session and with many, after all but one have left, and while the same ones go on."""

from __future__ import annotations

import time
from pathlib import Path

from tests.load.crowd import go_together, leave_all, let_all, make_readers
from tests.load.pace import Size
from tests.load.reader import Reader
from tests.load.report import Row
from tests.load.served import Memory, Server, serve, wait_quiet
from tests.load.tally import Tally
from tests.load.wire import LIMIT_S

TITLE = "Memory of sessions that come, go and go on, MiB"


def measure(checkout: Path, size: Size) -> list[Row]:
    """One reader, `size.readers` of them, one again after `size.stay_s`; then as many for `size.rise_s`."""
    with serve(checkout) as server:
        rows = [_row("before anybody came", server.memory())]
        readers = make_readers(server, size.readers, size, 2 * LIMIT_S)
        first, *others = readers
        rows.append(_row("one session", _come(server, [first])))
        rows.append(_row(f"{size.readers} sessions", _come(server, others)))
        leave_all(others)
        rows.append(_row(f"one session, {size.stay_s:.0f} s after the others left", _stay(server, first, size.stay_s)))
        leave_all([first])
        tally, watch = go_together(server, size.readers, Size(seconds=size.rise_s, looks=size.looks))
    rows.append(_row("rise each minute, with all going on", watch.rise()))
    noted = Tally([tally, *(reader.tally for reader in readers)])
    errors = noted.errors.total() + noted.wrong.total()
    return [*rows, Row("errors, number", {"page process": None, "all": errors}, noted.worst())]


def _come(server: Server, readers: list[Reader]) -> Memory:
    """What is held when all of them have looked at something of their own, and do nothing."""
    let_all(readers, _look)
    wait_quiet(server)
    return server.memory()


def _look(reader: Reader) -> None:
    reader.open()
    reader.look_closely()


def _stay(server: Server, reader: Reader, seconds: float) -> Memory:
    """Streamlit looks after sessions that left when somebody comes or does something."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(10.0, left))
        reader.run(reader.session.run)
    wait_quiet(server)
    return server.memory()


def _row(label: str, memory: Memory) -> Row:
    return Row(label, {"page process": memory.page, "all": memory.whole})
