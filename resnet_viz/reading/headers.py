"""Reads the headers of safetensors files and of the arrays in an `.npz`: names, shapes and dtypes, no numbers."""

from __future__ import annotations

import ast
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.reading.archives import check_wrapping
from resnet_viz.reading.dtypes import ITEM_SIZES, SAFETENSORS, is_shape, numpy_dtype
from resnet_viz.reading.faults import damaged_error, shown_name, twice_error
from resnet_viz.reading.sources import Source
from resnet_viz.reading.tensor_shapes import TensorShape

# safetensors' own limit; the header of a ResNet-152 has 100 KB.
MAX_HEADER_BYTES = 100_000_000
_LENGTH_BYTES = 8
# Longer than the header of any array without named fields.
_MAX_ARRAY_HEADER = 10_000
_NPY_START = b"\x93NUMPY"
NOT_TENSORS = "numpy.ndarray"


@dataclass(frozen=True, slots=True)
class PlacedTensor:
    """A tensor of a safetensors file, and where its bytes start and end in the file."""

    tensor: TensorShape
    start: int
    end: int


def read_safetensors_header(source: Source) -> dict[str, TensorShape]:
    """Returns the tensors of a safetensors file; raises what `read_safetensors_places` raises."""
    return {name: placed.tensor for name, placed in read_safetensors_places(source).items()}


def read_safetensors_places(source: Source) -> dict[str, PlacedTensor]:
    """Returns the tensors of a safetensors file, after checking that they fill it exactly, one behind the other.

    Raises WeightsError and what json raises.
    """
    with source.open() as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        if length > min(source.size - _LENGTH_BYTES, MAX_HEADER_BYTES):
            raise damaged_error()
        header = read_json(file.read(length))
    header.pop("__metadata__", None)
    _check_places([tuple(entry["data_offsets"]) for entry in header.values()], source.size - _LENGTH_BYTES - length)
    return {name: _described(entry, _LENGTH_BYTES + length) for name, entry in header.items()}


def read_json(text: bytes) -> Any:
    """Returns what a JSON text says. Raises WeightsError for a name that is there twice, and what json raises.

    Readers differ in which of the two they take.
    """
    return json.loads(text, object_pairs_hook=_unique)


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise twice_error(name)
        found[name] = value
    return found


def _check_places(places: list[tuple[Any, ...]], n_bytes: int) -> None:
    """Raises WeightsError unless the places of the tensors follow one another, from the first byte to the last."""
    at = 0
    for start, end in sorted(places):
        if not is_shape((start, end)) or start != at or end < start:
            raise damaged_error()
        at = end
    if at != n_bytes:
        raise damaged_error()


def _described(entry: dict[str, Any], at: int) -> PlacedTensor:
    dtype, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    if dtype not in SAFETENSORS:
        text = _("The file has numbers of the kind {got}, which are not read: save them as float32.")
        raise WeightsError(text.format(got=shown_name(dtype)))
    name = SAFETENSORS[dtype]
    _check_shape(shape, name, end - start)
    return PlacedTensor(TensorShape(tuple(shape), name), at + start, at + end)


def _check_shape(shape: Any, dtype: str, n_bytes: int) -> None:
    if not is_shape(shape) or prod(shape) * ITEM_SIZES[dtype] != n_bytes:
        raise damaged_error()


def read_npz_headers(source: Source) -> tuple[dict[str, TensorShape], tuple[str, ...]]:
    """Returns the arrays of an `.npz` that torch has a dtype for, and what was set aside.

    Raises WeightsError and what zipfile and ast raise.
    """
    found: dict[str, TensorShape] = {}
    set_aside: dict[str, None] = {}
    with source.open() as file, zipfile.ZipFile(file) as archive:
        check_wrapping(archive)
        for member in archive.infolist():
            with archive.open(member) as body:
                tensor = _array(body, member.file_size)  # type: ignore[arg-type]
            if tensor is None:
                set_aside[NOT_TENSORS] = None
            else:
                found[member.filename.removesuffix(".npy")] = tensor
    return found, tuple(set_aside)


def _array(file: BinaryIO, size: int) -> TensorShape | None:
    """Returns an array's shape and dtype; None where torch has no such dtype."""
    start = file.read(len(_NPY_START) + 2)
    n_length = 2 if start[-2:-1] == b"\x01" else 4
    length = int.from_bytes(file.read(n_length), "little")
    if not start.startswith(_NPY_START) or length > _MAX_ARRAY_HEADER:
        raise damaged_error()
    header = ast.literal_eval(file.read(length).decode("latin1").strip())
    dtype = numpy_dtype(header["descr"])
    if dtype is None:
        return None
    _check_shape(header["shape"], dtype, size - len(start) - n_length - length)
    return TensorShape(tuple(header["shape"]), dtype)
