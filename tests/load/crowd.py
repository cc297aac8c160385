"""Readers at once, each in a thread of its own, and the server watched meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Thread

from tests.load.judging import own_of
from tests.load.pace import Pace, Size
from tests.load.reader import Reader
from tests.load.served import Server, wait_quiet
from tests.load.tally import Tally
from tests.load.watching import Watch
from tests.load.wire import LIMIT_S

Act = Callable[[Reader], object]


def make_readers(server: Server, n: int, size: Size, seconds: float | None = None) -> list[Reader]:
    """Readers that are still to come, for so many seconds from now."""
    until = time.monotonic() + (size.seconds if seconds is None else seconds)
    return [Reader(server.url, own_of(number), Pace(number, size.looks, until)) for number in range(n)]


def warm(server: Server) -> float:
    """Has one reader go round once, and gives the seconds until its page was there: the first of a server pays more."""
    (reader,) = make_readers(server, 1, Size(looks=(0, 0)), LIMIT_S)
    let_all([reader], _go_once)
    reader.leave()
    wait_quiet(server)
    return reader.tally.times["open"][0]


def let_all(readers: Sequence[Reader], act: Act) -> None:
    """Has all of them do something at once, and waits until they are done."""
    threads = [Thread(target=_arrive, args=(reader, len(readers), act), daemon=True) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        # Each of them gives up by itself; this is for one that does not.
        thread.join(3 * LIMIT_S)


def go_together(server: Server, n: int, size: Size) -> tuple[Tally, Watch]:
    """Has n readers go round until the time is over."""
    readers = make_readers(server, n, size)
    with Watch(server) as watch:
        let_all(readers, Reader.go_rounds)
    leave_all(readers)
    return Tally(reader.tally for reader in readers), watch


def leave_all(readers: Sequence[Reader]) -> None:
    """Has all of them close their tabs."""
    for reader in readers:
        reader.leave()


def _go_once(reader: Reader) -> None:
    reader.open()
    reader.go_round()


def _arrive(reader: Reader, n_readers: int, act: Act) -> None:
    def come() -> None:
        reader.pace.arrive(n_readers)
        act(reader)

    reader.run(come)
