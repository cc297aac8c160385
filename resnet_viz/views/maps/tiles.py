"""Renders feature maps as a mosaic: a paletted PNG with one tile per channel."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.views.maps.channels import Maps, as_stack
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.levels import EMPTY, Scaling, find_scales, quantise
from resnet_viz.views.maps.sheet import make_sheet, reduce_maps

_BAR_HEIGHT = 24
_GAP = 2


@dataclass(frozen=True, slots=True)
class Mosaic:
    """A rendered mosaic: PNG bytes, number of columns, and the channels in tile order."""

    png: bytes
    n_columns: int
    channels: tuple[int, ...]
    n_channels: int
    n_dead: int
    """Constant channels of the node."""
    reduced_by: int
    """Map cells per tile cell, along each axis."""


def make_mosaic(
    maps: Maps,
    channels: Sequence[int] | None = None,
    scaling: Scaling | None = None,
    colours: Colours | None = None,
    *,
    width: int = 960,
) -> Mosaic:
    """Returns a mosaic of some channels (None: all) of maps (C, H, W), in the given order.

    A flat output (C,) becomes a strip of bars on one scale. `width` is the approximate width in pixels; small maps
    are enlarged by integer factors without smoothing, so that cells stay distinct, and large ones are reduced to
    means of equal squares. Raises DrawError if no channel is selected.
    """
    scaling, colours = scaling or Scaling(), colours or Colours()
    picked = range(len(maps)) if channels is None else channels
    if not picked:
        raise DrawError(_("No channel is left to show. Name some, as in 0-15, 40, 99."))
    if maps.ndim == 1:
        return _make_strip(maps, picked, scaling, colours, width)
    shape = (len(picked), *as_stack(maps).shape[1:])
    n_columns = min(len(picked), max(1, _columns(shape)))
    factor = _reduction(shape, n_columns, 2 * width)
    sheet = make_sheet(maps, picked, scaling, factor)
    picture = paste(sheet.levels, n_columns, _zoom(sheet.levels.shape, n_columns, width))
    png = to_png(picture, colours.table(sheet.scales.is_centred))
    return Mosaic(png, n_columns, sheet.channels, len(maps), dead_channels(maps), factor)


def dead_channels(maps: Maps) -> int:
    """Returns the number of constant channels of maps (C, H, W); a channel of one cell is never dead."""
    flat = as_stack(maps).reshape(len(maps), -1)
    if flat.shape[1] == 1:
        return 0
    least, most = flat.min(axis=1), flat.max(axis=1)
    return int(((least == most) & np.isfinite(most)).sum())


def paste(tiles: npt.NDArray[np.uint8], n_columns: int, zoom: int) -> npt.NDArray[np.uint8]:
    """Returns tiles (n, h, w) in a grid, `zoom` × `zoom` pixels per cell, with a gap of two pixels around each tile."""
    big = tiles.repeat(zoom, axis=1).repeat(zoom, axis=2) if zoom > 1 else tiles
    n, height, width = big.shape
    n_rows = ceil(n / n_columns)
    cells = np.full((n_rows * n_columns, height + _GAP, width + _GAP), EMPTY, np.uint8)
    cells[:n, _GAP:, _GAP:] = big
    rows = cells.reshape(n_rows, n_columns, height + _GAP, width + _GAP).transpose(0, 2, 1, 3)
    inner = rows.reshape(n_rows * (height + _GAP), n_columns * (width + _GAP))
    return np.pad(inner, ((0, _GAP), (0, _GAP)), constant_values=EMPTY)


def to_png(levels: npt.NDArray[np.uint8], table: npt.NDArray[np.uint8]) -> bytes:
    """Returns a PNG of levels (h, w) with the colours (256, 3) as palette."""
    image = Image.fromarray(levels)
    image.putpalette(table.tobytes())
    buffer = BytesIO()
    # Maps have few repeated sequences: run-length encoding takes half the time and gives a smaller file.
    image.save(buffer, format="PNG", compress_level=1, compress_type=zlib.Z_RLE)
    return buffer.getvalue()


def _make_strip(maps: Maps, channels: Sequence[int], scaling: Scaling, colours: Colours, width: int) -> Mosaic:
    """A flat output (C,): one bar per value."""
    values = maps[list(channels)].reshape(1, 1, -1)
    factor = max(1, ceil(values.shape[2] / (2 * width)))
    scales = find_scales(maps, scaling, [0])
    bars = quantise(reduce_maps(values, factor), scales).repeat(_BAR_HEIGHT, axis=1)
    png = to_png(paste(bars, 1, _zoom(bars.shape, 1, width)), colours.table(scales.is_centred))
    return Mosaic(png, 1, tuple(int(channel) for channel in channels), len(maps), 0, factor)


def _columns(shape: tuple[int, ...]) -> int:
    """Number of columns for a mosaic about twice as wide as high."""
    n, height, width = shape
    return ceil(sqrt(2 * n * height / width))


def _reduction(shape: tuple[int, ...], n_columns: int, most: int) -> int:
    """The factor that reduces maps so that the mosaic has at most about `most` pixels along each axis."""
    n, height, width = shape
    return max(1, ceil(n_columns * width / most), ceil(ceil(n / n_columns) * height / most))


def _zoom(shape: tuple[int, ...], n_columns: int, width: int) -> int:
    n_rows = ceil(shape[0] / n_columns)
    return max(1, min(width // (n_columns * (shape[2] + 1)), 2 * width // (n_rows * (shape[1] + 1))))
