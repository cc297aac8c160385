"""Ends a layout process whose server is gone. Imports nothing that the layout itself does not need."""

from __future__ import annotations

import os
import subprocess
import sys

# A process of its own: Graphviz holds the GIL while it works, so that no thread of the worker's could look. It is the
# worker's child, and ends with it.
_WATCH = """
import os, signal, sys, time
parent, worker = map(int, sys.argv[1:])
while os.getppid() == worker:
    try:
        os.kill(parent, 0)
    except ProcessLookupError:
        os.kill(worker, signal.SIGKILL)
    except PermissionError:
        pass
    time.sleep(1)
"""


def follow_parent(parent: int) -> None:
    """Ends this process when its parent has ended, even if that was killed and could not clean up."""
    if sys.platform != "win32":  # where the parent of a process is never another one
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _WATCH, str(parent), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
