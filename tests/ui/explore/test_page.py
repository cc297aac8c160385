"""What the Explore page does with its input, through Streamlit's AppTest: no browser, no JavaScript."""

import logging
import re

import pytest
import torchvision

from resnet_viz.errors import DrawError
from resnet_viz.spec.resnet import TORCHVISION
from resnet_viz.ui.explore.graph import W_FORM, W_LEVEL
from resnet_viz.ui.explore.state import W_CHANNELS, W_CLASSES, W_LAYERS, W_PRESET
from resnet_viz.ui.picture.source import W_SOURCE, W_UPLOAD
from resnet_viz.ui.server.wanted import Abandoned
from resnet_viz.units import format_count
from resnet_viz.workers.failures import EngineFailed
from tests.pages import FAULT, errors, maps, open_page, open_still, pictures, png, query, run, warnings
from tests.ui.explore.parts import drawing, mark, net, node_list, open_settings

# What is shown


def test_the_page_begins_with_resnet_18() -> None:
    page = open_page()
    assert net(page) == "ResNet-18"
    assert page.pills(key=W_PRESET).value == "resnet18"
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
        run(page.pills(key=W_PRESET).set_value(name))
        assert net(page) == spec.name
        weights = torchvision.models.get_model_weights(name)[
            "IMAGENET1K_V1" if name != "resnext101_64x4d" else "DEFAULT"
        ]
        assert page.metric[1].value == format_count(weights.meta["num_params"])
        assert query(page) == {"net": name}
        assert maps(page) == "conv1"
        assert not errors(page)


def test_the_address_restores_net_level_form_and_node() -> None:
    page = open_settings("net=resnet50&num_classes=7&level=op&form=tall&node=layer3.5.conv2", is_still=False)
    assert net(page) == "ResNet-50"
    assert page.pills(key=W_PRESET).value == "resnet50"
    assert page.number_input(key=W_CLASSES).value == 7
    assert page.text_input(key=W_LAYERS).value == "3, 4, 6, 3"
    assert page.segmented_control(key=W_LEVEL).value == "op"
    assert page.segmented_control(key=W_FORM).value == "tall"
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
    page = open_still("net=resnet152&blocks=layer2&ops=layer3.5&node=layer3.5.conv2&shade=macs")
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
def test_fold_all_is_for_single_parts_and_agrees_with_the_level(level: str) -> None:
    page = open_still(f"net=resnet18&level={level}")
    (fold,) = [button for button in page.button if button.label == "Fold all"]
    assert fold.disabled  # the level says it all
    page = open_still(f"net=resnet18&level={level}&folded=layer1")
    (fold,) = [button for button in page.button if button.label == "Fold all"]
    run(fold.click())
    assert query(page) == {"net": "resnet18"}
    assert page.segmented_control(key=W_LEVEL).value == "folded"


def test_parts_stay_open_in_another_net_that_has_them() -> None:
    page = open_still("net=resnet152&blocks=layer2&ops=layer3.20")
    run(page.pills(key=W_PRESET).set_value("resnet50"))
    assert query(page) == {"net": "resnet50", "blocks": "layer2"}
    assert 'id="n:layer2.3"' in drawing(page)["svg"]
    run(page.segmented_control(key=W_LEVEL).set_value("block"))
    assert query(page) == {"net": "resnet50", "level": "block"}


@pytest.mark.parametrize(
    "address", ["ops=layer9", "blocks=<b>layer1</b>", "folded=layer1..2~~..", "ops=" + "layer9~" * 300]
)
def test_parts_that_the_net_has_not_are_told(address: str) -> None:
    page = open_still(f"net=resnet18&{address}")
    assert any("to open" in text for text in warnings(page))
    assert 'id="n:layer4.1"' in drawing(page)["svg"]
    assert not errors(page)


def test_levels_say_how_large_they_would_be() -> None:
    page = open_still("net=resnet152")
    options = page.segmented_control(key=W_LEVEL).options
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
    page = open_still(nonsense)
    assert net(page) == "ResNet-18"
    assert page.segmented_control(key=W_LEVEL).value == "folded"
    assert page.segmented_control(key=W_FORM).value == "rows"
    assert len(warnings(page)) == 1
    run(page.pills(key=W_PRESET).set_value("resnet34"))
    assert net(page) == "ResNet-34"
    assert query(page)["net"] == "resnet34"


@pytest.mark.parametrize("key", ["net", "level", "ops", "node"])
def test_a_link_brings_no_links_and_pictures_of_its_own(key: str) -> None:
    page = open_still(f"{key}=![a](//b.example)[c](//d)")
    (told,) = warnings(page)
    assert r"\!\[a\](//b.example)\[c\]" in told


