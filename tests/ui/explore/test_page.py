"""What the Explore page does with its input, through Streamlit's AppTest: no browser, no JavaScript."""

import ast
import builtins
import gzip
import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import streamlit as st
import torchvision
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_viz import errors as family
from resnet_viz.spec.resnet import PRESETS, TORCHVISION
from resnet_viz.ui.page import state
from resnet_viz.ui.routes import find_drawing, find_tiles
from resnet_viz.units import format_count
from tests.places import ROOT

FAULT = "Something went wrong"


def open_page(address: str = "") -> AppTest:
    page = AppTest.from_file(str(ROOT / "resnet_viz/ui/main.py"), default_timeout=120)
    for key, value in parse_qsl(address):
        page.query_params[key] = value
    return run(page)


def open_settings(address: str = "") -> AppTest:
    """A page on which somebody opened *Customise*."""
    page = open_page(address)
    page.session_state[state.W_CUSTOMISE] = True
    return run(page)


def run(what: Any) -> AppTest:
    """Run a page, or that of a widget, without a fault of ours: a user is refused in a sentence or not at all."""
    page: AppTest = what.run()
    assert not page.exception
    assert not [text for text in errors(page) if text.startswith(FAULT)]
    return page


def net(page: AppTest) -> str:
    (title,) = page.title
    return title.value


def query(page: AppTest) -> dict[str, Any]:
    return {key: value[0] if isinstance(value, list) else value for key, value in page.query_params.items()}


def errors(page: AppTest) -> list[str]:
    return [error.value for error in page.error]


def warnings(page: AppTest) -> list[str]:
    return [warning.value for warning in page.warning]


def pictures(page: AppTest) -> list[str]:
    """What the pictures on the page are, by their text alternatives."""
    return [picture.proto.imgs[0].alt for picture in page.get("image")]


def tiles(page: AppTest, **changes: str) -> dict[str, Any]:
    """What the browser gets when it asks for the tiles that the page names, or for others: the header."""
    asked = dict(parse_qsl(component(page, state.W_TILES)["address"], keep_blank_values=True))
    packed = find_tiles({**asked, **changes})
    header: dict[str, Any] = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])
    return header


def maps(page: AppTest) -> str | None:
    """Whose maps are shown."""
    is_there = any(part.key == state.W_TILES for part in page.get("bidi_component"))
    return tiles(page)["name"] if is_there else None


def drawing(page: AppTest) -> dict[str, Any]:
    """What the browser gets when it asks for the drawing that the page names."""
    payload: dict[str, Any] = json.loads(gzip.decompress(find_drawing(dict(parse_qsl(mark(page)["address"])))))
    assert payload["address"] == mark(page)["address"]
    return payload


def mark(page: AppTest) -> dict[str, Any]:
    """What is said to be marked in the drawing, in a message of its own."""
    return component(page, f"mark_{state.W_GRAPH}")


def component(page: AppTest, key: str) -> dict[str, Any]:
    (found,) = [part for part in page.get("bidi_component") if part.key == key]
    sent: dict[str, Any] = json.loads(found.proto.json)
    return sent


def node_list(page: AppTest) -> Any:
    (found,) = [box for box in page.selectbox if box.label == "Node"]
    return found


# What is shown


def test_the_page_begins_with_resnet_18() -> None:
    page = open_page()
    assert net(page) == "ResNet-18"
    assert page.pills(key=state.W_PRESET).value == "resnet18"
    assert [(figure.label, figure.value) for figure in page.metric] == [
        ("Depth", "18"),
        ("Parameters", "11.7 M"),
        ("MACs at 224×224", "1.81 G"),
        ("Activations", "19.7 MiB"),
        ("Receptive field", "435 px"),
    ]
    assert "n:layer4.1" in drawing(page)["svg"]
    assert drawing(page)["title"].startswith("ResNet-18. Input 3×224×224.")
    assert node_list(page).value == "network"
    assert maps(page) == "conv1"
    assert any("Random weights" in text.value for text in page.markdown)
    assert any("model = resnet18()" in code.value for code in page.code)
    assert not errors(page)
    assert not warnings(page)


def test_every_preset_is_one_click_away() -> None:
    page = open_page()
    for name, spec in reversed(list(TORCHVISION.items())):
        run(page.pills(key=state.W_PRESET).set_value(name))
        assert net(page) == spec.name
        weights = torchvision.models.get_model_weights(name)[
            "IMAGENET1K_V1" if name != "resnext101_64x4d" else "DEFAULT"
        ]
        assert page.metric[1].value == format_count(weights.meta["num_params"])
        assert query(page) == {"net": name}
        assert maps(page) == "conv1"
        assert not errors(page)


