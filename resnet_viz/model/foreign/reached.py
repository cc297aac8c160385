"""Finds what the code of a forward pass can reach by name: functions, classes, global values, caches of results.

Followed are the user's functions: of a class, those that the pass names; of a module of Python, what is named in it.
Code of torch, torchvision and the standard library keeps nothing of a net, and is left out, as is our own; so are
installed packages that a net only calls, but not the one that defines it.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partialmethod
from operator import call, is_
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import torch
from torch import nn

CACHED = type(lru_cache(lambda: None))
"""The type of functions that keep their results."""
_LEFT_OUT = sys.stdlib_module_names | {"torch", "torchvision", "numpy", "PIL", "resnet_viz"}
_PLAIN = frozenset({int, float, bool, str, bytes, complex})
# Called without being named: by a call, an operator, an index, an attribute that is missing, a `with`.
_IMPLICIT = frozenset(
    {"forward", "__call__", "__getattr__", "__getattribute__", "__getitem__", "__setitem__", "__contains__", "__len__"}
    | {"__iter__", "__enter__", "__exit__", "__get__", "__set__", "__add__", "__mul__", "__rmul__", "__radd__"}
)
_MADE_BY = _IMPLICIT | {"__new__", "__init__"}
# A library may name all of itself.
_MAX_FUNCTIONS = 2_000
_MAX_REMEMBERED = 512


class Reach:
    """What some functions name, directly or through others. Values that are no code are only told by their place."""

    def __init__(self, home: object) -> None:
        """home: the Python module that defines the net's class or function."""
        self.functions: list[FunctionType] = []
        self.classes: dict[int, type] = {}
        """Classes that are named."""
        self.caches: list[Any] = []
        """Functions with an `lru_cache`."""
        self.places: dict[tuple[int, str], tuple[dict[str, Any], str]] = {}
        """Namespaces, and the names in them that the code reads or sets."""
        self.names: set[str] = set()
        self.scripted: str = ""
        """The name of the first function that is TorchScript."""
        self.is_light = True
        """Whether no function closes over anything but code."""
        self._kinds: dict[int, tuple[type, frozenset[str]]] = {}
        # What `is_current` asks for, of each class before each pass: without a loop in Python.
        self._getters: list[Callable[[str], Any]] = []
        self._linked: list[str] = []
        self._values: list[Any] = []
        self._seen: set[int] = set()
        self._home = _root(home)

    def add_methods(self, kind: type, names: frozenset[str]) -> None:
        """Adds a class, whose methods are followed that have one of the names, or one that is named anywhere."""
        self._kinds.setdefault(id(kind), (kind, names))

    def run(self) -> None:
        """Follows the methods of all classes, until nothing new is found."""
        n_before = -1
        while n_before != len(self.functions) + len(self._kinds):
            n_before = len(self.functions) + len(self._kinds)
            for kind, names in [*self._kinds.values()]:
                for base in kind.__mro__:
                    if base is not nn.Module and base is not object:
                        self._follow_named(base, kind, names)

    def is_current(self) -> bool:
        """Whether all names still stand for the same code."""
        return all(map(is_, map(call, self._getters, self._linked), self._values))

    def follow(self, value: Any, kind: type | None = None) -> bool:
        """Follows a value that is code, a method of class `kind` for one; False for any other value.

        Looks at the value's type only: a proxy would answer for what it stands for.
        """
        made: type = type(value)
        if issubclass(made, MethodType):
            kind = kind or _class_of(value.__self__)
        if issubclass(made, staticmethod | classmethod | MethodType):
            value = value.__func__
            made = type(value)
        if issubclass(made, FunctionType):
            self._follow_function(value, kind)
        elif issubclass(made, CACHED):
            if id(value) not in self._seen:
                self._seen.add(id(value))
                self.caches.append(value)
                self.follow(value.__wrapped__, kind)
        elif issubclass(made, property):
            for part in (value.fget, value.fset, value.fdel):
                self.follow(part, kind)
        elif issubclass(made, cached_property | partialmethod):
            self.follow(value.func, kind)
        elif issubclass(made, torch.jit.ScriptFunction):
            self.scripted = self.scripted or str(value.name)
        else:
            return issubclass(made, type | ModuleType)
        return True

    def _link(self, known: Mapping[str, Any], name: str, value: Any) -> None:
        self._getters.append(known.get)
        self._linked.append(name)
        self._values.append(value)

    def _follow_named(self, base: type, kind: type, names: frozenset[str]) -> None:
        own = vars(base)
        for name in own.keys() & (self.names | names):
            value = own[name]
            if id(value) not in self._seen and self.follow(value, kind):
                self._link(own, name, value)

    def _follow_function(self, function: FunctionType, kind: type | None) -> None:
        if id(function) in self._seen or not self._is_followed(function.__module__):
            return
        if len(self.functions) == _MAX_FUNCTIONS:
            return
        self._seen.add(id(function))
        self.functions.append(function)
        for content in contents(function):
            if not self.follow(content, kind) and type(content) not in _PLAIN:
                self.is_light = False
        known, code = function.__globals__, _names_in(function.__code__)
        self.names.update(code.read)
        for name in code.read:
            self._look_up(known, name, code.read, {id(known)})
        for module in _imported(code, known):
            self._follow_module(module, code.read, {id(known)})
        for name in code.stored:
            self._add_place(known, name)
        if kind is not None:
            self.add_methods(kind, frozenset())

    def _look_up(self, known: dict[str, Any], name: str, names: tuple[str, ...], around: set[int]) -> None:
        """Follows what a name stands for in a namespace; of a module, what the other names stand for in it."""
        value = known.get(name, known)
        if value is known or type(value) in _PLAIN:
            return
        if not self.follow(value):
            self._add_place(known, name)
            return
        self._link(known, name, value)
        if issubclass(type(value), ModuleType):
            self._follow_module(value, names, around)
        elif issubclass(type(value), type) and self._is_followed(value.__module__):
            self.classes[id(value)] = value
            self.add_methods(value, _MADE_BY)

    def _follow_module(self, module: ModuleType, names: tuple[str, ...], around: set[int]) -> None:
        known = vars(module)
        if id(known) in around or not self._is_followed(known.get("__name__")):
            return
        for name in names:
            if name in known:
                self._add_place(known, name)
                self._look_up(known, name, names, around | {id(known)})

    def _is_followed(self, module: object) -> bool:
        root = _root(module)
        return root not in _LEFT_OUT and (root == self._home or not _is_installed(root))

    def _add_place(self, known: dict[str, Any], name: str) -> None:
        self.places[id(known), name] = (known, name)


