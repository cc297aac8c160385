"""Some channels of a node as levels, one tile each: what a mosaic, a filmstrip and the page's canvas are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from resnet_viz.views.maps.channels import Maps, as_stack
from resnet_viz.views.maps.levels import Scales, Scaling, find_scales, quantise


@dataclass(frozen=True, slots=True)
class Sheet:
    """Tiles of levels (n, h, w), uint8, with the scale and the number of the channel that each shows."""

    levels: npt.NDArray[np.uint8]
    scales: Scales
    channels: tuple[int, ...]
    reduced_by: int
    """Cells of a map that one cell of its tile stands for, along each axis."""


def make_sheet(
    maps: Maps, channels: Sequence[int] | None = None, scaling: Scaling | None = None, reduced_by: int = 1
) -> Sheet:
    """The sheet of some channels (all) of (C, H, W) or (C,) maps, in the order they are given in.

    With `reduced_by` beyond 1 a cell is the mean of that many cells along each axis, and a channel's own scale is
    that of the means.
    """
    scaling = scaling or Scaling()
    picked = range(len(maps)) if channels is None else channels
    shown = as_stack(maps)[np.asarray(picked, np.intp)]
    scales = find_scales(maps, scaling, picked)
    if reduced_by > 1:
        shown = reduce_maps(shown, reduced_by)
        if scaling.scope == "channel" and maps.ndim > 1:
            scales = find_scales(shown, Scaling("channel", scaling.clip, scales.is_centred))
    return Sheet(quantise(shown, scales), scales, tuple(int(channel) for channel in picked), reduced_by)


def reduce_maps(stack: Maps, factor: int) -> Maps:
    """Means of `factor` × `factor` cells of (C, H, W); what is left at the lower and the right edge falls away.

    A mean of what holds NaN or infinities is none.
    """
    n, height, width = stack.shape
    rows, columns = min(factor, height), min(factor, width)
    whole = stack[:, : height - height % rows, : width - width % columns]
    # Infinities of both signs have no mean: NaN, without a warning.
    with np.errstate(invalid="ignore", over="ignore"):
        means: npt.NDArray[Any] = whole.reshape(n, height // rows, rows, width // columns, columns).mean(axis=(2, 4))
    return means
