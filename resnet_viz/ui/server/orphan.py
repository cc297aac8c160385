"""Ends a layout process whose server is gone. Imports nothing that the layout itself does not need."""

from __future__ import annotations

import os
import sys
from threading import Thread
from time import sleep

_LOOK_S = 2.0


def follow_parent(parent: int) -> None:
    """Ends this process when its parent has ended, even if that was killed and could not clean up."""

    def watch() -> None:
        while os.getppid() == parent:
            sleep(_LOOK_S)
        os._exit(0)

    if sys.platform != "win32":  # where getppid() still returns the id of a dead parent
        Thread(target=watch, daemon=True).start()