def reach_of_function(function: Any, kind: type | None = None) -> Reach:
    """Returns what a function that a module holds can reach, a hook for one. Not remembered: it may hold a net."""
    reach = Reach(function.__module__)
    reach.follow(function, kind)
    reach.run()
    return reach


_remembered: dict[tuple[int, frozenset[str]], tuple[type, Reach]] = {}


def reach_of_class(kind: type, names: frozenset[str] = frozenset()) -> Reach:
    """Returns what the forward pass of a class can reach, or its methods of those names.

    Remembered until a name stands for other code, of classes that exist as long as their module.
    """
    known = _remembered.get((id(kind), names))
    if known is not None and known[0] is kind and known[1].is_current():
        return known[1]
    reach = Reach(kind.__module__)
    reach.add_methods(kind, _IMPLICIT | names)
    reach.run()
    if reach.is_light and _is_of_module(kind):
        if len(_remembered) >= _MAX_REMEMBERED:
            _remembered.clear()
        _remembered[id(kind), names] = kind, reach
    return reach


def _is_of_module(kind: type) -> bool:
    """Whether a class is what its name stands for in its module: not made in a function, nor replaced by another."""
    value: Any = sys.modules.get(kind.__module__)
    for part in kind.__qualname__.split("."):
        value = getattr(value, "__dict__", {}).get(part)
    return value is kind


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


def _class_of(owner: Any) -> type:
    kind: type = type(owner)
    return owner if issubclass(kind, type) else kind


def contents(function: FunctionType) -> Iterator[Any]:
    """Yields the values that a function closes over."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:
            continue  # Not filled yet.


@dataclass(frozen=True, slots=True)
class _Names:
    """Names in a function's code, and in those of functions inside it."""

    read: tuple[str, ...]
    """Global values and attributes."""
    stored: tuple[str, ...]
    """Global values that it sets."""
    imported: tuple[str, ...]
    """Modules of Python that it imports."""


@lru_cache(maxsize=8192)
def _names_in(code: CodeType) -> _Names:
    inner = [_names_in(value) for value in code.co_consts if isinstance(value, CodeType)]
    read = dict.fromkeys((*code.co_names, *(name for part in inner for name in part.read)))
    stored = [*_given_to("STORE_GLOBAL", code), *(name for part in inner for name in part.stored)]
    imported = [*_given_to("IMPORT_NAME", code), *(name for part in inner for name in part.imported)]
    return _Names(tuple(read), tuple(stored), tuple(imported))


def _given_to(opcode: str, code: CodeType) -> list[str]:
    if dis.opmap[opcode] not in code.co_code[::2]:
        return []
    return [str(step.argval) for step in dis.get_instructions(code) if step.opname == opcode]


def _imported(code: _Names, known: dict[str, Any]) -> Iterator[ModuleType]:
    """Yields the modules that a function imports when it runs, if they are there."""
    package = known.get("__package__") or ""
    for name in code.imported:
        for full in (name, f"{package}.{name}" if name else package):
            module = sys.modules.get(full)
            if type(module) is ModuleType:
                yield module
