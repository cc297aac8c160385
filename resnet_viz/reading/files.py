"""Reads the names, shapes and dtypes of all tensors of a checkpoint, in one file or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from resnet_viz.reading.faults import reader_errors_wrapped, shown_name, twice_error
from resnet_viz.reading.headers import read_npz_headers, read_safetensors_header
from resnet_viz.reading.kinds import opened
from resnet_viz.reading.plain_pickles import read_pickled_shapes
from resnet_viz.reading.shards import check_complete, find_parts
from resnet_viz.reading.sources import Source
from resnet_viz.reading.tensor_shapes import TensorShape, tensors_in
from resnet_viz.reading.torch_files import read_old_torch, read_torch_zip

_PICKLED = {"pth": read_torch_zip, "legacy pth": read_old_torch, "pickle": read_pickled_shapes}


@dataclass(frozen=True, slots=True)
class FileShapes:
    """The tensors of a checkpoint without their values, by name; nested dictionaries are joined by dots.

    format: `pth`, `legacy pth`, `pickle`, `safetensors` or `npz`. shapes, dtypes: of each tensor, the dtype by torch's
    short name, as in `float16`. set_aside: names of the classes that were replaced.
    """

    format: str
    shapes: Mapping[str, tuple[int, ...]]
    dtypes: Mapping[str, str]
    set_aside: tuple[str, ...] = ()


def read_shapes(data: bytes | Path | Sequence[bytes | Path]) -> FileShapes:
    """Returns the names, shapes and dtypes of a checkpoint's tensors; no value is read, and torch is not needed.

    data: bytes of a file, its `Path`, that of a sharded checkpoint's index, or a sequence of the files of one
    checkpoint. Raises WeightsError for data that cannot be read, or files that are missing or have the same tensors.
    """
    parts = find_parts(data)
    tensors: dict[str, TensorShape] = {}
    set_aside: dict[str, None] = {}
    form = ""
    for source in parts.sources:
        form, found, aside = _read_part(source)
        twice = next(iter(tensors.keys() & found.keys()), None)
        if twice is not None:
            raise twice_error(twice)
        tensors |= found
        set_aside |= dict.fromkeys(aside)
    check_complete(parts.index, tensors)
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    dtypes = {name: tensor.dtype for name, tensor in tensors.items()}
    return FileShapes(form, shapes, dtypes, tuple(shown_name(name) for name in set_aside))


def _read_part(source: Source) -> tuple[str, dict[str, TensorShape], tuple[str, ...]]:
    """Returns the format of one file, its tensors, and what was set aside."""
    form, source = opened(source)
    with reader_errors_wrapped():
        if form == "safetensors":
            return form, read_safetensors_header(source), ()
        if form == "npz":
            return form, *read_npz_headers(source)
        content, set_aside = _PICKLED[form](source)
        return form, tensors_in(content), set_aside