def test_the_address_restores_net_level_form_and_node() -> None:
    page = open_settings("net=resnet50&num_classes=7&level=op&form=tall&node=layer3.5.conv2")
    assert net(page) == "ResNet-50"
    assert page.pills(key=state.W_PRESET).value == "resnet50"
    assert page.number_input(key=state.W_CLASSES).value == 7
    assert page.text_input(key=state.W_LAYERS).value == "3, 4, 6, 3"
    assert page.segmented_control(key=state.W_LEVEL).value == "op"
    assert page.segmented_control(key=state.W_FORM).value == "tall"
    assert node_list(page).value == maps(page) == "layer3.5.conv2"
    assert mark(page)["selected"] == "layer3.5.conv2"
    assert not warnings(page)


def test_a_run_in_the_address_is_inspected_as_a_whole() -> None:
    page = open_page("net=resnet152&node=layer3.1..35")
    assert "39,101,440" in page.table[0].value.to_string()
    assert mark(page)["selected"] == "layer3.1..35"
    assert node_list(page).value == "layer3.1..35"
    assert maps(page) == "layer3.35"


def test_parts_of_the_address_are_open() -> None:
    page = open_page("net=resnet152&blocks=layer2&ops=layer3.5&node=layer3.5.conv2&shade=macs")
    svg = drawing(page)["svg"]
    assert all(f'id="n:{name}"' in svg for name in ("layer2.7", "layer3.1..4", "layer3.5.conv2", "layer3.6..35"))
    assert 'id="n:layer3.1..35"' not in svg
    assert (mark(page)["selected"], mark(page)["shade"]) == ("layer3.5.conv2", "macs")
    assert drawing(page)["facts"]["layer3.5"]["level"] == "op"
    assert not warnings(page)
    (fold,) = [button for button in page.button if button.label == "Fold all"]
    run(fold.click())
    assert 'id="n:layer3.1..35"' in drawing(page)["svg"]
    assert query(page) == {"net": "resnet152", "node": "layer3.5.conv2", "shade": "macs"}
    (fold,) = [button for button in page.button if button.label == "Fold all"]
    assert fold.disabled


@pytest.mark.parametrize("level", ["block", "op"])
def test_fold_all_and_the_level_agree(level: str) -> None:
    page = open_page(f"net=resnet18&level={level}")
    (fold,) = [button for button in page.button if button.label == "Fold all"]
    run(fold.click())
    assert query(page) == {"net": "resnet18"}
    assert page.segmented_control(key=state.W_LEVEL).value == "folded"


def test_parts_stay_open_in_another_net_that_has_them() -> None:
    page = open_page("net=resnet152&blocks=layer2&ops=layer3.20")
    run(page.pills(key=state.W_PRESET).set_value("resnet50"))
    assert query(page) == {"net": "resnet50", "blocks": "layer2"}
    assert 'id="n:layer2.3"' in drawing(page)["svg"]
    run(page.segmented_control(key=state.W_LEVEL).set_value("block"))
    assert query(page) == {"net": "resnet50", "level": "block"}


@pytest.mark.parametrize(
    "address", ["ops=layer9", "blocks=<b>layer1</b>", "folded=layer1..2~~..", "ops=" + "layer9~" * 300]
)
def test_parts_that_the_net_has_not_are_told(address: str) -> None:
    page = open_page(f"net=resnet18&{address}")
    assert any("to open" in text for text in warnings(page))
    assert 'id="n:layer4.1"' in drawing(page)["svg"]
    assert not errors(page)


def test_levels_say_how_large_they_would_be() -> None:
    page = open_page("net=resnet152")
    options = page.segmented_control(key=state.W_LEVEL).options
    around = 1 + 2 + 2  # the input, conv1 and pool, pool and fc
    n_boxes = [around + 2 * 8 + 4, around + 2 * 50 + 4, 1 + 515]  # runs or blocks with their adds, and projections
    assert [int(re.sub(r"\D", "", option)) for option in options] == n_boxes


