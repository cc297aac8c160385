"""Per-channel statistics of a node's feature maps, orders to sort channels by, and pagination.

Maps are float32 arrays (C, H, W); a flat output (C,) counts as C channels of one cell. NaN and infinities are counted
and excluded from every other statistic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.refusal import check_choice
from resnet_viz.typed import split_list

Maps = npt.NDArray[Any]
Figures = npt.NDArray[np.float64]

ORDERS = ("index", "mean", "max", "variance", "zeros", "strength")
PAGE_SIZES = (16, 64, 256)
N_BINS = 64
_MOST_TEXT = 2000
_NEARLY = 1e-12
_HYPHENS = re.compile(r"\s*[-–]\s*")


@dataclass(frozen=True, slots=True)
class ChannelStats:
    """Statistics per channel, arrays (C,); NaN for a channel without finite values."""

    mean: Figures
    min: Figures
    max: Figures
    variance: Figures
    """Population variance: the mean squared distance from the mean."""
    zeros: Figures
    """Fraction of values that are exactly 0, from 0 to 1."""
    strength: Figures
    """Mean of the absolute values."""
    norm: Figures
    """Square root of the sum of squares."""
    n_bad: npt.NDArray[np.intp]
    """Number of values that are NaN or infinite."""
    is_dead: npt.NDArray[np.bool_]
    """Constant and finite; a channel of one cell is never dead."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Histogram: `counts` (N_BINS,) between `edges` (N_BINS + 1,); exact zeros are counted separately.

    After a ReLU most values are zeros, which would dwarf all other bins.
    """

    counts: npt.NDArray[np.intp]
    edges: Figures
    n_zeros: int


@dataclass(frozen=True, slots=True)
class NodeStats:
    """Statistics over all channels; NaN if no value is finite."""

    n_channels: int
    n_values: int
    n_dead: int
    n_bad: int
    mean: float
    min: float
    max: float
    variance: float
    zeros: float
    """Fraction of the finite values that are exactly 0, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class ChannelValues:
    """Statistics of one channel, as in ChannelStats; `argmax` is the position of its maximum.

    It is (row, column), the first of several; None if no value is finite.
    """

    channel: int
    mean: float
    min: float
    max: float
    variance: float
    zeros: float
    norm: float
    n_bad: int
    argmax: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """One page of ordered channels: page `at`, from 0, of `n_pages`, which is at least 1."""

    channels: tuple[int, ...]
    at: int
    n_pages: int


def as_stack(maps: Maps) -> Maps:
    """Returns maps (C, H, W) unchanged, a flat output (C,) as (C, 1, 1). Raises DrawError for any other shape."""
    if maps.ndim not in (1, 3) or maps.size == 0:
        raise DrawError(
            _("Got an array of shape {shape} for feature maps. Pass maps (C, H, W) or a flat output (C,).").format(
                shape=maps.shape
            )
        )
    return maps.reshape(-1, 1, 1) if maps.ndim == 1 else maps


def channel_stats(maps: Maps) -> ChannelStats:
    """Returns the statistics of each channel of (C, H, W) or (C,), computed in float64."""
    flat = as_stack(maps).reshape(len(maps), -1)
    values = flat.astype(np.float64)
    is_number: npt.NDArray[np.bool_] = np.isfinite(flat)
    n = is_number.sum(axis=1)
    is_whole = bool(is_number.all())
    if is_whole:  # the usual case; masks would double the time
        least, most = (reduce(axis=1).astype(np.float64) for reduce in (flat.min, flat.max))
        n_zeros = (flat == 0).sum(axis=1)
    else:
        values[~is_number] = 0
        least = values.min(axis=1, where=is_number, initial=np.inf)
        most = values.max(axis=1, where=is_number, initial=-np.inf)
        n_zeros = ((values == 0) & is_number).sum(axis=1)
    mean = _share(values.sum(axis=1), n)
    strength = _share(np.abs(values).sum(axis=1), n)
    squares = np.einsum("ij,ij->i", values, values)
    distances = np.subtract(values, mean[:, None], out=values)
    if not is_whole:
        distances[~is_number] = 0
    return ChannelStats(
        mean=mean,
        min=np.where(n > 0, least, np.nan),
        max=np.where(n > 0, most, np.nan),
        variance=_share(np.einsum("ij,ij->i", distances, distances), n),
        zeros=_share(n_zeros, n),
        strength=strength,
        norm=np.where(n > 0, np.sqrt(squares), np.nan),
        n_bad=flat.shape[1] - n,
        is_dead=(least == most) & (n == flat.shape[1]) & (n > 1),
    )


def node_stats(maps: Maps, stats: ChannelStats | None = None) -> NodeStats:
    """Returns the statistics of (C, H, W) or (C,) over all channels; `stats`: those per channel, if computed."""
    stats = stats or channel_stats(maps)
    n = maps.size // len(maps) - stats.n_bad
    some, weights = n > 0, n[n > 0]
    if not some.any():
        low = high = mean = variance = zeros = np.nan
    else:
        low, high = float(stats.min[some].min()), float(stats.max[some].max())
        mean, zeros = (float(np.average(of[some], weights=weights)) for of in (stats.mean, stats.zeros))
        # Total variance: within the channels, and between them.
        spread = stats.variance[some] + (stats.mean[some] - mean) ** 2
        variance = float(np.average(spread, weights=weights))
    return NodeStats(
        n_channels=len(maps),
        n_values=maps.size,
        n_dead=int(stats.is_dead.sum()),
        n_bad=int(stats.n_bad.sum()),
        mean=mean,
        min=low,
        max=high,
        variance=variance,
        zeros=zeros,
    )


