"""What is known of the engine, the processes that have torch: whether it is there, and why not.

Without torch nothing new can be drawn: `/health` and the pages report it for EXIT_DELAY_S, then the server exits with
an error status for its supervisor.
"""

from __future__ import annotations

import logging
import os
from threading import Event, Thread
from time import sleep

from resnet_viz.i18n import _
from resnet_viz.workers.failures import EngineFailed

EXIT_DELAY_S = 30.0
"""Seconds from a failed import to the exit of the server."""
EXIT_STATUS = 70
"""EX_SOFTWARE of sysexits.h: an internal software error."""

_log = logging.getLogger("resnet_viz")
_loaded = Event()
_failures: list[str] = []


def is_engine_loaded() -> bool:
    """Whether torch is imported, so that no caller has to wait for it."""
    return _loaded.is_set()


def engine_failure() -> str | None:
    """Returns the type of the import error, and its module if it names one; None unless the import failed."""
    return _failures[0] if _failures else None


def note_engine(kind: str, reason: str) -> None:
    """Hears from the workers that torch is there, `ready`, or that it could not be imported, `failed`, and why."""
    if kind == "ready":
        _loaded.set()
    elif not _failures:
        _log.critical("torch could not be loaded (%s); the server ends in %d s", reason, EXIT_DELAY_S)
        _failures.append(reason)
        Thread(target=_end, name="end of the server", daemon=True).start()


def failed(reason: str) -> EngineFailed:
    """Returns the error for the page."""
    return EngineFailed(
        _(
            "torch could not be loaded on this server ({reason}), so nothing can be drawn. The server ends by "
            "itself now; its log tells more to whoever starts it again."
        ).format(reason=reason)
    )


def _end() -> None:
    sleep(EXIT_DELAY_S)
    # Not sys.exit: in a thread it ends only the thread, and a signal would end the server as if without an error.
    os._exit(EXIT_STATUS)
