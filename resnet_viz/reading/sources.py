"""The bytes of a file, in memory or on disk, read only where they are needed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.reading.faults import shown_name
from resnet_viz.units import format_bytes

# ResNeXt-101 64x4d with two optimiser moments, the largest checkpoint to be expected, is just below.
MAX_BYTES = 2**30
# Below this length the buffer of an open file is large enough.
_SHORT = io.DEFAULT_BUFFER_SIZE


@dataclass(frozen=True, slots=True)
class Source:
    """A file of weights: its bytes or its path, and its size. Made by `source_of`, which checks both."""

    data: bytes | Path
    size: int

    def open(self) -> BinaryIO:
        """Opens the file for reading."""
        return io.BytesIO(self.data) if isinstance(self.data, bytes) else _open(self.data)

    def head(self, n_bytes: int) -> bytes:
        """Returns the first bytes."""
        if isinstance(self.data, bytes):
            return self.data[:n_bytes]
        with self.open() as file:
            return file.read(n_bytes)

    def read(self) -> bytes:
        """Returns all bytes."""
        return self.data if isinstance(self.data, bytes) else read_file(self.data)

    @property
    def name(self) -> str:
        """The file's name for a message; empty for bytes."""
        return "" if isinstance(self.data, bytes) else shown_name(self.data.name)


class _File(io.BufferedReader):
    """An open file that never allocates more than it has: a damaged file claims lengths of any size."""

    def __init__(self, path: Path) -> None:
        raw = io.FileIO(path)
        super().__init__(raw)
        self._end = raw.seek(0, io.SEEK_END)
        raw.seek(0)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _SHORT:
            size = min(size, max(0, self._end - self.tell()))
        return super().read(size)


def _open(path: Path) -> BinaryIO:
    return _File(path)


def source_of(data: object) -> Source:
    """Returns the source of a file's bytes or `Path`.

    Raises WeightsError for what is neither, is no file, cannot be opened, is empty or too large.
    """
    if isinstance(data, bytes | bytearray | memoryview):
        check_length(memoryview(data).nbytes)
        return Source(bytes(data), memoryview(data).nbytes)
    if not isinstance(data, Path):
        text = _("Weights: got {got}. Pass the bytes of a file, or its Path.")
        raise WeightsError(text.format(got=type(data).__name__))
    try:
        # Before opening: opening a named pipe would block until it has a writer.
        if not data.is_file():
            raise WeightsError(_("There is no file “{name}”: choose a checkpoint.").format(name=shown_name(data.name)))
        check_length(size := data.stat().st_size)
        _open(data).close()
    except (OSError, ValueError) as error:
        raise unreadable_error(data, error) from error
    return Source(data, size)


def read_file(path: Path) -> bytes:
    """Returns the bytes of a file of at most `MAX_BYTES`. Raises WeightsError for what is no file or cannot be read."""
    source_of(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise unreadable_error(path, error) from error
    check_length(len(data))
    return data


def unreadable_error(path: Path, error: Exception) -> WeightsError:
    """Returns the error for a file that the system does not give."""
    text = _("The file “{name}” cannot be read ({reason}): check its permissions, or choose another.")
    reason = getattr(error, "strerror", None) or type(error).__name__
    return WeightsError(text.format(name=shown_name(path.name), reason=reason))


def check_length(n_bytes: int) -> None:
    """Raises WeightsError for a length of 0 or above `MAX_BYTES`."""
    if n_bytes == 0:
        raise WeightsError(_("The file is empty (0 bytes): choose a file of weights."))
    if n_bytes > MAX_BYTES:
        text = _(
            "The file has {got}, and at most {limit} are allowed: save the weights alone, without the optimiser's "
            "state."
        )
        raise WeightsError(text.format(got=format_bytes(n_bytes), limit=format_bytes(MAX_BYTES)))
