"""Evaluates expressions from their syntax tree without running any code of the watched program.

Supported: names, attributes, constants, comparisons, `and`/`or`/`not`, arithmetic on numbers, indices of built-in
containers, `isinstance` (by the class's MRO) and `len` (of built-in containers); nothing else.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from types import MemberDescriptorType, ModuleType
from typing import Any

PLAIN = frozenset({int, float, bool, str, type(None)})
_CONTAINERS = frozenset({list, tuple, dict, set, frozenset, str})
# Dicts in which a torch.nn.Module stores attributes.
_SHELVES = ("_modules", "_parameters", "_buffers")

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class Unreadable(Exception):
    """The value cannot be determined without running code."""


class Scope:
    """Name resolution at a line: local variables, then globals, then builtins."""

    __slots__ = ("_builtins", "_globals", "_locals")

    def __init__(self, local: Mapping[str, Any], around: Mapping[str, Any], builtins: Mapping[str, Any]) -> None:
        self._locals, self._globals, self._builtins = local, around, builtins

    def __getitem__(self, name: str) -> Any:
        """Returns the value of a name. Raises Unreadable."""
        for scope in (self._locals, self._globals, self._builtins):
            if name in scope:
                return scope[name]
        raise Unreadable


def look_up(value: Any, name: str) -> Any:
    """Returns a stored attribute, without running properties or `__getattr__`. Raises Unreadable."""
    if is_class(value):
        return _in_class(value, name)
    own = _dict_of(value)
    if name in own:
        return own[name]
    for shelf in _SHELVES:
        kept = own.get(shelf)
        if type(kept) is dict and name in kept:
            return kept[name]
    if issubclass(type(value), ModuleType):
        raise Unreadable
    for base in type(value).__mro__:
        if name in base.__dict__:
            found = base.__dict__[name]
            if type(found) is MemberDescriptorType:
                return _in_slot(found, value)
            return _stored(found)
    raise Unreadable


def _dict_of(value: Any) -> Mapping[str, Any]:
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return own if type(own) is dict else {}


def _in_slot(slot: MemberDescriptorType, value: Any) -> Any:
    try:
        return slot.__get__(value)
    except AttributeError as error:
        raise Unreadable from error


def _in_class(value: type, name: str) -> Any:
    for base in value.__mro__:
        if name in base.__dict__:
            return _stored(base.__dict__[name])
    raise Unreadable


def _stored(found: Any) -> Any:
    """Returns a class attribute. Raises Unreadable for a descriptor, which would run code."""
    if hasattr(type(found), "__get__"):
        raise Unreadable
    return found


def is_class(value: Any) -> bool:
    """Whether a value is a class; `isinstance` could run the value's `__class__`."""
    return issubclass(type(value), type)


def is_plain(value: Any) -> bool:
    """Whether comparing and showing a value runs only built-in code."""
    kind = type(value)
    if kind is list or kind is tuple:
        return all(is_plain(part) for part in value)
    return kind in PLAIN or kind is type


def read(node: ast.expr, scope: Scope) -> Any:
    """Returns the value of an expression. Raises Unreadable."""
    reader = _READERS.get(type(node))
    if reader is None:
        raise Unreadable
    return reader(node, scope)


def truth(value: Any) -> bool:
    """Returns a value's truth. Raises Unreadable where that would run an object's code."""
    if type(value) in PLAIN or type(value) in _CONTAINERS:
        return bool(value)
    if is_class(value):
        return True
    raise Unreadable


def _read_compare(node: ast.Compare, scope: Scope) -> bool:
    left = read(node.left, scope)
    for kind, part in zip(node.ops, node.comparators, strict=True):
        right = read(part, scope)
        if not _compare(kind, left, right):
            return False
        left = right
    return True


def _compare(kind: ast.cmpop, left: Any, right: Any) -> bool:
    if isinstance(kind, ast.Is | ast.IsNot):
        return (left is right) is isinstance(kind, ast.Is)
    if isinstance(kind, ast.In | ast.NotIn):
        if type(right) not in _CONTAINERS or not is_plain(left) or not all(is_plain(part) for part in right):
            raise Unreadable
        return bool(_attempt(operator.contains, right, left)) is isinstance(kind, ast.In)
    if not (is_plain(left) and is_plain(right)):
        raise Unreadable
    return bool(_attempt(_COMPARISONS[type(kind)], left, right))


def _read_bool(node: ast.BoolOp, scope: Scope) -> Any:
    is_or = isinstance(node.op, ast.Or)
    value: Any = None
    for part in node.values:
        value = read(part, scope)
        if truth(value) is is_or:
            break
    return value


def _read_sum(node: ast.BinOp, scope: Scope) -> Any:
    left, right = read(node.left, scope), read(node.right, scope)
    if isinstance(node.op, ast.BitOr):
        return (*_classes(left), *_classes(right))
    if type(node.op) not in _ARITHMETIC or not {type(left), type(right)} <= {int, float, bool}:
        raise Unreadable
    return _attempt(_ARITHMETIC[type(node.op)], left, right)


def _attempt(function: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    try:
        return function(left, right)
    except (TypeError, ArithmeticError, LookupError) as error:
        raise Unreadable from error


def _classes(value: Any) -> tuple[type, ...]:
    if is_class(value):
        return (value,)
    if type(value) is tuple:
        return tuple(found for part in value for found in _classes(part))
    raise Unreadable


def _read_unary(node: ast.UnaryOp, scope: Scope) -> Any:
    value = read(node.operand, scope)
    if isinstance(node.op, ast.Not):
        return not truth(value)
    if isinstance(node.op, ast.USub) and type(value) in (int, float):
        return -value
    raise Unreadable


def _read_item(node: ast.Subscript, scope: Scope) -> Any:
    value, key = read(node.value, scope), read(node.slice, scope)
    if type(value) not in (list, tuple, dict, str) or type(key) not in PLAIN:
        raise Unreadable
    return _attempt(operator.getitem, value, key)


def _read_call(node: ast.Call, scope: Scope) -> Any:
    """Evaluates `len` and `isinstance` without running the objects' code."""
    arguments = [read(part, scope) for part in node.args]
    function = read(node.func, scope)
    if function is len and len(arguments) == 1 and type(arguments[0]) in _CONTAINERS:
        return len(arguments[0])
    if function is isinstance and len(arguments) == 2:
        return any(found in type(arguments[0]).__mro__ for found in _classes(arguments[1]))
    raise Unreadable


_READERS: dict[type[ast.expr], Callable[[Any, Scope], Any]] = {
    ast.Constant: lambda node, scope: node.value,
    ast.Name: lambda node, scope: scope[node.id],
    ast.Attribute: lambda node, scope: look_up(read(node.value, scope), node.attr),
    ast.Tuple: lambda node, scope: tuple(read(part, scope) for part in node.elts),
    ast.Compare: _read_compare,
    ast.BoolOp: _read_bool,
    ast.BinOp: _read_sum,
    ast.UnaryOp: _read_unary,
    ast.Subscript: _read_item,
    ast.Call: _read_call,
}
