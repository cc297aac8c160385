"""Finds functions of TorchScript that a net of Python modules calls: nobody hears what happens inside of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

import torch
from torch import nn

_Scripted = torch.jit.ScriptFunction


def scripted_in(modules: Iterable[nn.Module]) -> tuple[nn.Module, str] | None:
    """Returns the first module that names a TorchScript function in its forward pass, or holds one; and its name.

    The pass may go around it, but what a Trace left out would then be left out without a word.
    """
    for module in modules:
        kind: Any = type(module)
        if kind.__module__.startswith("torch."):
            continue
        name = _first_name(vars(module).values()) or _named_by(kind)
        if name:
            return module, name
    return None


@lru_cache(maxsize=1024)
def _named_by(kind: Any) -> str:
    forward = kind.forward
    if not isinstance(forward, FunctionType):
        return ""
    return _first_name(_reached(forward, kind, set()))


def _first_name(values: Iterable[Any]) -> str:
    return next((str(value.name) for value in values if type(value) is _Scripted), "")


def _reached(function: FunctionType, kind: type, seen: set[int]) -> Iterator[Any]:
    """Yields what a function names: global values, those of its closure, methods of its class; and what they name."""
    if id(function) in seen or not isinstance(function, FunctionType) or _is_of_torch(function):
        return
    seen.add(id(function))
    for value in (*_closed_over(function), *_looked_up(function, kind)):
        yield value
        if isinstance(value, FunctionType):
            yield from _reached(value, kind, seen)


def _is_of_torch(function: FunctionType) -> bool:
    return (function.__module__ or "").startswith("torch.")


def _closed_over(function: FunctionType) -> Iterator[Any]:
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:
            continue  # Not filled yet.


def _looked_up(function: FunctionType, kind: type) -> Iterator[Any]:
    known = function.__globals__
    for name in _names_in(function.__code__):
        if name in known:
            yield known[name]
        method = getattr(kind, name, None)
        if isinstance(method, FunctionType):
            yield method


def _names_in(code: CodeType) -> Iterator[str]:
    """Yields the names of global values and attributes, of functions inside it, too."""
    yield from code.co_names
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _names_in(value)
