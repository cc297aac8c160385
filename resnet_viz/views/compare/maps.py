"""Maps of corresponding places of several nets, a row for each net, on one scale or each on its own."""

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
"""Pixels that a tile has about along its longer side."""
_BAR_HEIGHT = 12


@dataclass(frozen=True, slots=True)
class MapFigures:
    """What some maps (C, H, W) are in numbers, of the finite values; NaN where there is not one."""

    n_channels: int
    norm: float
    """Square root of the sum of all squares. It grows with the number of values."""
    rms: float
    """Square root of the mean square: the norm without regard to how many values there are."""
    most: float
    zeros: float
    """Share of values that are exactly 0, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class MapRow:
    """What is shown of one net: a PNG, the channels on it, and the values that the ends of its scale stand for."""

    png: bytes
    channels: tuple[int, ...]
    """The strongest first; none for a map of norms."""
    low: float
    high: float
    is_centred: bool
    """Whether the middle of the scale stands for 0."""
    figures: MapFigures


@dataclass(frozen=True, slots=True)
class MapRows:
    """The rows in the order of the nets, and a PNG of the scale's colours from its low end to its high one."""

    rows: tuple[MapRow, ...]
    bar: bytes


def compare_maps(
    found: Sequence[Maps],
    show: str = "norm",
    scale: str = "common",
    colours: Colours | None = None,
    n_channels: int = 8,
) -> MapRows:
    """A row for each of some maps (C, H, W) or flat outputs (C,), each of a net of its own.

    `show`: `norm`, at each place the Euclidean norm over all channels, which grows with their number; `rms`, the same
    by the root of that number; or `channels`, the `n_channels` with the greatest mean absolute value. `scale`:
    `common`, equal values have equal colours in all rows, from the least to the greatest value shown; or `net`, a row
    has its own least and greatest value. Raises DrawError.
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
            _draw(stack, own, _SIDES[show], colours),
            channels,
            float(own.low[0]),
            float(own.high[0]),
            own.is_centred,
            map_figures(maps),
        )
        for maps, channels, stack, own in zip(found, picked, stacks, scales, strict=True)
    )
    return MapRows(rows, _draw_bar(colours, any(own.is_centred for own in scales)))


def norm_map(maps: Maps) -> Maps:
    """The Euclidean norm over the channels of (C, H, W) or (C,) at each place, (H, W) in float64; (1, 1) of a flat one.

    NaN or infinite where a channel is.
    """
    values = as_stack(maps).astype(np.float64)
    norms: Maps = np.sqrt(np.einsum("chw,chw->hw", values, values))
    return norms


def map_figures(maps: Maps) -> MapFigures:
    """The figures of (C, H, W) or (C,), computed in double precision."""
    values = as_stack(maps)
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return MapFigures(len(values), np.nan, np.nan, np.nan, np.nan)
    norm = float(np.linalg.norm(finite))
    zeros = float((finite == 0).mean())
    return MapFigures(len(values), norm, norm / finite.size**0.5, float(finite.max()), zeros)


def _find_scales(stacks: Sequence[Maps], scale: str) -> list[Scales]:
    """One scale for each stack, of one entry. A common one reaches over all that is shown."""
    flat = [stack.reshape(1, 1, -1) for stack in stacks]
    if scale == "net":
        scales = [find_scales(values, Scaling("node"), [0]) for values in flat]
        # Zero in the middle of one row and at the end of the next would be two meanings of one colour.
        if any(own.is_centred for own in scales):
            scales = [find_scales(values, Scaling("node", is_centred=True), [0]) for values in flat]
        return scales
    if not flat:
        return []
    return [find_scales(np.concatenate(flat, axis=2), Scaling("node"), [0])] * len(flat)


def _draw(stack: Maps, scale: Scales, side: int, colours: Colours) -> bytes:
    """Tiles of (n, H, W) side by side, small ones enlarged by whole factors, large ones reduced to means."""
    factor = max(1, ceil(max(stack.shape[1:]) / side))
    shown = reduce_maps(stack, factor) if factor > 1 else stack
    levels = quantise(shown, scale.pick([0] * len(shown)))
    zoom = max(1, side // max(levels.shape[1:]))
    return to_png(paste(levels, len(levels), zoom), colours.table(scale.is_centred))


def _draw_bar(colours: Colours, is_centred: bool) -> bytes:
    levels = np.arange(TOP + 1, dtype=np.uint8)[None]
    return to_png(levels.repeat(_BAR_HEIGHT, axis=0), colours.table(is_centred))
