"""Frozen records that are made as fast as others.

A frozen dataclass sets each of its fields by a call of `object.__setattr__`. For a record of many fields, of which a
net has hundreds, that is most of the time it takes. So it is filled as an instance of its like that is not frozen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, field, fields, make_dataclass
from typing import Any, TypeVar

_Kind = TypeVar("_Kind", bound=type)


def quick(kind: _Kind) -> _Kind:
    """Class decorator for a frozen dataclass with slots and no base; apply it last. Subclasses are made as before."""
    own: Any = kind
    slow: Callable[..., None] = own.__init__
    draft = make_dataclass(kind.__name__, map(_as_it_is, fields(own)), slots=True, repr=False, eq=False)
    fill, become = vars(draft)["__init__"], object.__setattr__

    def __init__(self: Any, *args: Any, **options: Any) -> None:
        if type(self) is not kind:
            slow(self, *args, **options)
            return
        become(self, "__class__", draft)
        try:
            fill(self, *args, **options)
        finally:
            self.__class__ = kind

    __init__.__wrapped__ = slow  # type: ignore[attr-defined]  # for its signature
    own.__init__ = __init__
    return kind


def _as_it_is(one: Field[Any]) -> tuple[str, Any, Any]:
    if one.default_factory is not MISSING:
        return one.name, one.type, field(default_factory=one.default_factory)
    return one.name, one.type, field() if one.default is MISSING else field(default=one.default)
