"""The spec: what can be built, what is refused and in which words, and links that restore it."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resnet_viz.errors import ResnetVizError, SpecError
from resnet_viz.query import QUERY_KEYS
from resnet_viz.spec import (
    CONVS_PER_BLOCK,
    MAX_BLOCKS,
    MAX_COUNT,
    MAX_INPUT_SIZE,
    NORM_GROUPS,
    NORMS,
    PRESETS,
    ResNetSpec,
    parse_layers,
)

ONES = (1, 1, 1, 1)
LONGEST_ERROR = 700


def refusal(*args: object, **settings: object) -> str:
    """The words in which a spec is refused."""
    with pytest.raises(SpecError) as caught:
        ResNetSpec(*args, **settings)  # type: ignore[arg-type]
    assert isinstance(caught.value, ResnetVizError)
    assert isinstance(caught.value, ValueError)
    return str(caught.value)


# Presets, names and depths


def test_presets_are_torchvisions() -> None:
    from torchvision.models import list_models, resnet

    assert set(PRESETS) == set(list_models(module=resnet))
    assert all(ResNetSpec.preset(name) is spec for name, spec in PRESETS.items())
    assert all(spec.preset_name == name for name, spec in PRESETS.items())
    assert len(set(PRESETS.values())) == len(PRESETS)


@pytest.mark.parametrize(
    ("preset", "name", "depth"),
    [
        ("resnet18", "ResNet-18", 18),
        ("resnet34", "ResNet-34", 34),
        ("resnet50", "ResNet-50", 50),
        ("resnet101", "ResNet-101", 101),
        ("resnet152", "ResNet-152", 152),
        ("resnext50_32x4d", "ResNeXt-50 32x4d", 50),
        ("resnext101_32x8d", "ResNeXt-101 32x8d", 101),
        ("resnext101_64x4d", "ResNeXt-101 64x4d", 101),
        ("wide_resnet50_2", "Wide ResNet-50-2", 50),
        ("wide_resnet101_2", "Wide ResNet-101-2", 101),
    ],
)
def test_preset_bears_the_papers_name_and_depth(preset: str, name: str, depth: int) -> None:
    spec = ResNetSpec.preset(preset)
    assert (spec.name, spec.depth) == (name, depth)


def test_a_net_of_ones_own_is_named_by_its_depth() -> None:
    spec = ResNetSpec("basic", [2, 3, 5, 2])  # type: ignore[arg-type]
    assert spec.depth == 1 + 2 * (2 + 3 + 5 + 2) + 1
    assert spec.name == "ResNet-26"
    assert spec.preset_name is None
    assert ResNetSpec("bottleneck", ONES, width_per_group=80).name == "ResNet-14 1x80d"
    assert ResNetSpec("bottleneck", ONES, width_per_group=192).name == "Wide ResNet-14-3"


def test_preset_name_looks_at_the_architecture_only() -> None:
    other = dataclasses.replace(PRESETS["resnet50"], num_classes=10, input_size=(64, 96), norm="group")
    assert other.preset_name == "resnet50"
    assert dataclasses.replace(PRESETS["resnet50"], width_per_group=96).preset_name is None


def test_unknown_preset_is_refused_with_a_suggestion() -> None:
    with pytest.raises(SpecError) as caught:
        ResNetSpec.preset("resnet_50")
    assert "resnet_50" in str(caught.value)
    assert "Did you mean resnet50?" in str(caught.value)
    assert all(name in str(caught.value) for name in PRESETS)
    with pytest.raises(SpecError) as caught:
        ResNetSpec.preset("x" * 10_000)
    assert "Did you mean" not in str(caught.value)
    assert len(str(caught.value)) < LONGEST_ERROR
    with pytest.raises(SpecError):
        ResNetSpec.preset(["resnet50"])  # type: ignore[arg-type]


# What a spec is


def test_spec_is_frozen_and_hashable() -> None:
    spec = ResNetSpec("basic", (2, 2, 2, 2))
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.num_classes = 10  # type: ignore[misc]
    assert spec == PRESETS["resnet18"]
    assert hash(spec) == hash(PRESETS["resnet18"])
    assert spec != dataclasses.replace(spec, num_classes=999)
    assert {spec: 1}[PRESETS["resnet18"]] == 1


@pytest.mark.parametrize(
    "layers", [[2, 3, 5, 2], range(2, 6), np.array([1, 2, 3, 4]), np.array([1, 2, 3, 4], dtype=np.uint8), (2, 3, 5, 2)]
)
def test_layers_of_any_sequence_become_a_tuple_of_ints(layers: object) -> None:
    spec = ResNetSpec("basic", layers)  # type: ignore[arg-type]
    assert spec.layers == tuple(layers)  # type: ignore[arg-type]
    assert type(spec.layers) is tuple
    assert all(type(n) is int for n in spec.layers)
    hash(spec)


def test_numbers_of_any_integer_type_become_ints() -> None:
    counts = {name: np.int64(64) for name in ("num_classes", "groups", "width_per_group", "in_channels")}
    spec = ResNetSpec("bottleneck", ONES, input_size=[np.int32(64), np.int16(96)], **counts)  # type: ignore[arg-type]
    assert all(type(getattr(spec, name)) is int for name in counts)
    assert spec.input_size == (64, 96)
    assert all(type(side) is int for side in spec.input_size)
    assert spec == ResNetSpec("bottleneck", ONES, 64, 64, 64, in_channels=64, input_size=(64, 96))
    assert spec.input_shape == (1, 64, 64, 96)
    assert ResNetSpec("basic", ONES, input_size=64).input_size == (64, 64)  # type: ignore[arg-type]


def test_no_dilation_is_one_spec_however_it_is_written() -> None:
    plain = ResNetSpec("bottleneck", ONES)
    assert ResNetSpec("bottleneck", ONES, replace_stride_with_dilation=(False, False, False)) == plain
    dilated = ResNetSpec("bottleneck", ONES, replace_stride_with_dilation=[False, True, True])  # type: ignore[arg-type]
    assert dilated.replace_stride_with_dilation == (False, True, True)


@pytest.mark.parametrize("text", ["2,3,5,2", " 2, 3, 5, 2 ", "2 3 5 2", "2,3 5,2"])
def test_layers_as_they_are_typed(text: str) -> None:
    assert parse_layers(text) == (2, 3, 5, 2)


# What is refused


@pytest.mark.parametrize(
    ("layers", "got"),
    [
        (0, "0"),
        (-1, "-1"),
        ([2, 0, 2, 2], "[2, 0, 2, 2]"),
        ([2, -1, 2, 2], "[2, -1, 2, 2]"),
        ("a,b", "a,b"),
        ([1] * 7, "[1, 1, 1, 1, 1, 1, 1]"),
        ([], "[]"),
        ([10**6, 1, 1, 1], f"{10**6 + 3:,} blocks"),
        ([MAX_BLOCKS - 2, 1, 1, 1], f"{MAX_BLOCKS + 1:,} blocks"),
        ([True, 1, 1, 1], "True"),
        ([2.0, 2, 2, 2], "2.0"),
        (["2", 2, 2, 2], "'2'"),
        (None, "None"),
        (np.array(3), "3"),
        ([10**5000, 1, 1, 1], ""),
    ],
    ids=lambda value: (
        str(value)[:20] if not isinstance(value, list) or max([0, *map(abs, map(int, value))]) < 10**9 else "huge"
    ),
)
def test_layers_that_cannot_be(layers: object, got: str) -> None:
    message = refusal("basic", layers)
    assert got in message
    assert "four stages of at least one block each" in message
    assert f"{MAX_BLOCKS:,}" in message
    assert "2,3,5,2" in message
    assert len(message) < LONGEST_ERROR


@pytest.mark.parametrize(
    "text", ["", "0", "-1,1,1,1", "a,b", "1.5,1,1,1", "1,1,1,1,1,1,1", "²,1,1,1", "9" * 4000 + ",1,1,1"]
)
def test_typed_layers_that_cannot_be(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_layers(text)
    assert len(str(caught.value)) < LONGEST_ERROR


def test_endless_layers_are_not_read_to_their_end() -> None:
    assert "four stages" in refusal("basic", itertools.islice(itertools.repeat(1), 10**9))


@pytest.mark.parametrize("name", ["num_classes", "groups", "width_per_group", "in_channels"])
@pytest.mark.parametrize(
    "value",
    [0, -1, MAX_COUNT + 1, True, 1.0, 1.5, "8", None, 10**5000],
    ids=lambda v: str(v)[:5] if v != 10**5000 else "huge",
)
def test_counts_that_cannot_be(name: str, value: object) -> None:
    message = refusal("bottleneck", ONES, **{name: value})
    assert message.startswith(f"{name}: got")
    assert value == 10**5000 or str(value) in message
    assert f"from 1 to {MAX_COUNT:,}" in message
    assert len(message) < LONGEST_ERROR


@pytest.mark.parametrize(
    "size", [0, -3, (224,), (224, 224, 3), "224", b"ab", (0, 5), (5, MAX_INPUT_SIZE + 1), (2.0, 2), None, True]
)
def test_input_sizes_that_cannot_be(size: object) -> None:
    message = refusal("basic", ONES, input_size=size)
    assert message.startswith("input_size: got")
    assert f"{MAX_INPUT_SIZE:,}" in message or "height and a width in pixels" in message


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("block", "Basic", list(CONVS_PER_BLOCK)),
        ("block", 1, list(CONVS_PER_BLOCK)),
        ("norm", "layer", list(NORMS)),
        ("norm", [], list(NORMS)),
        ("zero_init_residual", 1, ["True", "False"]),
        ("replace_stride_with_dilation", (True, False), ["None", "layer2, layer3 and layer4"]),
        ("replace_stride_with_dilation", (1, 0, 0), ["None", "True or False"]),
        ("replace_stride_with_dilation", "abc", ["None", "True or False"]),
    ],
)
def test_choices_that_cannot_be(name: str, value: object, allowed: list[str]) -> None:
    message = refusal(**{"block": "bottleneck", "layers": ONES, name: value})
    assert message.startswith(f"{name}: got “{value}”")
    assert all(word in message for word in allowed)


def test_what_basic_blocks_cannot_do_is_told() -> None:
    assert "got 32 and 4" in refusal("basic", ONES, groups=32, width_per_group=4)
    assert "got 1 and 128" in refusal("basic", ONES, width_per_group=128)
    dilated = refusal("basic", ONES, replace_stride_with_dilation=(False, True, False))
    assert "(False, True, False)" in dilated
    for message in (refusal("basic", ONES, groups=2), dilated):
        assert "Choose bottleneck blocks" in message


def test_group_norm_that_does_not_divide_names_the_layer() -> None:
    # Inner widths are planes * width / 64 * groups: 64 * 48 / 64 = 48 in layer1, which 32 does not divide.
    message = refusal("bottleneck", ONES, norm="group", width_per_group=48)
    assert "layer1.0.bn1 has 48 channels" in message
    assert f"multiple of {NORM_GROUPS}" in message
    assert ResNetSpec("bottleneck", ONES, norm="group", width_per_group=32).inner_width(0) == 32
    assert ResNetSpec("bottleneck", ONES, norm="group", groups=32, width_per_group=1).inner_width(3) == 8 * 32
    assert ResNetSpec("basic", ONES, norm="group")


# Links

counts = st.integers(1, MAX_COUNT)
stages = st.tuples(*[st.integers(1, MAX_BLOCKS // 4)] * 4)
sides = st.integers(1, MAX_INPUT_SIZE)
common = {
    "num_classes": counts,
    "in_channels": counts,
    "input_size": st.tuples(sides, sides),
    "zero_init_residual": st.booleans(),
}
basic_specs = st.builds(ResNetSpec, st.just("basic"), stages, norm=st.sampled_from(NORMS), **common)
bottleneck_specs = st.builds(
    ResNetSpec,
    st.just("bottleneck"),
    stages,
    groups=counts,
    width_per_group=counts,
    norm=st.sampled_from(["batch", "frozen"]),
    replace_stride_with_dilation=st.none() | st.tuples(*[st.booleans()] * 3),
    **common,
)
specs = st.sampled_from(list(PRESETS.values())) | basic_specs | bottleneck_specs


@given(specs)
def test_a_link_restores_its_spec(spec: ResNetSpec) -> None:
    query = spec.to_query()
    assert ResNetSpec.from_query(query) == spec
    assert ResNetSpec.from_query(f"?{query}") == spec
    assert ResNetSpec.from_query(dict(pair.split("=") for pair in query.split("&"))) == spec


def test_a_link_is_as_short_as_it_can_be() -> None:
    assert PRESETS["resnet152"].to_query() == "net=resnet152"
    assert ResNetSpec("basic", (2, 3, 5, 2)).to_query() == "block=basic&layers=2,3,5,2"
    wide = dataclasses.replace(PRESETS["wide_resnet50_2"], input_size=(320, 96), num_classes=10)
    assert wide.to_query() == "net=wide_resnet50_2&num_classes=10&input_size=320x96"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "net",
        "net=",
        "net=resnet50&net=resnet18",
        "net=resnet50&colour=red",
        "block=basic",
        "layers=1,1,1,1",
        "net=resnet50&groups=٣",
        "net=resnet50&groups=1_0",
        "net=resnet50&zero_init_residual=yes",
        "net=resnet50&input_size=1x2x3",
        "net=%ff%00",
        "a" * 10**6,
        "block=basic&layers=" + "9" * 1900 + ",1,1,1",
        "net=" + "x" * 1900,
    ],
)
def test_links_of_nonsense_are_refused_in_a_sentence(query: str) -> None:
    with pytest.raises(SpecError) as caught:
        ResNetSpec.from_query(query)
    assert 20 < len(str(caught.value)) < LONGEST_ERROR


words = st.text(max_size=40) | st.sampled_from(
    ["resnet50", "basic", "1,1,1,1", "0", "1", "-1", "64x64", "a,b", "9" * 5000]
)
pairs = st.tuples(st.sampled_from(QUERY_KEYS) | st.text(max_size=8), words)


@given(
    st.text()
    | st.lists(pairs, max_size=6).map(lambda found: "&".join(f"{key}={text}" for key, text in found))
    | st.dictionaries(st.sampled_from(QUERY_KEYS) | st.text(max_size=8), words)
)
@example({"block": "basic", "layers": "9" * 4200 + ",1,1,1"})
@example("block=basic&layers=1,1,1,1&norm=group")
def test_any_link_ends_in_a_spec_or_a_refusal(query: str | dict[str, str]) -> None:
    try:
        assert isinstance(ResNetSpec.from_query(query), ResNetSpec)
    except SpecError as error:
        assert len(str(error)) < LONGEST_ERROR
