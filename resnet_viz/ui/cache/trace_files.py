"""Trace files that readers open: kept by their content, so that a link on this server finds its file again."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from threading import Lock

from cachetools import LRUCache

from resnet_viz.errors import TraceFileError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.shown import FileNet
from resnet_viz.trace_files.naming import net_of_file
from resnet_viz.trace_files.read import read_trace
from resnet_viz.ui.server.flags import TRACE

MOST_MEGABYTES = 64
"""Of one file, as the reader has it."""
MOST_NODES = 300_000
"""Of all files together: those opened longest ago go first. A ResNet-152 has 660."""

_kept: LRUCache[str, Trace] = LRUCache(MOST_NODES, getsizeof=lambda trace: len(trace.nodes))
_lock = Lock()


def keep_trace(data: bytes) -> FileNet:
    """Reads a Trace file and keeps it. Raises TraceFileError."""
    net = net_of_file(data)
    with _lock:
        is_known = net.digest in _kept
    if not is_known:
        trace = read_trace(data)
        with _lock:
            _kept[net.digest] = trace
    return net


def find_trace(net: FileNet) -> Trace:
    """Returns the Trace of a file that was opened on this server. Raises TraceFileError."""
    own = _own()
    with _lock:
        found = _kept.get(net.digest)
    if found is None and own is not None and own[0] == net:
        return own[1]
    if found is None:
        text = _("This link is of a Trace file, and the file is not here (any more): open it again, under Other net.")
        raise TraceFileError(text)
    return found


def own_net() -> FileNet | None:
    """Returns the net of the file that the server was started with."""
    own = _own()
    return own[0] if own else None


@cache
def _own() -> tuple[FileNet, Trace] | None:
    """The file that the server was started with, which stays; None without one, or if it has gone since."""
    path = os.environ.get(TRACE, "")
    try:
        data = Path(path).read_bytes() if path else b""
        return (net_of_file(data), read_trace(data)) if data else None
    except (OSError, TraceFileError):
        return None
