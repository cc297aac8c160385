"""Runs shell commands at the same time: `python tools/at_once.py "mypy" "pytest"`.

The last one prints as it goes; what the others print follows at the end. The first that fails ends all of them, and its
status is that of the whole.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from os import killpg
from tempfile import TemporaryFile
from typing import IO

GRACE_S = 10.0
Running = dict[subprocess.Popen[bytes], IO[bytes] | None]
"""Commands, each with what it prints where that is held back."""


def main(commands: Sequence[str]) -> int:
    """Returns 0, or the status of the first command that failed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    running: Running = {}
    with ExitStack() as stack:
        stack.callback(_end_all, running)
        for command in commands[:-1]:
            held = stack.enter_context(TemporaryFile())
            running[_start(command, stdout=held)] = held
        running[_start(commands[-1], stdout=None)] = None
        try:
            return _wait(running)
        except KeyboardInterrupt:
            return 128 + signal.SIGINT


def _start(command: str, stdout: IO[bytes] | None) -> subprocess.Popen[bytes]:
    """In a session of its own, so that it can be ended with all that it has started."""
    stderr = subprocess.STDOUT if stdout else None
    return subprocess.Popen(command, shell=True, stdout=stdout, stderr=stderr, start_new_session=True)


def _wait(running: Running) -> int:
    silent = []
    while running:
        for process in [process for process in running if process.poll() is not None]:
            silent.append(running.pop(process))
            if process.returncode:
                _show(silent[-1])
                return process.returncode
        time.sleep(0.05)
    for held in silent:
        _show(held)
    return 0


def _show(held: IO[bytes] | None) -> None:
    if held:
        held.seek(0)
        sys.stdout.buffer.write(held.read())
        sys.stdout.flush()


def _end_all(running: Running) -> None:
    for process in running:
        killpg(process.pid, signal.SIGINT)  # as Ctrl-C does, so that it can tidy up
    for process in running:
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
