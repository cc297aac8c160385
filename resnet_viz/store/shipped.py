"""Records that come with the package: of each preset its Trace, and its folded drawing in each language.

They count where the installed packages are of the versions that the records were made with: so says `versions.json`. An
installed package's sources are those of its version, whose tests compare the records with new ones. In a checkout they
count only for the very sources that they were made from. No walks are among them: those hold torchvision's source.

A file holds all records of a net, compressed together, since they say mostly the same: a line of JSON with their names,
and a line of JSON for each.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from resnet_viz.places import ASSETS, PACKAGE, TOP
from resnet_viz.store.folder import Kind
from resnet_viz.store.versions import OWN, installed_version, installed_versions, sources_digest

SHIPPED = ASSETS / "records"
MANIFEST = "versions.json"
_PRESET = re.compile("net=([a-z0-9_]+)")
_QUICK = 4  # as drawings for the browser are compressed


def find_shipped(kind: Kind, subject: Mapping[str, str], folder: Path = SHIPPED) -> bytes | None:
    """Returns a record of a preset, gzip-compressed, as a store has it; None where there is none that counts."""
    preset = _PRESET.fullmatch(subject.get("net", ""))
    manifest = _read_manifest(folder)
    if preset is None or preset[1] not in manifest.get("files", {}) or not _counts(kind, manifest):
        return None
    try:
        packed = (folder / f"{preset[1]}.xz").read_bytes()
        is_whole = hashlib.sha256(packed).hexdigest() == manifest["files"][preset[1]]
        record = unpack_records(packed).get(name_record(kind, subject)) if is_whole else None
    except (OSError, ValueError, lzma.LZMAError):
        return None
    return None if record is None else gzip.compress(record, _QUICK, mtime=0)


def name_record(kind: Kind, subject: Mapping[str, str]) -> str:
    """Returns a record's name among those of its net: `drawing form=strip language=en level=folded`."""
    return " ".join((kind, *sorted(f"{name}={value}" for name, value in subject.items() if name != "net" and value)))


def pack_records(records: Mapping[str, bytes]) -> bytes:
    """Returns a net's records, each one line of JSON, as a file."""
    lines = [json.dumps(list(records)).encode(), *records.values()]
    return lzma.compress(b"\n".join(lines), preset=9 | lzma.PRESET_EXTREME)


def unpack_records(packed: bytes) -> dict[str, bytes]:
    """Returns the records by their names. Raises ValueError or LZMAError for what `pack_records` did not write."""
    names, *lines = lzma.decompress(packed).split(b"\n")
    return dict(zip(json.loads(names), lines, strict=True))


def make_manifest(files: Mapping[str, bytes], own_version: str) -> dict[str, Any]:
    """Returns what `versions.json` says of packed files by preset, made now; own_version: of this package."""
    return {
        "versions": {OWN: own_version, **installed_versions("drawing")},
        "sources": sources_digest(),
        "files": {name: hashlib.sha256(packed).hexdigest() for name, packed in files.items()},
    }


@cache
def _read_manifest(folder: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _counts(kind: Kind, manifest: Mapping[str, Any]) -> bool:
    told = manifest.get("versions", {})
    is_checkout = PACKAGE.parent == TOP
    is_own = sources_digest() == manifest.get("sources") if is_checkout else installed_version(OWN) == told.get(OWN)
    return is_own and all(told.get(name) == found for name, found in installed_versions(kind).items())
