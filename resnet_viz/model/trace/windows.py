"""How far an op looks along each axis, and how many positions that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple


class Window(NamedTuple):
    """How far an op looks along one axis; a slice is a window of 1 with a negative padding."""

    kernel: int = 1
    stride: int = 1
    padding: int = 0
    dilation: int = 1


POINTWISE = (Window(), Window())
Geometry = tuple[tuple[Window, Window], Mapping[str, object]]


def windows_of(kernel: Any, stride: Any, padding: Any, dilation: Any) -> Geometry:
    """The vertical and horizontal window, and the same as attributes of the op. Raises ValueError where torch would."""
    return _geometry(pair_of(kernel), pair_of(stride), pair_of(padding), pair_of(dilation))


def pair_of(value: Any) -> tuple[Any, Any]:
    """One setting for both axes, or one for each. Raises ValueError for more."""
    if isinstance(value, int) or value is None:
        return value, value
    first, *rest = value
    (last,) = rest or [first]
    return first, last


def slide(side: int, window: Window) -> int:
    """Positions of a window along a side of so many cells."""
    return (side + 2 * window.padding - window.dilation * (window.kernel - 1) - 1) // window.stride + 1


@lru_cache(maxsize=256)
def _geometry(*settings: tuple[int, int]) -> Geometry:
    """A net has few different windows and asks for them at every layer."""
    kernel, stride, padding, dilation = settings
    if min(*kernel, *stride, *dilation) < 1 or min(padding) < 0:
        raise ValueError("torch allows no such window")
    vertical, horizontal = zip(*settings, strict=True)
    return (Window(*vertical), Window(*horizontal)), dict(zip(Window._fields, settings, strict=True))


def slide_over(side: int, window: Window) -> int:
    """As `slide`, with one more position where the last would hang over the edge (torch's `ceil_mode`)."""
    reach = side + 2 * window.padding - window.dilation * (window.kernel - 1) - 1
    n = -(-reach // window.stride) + 1
    # It may hang over, but not begin beyond it.
    return n - 1 if (n - 1) * window.stride >= side + window.padding else n
