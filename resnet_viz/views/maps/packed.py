"""Binary formats of feature maps: an `.npz` file for download, which needs no unpickling, and tiles for the browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from math import ceil, isnan

import numpy as np

from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Field
from resnet_viz.units import format_exact, format_share
from resnet_viz.views.maps.channels import ChannelStats, ChannelValues, Maps, NodeStats, as_stack, channel_values
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.levels import EMPTY, Scaling
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


def pack_tiles(tiles: ChannelTiles, facts: str = "") -> bytes:
    """Returns tiles in binary form, since JSON cannot hold bytes; `facts` describes all channels together.

    Four bytes with the length of a JSON header (little-endian), the header, then the levels, the colours and the
    thumbnail, whose lengths are in the header.
    """
    sheet, field_view = tiles.sheet, tiles.field_view
    blobs = [sheet.levels.tobytes(), tiles.table, field_view.thumbnail if field_view else b""]
    header = {
        "lengths": [len(blob) for blob in blobs],
        "tile": sheet.levels.shape[1:],
        "reducedBy": sheet.reduced_by,
        "channels": sheet.channels,
        "low": sheet.scales.low.tolist(),
        "high": sheet.scales.high.tolist(),
        "isCentred": sheet.scales.is_centred,
        "isClipped": tiles.is_clipped,
        "figures": [_figures(values) for values in tiles.values],
        "looks": _pack_field_view(field_view),
        "name": tiles.name,
        "facts": facts,
    }
    packed = json.dumps(header, allow_nan=False).encode()
    return len(packed).to_bytes(4, "little") + packed + b"".join(blobs)


def _pack_field_view(field_view: FieldView | None) -> dict[str, object] | None:
    if field_view is None:
        return None
    return {
        "field": [asdict(axis) for axis in field_view.field],
        "input": field_view.input_size,
        "isGlobal": field_view.is_global,
    }


def _figures(values: ChannelValues) -> dict[str, object]:
    """The statistics with None for NaN, which JSON lacks."""
    figures = asdict(values)
    return {key: None if isinstance(value, float) and isnan(value) else value for key, value in figures.items()}


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