# What is restored, and whose it is


def test_going_back_restores_what_the_address_says() -> None:
    page = open_settings()
    run(page.pills(key=W_PRESET).set_value("resnet50"))
    run(page.text_input(key=W_LAYERS).set_value("nonsense"))
    assert errors(page)
    del page.query_params["net"]
    run(page)
    assert net(page) == "ResNet-18"
    assert page.text_input(key=W_LAYERS).value == "2, 2, 2, 2"
    assert not errors(page)


def test_sessions_do_not_mix() -> None:
    one, other = open_settings(is_still=False), open_settings("net=resnet34", is_still=False)
    run(one.text_input(key=W_LAYERS).set_value("rubbish"))
    run(other)
    assert (net(one), len(errors(one))) == ("ResNet-18", 1)
    assert (net(other), len(errors(other))) == ("ResNet-34", 0)
    run(one.segmented_control(key=W_SOURCE).set_value("upload"))
    run(one.file_uploader(key=W_UPLOAD).set_value(("red.png", png((9, 9)), "image/png")))
    run(other.pills(key=W_PRESET).set_value("resnet50"))
    assert (net(one), query(one)) == ("ResNet-18", {})
    assert other.segmented_control(key=W_SOURCE).value == "sample"
    assert other.file_uploader(key=W_UPLOAD).value is None


# Pictures


def test_a_picture_is_uploaded_or_refused_in_a_sentence() -> None:
    page = open_page()
    run(page.segmented_control(key=W_SOURCE).set_value("upload"))
    assert maps(page) is None
    assert any("Choose a picture" in info.value for info in page.info)
    good = png((300, 200))
    for data, words in ((good, None), (good[:300], "damaged"), (b"no picture", "no picture"), (good, None)):
        run(page.file_uploader(key=W_UPLOAD).set_value(("cat.png", data, "image/png")))
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
    run(page.pills(key=W_PRESET).set_value("resnet34"))
    assert (net(page), maps(page)) == ("ResNet-34", "conv1")


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        (1, "since the net takes one channel"),
        (4, "red, green, blue, red."),
        (13, "blue, red, green, blue, …"),
    ],
)
def test_a_net_of_other_channels_says_what_it_gets(channels: int, words: str) -> None:
    page = open_settings(f"net=resnet18&input_size=64x64&in_channels={channels}", is_still=False)
    assert maps(page) == "conv1"
    assert any(words in text.value for text in page.markdown)
    assert not errors(page)
    run(page.number_input(key=W_CHANNELS).set_value(3))
    assert maps(page) == "conv1"
    assert not any(words in text.value for text in page.markdown)


# What fails


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DrawError("Fold it."), ["Fold it."]),
        (EngineFailed("torch could not be loaded."), ["torch could not be loaded."]),
        (Abandoned(), []),
    ],
)
def test_what_a_page_can_be_stopped_by_is_told_as_it_is(
    error: Exception, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_net: object) -> None:
        raise error

    monkeypatch.setattr("resnet_viz.ui.cache.nets.get_trace", fail)
    assert errors(open_page()) == told


def test_any_other_fault_is_logged_and_the_page_stays_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_net: object) -> None:
        raise ZeroDivisionError("in a place of ours")

    page = open_page()
    logged: list[logging.LogRecord] = []
    monkeypatch.setattr("resnet_viz.ui.cache.nets.get_trace", fail)
    monkeypatch.setattr(logging.getLogger("resnet_viz"), "handle", logged.append)
    page.run()
    (told,) = errors(page)
    assert told.startswith(FAULT)
    assert "in a place of ours" not in told
    assert [str(found.exc_info and found.exc_info[1]) for found in logged] == ["in a place of ours"]
    monkeypatch.undo()
    run(page.pills(key=W_PRESET).set_value("resnet34"))
    assert (net(page), errors(page)) == ("ResNet-34", [])


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
    run(page.pills(key=W_PRESET).set_value("resnet34"))
    assert (net(page), maps(page)) == ("ResNet-34", "conv1")
    assert not errors(page)


@pytest.mark.parametrize("extreme", ["input_size=1x1", "input_size=4096x1", "input_size=1x4096", "num_classes=1"])
@pytest.mark.parametrize("node", ["input", "layer4", "fc"])
def test_extreme_maps_are_shown(extreme: str, node: str) -> None:
    page = open_page(f"net=resnet18&{extreme}&node={node}")
    assert maps(page) == node
    assert not errors(page)
