"""Arrays of numpy in a pickle: their bytes, shape and dtype, without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pickle import UnpicklingError
from typing import Any

from resnet_viz.reading.dtypes import ITEM_SIZES, is_shape, numpy_dtype
from resnet_viz.reading.pickled_names import Builder, StandIn

ARRAY = "numpy.ndarray"


@dataclass(slots=True, eq=False)
class PickledDtype(StandIn):
    """A dtype of numpy: what it is written as, `f4`, and the sign of its byte order."""

    written: object = None
    order: object = "="

    def take(self, state: object) -> None:
        """Takes the byte order from the object's state."""
        if type(state) is tuple and len(state) > 1:
            self.order = state[1]


@dataclass(slots=True, eq=False)
class PickledArray(StandIn):
    """An array of numpy; `dtype` is None where torch has none such, or as long as nothing is known.

    is_big_endian: the order of the bytes in `data`. is_fortran: whether the first index runs fastest.
    is_other: whether it holds what torch has no dtype for.
    """

    shape: tuple[int, ...] = ()
    dtype: str | None = None
    data: bytes = b""
    is_big_endian: bool = False
    is_fortran: bool = False
    is_other: bool = False

    def take(self, state: object) -> None:
        """Takes the array's state. Raises UnpicklingError where its bytes do not suit its shape."""
        match state:
            case (int(), tuple(shape), PickledDtype() as kind, is_fortran, bytes() | str() as data):
                self.fill(shape, kind, bool(is_fortran), _bytes_of(data))
            case _:
                self.dtype, self.is_other = None, True

    def fill(self, shape: tuple[Any, ...], kind: PickledDtype, is_fortran: bool, data: bytes) -> None:
        """Takes what the array holds. Raises UnpicklingError where its bytes do not suit its shape."""
        self.dtype = numpy_dtype(kind.written)
        self.is_other = self.dtype is None
        if self.dtype is None:
            return
        if not is_shape(shape):
            raise UnpicklingError("an array without a shape")
        if prod(shape) * ITEM_SIZES[self.dtype] != len(data):
            raise UnpicklingError("an array that has not the bytes of its shape")
        self.shape, self.data, self.is_fortran = shape, data, is_fortran
        self.is_big_endian = kind.order == ">"


def _bytes_of(data: bytes | str) -> bytes:
    # A text where Python 2 wrote bytes.
    return data if isinstance(data, bytes) else data.encode("latin1")


def _new_array(*_arguments: object) -> PickledArray:
    return PickledArray(ARRAY)


def _array_of_buffer(data: object, kind: object, shape: object, order: object = "C", *_axes: object) -> PickledArray:
    made = PickledArray(ARRAY)
    if type(data) is bytes and type(kind) is PickledDtype and type(shape) is tuple and order in ("C", "F"):
        made.fill(shape, kind, order == "F", data)
    return made


def _new_dtype(written: object = None, *_options: object) -> PickledDtype:
    return PickledDtype("numpy.dtype", written=written)


def _bytes_of_text(text: object = "", encoding: object = "", *_errors: object) -> bytes | None:
    """Returns bytes that pickle wrote as a text, as it does below protocol 3; None for any other encoding."""
    return text.encode("latin1") if type(text) is str and encoding == "latin1" else None


_CORES = ("numpy.core", "numpy._core")
NAMES: Mapping[str, object] = {
    **{f"{core}.multiarray._reconstruct": Builder(_new_array) for core in _CORES},
    **{f"{core}.numeric._frombuffer": Builder(_array_of_buffer) for core in _CORES},
    "numpy.dtype": Builder(_new_dtype),
    ARRAY: Builder(_new_array),
    "_codecs.encode": Builder(_bytes_of_text),
}
"""The names by which a pickle makes arrays."""