@pytest.mark.parametrize(
    "nonsense",
    [
        *("net=resnet19", "net=resnet18&groups=x", "block=basic", "block=basic&layers=0", "net=resnet18&input_size=-1"),
        *("block=basic&layers=2,2,2,2,2,2,2", "block=basic&layers=1000000,1,1,1"),
        *("net=resnet18&level=everything", "net=resnet18&form=round", "net=resnet18&node=layer9<script>"),
    ],
)
def test_nonsense_in_the_address_is_told_and_replaced(nonsense: str) -> None:
    page = open_page(nonsense)
    assert net(page) == "ResNet-18"
    assert page.segmented_control(key=state.W_LEVEL).value == "folded"
    assert page.segmented_control(key=state.W_FORM).value == "strip"
    assert len(warnings(page)) == 1
    run(page.pills(key=state.W_PRESET).set_value("resnet34"))
    assert net(page) == "ResNet-34"
    assert query(page)["net"] == "resnet34"


@pytest.mark.parametrize("key", ["net", "level", "ops", "node"])
def test_a_link_brings_no_links_and_pictures_of_its_own(key: str) -> None:
    page = open_page(f"{key}=![a](//b.example)[c](//d)")
    (told,) = warnings(page)
    assert r"\!\[a\](//b.example)\[c\]" in told


# What is changed


def test_blocks_per_stage_are_typed() -> None:
    page = open_settings()
    run(page.text_input(key=state.W_LAYERS).set_value("2,3,5,2"))
    assert net(page) == "ResNet-26"
    assert query(page) == {"block": "basic", "layers": "2,3,5,2"}
    assert page.pills(key=state.W_PRESET).value is None
    for text in ("a,b", "0", "-1", "1,1,1,1,1,1,1", "1000000,1,1,1", "٣,x"):
        run(page.text_input(key=state.W_LAYERS).set_value(text))
        (told,) = errors(page)
        assert "2,3,5,2" in told
        assert page.text_input(key=state.W_LAYERS).value == text
        assert net(page) == "ResNet-26"
        assert maps(page) == "conv1"
    run(page.text_input(key=state.W_LAYERS).set_value("1 1 1 1"))
    assert net(page) == "ResNet-10"
    assert not errors(page)


def test_the_nets_of_the_paper_are_two_clicks_away() -> None:
    page = open_page()
    for name in ("plain34", "cifar20", "cifar110"):
        run(page.selectbox(key=state.W_PAPER).set_value(name))
        assert (net(page), query(page)) == (PRESETS[name].name, {"net": name})
        assert page.pills(key=state.W_PRESET).value is None
        assert not errors(page)
    run(page.pills(key=state.W_PRESET).set_value("resnet34"))
    assert page.selectbox(key=state.W_PAPER).value is None


SWITCHES: list[tuple[str, Any, str, dict[str, str]]] = [
    (state.W_STRIDE_IN, "1x1", "ResNet-50 v1", {"stride_in": "1x1"}),
    (state.W_SHORTCUT, "A", "ResNet-50 A", {"shortcut": "A"}),
    (state.W_SHORTCUT, "none", "Plain-50", {"shortcut": "none"}),
    (state.W_STEM, "deep", "ResNet-50 deep stem", {"stem": "deep"}),
    (state.W_POOLED, True, "ResNet-50 pooled shortcut", {"average_shortcut": "1"}),
    (state.W_PRE_ACTIVATION, True, "ResNet-50 v2", {"pre_activation": "1"}),
    (state.W_SQUEEZE, True, "SE-ResNet-50", {"squeeze_excitation": "1"}),
    (state.W_PLANES, "8, 16, 24, 32", "ResNet-50 [8, 16, 24, 32]", {"widths": "8,16,24,32"}),
]


@pytest.mark.parametrize(("key", "value", "name", "changes"), SWITCHES, ids=lambda part: str(part)[:20])
def test_each_setting_of_the_papers_is_one_switch(key: str, value: Any, name: str, changes: dict[str, str]) -> None:
    page = open_settings("net=resnet50")
    kinds = ("segmented_control", "toggle", "text_input")
    widget: Any = next(box for kind in kinds for box in page.get(kind) if box.key == key)
    run(widget.set_value(value))
    assert net(page) == name
    expected = PRESETS["resnet50"].from_query({"net": "resnet50", **changes})
    assert PRESETS["resnet50"].from_query(query(page)) == expected
    assert not errors(page)


