"""The bytes of a checkpoint to what they hold, and nothing in them is ever run.

What a file is, is told by its first bytes and never by its name: a zip as `torch.save` writes it, the form that torch
wrote before 1.6 (pickles and numbers one after the other), or safetensors. What a pickle may do, `unpickling.py` says.
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

# ResNeXt-101 64x4d with two moments of an optimiser, the largest that somebody may have, is just below.
MAX_BYTES = 2**30
# The library's own limit; a header of a ResNet-152 is 100 KB long.
MAX_HEADER_BYTES = 100_000_000

ZIP_END, ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
PICKLE_START = b"\x80"
SAFETENSORS_START = b"{"  # after the eight bytes that say how long the header is


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a file holds.

    `format` is `pth`, `legacy pth`, `safetensors` or `torchvision`; `content` whatever was saved, with stand-ins for
    what is neither a tensor nor a plain value; `title` its name; `set_aside` the names of the classes left away.
    """

    format: str
    content: object
    title: str = ""
    set_aside: tuple[str, ...] = ()


def read_checkpoint(data: bytes) -> Checkpoint:
    """What the bytes of a checkpoint hold, on the CPU; objects of somebody's classes are set aside, and never made.

    Raises WeightsError for what is empty, too large, none of the three kinds, damaged, cut short, compressed, or a
    program.
    """
    check_length(len(data))
    with _reader_errors_told():
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
    return Checkpoint(form, unpickled.content, set_aside=tuple(shown(name) for name in unpickled.set_aside))


def read_file(path: Path) -> bytes:
    """The bytes of a file of at most `MAX_BYTES`. Raises WeightsError for what is no file or cannot be read."""
    try:
        # Asked before it is opened: to open a named pipe would wait for its writer.
        if not path.is_file():
            raise WeightsError(_("There is no file “{name}”: choose a checkpoint.").format(name=shown(path.name)))
        check_length(path.stat().st_size)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise WeightsError(
            _("The file “{name}” cannot be read ({reason}): check its permissions, or choose another.").format(
                name=shown(path.name), reason=getattr(error, "strerror", None) or type(error).__name__
            )
        ) from error
    check_length(len(data))
    return data


def check_length(n_bytes: int) -> None:
    """Raises WeightsError for a file that is empty or larger than `MAX_BYTES`."""
    if n_bytes == 0:
        raise WeightsError(_("The file is empty (0 bytes): choose a file of weights."))
    if n_bytes > MAX_BYTES:
        text = _(
            "The file has {got}, and at most {limit} are allowed: save the weights alone, without the optimiser's "
            "state."
        )
        raise WeightsError(text.format(got=format_bytes(n_bytes), limit=format_bytes(MAX_BYTES)))


def shown(name: object) -> str:
    """A name from a file as it stands in a message: short, on one line, and writable in any encoding."""
    if not isinstance(name, str):
        name = kind_of(name)  # its own text could take for ever: tuples of tuples of tuples
    text = " ".join(printable(name[:200]).split())
    return f"{text[:80]}…" if len(text) > 80 else text


def printable(name: str) -> str:
    """`name` without the half characters that a pickle may hold and nothing can write."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _check_zip(data: bytes) -> None:
    """The directory of a zip before torch follows it. Raises WeightsError, and whatever zipfile and torch raise."""
    # Asked of torch's own reader, too: torch.load asks it, and would run what it takes for a program.
    if "constants.pkl" in torch._C.PyTorchFileReader(io.BytesIO(data)).get_all_records():
        raise _program()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        # A program's code is compressed, so this comes first.
        if any(member.filename.endswith("/constants.pkl") for member in members):
            raise _program()
        # torch stores and never compresses, so members cannot hold more than the file, unless it is made to swell.
        if sum(member.file_size for member in members) > len(data):
            raise WeightsError(
                _(
                    "The file is compressed or claims to hold more than it has, which no checkpoint does: "
                    "save it with torch.save, or unpack it and choose what is inside."
                )
            )
        # torch itself passes over the checksums.
        if not _has_one_directory(data, archive.start_dir) or archive.testzip() is not None:
            raise _damaged()


def _has_one_directory(data: bytes, start: int) -> bool:
    """Whether the directory of a zip begins where all its last entries say.

    zipfile takes what stands just before these, and torch what they point to: another directory might hold anything.
    """
    places = [int.from_bytes(data[-6:-2], "little")]
    if data[-42:-38] == ZIP64_LOCATOR:
        record = int.from_bytes(data[-34:-26], "little")
        if record != len(data) - 98:
            return False
        places.append(int.from_bytes(data[record + 48 : record + 56], "little"))
    return data[-22:-18] == ZIP_END and all(place == start for place in places)


def _program() -> WeightsError:
    return WeightsError(
        _("The file is a TorchScript program, and programs are never run here: save its state_dict() instead.")
    )


def _check_header(data: bytes) -> None:
    length = int.from_bytes(data[:8], "little")
    if length > min(len(data) - 8, MAX_HEADER_BYTES):
        raise _damaged()


def _damaged() -> WeightsError:
    return WeightsError(
        _("The file is damaged or cut short and cannot be read: copy or save it again, or choose another.")
    )


@contextmanager
def _reader_errors_told() -> Iterator[None]:
    """Whatever torch, safetensors, zipfile or pickle raise about the bytes becomes a WeightsError.

    `Exception`, because there is no list: damaged files bring out RuntimeError, KeyError, UnicodeDecodeError,
    MemoryError, struct.error and more. So nothing stands inside but these readers and checks before them.
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
        raise _damaged() from error
