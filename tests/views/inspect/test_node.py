"""The inspector's records: every printed formula is worked out again, sums are exact, reasons are torchvision's."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from resnet_viz.errors import SpecError
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Block, SourceRef, Trace
from resnet_viz.spec.checks import NORMS
from resnet_viz.spec.resnet import PRESETS, TORCHVISION, ResNetSpec
from resnet_viz.views.inspect.node import Inspection, inspect_node
from resnet_viz.views.inspect.shortcut import explain_shortcut
from resnet_viz.views.parts.ids import chosen
from tests.nets import SHAPE, Gate, Net, OptionA, conv, in_stage, skipping, trace_of
from tests.views.inspect.arithmetic import check_formulas, things, titled


def inspect(trace: Trace, thing_id: str) -> Inspection:
    found = chosen(trace, thing_id)
    assert found is not None
    return inspect_node(trace, found.thing)


# Arithmetic


@pytest.mark.parametrize("preset", TORCHVISION)
def test_every_printed_formula_works_out_to_the_trace_s_number(preset: str) -> None:
    trace = trace_of(preset)
    for thing in things(trace):
        check_formulas(trace, thing)


@pytest.mark.parametrize("preset", TORCHVISION)
def test_whatever_costs_something_has_a_formula(preset: str) -> None:
    trace = trace_of(preset)
    for thing in things(trace):
        found = inspect_node(trace, thing)
        assert bool(titled(found, "MACs")) == bool(found.n_macs)
        assert bool(found.macs_note) != bool(found.n_macs)
    for op in trace.ops:
        if op.op in ("conv2d", "max_pool2d"):
            found = inspect_node(trace, op)
            assert titled(found, "Height and width")
            assert bool(titled(found, "Receptive field")) == (op.attrs["kernel"] != (1, 1))
            assert bool(titled(found, "Jump")) == (op.attrs["stride"] != (1, 1))


@st.composite
def specs(draw: st.DrawFn) -> ResNetSpec:
    is_bottleneck = draw(st.booleans())
    layers = tuple(draw(st.lists(st.integers(1, 3), min_size=4, max_size=4)))
    flags = draw(st.tuples(st.booleans(), st.booleans(), st.booleans())) if is_bottleneck else None
    return ResNetSpec(
        block="bottleneck" if is_bottleneck else "basic",
        layers=(layers[0], layers[1], layers[2], layers[3]),
        num_classes=draw(st.integers(1, 50)),
        groups=draw(st.sampled_from([1, 2, 32])) if is_bottleneck else 1,
        width_per_group=draw(st.sampled_from([4, 64, 128])) if is_bottleneck else 64,
        replace_stride_with_dilation=flags,
        norm=draw(st.sampled_from([norm for norm in NORMS if norm != "group"])),
        in_channels=draw(st.integers(1, 4)),
        input_size=draw(st.tuples(st.integers(1, 97), st.integers(1, 97))),
    )


@settings(max_examples=25, deadline=None)
@given(specs(), st.integers(1, 3))
def test_formulas_and_sums_hold_for_any_net(spec: ResNetSpec, batch: int) -> None:
    try:
        plan = build_plan(spec)
    except SpecError:
        return
    trace = trace_model(plan, (batch, *spec.input_shape[1:]), spec)
    for thing in things(trace):
        check_formulas(trace, thing)
        check_params(inspect_node(trace, thing))


@pytest.mark.parametrize(
    ("node", "title", "numbers"),
    [
        ("layer3.5.conv2", "MACs", "256 × 14 × 14 × 256 × 3 × 3"),
        ("layer2.0.conv2", "Height and width", "⌊(56 + 2 × 1 − 3) ÷ 2⌋ + 1"),
        ("layer2.0.conv2", "Receptive field", "35 + (3 − 1) × 4"),
        ("layer2.0.conv2", "Jump", "4 × 2"),
        ("fc", "MACs", "1,000 × 2,048"),
        ("layer3", "MACs", "372,506,624 + 5 × 218,365,952"),
        ("layer3.1..5", "MACs", "5 × 218,365,952"),
        ("layer3.1..5", "Parameters", "5 × 1,117,184"),
        ("flatten", "Features", "2,048 × 1 × 1"),
        ("conv1", "Activations", "64 × 112 × 112 × 4"),
    ],
)
def test_formulas_of_resnet_50(node: str, title: str, numbers: str) -> None:
    assert titled(inspect(trace_of("resnet50"), node), title)[0].numbers == numbers


def test_groups_dilation_and_batches_enter_the_formulas() -> None:
    grouped = inspect(trace_of("resnext50_32x4d"), "layer1.0.conv2")
    assert titled(grouped, "MACs")[0].numbers == "128 × 56 × 56 × (128 ÷ 32) × 3 × 3"
    spec = replace(PRESETS["resnet50"], replace_stride_with_dilation=(False, False, True))
    dilated = inspect(trace_of(spec), "layer4.1.conv2")
    assert titled(dilated, "Height and width")[0].numbers == "⌊(14 + 2 × 2 − 2 × (3 − 1) − 1) ÷ 1⌋ + 1"
    assert titled(dilated, "Receptive field")[0].numbers.endswith("(3 − 1) × 2 × 16")
    batch = trace_model(build_plan(PRESETS["resnet18"]), (4, 3, 224, 224))
    assert titled(inspect(batch, "fc"), "MACs")[0].numbers == "4 × 1,000 × 512"


# Parameters


def check_params(found: Inspection) -> None:
    counted = [row for row in found.params if row.is_counted]
    assert sum(row.size for row in counted) == found.n_params
    sums = [part.size for part in found.param_sums if not part.is_buffer]
    assert sum(sums) == found.n_params
    assert len({row.key for row in found.params}) == len(found.params)


@pytest.mark.parametrize("preset", TORCHVISION)
def test_parameters_add_up_exactly(preset: str) -> None:
    trace = trace_of(preset)
    for thing in things(trace):
        check_params(inspect_node(trace, thing))


def test_parameters_are_told_by_what_they_do() -> None:
    trace = trace_of("resnet50")
    rows = {row.key: row for row in inspect(trace, "layer3.5.bn2").params}
    assert [(row.layer, row.role, row.shape) for row in rows.values()] == [
        ("norm", "scale", (256,)),
        ("norm", "shift", (256,)),
        ("norm", "mean", (256,)),
        ("norm", "variance", (256,)),
        ("norm", "counter", ()),
    ]
    assert [row.is_buffer for row in rows.values()] == [False, False, True, True, True]
    (weight,) = inspect(trace, "layer3.5.conv2").params
    assert (weight.role, weight.shape, weight.size) == ("weight", (256, 256, 3, 3), 256 * 256 * 9)
    sums = {(part.layer, part.role): (part.n_tensors, part.size) for part in inspect(trace, "network").param_sums}
    assert sums["conv", "weight"] == (53, 25_557_032 - 2 * 26_560 - 2_049_000)
    assert sums["linear", "weight"] == (1, 2048 * 1000)
    assert sums["norm", "scale"] == sums["norm", "shift"] == (53, 26_560)


def test_frozen_and_shared_parameters_are_told() -> None:
    shared = conv()
    net = in_stage(Net(lambda net, x: net.conv2(net.conv1(x)) + x, conv1=shared, conv2=conv()))
    net.layer1[0].conv2.weight = shared.weight  # type: ignore[union-attr, index]
    shared.weight.requires_grad_(False)
    trace = trace_model(net, (1, 3, 16, 16))
    for thing in things(trace):
        check_params(inspect_node(trace, thing))
    first, second = inspect(trace, "layer1.0").params
    assert (first.is_counted, second.is_counted) == (True, False)
    assert not first.is_trainable
    assert inspect(trace, "layer1.0.conv2").n_params == shared.weight.numel()
    assert inspect(trace, "layer1.0").n_params == shared.weight.numel()


# Shortcuts


@pytest.mark.parametrize("preset", TORCHVISION)
def test_reasons_are_torchvisions_condition(preset: str) -> None:
    """`stride != 1 or inplanes != planes * expansion` decides in `_make_layer`; the module says what it was."""
    trace, plan = trace_of(preset), build_plan(PRESETS[preset])
    for block in trace.blocks:
        module: Any = plan.get_submodule(block.id)
        shortcut = inspect_node(trace, block).shortcut
        assert shortcut is not None
        stride, channels = shortcut.reasons
        convs = [part for part in module.children() if isinstance(part, nn.Conv2d)]
        assert stride.holds == (module.stride != 1)
        assert stride.values.startswith(str(module.stride))
        assert channels.holds == (convs[0].in_channels != convs[-1].out_channels)
        assert re.findall(r"[\d,]+", channels.values) == [f"{convs[0].in_channels:,}", f"{convs[-1].out_channels:,}"]
        assert (stride.holds or channels.holds) == (module.downsample is not None) == (shortcut.kind == "projection")


def test_a_shortcut_is_explained_with_its_values() -> None:
    trace = trace_of("resnet50")
    first, second = inspect(trace, "layer1.0").shortcut, inspect(trace, "layer2.0").shortcut
    assert first is not None
    assert second is not None
    assert [reason.values for reason in first.reasons] == ["1 = 1", "64 ≠ 256"]
    assert [reason.values for reason in second.reasons] == ["2 ≠ 1", "256 ≠ 512"]
    assert second.bypass == ("layer2.0.downsample.0", "layer2.0.downsample.1")
    same = inspect(trace, "layer3.1..5").shortcut
    assert same is not None
    assert (same.kind, same.bypass) == ("identity", ())
    assert not any(reason.holds for reason in same.reasons)
    assert first.conclusion == (
        "Stride 1, but 64 → 256 channels, so the shape of x is not that of F(x). "
        "Layers with weights on the shortcut bring x into the shape of F(x)."
    )
    assert second.conclusion.startswith("Stride 2 and 256 → 512 channels, so the shape of x is not that of F(x). ")
    assert same.conclusion == (
        "Stride 1 and 1,024 channels before and after, so x has the shape of F(x). It is added as it is."
    )


def test_each_kind_of_shortcut_is_told_in_whole_sentences() -> None:
    trace = trace_of(replace(PRESETS["resnet18"], widths=(64, 64, 128, 256)))
    (only_strided,) = (block for block in trace.blocks if block.id == "layer2.0")
    assert explain_shortcut(trace, only_strided).conclusion.startswith(
        "Stride 2, so x is larger than F(x), though both have 64 channels. Layers with weights"
    )
    plain = trace_of(replace(PRESETS["resnet18"], shortcut="none"))
    assert {explain_shortcut(plain, block).conclusion for block in plain.blocks} == {
        "No shortcut: nothing is added to what the block's layers give."
    }
    free, each = (trace_of(replace(PRESETS["resnet18"], shortcut=option)) for option in ("A", "C"))
    assert "channels of zeros added, without weights (option A)" in explain_shortcut(free, free.blocks[2]).conclusion
    assert explain_shortcut(each, each.blocks[0]).conclusion == (
        "Stride 1 and 64 channels before and after, so x has the shape of F(x). "
        "Yet x goes through layers with weights: here every block projects (option C)."
    )


# Shapes, memory, source


def test_changes_are_marked() -> None:
    trace = trace_of("resnet50")
    changes = {
        node: [(change.before, change.after) for change in inspect(trace, node).changes if change.is_changed]
        for node in ("layer2.0", "layer2.0.conv1", "layer2.0.conv2", "bn1", "flatten", "fc")
    }
    assert changes == {
        "layer2.0": [(256, 512), (56, 28), (56, 28)],
        "layer2.0.conv1": [(256, 128)],
        "layer2.0.conv2": [(56, 28), (56, 28)],
        "bn1": [],
        "flatten": [(2048, None), (1, None), (1, None), (None, 2048)],
        "fc": [(2048, 1000)],
    }


def test_memory_and_settings_are_told() -> None:
    trace = trace_of("resnet50")
    assert "memory of layer3.0.bn3" in inspect(trace, "layer3.0.add").memory
    assert "view of avgpool" in inspect(trace, "flatten").memory
    settings = dict(inspect(trace, "layer2.0.conv2").attributes)
    assert settings == {
        "kernel": "3",
        "stride": "2",
        "padding": "1",
        "dilation": "1",
        "groups": "1",
        "bias": "no",
    }
    assert dict(inspect(trace, "bn1").attributes)["eps"] == "1e-05"


def test_source_is_the_line_in_the_file() -> None:
    trace = trace_of("resnet50")
    own, *callers = inspect(trace, "layer3.5.conv2").source
    assert (own.place, own.function) == ("torchvision/models/resnet.py", "Bottleneck.forward")
    assert own.code == "out = self.conv2(out)"
    assert callers[0].code == "x = self.layer3(x)"
    block, stage, stem, run = (inspect(trace, node).source[0] for node in ("layer3.5", "layer3", "stem", "layer3.1..5"))
    assert block.code.startswith("out = self.conv1(x)")
    assert block.code.endswith("out = self.relu(out)")
    assert (stage.code, stage.function) == ("x = self.layer3(x)", "ResNet._forward_impl")
    assert stem.code.splitlines()[0] == "x = self.conv1(x)"
    assert stem.code.splitlines()[-1] == "x = self.maxpool(x)"
    assert run == block
    assert inspect(trace, "layer2.0.downsample").source[0].code == "identity = self.downsample(x)"


def test_only_the_source_of_loaded_modules_is_read(tmp_path: Any) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("password = 1\n")
    trace = trace_of("resnet18")
    node = replace(trace.nodes["conv1"], source=(SourceRef(str(secret), 1, "f"),))
    (found,) = inspect_node(trace, node).source
    assert (found.place, found.code) == ("secret.py", "")


# Runs


def test_a_run_is_all_its_blocks_together() -> None:
    trace = trace_of("resnet152")
    found, one = inspect(trace, "layer3.1..35"), inspect(trace, "layer3.7")
    assert found.id == "layer3.1..35"
    assert "35" in found.kind
    assert "Bottleneck" in found.kind
    assert (found.n_params, found.n_macs) == (35 * one.n_params, 35 * (one.n_macs or 0))
    assert found.act_bytes == 35 * one.act_bytes
    assert found.field == trace.nodes["layer3.35"].field
    assert (found.in_shape, found.out_shape) == (one.in_shape, one.out_shape)


@pytest.mark.parametrize(
    ("run_id", "n"), [("layer3.1..35", 35), ("layer3.6..35", 30), ("layer3.1..2", 2), ("layer2.1..7", 7)]
)
def test_any_equal_neighbours_are_a_run(run_id: str, n: int) -> None:
    found = chosen(trace_of("resnet152"), run_id)
    assert found is not None
    assert found.run is not None
    assert (found.id, found.run.id, len(found.run.blocks)) == (run_id, run_id, n)


@pytest.mark.parametrize(
    "run_id",
    [
        *("layer3.0..35", "layer3.1..36", "layer3.35..1", "layer3.1..1", "layer3.1..", "layer3..35", ".."),
        *(
            "layer9.1..2",
            "layer3.01..35",
            "layer3.1..35..36",
            "layer3.-1..3",
            "layer3.1..layer3.35",
            "conv1..bn1",
            None,
        ),
    ],
)
def test_what_is_no_run_is_none(run_id: str | None) -> None:
    assert chosen(trace_of("resnet152"), run_id) is None


# Nets of other making


class Scaled(nn.Module):
    """A block with a parameter of its own, a layer that is never called, and a gate."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.unused, self.gate = conv(), nn.Linear(3, 5), Gate()
        self.gamma = nn.Parameter(torch.ones(1, 8, 1, 1))
        self.register_buffer("seen", torch.zeros(3), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(self.gate(self.conv1(x)) * self.gamma + x)


NETS: dict[str, Callable[[], nn.Module]] = {
    "gate": lambda: in_stage(Scaled(), Scaled()),
    "option-a": lambda: in_stage(
        Net(skipping, conv1=conv(8, 16, 2), shortcut=OptionA(), relu=nn.ReLU()),
        Net(skipping, conv1=conv(16, 16), shortcut=conv(16, 16), relu=nn.ReLU(inplace=True)),
    ),
    "none": lambda: in_stage(Net(lambda net, x: net.conv1(x), conv1=conv(stride=2))),
    "uneven": lambda: in_stage(nn.Sequential(nn.Conv2d(8, 8, (3, 1), (2, 1), (1, 0)), nn.AvgPool2d((1, 2)))),
    "layer": lambda: conv(3),
    "instance-norm": lambda: nn.Sequential(conv(3), nn.InstanceNorm2d(8, affine=True), nn.Upsample(scale_factor=2)),
    "odd": lambda: nn.Sequential(nn.Conv2d(3, 8, 3, padding="same"), nn.AdaptiveAvgPool2d(3), nn.Flatten()),
}


@pytest.mark.parametrize("name", NETS)
def test_a_net_of_other_making_is_inspected(name: str) -> None:
    net = NETS[name]().eval()
    trace = trace_model(net, (2, 3, 16, 16))
    for thing in things(trace):
        found = inspect_node(trace, thing)
        check_formulas(trace, thing)
        check_params(found)
        assert found.kind
        assert found.memory
        assert bool(found.formulas) or found.macs_note
    keys = {name for node in trace.nodes.values() for name in (param.name for param in node.params)}
    assert keys == set(net.state_dict())
    assert len(inspect(trace, "network").params) == len(keys)


def test_a_shortcut_that_needs_no_projection_says_so() -> None:
    trace = trace_model(NETS["option-a"](), (1, 3, 16, 16))
    free, projected = (inspect_node(trace, block).shortcut for block in trace.blocks)
    assert free is not None
    assert projected is not None
    assert (free.kind, projected.kind) == ("parameter-free", "projection")
    assert "without weights" in free.conclusion
    assert "all the same" in projected.conclusion
    (plain,) = trace_model(NETS["none"](), (1, 3, 16, 16)).blocks
    assert isinstance(plain, Block)
    found = inspect_node(trace_model(NETS["none"](), (1, 3, 16, 16)), plain).shortcut
    assert found is not None
    assert (found.kind, found.reasons) == ("none", ())


def test_a_window_that_rounding_up_adds_and_torch_drops_has_no_formula() -> None:
    """Its start would lie in the padding behind the map: ⌈(4 + 2 × 1 − 2) ÷ 3⌉ + 1 = 3, and torch gives 2."""
    trace = trace_model(nn.Sequential(nn.MaxPool2d(2, 3, padding=1, ceil_mode=True)), (1, 3, 4, 4))
    assert trace.nodes["0"].out_shape == (1, 3, 2, 2)
    assert not [formula for formula in inspect(trace, "0").formulas if "÷" in formula.words]
    kept = trace_model(nn.Sequential(nn.MaxPool2d(2, 2, ceil_mode=True)), (1, 3, 5, 5))
    assert [formula.result for formula in inspect(kept, "0").formulas if "÷" in formula.words] == [3]


def test_a_block_that_gives_no_maps_has_no_channels_to_compare() -> None:
    block = Net(lambda net, x: net.one(x).sum() + net.other(x).sum(), one=conv(), other=conv())
    trace = trace_model(in_stage(block), SHAPE)
    (found,) = trace.blocks
    assert found.out_shape == ()
    assert [reason.question for reason in explain_shortcut(trace, found).reasons] == ["Stride is not 1?"]
