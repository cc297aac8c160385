"""Faults caused on purpose, and what each reader saw of them. To be read by somebody; nothing is measured."""

from __future__ import annotations

import signal
import time
from functools import partial
from pathlib import Path
from threading import Thread

import psutil

from resnet_viz.ui.explore.ways.channels import W_TILES
from resnet_viz.ui.explore.ways.prediction import W_OCCLUDE
from tests.browser.serving import free_port
from tests.load.crowd import leave_all, let_all, make_readers
from tests.load.kinds.busy import begin_occluding
from tests.load.pace import Size
from tests.load.reader import Reader
from tests.load.served import ENDING_S, Server, left_after, serve, wait_quiet
from tests.load.wire import LIMIT_S, Line

_SIZE = Size(readers=4, seconds=LIMIT_S, looks=(0.2, 0.5))
_UNDER_WAY_S = 3.0
_MOST_JOBS_S = 40.0


def cause(checkout: Path) -> None:
    """Kills a worker, then the server; ends another server while it works."""
    _kill_worker(checkout)
    _kill_server(checkout)
    _end_server(checkout)


def _kill_worker(checkout: Path) -> None:
    print("\nThe process that works hardest is killed (SIGKILL) in the middle of a long job")
    with serve(checkout) as server:
        wait_quiet(server)
        busy, *others = make_readers(server, _SIZE.readers, _SIZE)
        let_all(others, Reader.open)
        busy.run(partial(begin_occluding, busy))
        job = _begin_job(busy)
        time.sleep(_UNDER_WAY_S)
        victim = _hardest(server)
        if victim is None:
            print("  no process but the server works: there is none to kill")
        else:
            print(f"  killed: {' '.join(victim.cmdline())[-60:]}")
            victim.kill()
        let_all(others, lambda reader: reader.choose_node("layer1.0.conv1"))
        job.join(_MOST_JOBS_S)
        _tell("the reader of the job", busy, is_under_way=job.is_alive())
        for number, reader in enumerate(others, 1):
            _tell(f"reader {number} beside it, who clicked a node then", reader)
        if not job.is_alive():
            busy.run(partial(_look_at, busy, "layer1.0.conv1"))
            _tell("the reader of the job, who clicks a node after it", busy)
        leave_all([busy, *others])


def _kill_server(checkout: Path) -> None:
    print("\nThe server is killed (SIGKILL) with pages open, and started again at the same address")
    port = free_port()
    with serve(checkout, port) as server:
        readers = make_readers(server, _SIZE.readers, _SIZE)
        let_all(readers, _look_closely)
        server.stop(signal.SIGKILL)
        for number, reader in enumerate(readers, 1):
            reader.run(reader.session.run)
            _tell(f"reader {number}, who clicks while it is down", reader)
        _tell_left(server)
    with serve(checkout, port):
        for number, reader in enumerate(readers, 1):
            reader.run(partial(_come_again, reader))
            _tell(f"reader {number}, whose page connects again at its address", reader)
        leave_all(readers)


def _end_server(checkout: Path) -> None:
    print("\nThe server is asked to end (SIGTERM) with a job under way and pages open")
    with serve(checkout) as server:
        busy, *others = make_readers(server, _SIZE.readers, _SIZE)
        let_all(others, _look_closely)
        busy.run(partial(begin_occluding, busy))
        job = _begin_job(busy)
        time.sleep(_UNDER_WAY_S)
        begin = time.monotonic()
        status = server.stop(signal.SIGTERM)
        print(f"  exit status {status} (0 is wanted) after {time.monotonic() - begin:.1f} s")
        _tell_left(server)
        job.join(_MOST_JOBS_S)
        _tell("the reader of the job", busy, is_under_way=job.is_alive())
        for number, reader in enumerate(others, 1):
            reader.run(reader.session.run)
            _tell(f"reader {number}, who clicks then", reader)


def _begin_job(reader: Reader) -> Thread:
    def press() -> None:
        reader.tally.took("job", reader.session.press(W_OCCLUDE))
        reader.tally.failed("job", reader.session.troubles)

    job = Thread(target=reader.run, args=(press,), daemon=True)
    job.start()
    return job


def _look_closely(reader: Reader) -> None:
    reader.open()
    reader.look_closely()


def _look_at(reader: Reader, node: str) -> None:
    reader.choose_look("channels")
    reader.choose_node(node)


def _come_again(reader: Reader) -> None:
    """As the page does: another session, at the address where the old one was."""
    before = reader.session.query
    reader.session.line = Line(reader.session.line.url)
    reader.session.open(before)
    reader.tally.failed("back", reader.session.troubles)
    reader.tally.failed("back", [] if reader.session.query == before else [f"at {reader.session.query}"])
    picture = "its tiles are there" if reader.session.has(W_TILES) else "its picture is to be uploaded again"
    reader.tally.took(f"back at {before}: {reader.session.headings[:1]}, {picture}", 0)


def _hardest(server: Server) -> psutil.Process | None:
    """That of the server's processes, other than itself, which has used most of the last second, if any worked."""
    used = {one: one.cpu_times().user for one in server.family()[1:]}
    time.sleep(1)
    left = {one: one.cpu_times().user - before for one, before in used.items() if one.is_running()}
    hardest = max(left, key=lambda one: left[one], default=None)
    return hardest if hardest is not None and left[hardest] > 0.2 else None


def _tell_left(server: Server) -> None:
    left = left_after(server.last)
    print(f"  of its {len(server.last)} processes {len(left)} are there {ENDING_S:.0f} s later", flush=True)


def _tell(who: str, reader: Reader, is_under_way: bool = False) -> None:
    """What a reader saw since it was last told of."""
    noted = [*(f"{times} × {text}" for text, times in (reader.tally.errors + reader.tally.wrong).items())]
    done = ", ".join(reader.tally.times) if not noted else ""
    state = "still waits" if is_under_way else "; ".join(noted) or f"nothing wrong ({done})"
    print(f"  {who}: {state}", flush=True)
    reader.tally = type(reader.tally)()
