"""Equal blocks are traced once: Trace and plan are those of a pass in which every module runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.errors import TraceError
from resnet_viz.model.net.alike import find_alike
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace import plan as planning
from resnet_viz.model.trace.plan import Plan, plan_model, plan_whole, trace_spec
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from tests.model.snapshots import assert_unchanged, snapshot
from tests.model.trace.repeating import LAYERS, SIZE, assert_repeated, assert_same, refuse, small
from tests.nets import NETS, VARIANTS, specs

# Nets of specs


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_the_same_as_when_every_module_runs(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = PRESETS[preset]
    net = build_plan(spec)
    whole = plan_whole(net, spec.input_shape, spec)
    with monkeypatch.context() as patch:
        if find_alike(net):
            patch.setattr(planning, "_record", refuse)
        assert_same(plan_model(net, spec.input_shape, spec), whole)
    with monkeypatch.context() as patch:
        if max(spec.layers) > 2:
            patch.setattr(planning, "build_plan", refuse)
        trace = trace_spec(spec)
    assert trace == whole.trace
    assert [*trace.nodes] == [*whole.trace.nodes]


VARIED = {
    **{name: replace(spec, layers=(*LAYERS, 1, 3)[: len(spec.layers)]) for name, spec in {**NETS, **VARIANTS}.items()},
    "v2-C": ResNetSpec("basic", LAYERS, pre_activation=True, shortcut="C"),
    "v2-se": ResNetSpec("bottleneck", LAYERS, pre_activation=True, squeeze_excitation=True),
}


@pytest.mark.parametrize("name", VARIED)
def test_a_variant_is_the_same_as_when_every_module_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = VARIED[name]
    net = build_plan(spec)
    whole = plan_whole(net, spec.input_shape, spec)
    if len(spec.layers) > 1:
        monkeypatch.setattr(planning, "_record", refuse)
    assert_same(plan_model(net, spec.input_shape, spec), whole)
    assert trace_spec(spec) == whole.trace


@given(specs(), st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_any_spec_is_the_same_as_when_every_module_runs(spec: ResNetSpec, more: list[int]) -> None:
    spec = replace(spec, layers=tuple(n + m for n, m in zip(spec.layers, more, strict=False)))
    net = build_plan(spec)
    found, told, whole = (
        _outcome(lambda: plan_model(net, spec.input_shape, spec)),
        _outcome(lambda: trace_spec(spec)),
        _outcome(lambda: plan_whole(net, spec.input_shape, spec)),
    )
    assert found == whole
    assert told == (whole.trace if isinstance(whole, Plan) else whole)


def _outcome(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except TraceError as error:
        return str(error), error.partial


def test_a_picture_that_is_too_small_isrefused_in_the_same_words() -> None:
    net = small()
    net.layer3[4].conv1 = nn.Conv2d(8, 256, 3, device="meta")
    assert _outcome(lambda: plan_model(net, SIZE)) == _outcome(lambda: plan_whole(net, SIZE))
    assert _outcome(lambda: plan_model(net, (1, 4, 64, 64))) == _outcome(lambda: plan_whole(net, (1, 4, 64, 64)))


# Other people's nets with equal blocks


def _head(net: Any) -> None:
    net.fc = nn.Sequential(*(nn.Linear(512, 512, device="meta") for _ in range(3)), nn.ReLU()).eval()


def _no_stem(net: Any) -> None:
    net.conv1 = net.bn1 = nn.Identity().eval()
    net.bn1, net.relu, net.maxpool = nn.Identity().eval(), nn.Identity().eval(), nn.Identity().eval()


def _half_frozen(net: Any) -> None:
    for block in net.layer3[:3]:
        block.requires_grad_(False)


def _other_eps(net: Any) -> None:
    net.layer3[2].bn2.eps = 1e-3


def _other_type(net: Any) -> None:
    net.layer3[2].bn2.eps = 1
    net.layer3[3].bn2.eps = 1.0


def _other_activation(net: Any) -> None:
    net.layer3[2].relu = nn.ReLU(inplace=False).eval()


def _other_layer(net: Any) -> None:
    net.layer3[2].bn1 = nn.Identity().eval()
    net.layer3[3].bn1 = FrozenBatchNorm2d(256).to("meta").eval()


def _other_class(net: Any) -> None:
    net.layer3[2].relu, net.layer3[3].relu = nn.Identity().eval(), nn.Sigmoid().eval()


def _other_bias(net: Any) -> None:
    net.layer3[2].conv1 = nn.Conv2d(256, 256, 3, padding=1, device="meta").eval()


def _other_kernel(net: Any) -> None:
    net.layer3[2].conv1 = nn.Conv2d(256, 256, 5, padding=2, bias=False, device="meta").eval()


def _other_groups(net: Any) -> None:
    net.layer3[2].conv1 = nn.Conv2d(256, 256, 3, padding=1, groups=2, bias=False, device="meta").eval()


def _other_width(net: Any) -> None:
    net.layer3[2].conv1 = nn.Conv2d(256, 8, 3, padding=1, bias=False, device="meta").eval()
    net.layer3[2].bn1 = nn.BatchNorm2d(8, device="meta").eval()
    net.layer3[2].conv2 = nn.Conv2d(8, 256, 3, padding=1, bias=False, device="meta").eval()


def _pruned(net: Any) -> None:
    """Of fewer channels than its attributes say."""
    block = net.layer3[2]
    block.conv1.weight = nn.Parameter(block.conv1.weight[:8])
    block.conv2.weight = nn.Parameter(block.conv2.weight[:, :8])
    for name, tensor in (*block.bn1.named_parameters(), *block.bn1.named_buffers()):
        if tensor.dim():
            setattr(block.bn1, name, nn.Parameter(tensor[:8]) if name in ("weight", "bias") else tensor[:8])


def _in_place(net: Any) -> None:
    """Each block begins by writing into what it is given."""
    for block in net.layer3[1:]:
        block.conv1, block.bn1 = nn.Identity().eval(), nn.Identity().eval()


def _in_place_later(net: Any) -> None:
    for block in net.layer3[3:]:
        block.conv1, block.bn1 = nn.Identity().eval(), nn.Identity().eval()


def _with_shortcut(net: Any) -> None:
    net.layer3[2].downsample = nn.Conv2d(256, 256, 1, device="meta").eval()


def _no_names(net: Any) -> None:
    net.layer2._modules["before"] = net.layer2._modules.pop("1")


def _shorter(net: Any) -> None:
    net.layer2 = nn.Identity().eval()
    net.layer3[0].conv1 = nn.Conv2d(64, 256, 3, stride=2, padding=1, bias=False, device="meta").eval()
    net.layer3[0].downsample[0] = nn.Conv2d(64, 256, 1, stride=2, bias=False, device="meta").eval()


CHANGES = (
    _head, _half_frozen, _other_eps, _other_type, _other_activation, _other_layer, _other_bias, _other_kernel,
    _other_groups, _other_width, _other_class, _pruned, _in_place, _in_place_later, _with_shortcut, _no_names, _shorter,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_only_equal_blocks_are_repeated(change: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch) -> None:
    net = small()
    change(net)
    assert_repeated(net, SIZE, monkeypatch)


def test_blocks_that_take_the_picture_itself_are_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    net = small()
    _no_stem(net)
    assert_repeated(net, (1, 64, 16, 16), monkeypatch)


NORMS = (
    nn.BatchNorm2d,
    FrozenBatchNorm2d,
    nn.Identity,
    lambda width: nn.GroupNorm(4, width),
    lambda width: nn.BatchNorm2d(width, track_running_stats=False),
)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
def test_nets_on_the_cpu_are_repeated(block: Any, norm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    net = ResNet(block, [3, 1, 4, 2], norm_layer=norm).eval()
    before = snapshot(net)
    assert_repeated(net, (2, 3, 65, 40), monkeypatch)
    assert_unchanged(net, before)
