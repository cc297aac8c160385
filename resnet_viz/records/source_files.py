"""Names of source files without folders of the machine, `torchvision/models/resnet.py`, and the files of such names.

A name is never used as a path: it is looked up among the modules that this process has loaded, and among the files of a
few installed packages, which are not loaded for it: the process that shows source lines is not the one that runs them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import metadata
from pathlib import PurePath
from typing import Any

from resnet_viz.places import PACKAGE

_INSTALLED = ("torchvision", "timm", "transformers")
"""Packages whose nets are built here."""
_ENDING, _PACKAGE = ".py", "__init__"


def name_source(module: object, file: str) -> str:
    """Returns the name of a source file: from its package on where it is the file of the module of that name.

    `module` is the `__name__` in the globals of its code. A script, a notebook cell and generated code have the file's
    name alone.
    """
    return _name(module if isinstance(module, str) else "", file)


@lru_cache(maxsize=1024)
def _name(module: str, file: str) -> str:
    path = PurePath(file)
    base = "".join(character if character.isprintable() else "?" for character in path.name).replace("/", "?")
    parts = module.split(".")
    if path.suffix != _ENDING or not parts or not all(part.isidentifier() for part in parts):
        return base
    if path.stem == _PACKAGE and path.parent.name == parts[-1]:
        return "/".join((*parts, base))
    return "/".join((*parts[:-1], base)) if path.stem == parts[-1] else base


def find_source(name: str) -> str | None:
    """Returns the file whose source has this name, of a loaded module or an installed package of nets.

    None if there is none, or more than one.
    """
    stem = name.removesuffix(_ENDING)
    dotted = stem.removesuffix(f"/{_PACKAGE}").replace("/", ".")
    # The script that runs is loaded under another name than its own.
    found = {
        str(file)
        for module in (dotted, *(() if "/" in name else ("__main__",)))
        if (file := _own(module, "__file__")) and name_source(module, str(file)) == name
    }
    if not found and (package := package_of(name)) in (PACKAGE.name, *_INSTALLED):
        return _files_of(str(package)).get(name)
    return found.pop() if len(found) == 1 else None


def version_of(package: str) -> str | None:
    """Returns the version of a loaded package, or of an installed one of nets; None if there is none, or none said."""
    version = _own(package, "__version__")
    if version is None and package in _INSTALLED and package not in sys.modules:
        return _installed_version(package)
    return str(version) if isinstance(version, str) else None


def package_of(name: str) -> str | None:
    """Returns the package in the name of a source file; None for a file by itself."""
    package, slash, _rest = name.partition("/")
    return package if slash else None


@cache
def _files_of(package: str) -> Mapping[str, str]:
    """Returns the source files of a package that need not be loaded, by name."""
    if package == PACKAGE.name:
        return {f"{package}/{path.relative_to(PACKAGE).as_posix()}": str(path) for path in PACKAGE.rglob(f"*{_ENDING}")}
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        return {}
    return {file.as_posix(): str(file.locate()) for file in files if file.suffix == _ENDING}


@cache
def _installed_version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _own(module: str, attribute: str) -> Any:
    """Returns what a loaded module has, from its `__dict__`, since attribute access would load a lazy one."""
    return getattr(sys.modules.get(module), "__dict__", {}).get(attribute)
