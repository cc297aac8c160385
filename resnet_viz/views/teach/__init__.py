"""Teaching content as data: lessons, false beliefs, glossary, exercises."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def collect(package: str, folder: Iterable[str], attribute: str) -> tuple[Any, ...]:
    """Returns `attribute` of a folder's modules, sorted by its `place`; modules without it are skipped.

    Called once by the folder's `__init__`, so that content is added by adding a file.
    """
    modules = [import_module(f"{package}.{module.name}") for module in iter_modules(folder)]
    offers = [getattr(module, attribute) for module in modules if hasattr(module, attribute)]
    return tuple(sorted(offers, key=lambda offer: int(offer.place)))
