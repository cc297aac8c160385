"""Feature maps become one mosaic: a PNG with a palette, a tile per channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from math import ceil, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

_GAP_INDEX = 255
"""The last colour is the gap between tiles: index 0 would look like a channel that is silent."""
_LEVELS = 255
_BAR_HEIGHT = 24


@dataclass(frozen=True, slots=True)
class Mosaic:
    """A finished picture and what it shows: PNG bytes, its columns, and the channels in the order of the tiles."""

    png: bytes
    n_columns: int
    channels: tuple[int, ...]
    n_channels: int
    n_dead: int
    """Channels that are the same everywhere."""
    reduced_by: int
    """Cells of a map that one cell of its tile stands for, along each axis."""


def make_mosaic(
    maps: npt.NDArray[Any], most: int = 64, strongest_first: bool = False, width: int = 960, is_dark: bool = False
) -> Mosaic:
    """Tile the channels of (C, H, W) maps, each scaled from its own least to its greatest value.

    A flat output (C,) becomes a strip of bars on one scale. `most` bounds the tiles, `width` is about the picture's
    width in pixels; a small map is enlarged by whole factors and never smoothed, so that a cell stays a cell, and a
    large one is reduced to means of equal squares.
    """
    is_flat = maps.ndim == 1
    stack = maps.reshape(1, 1, -1).repeat(_BAR_HEIGHT, axis=1) if is_flat else maps
    order = _order(stack, strongest_first)[:most]
    n_columns = 1 if is_flat else min(len(order), max(1, _columns(len(order), stack.shape[1:])))
    n_dead = 0 if is_flat else dead_channels(stack)
    factor = _reduction(stack[order].shape, n_columns, 2 * width)
    tiles = _to_indices(_reduce(stack[order], factor))
    picture = _paste(tiles, n_columns, _zoom(tiles.shape, n_columns, width))
    image = Image.fromarray(picture)
    image.putpalette(_palette(is_dark))
    buffer = BytesIO()
    image.save(buffer, format="PNG", compress_level=3)
    return Mosaic(buffer.getvalue(), n_columns, tuple(int(channel) for channel in order), len(stack), n_dead, factor)


def dead_channels(maps: npt.NDArray[Any]) -> int:
    """How many channels of (C, H, W) maps are the same everywhere."""
    flat = maps.reshape(len(maps), -1)
    return int((flat.max(axis=1) == flat.min(axis=1)).sum())


def _order(stack: npt.NDArray[Any], strongest_first: bool) -> npt.NDArray[np.intp]:
    if not strongest_first:
        return np.arange(len(stack))
    return np.argsort(-np.abs(stack).mean(axis=(1, 2), dtype=np.float64), kind="stable")


def _columns(n: int, shape: tuple[int, ...]) -> int:
    """About twice as wide as high, whatever the shape of the maps."""
    return ceil(sqrt(2 * n * shape[0] / shape[1]))


def _to_indices(stack: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Values to palette indices 0 to 254, channel by channel; what is no number counts as the least."""
    values = stack.astype(np.float64)
    is_number = np.isfinite(values)
    least = values.min(axis=(1, 2), keepdims=True, where=is_number, initial=np.inf)
    values = np.where(is_number, values, np.where(np.isfinite(least), least, 0))
    least = values.min(axis=(1, 2), keepdims=True)
    reach = values.max(axis=(1, 2), keepdims=True) - least
    scaled = np.divide(values - least, reach, out=np.zeros_like(values), where=reach > 0)
    indices: npt.NDArray[np.uint8] = (scaled * (_LEVELS - 1)).round().astype(np.uint8)
    return indices


def _reduction(shape: tuple[int, ...], n_columns: int, most: int) -> int:
    """By how much maps must shrink for the whole to have at most about `most` pixels along each axis."""
    n, height, width = shape
    return max(1, ceil(n_columns * width / most), ceil(ceil(n / n_columns) * height / most))


def _reduce(stack: npt.NDArray[Any], factor: int) -> npt.NDArray[Any]:
    """Means of squares; what is left at the lower and the right edge falls away."""
    if factor == 1:
        return stack
    n, height, width = stack.shape
    rows, columns = min(factor, height), min(factor, width)
    whole = stack[:, : height - height % rows, : width - width % columns]
    means: npt.NDArray[Any] = whole.reshape(n, height // rows, rows, width // columns, columns).mean(axis=(2, 4))
    return means


def _zoom(shape: tuple[int, ...], n_columns: int, width: int) -> int:
    n_rows = ceil(shape[0] / n_columns)
    return max(1, min(width // (n_columns * (shape[2] + 1)), 2 * width // (n_rows * (shape[1] + 1))))


def _paste(tiles: npt.NDArray[np.uint8], n_columns: int, zoom: int) -> npt.NDArray[np.uint8]:
    """Tiles side by side with a gap of two pixels around each."""
    gap = 2
    big = tiles.repeat(zoom, axis=1).repeat(zoom, axis=2)
    n, height, width = big.shape
    n_rows = ceil(n / n_columns)
    picture = np.full((n_rows * (height + gap) + gap, n_columns * (width + gap) + gap), _GAP_INDEX, np.uint8)
    for index, tile in enumerate(big):
        row, column = divmod(index, n_columns)
        top, left = gap + row * (height + gap), gap + column * (width + gap)
        picture[top : top + height, left : left + width] = tile
    return picture


@cache
def _palette(is_dark: bool) -> list[int]:
    """Viridis in 255 steps, and the page's own colour for the gaps."""
    from plotly.colors import sample_colorscale, unlabel_rgb  # here, since the first paint need not wait for it

    colours = sample_colorscale("Viridis", np.linspace(0, 1, _LEVELS))
    gap = (21, 26, 34) if is_dark else (255, 255, 255)
    return [round(part) for colour in colours for part in unlabel_rgb(colour)] + list(gap)
