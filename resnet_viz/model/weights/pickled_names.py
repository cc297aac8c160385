"""Maps names in a pickle to torch's tensors, dtypes and storages, and all others as `reading` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from torch import Tensor

from resnet_viz.reading.arrays import NAMES, PickledArray
from resnet_viz.reading.pickled_names import PLAIN_TENSOR, Place, StandIn, kind_of, known_names
from resnet_viz.reading.tensor_shapes import MAX_DEPTH

_STORED_AS = {torch.qint8: torch.int8, torch.quint8: torch.uint8, torch.qint32: torch.int32}
__all__ = ["KNOWN", "PLAIN_TENSOR", "Quantised", "StandIn", "item_size", "kind_of", "with_tensors"]


def item_size(kind: object) -> int:
    """Returns the bytes of an element of a storage's class. Raises UnpicklingError for anything else."""
    if kind is torch.UntypedStorage:
        return torch.uint8.itemsize
    if type(kind) is torch.serialization.StorageType:
        return int(kind.dtype.itemsize)
    raise UnpicklingError("a storage of no type")


def _view(storage: Any, dtype: Any, place: Place, marks: object) -> Tensor:
    """Returns a view of a storage with the given offset, size and stride; `dtype` defaults to the storage's."""
    if type(storage) is not torch.storage.TypedStorage or type(dtype) not in (torch.dtype, type(None)):
        raise UnpicklingError("a tensor without a storage or a type")
    dtype = dtype or storage.dtype
    # In the old format torch would allocate a storage of any requested length.
    if place.end * dtype.itemsize > storage._untyped_storage.nbytes():
        raise UnpicklingError("a tensor that goes beyond its storage")
    tensor = torch.empty(0, dtype=dtype)
    tensor.set_(storage._untyped_storage, place.offset, place.size, place.stride)
    bits = {bit: True for bit in ("conj", "neg") if isinstance(marks, dict) and marks.get(bit) is True}
    if bits:  # the file has the values before conjugation or negation
        torch._utils.set_tensor_metadata(tensor, bits)
    return tensor


@dataclass(frozen=True, slots=True)
class Quantised:
    """A quantised tensor as a file has it: whole numbers, which torch may read later, and their scale."""

    stored: Tensor
    scale: object

    def values(self) -> Tensor:
        """Returns what it stands for: (q - zero point) · scale, of all or of each channel. Raises UnpicklingError."""
        stored = self.stored.float()
        match self.scale:
            case (_, float(factor), int(zero)):
                return (stored - zero) * factor
            case (_, Tensor() as factors, Tensor() as zeros, int(axis)) if 0 <= axis < stored.dim():
                shape = [-1 if at == axis else 1 for at in range(stored.dim())]
                return (stored - zeros.float().reshape(shape)) * factors.float().reshape(shape)
        raise UnpicklingError("a quantised tensor without a scale")


def _quantised(storage: Any, place: Place, scale: object) -> Quantised:
    if type(storage) is not torch.storage.TypedStorage or storage.dtype not in _STORED_AS:
        raise UnpicklingError("a quantised tensor without a storage")
    if prod(place.size) > storage.nbytes():  # an expanded one would take memory that the file has not
        raise UnpicklingError("a quantised tensor that is larger than its storage")
    return Quantised(_view(storage, _STORED_AS[storage.dtype], place, None), scale)


def with_tensors(content: object) -> object:
    """Returns a content in which the arrays of nested dictionaries are tensors, where torch has their dtype."""
    outermost: dict[object, object] = {None: content}
    made: dict[int, Tensor] = {}
    seen, level = {id(outermost)}, [outermost]
    for _depth in range(MAX_DEPTH + 1):
        for entries in level:
            _put_tensors(entries, made)
        inside = {id(value): value for entries in level for value in dict.values(entries) if isinstance(value, dict)}
        level = [entries for key, entries in inside.items() if key not in seen]
        seen |= inside.keys()
    return outermost[None]


def _put_tensors(entries: dict[object, object], made: dict[int, Tensor]) -> None:
    """Replaces the arrays in a dictionary, each by one tensor wherever it stands."""
    for key, value in dict.items(entries):
        if isinstance(value, PickledArray) and value.dtype is not None:
            if id(value) not in made:
                made[id(value)] = _tensor_of(value, value.dtype)
            entries[key] = made[id(value)]


def _tensor_of(array: PickledArray, dtype: str) -> Tensor:
    shape = array.shape[::-1] if array.is_fortran else array.shape
    if not array.data:
        return torch.empty(array.shape, dtype=getattr(torch, dtype))
    data = np.frombuffer(array.data, np.dtype(dtype).newbyteorder(">" if array.is_big_endian else "<"))
    tensor = torch.from_numpy(data.astype(dtype)).reshape(shape)
    return tensor.permute(tuple(reversed(range(len(shape))))) if array.is_fortran else tensor


KNOWN: Mapping[str, object] = {
    **known_names(_view, _quantised),
    **NAMES,
    **{f"torch.{name}": value for name, value in vars(torch).items() if isinstance(value, torch.dtype)},
    "torch.UntypedStorage": torch.UntypedStorage,
    "torch.storage.UntypedStorage": torch.UntypedStorage,
}