@pytest.mark.parametrize("look", ["channels", "filmstrip", "block", "prediction", "kernels"])
@pytest.mark.parametrize(
    "address", ["net=plain18", "net=resnet18&pre_activation=1&squeeze_excitation=1&stem=deep", "net=cifar20"]
)
def test_every_way_to_look_takes_the_papers_nets(address: str, look: str) -> None:
    page = open_page(f"{address}&input_size=48x48&look={look}&node=layer2.0")
    assert page.metric[0].value == ("20" if "cifar" in address else "18")
    if (address, look) == ("net=plain18", "block"):
        assert "it has no shortcut beside its layers" in errors(page)[0]
    else:
        assert not errors(page)


def test_only_settings_that_make_sense_are_offered() -> None:
    def offered(page: AppTest) -> set[str | None]:
        kinds = ("segmented_control", "pills", "toggle", "number_input", "text_input", "button_group")
        return {box.key for kind in kinds for box in page.get(kind)}

    bottleneck = {state.W_STRIDE_IN, state.W_GROUPS, state.W_DILATION}
    switches = {state.W_POOLED, state.W_PRE_ACTIVATION, state.W_ZERO_INIT}
    assert bottleneck | switches <= offered(open_settings("net=resnet50"))
    assert not bottleneck & offered(open_settings("net=resnet18"))
    assert not switches & offered(open_settings("net=plain34"))
    assert not {state.W_DILATION} & offered(open_settings("block=bottleneck&layers=1,1,1"))
    assert not {state.W_POOLED} & offered(open_settings("net=resnet18&shortcut=A"))
    assert not {state.W_ZERO_INIT} & offered(open_settings("net=resnet18&pre_activation=1"))


def test_what_cannot_be_combined_is_a_sentence_and_changes_nothing() -> None:
    page = open_settings("net=resnet50&pre_activation=1")
    run(page.segmented_control(key=state.W_SHORTCUT).set_value("none"))
    assert "plain net has no shortcut" in errors(page)[0]
    assert (net(page), query(page)) == ("ResNet-50 v2", {"net": "resnet50", "pre_activation": "1"})
    run(page.toggle(key=state.W_PRE_ACTIVATION).set_value(False))
    assert (net(page), errors(page)) == ("Plain-50", [])
    run(page.text_input(key=state.W_PLANES).set_value("64, 128"))
    assert "4 stages" in errors(page)[0]
    assert net(page) == "Plain-50"


def test_a_depth_is_typed_and_a_list_chosen() -> None:
    page = open_settings("net=resnet18&num_classes=7")
    assert any("18 = 1 + 2×8 + 1" in text.value for text in page.caption)
    run(page.number_input(key=state.W_DEPTH).set_value(26))
    assert net(page) == "ResNet-26"
    assert query(page) == {"block": "basic", "layers": "3,3,3,3", "num_classes": "7"}
    lists = page.pills(key=state.W_LISTS)
    assert lists.options[:2] == ["3-3-3-3 basic", "2-2-2-2 bottleneck"]
    assert lists.value == "3-3-3-3 basic"
    run(lists.set_value("2-2-2-2 bottleneck"))
    assert query(page) == {"block": "bottleneck", "layers": "2,2,2,2", "num_classes": "7"}
    assert page.metric[0].value == "26"
    assert page.number_input(key=state.W_DEPTH).value == 26
    assert not errors(page)


def test_a_depth_that_no_net_has_offers_its_neighbours() -> None:
    page = open_settings("net=resnet50&groups=2&stride_in=1x1")
    run(page.number_input(key=state.W_DEPTH).set_value(19))
    assert (net(page), query(page)) == ("ResNet-18", {"net": "resnet18"})
    assert page.number_input(key=state.W_DEPTH).value == 19
    assert {"2-2-2-2 basic", "2-2-3-2 basic", "3-3-3 CIFAR"} <= set(page.pills(key=state.W_LISTS).options)
    run(page.pills(key=state.W_LISTS).set_value("3-3-3 CIFAR"))
    assert (net(page), query(page)) == ("ResNet-20 (CIFAR)", {"net": "cifar20"})
    run(page.number_input(key=state.W_DEPTH).set_value(50))
    assert (net(page), query(page)) == ("ResNet-50", {"net": "resnet50"})
    run(page.text_input(key=state.W_LAYERS).set_value("5, 5, 3, 3"))
    assert page.number_input(key=state.W_DEPTH).value == 50
    assert page.pills(key=state.W_LISTS).value is None


