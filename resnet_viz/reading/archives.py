"""Zips and gzips: which kind of file a zip is by its members, its checks, and the one file in a wrapping."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Sequence

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.reading.faults import damaged_error, swollen_error
from resnet_viz.reading.sources import MAX_BYTES, Source

ZIP_START, GZIP_START = b"PK\x03\x04", b"\x1f\x8b"
ZIP_END, ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
_END_LENGTH = 22
# Weights hardly shrink; those of a pruned net to a tenth. Zeros shrink to a thousandth.
_MAX_RATIO = 100
_SLACK = 2**20
_DATA_PICKLE = re.compile(r"[^/]+/data\.pkl")
# What systems add to a zip of one file.
_ADDED = re.compile(r"__MACOSX/.*|(.*/)?\.DS_Store|.*/")


def zip_kind(source: Source) -> str:
    """Returns which kind of file a zip is, by the names of its members; `zip` for one that wraps another file."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            is_one_of_several = _is_behind_another(source, archive)
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise damaged_error() from error
    return "dcp" if is_one_of_several else _kind_by_names(names)


def _kind_by_names(names: Sequence[str]) -> str:
    if any(name.endswith("/constants.pkl") for name in names):
        return "torchscript"
    if any(_DATA_PICKLE.fullmatch(name) for name in names):
        return "pth"
    if any(name.rpartition("/")[2] in ("archive_format", "serialized_exported_program.json") for name in names):
        return "pt2"
    if "model.weights.h5" in names:
        return "keras"
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    return "zip" if len(_wrapped(names)) == 1 else "archive"


def _is_behind_another(source: Source, archive: zipfile.ZipFile) -> bool:
    """Whether whole zips stand before this one, as in a shard of torch's distributed checkpoints."""
    with source.open() as file:
        file.seek(max(0, source.size - _END_LENGTH))
        end = file.read(_END_LENGTH)
        before = archive.start_dir - int.from_bytes(end[-6:-2], "little")
        if end[:4] != ZIP_END or before < _END_LENGTH:
            return False
        file.seek(before - _END_LENGTH)
        around = file.read(_END_LENGTH + len(ZIP_START))
        return around.startswith(ZIP_END) and around.endswith(ZIP_START)


def data_pickle(names: Sequence[str]) -> str:
    """Returns the name of the pickle in a file of torch."""
    found = [name for name in names if _DATA_PICKLE.fullmatch(name)]
    if len(found) != 1:
        raise damaged_error()
    return found[0]


def check_directory(archive: zipfile.ZipFile, source: Source) -> None:
    """Raises WeightsError where a zip holds more than it has, a name twice, or two directories."""
    members = archive.infolist()
    # torch never compresses, so members larger than the file mean a zip bomb.
    if sum(member.file_size for member in members) > source.size:
        raise swollen_error()
    _check_names(members)
    with source.open() as file:
        file.seek(max(0, source.size - _LAST_RECORDS))
        if not _has_one_directory(file.read(), source.size, archive.start_dir):
            raise damaged_error()


def check_wrapping(archive: zipfile.ZipFile) -> None:
    """Raises WeightsError where compressed members would swell, or two have one name."""
    for member in archive.infolist():
        if member.file_size > min(MAX_BYTES, member.compress_size * _MAX_RATIO + _SLACK):
            raise swollen_error()
    if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
        raise swollen_error()
    _check_names(archive.infolist())


def _check_names(members: Sequence[zipfile.ZipInfo]) -> None:
    if len({member.filename for member in members}) != len(members):
        raise damaged_error()


# The end of a zip: the record of 64-bit sizes, its locator, and the end record.
_LAST_RECORDS = 98


def _has_one_directory(tail: bytes, size: int, start: int) -> bool:
    """Whether the zip's directory starts where all its end records say.

    zipfile reads the directory just before these records, torch the one they point to: the two could differ.
    """
    places = [int.from_bytes(tail[-6:-2], "little")]
    if tail[-42:-38] == ZIP64_LOCATOR:
        record = int.from_bytes(tail[-34:-26], "little")
        if record != size - _LAST_RECORDS:
            return False
        places.append(int.from_bytes(tail[48:56], "little"))
    return tail[-22:-18] == ZIP_END and all(place == start for place in places)


def unwrapped(kind: str, source: Source) -> Source:
    """Returns the one file in a zip or gzip, unpacked into memory, within limits."""
    data = _gunzipped(source) if kind == "gzip" else _unzipped(source)
    if not data:
        raise damaged_error()
    return Source(data, len(data))


def _unzipped(source: Source) -> bytes:
    with source.open() as file, zipfile.ZipFile(file) as archive:
        check_wrapping(archive)
        return archive.read(_wrapped(archive.namelist())[0])


def _gunzipped(source: Source) -> bytes:
    limit = min(MAX_BYTES, source.size * _MAX_RATIO + _SLACK)
    unpacking = zlib.decompressobj(wbits=31)
    data = unpacking.decompress(source.read(), limit + 1)
    if len(data) > limit:
        raise swollen_error()
    if not unpacking.eof or unpacking.unused_data.strip(b"\0"):
        raise damaged_error()
    return data


def _wrapped(names: Sequence[str]) -> list[str]:
    return [name for name in names if not _ADDED.fullmatch(name)]


def nested_error() -> WeightsError:
    """Returns the error for a wrapping around something else than one checkpoint."""
    return WeightsError(
        _("The file is an archive of something else than one checkpoint: unpack it, and choose a checkpoint in it.")
    )
