"""What the picture of a cell gets from Python, and which of the browser's messages are believed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from resnet_viz import ResNetSpec
from resnet_viz.ui.components.cell_view import pack_picture, read_block_id
from resnet_viz.views.structure.picture import CellPicture, draw_cell
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.style import PALETTES, WIRES
from tests.nets import trace_of


def picture_of(spec: ResNetSpec | str, row: str) -> CellPicture:
    table = structure_table([trace_of(spec)])
    cell = table.cell(row, table.columns[0])
    assert cell is not None
    picture = draw_cell(table, cell)
    assert picture is not None
    return picture


def packed(picture: CellPicture, place: int | None = None, chosen: str | None = None) -> Any:
    """As the browser reads it."""
    return json.loads(json.dumps(pack_picture(picture, "name", place, chosen), allow_nan=False))


def test_each_block_has_its_kind_and_its_reason_as_its_name() -> None:
    data = packed(picture_of("resnet50", "conv3_x"), 1, "layer2.1")
    assert [(block["number"], block["kind"]) for block in data["blocks"]] == [
        (1, "projection"), (2, "identity"), (3, "identity"), (4, "identity")
    ]  # fmt: skip
    assert data["blocks"][0]["name"] == "Block 1, layer2.0: 256 → 512 channels and stride 2: projection"
    assert (data["chosen"], data["count"]) == ("layer2.1", "×4: 4 blocks, one after the other")
    assert data["layers"][0]["first"] == "first block: 256 → 128"


def test_colours_and_lines_are_those_of_the_drawing() -> None:
    data = packed(picture_of("resnet50", "conv3_x"), 1)
    for theme, palette in PALETTES.items():
        assert data["paints"][theme] == [palette.stages[1].fill, palette.stages[1].line]
        assert data["wires"][theme]["identity"] == palette.identity
    assert data["styles"]["projection"] == WIRES["projection"].style == "dashed"


def test_of_very_many_blocks_the_rest_is_counted() -> None:
    data = packed(picture_of(ResNetSpec("basic", (60, 1, 1, 1)), "conv2_x"))
    assert (len(data["blocks"]), data["more"]) == (48, "… and 12 more")
    assert packed(picture_of("resnet152", "conv4_x"))["more"] == ""


@pytest.mark.parametrize(
    ("value", "block"),
    [
        ({"id": "layer2.3"}, "layer2.3"),
        ({"id": "layer3.0"}, None),
        ({"id": ["layer2.3"]}, None),
        ({}, None),
        ("layer2.3", None),
        (None, None),
    ],
)
def test_a_message_names_one_of_the_blocks_or_is_none(value: object, block: str | None) -> None:
    assert read_block_id(picture_of("resnet50", "conv3_x"), value) == block