def test_settings_are_made_when_they_are_opened() -> None:
    page = open_page("net=resnet50&num_classes=7")
    assert not [box for box in page.number_input if box.key == state.W_CLASSES]
    page.session_state[state.W_CUSTOMISE] = True
    assert run(page).number_input(key=state.W_CLASSES).value == 7
    page.session_state[state.W_CUSTOMISE] = False
    run(run(page).pills(key=state.W_PRESET).set_value("resnext50_32x4d"))
    page.session_state[state.W_CUSTOMISE] = True
    assert run(page).number_input(key=state.W_GROUPS).value == 32
    own = open_page("block=basic&layers=1,2,3,4")
    assert own.text_input(key=state.W_LAYERS).value == "1, 2, 3, 4"


def test_a_basic_block_drops_what_only_a_bottleneck_has() -> None:
    page = open_settings("net=resnext50_32x4d&replace_stride_with_dilation=0,0,1")
    assert page.number_input(key=state.W_GROUPS).value == 32
    assert page.pills(key=state.W_DILATION).value == ["layer4"]
    run(page.segmented_control(key=state.W_BLOCK).set_value("basic"))
    assert (net(page), query(page)) == ("ResNet-34", {"net": "resnet34"})
    assert not errors(page)
    run(page.segmented_control(key=state.W_BLOCK).set_value("bottleneck"))
    assert net(page) == "ResNet-50"


def test_a_node_is_chosen_in_the_list() -> None:
    page = open_settings("net=resnet50")
    run(node_list(page).set_value("layer2.1.bn2"))
    assert query(page) == {"net": "resnet50", "node": "layer2.1.bn2"}
    assert node_list(page).value == maps(page) == "layer2.1.bn2"
    facts, *_details = page.table
    assert "128×28×28 → 128×28×28" in facts.value.to_string()
    run(page.pills(key=state.W_PRESET).set_value("resnet101"))
    assert node_list(page).value == maps(page) == "layer2.1.bn2"
    run(page.text_input(key=state.W_LAYERS).set_value("1,1,1,1"))
    assert (node_list(page).value, maps(page)) == ("network", "conv1")
    assert not warnings(page)


def test_the_inspector_tells_arithmetic_reasons_and_names() -> None:
    page = open_page("net=resnet50&node=layer2.0.conv2")
    said = "\n".join(text.value for text in page.markdown)
    assert "128 × 28 × 28 × 128 × 3 × 3 = **115,605,504**" in said
    assert "⌊(56 + 2 × 1 − 3) ÷ 2⌋ + 1 = **28**" in said
    assert "height, width **56 → 28**" in page.table[0].value.to_string()
    assert "128×128×3×3" in page.table[1].value.to_string()
    copied = [code.value for code in page.code]
    assert {"conv3_1, layer 2", "res3a_branch2b", "layer2.0.conv2.weight", "out = self.conv2(out)"} <= set(copied)
    run(node_list(page).set_value("layer2.0"))
    said = "\n".join(text.value for text in page.markdown)
    assert "2 ≠ 1: **yes**" in said
    assert "256 ≠ 512: **yes**" in said
    inspector = page.get_by_key("inspector")
    assert [box.label for box in inspector.expander] == [
        *("Why this shortcut", "How it is counted", "Parameters and buffers", "Names", "Source"),
    ]


@pytest.mark.parametrize("node", ["network", "input", "stem", "head", "layer1", "layer1.0..1", "layer2.0.downsample"])
def test_every_kind_of_thing_is_inspected(node: str) -> None:
    page = open_page(f"net=resnet18&node={node}")
    assert node_list(page).value == node
    assert not warnings(page)
    assert not errors(page)


@pytest.mark.parametrize(
    ("chosen", "row"), [("layer3.5.conv2", "layer3.5.conv2"), ("layer3.1..5", "layer3.5"), ("layer2", "layer2")]
)
def test_the_table_ticks_what_is_chosen_elsewhere(chosen: str, row: str) -> None:
    page = open_page(f"net=resnet50&node={chosen}")
    (table,) = page.dataframe
    (place,) = ticked(page)
    assert table.value["node"].iloc[place] == row
    run(node_list(page).set_value("conv1"))
    assert page.dataframe[0].value["node"].iloc[ticked(page)[0]] == "conv1"
    run(page.text_input(key=state.W_FIND).set_value("layer4"))
    assert ticked(page) == []


def ticked(page: AppTest) -> list[int]:
    (table,) = page.dataframe
    rows: list[int] = json.loads(table.proto.selection_default)["selection"]["rows"]
    return rows


