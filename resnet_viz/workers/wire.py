"""What goes between this process and a worker: pickled records, whose large arrays go through shared memory.

Only processes that this one has started send here, over a pipe with a key; nothing that a reader sends is unpickled.
Shared memory is a file in the memory's own file system, which the receiver maps and unlinks at once: where a container
has little of it, writing fails with an error and the arrays go through the pipe, while memory that is only mapped would
end the process at the first page that is not there.
"""

from __future__ import annotations

import mmap
import os
import pickle
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_SMALL = 256 * 2**10
"""Bytes of arrays that go through the pipe."""
_ALIGNED = 64
_SHARED = Path("/dev/shm")
Parts = list[bytes] | tuple[str, list[tuple[int, int]]]


def shared_folder() -> Path:
    """Returns a new folder for what is shared, in memory where the system has a place for it."""
    place = _SHARED if os.access(_SHARED, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="resnet_viz-", dir=place))


def pack(value: Any, folder: Path) -> bytes:
    """Returns a value as bytes to send; its large arrays lie in a file in the folder, if there is room."""
    buffers: list[pickle.PickleBuffer] = []
    record = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    parts: Parts | None = None
    # Not where it is on a disk: pictures are never written.
    if sum(view.nbytes for view in views) > _SMALL and folder.is_relative_to(_SHARED):
        parts = _write(views, folder)
    return pickle.dumps((record, [bytes(view) for view in views] if parts is None else parts))


def unpack(data: bytes) -> Any:
    """Returns the value of `pack`; its arrays are read-only."""
    record, parts = pickle.loads(data)
    return pickle.loads(record, buffers=parts if isinstance(parts, list) else _map(*parts))


def _write(views: Sequence[memoryview], folder: Path) -> Parts | None:
    places, at = [], 0
    try:
        handle, path = tempfile.mkstemp(dir=folder)
    except OSError:
        return None
    try:
        with open(handle, "wb") as file:
            for view in views:
                file.seek(at)
                file.write(view)
                places.append((at, view.nbytes))
                at += -(-view.nbytes // _ALIGNED) * _ALIGNED
    except OSError:  # there is no room
        with suppress(OSError):
            os.unlink(path)
        return None
    return path, places


def _map(path: str, places: Sequence[tuple[int, int]]) -> list[memoryview]:
    """The arrays keep the mapping alive; the system keeps the memory as long as it is mapped."""
    with open(path, "rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    with suppress(OSError):  # not while it is mapped, on some systems: it goes with the folder
        os.unlink(path)
    return [mapped[at : at + n_bytes] for at, n_bytes in places]
