"""Nets of libraries by name: what a word and a link say, and that any other text ends in a short refusal."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resnet_viz.errors import SpecError
from resnet_viz.spec.named import LIBRARIES, NamedNet, is_word, read_net
from resnet_viz.spec.resnet import PRESETS

LONGEST_ERROR = 700
sizes = st.just(()) | st.lists(st.integers(1, 4096), min_size=2, max_size=3).map(tuple)
nets = st.builds(
    NamedNet, st.sampled_from(LIBRARIES), st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,79}", fullmatch=True), sizes
)


@given(nets)
def test_a_link_and_a_word_restore_their_net(net: NamedNet) -> None:
    assert read_net(net.to_query()) == read_net(f"?{net.to_query()}") == read_net(net.to_pairs()) == net
    assert NamedNet.parse(net.word) == NamedNet(net.library, net.name)
    assert is_word(net.word)


def test_a_link_is_written_as_it_is_read() -> None:
    assert NamedNet("timm", "resnet26d").to_query() == "net=timm:resnet26d"
    assert NamedNet("hf", "resnet-50", (320, 96)).to_query() == "net=hf:resnet-50&input_size=320x96"
    assert read_net("net=timm%3Aresnet26d&input_size=16x112x112") == NamedNet("timm", "resnet26d", (16, 112, 112))


def test_every_other_link_is_a_spec_s() -> None:
    assert read_net("net=resnet50") == read_net({"net": "ResNet-50"}) == PRESETS["resnet50"]
    assert not any(map(is_word, [*PRESETS, "", None, 5]))


def test_a_net_is_frozen_hashable_and_equal_by_value() -> None:
    net = NamedNet("timm", "resnet18", [64, 64])  # type: ignore[arg-type]
    assert {net: 1}[NamedNet("timm", "resnet18", (64, 64))] == 1
    with pytest.raises(FrozenInstanceError):
        net.name = "resnet34"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("net=timm:", "timm:resnet26d"),
        ("net=:resnet18", "timm, torchvision, hf"),
        ("net=keras:resnet50", "“keras:resnet50”"),
        ("net=timm:ResNet18", "“timm:ResNet18”"),
        ("net=timm:../../etc/passwd", "own name"),
        ("net=hf:microsoft/resnet-50", "own name"),
        ("net=timm:hf-hub:someone/net", "own name"),
        ("net=timm:resnet18\n", "own name"),
        (f"net=timm:{'r' * 81}", "at most 80"),
        ("net=timm:resnet18&layers=2,2,2,2", "nothing but input_size"),
        ("net=timm:resnet18&pretrained=1", "“pretrained”"),
        ("net=timm:resnet18&input_size=224", "224x224"),
        ("net=timm:resnet18&input_size=0x1", "from 1 to 4,096"),
        ("net=timm:resnet18&input_size=224x99999", "from 1 to 4,096"),
        ("net=timm:resnet18&input_size=1x1x1x1", "16x112x112"),
        ("net=timm:resnet18&input_size=٣x٣", "224x224"),
        ("net=timm:resnet18&net=timm:resnet34", "This link does not describe"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_right(query: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_net(query)
    assert words in str(caught.value)
    assert len(str(caught.value)) < LONGEST_ERROR


@pytest.mark.parametrize("size", [5, "224x224", (1,), (0, 1), (True, 1), (1.5, 2), None, (224, 224, 224, 224)])
def test_a_size_is_two_or_three_whole_numbers(size: object) -> None:
    with pytest.raises(SpecError, match="input_size"):
        NamedNet("timm", "resnet18", size)  # type: ignore[arg-type]


words = st.text(max_size=40) | st.sampled_from(["timm:resnet18", "hf:", "224x224", "x", "9" * 5000])
pairs = st.tuples(st.sampled_from(["net", "input_size", "layers"]) | st.text(max_size=8), words)
strings = st.text() | st.lists(pairs, max_size=4).map(lambda found: "&".join(f"{key}={text}" for key, text in found))


@given(strings | st.lists(pairs, max_size=4).map(dict))
@example("net=timm:resnet18&input_size=" + "9" * 1900)
@example({"net": "timm:" + "a" * 10**6})
def test_any_link_ends_in_a_net_or_a_short_refusal(query: str | dict[str, str]) -> None:
    error = None
    try:
        read_net(query)
    except SpecError as refused:
        error = str(refused)
    assert error is None or len(error) < LONGEST_ERROR


@pytest.mark.parametrize("query", [None, 5, [], b"net=timm:resnet18"])
def test_what_is_no_link_is_refused(query: object) -> None:
    with pytest.raises(SpecError):
        read_net(query)  # type: ignore[arg-type]
