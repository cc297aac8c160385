"""Reads a dictionary that was written by pickle itself, as `.pkl` files of detectron2: with arrays or with tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pickle import UnpicklingError
from typing import ClassVar

from resnet_viz.reading.archives import ZIP_START
from resnet_viz.reading.pickled_names import Builder
from resnet_viz.reading.sources import Source
from resnet_viz.reading.tensor_shapes import KNOWN, item_size
from resnet_viz.reading.torch_files import read_old_torch
from resnet_viz.reading.unpickling import Reading, Unpickler


class _Plain(Unpickler):
    """Keeps each byte of what Python 2 wrote as text: it may be an array's."""

    text: ClassVar[str] = "latin1"


def read_pickle(
    source: Source,
    known: Mapping[str, object],
    item_size: Callable[[object], int],
    read_storage: Callable[[bytes], object],
) -> tuple[object, tuple[str, ...]]:
    """Returns a pickle's content and the names of classes that were set aside.

    read_storage: reads the file of torch that pickle writes for each storage.
    """

    def storage(data: object) -> object:
        if type(data) is not bytes or data.startswith(ZIP_START):
            raise UnpicklingError("a storage that torch does not write")
        reading.spend(len(data))
        return read_storage(data)

    names = {**known, "torch.storage._load_from_bytes": Builder(storage)}
    reading = Reading(names, item_size, source.size)
    with source.open() as file:
        content = type("Unpickler", (_Plain,), {"reading": reading})(file).load()
        if file.read(1):
            raise UnpicklingError("more than one pickle")
    return content, tuple(reading.set_aside)


def read_pickled_shapes(source: Source) -> tuple[object, tuple[str, ...]]:
    """Returns a pickle's content, with shapes for its tensors, and the names of classes that were set aside."""
    return read_pickle(source, KNOWN, item_size, _storage)


def _storage(data: bytes) -> object:
    return read_old_torch(Source(data, len(data)))[0]
