"""Keeps memory small: the C library's own, and now and then what ended sessions leave in circles.

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
_ARENA_MAX, _N_ARENAS = -8, 2
"""`M_ARENA_MAX` of malloc.h, and how many arenas do: threads that allocate mostly hold Python's lock."""
_last = [0.0]


def share_arenas() -> None:
    """Has all threads allocate from a few arenas of the C library, where it is GNU's.

    It gives up to eight a processor to threads, and each keeps what was freed in it; each run of a session is a thread.
    """
    with suppress(OSError, AttributeError):
        _gnu_library().mallopt(_ARENA_MAX, _N_ARENAS)


def tidy() -> None:
    """Collects garbage and has the C library return free memory, where it is GNU's; at most every PAUSE_S seconds."""
    if monotonic() - _last[0] < PAUSE_S:
        return
    gc.collect()
    with suppress(OSError, AttributeError):
        _gnu_library().malloc_trim(0)
    _last[0] = monotonic()


def _gnu_library() -> ctypes.CDLL:
    """Returns GNU's C library. Raises OSError where there is another."""
    if sys.platform != "linux":
        raise OSError
    return ctypes.CDLL("libc.so.6")
