"""Every ResNet of the papers: parameters counted by hand and by others, torchvision's bits, and what is traced."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import timm
import torch
import torchinfo
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from PIL import Image
from torch import nn
from torchvision.models import get_model
from torchvision.models.feature_extraction import get_graph_node_names

from resnet_viz import ResNetSpec, SpecError, Trace, build_model, capture_block, trace_spec
from resnet_viz.model.net.build import _NORMS, build_plan, planning
from resnet_viz.model.net.variant import VariantResNet
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.spec.resnet import PRESETS, TORCHVISION
from resnet_viz.views.inspect.node import inspect_node
from tests.nets import filled, trace_of
from tests.views.inspect.arithmetic import check_formulas, things

R18, R50 = PRESETS["resnet18"], PRESETS["resnet50"]
OWN = ResNetSpec("bottleneck", (1, 2, 1, 1), num_classes=11, input_size=(64, 64))
NETS: dict[str, ResNetSpec] = {
    "v1": replace(R50, stride_in="1x1"),
    "A": replace(R50, shortcut="A"),
    "C": replace(R50, shortcut="C"),
    "none": replace(R50, shortcut="none"),
    "deep": replace(R50, stem="deep"),
    "D": replace(R50, stem="deep", average_shortcut=True),
    "D-18": replace(R18, stem="deep", average_shortcut=True),
    "SE": replace(R50, squeeze_excitation=True),
    "SE-18": replace(R18, squeeze_excitation=True),
    "SE-plain": replace(R18, squeeze_excitation=True, shortcut="none"),
    "v2": replace(R50, pre_activation=True),
    "v2-18": replace(R18, pre_activation=True),
    "v2-A": replace(R50, pre_activation=True, shortcut="A"),
    "v2-C": replace(R18, pre_activation=True, shortcut="C"),
    "v2-SE": replace(R50, pre_activation=True, squeeze_excitation=True),
    "no norm": replace(R50, norm="none"),
    "v2-no norm": replace(R18, pre_activation=True, norm="none", stem="deep", average_shortcut=True),
    "26": ResNetSpec("bottleneck", (2, 2, 2, 2)),
    "small stem": replace(R18, stem="3x3", input_size=(32, 32)),
    "one stage": ResNetSpec("basic", (3,)),
    "six stages": ResNetSpec("bottleneck", (1, 1, 2, 1, 1, 1), widths=(8, 8, 16, 16, 24, 40), groups=2),
    "plain18": PRESETS["plain18"],
    "plain34": PRESETS["plain34"],
    "cifar20": PRESETS["cifar20"],
    "cifar56-B": ResNetSpec.cifar(56, "B"),
    "all": replace(
        R50,
        stem="deep",
        average_shortcut=True,
        squeeze_excitation=True,
        pre_activation=True,
        groups=32,
        width_per_group=4,
    ),
}
every_net = pytest.mark.parametrize("name", NETS)


def picture(side: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(seed))


def lively(model: nn.Module, seed: int = 0) -> nn.Module:
    """Statistics of the norms that are not 0 and 1, so that a norm left out or put elsewhere shows."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in sorted(model.state_dict().items()):
        if name.endswith("running_var") or re.search(r"(bn|norm|downsample\.[12])\S*weight$", name):
            tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5)
        elif tensor.is_floating_point() and tensor.dim() == 1:
            tensor.copy_(torch.randn(tensor.shape, generator=generator) / 10)
    return model


# Arithmetic, written out from the papers


