"""Remembers what is known of a class as long as the class exists: a user's may close over a whole data set."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from weakref import ReferenceType, ref

Known = TypeVar("Known")


def by_class(find: Callable[[Any], Known]) -> Callable[[Any], Known]:
    """Decorates a function of a class. Its result must not refer to the class."""
    # By id(): a metaclass may forbid hashing, and it is faster than a WeakKeyDictionary; it is asked for each module.
    remembered: dict[int, tuple[ReferenceType[type], Known]] = {}

    @wraps(find)
    def known(kind: Any) -> Known:
        entry = remembered.get(id(kind))
        if entry is not None and entry[0]() is kind:
            return entry[1]
        key = id(kind)
        found = find(kind)
        remembered[key] = ref(kind, lambda _dead: remembered.pop(key, None)), found
        return found

    return known
