"""Reads the bytes of a checkpoint without running any code in them.

The format is detected by the first bytes, never by the file name: a zip as written by `torch.save`, torch's format
before 1.6 (pickles followed by raw storages), or safetensors. `unpickling.py` defines what a pickle may do.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import torch

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.pickled_names import kind_of
from resnet_viz.model.weights.unpickling import ZIP_START, Unpickled, unpickle
from resnet_viz.units import format_bytes

# ResNeXt-101 64x4d with two optimiser moments, the largest checkpoint to be expected, is just below.
MAX_BYTES = 2**30
# safetensors' own limit; the header of a ResNet-152 has 100 KB.
MAX_HEADER_BYTES = 100_000_000

ZIP_END, ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
PICKLE_START = b"\x80"
SAFETENSORS_START = b"{"  # after 8 bytes with the header's length


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The contents of a file.

    `format`: `pth`, `legacy pth`, `safetensors` or `torchvision`. `content`: the saved object, with stand-ins for what
    is neither a tensor nor a plain value. `title`: its name. `set_aside`: names of the classes that were replaced.
    """

    format: str
    content: object
    title: str = ""
    set_aside: tuple[str, ...] = ()


def read_checkpoint(data: bytes) -> Checkpoint:
    """Returns the contents of a checkpoint, on the CPU; objects of other classes are replaced, never instantiated.

    Raises WeightsError for data that is empty, too large, in none of the three formats, damaged, truncated, compressed,
    or a TorchScript program.
    """
    check_length(len(data))
    with _reader_errors_wrapped():
        if data.startswith(ZIP_START):
            _check_zip(data)
            return _opened("pth", unpickle(data))
        if data[8:9] == SAFETENSORS_START:
            _check_header(data)
            return Checkpoint("safetensors", safetensors.torch.load(data))
        if data.startswith(PICKLE_START):
            return _opened("legacy pth", unpickle(data))
    raise WeightsError(
        _(
            "The file cannot be read as weights: it is neither what torch.save writes nor safetensors. Choose a "
            "checkpoint, which may have any name: .pth, .pt, .ckpt, .bin, .safetensors."
        )
    )


def _opened(form: str, unpickled: Unpickled) -> Checkpoint:
    return Checkpoint(form, unpickled.content, set_aside=tuple(shown_name(name) for name in unpickled.set_aside))


def read_file(path: Path) -> bytes:
    """Returns the bytes of a file of at most `MAX_BYTES`. Raises WeightsError for what is no file or cannot be read."""
    try:
        # Before opening: opening a named pipe would block until it has a writer.
        if not path.is_file():
            raise WeightsError(_("There is no file “{name}”: choose a checkpoint.").format(name=shown_name(path.name)))
        check_length(path.stat().st_size)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise WeightsError(
            _("The file “{name}” cannot be read ({reason}): check its permissions, or choose another.").format(
                name=shown_name(path.name), reason=getattr(error, "strerror", None) or type(error).__name__
            )
        ) from error
    check_length(len(data))
    return data


def check_length(n_bytes: int) -> None:
    """Raises WeightsError for a length of 0 or above `MAX_BYTES`."""
    if n_bytes == 0:
        raise WeightsError(_("The file is empty (0 bytes): choose a file of weights."))
    if n_bytes > MAX_BYTES:
        text = _(
            "The file has {got}, and at most {limit} are allowed: save the weights alone, without the optimiser's "
            "state."
        )
        raise WeightsError(text.format(got=format_bytes(n_bytes), limit=format_bytes(MAX_BYTES)))


def shown_name(name: object) -> str:
    """Returns a name from a file for a message: short, on one line, and encodable."""
    if not isinstance(name, str):
        name = kind_of(name)  # str() of nested tuples could take forever
    text = " ".join(printable(name[:200]).split())
    return f"{text[:80]}…" if len(text) > 80 else text


def printable(name: str) -> str:
    """Returns `name` with lone surrogates, which a pickle may contain and no encoding can write, replaced."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _check_zip(data: bytes) -> None:
    """Validates a zip's directory before torch reads it. Raises WeightsError, and what zipfile and torch raise."""
    # Also with torch's own reader, since torch.load uses it, and would run what it detects as TorchScript.
    if "constants.pkl" in torch._C.PyTorchFileReader(io.BytesIO(data)).get_all_records():
        raise _torchscript_error()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        # Before the size check, since TorchScript's code is compressed.
        if any(member.filename.endswith("/constants.pkl") for member in members):
            raise _torchscript_error()
        # torch never compresses, so members larger than the file mean a zip bomb.
        if sum(member.file_size for member in members) > len(data):
            raise WeightsError(
                _(
                    "The file is compressed or claims to hold more than it has, which no checkpoint does: "
                    "save it with torch.save, or unpack it and choose what is inside."
                )
            )
        # torch ignores the checksums.
        if not _has_one_directory(data, archive.start_dir) or archive.testzip() is not None:
            raise _damaged_error()


def _has_one_directory(data: bytes, start: int) -> bool:
    """Whether the zip's directory starts where all its end records say.

    zipfile reads the directory just before these records, torch the one they point to: the two could differ.
    """
    places = [int.from_bytes(data[-6:-2], "little")]
    if data[-42:-38] == ZIP64_LOCATOR:
        record = int.from_bytes(data[-34:-26], "little")
        if record != len(data) - 98:
            return False
        places.append(int.from_bytes(data[record + 48 : record + 56], "little"))
    return data[-22:-18] == ZIP_END and all(place == start for place in places)


def _torchscript_error() -> WeightsError:
    return WeightsError(
        _("The file is a TorchScript program, and programs are never run here: save its state_dict() instead.")
    )


def _check_header(data: bytes) -> None:
    length = int.from_bytes(data[:8], "little")
    if length > min(len(data) - 8, MAX_HEADER_BYTES):
        raise _damaged_error()


def _damaged_error() -> WeightsError:
    return WeightsError(
        _("The file is damaged or cut short and cannot be read: copy or save it again, or choose another.")
    )


@contextmanager
def _reader_errors_wrapped() -> Iterator[None]:
    """Converts exceptions of torch, safetensors, zipfile and pickle about the data to WeightsError.

    Catches `Exception`, because there is no complete list: damaged files raise RuntimeError, KeyError,
    UnicodeDecodeError, MemoryError, struct.error and more. So wrap nothing but these readers and the checks before
    them.
    """
    try:
        yield
    except WeightsError:
        raise
    except pickle.UnpicklingError as error:
        raise WeightsError(
            _(
                "The file holds more than tensors, or is damaged. Code in a file is never run here: save the "
                "net's state_dict() with torch.save, and choose that file."
            )
        ) from error
    except Exception as error:
        raise _damaged_error() from error