def convs_of_a_block(spec: ResNetSpec, stage: int, before: int) -> list[tuple[int, int]]:
    """Weights and output channels of each convolution on the main path."""
    planes = spec.widths[stage]
    if spec.block == "basic":
        return [(before * planes * 9, planes), (planes * planes * 9, planes)]
    width = planes * spec.width_per_group // 64 * spec.groups
    return [(before * width, width), (width * width // spec.groups * 9, width), (width * planes * 4, planes * 4)]


def written_out_params(spec: ResNetSpec) -> int:
    """Weights of convolutions, two numbers for each normalised channel, weights and biases of the last layer."""
    stem, normed = spec.widths[0], 0 if spec.norm == "none" else 2
    total = {
        "7x7": spec.in_channels * stem * 49,
        "3x3": spec.in_channels * stem * 9,
        "deep": spec.in_channels * (stem // 2) * 9
        + (stem // 2) ** 2 * 9
        + (stem // 2) * stem * 9
        + 2 * normed * (stem // 2),
    }[spec.stem]
    total += 0 if spec.pre_activation else normed * stem
    before = stem
    for stage, blocks in enumerate(spec.layers):
        after = spec.widths[stage] * (4 if spec.block == "bottleneck" else 1)
        for block in range(blocks):
            convs = convs_of_a_block(spec, stage, before)
            total += sum(weights for weights, _ in convs)
            if spec.pre_activation:  # a norm before each: of what enters
                total += normed * (before + sum(channels for _, channels in convs[:-1]))
            else:
                total += normed * sum(channels for _, channels in convs)
            if spec.squeeze_excitation:
                middle = max(8, int(after / 16 / 8 + 0.5) * 8)
                total += after * middle + middle + middle * after + after
            is_other = before != after or (block == 0 and stage > 0)
            if spec.shortcut == "C" or (spec.shortcut == "B" and is_other):
                total += before * after + (0 if spec.pre_activation else normed * after)
            before = after
    total += normed * before if spec.pre_activation else 0
    return total + before * spec.num_classes + spec.num_classes


@every_net
def test_parameters_are_those_written_out(name: str) -> None:
    assert trace_of(NETS[name]).n_params == written_out_params(NETS[name])


@every_net
def test_parameters_are_torchinfo_s_and_the_module_s(name: str) -> None:
    plan = build_plan(NETS[name])
    assert trace_of(NETS[name]).n_params == sum(parameter.numel() for parameter in plan.parameters())
    assert trace_of(NETS[name]).n_params == torchinfo.summary(plan, verbose=0).total_params


def test_what_the_switches_cost() -> None:
    """Differences to ResNet-50 and -18, each in its own arithmetic."""
    projections = [(64, 256), (256, 512), (512, 1024), (1024, 2048)]
    cost = {before: before * after + 2 * after for before, after in projections}
    assert trace_of(NETS["A"]).n_params == trace_of(NETS["none"]).n_params == 25_557_032 - sum(cost.values())
    again = sum(n * (after * after + 2 * after) for n, after in ((2, 256), (3, 512), (5, 1024), (2, 2048)))
    assert trace_of(NETS["C"]).n_params == 25_557_032 + again
    # Three 3×3 of 32, 32, 64 and two norms of 32 for one 7×7.
    deep = 3 * 32 * 9 + 32 * 32 * 9 + 32 * 64 * 9 + 2 * 2 * 32 - 3 * 64 * 49
    assert trace_of(NETS["D"]).n_params == trace_of(NETS["deep"]).n_params == 25_557_032 + deep == 25_576_264
    squeezes = sum(n * (2 * c * (c // 16) + c + c // 16) for n, c in ((3, 256), (4, 512), (6, 1024), (3, 2048)))
    assert trace_of(NETS["SE"]).n_params == 25_557_032 + squeezes == 28_088_024
    # ResNet-18 normalises 4,800 channels, each with a scale and a shift.
    normed = 64 + (4 * 64 + 0) + sum(4 * after + after for after in (128, 256, 512))
    assert trace_of(replace(R18, norm="none")).n_params == 11_689_512 - 2 * normed == 11_679_912
    # At 64 channels a sixteenth is 4, and 8 is the least.
    small = sum(2 * (2 * c * m + c + m) for c, m in ((64, 8), (128, 8), (256, 16), (512, 32)))
    assert trace_of(NETS["SE-18"]).n_params == 11_689_512 + small


def test_where_the_stride_sits_costs_no_parameter() -> None:
    assert trace_of(NETS["v1"]).n_params == 25_557_032
    state = {key: value.shape for key, value in build_plan(NETS["v1"]).state_dict().items()}
    assert state == {key: value.shape for key, value in build_plan(R50).state_dict().items()}


# The papers' printed figures, with their rounding

# He et al. 2015: Table 1 prints 3.8, 7.6 and 11.3 × 10⁹ for the nets with the stride in the first 1×1.
V1 = {
    "resnet50": (3.858, 4.089, 483, 427, 3.8),
    "resnet101": (7.570, 7.801, 1027, 971, 7.6),
    "resnet152": (11.282, 11.514, 1507, 1451, 11.3),
}


@pytest.mark.parametrize("preset", V1)
def test_table_1_is_the_first_version(preset: str) -> None:
    """Table 1: it settles whether ResNet-50 has 3.8 or 4.1 GMACs."""
    macs_v1, macs, field_v1, field, printed = V1[preset]
    first, usual = trace_of(replace(PRESETS[preset], stride_in="1x1")), trace_of(preset)
    assert [round(trace.macs.known / 1e9, 3) for trace in (first, usual)] == [macs_v1, macs]
    assert first.macs.known / 1e9 == pytest.approx(printed, abs=0.06)
    assert abs(usual.macs.known / 1e9 - printed) > 0.2
    assert [trace.field[0].size for trace in (first, usual) if trace.field] == [field_v1, field]


def test_table_1_prints_18_and_34() -> None:
    """Table 1: 1.8 and 3.6 × 10⁹; section 3.3: a plain net of 34 layers has 3.6 × 10⁹ as well."""
    assert round(trace_of(R18).macs.known / 1e9, 1) == 1.8
    plain, residual = (trace_of(name).macs.known for name in ("plain34", "resnet34"))
    assert round(plain / 1e9, 1) == 3.6
    # Identity shortcuts cost nothing; three projections of 1×1 do: output pixels × input × output channels.
    assert residual - plain == 28**2 * 64 * 128 + 14**2 * 128 * 256 + 7**2 * 256 * 512


# He et al. 2015, Table 6: millions of parameters.
TABLE_6 = {
    "cifar20": "0.27",
    "cifar32": "0.46",
    "cifar44": "0.66",
    "cifar56": "0.85",
    "cifar110": "1.7",
    "cifar1202": "19.4",
}


@pytest.mark.parametrize("preset", TABLE_6)
def test_table_6_prints_the_cifar_nets(preset: str) -> None:
    spec, printed = PRESETS[preset], TABLE_6[preset]
    plan = build_plan(spec)
    n_params = sum(parameter.numel() for parameter in plan.parameters())
    assert n_params == written_out_params(spec)
    assert f"{n_params / 1e6:.{len(printed.partition('.')[2])}f}" == printed
    assert spec.depth == int(preset.removeprefix("cifar")) == 6 * spec.layers[0] + 2
    assert torchinfo.summary(plan, verbose=0).total_params == n_params


def test_the_largest_cifar_net_to_the_last_parameter() -> None:
    assert trace_of("cifar1202").n_params == 19_421_274
    assert trace_of("cifar20").n_params == 269_722


def test_table_6_s_maps() -> None:
    """Section 4.2's table: 32×32, 16×16 and 8×8 maps of 16, 32 and 64 filters, with 2n + 1, 2n and 2n layers."""
    trace = trace_of("cifar110")
    assert [stage.out_shape[1:] for stage in trace.stages] == [(16, 32, 32), (32, 16, 16), (64, 8, 8)]
    convs = [op.out_shape[2] for op in trace.ops if op.op == "conv2d"]
    assert [convs.count(side) for side in (32, 16, 8)] == [2 * 18 + 1, 2 * 18, 2 * 18]


# timm

TIMM = {
    "resnet26": NETS["26"],
    "resnet18d": NETS["D-18"],
    "resnet50d": NETS["D"],
    "resnet26d": replace(NETS["26"], stem="deep", average_shortcut=True),
    "seresnet18": NETS["SE-18"],
    "seresnet50": NETS["SE"],
    "seresnext50_32x4d": replace(PRESETS["resnext50_32x4d"], squeeze_excitation=True),
    "resnetv2_50": NETS["v2"],
}


def to_our_key(key: str, spec: ResNetSpec) -> str:
    key = re.sub(r"^stages\.(\d)\.blocks", lambda found: f"layer{int(found[1]) + 1}", key)
    key = (
        re.sub(r"norm(\d)\.", r"bn\1.", key)
        .replace("stem.conv.", "conv1.")
        .replace("downsample.conv.", "downsample.0.")
    )
    key = key.replace("head.fc.", "fc.")
    key = re.sub(r"^norm\.", "norm_last.", key)
    # timm pools by nothing where there is no stride; we leave it out.
    if spec.average_shortcut and key.startswith("layer1.0.downsample"):
        key = re.sub(r"downsample\.(\d)", lambda found: f"downsample.{int(found[1]) - 1}", key)
    return key


@pytest.mark.parametrize("name", TIMM)
def test_parameters_and_outputs_are_timm_s(name: str) -> None:
    spec = TIMM[name]
    theirs: Any = lively(timm.create_model(name)).eval()
    ours = build_plan(spec)
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in theirs.parameters())
    shapes = {key: value.shape for key, value in ours.state_dict().items()}
    state = {to_our_key(key, spec): value for key, value in theirs.state_dict().items()}
    ours.load_state_dict({key: value.reshape(shapes[key]) for key, value in state.items()}, assign=True)
    with torch.inference_mode():
        expected, found = theirs(picture(64)), ours(picture(64))
    assert expected.std() > 0.01
    assert (found - expected).abs().max() <= 1e-5 * expected.abs().max()


def test_parameters_that_timm_counts() -> None:
    assert trace_of(TIMM["resnetv2_50"]).n_params == 25_549_352
    assert trace_of(TIMM["resnet50d"]).n_params == 25_576_264
    assert trace_of(TIMM["seresnet50"]).n_params == 28_088_024
    assert trace_of(TIMM["resnet26"]).n_params == 15_995_176


# torchvision's bits

COINCIDING = {
    **{name: replace(spec, input_size=(40, 40)) for name, spec in TORCHVISION.items()},
    "dilated": replace(OWN, replace_stride_with_dilation=(False, True, True)),
    "dilated at once": replace(OWN, replace_stride_with_dilation=(True, True, False)),
    "grouped": replace(OWN, groups=4, width_per_group=16),
    "group norm": replace(OWN, norm="group"),
    "frozen": replace(OWN, norm="frozen", zero_init_residual=True),
    "no norm": replace(OWN, norm="none"),
    "one channel": replace(OWN, in_channels=1),
    "basic": replace(OWN, block="basic", zero_init_residual=True),
}


def planned_variant(spec: ResNetSpec) -> VariantResNet:
    with planning(spec):
        return VariantResNet(spec, _NORMS[spec.norm]).eval()


@pytest.mark.parametrize("name", COINCIDING)
def test_our_blocks_give_torchvision_s_bits(name: str) -> None:
    spec = COINCIDING[name]
    assert spec.is_torchvision
    theirs, ours = filled(spec), planned_variant(spec)
    assert not isinstance(theirs, VariantResNet)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(lively(theirs).state_dict(), assign=True)
    x = torch.randn(2, spec.in_channels, *spec.input_size, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected, found = theirs(x), ours(x)
    assert expected.std() > 0
    assert torch.equal(found, expected)


@pytest.mark.parametrize("name", ["basic", "frozen", "group norm", "no norm", "grouped"])
def test_our_blocks_start_with_torchvision_s_weights(name: str) -> None:
    spec = COINCIDING[name]
    torch.manual_seed(0)
    ours, theirs = VariantResNet(spec, _NORMS[spec.norm]).state_dict(), build_model(spec, seed=0).state_dict()
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


@pytest.mark.parametrize("name", TORCHVISION)
def test_torchvision_s_state_dicts_load_into_what_it_can_build(name: str) -> None:
    with torch.device("meta"):
        state = get_model(name).state_dict()
    for spec in (PRESETS[name], replace(PRESETS[name], input_size=(64, 96))):
        build_plan(spec).load_state_dict(state, assign=True)
        planned_variant(spec).load_state_dict(state, assign=True)


def test_torchvision_s_weights_load_into_the_first_version() -> None:
    v1 = build_model(replace(OWN, stride_in="1x1"))
    v1.load_state_dict(build_model(OWN).state_dict())
    with torch.inference_mode():
        assert not torch.equal(v1(picture(64)), build_model(OWN)(picture(64)))


def test_other_shapes_are_not_torchvision_s() -> None:
    for change in (
        {"layers": (1, 1), "widths": ()},
        {"widths": (32, 64, 128, 256)},
        {"stem": "3x3"},
        {"shortcut": "A"},
    ):
        assert not replace(OWN, **change).is_torchvision
    # Asked of a net that torchvision's widths would make impossible.
    assert not ResNetSpec("bottleneck", (1,) * 4, width_per_group=16, widths=(128,) * 4, norm="group").is_torchvision


# What each variant does, against the formula itself


def test_shortcut_a_leaves_pixels_out_and_adds_zeros() -> None:
    block: Any = build_model(replace(OWN, block="basic", shortcut="A")).get_submodule("layer2.0")
    x = picture(9)[:, :1].expand(2, 64, 9, 9).contiguous()
    passed = block.downsample(x)
    assert passed.shape == (2, 128, 5, 5)
    assert torch.equal(passed[:, :64], x[:, :, ::2, ::2])
    assert not passed[:, 64:].any()
    assert not list(block.downsample.parameters())


def test_a_pooled_shortcut_is_the_mean_of_the_pixels_that_are_there() -> None:
    block: Any = build_model(replace(OWN, average_shortcut=True)).get_submodule("layer2.0")
    pool = block.downsample[0]
    x = torch.arange(9.0).reshape(1, 1, 3, 3)
    assert pool(x).tolist() == [[[[2.0, 3.5], [6.5, 8.0]]]]
    assert block.downsample[1].stride == (1, 1)


def test_a_plain_block_is_its_branch() -> None:
    spec = replace(OWN, block="basic", shortcut="none")
    model = lively(build_model(spec))
    block: Any = model.get_submodule("layer1.0")
    x = picture(8)[:, :1].expand(2, 64, 8, 8).contiguous()
    with torch.inference_mode():
        expected = torch.relu(block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(x))))))
        assert torch.equal(block(x), expected)


def test_a_squeeze_weighs_channels_by_their_means() -> None:
    model = lively(build_model(replace(OWN, block="basic", squeeze_excitation=True)))
    se: Any = model.get_submodule("layer3.0.se")
    x = torch.randn(2, 256, 5, 7, generator=torch.Generator().manual_seed(2))
    hidden = torch.relu(x.mean((2, 3)) @ se.fc1.weight.flatten(1).T + se.fc1.bias)
    weights = torch.sigmoid(hidden @ se.fc2.weight.flatten(1).T + se.fc2.bias)
    assert hidden.shape == (2, 16)
    assert torch.allclose(se(x), x * weights[:, :, None, None], atol=1e-6)


@pytest.mark.parametrize(
    ("channels", "middle"), [(16, 8), (64, 8), (191, 8), (192, 16), (256, 16), (320, 24), (2048, 128)]
)
def test_how_far_a_squeeze_goes(channels: int, middle: int) -> None:
    """max(8, C / 16 rounded to a multiple of 8)."""
    plan = build_plan(replace(OWN, block="basic", squeeze_excitation=True, widths=(channels,) * 4))
    assert plan.get_submodule("layer1.0.se.fc1").out_channels == middle


@pytest.mark.parametrize("stride_in", ["1x1", "3x3"])
@pytest.mark.parametrize("pre_activation", [False, True])
def test_the_stride_sits_where_it_is_said(stride_in: str, pre_activation: bool) -> None:
    trace = trace_of(replace(OWN, stride_in=stride_in, pre_activation=pre_activation))
    strided = {op.id for op in trace.ops if op.op == "conv2d" and op.attrs["stride"] == (2, 2)}
    conv = "conv1" if stride_in == "1x1" else "conv2"
    firsts = [f"layer{stage}.0" for stage in (2, 3, 4)]
    assert strided == {
        "conv1",
        *(f"{block}.{conv}" for block in firsts),
        *(f"{block}.downsample.0" for block in firsts),
    }


@pytest.mark.parametrize("block", ["basic", "bottleneck"])
def test_without_norms_a_shortcut_takes_what_comes_in_and_not_its_relu(block: str) -> None:
    """A pre-activated block's first ReLU gets the input itself, which it must not write into."""
    spec = ResNetSpec(block, (2,), 3, norm="none", pre_activation=True, widths=(16,), stem="3x3")
    second: Any = build_model(spec).get_submodule("layer1.1")
    convs = [second.conv1, second.conv2, *([second.conv3] if block == "bottleneck" else [])]
    x = torch.randn(2, 16 * spec.expansion, 5, 5, generator=torch.Generator().manual_seed(3))
    given = x.clone()
    with torch.inference_mode():
        branch = x
        for conv in convs:
            branch = conv(branch.relu())
        assert torch.equal(second(x), branch + given)
    assert torch.equal(x, given)


def test_pre_activation_moves_the_norms() -> None:
    assert {"bn1", "relu"} & {op.id for op in trace_of(NETS["v2"]).ops} == {"relu"}
    order = [op.id for op in trace_of(NETS["v2"]).ops if op.id.startswith("layer1.1.")]
    parts = ["bn1", "relu", "conv1", "bn2", "relu_1", "conv2", "bn3", "relu_2", "conv3", "add"]
    assert order == [f"layer1.1.{part}" for part in parts]
    assert [op.id for op in trace_of(NETS["v2"]).ops][-5:] == ["norm_last", "relu", "avgpool", "flatten", "fc"]
    assert [op.id for op in trace_of(NETS["v2"]).ops][:2] == ["conv1", "maxpool"]


# Traces


def expected_shortcuts(spec: ResNetSpec) -> Iterator[str]:
    """Written out from the paper's section 3.3 (option B with a stride in the first block of all stages but one)."""
    before = spec.widths[0]
    dilated = (False, *(spec.replace_stride_with_dilation or (False,) * 5))
    for stage, blocks in enumerate(spec.layers):
        after = spec.widths[stage] * (4 if spec.block == "bottleneck" else 1)
        for block in range(blocks):
            is_other = before != after or (block == 0 and stage > 0 and not dilated[stage])
            needed = {"A": "parameter-free", "B": "projection", "C": "projection", "none": "none"}[spec.shortcut]
            yield needed if is_other or spec.shortcut in ("C", "none") else "identity"
            before = after


def check_trace(spec: ResNetSpec, trace: Trace) -> None:
    assert trace.warnings == ()
    assert trace.origin == "rule"
    assert trace.n_params == sum(parameter.numel() for parameter in build_plan(spec).parameters())
    assert [block.shortcut for block in trace.blocks] == list(expected_shortcuts(spec))
    assert [stage.n_blocks for stage in trace.stages] == list(spec.layers)
    assert [stage.out_shape[1] for stage in trace.stages] == [
        planes * (4 if spec.block == "bottleneck" else 1) for planes in spec.widths
    ]
    dilated = (False, *(spec.replace_stride_with_dilation or (False,) * 5))
    for index, stage in enumerate(trace.stages):
        strides = [block.stride for block in trace.blocks if block.parent == stage.id]
        first = 1 if index == 0 or dilated[index] else 2
        assert strides == [(first, first), *[(1, 1)] * (len(strides) - 1)]
    for block in trace.blocks:
        assert (block.add is None) == (spec.shortcut == "none")
        if block.add is None:
            continue
        assert (trace.last_op(block).id == block.add) == spec.pre_activation
        downsample = trace.nodes.get(f"{block.id}.downsample")
        assert (downsample is not None) == (block.shortcut != "identity")
        assert downsample is None or not downsample.children or downsample.kind == "shortcut"


@every_net
def test_every_variant_is_traced_as_it_is(name: str) -> None:
    check_trace(NETS[name], trace_of(NETS[name]))


@every_net
def test_a_link_restores_every_variant(name: str) -> None:
    assert ResNetSpec.from_query(NETS[name].to_query()) == NETS[name]


@every_net
def test_every_formula_of_a_variant_works_out(name: str) -> None:
    trace = trace_of(NETS[name])
    for thing in things(trace):
        check_formulas(trace, thing)


@every_net
def test_feature_names_are_those_of_the_library(name: str) -> None:
    trace, plan = trace_of(NETS[name]), build_plan(NETS[name])
    _train, known = get_graph_node_names(plan)
    found = {
        value
        for node in trace.nodes.values()
        for names in inspect_node(trace, node).names
        if names.system == "features" and (node.kind in ("input", "op") or node.id.endswith(".se"))
        for value in names.values
    }
    leaves = {re.sub(r"\.downsample\.(getitem|pad)$", ".downsample", name) for name in known}
    # Where a norm would stand in a net without, the library's graph has a call that does nothing, and ours has no node.
    nothing = {path for path, module in plan.named_modules() if isinstance(module, nn.Identity)}
    assert bool(nothing) == (NETS[name].norm == "none")
    assert found == leaves - nothing


OPTIONS = {
    "block": st.sampled_from(["basic", "bottleneck"]),
    "layers": st.lists(st.integers(1, 3), min_size=1, max_size=6).map(tuple),
    "num_classes": st.integers(1, 20),
    "groups": st.sampled_from([1, 2]),
    "width_per_group": st.sampled_from([64, 32]),
    "replace_stride_with_dilation": st.none() | st.tuples(*[st.booleans()] * 3),
    "norm": st.sampled_from(["batch", "group", "frozen", "none"]),
    "zero_init_residual": st.booleans(),
    "in_channels": st.integers(1, 4),
    "input_size": st.tuples(*[st.integers(1, 70)] * 2),
    "stride_in": st.sampled_from(["3x3", "1x1"]),
    "shortcut": st.sampled_from(["B", "A", "C", "none"]),
    "stem": st.sampled_from(["7x7", "3x3", "deep"]),
    "widths": st.just(()) | st.lists(st.sampled_from([1, 5, 8, 32, 48, 64]), min_size=1, max_size=6).map(tuple),
    "pre_activation": st.booleans(),
    "average_shortcut": st.booleans(),
    "squeeze_excitation": st.booleans(),
}
NEEDED = {name: OPTIONS.pop(name) for name in ("block", "layers")}
ASKED = st.fixed_dictionaries(NEEDED, optional=OPTIONS)


@settings(max_examples=120, deadline=None)
@given(ASKED)
def test_any_combination_is_built_as_described_or_refused_in_a_sentence(asked: dict[str, Any]) -> None:
    refusal = None
    try:
        spec = ResNetSpec(**asked)
    except SpecError as error:
        refusal = str(error)
    if refusal is not None:
        assert re.search(r"\. (Choose|Write|Leave) [^.]+\.$", refusal)
        return
    assert ResNetSpec.from_query(spec.to_query()) == spec
    check_trace(spec, trace_spec(spec))


@settings(max_examples=15, deadline=None)
@given(ASKED)
def test_what_is_traced_is_what_runs(asked: dict[str, Any]) -> None:
    try:
        spec = ResNetSpec(
            **{**asked, "layers": asked["layers"][:3], "widths": (32, 48, 64)[: len(asked["layers"][:3])]}
        )
    except SpecError:
        reject()
    model = build_model(spec)
    shapes: dict[str, tuple[int, ...]] = {}
    for path, module in model.named_modules():
        module.register_forward_hook(lambda _m, _in, out, path=path: shapes.update({path: tuple(out.shape)}))
    with torch.inference_mode():
        model(torch.zeros(spec.input_shape))
    trace = trace_model(model, spec.input_shape, spec)
    # A ReLU runs several times; each of its calls is a node of its own.
    known = {path: shape for path, shape in shapes.items() if path in trace.nodes and not path.endswith("relu")}
    assert known == {path: trace.nodes[path].out_shape for path in known}
    assert {"fc", "conv1", *(block.id for block in trace.blocks)} <= set(known)


PHOTO = Image.effect_noise((70, 70), 60).convert("RGB")


@pytest.mark.parametrize(
    "name", ["v1", "A", "C", "D", "SE", "no norm", "v2-18", "v2-A", "v2-SE", "v2-no norm", "small stem", "cifar20"]
)
def test_a_block_s_branches_add_up(name: str) -> None:
    spec = replace(NETS[name], layers=(1,) * len(NETS[name].layers), input_size=(32, 32))
    model = lively(build_model(spec))
    for block in ("layer1.0", "layer2.0"):
        maps = capture_block(model, PHOTO, block, spec.input_size)
        assert (maps.residual + maps.shortcut == maps.sum).all()
        assert maps.sum.any()
        assert (maps.output == (maps.sum if spec.pre_activation else maps.sum.clip(0))).all()


# What cannot be combined is said before it is built


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"layers": (2, 2, 2), "widths": (64, 128)}, "3 stages"),
        ({"layers": (2, 2, 2), "widths": (), "replace_stride_with_dilation": (True, True, True)}, "four stages"),
        ({"block": "basic", "stride_in": "1x1"}, "no 1×1 convolution"),
        ({"shortcut": "none", "pre_activation": True}, "plain net has no shortcut"),
        ({"shortcut": "A", "average_shortcut": True}, "Choose shortcut B or C"),
        ({"shortcut": "none", "average_shortcut": True}, "Choose shortcut B or C"),
        ({"shortcut": "A", "widths": (64, 128, 96, 128)}, "layer3 has fewer"),
        ({"shortcut": "none", "zero_init_residual": True}, "nothing but zeros"),
        ({"pre_activation": True, "zero_init_residual": True}, "ends in a convolution"),
        ({"norm": "none", "zero_init_residual": True}, "this net has no norms. Choose a norm, or leave it off."),
        ({"norm": "group", "stem": "deep", "widths": (32, 64, 128, 256)}, "conv1.1 has 16"),
        (
            {"norm": "group", "pre_activation": True, "width_per_group": 128, "widths": (48, 64, 64, 64)},
            "layer1.0.bn1 has 48",
        ),
        ({"stem": "5x5"}, "7x7, 3x3, deep"),
        ({"shortcut": "D"}, "B, A, C, none"),
        ({"stride_in": "2x2"}, "3x3, 1x1"),
        ({"widths": (0, 1, 1, 1)}, "one whole number from 1 on"),
        ({"widths": "64"}, "one whole number from 1 on"),
        ({"widths": 64}, "one whole number from 1 on"),
        ({"squeeze_excitation": 1}, "True or False"),
    ],
)
def test_what_cannot_be_combined(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=re.escape(words)):
        replace(OWN, **changes)


@pytest.mark.parametrize("depth", [0, 2, 9, 21, -4, True, "20", None, 2.0, 8_000])
def test_cifar_nets_have_6n_plus_2_layers(depth: Any) -> None:
    with pytest.raises(SpecError):
        ResNetSpec.cifar(depth)


# Names


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (NETS["v1"], "ResNet-50 v1"),
        (NETS["v2"], "ResNet-50 v2"),
        (NETS["A"], "ResNet-50 A"),
        (NETS["C"], "ResNet-50 C"),
        (NETS["none"], "Plain-50"),
        (PRESETS["plain34"], "Plain-34"),
        (NETS["D"], "ResNet-50-D"),
        (NETS["SE"], "SE-ResNet-50"),
        (replace(PRESETS["resnext50_32x4d"], squeeze_excitation=True), "SE-ResNeXt-50 32x4d"),
        (PRESETS["cifar110"], "ResNet-110 (CIFAR)"),
        (ResNetSpec.cifar(110, "B"), "ResNet-110 B (CIFAR)"),
        (ResNetSpec.cifar(20, "none"), "Plain-20 (CIFAR)"),
    ],
)
def test_nets_bear_the_papers_names(spec: ResNetSpec, name: str) -> None:
    assert spec.name == name


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"block": "basic"},
        {"stem": "deep"},
        {"pre_activation": True},
        {"pre_activation": True, "block": "basic"},
        {"groups": 2, "width_per_group": 32},
    ],
    ids=str,
)
def test_the_norms_that_a_spec_tells_of_are_those_of_the_net(changes: dict[str, Any]) -> None:
    spec = replace(ResNetSpec("bottleneck", (1, 1), norm="group", widths=(64, 128)), **changes)
    plan = build_plan(spec)
    told = dict(spec.normalised_widths())
    assert told == {place: plan.get_submodule(place).num_channels for place in told}
    norms = {path: module.num_channels for path, module in plan.named_modules() if isinstance(module, nn.GroupNorm)}
    assert set(norms.values()) == set(told.values())
    assert [*replace(spec, norm="none").normalised_widths()] == []
