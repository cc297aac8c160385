"""Binary formats of feature maps: an `.npz` file for download, which needs no unpickling, and tiles for the browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil, isnan
from typing import TypedDict

import numpy as np

from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Field
from resnet_viz.units import format_exact, format_share
from resnet_viz.views.maps.channels import ChannelStats, ChannelValues, Maps, NodeStats, as_stack, channel_values
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.levels import EMPTY, TOP, Scaling
from resnet_viz.views.maps.sheet import Sheet, make_sheet

_MOST_SIDE = 127
"""Maximum side of a tile in cells: more would be smaller than a pixel, and megabytes."""


def pack_maps(maps: Maps, channels: Sequence[int], node_id: str, net: str) -> bytes:
    """Returns the bytes of an `.npz` of some channels of (C, H, W) or (C,), in the given order.

    `maps` is float32, `channels` int64 (indices in the node), `node` and `net` are strings of shape ().
    `numpy.load` reads it with its default `allow_pickle=False`.
    """
    picked = np.asarray(channels, np.int64)
    buffer = BytesIO()
    np.savez_compressed(
        buffer, maps=maps[picked].astype(np.float32), channels=picked, node=np.str_(node_id), net=np.str_(net)
    )
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class FieldView:
    """What the browser needs to show a cell's receptive field: the node's field, and the image to draw it on."""

    field: tuple[Field, Field]
    """Vertical and horizontal."""
    input_size: tuple[int, int]
    """Height and width of the input, in pixels."""
    thumbnail: bytes
    """The preprocessed input as a PNG of any size."""
    is_global: bool = False
    """Whether the output depends on the whole image, too."""


@dataclass(frozen=True, slots=True)
class ChannelTiles:
    """One page of channels for the browser."""

    sheet: Sheet
    values: tuple[ChannelValues, ...]
    is_clipped: bool
    table: bytes
    """RGB bytes of the levels 0 to 254."""
    field_view: FieldView | None = None
    name: str = ""
    """Accessible name of the channels, for screen readers."""


def make_tiles(
    maps: Maps,
    channels: Sequence[int],
    scaling: Scaling | None = None,
    *,
    colours: Colours | None = None,
    field_view: FieldView | None = None,
    name: str = "",
    stats: ChannelStats | None = None,
) -> ChannelTiles:
    """Returns tiles of channels of (C, H, W) or (C,), in the given order; `stats`: those of all channels.

    Maps of more than 127 cells per side are reduced to means of equal squares. Raises DrawError for an unknown
    channel.
    """
    scaling, colours = scaling or Scaling(), colours or Colours()
    height, width = as_stack(maps).shape[1:]
    values = channel_values(maps, channels, stats)
    sheet = make_sheet(maps, channels, scaling, ceil(max(height, width) / _MOST_SIDE))
    table = colours.table(sheet.scales.is_centred)[:EMPTY].tobytes()
    return ChannelTiles(sheet, values, scaling.clip > 0, table, field_view, name)


class FigureNumbers(TypedDict):
    """Statistics of a channel, None for NaN, which JSON lacks."""

    channel: int
    mean: float | None
    min: float | None
    max: float | None
    variance: float | None
    zeros: float | None
    norm: float | None
    n_bad: int
    argmax: tuple[int, int] | None


class AxisField(TypedDict):
    """The receptive field along one axis, as in Field."""

    lo: int
    hi: int
    jump: int | None


class FieldLooks(TypedDict):
    """What a cell can see of the input: along both axes, vertically first."""

    field: tuple[AxisField, AxisField]
    input: tuple[int, int]
    isGlobal: bool


class TilesHeader(TypedDict):
    """A page of channels, in the header before levels, colours and thumbnail.

    `lengths` are theirs in bytes, `tile` is a tile's height and width; `top` is the level of the highest value, `empty`
    that of none.
    """

    lengths: tuple[int, int, int]
    tile: tuple[int, int]
    top: int
    empty: int
    reducedBy: int
    channels: Sequence[int]
    low: list[float]
    high: list[float]
    isCentred: bool
    isClipped: bool
    figures: list[FigureNumbers]
    looks: FieldLooks | None
    name: str
    facts: str
    meaning: str


def pack_tiles(tiles: ChannelTiles, facts: str = "", meaning: str = "") -> bytes:
    """Returns tiles in binary form, since JSON cannot hold bytes.

    `facts` describes all channels together, `meaning` what a map shows.

    Four bytes with the length of a JSON header (little-endian), the header, then the levels, the colours and the
    thumbnail, whose lengths are in the header.
    """
    thumbnail = tiles.field_view.thumbnail if tiles.field_view else b""
    blobs = (tiles.sheet.levels.tobytes(), tiles.table, thumbnail)
    levels, colours, picture = map(len, blobs)
    header = _header(tiles, (levels, colours, picture), facts, meaning)
    packed = json.dumps(header, allow_nan=False).encode()
    return len(packed).to_bytes(4, "little") + packed + b"".join(blobs)


def _header(tiles: ChannelTiles, lengths: tuple[int, int, int], facts: str, meaning: str) -> TilesHeader:
    sheet = tiles.sheet
    _n, height, width = sheet.levels.shape
    return {
        "lengths": lengths,
        "tile": (height, width),
        "top": TOP,
        "empty": EMPTY,
        "reducedBy": sheet.reduced_by,
        "channels": sheet.channels,
        "low": sheet.scales.low.tolist(),
        "high": sheet.scales.high.tolist(),
        "isCentred": sheet.scales.is_centred,
        "isClipped": tiles.is_clipped,
        "figures": [_figures(values) for values in tiles.values],
        "looks": _looks(tiles.field_view),
        "name": tiles.name,
        "facts": facts,
        "meaning": meaning,
    }


def _looks(field_view: FieldView | None) -> FieldLooks | None:
    if field_view is None:
        return None
    down, across = (AxisField(lo=axis.lo, hi=axis.hi, jump=axis.jump) for axis in field_view.field)
    return {"field": (down, across), "input": field_view.input_size, "isGlobal": field_view.is_global}


def _figures(values: ChannelValues) -> FigureNumbers:
    return {
        "channel": values.channel,
        "mean": _number(values.mean),
        "min": _number(values.min),
        "max": _number(values.max),
        "variance": _number(values.variance),
        "zeros": _number(values.zeros),
        "norm": _number(values.norm),
        "n_bad": values.n_bad,
        "argmax": values.argmax,
    }


def _number(value: float) -> float | None:
    return None if isnan(value) else value


def describe_maps(stats: NodeStats) -> str:
    """Returns a description of a node's maps: number of channels, range and mean of values, zeros, dead channels."""
    words = [
        n_("{n} channel.", "{n} channels.", stats.n_channels).format(n=format_exact(stats.n_channels)),
        _("Values from {low} to {high}, on average {mean}.").format(
            low=f"{stats.min:.3g}", high=f"{stats.max:.3g}", mean=f"{stats.mean:.3g}"
        ),
        _("{share} are exactly 0.").format(share=format_share(round(stats.zeros * stats.n_values), stats.n_values)),
    ]
    # A channel of one cell is trivially constant, and never dead.
    if stats.n_values > stats.n_channels:
        words.append(
            n_("{n} channel is the same everywhere.", "{n} channels are the same everywhere.", stats.n_dead).format(
                n=format_exact(stats.n_dead)
            )
        )
    if stats.n_bad:
        words.append(_("{n} values are no finite numbers.").format(n=format_exact(stats.n_bad)))
    return " ".join(words)
