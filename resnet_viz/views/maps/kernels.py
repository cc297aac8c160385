"""The kernels of a convolution: those with three input channels as colour images, others by their norms."""

from __future__ import annotations

from io import BytesIO
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

_GAP = 2
_COLUMNS = 16
_TILE = 42
"""Pixels of a kernel's side, about: each weight has as many as fit."""


def draw_colour_kernels(kernels: npt.NDArray[Any], zoom: int | None = None) -> bytes:
    """Returns a PNG of kernels (N, 3, kH, kW) in colour, or (N, 1, kH, kW) in grey; 16 per row, transparent gaps.

    Each is scaled around zero by its greatest magnitude: grey is zero, positive values are brighter.
    """
    return _draw(kernels, np.abs(kernels).max(axis=(1, 2, 3), keepdims=True), zoom, _COLUMNS)


def draw_grey_kernels(kernels: npt.NDArray[Any], reach: float, zoom: int | None = None) -> bytes:
    """Returns a grey PNG of kernels (out, in, kH, kW), at most 16 outputs as rows of at most 16 inputs.

    Where there is one input, the outputs stand side by side. Black is -reach, grey zero, white reach.
    """
    few = kernels[:_COLUMNS, :_COLUMNS]
    n_columns = few.shape[1] if few.shape[1] > 1 else _COLUMNS
    tiles = few.reshape(-1, 1, *few.shape[2:])
    return _draw(tiles, np.full((len(tiles), 1, 1, 1), reach), zoom, n_columns)


def _draw(kernels: npt.NDArray[Any], reach: npt.NDArray[Any], zoom: int | None, most: int) -> bytes:
    n, _colours, height, width = kernels.shape
    zoom = zoom or max(1, _TILE // max(height, width))
    tiles = np.divide(kernels, reach, out=np.zeros(kernels.shape), where=reach > 0)
    pixels = np.round(127.5 * (np.clip(tiles, -1, 1) + 1)).astype(np.uint8).transpose(0, 2, 3, 1)
    n_columns, n_rows = min(n, most), ceil(n / most)
    sheet = np.zeros((n_rows * (height * zoom + _GAP), n_columns * (width * zoom + _GAP), 4), np.uint8)
    for at, tile in enumerate(pixels.repeat(zoom, axis=1).repeat(zoom, axis=2)):
        row, column = divmod(at, n_columns)
        top, left = row * (height * zoom + _GAP), column * (width * zoom + _GAP)
        sheet[top : top + height * zoom, left : left + width * zoom, :3] = tile
        sheet[top : top + height * zoom, left : left + width * zoom, 3] = 255
    buffer = BytesIO()
    Image.fromarray(sheet).save(buffer, "PNG")
    return buffer.getvalue()


def kernel_norms(kernels: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Returns the L2 norm of each output channel's kernel of weights (out, in, kH, kW): (out,)."""
    norms: npt.NDArray[np.float64] = np.linalg.norm(kernels.reshape(len(kernels), -1).astype(np.float64), axis=1)
    return norms
