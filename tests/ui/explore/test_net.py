"""The net of the Explore page, changed: presets, typed lists and depths, and the switches of the papers."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.explore.depth import W_LISTS, W_NEAR
from resnet_viz.ui.explore.net import W_CUSTOMISE
from resnet_viz.ui.explore.state import (
    W_BLOCK,
    W_CLASSES,
    W_DEPTH,
    W_DILATION,
    W_GROUPS,
    W_LAYERS,
    W_NORM,
    W_PAPER,
    W_PLANES,
    W_POOLED,
    W_PRE_ACTIVATION,
    W_PRESET,
    W_SHORTCUT,
    W_SQUEEZE,
    W_STEM,
    W_STRIDE_IN,
    W_ZERO_INIT,
)
from tests.pages import errors, maps, open_page, open_still, query, run
from tests.ui.explore.parts import net, open_settings


def test_blocks_per_stage_are_typed() -> None:
    page = open_settings(is_still=False)
    run(page.text_input(key=W_LAYERS).set_value("2,3,5,2"))
    assert net(page) == "ResNet-26"
    assert query(page) == {"block": "basic", "layers": "2,3,5,2"}
    assert page.pills(key=W_PRESET).value is None
    for text in ("a,b", "0", "-1", "1,1,1,1,1,1,1", "1000000,1,1,1", "٣,x"):
        run(page.text_input(key=W_LAYERS).set_value(text))
        (told,) = errors(page)
        assert "2,3,5,2" in told
        assert page.text_input(key=W_LAYERS).value == text
        assert net(page) == "ResNet-26"
        assert maps(page) == "conv1"
    run(page.text_input(key=W_LAYERS).set_value("1 1 1 1"))
    assert net(page) == "ResNet-10"
    assert not errors(page)


def test_the_nets_of_the_paper_are_two_clicks_away() -> None:
    page = open_still()
    for name in ("plain34", "cifar20", "cifar110"):
        run(page.selectbox(key=W_PAPER).set_value(name))
        assert (net(page), query(page)) == (PRESETS[name].name, {"net": name})
        assert page.pills(key=W_PRESET).value is None
        assert not errors(page)
    run(page.pills(key=W_PRESET).set_value("resnet34"))
    assert page.selectbox(key=W_PAPER).value is None


SWITCHES: list[tuple[str, Any, str, dict[str, str]]] = [
    (W_STRIDE_IN, "1x1", "ResNet-50 v1", {"stride_in": "1x1"}),
    (W_SHORTCUT, "A", "ResNet-50 A", {"shortcut": "A"}),
    (W_SHORTCUT, "none", "Plain-50", {"shortcut": "none"}),
    (W_STEM, "deep", "ResNet-50 deep stem", {"stem": "deep"}),
    (W_POOLED, True, "ResNet-50 pooled shortcut", {"average_shortcut": "1"}),
    (W_PRE_ACTIVATION, True, "ResNet-50 v2", {"pre_activation": "1"}),
    (W_SQUEEZE, True, "SE-ResNet-50", {"squeeze_excitation": "1"}),
    (W_PLANES, "8, 16, 24, 32", "ResNet-50 [8, 16, 24, 32]", {"widths": "8,16,24,32"}),
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

    bottleneck = {W_STRIDE_IN, W_GROUPS, W_DILATION}
    switches = {W_POOLED, W_PRE_ACTIVATION, W_ZERO_INIT}
    assert bottleneck | switches <= offered(open_settings("net=resnet50"))
    assert not bottleneck & offered(open_settings("net=resnet18"))
    assert not switches & offered(open_settings("net=plain34"))
    assert not {W_DILATION} & offered(open_settings("block=bottleneck&layers=1,1,1"))
    assert not {W_POOLED} & offered(open_settings("net=resnet18&shortcut=A"))
    assert not {W_ZERO_INIT} & offered(open_settings("net=resnet18&pre_activation=1"))
    assert not {W_ZERO_INIT} & offered(open_settings("net=resnet18&norm=none"))


def test_a_net_without_norms_is_a_choice_and_begins_with_none_at_zero() -> None:
    page = open_settings("net=resnet18&zero_init_residual=1")
    assert page.selectbox(key=W_NORM).options[-1] == "None"
    run(page.selectbox(key=W_NORM).set_value("none"))
    assert "this net has no norms" in errors(page)[0]
    assert query(page) == {"net": "resnet18", "zero_init_residual": "1"}
    run(page.toggle(key=W_ZERO_INIT).set_value(False))
    assert (query(page), errors(page)) == ({"net": "resnet18", "norm": "none"}, [])
    assert "11.7 M" in [metric.value for metric in page.metric]


def test_what_cannot_be_combined_is_a_sentence_and_changes_nothing() -> None:
    page = open_settings("net=resnet50&pre_activation=1")
    run(page.segmented_control(key=W_SHORTCUT).set_value("none"))
    assert "plain net has no shortcut" in errors(page)[0]
    assert (net(page), query(page)) == ("ResNet-50 v2", {"net": "resnet50", "pre_activation": "1"})
    run(page.toggle(key=W_PRE_ACTIVATION).set_value(False))
    assert (net(page), errors(page)) == ("Plain-50", [])
    run(page.text_input(key=W_PLANES).set_value("64, 128"))
    assert "4 stages" in errors(page)[0]
    assert net(page) == "Plain-50"


def test_a_depth_is_typed_and_a_list_chosen() -> None:
    page = open_settings("net=resnet18&num_classes=7")
    assert any("18 = 1 + 2×8 + 1" in text.value for text in page.caption)
    run(page.number_input(key=W_DEPTH).set_value(26))
    assert net(page) == "ResNet-26"
    assert query(page) == {"block": "basic", "layers": "3,3,3,3", "num_classes": "7"}
    lists = page.pills(key=W_LISTS)
    assert lists.options[:2] == ["3-3-3-3 basic · 26 layers", "2-2-2-2 bottleneck · 26 layers"]
    assert lists.value == "3-3-3-3 basic · 26 layers"
    run(lists.set_value("2-2-2-2 bottleneck · 26 layers"))
    assert query(page) == {"block": "bottleneck", "layers": "2,2,2,2", "num_classes": "7"}
    assert page.metric[0].value == "26"
    assert page.number_input(key=W_DEPTH).value == 26
    # A list that is clicked again stays chosen.
    before = query(page)
    run(page.pills(key=W_LISTS).set_value(None))
    assert (query(page), page.pills(key=W_LISTS).value) == (before, "2-2-2-2 bottleneck · 26 layers")
    assert not errors(page)


def test_a_depth_that_no_net_has_offers_its_neighbours() -> None:
    page = open_settings("net=resnet50&groups=2&stride_in=1x1")
    before = (net(page), query(page))
    run(page.number_input(key=W_DEPTH).set_value(19))
    assert (net(page), query(page)) == before
    assert page.number_input(key=W_DEPTH).value == 19
    assert page.warning[0].value == "No ResNet has 19 layers: 18 or 20."
    run(page.button(key=f"{W_NEAR}:18").click())
    assert (net(page), query(page)) == ("ResNet-18", {"net": "resnet18"})
    assert (page.number_input(key=W_DEPTH).value, len(page.warning)) == (18, 0)
    run(page.number_input(key=W_DEPTH).set_value(18))  # as it is already
    assert (net(page), page.number_input(key=W_DEPTH).value) == ("ResNet-18", 18)
    run(page.number_input(key=W_DEPTH).set_value(19))
    assert {"2-2-2-2 basic · 18 layers", "2-2-3-2 basic · 20 layers", "3-3-3 CIFAR · 20 layers"} <= set(
        page.pills(key=W_LISTS).options
    )
    run(page.pills(key=W_LISTS).set_value("3-3-3 CIFAR · 20 layers"))
    assert (net(page), query(page)) == ("ResNet-20 (CIFAR)", {"net": "cifar20"})
    run(page.number_input(key=W_DEPTH).set_value(50))
    assert (net(page), query(page)) == ("ResNet-50", {"net": "resnet50"})
    run(page.text_input(key=W_LAYERS).set_value("5, 5, 3, 3"))
    assert page.number_input(key=W_DEPTH).value == 50
    assert page.pills(key=W_LISTS).value is None


def test_a_depth_that_the_dilation_does_not_go_with_is_refused() -> None:
    page = open_settings("net=resnet50&replace_stride_with_dilation=0,0,1")
    run(page.number_input(key=W_DEPTH).set_value(5))
    assert "nets of four stages; this one has 1" in errors(page)[0]
    assert (net(page), query(page)["net"]) == ("ResNet-50", "resnet50")
    assert page.number_input(key=W_DEPTH).value == 5


def test_settings_are_made_when_they_are_opened() -> None:
    page = open_still("net=resnet50&num_classes=7")
    assert not [box for box in page.number_input if box.key == W_CLASSES]
    page.session_state[W_CUSTOMISE] = True
    assert run(page).number_input(key=W_CLASSES).value == 7
    page.session_state[W_CUSTOMISE] = False
    run(run(page).pills(key=W_PRESET).set_value("resnext50_32x4d"))
    page.session_state[W_CUSTOMISE] = True
    assert run(page).number_input(key=W_GROUPS).value == 32
    own = open_still("block=basic&layers=1,2,3,4")
    assert own.text_input(key=W_LAYERS).value == "1, 2, 3, 4"


def test_a_basic_block_drops_what_only_a_bottleneck_has() -> None:
    page = open_settings("net=resnext50_32x4d&replace_stride_with_dilation=0,0,1")
    assert page.number_input(key=W_GROUPS).value == 32
    assert page.pills(key=W_DILATION).value == ["layer4"]
    run(page.segmented_control(key=W_BLOCK).set_value("basic"))
    assert (net(page), query(page)) == ("ResNet-34", {"net": "resnet34"})
    assert not errors(page)
    run(page.segmented_control(key=W_BLOCK).set_value("bottleneck"))
    assert net(page) == "ResNet-50"