def test_going_back_restores_what_the_address_says() -> None:
    page = open_settings()
    run(page.pills(key=state.W_PRESET).set_value("resnet50"))
    run(page.text_input(key=state.W_LAYERS).set_value("nonsense"))
    assert errors(page)
    del page.query_params["net"]
    run(page)
    assert net(page) == "ResNet-18"
    assert page.text_input(key=state.W_LAYERS).value == "2, 2, 2, 2"
    assert not errors(page)


def test_the_table_is_searched() -> None:
    page = open_page()
    run(page.text_input(key=state.W_FIND).set_value("layer3 conv2D 256×14×14"))
    (table,) = page.dataframe
    wanted = ["layer3.0.conv1", "layer3.0.conv2", "layer3.0.downsample.0", "layer3.1.conv1", "layer3.1.conv2"]
    assert sorted(table.value["node"]) == wanted
    run(page.text_input(key=state.W_FIND).set_value("zzz"))
    assert not page.dataframe
    assert any("Nothing matches" in info.value for info in page.info)


def test_sessions_do_not_mix() -> None:
    one, other = open_settings(), open_settings("net=resnet34")
    run(one.text_input(key=state.W_LAYERS).set_value("rubbish"))
    run(other)
    assert (net(one), len(errors(one))) == ("ResNet-18", 1)
    assert (net(other), len(errors(other))) == ("ResNet-34", 0)
    run(one.segmented_control(key=state.W_SOURCE).set_value("upload"))
    run(one.file_uploader(key=state.W_UPLOAD).set_value(("red.png", png((9, 9)), "image/png")))
    run(other.pills(key=state.W_PRESET).set_value("resnet50"))
    assert (net(one), query(one)) == ("ResNet-18", {})
    assert other.segmented_control(key=state.W_SOURCE).value == "sample"
    assert other.file_uploader(key=state.W_UPLOAD).value is None


# Pictures


def png(size: tuple[int, int]) -> bytes:
    data = BytesIO()
    Image.linear_gradient("L").resize(size).save(data, "PNG")
    return data.getvalue()


def test_a_picture_is_uploaded_or_refused_in_a_sentence() -> None:
    page = open_page()
    run(page.segmented_control(key=state.W_SOURCE).set_value("upload"))
    assert maps(page) is None
    assert any("Choose a picture" in info.value for info in page.info)
    good = png((300, 200))
    for data, words in ((good, None), (good[:300], "damaged"), (b"no picture", "no picture"), (good, None)):
        run(page.file_uploader(key=state.W_UPLOAD).set_value(("cat.png", data, "image/png")))
        if words is None:
            assert not errors(page)
            assert (pictures(page)[0], maps(page)) == ("The part that the net sees", "conv1")
            assert any("300×200 pixels" in caption.value for caption in page.caption)
        else:
            (told,) = errors(page)
            assert words in told
            assert not pictures(page)
        # What comes after the picture is there in any case.
        assert page.dataframe
    run(page.pills(key=state.W_PRESET).set_value("resnet34"))
    assert (net(page), maps(page)) == ("ResNet-34", "conv1")


def test_a_net_of_one_channel_says_why_it_shows_no_maps() -> None:
    page = open_settings("net=resnet18&in_channels=1")
    (told,) = errors(page)
    assert "3 (RGB)" in told
    assert maps(page) is None
    assert page.dataframe
    run(page.number_input(key=state.W_CHANNELS).set_value(3))
    assert maps(page) == "conv1"


# What is kept


def keep_labels(page: AppTest) -> set[str]:
    """What the Download button asks for."""
    widgets = [*page.segmented_control, *page.toggle, *page.number_input]
    return {widget.label for widget in widgets if str(widget.key).startswith("w_keep")}


def offered(page: AppTest) -> list[str]:
    return [button.proto.label for button in page.get("download_button") if "w_keep_file" in button.proto.id]


