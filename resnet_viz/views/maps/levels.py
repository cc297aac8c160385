"""Values become levels, 0 to 254, of a scale that each channel has for itself or the node for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.refusal import check_choice
from resnet_viz.views.maps.channels import Figures, Maps, as_stack

EMPTY = 255
"""No value: the gap between tiles, and a cell that is NaN or infinite. Level 0 would look like a silent channel."""
TOP = 254
SCOPES = ("channel", "node")
CLIPS = (0, 1, 2)
# Beyond these a range, or one over it, is no float32.
_WIDEST, _NARROWEST = 1e38, 1e-30


@dataclass(frozen=True, slots=True)
class Scaling:
    """From values to levels: over which values a scale reaches, and what of them it leaves out. Raises DrawError."""

    scope: str = "channel"
    """channel: each channel from its own least to its greatest value; node: one scale for all, to compare them.
    Maps of one cell and flat outputs have the node's in any case."""
    clip: int = 0
    """Percentage of values left out at each end, so that a single bright cell does not dim the rest; one of CLIPS."""
    is_centred: bool | None = None
    """Zero in the middle, for a diverging colour map; None: where the node has negative values."""

    def __post_init__(self) -> None:
        check_choice(_("Scale"), self.scope, SCOPES)
        if self.clip not in CLIPS:
            raise DrawError(
                _("Clipping: got {got} %. Choose one of {allowed} %.").format(
                    got=str(self.clip)[:40], allowed=", ".join(map(str, CLIPS))
                )
            )


@dataclass(frozen=True, slots=True)
class Scales:
    """The values that level 0 and level TOP stand for, arrays (C,); `is_centred`: TOP / 2 stands for 0."""

    low: Figures
    high: Figures
    is_centred: bool

    def pick(self, channels: Sequence[int] | npt.NDArray[np.intp]) -> Scales:
        """Those of some channels, in their order."""
        at = np.asarray(channels, np.intp)
        return Scales(self.low[at], self.high[at], self.is_centred)

    @property
    def step(self) -> Figures:
        """What one level is worth, (C,): a value read from its level is off by half of it at most."""
        return (self.high - self.low) / TOP


def find_scales(maps: Maps, scaling: Scaling, channels: Sequence[int] | None = None) -> Scales:
    """The scales of some channels (all) of (C, H, W) or (C,) maps.

    Whether zero is in the middle, and a scale of the node, hang on all channels and not on those picked.
    """
    stack = as_stack(maps)
    is_one = scaling.scope == "node" or stack[0].size == 1
    picked = stack if channels is None else stack[np.asarray(channels, np.intp)]
    low, high = _reach(stack.reshape(1, -1) if is_one else picked.reshape(len(picked), -1), scaling.clip)
    is_centred = scaling.is_centred
    if is_centred is None:
        is_centred = bool(low.min(initial=0) < 0) or _is_signed(stack)
    if is_centred:
        high = np.maximum(np.abs(low), np.abs(high))
        low = -high
    n = len(picked)
    return Scales(np.broadcast_to(low, n).copy(), np.broadcast_to(high, n).copy(), is_centred)


def quantise(stack: Maps, scales: Scales) -> npt.NDArray[np.uint8]:
    """Levels of (C, H, W) maps by scales (C,); what lies beyond a scale has its end's level."""
    reach = scales.high - scales.low
    is_flat = reach <= 0
    is_plain = bool((is_flat | ((reach > _NARROWEST) & (reach < _WIDEST))).all())
    dtype: type[np.float32 | np.float64] = np.float32 if is_plain else np.float64
    per_value = np.divide(TOP, reach, out=np.zeros_like(reach), where=~is_flat)
    # A channel that is zero everywhere is in the middle of a scale that has its zero there.
    start = np.where(is_flat & scales.is_centred, TOP // 2, 0) + 0.5
    values: npt.NDArray[Any] = stack.astype(dtype)
    is_bad = ~np.isfinite(values)
    if is_bad.any():
        values[is_bad] = 0
    values -= scales.low.astype(dtype)[:, None, None]
    values *= per_value.astype(dtype)[:, None, None]
    values += start.astype(dtype)[:, None, None]
    levels: npt.NDArray[np.uint8] = np.clip(values, 0, TOP + 0.5, out=values).astype(np.uint8)
    levels[is_bad] = EMPTY
    return levels


def _is_signed(stack: Maps) -> bool:
    """Whether a finite value is negative."""
    negative = stack[stack < 0]
    return bool(np.isfinite(negative).any())


def _reach(rows: npt.NDArray[Any], clip: int) -> tuple[Figures, Figures]:
    """Least and greatest finite value of each row, or the percentiles; 0 and 0 for a row without one.

    Where so many values are equal that nothing would be left between the percentiles, it is least and greatest.
    """
    is_number = np.isfinite(rows)
    if is_number.all():
        low, high = rows.min(axis=1).astype(np.float64), rows.max(axis=1).astype(np.float64)
    else:
        low = rows.min(axis=1, where=is_number, initial=np.inf).astype(np.float64)
        high = rows.max(axis=1, where=is_number, initial=-np.inf).astype(np.float64)
    is_any = low <= high
    low, high = np.where(is_any, low, 0), np.where(is_any, high, 0)
    if not clip:
        return low, high
    percentiles = [clip, 100 - clip]
    if is_number.all():
        inner_low, inner_high = np.percentile(rows.astype(np.float64), percentiles, axis=1)
    else:
        known = np.where(is_number, rows, np.nan).astype(np.float64)
        known[~is_any] = 0
        inner_low, inner_high = np.nanpercentile(known, percentiles, axis=1)
    is_useful = inner_low < inner_high
    return np.where(is_useful, inner_low, low), np.where(is_useful, inner_high, high)
