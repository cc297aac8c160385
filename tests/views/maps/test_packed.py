"""The browser reads what Python packs: the same levels, colours, values and receptive fields, found in Node."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from resnet_viz.records.trace import Field
from resnet_viz.views.maps.levels import EMPTY, TOP, Scaling
from resnet_viz.views.maps.packed import ChannelTiles, FieldView, make_tiles, pack_tiles
from resnet_viz.views.maps.receptive import theoretical_box
from tests.node import in_node

WORDS = {
    "language": "en",
    "noValue": "none",
    "channel": "channel {n}",
    "cell": "at {row}, {column}",
    "fieldWhole": "{height}×{width}",
    "fieldClipped": "{height}×{width}, seen {seenHeight}×{seenWidth}",
    "fieldGlobal": "all",
}
UNPACK = """
const bytes = Uint8Array.from(atob(values.packed), (letter) => letter.charCodeAt(0));
const page = names.unpack(bytes.buffer, values.words);
"""


def make_maps() -> np.ndarray[Any, np.dtype[np.float32]]:
    maps = np.random.default_rng(0).normal(size=(6, 4, 5)).astype(np.float32)
    maps[2] = 0.25
    maps[3, 1, 2] = np.nan
    maps[4] += 3
    return maps


def in_page(tiles: ChannelTiles, body: str) -> Any:
    """What the body of a function returns of a page that Python packed and the browser unpacked."""
    packed = b64encode(pack_tiles(tiles, "Of all.")).decode()
    return in_node("channel_view/js/page/unpack.js", UNPACK + body, {"packed": packed, "words": WORDS})


def test_a_page_is_read_as_it_is_packed() -> None:
    axis = Field(-3, 3, None)
    tiles = make_tiles(make_maps(), (4, 0, 3), field_view=FieldView((axis, axis), (32, 48), b"picture"), name="conv1")
    page = in_page(
        tiles,
        "return { ...page, levels: [...page.levels], colours: [...page.colours], thumbnail: [...page.thumbnail] };",
    )
    assert page["levels"] == tiles.sheet.levels.ravel().tolist()
    assert bytes(page["colours"]) == tiles.table
    assert bytes(page["thumbnail"]) == b"picture"
    assert (page["height"], page["width"], page["count"], page["channels"]) == (4, 5, 3, [4, 0, 3])
    assert (page["top"], page["empty"], page["name"], page["facts"]) == (TOP, EMPTY, "conv1", "Of all.")


@pytest.mark.parametrize("scaling", [Scaling(), Scaling("node"), Scaling(clip=2), Scaling(is_centred=False)])
def test_every_pixel_has_the_colour_of_its_level(scaling: Scaling) -> None:
    tiles = make_tiles(make_maps(), range(6), scaling)
    painted = in_page(
        tiles,
        """
        const pixels = new Uint8ClampedArray(4 * page.levels.length);
        names.paintLevels(page, pixels);
        return [...pixels];
        """,
    )
    pixels = np.array(painted, np.uint8).reshape(6, 4, 5, 4)
    table = np.frombuffer(tiles.table, np.uint8).reshape(-1, 3)
    levels = tiles.sheet.levels
    is_value = levels != EMPTY
    assert (pixels[..., 3] == np.where(is_value, 255, 0)).all()
    assert (pixels[is_value][:, :3] == table[levels[is_value]]).all()


def values_read(tiles: ChannelTiles) -> list[str]:
    """What the browser says of each cell's value, tile by tile, row by row."""
    page = in_page(tiles, "return { ...page, levels: [...page.levels], colours: [], thumbnail: [] };")
    body = """
    const { page } = values;
    return page.levels.map((_level, i) => {
      const cell = { column: i % page.width, row: Math.floor(i / page.width) % page.height };
      return names.valueText(page, { ...cell, place: Math.floor(i / page.width / page.height) });
    });
    """
    found: list[str] = in_node("channel_view/js/page/numbers.js", body, {"page": page})
    return found


@pytest.mark.parametrize("scaling", [Scaling(), Scaling("node"), Scaling(is_centred=False)])
def test_a_value_read_from_its_level_is_off_by_half_a_step_at_most(scaling: Scaling) -> None:
    maps = make_maps()
    tiles = make_tiles(maps, range(6), scaling)
    steps = np.broadcast_to(tiles.sheet.scales.step[:, None, None], maps.shape)
    for text, value, step in zip(values_read(tiles), maps.flat, steps.flat, strict=True):
        if np.isnan(value):
            assert text == "none"
        else:
            sign, number = text.split(" ")
            assert sign == ("≈" if step else "=")
            assert float(number) == pytest.approx(float(value), abs=0.51 * step, rel=1e-3)


def test_a_value_beyond_a_clipped_scale_is_a_bound() -> None:
    maps = make_maps()
    scales = (tiles := make_tiles(maps, range(6), Scaling(clip=2))).sheet.scales
    lows, highs = (np.broadcast_to(ends[:, None, None], maps.shape).ravel() for ends in (scales.low, scales.high))
    said = values_read(tiles)
    beyond = 0
    for text, value, low, high in zip(said, maps.flat, lows, highs, strict=True):
        if value > high + 1e-6:
            beyond += 1
            assert text.startswith("≥")
        elif value < low - 1e-6:
            beyond += 1
            assert text.startswith("≤")
    assert beyond > 0


SIZE = (224, 100)
FIELDS = [
    Field(-21, 21, 16),
    Field(-725, 725, 32),
    Field(-3, 3, 2),
    Field(0, 0, 1),
    Field(-9, 40, None),
]


def test_a_cell_sees_what_python_computes() -> None:
    pairs = [(down, across) for down in FIELDS for across in FIELDS]
    cells = [(0, 0), (7, 2), (13, 13), (40, 0)]
    body = """
    const { size, words } = values;
    return values.pairs.map((field) => values.cells.map(([row, column]) => {
      const looks = { field, input: size, isGlobal: true };
      const seen = names.seenOf(looks, 1, { row, column });
      const { left, top, right, bottom } = names.boxOf(looks, seen);
      return [left, top, Math.max(left, right), Math.max(top, bottom), names.seenText({ words }, looks, seen)];
    }));
    """
    sent = {"pairs": [[asdict(axis) for axis in pair] for pair in pairs], "size": SIZE, "words": WORDS, "cells": cells}
    found = in_node("channel_view/js/page/seen.js", body, sent)
    for pair, of_cells in zip(pairs, found, strict=True):
        for cell, (*box, text) in zip(cells, of_cells, strict=True):
            wanted = theoretical_box(pair, cell, SIZE)
            assert box == [wanted.left, wanted.top, wanted.right, wanted.bottom]
            whole = f"{wanted.height:,}×{wanted.width:,}"
            seen = f", seen {wanted.bottom - wanted.top}×{wanted.right - wanted.left}" if wanted.is_clipped else ""
            assert text == f"{whole}{seen}. all"


def test_a_reduced_cell_sees_what_all_its_cells_see() -> None:
    looks = {"field": [{"lo": -3, "hi": 3, "jump": 2}] * 2, "input": [224, 224], "isGlobal": False}
    body = "return names.seenOf(values, 3, { row: 2, column: 0 });"
    # Cells 6, 7 and 8 see 9 to 15, 11 to 17 and 13 to 19.
    seen = in_node("channel_view/js/page/seen.js", body, looks)
    assert seen == {"down": {"lo": 9, "hi": 19}, "across": {"lo": -3, "hi": 7}}