def channel_values(maps: Maps, channels: Sequence[int], stats: ChannelStats | None = None) -> tuple[ChannelValues, ...]:
    """Returns the statistics of some channels of (C, H, W) or (C,); `stats`: those of all, if already computed.

    Raises DrawError for an unknown channel.
    """
    for channel in channels:
        if not 0 <= channel < len(maps):
            raise DrawError(_no_channel(str(channel), len(maps)))
    tiles = as_stack(maps)[np.asarray(channels, np.intp)]
    if not len(tiles):
        return ()
    stats = stats or channel_stats(maps)
    best = np.where(np.isfinite(tiles), tiles, -np.inf).reshape(len(tiles), -1).argmax(axis=1)
    rows, columns = np.unravel_index(best, tiles.shape[1:])
    return tuple(
        ChannelValues(
            channel=int(channel),
            mean=float(stats.mean[channel]),
            min=float(stats.min[channel]),
            max=float(stats.max[channel]),
            variance=float(stats.variance[channel]),
            zeros=float(stats.zeros[channel]),
            norm=float(stats.norm[channel]),
            n_bad=int(stats.n_bad[channel]),
            argmax=None if np.isnan(stats.max[channel]) else (int(row), int(column)),
        )
        for channel, row, column in zip(channels, rows, columns, strict=True)
    )


def strongest_channels(maps: Maps, n: int) -> tuple[int, ...]:
    """Returns the n channels of (C, H, W) or (C,) with the greatest mean absolute value, in descending order."""
    flat = as_stack(maps).reshape(len(maps), -1)
    strength = np.abs(flat).mean(axis=1, dtype=np.float64)
    order = np.argsort(-np.where(np.isfinite(strength), strength, -1), kind="stable")
    return tuple(int(channel) for channel in order[:n])


def channel_order(stats: ChannelStats, order: str, descending: bool = False) -> npt.NDArray[np.intp]:
    """Returns the channels (C,) sorted by one of ORDERS, ties by index, those without a finite value last."""
    check_choice(_("Order of channels"), order, ORDERS)
    n = len(stats.mean)
    if order == "index":
        return np.arange(n)[::-1] if descending else np.arange(n)
    figures: Figures = getattr(stats, order)
    keys = np.where(np.isnan(figures), np.inf, -figures if descending else figures)
    return np.argsort(keys, kind="stable")


def pick_channels(order: npt.NDArray[np.intp], text: str) -> npt.NDArray[np.intp]:
    """Returns the channels that a list like “0-15, 40, 99” names, in the given order; all for an empty list.

    Raises DrawError for a malformed list and for unknown channels.
    """
    wanted = parse_channels(text, len(order))
    return order if wanted is None else order[np.isin(order, wanted)]


def parse_channels(text: str, n: int) -> list[int] | None:
    """Returns the channels that a list names, unique and ascending; None for an empty list. Raises DrawError."""
    if len(text) > _MOST_TEXT:
        raise DrawError(_("The list of channels is too long. Name ranges, as in 0-15, 40, 99."))
    parts = split_list(_HYPHENS.sub("-", text))
    channels: set[int] = set()
    for part in parts:
        channels.update(_read_range(part, n))
    return sorted(channels) if parts else None


def cut_page(order: npt.NDArray[np.intp], size: int, at: int) -> ChannelPage:
    """Returns page `at` with `size` channels per page, clamped, since another network may have fewer pages."""
    n_pages = max(1, ceil(len(order) / size))
    at = min(max(at, 0), n_pages - 1)
    return ChannelPage(tuple(int(channel) for channel in order[at * size : (at + 1) * size]), at, n_pages)


def value_histogram(values: Maps) -> Histogram:
    """Returns the histogram of the finite values of an array of any shape."""
    finite = values[np.isfinite(values)].astype(np.float64)
    others = finite[finite != 0]
    return _histogram(others, len(finite) - len(others))


def _histogram(others: Figures, n_zeros: int) -> Histogram:
    """Histogram of the nonzero values; numpy's default range is too narrow for its bins if they are nearly equal."""
    least, most = (float(others.min()), float(others.max())) if others.size else (0.0, 1.0)
    size = max(abs(least), abs(most))
    margin = size / 2 if most - least <= size * _NEARLY else 0.0
    counts, edges = np.histogram(others, N_BINS, (least - margin, most + margin))
    return Histogram(counts, edges, n_zeros)


def _share(sums: npt.NDArray[Any], n: npt.NDArray[np.intp]) -> Figures:
    """Sums divided by counts, NaN where the count is 0."""
    shares: Figures = np.divide(sums, n, out=np.full(len(n), np.nan), where=n > 0)
    return shares


def _read_range(part: str, n: int) -> range:
    match = re.fullmatch(r"([0-9]{1,9})(?:\s*[-–]\s*([0-9]{1,9}))?", part)
    if match is None:
        raise DrawError(_("Channels: got “{got}”. Name numbers and ranges, as in 0-15, 40, 99.").format(got=part[:40]))
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last or last >= n:
        raise DrawError(_no_channel(part, n))
    return range(first, last + 1)


def _no_channel(got: str, n: int) -> str:
    return _("Channels: got “{got}”. There are the channels 0 to {last}.").format(got=got[:40], last=n - 1)
