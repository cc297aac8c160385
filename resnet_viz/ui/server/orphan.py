"""What runs in a process that lays out, beside the layout: nothing is imported here that the layout does not need."""

from __future__ import annotations

import os
import sys
from threading import Thread
from time import sleep

_LOOK_S = 2.0


def follow_parent(parent: int) -> None:
    """End this process when its parent has ended, also where that was killed and could not say so."""

    def watch() -> None:
        while os.getppid() == parent:
            sleep(_LOOK_S)
        os._exit(0)

    if sys.platform != "win32":  # where a process keeps the number of its dead parent
        Thread(target=watch, daemon=True).start()
