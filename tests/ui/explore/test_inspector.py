"""What is chosen on the Explore page: the list of nodes, the inspector, and the table of blocks and ops."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.ui.cache.kept import RECORDS
from resnet_viz.ui.explore.state import W_LAYERS, W_PRESET
from resnet_viz.ui.explore.table import W_FIND
from tests.pages import errors, maps, open_page, open_still, pick, query, run, warnings
from tests.ui.explore.parts import node_list, open_settings


def test_a_node_is_chosen_in_the_list() -> None:
    page = open_settings("net=resnet50", is_still=False)
    run(node_list(page).set_value("layer2.1.bn2"))
    assert query(page) == {"net": "resnet50", "node": "layer2.1.bn2"}
    assert node_list(page).value == maps(page) == "layer2.1.bn2"
    facts, *_details = page.table
    assert "128×28×28 → 128×28×28" in facts.value.to_string()
    run(page.pills(key=W_PRESET).set_value("resnet101"))
    assert node_list(page).value == maps(page) == "layer2.1.bn2"
    run(page.text_input(key=W_LAYERS).set_value("1,1,1,1"))
    assert (node_list(page).value, maps(page)) == ("network", "conv1")
    assert not warnings(page)


def test_the_inspector_tells_arithmetic_reasons_and_names() -> None:
    page = open_still("net=resnet50&node=layer2.0.conv2")
    said = "\n".join(text.value for text in page.markdown)
    assert "128 × 28 × 28 × 128 × 3 × 3 = **115,605,504**" in said
    assert "⌊(56 + 2 × 1 − 3) ÷ 2⌋ + 1 = **28**" in said
    assert "height, width **56 → 28**" in page.table[0].value.to_string()
    assert "128×128×3×3" in page.table[2].value.to_string()
    copied = [code.value for code in page.code]
    assert {"conv3_1, layer 2", "res3a_branch2b", "layer2.0.conv2.weight", "out = self.conv2(out)"} <= set(copied)
    assert "resnet.encoder.stages.1.layers.0.layer.1.convolution" in copied
    assert copied.count("layer2.0.conv2") == 1
    assert "torchvision, timm, Feature extraction" in [caption.value for caption in page.caption]
    run(node_list(page).set_value("layer2.0"))
    said = "\n".join(text.value for text in page.markdown)
    assert "2 ≠ 1: **yes**" in said
    assert "256 ≠ 512: **yes**" in said
    inspector = page.get_by_key("inspector")
    assert [box.label for box in inspector.expander] == [
        *("Why this shortcut", "How it is counted", "Cut here", "Parameters and buffers", "Names", "Source"),
    ]


@pytest.mark.parametrize("node", ["network", "input", "stem", "head", "layer1", "layer1.0..1", "layer2.0.downsample"])
def test_every_kind_of_thing_is_inspected(node: str) -> None:
    page = open_still(f"net=resnet18&node={node}")
    assert node_list(page).value == node
    assert not warnings(page)
    assert not errors(page)


def test_a_net_is_cut_at_what_is_chosen() -> None:
    page = open_still("net=resnet152&node=layer3.1..35")
    inspector = page.get_by_key("inspector")
    sides = inspector.table[1].value
    assert list(sides.iloc[0])[-2:] == ["43,179,072", "17,013,736"]
    assert list(sides.iloc[3])[-2:] == ["16", "2"]
    assert list(sides.iloc[4])[-2:] == ["1,291 px", "11 positions"]
    assert any("1,291 + (11 − 1) × 16 = 1,451 px" in text.value for text in inspector.caption)
    copied = [code.value for code in inspector.code]
    assert any('create_feature_extractor(model, {"layer3.35": "out"})' in code for code in copied)
    assert any("    model.layer3,\n)" in code for code in copied)
    run(node_list(page).set_value("layer3.0.conv2"))
    said = "\n".join(text.value for text in page.get_by_key("inspector").caption)
    assert "the shortcut of layer3.0 would be lost" in said
    run(node_list(page).set_value("network"))
    assert "Cut here" not in [box.label for box in page.get_by_key("inspector").expander]


def test_a_trained_net_is_cut_with_its_weights() -> None:
    page = open_still("net=digits20&weights=digits:resnet20&node=layer2")
    copied = [code.value for code in page.get_by_key("inspector").code]
    assert sum('load_weights(model, "digits:resnet20")' in code for code in copied) == 2


def test_what_nobody_names_has_no_names() -> None:
    inspector = open_still("net=resnet18&squeeze_excitation=1&node=layer1.0.se.mul").get_by_key("inspector")
    assert [box.label for box in inspector.expander] == ["How it is counted", "Cut here", "Source"]


def test_a_source_that_cannot_be_read_is_still_told_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnet_viz.views.inspect.source._code", lambda name, first, last: "")
    RECORDS.clear()
    page = open_still("net=resnet18&node=layer2.0.conv2")
    RECORDS.clear()
    assert any("`BasicBlock.forward`  \ntorchvision/models/resnet.py, line" in text.value for text in page.caption)
    assert not any("self.conv2(out)" in code.value for code in page.code)


def test_a_row_of_the_table_is_chosen_and_keeps_its_table() -> None:
    page = open_page("net=resnet18")
    names = list(page.dataframe[0].value["node"])
    page = pick(page, page.dataframe[0], rows=[names.index("layer3.1.conv2")])
    assert query(page) == {"net": "resnet18", "node": "layer3.1.conv2"}
    assert node_list(page).value == maps(page) == "layer3.1.conv2"
    page = pick(page, page.dataframe[0], rows=[names.index("layer4")])
    assert query(page)["node"] == "layer4"
    assert ticked(page) == []  # ticked by the click alone
    assert query(pick(page, page.dataframe[0], rows=[]))["node"] == "layer4"


@pytest.mark.parametrize(
    ("chosen", "row"), [("layer3.5.conv2", "layer3.5.conv2"), ("layer3.1..5", "layer3.5"), ("layer2", "layer2")]
)
def test_the_table_ticks_what_is_chosen_elsewhere(chosen: str, row: str) -> None:
    page = open_still(f"net=resnet50&node={chosen}")
    (table,) = page.dataframe
    (place,) = ticked(page)
    assert table.value["node"].iloc[place] == row
    run(node_list(page).set_value("conv1"))
    assert page.dataframe[0].value["node"].iloc[ticked(page)[0]] == "conv1"
    run(page.text_input(key=W_FIND).set_value("layer4"))
    assert ticked(page) == []


def ticked(page: AppTest) -> list[int]:
    (table,) = page.dataframe
    rows: list[int] = json.loads(table.proto.selection_default)["selection"]["rows"]
    return rows


def test_the_table_is_searched() -> None:
    page = open_still()
    run(page.text_input(key=W_FIND).set_value("layer3 conv2D 256×14×14"))
    (table,) = page.dataframe
    wanted = ["layer3.0.conv1", "layer3.0.conv2", "layer3.0.downsample.0", "layer3.1.conv1", "layer3.1.conv2"]
    assert sorted(table.value["node"]) == wanted
    run(page.text_input(key=W_FIND).set_value("zzz"))
    assert not page.dataframe
    assert any("Nothing matches" in info.value for info in page.info)
