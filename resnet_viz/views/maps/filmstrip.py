"""The activations of the whole network on an image: a row per stage, with each block's strongest channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil, sqrt

import numpy as np
from PIL import Image

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.units import format_shape
from resnet_viz.views.maps.channels import Maps, strongest_channels
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.sheet import make_sheet
from resnet_viz.views.maps.tiles import make_mosaic, paste, to_png
from resnet_viz.views.parts.words import stage_title

_TILE = 56
"""Approximate side length of a tile in pixels."""
_MOST_BARS = 10


@dataclass(frozen=True, slots=True)
class Frame:
    """The output of a block, the stem or the head: a PNG of its strongest channels, in descending order."""

    node: str
    title: str
    """For example `layer3.5`."""
    shape: str
    """For example `1024×14×14`."""
    channels: tuple[int, ...]
    """In row-major order, `n_columns` per row."""
    n_columns: int
    png: bytes


@dataclass(frozen=True, slots=True)
class Bar:
    """One raw value of the head's output: a logit, unless the network ends in a softmax."""

    index: int
    value: float


@dataclass(frozen=True, slots=True)
class FilmRow:
    """A stage and its blocks in execution order; the stem and the head have one frame."""

    node: str
    kind: str
    """stem | stage | head"""
    title: str
    frames: tuple[Frame, ...]
    bars: tuple[Bar, ...] = ()
    """For a head with flat output: its greatest values, in descending order."""


@dataclass(frozen=True, slots=True)
class Filmstrip:
    """The input image (PNG; None if not given), and the rows in execution order."""

    picture: bytes | None
    rows: tuple[FilmRow, ...]

    @property
    def frames(self) -> tuple[Frame, ...]:
        """All frames in execution order."""
        return tuple(frame for row in self.rows for frame in row.frames)


def film_nodes(trace: Trace) -> tuple[str, ...]:
    """Returns the ids of the nodes whose outputs a filmstrip needs: stem, blocks and head."""
    return tuple(node.id for row in _rows(trace) for node in row[1])


def make_filmstrip(
    trace: Trace,
    maps: Mapping[str, Maps],
    picture: Image.Image | None = None,
    *,
    per_block: int = 4,
    colours: Colours | None = None,
) -> Filmstrip:
    """Returns a network's filmstrip from the outputs of `film_nodes`, (C, H, W) or (C,), by node id.

    A frame shows the `per_block` channels with the greatest mean absolute value, each on its own scale. Rows and
    frames without maps are omitted. Raises DrawError for a `per_block` below 1.
    """
    if per_block < 1:
        raise DrawError(_("Channels per block: got {got}. Choose at least 1.").format(got=per_block))
    colours = colours or Colours()
    rows = []
    for holder, nodes in _rows(trace):
        frames = tuple(_make_frame(node, maps[node.id], per_block, colours) for node in nodes if node.id in maps)
        if frames:
            kind, title = _row_words(holder)
            bars = _bars(maps[nodes[0].id]) if kind == "head" else ()
            rows.append(FilmRow(holder.id, kind, title, frames, bars))
    return Filmstrip(None if picture is None else _picture_png(picture), tuple(rows))


def _rows(trace: Trace) -> list[tuple[Node, Sequence[Node]]]:
    """The node that each row represents, and the nodes whose outputs it shows, in execution order."""
    blocks: dict[str, list[Block]] = {}
    for block in trace.blocks:
        if block.parent is not None:
            blocks.setdefault(block.parent, []).append(block)
    rows: list[tuple[Node, Sequence[Node]]] = []
    for node in trace.nodes.values():
        if node.kind in ("stem", "head"):
            rows.append((node, [node]))
        elif node.kind == "stage":
            rows.append((node, blocks.get(node.id, [])))
    return sorted(rows, key=lambda row: row[0].order)


def _row_words(holder: Node) -> tuple[str, str]:
    if isinstance(holder, Stage):
        return "stage", stage_title(holder)
    return holder.kind, {"stem": _("Stem"), "head": _("Head")}[holder.kind]


def _make_frame(node: Node, maps: Maps, per_block: int, colours: Colours) -> Frame:
    shape = format_shape((1, *maps.shape))
    if maps.ndim == 1:
        strip = make_mosaic(maps, colours=colours, width=4 * _TILE)
        return Frame(node.id, node.id, shape, strip.channels, strip.n_columns, strip.png)
    channels = strongest_channels(maps, per_block)
    n_columns = ceil(sqrt(len(channels)))
    sheet = make_sheet(maps, channels, reduced_by=max(1, ceil(max(maps.shape[1:]) / _TILE)))
    zoom = max(1, _TILE // max(sheet.levels.shape[1:]))
    png = to_png(paste(sheet.levels, n_columns, zoom), colours.table(sheet.scales.is_centred))
    return Frame(node.id, node.id, shape, channels, n_columns, png)


def _bars(maps: Maps) -> tuple[Bar, ...]:
    if maps.ndim != 1:
        return ()
    order = np.argsort(-np.where(np.isfinite(maps), maps, -np.inf), kind="stable")[:_MOST_BARS]
    return tuple(Bar(int(index), float(maps[index])) for index in order if np.isfinite(maps[index]))


def _picture_png(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.convert("RGB").save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()
