"""Tensors without values: what a reader of shapes makes of the tensors and storages in a pickle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pickle import UnpicklingError

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.reading.arrays import NAMES, PickledArray
from resnet_viz.reading.dtypes import ITEM_SIZES, STORAGES
from resnet_viz.reading.faults import twice_error
from resnet_viz.reading.pickled_names import Place, StandIn, known_names

# How deep dictionaries of a checkpoint are looked into, as in `{"teacher": {"model": {…}}}`.
MAX_DEPTH = 5
# A dictionary that is in another many times would else be gone through as often.
MAX_ENTRIES = 1_000_000


@dataclass(frozen=True, slots=True)
class TensorShape:
    """A tensor's shape, and its dtype by torch's short name."""

    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class Dtype:
    """A dtype that a pickle names, as in `float32`."""

    name: str


@dataclass(frozen=True, slots=True)
class StorageClass:
    """A class of storages that a pickle names: its dtype, or uint8 where it is untyped."""

    dtype: str


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage that a pickle names: its key in the file, its dtype and size."""

    key: str
    dtype: str
    n_bytes: int


def item_size(kind: object) -> int:
    """Returns the bytes of an element of a storage's class. Raises UnpicklingError for anything else."""
    if type(kind) is not StorageClass:
        raise UnpicklingError("a storage of no type")
    return ITEM_SIZES[kind.dtype]


def _view(storage: object, dtype: object, place: Place, _marks: object) -> TensorShape:
    if type(storage) is not Storage or type(dtype) not in (Dtype, type(None)):
        raise UnpicklingError("a tensor without a storage or a type")
    name = dtype.name if isinstance(dtype, Dtype) else storage.dtype
    if place.end * ITEM_SIZES[name] > storage.n_bytes:
        raise UnpicklingError("a tensor that goes beyond its storage")
    return TensorShape(place.size, _LONG.get(name, name))


def _unquantised(storage: object, place: Place, _scale: object) -> TensorShape:
    return TensorShape(_view(storage, None, place, None).shape, "float32")


# The other names that torch has for some dtypes.
_LONG = {
    "bit": "uint1",
    "double": "float64",
    "float": "float32",
    "half": "float16",
    "long": "int64",
    "int": "int32",
    "short": "int16",
    "cfloat": "complex64",
    "cdouble": "complex128",
    "chalf": "complex32",
}
_UNTYPED = StorageClass("uint8")
KNOWN = {
    **known_names(_view, _unquantised),
    **NAMES,
    **{f"torch.{name}": Dtype(name) for name in ITEM_SIZES},
    **{f"{room}.{name}": StorageClass(dtype) for name, dtype in STORAGES.items() for room in ("torch", "torch.cuda")},
    "torch.UntypedStorage": _UNTYPED,
    "torch.storage.UntypedStorage": _UNTYPED,
}


def tensors_in(content: object) -> dict[str, TensorShape]:
    """Returns all tensors in nested dictionaries, by the names on the way, joined by dots.

    Raises WeightsError where two tensors have one such name, or there are too many entries.
    """
    found: dict[str, TensorShape] = {}
    for name, tensor in _walk(content, "", MAX_DEPTH, [MAX_ENTRIES]):
        if name in found:
            raise twice_error(name)
        found[name] = tensor
    return found


def _walk(content: object, path: str, depth: int, budget: list[int]) -> Iterator[tuple[str, TensorShape]]:
    if not isinstance(content, dict) or not depth:
        return
    for key, value in content.items():
        budget[0] -= 1
        if budget[0] < 0:
            raise too_many_error()
        if isinstance(value, StandIn) and value.is_tensor:
            value = value.plain
        if isinstance(key, str):
            if isinstance(value, TensorShape):
                yield path + key, value
            elif isinstance(value, PickledArray) and value.dtype is not None:
                yield path + key, TensorShape(value.shape, value.dtype)
            else:
                yield from _walk(value, f"{path}{key}.", depth - 1, budget)


def too_many_error() -> WeightsError:
    """Returns the error for more entries than any checkpoint has, as of dictionaries that are in one another."""
    return WeightsError(_("The file has too many entries: save the net's state_dict() alone."))
