"""Remembers what is known of a class as long as the class exists: a user's may close over a whole data set."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

Known = TypeVar("Known")


def by_class(find: Callable[[Any], Known]) -> Callable[[Any], Known]:
    """Decorates a function of a class. Its result must not be None, nor refer to the class."""
    remembered: WeakKeyDictionary[type, Known] = WeakKeyDictionary()

    @wraps(find)
    def known(kind: Any) -> Known:
        try:
            found = remembered.get(kind)
            if found is None:
                found = remembered[kind] = find(kind)
        except TypeError:  # Its metaclass has made it unhashable.
            return find(kind)
        return found

    return known
