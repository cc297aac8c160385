"""Typed lists and numbers in the characters of any keyboard, and pasted links."""

import pytest

from resnet_viz.commands.nets import read_net
from resnet_viz.errors import SpecError
from resnet_viz.spec.checks import parse_layers, parse_widths
from resnet_viz.spec.named import NamedNet
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.typed import query_of, read_whole, read_wholes, split_list, split_size
from resnet_viz.views.address.train import read_train
from resnet_viz.views.maps.channels import parse_channels

TYPED = [
    "3,4,6,3",
    "[3, 4, 6, 3]",
    "(3, 4, 6, 3)",
    "3，4，6，3",
    "3、4、6、3",
    "3;4;6;3",
    "３，４ ６　３",
    " 3 4 6 3 ",
    "3-4-6-3",
]


@pytest.mark.parametrize("text", TYPED)
def test_a_list_is_read_however_it_is_typed(text: str) -> None:
    assert parse_layers(text) == parse_widths(text) == (3, 4, 6, 3)
    assert ResNetSpec.from_query({"block": "basic", "layers": text}) == PRESETS["resnet34"]


@pytest.mark.parametrize("text", ["3,4,6,x", "[3,4],[6,3]", "3.5", "-3", "3,,-4", "²", "①x", "9" * 200])
def test_what_is_no_list_of_whole_numbers_is_refused(text: str) -> None:
    assert read_wholes(text) is None
    with pytest.raises(SpecError, match=r"Blocks per stage: got .* Write one whole number a stage"):
        parse_layers(text)


def test_numbers_sizes_and_entries() -> None:
    assert (read_whole(" ４２ "), read_whole("x"), read_whole("")) == (42, None, None)
    assert split_size("224 × 96") == split_size("２２４x96") == ["224", "96"]
    assert split_list("[]") == split_list(" ，") == []
    assert ResNetSpec.from_query("net=resnet18&input_size=320×96").input_size == (320, 96)
    assert NamedNet.parse("timm:resnet26d")


def test_lists_of_channels_and_of_seeds_are_read_alike() -> None:
    assert parse_channels("[0 - 2，5、7]", 8) == [0, 1, 2, 5, 7]
    view, notes = read_train({"seed": "0、1，2"})
    assert (view.seeds, notes) == ((0, 1, 2), [])


def test_a_number_beyond_the_limit_is_told_the_limit() -> None:
    for text in ("1000000000", "9" * 40):
        with pytest.raises(SpecError, match="from 1 to 1,000,000"):
            ResNetSpec.from_query(f"net=resnet18&num_classes={text}")


@pytest.mark.parametrize("start", ["", "?", "http://127.0.0.1:8501/?", "https://resnets.example/app/explore?"])
def test_a_link_is_taken_whole_or_from_its_question_mark_on(start: str) -> None:
    link = f"{start}net=resnet50&num_classes=10&level=op&node=layer1.0&lang=zh_CN&projector=1"
    net, pairs = read_net(link)
    assert net == ResNetSpec.from_query(f"{start}net=resnet50&num_classes=10")
    assert pairs["level"] == "op"
    assert query_of("resnet50") == "resnet50"
