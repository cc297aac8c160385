"""The window of an op along each axis, and the number of output positions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple


class Window(NamedTuple):
    """The window of an op along one axis; a slice is a window of 1 with negative padding."""

    kernel: int = 1
    stride: int = 1
    padding: int = 0
    dilation: int = 1


POINTWISE = (Window(), Window())
Geometry = tuple[tuple[Window, Window], Mapping[str, object]]


def windows_of(kernel: Any, stride: Any, padding: Any, dilation: Any) -> Geometry:
    """Returns the vertical and horizontal window, and the same as op attributes. Raises ValueError if invalid."""
    try:
        return _known_windows(kernel, stride, padding, dilation)
    except TypeError:  # a list, which cannot be looked up
        return _geometry(pair_of(kernel), pair_of(stride), pair_of(padding), pair_of(dilation))


@lru_cache(maxsize=256, typed=True)
def _known_windows(kernel: Any, stride: Any, padding: Any, dilation: Any) -> Geometry:
    return _geometry(pair_of(kernel), pair_of(stride), pair_of(padding), pair_of(dilation))


def pair_of(value: Any) -> tuple[Any, Any]:
    """Returns one value per axis from a single value or a pair. Raises ValueError for more."""
    if isinstance(value, int) or value is None:
        return value, value
    first, *rest = value
    (last,) = rest or [first]
    return first, last


def padding_of(padding: Any, kernel: Any, stride: Any, dilation: Any) -> tuple[Any, Any]:
    """Returns the padding before and after, of a number, a pair or torch's words. Raises ValueError for any other."""
    if padding == "valid":
        return 0, 0
    if padding != "same":
        if isinstance(padding, str):
            raise ValueError("torch knows no such padding")
        return padding, padding
    if pair_of(stride) != (1, 1):
        raise ValueError("torch pads so for a stride of 1 only")
    spans = [rate * (size - 1) for size, rate in zip(kernel, pair_of(dilation), strict=True)]
    before = tuple(span // 2 for span in spans)
    return before, tuple(span - start for span, start in zip(spans, before, strict=True))


def slide(side: int, window: Window) -> int:
    """Returns the number of positions of a window along a side of `side` cells."""
    return (side + 2 * window.padding - window.dilation * (window.kernel - 1) - 1) // window.stride + 1


@lru_cache(maxsize=256)
def _geometry(*settings: tuple[int, int]) -> Geometry:
    """Cached, since a net has few different windows and needs them in every layer."""
    kernel, stride, padding, dilation = settings
    if min(*kernel, *stride, *dilation) < 1 or min(padding) < 0:
        raise ValueError("torch allows no such window")
    vertical, horizontal = zip(*settings, strict=True)
    return (Window(*vertical), Window(*horizontal)), dict(zip(Window._fields, settings, strict=True))


def slide_over(side: int, window: Window) -> int:
    """Like `slide`, with one more position where the last would cross the edge (torch's `ceil_mode`)."""
    reach = side + 2 * window.padding - window.dilation * (window.kernel - 1) - 1
    n = -(-reach // window.stride) + 1
    # A window may cross the edge, but not start beyond it.
    return n - 1 if (n - 1) * window.stride >= side + window.padding else n
