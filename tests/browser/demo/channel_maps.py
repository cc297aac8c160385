"""The maps that the page of the channel canvas shows and its tests know: plain functions of a kind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

KINDS = ("relu", "signed", "flat", "wide", "holes")


def make_maps(kind: str) -> npt.NDArray[np.float32]:
    """Maps (C, H, W) of a kind: blobs that differ from channel to channel; channel 3 is dead."""
    shape = {"relu": (96, 14, 14), "signed": (64, 7, 7), "flat": (40,), "wide": (6, 130, 260), "holes": (16, 14, 14)}[
        kind
    ]
    if len(shape) == 1:
        return np.sin(np.arange(shape[0])).astype(np.float32)
    n, height, width = shape
    rows, columns = np.mgrid[0:height, 0:width] / max(height, width)
    channels = np.arange(n)[:, None, None]
    waves = np.sin(6 * rows * (1 + channels % 5) + channels) * np.cos(5 * columns * (1 + channels % 7)) * (1 + channels)
    maps: npt.NDArray[np.float32] = waves.astype(np.float32)
    if kind in ("relu", "holes"):
        maps = np.maximum(maps, 0)
    maps[3] = 0
    if kind == "holes":
        maps[0, 2:5, 2:5] = np.nan
        maps[1, 0, 0] = np.inf
    return maps