def test_only_what_matters_to_a_format_is_asked_for() -> None:
    page = open_page("net=resnet50&level=block")
    look = {"Format", "Colours", "Transparent background"}
    wanted = {
        "svg": (look, "resnet50-block.svg"),
        "png": ({*look, "Scale"}, "resnet50-block-2x.png"),
        "pdf": ({*look, "Pages"}, "resnet50-block.pdf"),
        "dot": (look, "resnet50-block.dot"),
        "json": ({"Format"}, "resnet50-block.json"),
    }
    for kind, (labels, name) in wanted.items():
        run(page.segmented_control(key=state.W_KEEP_FORMAT).set_value(kind))
        assert keep_labels(page) == labels
        assert offered(page) == [f"Download {name}"]
    run(page.segmented_control(key=state.W_KEEP_FORMAT).set_value("pdf"))
    run(page.segmented_control(key=state.W_KEEP_PAGE).set_value("a4"))
    assert "Scale" in keep_labels(page)
    run(page.segmented_control(key=state.W_KEEP_THEME).set_value("dark"))
    assert offered(page) == ["Download resnet50-block-dark-a4.pdf"]


def test_a_file_too_large_is_told_instead_of_made() -> None:
    page = open_page("net=resnet152&level=block")
    run(page.segmented_control(key=state.W_KEEP_FORMAT).set_value("png"))
    run(page.number_input(key=f"{state.W_KEEP_SCALE}:png").set_value(8.0))
    (told,) = errors(page)
    assert "Choose a scale of at most" in told
    assert not offered(page)
    run(page.number_input(key=f"{state.W_KEEP_SCALE}:png").set_value(1.0))
    assert offered(page) == ["Download resnet152-block.png"]
    assert not errors(page)


def test_the_shade_on_the_screen_is_in_the_file_s_name() -> None:
    assert offered(open_page("net=resnet18&shade=macs&ops=layer2.0")) == ["Download resnet18-folded-opened-macs.svg"]


# What is too much


@pytest.mark.parametrize(
    "huge",
    [
        "block=bottleneck&layers=1,1,1,1&width_per_group=1000000",
        "block=bottleneck&layers=1,1,1,1&width_per_group=1000000&groups=1000000",
        "net=resnet18&in_channels=1000000&input_size=4096x4096",
        "net=resnet18&input_size=4096x4096",
    ],
)
def test_what_does_not_fit_is_refused_and_the_page_stays_usable(huge: str) -> None:
    page = open_page(huge)
    assert errors(page)
    assert maps(page) is None
    run(page.pills(key=state.W_PRESET).set_value("resnet34"))
    assert (net(page), maps(page)) == ("ResNet-34", "conv1")
    assert not errors(page)


def test_a_drawing_of_too_many_boxes_is_refused_in_a_sentence() -> None:
    page = open_page("block=basic&layers=250,1,1,1&level=op&node=conv1&input_size=32x32")
    (told,) = warnings(page)
    assert "folded" in told
    assert not offered(page)
    assert maps(page) == "conv1"
    run(page.segmented_control(key=state.W_LEVEL).set_value("folded"))
    assert "n:layer1.0..249" in drawing(page)["svg"]


@pytest.mark.parametrize("extreme", ["input_size=1x1", "input_size=4096x1", "input_size=1x4096", "num_classes=1"])
@pytest.mark.parametrize("node", ["input", "layer4", "fc"])
def test_extreme_maps_are_shown(extreme: str, node: str) -> None:
    page = open_page(f"net=resnet18&{extreme}&node={node}")
    assert maps(page) == node
    assert not errors(page)


# Words

FILES = [
    ROOT / "app.py",
    *sorted((ROOT / "resnet_viz" / "ui").rglob("*.py")),
    *sorted((ROOT / "resnet_viz" / "views").rglob("*.py")),
]
# `st.exception` is no one's here; the logger's writes to the log.
SPOKEN = {name for name in dir(st) if not name.startswith("_")} - {"exception"} - set(dir(builtins))
SENTENCE = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def untranslated(call: ast.AST) -> Iterator[str]:
    """Sentences inside a call that are in no `_()` or `n_()`."""
    for part in ast.iter_child_nodes(call):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and SENTENCE.search(part.value):
            yield part.value
        elif not (isinstance(part, ast.Call) and getattr(part.func, "id", "") in ("_", "n_")):
            yield from untranslated(part)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_sentences_for_the_reader_are_translated(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    families = {name for name in vars(family) if name.endswith("Error")}
    for name, call in calls(tree):
        if name in SPOKEN | families:
            assert not list(untranslated(call)), f"{path.name}:{call.lineno}"
        if name in ("_", "n_") and not isinstance(call.args[0], ast.Attribute):
            # Babel reads the words where they stand: a literal, filled only afterwards.
            assert isinstance(call.args[0], ast.Constant), f"{path.name}:{call.lineno}"
