"""What a function with an `lru_cache` keeps, and how to take single results out of it.

Python itself can only drop all of them. Those of before would then be computed anew, and a net that keeps a random
matrix so would get another one.
"""

from __future__ import annotations

import gc
from collections.abc import Collection
from itertools import pairwise
from types import FunctionType, ModuleType
from typing import Any

from torch import Tensor

# The maximum number of values to look at in one result.
_MAX_VALUES = 10_000


def results_of(cached: Any) -> dict[Any, Any]:
    """Returns a function's own dictionary of results by arguments, as the garbage collector sees it.

    Where their number is limited, the values are links that tell nothing.
    """
    own = vars(cached)
    found = (part for part in gc.get_referents(cached) if type(part) is dict and part is not own)
    return next(found, {})


def keys_of(cached: Any) -> frozenset[int]:
    """Returns which results a function keeps, for `drop_new`."""
    return frozenset(map(id, results_of(cached)))


def drop_new(cached: Any, before: Collection[int]) -> None:
    """Drops the results with tensors that have been added."""
    results = results_of(cached)
    new = [key for key in results if id(key) not in before]
    if not new:
        return
    # Each key of a link is followed by its result.
    seen = gc.get_referents(cached)
    linked = {id(key): result for key, result in pairwise(seen)}
    is_limited = cached.cache_parameters()["maxsize"] is not None
    for key in new:
        if _holds_tensors(linked.get(id(key)) if is_limited else results[key]):
            del results[key]  # Python knows what to do with a link without an entry: it goes when its turn comes.


def _holds_tensors(result: Any) -> bool:
    found, seen = [result], {id(result)}
    for value in found:  # It grows during iteration.
        if issubclass(type(value), Tensor):
            return True
        for part in gc.get_referents(value):
            if id(part) not in seen and not issubclass(type(part), FunctionType | type | ModuleType):
                seen.add(id(part))
                found.append(part)
        if len(found) > _MAX_VALUES:
            return True
    return False
