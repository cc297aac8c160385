"""How functions move the axes of a map: the order that `permute` would be given for the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import torch
from torch import Tensor

Order = tuple[int, ...]


def move_of(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Order | None:
    """Returns the new order of the axes, `permute`'s argument; None for a function that moves none."""
    if function not in _MOVERS:
        return None
    try:
        n = args[0].dim()
        # What it does to the numbers of the axes, it does to the axes.
        moved = function(torch.empty(tuple(range(2, n + 2)), device="meta"), *args[1:], **kwargs)
        return tuple(size - 2 for size in moved.shape)
    except Exception:
        return None  # Arguments that are not expected.


def joined(first: Order | None, second: Order) -> Order:
    """Returns the order of two moves, one after the other; an empty one where the number of axes changes between."""
    if first is None:
        return second
    return tuple(first[axis] for axis in second) if len(first) == len(second) else ()


def _functions() -> frozenset[Any]:
    names = ("permute", "transpose", "swapaxes", "swapdims", "movedim", "moveaxis", "adjoint")
    found = (getattr(home, name, None) for name, home in product(names, (torch, Tensor)))
    return frozenset(function for function in found if function is not None)


_MOVERS = _functions()
