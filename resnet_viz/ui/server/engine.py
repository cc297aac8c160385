"""torch and all that needs it: imported once, by whoever asks first, while everybody else waits.

Two threads that import torch at once meet in half-made modules, and what a failed import leaves behind cannot be
imported again in one process. So whatever leads to `resnet_viz.model` calls `load_engine` before, and a failure ends
the server: first it is told for a while, at `/health` and on the pages, and then the process ends with an error status,
for whoever keeps it running to see.
"""

from __future__ import annotations

import gc
import logging
import os
from threading import Event, Lock, Thread
from time import sleep

from resnet_viz.i18n import _

TELLING_S = 30.0
"""Seconds from a failed import to the end of the server."""
EXIT_STATUS = 70
"""Of a server that ended itself: an internal software error, as sysexits.h numbers it."""

_GARBAGE = 50_000

_log = logging.getLogger("resnet_viz")
_importing = Lock()
_loaded = Event()
_failures: list[str] = []


class EngineFailed(Exception):
    """torch cannot be imported; the message is a sentence for the reader."""


def load_engine() -> None:
    """Import torch and all that needs it, or wait until that is done. Raises EngineFailed."""
    if not _loaded.is_set():
        with _importing:
            if not _loaded.is_set() and not _failures:
                _import()
    if _failures:
        raise EngineFailed(
            _(
                "torch could not be loaded on this server ({reason}), so nothing can be drawn. The server ends by "
                "itself now; its log tells more to whoever starts it again."
            ).format(reason=_failures[0])
        )


def is_engine_loaded() -> bool:
    """Whether torch is there already, so that nothing on the page has to wait."""
    return _loaded.is_set()


def engine_failure() -> str | None:
    """What failed: the kind of error, and the module where the error names one. None as long as nothing has."""
    return _failures[0] if _failures else None


def _import() -> None:
    try:
        _import_all()
    except BaseException as error:  # A library that is not there, one of another machine's kind, one that exits, …
        _log.critical("torch could not be loaded; the server ends in %d s", TELLING_S, exc_info=True)
        # Its own text may name folders of the server's: the log has it.
        name = error.name if isinstance(error, ImportError) else None
        _failures.append(f"{type(error).__name__}: {name}" if name else type(error).__name__)
        Thread(target=_end, name="end of the server", daemon=True).start()
    else:
        _loaded.set()


def _import_all() -> None:
    import plotly.colors  # noqa: F401
    import skimage.data  # noqa: F401

    # All of the model, whatever is needed first: no import of torch's is then left to meet another thread's.
    import resnet_viz.model.run.block_maps
    import resnet_viz.model.run.gradients
    import resnet_viz.model.run.occlusion
    import resnet_viz.model.run.predict
    import resnet_viz.model.run.samples
    import resnet_viz.model.walk.forward
    import resnet_viz.model.weights.download
    import resnet_viz.model.weights.load  # noqa: F401

    # Streamlit collects garbage after every run; the hundreds of thousands of objects of these never are any.
    gc.collect()
    gc.freeze()
    # So Python need not do so by itself each time that a few hundred objects are made: of a large net there are tens of
    # thousands, and each collection goes through them with Python's lock held.
    gc.set_threshold(_GARBAGE, *gc.get_threshold()[1:])


def _end() -> None:
    sleep(TELLING_S)
    # Not sys.exit: in a thread it ends the thread, and a signal would end the server as if all had been well.
    os._exit(EXIT_STATUS)
