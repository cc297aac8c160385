"""Reads the values of a checkpoint without running any code in it.

`resnet_viz.reading` tells the format by the content, never by the file name, and defines what a pickle may do: a zip as
written by `torch.save`, torch's format before 1.6 (pickles followed by raw storages), safetensors, an `.npz`, a zip or
gzip around one of these, or several files of one checkpoint.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from mmap import ACCESS_COPY, mmap
from pathlib import Path
from typing import BinaryIO

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.checksums import Checksums
from resnet_viz.model.weights.unpickling import Unpickled, unpickle, unpickle_file, unpickle_plain
from resnet_viz.reading.archives import check_directory
from resnet_viz.reading.faults import printable, reader_errors_wrapped, shown_name, twice_error
from resnet_viz.reading.headers import PlacedTensor, read_npz_headers, read_safetensors_places
from resnet_viz.reading.kinds import opened, told_error
from resnet_viz.reading.pickled_names import StandIn, kind_of
from resnet_viz.reading.shards import check_complete, find_parts
from resnet_viz.reading.sources import MAX_BYTES, Source, read_file

__all__ = [
    "MAX_BYTES",
    "Checkpoint",
    "printable",
    "read_checkpoint",
    "read_checkpoint_files",
    "read_file",
    "shown_name",
]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The contents of a file.

    `format`: `pth`, `legacy pth`, `pickle`, `safetensors`, `npz` or `torchvision`. `content`: the saved object, with
    stand-ins for what is neither a tensor nor a plain value. `title`: its name. `set_aside`: names of the classes that
    were replaced.
    """

    format: str
    content: object
    title: str = ""
    set_aside: tuple[str, ...] = ()


def read_checkpoint(data: bytes) -> Checkpoint:
    """Returns the contents of a checkpoint, on the CPU; objects of other classes are replaced, never instantiated.

    Raises WeightsError for data that is empty, too large, damaged or truncated, and for files of other kinds, with what
    they are.
    """
    return read_checkpoint_files(data)


def read_checkpoint_files(source: bytes | Path | Sequence[bytes | Path]) -> Checkpoint:
    """Returns the contents of a checkpoint in one file or several, titled by the file's name, as `read_checkpoint`.

    source: bytes of a file, its `Path`, that of a sharded checkpoint's index, or a sequence of the files of one
    checkpoint. Raises WeightsError also where one of them is missing, or two have the same tensor.
    """
    parts = find_parts(source)
    read = [_read(part) for part in parts.sources]
    title = parts.sources[0].name
    if len(read) == 1 and not parts.index:
        return Checkpoint(read[0].format, read[0].content, title, read[0].set_aside)
    joined: dict[object, object] = {}
    for part in read:
        _join(joined, part.content)
    check_complete(parts.index, (key for key in joined if isinstance(key, str)))
    set_aside = tuple(dict.fromkeys(name for part in read for name in part.set_aside))
    return Checkpoint(read[0].format, joined, title, set_aside)


def _join(whole: dict[object, object], part: object) -> None:
    """Adds the entries of one of several files. Raises WeightsError for a tensor that is there already."""
    if not isinstance(part, dict):
        text = _("One of the files holds no dictionary of weights but {got}: choose the files of one checkpoint.")
        raise WeightsError(text.format(got=shown_name(kind_of(part))))
    for key, value in dict.items(part):
        before = whole.setdefault(key, value)
        if isinstance(before, dict) and isinstance(value, dict) and before is not value:
            whole[key] = merged = dict(before)
            _join(merged, value)
        elif before is not value and isinstance(value, Tensor | StandIn):
            raise twice_error(str(key) if isinstance(key, str | int) else kind_of(key))


def _read(source: Source) -> Checkpoint:
    form, source = opened(source)
    with reader_errors_wrapped():
        return _READERS[form](form, source)


def _read_zip(form: str, source: Source) -> Checkpoint:
    # Never as a whole: the memory for it would take as long as the rest.
    with source.open() as file:
        _check_is_no_script(file)
        with zipfile.ZipFile(file) as archive, Checksums() as checksums:
            check_directory(archive, source)
            file.seek(0)
            try:
                unpickled = unpickle_file(file, source.size, is_zip=True, on_storage=checksums.take)
            finally:
                checksums.check(archive)
    return _opened(form, unpickled)


def _read_old(form: str, source: Source) -> Checkpoint:
    return _opened(form, unpickle(source.read()))


def _read_pickle(form: str, source: Source) -> Checkpoint:
    return _opened(form, unpickle_plain(source))


def _opened(form: str, unpickled: Unpickled) -> Checkpoint:
    return Checkpoint(form, unpickled.content, set_aside=tuple(shown_name(name) for name in unpickled.set_aside))


def _read_safetensors(form: str, source: Source) -> Checkpoint:
    places = read_safetensors_places(source)
    if isinstance(source.data, Path) and sys.byteorder == "little":
        return Checkpoint(form, _mapped(source.data, places))
    return Checkpoint(form, safetensors.torch.load(source.read()))


def _mapped(path: Path, places: Mapping[str, PlacedTensor]) -> dict[str, Tensor]:
    """Returns the tensors of a safetensors file as views of the file, which is mapped and not read.

    safetensors maps it, too, but takes twice as long until its pages are there.
    """
    with path.open("rb") as file:
        data = torch.frombuffer(mmap(file.fileno(), 0, access=ACCESS_COPY), dtype=torch.uint8)
    return {name: _at(data, placed) for name, placed in places.items()}


def _at(data: Tensor, placed: PlacedTensor) -> Tensor:
    body, dtype = data[placed.start : placed.end], getattr(torch, placed.tensor.dtype)
    aligned = body if placed.start % dtype.itemsize == 0 else body.clone()
    return aligned.view(dtype).view(placed.tensor.shape)


def _read_npz(form: str, source: Source) -> Checkpoint:
    """Reads the arrays whose headers hold; numpy unpickles none, and arrays of text or objects are set aside."""
    shapes, set_aside = read_npz_headers(source)
    with source.open() as file, zipfile.ZipFile(file) as archive:
        content = {name: _array(archive.read(f"{name}.npy")) for name in shapes}
    return Checkpoint(form, content, set_aside=set_aside)


def _array(data: bytes) -> Tensor:
    array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    return torch.from_numpy(np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(array.shape))


_READERS: Mapping[str, Callable[[str, Source], Checkpoint]] = {
    "pth": _read_zip,
    "legacy pth": _read_old,
    "pickle": _read_pickle,
    "safetensors": _read_safetensors,
    "npz": _read_npz,
}


def _check_is_no_script(file: BinaryIO) -> None:
    """Raises WeightsError for TorchScript, and what torch raises."""
    # With torch's own reader as well, since torch.load uses it, and would run what it detects as TorchScript.
    if "constants.pkl" in torch._C.PyTorchFileReader(file).get_all_records():
        raise told_error("torchscript")
    file.seek(0)
