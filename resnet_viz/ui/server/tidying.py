"""Gives memory back now and then: garbage that ended sessions leave in circles, and what the C library keeps of it.

Streamlit would collect after every run, in which all readers wait for as long as it takes to visit every object.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from time import monotonic

PAUSE_S = 20.0
"""Seconds between two times."""
_last = [0.0]


def tidy() -> None:
    """Collects garbage and has the C library return free memory, where it is GNU's; at most every PAUSE_S seconds."""
    if monotonic() - _last[0] < PAUSE_S:
        return
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL("libc.so.6").malloc_trim(0)
    _last[0] = monotonic()
