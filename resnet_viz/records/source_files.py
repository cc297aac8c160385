"""Names of source files without folders of the machine, `torchvision/models/resnet.py`, and the files of such names.

A name is never used as a path: it is looked up among the modules that this process has loaded.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import PurePath
from typing import Any

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
    """Returns the file of the loaded module whose source has this name; None if there is none, or more than one."""
    stem = name.removesuffix(_ENDING)
    dotted = stem.removesuffix(f"/{_PACKAGE}").replace("/", ".")
    # The script that runs is loaded under another name than its own.
    found = {
        str(file)
        for module in (dotted, *(() if "/" in name else ("__main__",)))
        if (file := _own(module, "__file__")) and name_source(module, str(file)) == name
    }
    return found.pop() if len(found) == 1 else None


def version_of(package: str) -> str | None:
    """Returns the version of a loaded package; None if it is not loaded, or says none."""
    version = _own(package, "__version__")
    return str(version) if isinstance(version, str) else None


def package_of(name: str) -> str | None:
    """Returns the package in the name of a source file; None for a file by itself."""
    package, slash, _rest = name.partition("/")
    return package if slash else None


def _own(module: str, attribute: str) -> Any:
    """Returns what a loaded module has, from its `__dict__`, since attribute access would load a lazy one."""
    return getattr(sys.modules.get(module), "__dict__", {}).get(attribute)
