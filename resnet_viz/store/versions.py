"""What a key consists of: the record's kind and subject, and the versions of all that has a part in its content.

Versions are read from the installed packages' metadata, which imports none of them. This package's own is a digest of
its sources: a checkout has the same version number for months. Where a source has changed since this process began,
what runs is no longer what the digest is of, so there is no key until the next start.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic

from resnet_viz.places import PACKAGE
from resnet_viz.store.entry import FORMAT
from resnet_viz.store.folder import Kind

OWN = "resnet-viz"
_LOOKED_S = 2.0
"""Seconds for which sources and packages are taken to be as they were."""
_SOURCES = (".py", ".po")
_TRACING = ("torch", "torchvision")
_MAKERS: Mapping[Kind, tuple[str, ...]] = {
    "trace": _TRACING,
    "walk": _TRACING,
    "drawing": (*_TRACING, "graphviz", "pygraphviz"),
}


def make_key(kind: Kind, subject: Mapping[str, str], libraries: Sequence[str] = ()) -> str | None:
    """Returns the whole key of a record as text; None where this process is of other sources than the disk.

    subject: what it is a record of, in words. libraries: the packages that have a part in it beside the usual ones.
    """
    own = sources_digest()
    if own is None:
        return None
    versions = {**installed_versions(kind, libraries), OWN: f"{installed_version(OWN)} {own}"}
    key = {"format": FORMAT, "kind": kind, "subject": dict(subject), "versions": versions}
    return json.dumps(key, sort_keys=True)


def installed_versions(kind: Kind, libraries: Sequence[str] = ()) -> dict[str, str]:
    """Returns the versions of Python and of the packages that make records of a kind; empty for one that is missing."""
    # On the release of Python depend the lines that it says a statement is at, and how a walk is watched.
    python = {"python": ".".join(map(str, sys.version_info[:2]))}
    return python | {name: installed_version(name) for name in (*_MAKERS[kind], *libraries)}


def installed_version(name: str) -> str:
    """Returns an installed package's version, as in `2.14.1`; empty where it is not installed."""
    return _read_version(name, _now())


def _now() -> int:
    """Returns a number that is another one after _LOOKED_S."""
    return int(monotonic() / _LOOKED_S)


@lru_cache(maxsize=16)
def _read_version(name: str, _when: int) -> str:
    """Reads a version once in a while: a key has five, and each takes a fifth of a millisecond."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def sources_digest() -> str | None:
    """Returns the SHA-256 of this package's modules and catalogues; None if one has changed since the process began."""
    try:
        return _digest() if _AT_START and _is_unchanged(_now()) else None
    except OSError:
        return None


@lru_cache(maxsize=1)
def _is_unchanged(_when: int) -> bool:
    """Whether the sources are those of the start; they are looked at once in a while, since it takes milliseconds."""
    return _signature() == _AT_START


@cache
def _digest() -> str:
    found = hashlib.sha256()
    for path in _sources():
        content = path.read_bytes()
        found.update(f"{path.relative_to(PACKAGE).as_posix()}\n{len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def _sources() -> list[Path]:
    return sorted(Path(folder, name) for folder, _folders, names in os.walk(PACKAGE) for name in _own(names))


def _own(names: Sequence[str]) -> Iterator[str]:
    return (name for name in names if name.endswith(_SOURCES))


def _signature() -> frozenset[tuple[str, int, int]]:
    """Returns name, size and time of change of each source, in a fraction of the time that reading takes.

    Empty where a source is being replaced.
    """
    found = set()
    try:
        for folder, _folders, names in os.walk(PACKAGE):
            for name in _own(names):
                status = os.stat(f"{folder}/{name}")
                found.add((f"{folder}/{name}", status.st_size, status.st_mtime_ns))
    except OSError:
        return frozenset()
    return frozenset(found)


_AT_START = _signature()
