"""Reads torch's files with torch's own reader, and with the careful unpickler of `reading` in place of pickle."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pickle import UnpicklingError
from types import SimpleNamespace
from typing import Any, BinaryIO

import torch

from resnet_viz.model.weights.pickled_names import KNOWN, item_size, with_tensors
from resnet_viz.reading.archives import ZIP_START
from resnet_viz.reading.plain_pickles import read_pickle
from resnet_viz.reading.sources import Source
from resnet_viz.reading.unpickling import Reading, Unpickler

# torch writes storages without a type in the old form, too, but cannot read them back there.
_BYTES = torch.serialization.StorageType("ByteStorage")
_KNOWN_OF_OLD = {**KNOWN, "torch.UntypedStorage": _BYTES, "torch.storage.UntypedStorage": _BYTES}


@dataclass(frozen=True, slots=True)
class Unpickled:
    """The contents of a file, and the names of the classes that were replaced by stand-ins."""

    content: object
    set_aside: tuple[str, ...]


@dataclass(slots=True)
class _Reading(Reading):
    """State of reading one file; `filled`: the storages whose values follow the pickle in the old format."""

    filled: set[str] = field(default_factory=set)


def unpickle(data: bytes) -> Unpickled:
    """Returns the contents of a `torch.save` file, on the CPU: plain tensors, dicts, lists, values, and stand-ins.

    `data` must not be a TorchScript archive. Raises what torch and pickle raise for data that they cannot read.
    """
    return unpickle_file(BytesIO(data), len(data), data.startswith(ZIP_START))


def unpickle_file(
    file: BinaryIO, n_bytes: int, is_zip: bool, on_storage: Callable[[str, object], object] | None = None
) -> Unpickled:
    """As `unpickle`, from an open file; one of the old form must be in memory, or torch would read its path.

    on_storage: gets each storage that was read, and its key.
    """
    if _is_torchs_alone():
        # The environment allows only torch's own restricted unpickler, which reads fewer files.
        return Unpickled(torch.load(file, map_location="cpu", weights_only=True, mmap=False), ())
    reading = _Reading(KNOWN if is_zip else _KNOWN_OF_OLD, item_size, n_bytes, on_storage)
    # Without mmap regardless of the process's setting: torch then tries neither tar files nor paths.
    content = torch.load(file, map_location="cpu", weights_only=False, mmap=False, pickle_module=_as_module(reading))
    # In a zip each storage is a member; in the old format their values follow the pickle.
    if not is_zip and not reading.storages <= reading.filled:
        raise UnpicklingError("a storage has no numbers in the file")  # torch would return uninitialised memory
    return Unpickled(with_tensors(content), tuple(reading.set_aside))


def unpickle_plain(source: Source) -> Unpickled:
    """Returns the contents of what pickle itself wrote. Raises what pickle and torch raise."""
    if _is_torchs_alone():
        raise UnpicklingError("torch's own restricted unpickler does not read these")
    content, set_aside = read_pickle(source, KNOWN, item_size, _storage)
    return Unpickled(with_tensors(content), set_aside)


def _is_torchs_alone() -> bool:
    return os.getenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "0").lower() in ("1", "y", "yes", "true")


def _storage(data: bytes) -> object:
    return unpickle(data).content


def _as_module(reading: _Reading) -> SimpleNamespace:
    """Returns a replacement for the module `pickle`, as torch.load takes it."""
    unpickler = type("Unpickler", (Unpickler,), {"reading": reading})

    def load(file: Any, **options: Any) -> Any:
        found: Any = unpickler(file, **options).load()
        # Magic and protocol numbers, system info, the content, and last the storage keys, which torch looks up.
        if type(found) is list and all(type(key) is str for key in found):
            reading.filled = set(found)
        elif type(found) not in (int, dict):
            raise UnpicklingError("a file of the old form holds something else")
        return found

    return SimpleNamespace(__name__=__name__, Unpickler=unpickler, load=load)
