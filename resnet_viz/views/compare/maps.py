"""Maps of corresponding places of several nets, one row per net, on a common scale or one per net."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.refusal import check_choice
from resnet_viz.views.maps.channels import Maps, as_stack, strongest_channels
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.levels import TOP, Scales, Scaling, find_scales, quantise
from resnet_viz.views.maps.sheet import reduce_maps
from resnet_viz.views.maps.tiles import paste, to_png

SHOWN = ("norm", "rms", "channels")
SCALES = ("common", "net")
_SIDES = {"norm": 224, "rms": 224, "channels": 72}
"""Approximate length of a tile's longer side, in pixels."""
_BAR_HEIGHT = 12


@dataclass(frozen=True, slots=True)
class MapFigures:
    """Statistics of the finite values of maps (C, H, W); NaN if there are none."""

    n_channels: int
    norm: float
    """Square root of the sum of squares; grows with the number of values."""
    rms: float
    """Square root of the mean square: independent of the number of values."""
    most: float
    zeros: float
    """Share of values that are exactly 0, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class MapRow:
    """One net's row: a PNG, the channels in it, and the values at the ends of its scale."""

    png: bytes
    channels: tuple[int, ...]
    """Strongest first; empty for a map of norms."""
    low: float
    high: float
    is_centred: bool
    """Whether the middle of the scale is 0."""
    figures: MapFigures


@dataclass(frozen=True, slots=True)
class MapRows:
    """The rows in the order of the nets, and a PNG of the colour scale, low to high."""

    rows: tuple[MapRow, ...]
    bar: bytes


def compare_maps(
    found: Sequence[Maps],
    show: str = "norm",
    scale: str = "common",
    colours: Colours | None = None,
    n_channels: int = 8,
) -> MapRows:
    """Returns one row per net, of maps (C, H, W) or a flat output (C,).

    `show`: `norm`, the Euclidean norm over all channels at each position, which grows with their number; `rms`, the
    same divided by the square root of that number; or `channels`, the `n_channels` with the greatest mean absolute
    value. `scale`: `common`, equal values have equal colours in all rows, from the least to the greatest value shown;
    or `net`, from each row's own least to its greatest. Raises DrawError.
    """
    check_choice(_("Show"), show, SHOWN)
    check_choice(_("Scale"), scale, SCALES)
    if n_channels < 1:
        raise DrawError(_("Channels of each net: got {got}. Choose at least 1.").format(got=n_channels))
    colours = colours or Colours()
    picked = [strongest_channels(maps, n_channels) if show == "channels" else () for maps in found]
    stacks = [
        as_stack(maps)[list(channels)]
        if channels
        else norm_map(maps)[None] / (len(maps) ** 0.5 if show == "rms" else 1)
        for maps, channels in zip(found, picked, strict=True)
    ]
    scales = _find_scales(stacks, scale)
    rows = tuple(
        MapRow(
            _draw(stack, row_scale, _SIDES[show], colours),
            channels,
            float(row_scale.low[0]),
            float(row_scale.high[0]),
            row_scale.is_centred,
            map_figures(maps),
        )
        for maps, channels, stack, row_scale in zip(found, picked, stacks, scales, strict=True)
    )
    return MapRows(rows, _draw_bar(colours, any(row_scale.is_centred for row_scale in scales)))


def norm_map(maps: Maps) -> Maps:
    """Returns the Euclidean norm over channels in float64: (H, W) for (C, H, W), (1, 1) for (C,).

    NaN or infinite where a channel is.
    """
    values = as_stack(maps).astype(np.float64)
    norms: Maps = np.sqrt(np.einsum("chw,chw->hw", values, values))
    return norms


def map_figures(maps: Maps) -> MapFigures:
    """Returns the statistics of (C, H, W) or (C,), computed in float64."""
    values = as_stack(maps)
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return MapFigures(len(values), np.nan, np.nan, np.nan, np.nan)
    norm = float(np.linalg.norm(finite))
    zeros = float((finite == 0).mean())
    return MapFigures(len(values), norm, norm / finite.size**0.5, float(finite.max()), zeros)


def _find_scales(stacks: Sequence[Maps], scale: str) -> list[Scales]:
    """Returns one scale per stack, with one entry; a common one spans all values shown."""
    flat = [stack.reshape(1, 1, -1) for stack in stacks]
    if scale == "net":
        scales = [find_scales(values, Scaling("node"), [0]) for values in flat]
        # Zero in the middle of one row and at the end of the next would give one colour two meanings.
        if any(row_scale.is_centred for row_scale in scales):
            scales = [find_scales(values, Scaling("node", is_centred=True), [0]) for values in flat]
        return scales
    if not flat:
        return []
    return [find_scales(np.concatenate(flat, axis=2), Scaling("node"), [0])] * len(flat)


def _draw(stack: Maps, scale: Scales, side: int, colours: Colours) -> bytes:
    """Returns a PNG of (n, H, W) side by side; small maps are enlarged by whole factors, large ones averaged."""
    factor = max(1, ceil(max(stack.shape[1:]) / side))
    shown = reduce_maps(stack, factor) if factor > 1 else stack
    levels = quantise(shown, scale.pick([0] * len(shown)))
    zoom = max(1, side // max(levels.shape[1:]))
    return to_png(paste(levels, len(levels), zoom), colours.table(scale.is_centred))


def _draw_bar(colours: Colours, is_centred: bool) -> bytes:
    levels = np.arange(TOP + 1, dtype=np.uint8)[None]
    return to_png(levels.repeat(_BAR_HEIGHT, axis=0), colours.table(is_centred))
