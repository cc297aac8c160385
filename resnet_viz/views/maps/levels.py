"""Quantisation of values to levels 0 to 254, on one scale per channel or one per node."""

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
"""Level of gaps between tiles and of NaN or infinite cells. Level 0 would look like an inactive channel."""
TOP = 254
SCOPES = ("channel", "node")
CLIPS = (0, 1, 2)
# Outside these bounds a range or its reciprocal overflows float32.
_WIDEST, _NARROWEST = 1e38, 1e-30


@dataclass(frozen=True, slots=True)
class Scaling:
    """How values map to levels: range, clipping and centring of the scale. Raises DrawError."""

    scope: str = "channel"
    """channel: from each channel's minimum to its maximum; node: one scale for all, to compare them.
    Maps of one cell and flat outputs always use the node's."""
    clip: int = 0
    """Percentage of values clipped at each end, so that single bright cells do not dim the rest; one of CLIPS."""
    is_centred: bool | None = None
    """Zero in the middle, for a diverging colour map; None: if the node has negative values."""
    is_from_zero: bool = False
    """Without negative values a scale begins at zero, so that the darkest colour means it in every map."""

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
    """The values of level 0 and level TOP, arrays (C,); if `is_centred`, level TOP / 2 is 0."""

    low: Figures
    high: Figures
    is_centred: bool

    def pick(self, channels: Sequence[int] | npt.NDArray[np.intp]) -> Scales:
        """Returns the scales of some channels, in the given order."""
        at = np.asarray(channels, np.intp)
        return Scales(self.low[at], self.high[at], self.is_centred)

    @property
    def step(self) -> Figures:
        """Value difference of one level, (C,): quantisation is off by at most half of it."""
        return (self.high - self.low) / TOP


def find_scales(maps: Maps, scaling: Scaling, channels: Sequence[int] | None = None) -> Scales:
    """Returns the scales of some channels (None: all) of maps (C, H, W) or (C,).

    Centring, and a scale of the node, depend on all channels, not only on those selected.
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
    elif scaling.is_from_zero:
        low = np.minimum(low, 0)
    n = len(picked)
    return Scales(np.broadcast_to(low, n).copy(), np.broadcast_to(high, n).copy(), is_centred)


def quantise(stack: Maps, scales: Scales) -> npt.NDArray[np.uint8]:
    """Returns the levels of maps (C, H, W) on scales (C,), uint8; values beyond a scale are clipped to its ends."""
    reach = scales.high - scales.low
    is_flat = reach <= 0
    is_plain = bool((is_flat | ((reach > _NARROWEST) & (reach < _WIDEST))).all())
    dtype: type[np.float32 | np.float64] = np.float32 if is_plain else np.float64
    per_value = np.divide(TOP, reach, out=np.zeros_like(reach), where=~is_flat)
    # A constant channel on a centred scale is zero everywhere: it gets the middle level.
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
    """Whether any finite value is negative."""
    negative = stack[stack < 0]
    return bool(np.isfinite(negative).any())


def _reach(rows: npt.NDArray[Any], clip: int) -> tuple[Figures, Figures]:
    """Minimum and maximum of the finite values of each row, or their percentiles; 0 and 0 for a row without any.

    Rows whose percentiles coincide, because most values are equal, keep minimum and maximum.
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
