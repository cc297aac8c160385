"""Frozen records that are made as fast as others.

A frozen dataclass sets each of its fields by a call of `object.__setattr__`. For records of which a net has hundreds,
that is most of the time they take. So while it is filled, a record is an instance of a class with the same slots that
is not frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

_Kind = TypeVar("_Kind", bound=type)


def quick(kind: _Kind) -> _Kind:
    """Class decorator for a frozen dataclass with slots; apply it last. Subclasses are made as before."""
    own: Any = kind
    thawed = {"__slots__": own.__slots__, "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    slow = own.__init__
    known = {"_kind": kind, "_slow": slow, "_unset": MISSING, "_become": object.__setattr__}
    known["_draft"] = type(kind.__name__, kind.__bases__, thawed)
    for one in fields(own):
        known[f"_default_{one.name}"], known[f"_make_{one.name}"] = one.default, one.default_factory
    exec("\n".join(_lines(fields(own))), known)  # As `dataclass` makes its own, too.
    made: Any = known["__init__"]
    made.__wrapped__, made.__qualname__ = slow, f"{kind.__qualname__}.__init__"  # the first for its signature
    own.__init__ = made
    return kind


def _lines(each: Sequence[Field[Any]]) -> Iterator[str]:
    """Yields the source of an `__init__`. A field may have any name without an underscore."""
    names = ", ".join(one.name for one in each)
    yield f"def __init__(self, {', '.join(map(_parameter, each))}):"
    yield from (f" if {name} is _unset: {name} = _make_{name}()" for name in _made_anew(each))
    yield f" if self.__class__ is not _kind: return _slow(self, {names})"
    yield " _become(self, '__class__', _draft)"
    yield from (f" self.{one.name} = {one.name}" for one in each)
    yield " self.__class__ = _kind"


def _parameter(one: Field[Any]) -> str:
    if one.default_factory is not MISSING:
        return f"{one.name}=_unset"
    return one.name if one.default is MISSING else f"{one.name}=_default_{one.name}"


def _made_anew(each: Sequence[Field[Any]]) -> Iterator[str]:
    return (one.name for one in each if one.default_factory is not MISSING)
