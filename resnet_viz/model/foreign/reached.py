"""Finds what the code of a forward pass can reach by name: functions, classes, global values, caches of results.

Followed are the user's functions: of a class, those that the pass names; of a module of Python, what is named in it.
Code of torch, torchvision and the standard library keeps nothing of a net, and is left out, as is our own; so are
installed packages that a net only calls, but not the one that defines it.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from types import CodeType, FunctionType, MethodType, ModuleType, NoneType
from typing import Any

import torch

CACHED = type(lru_cache(lambda: None))
"""The type of functions that keep their results."""
_LEFT_OUT = sys.stdlib_module_names | {"torch", "torchvision", "numpy", "PIL", "resnet_viz"}
_PLAIN = frozenset({int, float, bool, str, bytes, complex, NoneType})
_STORES_GLOBAL = dis.opmap["STORE_GLOBAL"]
# Called without being named: by a call, an operator, an index, an attribute that is missing.
_IMPLICIT = frozenset(
    {"forward", "__call__", "__getattr__", "__getattribute__", "__getitem__", "__setitem__", "__contains__", "__len__"}
    | {"__iter__", "__enter__", "__exit__", "__get__", "__set__", "__add__", "__mul__", "__rmul__", "__radd__"}
)
_MADE_BY = ("__new__", "__init__", "__call__")
# A library may name all of itself.
_MAX_FUNCTIONS = 2_000


class Reach:
    """What some functions name, directly or through others. Values that are no code are only told by their place."""

    def __init__(self, home: str) -> None:
        """home: the Python module that defines the net's class or function."""
        self.functions: list[FunctionType] = []
        self.classes: dict[type, None] = {}
        self.caches: list[Any] = []
        """Functions with an `lru_cache`."""
        self.places: dict[tuple[int, str], tuple[dict[str, Any], str]] = {}
        """Namespaces, and the names in them that the code reads or sets."""
        self.names: set[str] = set()
        self.scripted: str = ""
        """The name of the first function that is TorchScript."""
        self._seen: set[int] = set()
        self._home = _root(home)

    def follow(self, value: Any, kind: type | None = None) -> bool:
        """Follows a value that is code, a method of class `kind` for one; False for any other value."""
        if isinstance(value, staticmethod | classmethod | MethodType):
            value = value.__func__
        if isinstance(value, FunctionType):
            self._follow_function(value, kind)
        elif isinstance(value, CACHED):
            if id(value) not in self._seen:
                self._seen.add(id(value))
                self.caches.append(value)
                self.follow(value.__wrapped__, kind)
        elif isinstance(value, property):
            for part in (value.fget, value.fset, value.fdel):
                self.follow(part, kind)
        elif isinstance(value, cached_property):
            self.follow(value.func, kind)
        elif isinstance(value, torch.jit.ScriptFunction):
            self.scripted = self.scripted or str(value.name)
        elif not isinstance(value, type | ModuleType):
            return False
        return True

    def follow_methods(self, kind: type, names: Iterable[str]) -> None:
        """Follows those of a class's methods that have one of the names."""
        for name in names:
            for base in kind.__mro__:
                if name in vars(base):
                    self.follow(vars(base)[name], kind)
                    break

    def _follow_function(self, function: FunctionType, kind: type | None) -> None:
        if id(function) in self._seen or not self._is_followed(function.__module__):
            return
        if len(self.functions) == _MAX_FUNCTIONS:
            return
        self._seen.add(id(function))
        self.functions.append(function)
        for content in contents(function):
            self.follow(content, kind)
        names, stored = _names_in(function.__code__)
        self.names.update(names)
        for name in names:
            self._look_up(function.__globals__, name, names, {id(function.__globals__)})
        for name in stored:
            self._add_place(function.__globals__, name)
        if kind is not None:
            self.follow_methods(kind, names)

    def _look_up(self, known: dict[str, Any], name: str, names: tuple[str, ...], around: set[int]) -> None:
        """Follows what a name stands for in a namespace; of a module or class, what the other names stand for in it."""
        value = known.get(name, known)
        if value is known or type(value) in _PLAIN:
            return
        if not self.follow(value):
            self._add_place(known, name)
        elif isinstance(value, ModuleType) and self._is_followed(value.__name__) and id(vars(value)) not in around:
            for part in names:
                if part in vars(value):
                    self._add_place(vars(value), part)
                    self._look_up(vars(value), part, names, around | {id(vars(value))})
        elif isinstance(value, type) and self._is_followed(value.__module__):
            self.classes[value] = None
            self.follow_methods(value, (*_MADE_BY, *names))

    def _is_followed(self, module: object) -> bool:
        root = _root(module)
        return root not in _LEFT_OUT and (root == self._home or not _is_installed(root))

    def _add_place(self, known: dict[str, Any], name: str) -> None:
        self.places[id(known), name] = (known, name)


def reach_of_function(function: Any) -> Reach:
    """Returns what a function that a module holds can reach, a hook for one. Not remembered: it may hold a net."""
    reach = Reach(function.__module__)
    reach.follow(function)
    return reach


def reach_of_class(kind: type, names: frozenset[str] = frozenset()) -> Reach:
    """Returns what the forward pass of a class can reach, or its methods of those names; remembered.

    Another `forward` is met, other changes of the code that it calls are not.
    """
    # A class of torch may have a forward of the user's, as that of a torch.fx graph.
    return _reach_of_class(kind, getattr(kind, "forward", None), names)


@lru_cache(maxsize=512)
def _reach_of_class(kind: type, forward: object, names: frozenset[str]) -> Reach:
    reach = Reach(kind.__module__)
    reach.follow_methods(kind, _IMPLICIT | names)
    return reach


def is_of_users(module: object) -> bool:
    """Whether code of a Python module of that name may keep something of a net."""
    return _root(module) not in _LEFT_OUT


def _root(module: object) -> str:
    return str(module).partition(".")[0]


@lru_cache(maxsize=1024)
def _is_installed(root: str) -> bool:
    """Whether a package is installed, and not a program's own."""
    place = str(getattr(sys.modules.get(root), "__file__", ""))
    return "site-packages" in place or "dist-packages" in place


def contents(function: FunctionType) -> Iterator[Any]:
    """Yields the values that a function closes over."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:
            continue  # Not filled yet.


@lru_cache(maxsize=8192)
def _names_in(code: CodeType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the names of global values and attributes, of functions inside it too; and the global names it sets."""
    names, stored = [*code.co_names], []
    if _STORES_GLOBAL in code.co_code[::2]:
        stored = [step.argval for step in dis.get_instructions(code) if step.opcode == _STORES_GLOBAL]
    for value in code.co_consts:
        if isinstance(value, CodeType):
            inner = _names_in(value)
            names += inner[0]
            stored += inner[1]
    return tuple(dict.fromkeys(names)), tuple(dict.fromkeys(stored))
