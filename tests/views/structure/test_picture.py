"""A cell as a picture: what each line does, the channels that go in and out, and why each block has its shortcut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnet_viz import PRESETS, ResNetSpec
from resnet_viz.views.structure.picture import CellPicture, draw_cell
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.table import EXTRAS
from tests.nets import NETS, trace_of


def picture_of(spec: ResNetSpec | str, row: str) -> CellPicture:
    table = structure_table([trace_of(spec)])
    cell = table.cell(row, table.columns[0])
    assert cell is not None
    picture = draw_cell(table, cell)
    assert picture is not None
    return picture


def test_a_bottleneck_reduces_looks_around_and_expands() -> None:
    picture = picture_of("resnet50", "conv2_x")
    assert [(line.text, line.deed, line.change, line.first) for line in picture.layers] == [
        ("1×1, 64", "reduce", "256 → 64 channels", "64 → 64"),
        ("3×3, 64", "look around", "64 → 64 channels", ""),
        ("1×1, 256", "expand", "64 → 256 channels", ""),
    ]
    (pool,) = picture.above
    assert (pool.text, pool.change) == ("3×3 max pool, stride 2", "112×112 → 56×56")
    assert [(reason.numbers, reason.kind, reason.text) for reason in picture.reasons] == [
        ("1", "projection", "64 → 256 channels: projection"),
        ("2–3", "identity", "256 = 256 channels, stride 1: identity, x is added as it is"),
    ]
    assert [block.id for block in picture.blocks] == ["layer1.0", "layer1.1", "layer1.2"]


def test_the_first_block_is_told_where_it_differs() -> None:
    picture = picture_of("resnet152", "conv4_x")
    assert [line.first for line in picture.layers] == ["512 → 256", "stride 2", ""]
    assert (len(picture.blocks), picture.reasons[0].text) == (36, "512 → 1024 channels and stride 2: projection")


def test_a_basic_block_looks_around_twice() -> None:
    picture = picture_of("resnet18", "conv3_x")
    assert [line.deed for line in picture.layers] == ["look around", "look around again"]
    assert [line.first for line in picture.layers] == ["64 → 128, stride 2", ""]
    assert picture_of("resnet18", "conv2_x").reasons[0].numbers == "1–2"


def test_other_blocks_have_their_own_words() -> None:
    assert picture_of("resnext50_32x4d", "conv2_x").layers[1].deed == "look around, in 32 groups"
    assert (
        picture_of(replace(PRESETS["resnet50"], squeeze_excitation=True), "conv2_x").layers[-1].deed
        == "weigh the channels"
    )
    plain = picture_of("plain34", "conv3_x")
    assert [(reason.numbers, reason.text) for reason in plain.reasons] == [("1–4", "no shortcut")]
    assert picture_of("cifar20", "conv3_x").reasons[0].text == "16 → 32 channels and stride 2: parameter-free"
    every = picture_of(replace(PRESETS["resnet18"], shortcut="C"), "conv2_x")
    assert [reason.text for reason in every.reasons] == ["projection, though x would fit as it is"]


def test_stem_and_head_have_lines_and_no_blocks() -> None:
    stem, head = (picture_of("resnet50", row) for row in ("conv1", "head"))
    assert [(line.text, line.change) for line in stem.layers] == [
        ("7×7, 64, stride 2", "3 → 64 channels, 224×224 → 112×112")
    ]
    assert [(line.text, line.change) for line in head.layers] == [
        ("average pool", "7×7 → 1×1"), ("1000-d fc", "2048 → 1000 classes")
    ]  # fmt: skip
    assert stem.blocks == head.blocks == ()


@pytest.mark.parametrize("spec", NETS.values(), ids=NETS)
def test_every_cell_of_layers_is_drawn_with_all_its_blocks(spec: ResNetSpec) -> None:
    table = structure_table([trace_of(spec)], EXTRAS)
    for cell in table.cells:
        picture = draw_cell(table, cell)
        assert (picture is None) == (cell.stage is None)
        if picture is None:
            continue
        assert len(picture.blocks) == cell.n_blocks
        if cell.brackets:
            assert tuple(line.text for line in picture.layers) == cell.brackets[-1].layers
