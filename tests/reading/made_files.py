"""Files of one small state dict in every form that is read, and of other kinds, made by torch, numpy and Python."""

import gzip
import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

STATE: dict[str, Tensor] = {
    "conv1.weight": torch.arange(54.0).reshape(2, 3, 3, 3),
    "bn1.bias": torch.arange(10.0) + 0.5,
    "bn1.num_batches_tracked": torch.tensor(7),
    "fc.weight": torch.arange(30.0).reshape(3, 10).t(),
    "fc.bias": torch.arange(10.0),
}


def pth(content: Any, is_old: bool = False, protocol: int = 2) -> bytes:
    """What torch.save writes, in the form of today or of before 1.6."""
    file = io.BytesIO()
    torch.save(content, file, pickle_protocol=protocol, _use_new_zipfile_serialization=not is_old)
    return file.getvalue()


def safe(state: Mapping[str, Tensor]) -> bytes:
    """A file of safetensors."""
    return safetensors.torch.save({key: value.contiguous() for key, value in state.items()})


def arrays(state: Mapping[str, Tensor]) -> dict[str, Any]:
    """The same as arrays; a transposed one runs its first index fastest."""
    return {key: value.numpy() for key, value in state.items()}


def npz(content: Mapping[str, Any], is_compressed: bool = False) -> bytes:
    """What numpy.savez writes."""
    file = io.BytesIO()
    (np.savez_compressed if is_compressed else np.savez)(file, **content)
    return file.getvalue()


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of some files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return file.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    """A tar of some files."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, body in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return file.getvalue()


def good_files() -> dict[str, tuple[str, bytes]]:
    """The state dict in each form, with the format that is told."""
    swapped = {key: value.astype(value.dtype.newbyteorder(">")) for key, value in arrays(STATE).items()}
    return {
        **{f"zip {n}": ("pth", pth(STATE, protocol=n)) for n in (2, 5)},
        **{f"old {n}": ("legacy pth", pth(STATE, is_old=True, protocol=n)) for n in (2, 4)},
        **{f"pickle of arrays {n}": ("pickle", pickle.dumps(arrays(STATE), n)) for n in range(2, 6)},
        "pickle of tensors": ("pickle", pickle.dumps(STATE, 2)),
        "the other order of bytes": ("pickle", pickle.dumps(swapped, 4)),
        "safetensors": ("safetensors", safe(STATE)),
        "npz": ("npz", npz(swapped)),
        "npz, compressed": ("npz", npz(arrays(STATE), is_compressed=True)),
        "zip around": ("safetensors", zipped({"__MACOSX/._x": b"", "a/": b"", "a/x": safe(STATE)})),
        "gzip around": ("pth", gzip.compress(pth(STATE))),
    }


def told_files() -> dict[str, tuple[str, bytes]]:
    """Files that are no checkpoint, each with a word of its sentence; the first bytes are those of real ones."""
    good = pth(STATE)
    return {
        "torch.jit": ("TorchScript", zipped({"net/data.pkl": b"", "net/constants.pkl": b""})),
        "torch.export": ("torch.export", zipped({"archive/archive_format": b"pt2", "archive/models/model.json": b""})),
        "a shard of DCP": ("dcp_to_torch_save", pth(STATE["fc.bias"]) + good),
        "DCP's metadata": ("dcp_to_torch_save", b"\x80\x04\x95\xf9\x03" + bytes(6) + b"\x8c%" + _DCP),
        "ExecuTorch": ("ExecuTorch", b"\x1c\0\0\0ET12" + bytes(40)),
        "TFLite": ("TensorFlow Lite", b"\x1c\0\0\0TFL3" + bytes(40)),
        "ONNX": ("ONNX", b"\x08\x0a\x12\x07pytorch\x1a\x062.14.1"),
        "Git LFS": ("git lfs pull", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 102540417\n"),
        "HTML": ("web page", b"\n <!DOCTYPE html>\n<html><head></head></html>"),
        "HDF5": ("HDF5", b"\x89HDF\r\n\x1a\n" + bytes(40)),
        "Keras": ("Keras", zipped({"config.json": b"{}", "model.weights.h5": b""})),
        "one array": ("without a name", _npy(np.ones(3))),
        "GGUF": ("GGUF", b"GGUF\x03\0\0\0" + bytes(40)),
        "tar": ("tar archive: unpack", tarred({"a.pth": good})),
        "tar of the oldest torch": ("torch before", tarred(dict.fromkeys(("sys_info", "pickle", "storages"), b""))),
        "xz": ("is compressed", b"\xfd7zXZ\0" + bytes(40)),
        "JSON": ("no index", json.dumps({"architectures": ["ResNet"]}).encode()),
        "an index alone": ("in several files", json.dumps({"weight_map": {"a": "b"}}).encode()),
        "text": ("cannot be read as weights", b"epoch,loss\n1,0.5\n"),
        "two in a zip": ("archive of something else", zipped({"a": good, "b": good})),
        "text in a zip": ("cannot be read as weights", zipped({"a.txt": b"some text"})),
        "a program in a gzip": ("TorchScript", gzip.compress(zipped({"net/constants.pkl": b""}))),
        "a zip in a zip": ("archive of something else", zipped({"a": zipped({"b": good})})),
    }


_DCP = b"torch.distributed.checkpoint.metadata\x94\x8c\x08Metadata"


def _npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def write_set(folder: Path, form: str = "safetensors") -> Path:
    """A checkpoint in two files with their index, whose path is returned."""
    write = safe if form == "safetensors" else pth
    halves = {"one": ("conv1.weight", "bn1.bias"), "two": ("bn1.num_batches_tracked", "fc.weight", "fc.bias")}
    for name, keys in halves.items():
        (folder / name).write_bytes(write({key: STATE[key] for key in keys}))
    index = folder / "model.index.json"
    names = {key: name for name, keys in halves.items() for key in keys}
    index.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": names}))
    return index
