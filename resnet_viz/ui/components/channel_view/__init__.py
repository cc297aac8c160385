"""The channels of a node on the page: a canvas of tiles to point at, walk over and choose one from, to see it large.

Python says which tiles are to be shown, by their address, and the browser asks the app's route for them. What is
chosen in the drawing it asks for at once, ahead of Python's word (`js/ask.js`). All the rest happens in the browser;
Python hears which channel is chosen, and of nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import ceil, isnan
from pathlib import Path

import streamlit as st

from resnet_viz.records import Field
from resnet_viz.ui.components.channel_view.words import view_words
from resnet_viz.ui.routes import TILES
from resnet_viz.views.channels import ChannelStats, ChannelValues, Maps, as_stack, channel_values
from resnet_viz.views.colours import Colours
from resnet_viz.views.levels import EMPTY, Scaling
from resnet_viz.views.sheet import Sheet, make_sheet

__all__ = ["ChannelTiles", "Looks", "channel_view", "make_tiles", "pack_tiles", "read_choice"]

_HERE = Path(__file__).parent
VIEW_FILES = ("dom", "unpack", "numbers", "paint", "large", "field", "point", "walk", "ask", "channel_view")
_MOST_CHANNEL = 10**6
_MOST_SIDE = 127
"""Cells of a tile along a side: more would be smaller than a pixel, and megabytes."""

_view = st.components.v2.component(
    "channel_view",
    html='<div class="channel-view"></div>',
    css=(_HERE / "channel_view.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in VIEW_FILES),
)


@dataclass(frozen=True, slots=True)
class Looks:
    """The part of the input that a cell can see: the node's receptive field, and the picture to draw it on."""

    field: tuple[Field, Field]
    """Vertical and horizontal."""
    input_size: tuple[int, int]
    """Height and width of the input, in pixels."""
    thumbnail: bytes
    """The input as the net sees it, as PNG of any size."""
    is_global: bool = False
    """Statistics of the whole picture enter, too."""


@dataclass(frozen=True, slots=True)
class ChannelTiles:
    """One page of channels, ready for the browser."""

    sheet: Sheet
    values: tuple[ChannelValues, ...]
    is_clipped: bool
    table: bytes
    """The colours of the levels 0 to 254: red, green and blue of each."""
    looks: Looks | None = None
    name: str = ""
    """What the channels are of, for whoever cannot see them."""


def make_tiles(
    maps: Maps,
    channels: Sequence[int],
    scaling: Scaling | None = None,
    *,
    colours: Colours | None = None,
    looks: Looks | None = None,
    name: str = "",
    stats: ChannelStats | None = None,
) -> ChannelTiles:
    """A page of channels of (C, H, W) or (C,) maps, in the order they are given in; `stats` are those of all channels.

    Maps of more than 127 cells along a side are reduced to means of equal squares. Raises DrawError where there is no
    such channel.
    """
    scaling, colours = scaling or Scaling(), colours or Colours()
    height, width = as_stack(maps).shape[1:]
    values = channel_values(maps, channels, stats)
    sheet = make_sheet(maps, channels, scaling, ceil(max(height, width) / _MOST_SIDE))
    table = colours.table(sheet.scales.is_centred)[:EMPTY].tobytes()
    return ChannelTiles(sheet, values, scaling.clip > 0, table, looks, name)


def channel_view(
    key: str, address: str, on_choice: Callable[[int | None], None] | None = None, chosen: int | None = None
) -> int | None:
    """The canvas of a page of channels; gives the channel that is shown large, whether or not it is on the page.

    `key` is its name, of this one alone on the page. `address` is what the route `TILES` is asked for; its `node` is
    that of the drawing. `on_choice` is called, before the script runs again, with the channel somebody chose (None:
    none). `chosen` is what is to be large: the page's address may say so.
    """

    def answer() -> None:
        if on_choice is not None:
            on_choice(read_choice(st.session_state[key]["selected"]))

    data = {"address": address, "route": TILES, "chosen": chosen, "words": view_words()}
    result = _view(key=key, data=data, default={"selected": chosen}, on_selected_change=answer)
    return read_choice(result["selected"])


def read_choice(value: object) -> int | None:
    """A choice as it came from the browser, checked: what may be a channel, or None."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < _MOST_CHANNEL else None


def pack_tiles(tiles: ChannelTiles, facts: str = "") -> bytes:
    """What the browser gets, since bytes cannot lie inside JSON; `facts` is what is said of all channels together.

    Four bytes with the length of a JSON header (little-endian), the header, then the levels, the colours and the
    thumbnail, whose lengths the header tells.
    """
    sheet, looks = tiles.sheet, tiles.looks
    blobs = [sheet.levels.tobytes(), tiles.table, looks.thumbnail if looks else b""]
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
        "looks": _looks(looks),
        "name": tiles.name,
        "facts": facts,
    }
    packed = json.dumps(header, allow_nan=False).encode()
    return len(packed).to_bytes(4, "little") + packed + b"".join(blobs)


def _looks(looks: Looks | None) -> dict[str, object] | None:
    if looks is None:
        return None
    return {
        "field": [asdict(axis) for axis in looks.field],
        "input": looks.input_size,
        "isGlobal": looks.is_global,
    }


def _figures(values: ChannelValues) -> dict[str, object]:
    """JSON has no NaN."""
    figures = asdict(values)
    return {key: None if isinstance(value, float) and isnan(value) else value for key, value in figures.items()}
