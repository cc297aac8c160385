"""The spec: what can be built, what is refused and in which words, and links that restore it."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from resnet_viz.errors import ResnetVizError, SpecError
from resnet_viz.spec.checks import MAX_BLOCKS, MAX_COUNT, MAX_INPUT_SIZE, NORM_GROUPS, parse_layers, parse_widths
from resnet_viz.spec.resnet import PRESETS, TORCHVISION, ResNetSpec

ONES = (1, 1, 1, 1)
HUGE = 10**5000  # Python refuses to write out numbers of more than 4,300 digits.
LONGEST_ERROR = 700


def refusal(*args: object, **settings: object) -> str:
    """The words in which a spec is refused."""
    with pytest.raises(SpecError) as caught:
        ResNetSpec(*args, **settings)  # type: ignore[arg-type]
    assert isinstance(caught.value, ResnetVizError)
    assert len(str(caught.value)) < LONGEST_ERROR
    return str(caught.value)


def short(value: object) -> str:
    return "huge" if value == HUGE or (isinstance(value, list) and HUGE in value) else str(value)[:20]


# Presets, names and depths


def test_presets_are_torchvisions() -> None:
    import torchvision

    assert set(TORCHVISION) == {name for name in torchvision.models.list_models(torchvision.models) if "resne" in name}
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
    spec = ResNetSpec("basic", (2, 3, 5, 2))
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
    with pytest.raises(SpecError, match=r"“resnt50”.* Did you mean resnet50\?") as caught:
        ResNetSpec.preset("resnt50")
    assert all(name in str(caught.value) for name in PRESETS)
    with pytest.raises(SpecError) as caught:
        ResNetSpec.preset("x" * 10_000)
    assert "Did you mean" not in str(caught.value)
    assert len(str(caught.value)) < LONGEST_ERROR
    with pytest.raises(SpecError):
        ResNetSpec.preset(["resnet50"])  # type: ignore[arg-type]


# What a spec is


def test_spec_is_frozen_hashable_and_equal_by_value() -> None:
    spec = ResNetSpec("basic", (2, 2, 2, 2))
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.num_classes = 10  # type: ignore[misc]
    assert {spec: 1}[PRESETS["resnet18"]] == 1
    assert spec != dataclasses.replace(spec, num_classes=999)


@pytest.mark.parametrize(
    "layers", [[2, 3, 5, 2], range(2, 6), np.array([1, 2, 3, 4]), np.array([9, 9, 9, 9], np.uint8)]
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


@pytest.mark.parametrize(
    ("text", "widths"), [("16,32,64", (16, 32, 64)), (" 16 32, 64 ", (16, 32, 64)), ("", ()), ("  ", ())]
)
def test_widths_as_they_are_typed(text: str, widths: tuple[int, ...]) -> None:
    assert parse_widths(text) == widths


# What is refused

_LAYERS = [
    0,
    -1,
    [2, 0, 2, 2],
    [2, -1, 2, 2],
    "a,b",
    [1] * 7,
    [],
    [True, 1, 1, 1],
    [2.0, 2, 2, 2],
    ["2", 2, 2, 2],
    None,
]


@pytest.mark.parametrize(
    "layers", [*_LAYERS, np.array(3), [10**6, 1, 1, 1], [MAX_BLOCKS - 2, 1, 1, 1], [HUGE, 1, 1, 1]], ids=short
)
def test_layers_that_cannot_be(layers: object) -> None:
    message = refusal("basic", layers)
    assert "one to six stages of at least one block each" in message
    assert f"at most {MAX_BLOCKS:,} blocks" in message
    assert "2,3,5,2" in message
    if any(layers is known for known in _LAYERS):
        assert f"got “{layers}”" in message


def test_layers_are_not_read_to_their_end() -> None:
    def endless() -> Iterator[int]:
        yield from [1] * 100
        raise AssertionError("read on and on")

    assert "one to six stages" in refusal("basic", endless())


@pytest.mark.parametrize("text", ["", "0", "a,b", "1.5,1,1,1", "²,1,1,1", "9" * 4200 + ",1,1,1"], ids=short)
def test_typed_layers_that_cannot_be(text: str) -> None:
    with pytest.raises(SpecError, match="one whole number a stage") as caught:
        parse_layers(text)
    assert len(str(caught.value)) < LONGEST_ERROR


@pytest.mark.parametrize("text", ["0", "a,b", "1.5", "16,-1", "1,1,1,1,1,1,1", f"{MAX_COUNT + 1}"])
def test_typed_widths_that_cannot_be(text: str) -> None:
    with pytest.raises(SpecError, match=r"Planes per stage: got .*one whole number from 1 on") as caught:
        parse_widths(text)
    assert len(str(caught.value)) < LONGEST_ERROR


@pytest.mark.parametrize("name", ["num_classes", "groups", "width_per_group", "in_channels"])
@pytest.mark.parametrize("value", [0, -1, MAX_COUNT + 1, True, 1.0, 1.5, "8", None, HUGE], ids=short)
def test_counts_that_cannot_be(name: str, value: object) -> None:
    message = refusal("bottleneck", ONES, **{name: value})
    assert message.startswith(f"{name}: got")
    assert value == HUGE or f"“{value}”" in message
    assert f"from 1 to {MAX_COUNT:,}" in message


@pytest.mark.parametrize(
    "size", [0, -3, (224,), (1, 2, 3), "224", b"ab", (0, 5), (5, MAX_INPUT_SIZE + 1), (2.0, 2), None]
)
def test_input_sizes_that_cannot_be(size: object) -> None:
    message = refusal("basic", ONES, input_size=size)
    assert message.startswith("input_size: got")
    assert f"from 1 to {MAX_INPUT_SIZE:,}" in message or "height and a width in pixels" in message


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("block", "Basic", "basic, bottleneck"),
        ("block", 1, "basic, bottleneck"),
        ("norm", "layer", "batch, group, frozen"),
        ("norm", [], "batch, group, frozen"),
        ("zero_init_residual", 1, "True or False"),
        ("replace_stride_with_dilation", (True, False), "three times True or False, for layer2, layer3 and layer4"),
        ("replace_stride_with_dilation", (1, 0, 0), "three times True or False, for layer2, layer3 and layer4"),
        ("replace_stride_with_dilation", "abc", "three times True or False, for layer2, layer3 and layer4"),
    ],
)
def test_choices_that_cannot_be(name: str, value: object, allowed: str) -> None:
    message = refusal(**{"block": "bottleneck", "layers": ONES, name: value})
    assert message.startswith(f"{name}: got “{value}”")
    assert allowed in message


def test_what_basic_blocks_cannot_do_is_told() -> None:
    assert "got 32 and 4" in refusal("basic", ONES, groups=32, width_per_group=4)
    assert "got 1 and 128" in refusal("basic", ONES, width_per_group=128)
    dilated = refusal("basic", ONES, replace_stride_with_dilation=(False, True, False))
    assert "got (False, True, False)" in dilated
    for message in (refusal("basic", ONES, groups=2), dilated):
        assert "Choose bottleneck blocks" in message


def test_group_norm_that_does_not_divide_names_the_layer() -> None:
    # torchvision's inner width is planes × width / 64 × groups: 64 × 48 / 64 in layer1, no multiple of 32.
    message = refusal("bottleneck", ONES, norm="group", width_per_group=48)
    assert "layer1.0.bn1 has 48 channels" in message
    assert f"multiple of {NORM_GROUPS}" in message
    assert ResNetSpec("bottleneck", ONES, norm="group", width_per_group=32).inner_width(0) == 32
    assert ResNetSpec("bottleneck", ONES, norm="group", groups=32, width_per_group=1).inner_width(3) == 8 * 32
    assert ResNetSpec("basic", ONES, norm="group").norm == "group"


def test_inner_convolutions_have_a_channel_at_least() -> None:
    """torchvision computes int(planes * (width_per_group / 64.0)) * groups, and would build them with none."""
    least = ResNetSpec("bottleneck", (1, 1, 1, 1), groups=32, width_per_group=4, widths=(16, 16, 16, 16))
    assert least.inner_width(0) == 32
    with pytest.raises(SpecError, match=r"layer3.*15 planes × 4 ÷ 64"):
        ResNetSpec("bottleneck", (1, 1, 1, 1), groups=32, width_per_group=4, widths=(16, 16, 15, 16))
