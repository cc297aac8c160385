"""Reads the shapes of what `torch.save` wrote, as a zip or in the form before 1.6, without its numbers."""

from __future__ import annotations

import io
import zipfile
from pickle import UnpicklingError
from struct import unpack
from typing import Any, BinaryIO, ClassVar

from resnet_viz.reading.archives import check_directory, data_pickle
from resnet_viz.reading.faults import damaged_error
from resnet_viz.reading.sources import Source
from resnet_viz.reading.tensor_shapes import KNOWN, Storage, StorageClass, item_size
from resnet_viz.reading.unpickling import Reading, Unpickler

# What torch.save writes first in the old form, and the version behind it.
_MAGIC, _VERSION = 0x1950A86A20F9469CFC6C, 1001


class _Shapes(Unpickler):
    """Makes a description of each storage; the numbers are never read."""

    storages: ClassVar[dict[str, Storage]]

    def persistent_load(self, saved: Any) -> Storage:
        """Returns a storage's description, the one that the file has first under this key."""
        kind, key, n_items, place = saved[1], saved[2], saved[4], saved[5] if len(saved) > 5 else None
        size = item_size(kind)
        dtype = kind.dtype if isinstance(kind, StorageClass) else ""
        storage = self.storages.setdefault(key, Storage(key, dtype, n_items * size))
        if place is None:
            return storage if storage.dtype == dtype else Storage(key, dtype, storage.n_bytes)
        _key, offset, n_seen = place
        if not 0 <= offset * size <= (offset + n_seen) * size <= storage.n_bytes:
            raise UnpicklingError("a part of a storage beyond its end")
        return Storage(key, dtype, n_seen * size)


def _unpickler(limit: int) -> tuple[type[_Shapes], Reading, dict[str, Storage]]:
    reading, storages = Reading(KNOWN, item_size, limit), dict[str, Storage]()
    return type("Unpickler", (_Shapes,), {"reading": reading, "storages": storages}), reading, storages


def read_torch_zip(source: Source) -> tuple[object, tuple[str, ...]]:
    """Returns the content of a zip as `torch.save` writes it, and the names of classes that were set aside.

    Only the pickle is read, with its checksum; of the numbers, that each storage has as many bytes as it needs.
    """
    kind, reading, storages = _unpickler(source.size)
    with source.open() as file, zipfile.ZipFile(file) as archive:
        check_directory(archive, source)
        name = data_pickle(archive.namelist())
        content = kind(io.BytesIO(archive.read(name))).load()
        sizes = {member.filename: member.file_size for member in archive.infolist()}
    folder = name.rpartition("/")[0]
    if any(sizes.get(f"{folder}/data/{key}", -1) < storage.n_bytes for key, storage in storages.items()):
        raise damaged_error()
    return content, tuple(reading.set_aside)


def read_old_torch(source: Source) -> tuple[object, tuple[str, ...]]:
    """Returns the content of a file of torch before 1.6, and the names of classes that were set aside."""
    kind, reading, storages = _unpickler(source.size)
    with source.open() as file:
        if [kind(file).load() for _part in range(2)] != [_MAGIC, _VERSION] or type(kind(file).load()) is not dict:
            raise UnpicklingError("no file of torch")
        content = kind(file).load()
        keys = kind(file).load()
        if type(keys) is not list or any(type(key) is not str for key in keys) or not storages.keys() <= set(keys):
            raise UnpicklingError("a storage has no numbers in the file")
        for key in keys:
            _skip(file, storages[key], source.size)
    return content, tuple(reading.set_aside)


def _skip(file: BinaryIO, storage: Storage, end: int) -> None:
    """Goes past a storage: the number of its elements, and these."""
    (n_items,) = unpack("<q", file.read(8))
    if n_items * _item_size(storage) != storage.n_bytes or file.seek(storage.n_bytes, io.SEEK_CUR) > end:
        raise damaged_error()


def _item_size(storage: Storage) -> int:
    return item_size(StorageClass(storage.dtype))
