"""Files of weights that nothing good can come of, made from a good state dict. `bad_files` and `SWELLING` name each."""

import io
import json
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

State = Mapping[str, Tensor]


def pth(content: Any, is_legacy: bool = False) -> bytes:
    """What torch.save writes, in the form of today or of before 1.6."""
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=not is_legacy)
    return file.getvalue()


def rezipped(data: bytes, change: Callable[[str, bytes], bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A zip again, each member as `change` will have it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


class Touch:
    """Unpickled without care, it makes a file: the proof that something ran."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


class Odd:
    """Unpickled, an OrderedDict whose own methods stand behind attributes of the same names."""

    def __init__(self, state: State) -> None:
        self.state = state

    def __reduce__(self) -> Any:
        attributes = dict.fromkeys(("items", "keys", "values", "get", "__iter__"), 3)
        return OrderedDict, (), attributes, None, iter(self.state.items())


def evil_files(state: State, touched: Path) -> dict[str, bytes]:
    """Pickles that would make the file `touched`, in each form that a pickle can come in."""
    evil = {**state, "conv1.weight": Touch(touched)}
    raw = pickle.dumps(evil["conv1.weight"], protocol=2)
    return {
        "evil zip": pth(evil),
        "evil zip, compressed": rezipped(pth(evil), lambda _, body: body, zipfile.ZIP_DEFLATED),
        "evil legacy": pth(evil, is_legacy=True),
        "evil raw": raw,
        "evil raw, new protocol": pickle.dumps(Touch(touched), protocol=5),
        "evil raw, text protocol": pickle.dumps(Touch(touched), protocol=0),
        "evil before legacy": raw + pth(dict(state), is_legacy=True),
        "evil data.pkl": rezipped(pth(dict(state)), lambda name, body: raw if name.endswith("data.pkl") else body),
    }


def evil_beside(state: State, touched: Path) -> dict[str, bytes]:
    """Files with such a pickle beside good weights, where nobody needs it."""
    return {
        form: pth({"state_dict": dict(state), "args": Touch(touched)}, is_legacy=form == "legacy pth")
        for form in ("pth", "legacy pth")
    }


def safetensors_with(data: bytes, change: Callable[[dict[str, Any]], None], length: int | None = None) -> bytes:
    """A safetensors file whose header says something else than what is there."""
    n_header = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + n_header])
    change(header)
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data[8 + n_header :]


def lying_headers(state: State) -> dict[str, bytes]:
    good = safetensors.torch.save(dict(state))
    end = len(good) - 8 - int.from_bytes(good[:8], "little")

    def entry(**values: Any) -> Callable[[dict[str, Any]], None]:
        return lambda header: header["fc.bias"].update(values)

    def same(header: dict[str, Any]) -> None:
        header["fc.bias"]["data_offsets"] = header["bn1.bias"]["data_offsets"]

    return {
        "header longer than the file": safetensors_with(good, lambda _: None, len(good)),
        "header of 2^63 bytes": safetensors_with(good, lambda _: None, 2**63),
        "header of no bytes": safetensors_with(good, lambda _: None, 0),
        "header cut in the middle": safetensors_with(good, lambda _: None, 100),
        "offsets out of the file": safetensors_with(good, entry(data_offsets=[end, end + 40])),
        "offsets below zero": safetensors_with(good, entry(data_offsets=[-40, 0])),
        "offsets the wrong way round": safetensors_with(good, entry(data_offsets=[40, 0])),
        "offsets that overlap": safetensors_with(good, same),
        "a huge shape": safetensors_with(good, entry(shape=[2**40, 2**40])),
        "a shape of another size": safetensors_with(good, entry(shape=[11])),
        "an unknown type": safetensors_with(good, entry(dtype="F128")),
        "bytes after the end": good + b"\0" * 40,
        "no entry for some bytes": safetensors_with(good, lambda header: header.pop("fc.bias")),
        "nested brackets": struct.pack("<Q", 100_000) + b'{"a":' + b"[" * 99_995,
        "no tensors": safetensors.torch.save({}),
    }


def two_directories(data: bytes, name: str) -> bytes:
    """A zip in which torch's reader finds a member of this name, and Python's one of as many letters instead."""
    other, file = "x" * len(name), io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as archive:
        for member in (name, other):
            archive.writestr(f"archive/{member}", b"")
        count, start = len(archive.infolist()) - 1, archive.fp.tell()  # type: ignore[union-attr]
    raw = file.getvalue()
    end = raw.rindex(b"PK\x05\x06")
    entries = [b"PK\x01\x02" + entry for entry in raw[start:end].split(b"PK\x01\x02")[1:]]
    for_torch, for_python = (
        b"".join(entry for entry in entries if f"archive/{left_out}".encode() not in entry)
        for left_out in (other, name)
    )
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(for_torch), start, 0)
    return raw[:start] + for_torch + for_python + last


def zeros(state: State) -> bytes:
    """A zip of nothing else."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(_SWOLLEN))
    return file.getvalue()


def zeros_for_a_tensor(state: State) -> bytes:
    """A checkpoint otherwise."""

    def swell(name: str, body: bytes) -> bytes:
        return bytes(_SWOLLEN) if name.endswith("data/0") else body

    return rezipped(pth(dict(state)), swell, zipfile.ZIP_DEFLATED)


_SWOLLEN = 200 * 2**20
SWELLING = {"200 MiB of zeros": zeros, "200 MiB of zeros for a tensor": zeros_for_a_tensor}
"""Zips that swell, each made when it is wanted: to press them takes half a second."""


def zip_files(state: State) -> dict[str, bytes]:
    """Zips that are no checkpoint."""
    good, plain = pth(dict(state)), io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("a.txt", "text")
    program = io.BytesIO(good)
    with zipfile.ZipFile(program, "a") as archive:
        archive.writestr("archive/constants.pkl", pickle.dumps((), protocol=2))
    return {
        "a zip of something else": plain.getvalue(),
        "a TorchScript program": program.getvalue(),
        "a TorchScript program for torch alone": two_directories(good, "constants.pkl"),
        "another directory for torch": two_directories(good, "data/99"),
        "something behind the end": good + b"PK\x05\x06" + bytes(18),
        "a comment": good[:-2] + b"\x04\x00note",
        "a flipped byte in a tensor": good[: len(good) // 2]
        + bytes([good[len(good) // 2] ^ 1])
        + good[len(good) // 2 + 1 :],
        "no storages": rezipped(good, lambda name, body: b"" if "/data/" in name else body),
    }


def other_files(state: State) -> dict[str, bytes]:
    loop: dict[str, Any] = {}
    loop["state_dict"] = loop
    return {
        "empty": b"",
        "one byte": b"\x80",
        "text": b"epoch,loss\n1,0.5\n" * 20,
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "zeros": bytes(10_000),
        "a tensor": pth(torch.zeros(3)),
        "a list": pth([torch.zeros(3)]),
        "a number": pth(3),
        "no entries": pth({}),
        "only figures": pth({"epoch": 3, "loss": 0.5}),
        "an empty nest": pth({"state_dict": {}}),
        "a nest in itself": pth(loop),
        "keys that are no text": pth({**state, 3: torch.zeros(1), (1, 2): torch.zeros(1)}),
        "a key of half a character": pth({**state, "layer1.\ud800": torch.zeros(1)}),
    }


def bad_files(state: State) -> dict[str, bytes]:
    """All of them but the evil and the swelling ones, by name; `state` is that of a net with an `fc` and a `bn1`."""
    forms = {"zip": pth(dict(state)), "legacy": pth(dict(state), is_legacy=True)}
    forms["safetensors"] = safetensors.torch.save(dict(state))
    cut = {
        f"{form} cut at {part} of 16": data[: part * len(data) // 16]
        for form, data in forms.items()
        for part in range(1, 16)
    }
    near = {f"{form} without its last byte": data[:-1] for form, data in forms.items() if form != "zip"}
    return cut | near | lying_headers(state) | zip_files(state) | other_files(state)
