"""A file of weights brings its net: chosen when it comes, told on a card, and with a way back."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from resnet_viz import build_model
from resnet_viz.naming.renaming import rename_state_dict
from resnet_viz.spec.query import QUERY_KEYS
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.picture.file_card import W_OTHER_STRIDE, W_TAKE_NET
from resnet_viz.ui.picture.weights_file import W_SEVERAL, W_WEIGHTS_FILES
from tests.nets import THIN
from tests.pages import SMALL, badges, errors, maps, open_page, query, run, send_weights, warnings

FILE = f"{SMALL}&weights=file"
NET = ResNetSpec("bottleneck", (1, 2, 1, 1), num_classes=11, widths=THIN, stem="deep", average_shortcut=True)


def state(spec: ResNetSpec = NET, library: str = "timm") -> dict[str, Tensor]:
    return rename_state_dict(build_model(spec, seed=1).state_dict(), spec, to=library)


def pth(content: object) -> bytes:
    buffer = BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def sent(content: object, address: str = FILE) -> AppTest:
    page = open_page(address)
    send_weights(page, pth(content))
    return page


def net(page: AppTest) -> ResNetSpec:
    return ResNetSpec.from_query({key: value for key, value in query(page).items() if key in QUERY_KEYS})


def told(page: AppTest) -> str:
    return badges(page) + " ".join(text.value for text in page.caption)


def test_the_net_of_a_file_is_chosen_and_told() -> None:
    lightning: dict[str, Any] = {"state_dict": {f"model.{key}": value for key, value in state().items()}, "epoch": 3}
    lightning["state_dict"]["criterion.weight"] = torch.ones(11)
    page = sent(lightning)
    assert net(page) == replace(NET, input_size=net(page).input_size)
    assert query(page)["weights"] == "file"
    assert maps(page) == "conv1"
    assert errors(page) == []
    assert "Random weights" not in badges(page)
    for words in ("11 classes", "1-2-1-1", "timm", "Prefix model", "1 entry is no part of the net"):
        assert words in told(page).replace("\\", "")


def test_another_net_chosen_afterwards_stays_and_the_files_is_offered() -> None:
    page = sent(state())
    page.query_params.clear()
    for key, value in (("net", "resnet18"), ("input_size", "64x64"), ("weights", "file")):
        page.query_params[key] = value
    run(page)
    assert any("The file is of" in text for text in errors(page))
    assert net(page).preset_name == "resnet18"
    run(page.button(key=W_TAKE_NET).click())
    assert (net(page).layers, errors(page)) == (NET.layers, [])


def test_what_the_page_has_set_and_no_file_tells_is_kept() -> None:
    address = replace(NET, stride_in="1x1", num_classes=5).to_query()
    page = sent(state(replace(NET, stride_in="1x1")), f"{address}&weights=file")
    assert (net(page).stride_in, net(page).num_classes) == ("1x1", 11)
    run(page.button(key=W_OTHER_STRIDE).click())
    assert net(page).stride_in == "3x3"
    assert maps(page) == "conv1"


def test_a_body_is_shown_and_its_prediction_marked() -> None:
    body = {key: value for key, value in state().items() if not key.startswith("fc.")}
    page = sent(body, f"{FILE}&look=prediction")
    assert net(page).layers == NET.layers
    assert any("no last layer" in text for text in warnings(page))
    assert any("this one is random" in text.value for text in page.info)


def test_what_is_of_no_known_net_tells_the_nearest() -> None:
    page = sent({**state(library="torchvision"), "layer1.0.conv2.bias": torch.ones(32)})
    assert errors(page)
    assert net(page) == ResNetSpec.from_query(dict(pair.split("=") for pair in SMALL.split("&")))
    (words,) = errors(page)
    assert "biases in convolutions" in words
    assert "layer1.0.conv2.bias" in words


def test_other_files_say_what_they_are() -> None:
    page = sent(nn.Sequential(nn.Linear(2, 2)).state_dict())
    assert errors(page)
    assert maps(page) == "conv1"


def test_a_link_to_a_file_asks_for_it() -> None:
    page = open_page(f"{NET.to_query()}&weights=file&part=teacher")
    assert query(page)["part"] == "teacher"
    assert any("asks for the file again" in text.value for text in page.caption)
    assert net(page).layers == NET.layers


def test_a_file_for_small_pictures_gets_small_ones() -> None:
    spec = ResNetSpec("basic", (2, 2), num_classes=10, stem="3x3", widths=(16, 32), input_size=(32, 32))
    page = sent({"net": {f"module.{key}": value for key, value in state(spec, "cifar").items()}, "acc": 91.2})
    assert net(page) == spec


def test_another_net_of_a_file_is_one_click_away_and_in_the_link() -> None:
    """Of a teacher and a smaller student the student was trained."""
    smaller = replace(NET, block="basic", layers=(1, 1, 1, 1))
    both = {"teacher": state(), "student": {f"module.{key}": value for key, value in state(smaller).items()}}
    page = sent(both)
    (box,) = [box for box in page.selectbox if "2 nets" in box.label]
    assert (box.value, net(page).layers) == ("student", smaller.layers)
    run(box.set_value("teacher"))
    assert (query(page)["part"], net(page).block, net(page).layers) == ("teacher", "bottleneck", NET.layers)
    assert errors(page) == []
    assert maps(page) == "conv1"
    link = open_page(f"{FILE}&part=teacher")
    send_weights(link, pth(both))
    assert (net(link).block, query(link)["part"], errors(link)) == ("bottleneck", "teacher", [])


def test_files_of_one_checkpoint_come_together() -> None:
    page = open_page(FILE)
    entries = [*state().items()]
    parts = [dict(entries[:50]), dict(entries[50:])]
    files = [(f"model-{n}.bin", pth(part), "application/octet-stream") for n, part in enumerate(parts)]
    run(page.toggle(key=W_SEVERAL).set_value(True))
    run(page.file_uploader(key=W_WEIGHTS_FILES).set_value(files))
    assert (net(page).layers, errors(page), maps(page)) == (NET.layers, [], "conv1")
