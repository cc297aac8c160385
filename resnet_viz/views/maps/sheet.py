"""Some channels of a node as tiles of levels, the basis of mosaics, filmstrips and the browser's canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from resnet_viz.views.maps.channels import Maps, as_stack
from resnet_viz.views.maps.levels import Scales, Scaling, find_scales, quantise


@dataclass(frozen=True, slots=True)
class Sheet:
    """Tiles of levels (n, h, w), uint8, with each tile's scale and channel index."""

    levels: npt.NDArray[np.uint8]
    scales: Scales
    channels: tuple[int, ...]
    reduced_by: int
    """Map cells per tile cell, along each axis."""


def make_sheet(
    maps: Maps, channels: Sequence[int] | None = None, scaling: Scaling | None = None, reduced_by: int = 1
) -> Sheet:
    """Returns the sheet of some channels (None: all) of maps (C, H, W) or (C,), in the given order.

    With `reduced_by` above 1, a cell is the mean of that many cells along each axis, and a channel's scale is that
    of the means.
    """
    scaling = scaling or Scaling()
    picked = range(len(maps)) if channels is None else channels
    shown = as_stack(maps)[np.asarray(picked, np.intp)]
    scales = find_scales(maps, scaling, picked)
    if reduced_by > 1:
        shown = reduce_maps(shown, reduced_by)
        if scaling.scope == "channel" and maps.ndim > 1:
            scales = find_scales(shown, replace(scaling, is_centred=scales.is_centred))
    return Sheet(quantise(shown, scales), scales, tuple(int(channel) for channel in picked), reduced_by)


def reduce_maps(stack: Maps, factor: int) -> Maps:
    """Returns means of `factor` × `factor` cells of (C, H, W); remaining cells at the lower and right edge are dropped.

    A mean over NaN or infinite values is not finite.
    """
    n, height, width = stack.shape
    rows, columns = min(factor, height), min(factor, width)
    whole = stack[:, : height - height % rows, : width - width % columns]
    # The mean of infinities of both signs is NaN: no warning needed.
    with np.errstate(invalid="ignore", over="ignore"):
        means: npt.NDArray[Any] = whole.reshape(n, height // rows, rows, width // columns, columns).mean(axis=(2, 4))
    return means
