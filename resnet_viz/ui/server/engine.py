"""Imports torch and what needs it, once: the first thread that calls `load_engine` imports, the others wait.

Two threads that import torch at once find half-initialised modules, and after a failed import torch cannot be imported
again in the same process. So callers of `resnet_viz.model` call `load_engine` first, and a failure ends the server:
`/health` and the pages report it for EXIT_DELAY_S, then the process exits with an error status for its supervisor.
"""

from __future__ import annotations

import gc
import logging
import os
from threading import Event, Lock, Thread
from time import sleep

from resnet_viz.i18n import _

EXIT_DELAY_S = 30.0
"""Seconds from a failed import to the exit of the server."""
EXIT_STATUS = 70
"""EX_SOFTWARE of sysexits.h: an internal software error."""

_GARBAGE = 50_000

_log = logging.getLogger("resnet_viz")
_importing = Lock()
_loaded = Event()
_failures: list[str] = []


class EngineFailed(Exception):
    """torch cannot be imported; the message is a translated sentence for the page."""


def load_engine() -> None:
    """Imports torch and what needs it, or waits until another thread has. Raises EngineFailed."""
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
    """Whether torch is imported, so that no caller has to wait for it."""
    return _loaded.is_set()


def engine_failure() -> str | None:
    """Returns the type of the import error, and its module if it names one; None unless the import failed."""
    return _failures[0] if _failures else None


def _import() -> None:
    try:
        _import_all()
    except BaseException as error:  # a missing library, one for another machine, one that exits, …
        _log.critical("torch could not be loaded; the server ends in %d s", EXIT_DELAY_S, exc_info=True)
        # The error's text may contain paths on the server: it goes to the log only.
        name = error.name if isinstance(error, ImportError) else None
        _failures.append(f"{type(error).__name__}: {name}" if name else type(error).__name__)
        Thread(target=_end, name="end of the server", daemon=True).start()
    else:
        _loaded.set()


def _import_all() -> None:
    import plotly.colors  # noqa: F401
    import skimage.data  # noqa: F401

    # All of the model, whatever is needed first: no later import of torch can then race with another thread's.
    import resnet_viz.model.named.tracing
    import resnet_viz.model.named.words
    import resnet_viz.model.run.block_maps
    import resnet_viz.model.run.gradients
    import resnet_viz.model.run.occlusion
    import resnet_viz.model.run.predict
    import resnet_viz.model.walk.forward
    import resnet_viz.model.weights.convert
    import resnet_viz.model.weights.download
    import resnet_viz.model.weights.load  # noqa: F401

    # Streamlit collects garbage after every rerun; the hundreds of thousands of objects of these never become any.
    gc.collect()
    gc.freeze()
    # At its default threshold Python also collects every few hundred new objects: a large net makes tens of thousands,
    # and each collection visits them with the GIL held.
    gc.set_threshold(_GARBAGE, *gc.get_threshold()[1:])


def _end() -> None:
    sleep(EXIT_DELAY_S)
    # Not sys.exit: in a thread it ends only the thread, and a signal would end the server as if without an error.
    os._exit(EXIT_STATUS)
