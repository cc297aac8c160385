"""Describes a variable's value as a short text and a kind, without keeping tensors or running an object's code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import partial
from itertools import groupby
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from resnet_viz.model.walk.reading import PLAIN, Unreadable, is_class, is_plain, look_up
from resnet_viz.records.steps import Value

_LONGEST, _MOST_PARTS = 60, 12
_FUNCTIONS = frozenset({FunctionType, BuiltinFunctionType, MethodType})


class Values:
    """Describes values of Python's built-in types; a subclass adds those of a net."""

    def describe(self, value: Any) -> Value:
        """Describes a value."""
        kind = type(value)
        if kind is bool:
            return Value(str(value), "bool")
        if kind is int or kind is float:
            return Value(repr(value), "number")
        if value is None:
            return Value("None", "none")
        if kind is str:
            return Value(_shortened(repr(value)), "text")
        if is_class(value):
            return Value(value.__name__, "class")
        if kind in (list, tuple, dict):
            return Value(self._list_text(value), "list")
        if kind in _FUNCTIONS:
            return Value(value.__name__, "function")
        if kind is partial:
            return Value(f"partial({self._joined([value.func, *value.args])})", "function")
        if issubclass(kind, ModuleType):
            return Value(value.__name__, "object")
        return Value(self._object_text(value), "object")

    def token(self, value: Any) -> Any:
        """Returns a token that changes when a mutable value changes in place; None where identity suffices."""
        kind = type(value)
        if kind is list:
            return tuple(map(id, value))
        if kind is dict:
            return (*map(id, value), *map(id, value.values()))
        return None

    def modules_in(self, value: Any) -> Sequence[Any]:
        """Returns the modules that a value is or lists."""
        return ()

    def children_of(self, module: Any) -> Iterable[Any]:
        """Returns a module's direct submodules."""
        return ()

    def is_module(self, value: Any) -> bool:
        """Whether a value is a module."""
        return False

    def _list_text(self, value: Any) -> str:
        if type(value) is dict:
            parts = [f"{key!r}: {self.describe(part).text}" for key, part in value.items() if type(key) is str]
            return _shortened("{" + ", ".join(parts[:_MOST_PARTS]) + "}")
        left, right = "[]" if type(value) is list else ("(", ",)" if len(value) == 1 else ")")
        return f"{left}{self._joined(value)}{right}"

    def _joined(self, values: Iterable[Any]) -> str:
        """Joins the descriptions of a list's items; equal consecutive ones are counted: `3 × Bottleneck`."""
        parts = list(values)
        if all(is_plain(part) for part in parts):
            return _shortened(", ".join(self.describe(part).text for part in parts))
        words = ((n, word) for word, n in _counted(self.name(part) for part in parts))
        return _shortened(", ".join(word if n == 1 else f"{n} × {word}" for n, word in words))

    def name(self, value: Any) -> str:
        """Describes an item of a list: an object by its class."""
        return self.describe(value).text if is_plain(value) or is_class(value) else type(value).__name__

    def _object_text(self, value: Any) -> str:
        """Returns the class name; for a small dataclass with its plain fields."""
        kind = type(value)
        parts = [f"{name}={self.describe(part).text}" for name, part in _own_fields(value)] if is_record(value) else []
        return f"{kind.__name__}({', '.join(parts)})" if 0 < len(parts) <= _MOST_PARTS // 2 else kind.__name__


def is_record(value: Any) -> bool:
    """Whether it is a dataclass instance, whose fields can be read directly."""
    return is_dataclass(type(value))


def _own_fields(value: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(type(value)):
        try:
            part = look_up(value, field.name)
        except Unreadable:
            continue
        if type(part) in PLAIN:
            yield field.name, part


def _counted(words: Iterable[str]) -> Iterator[tuple[str, int]]:
    return ((word, len(list(same))) for word, same in groupby(words))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
