"""Equal blocks are traced once: Trace and plan are those of a pass in which every module runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from types import MethodType
from typing import Any
from unittest.mock import Mock

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.nn.utils import parametrize
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torchvision.models import resnet
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.errors import TraceError
from resnet_viz.model.net import known
from resnet_viz.model.net.alike import find_alike
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace import plan as planning
from resnet_viz.model.trace.plan import Plan, plan_model, plan_whole, trace_spec
from resnet_viz.model.trace.plan_recorder import PlanRecorder
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from tests.model.snapshots import assert_unchanged, snapshot
from tests.nets import NETS, VARIANTS, specs

SIZE = (1, 3, 64, 64)
LAYERS = (3, 4, 5, 3)


def small(block: Any = BasicBlock, layers: tuple[int, ...] = LAYERS, **options: Any) -> Any:
    """Returns a net whose every stage has equal blocks, on the meta device."""
    with torch.device("meta"):
        return ResNet(block, [*layers], **options).eval()


def assert_same(found: Plan, whole: Plan) -> None:
    assert found.trace == whole.trace
    assert [*found.trace.nodes] == [*whole.trace.nodes]
    assert list(found.calls.items()) == list(whole.calls.items())
    assert [*map(id, found.written)] == [*map(id, whole.written)]


def assert_repeated(net: nn.Module, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Asserts that a net is not run as a whole, and that nothing of its plan is another for it. Returns the plan."""
    whole = plan_whole(net, shape)
    with monkeypatch.context() as patch:
        patch.setattr(planning, "_record", _refuse)
        found = plan_model(net, shape)
    assert_same(found, whole)
    return found


def assert_whole(net: nn.Module, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Asserts that every module of a net runs. Returns the plan."""
    with monkeypatch.context() as patch:
        record = Mock(side_effect=planning._record)
        patch.setattr(planning, "_record", record)
        found = plan_model(net, shape)
    record.assert_called_once()
    assert_same(found, plan_whole(net, shape))
    return found


def _refuse(*args: object) -> None:
    pytest.fail("ran as a whole")


# Nets of specs


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_the_same_as_when_every_module_runs(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = PRESETS[preset]
    net = build_plan(spec)
    whole = plan_whole(net, spec.input_shape, spec)
    with monkeypatch.context() as patch:
        if find_alike(net):
            patch.setattr(planning, "_record", _refuse)
        assert_same(plan_model(net, spec.input_shape, spec), whole)
    with monkeypatch.context() as patch:
        if max(spec.layers) > 2:
            patch.setattr(planning, "build_plan", _refuse)
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
        monkeypatch.setattr(planning, "_record", _refuse)
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


def test_a_picture_that_is_too_small_is_refused_in_the_same_words() -> None:
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


# Blocks that do not go on as they began


def _strided(layers: int) -> nn.Sequential:
    def block() -> BasicBlock:
        shortcut = nn.Sequential(resnet.conv1x1(64, 64, stride=2), nn.BatchNorm2d(64))
        return BasicBlock(64, 64, stride=2, downsample=shortcut)

    return nn.Sequential(*(block() for _ in range(layers))).to("meta").eval()


@pytest.mark.parametrize("side", [64, 1])
def test_equal_blocks_with_a_stride_all_run(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a side of 1 each gives the shape that it gets, but sees twice as far."""
    net = small()
    net.layer1 = _strided(3)
    assert find_alike(net)[0].stage == "layer1"
    assert_whole(net, (1, 3, side, side), monkeypatch)


def test_equal_blocks_of_which_more_is_told_than_their_ops_all_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a warning, or a weight that is written into."""
    monkeypatch.setattr(PlanRecorder, "besides", property(lambda recorder: (recorder.n_calls,)))
    assert_whole(small(), SIZE, monkeypatch)


def test_equal_blocks_of_a_single_stage_all_run(monkeypatch: pytest.MonkeyPatch) -> None:
    net = small()
    net.layer2 = net.layer3 = nn.Identity().eval()
    net.layer3, net.layer4 = nn.Identity().eval(), nn.Identity().eval()
    net.fc = nn.Linear(64, 5, device="meta").eval()
    assert find_alike(net)
    assert_whole(net, SIZE, monkeypatch)


# Nets that may do anything


class _Counting(BasicBlock):  # type: ignore[misc]
    n_calls = 0

    def forward(self, x: Tensor) -> Tensor:
        type(self).n_calls += 1
        out: Tensor = super().forward(x)
        return out if type(self).n_calls % 3 else x * 2


class _ByName(BasicBlock):  # type: ignore[misc]
    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = super().forward(x)
        return out.sigmoid() if getattr(self, "name", "") == "layer3.3" else out


def _named(net: Any) -> None:
    for name, module in net.named_modules():
        module.name = name


def _hooked(net: Any) -> None:
    net.layer3[3].conv1.register_forward_hook(lambda _module, _args, out: out.sigmoid())


def _pre_hooked(net: Any) -> None:
    net.layer3[3].register_forward_pre_hook(lambda _module, args: (args[0].sigmoid(),))


def _root_hooked(net: Any) -> None:
    net.register_forward_hook(lambda _module, _args, out: out.sigmoid())


def _stage_hooked(net: Any) -> None:
    net.layer3.register_forward_hook(lambda _module, _args, out: out.sigmoid())


def _own_forward(net: Any) -> None:
    block = net.layer3[3]
    block.forward = MethodType(lambda self, x: BasicBlock.forward(self, x).sigmoid(), block)


def _own_convolution(net: Any) -> None:
    conv = net.layer3[3].conv1
    conv._conv_forward = lambda x, weight, bias: nn.functional.conv2d(x, weight, bias, padding=1).sigmoid()


def _own_norm(net: Any) -> None:
    net.layer3[3].bn1 = type("Norm", (nn.BatchNorm2d,), {"forward": lambda self, x: x.sigmoid()})(256)


def _other_norm(net: Any) -> None:
    for block in net.layer3:
        block.bn1 = nn.InstanceNorm2d(256).eval()


def _parametrised(net: Any) -> None:
    for block in net.layer3:
        parametrize.register_parametrization(block.conv1, "weight", nn.Identity())


def _in_training(net: Any) -> None:
    net.layer3[3].bn1.train()


def _all_in_training(net: Any) -> None:
    net.train()


def _shared_block(net: Any) -> None:
    net.layer3[3] = net.layer3[2]


def _shared_layer(net: Any) -> None:
    net.layer3[3].conv1 = net.layer3[2].conv1


def _shared_weight(net: Any) -> None:
    net.layer3[3].conv1.weight = net.layer3[2].conv1.weight


def _shared_activation(net: Any) -> None:
    net.layer3[3].relu = net.layer3[2].relu


def _more_attributes(net: Any) -> None:
    for block in net.layer3:
        block.extra = 1


def _net_inside(net: Any) -> None:
    net.extra = small()


def _compiled(net: Any) -> None:
    net.layer3[3].compile()


def _subclass_of_parameter(net: Any) -> None:
    kind = type("Weight", (nn.Parameter,), {})
    for block in net.layer3:
        block.conv1.weight = kind(block.conv1.weight)


def _other_stage(net: Any) -> None:
    net.layer3 = type("Stage", (nn.Sequential,), {"forward": lambda self, x: self[0](x)})(*net.layer3)


def _random_branch(net: Any) -> None:
    for block in net.layer3:
        block.bn2 = type("Drop", (nn.BatchNorm2d,), {"forward": lambda self, x: x * torch.rand(1)})(256)


UNKNOWN = (
    _named, _hooked, _pre_hooked, _root_hooked, _stage_hooked, _own_forward, _own_convolution, _own_norm, _other_norm,
    _parametrised, _in_training, _all_in_training, _shared_block, _shared_layer, _shared_weight,
    _shared_activation, _more_attributes, _net_inside, _compiled,
    _subclass_of_parameter, _other_stage, _random_branch,
)  # fmt: skip


@pytest.mark.parametrize("change", UNKNOWN)
def test_a_net_of_which_not_all_is_known_runs_as_a_whole(
    change: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    net = small()
    change(net)
    assert_whole(net, SIZE, monkeypatch)


@pytest.mark.parametrize("block", [_Counting, _ByName])
def test_blocks_of_another_class_all_run(block: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    net = small(block)
    _named(net)
    assert not find_alike(net)
    monkeypatch.setattr(_Counting, "n_calls", 0)
    found = plan_model(net, SIZE)
    monkeypatch.setattr(_Counting, "n_calls", 0)
    assert_same(found, plan_whole(net, SIZE))


@pytest.mark.parametrize("wrap", [nn.DataParallel, lambda net: nn.Sequential(net).eval()])
def test_a_net_inside_of_another_module_runs_as_a_whole(wrap: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_whole(wrap(small()).eval(), SIZE, monkeypatch)


def test_a_net_of_another_class_runs_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    net = small()
    net.__class__ = type("Mine", (ResNet,), {})
    assert_whole(net, SIZE, monkeypatch)


def test_nothing_is_repeated_where_other_packages_replaced_torchs_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert known._is_original(BasicBlock.forward)
    assert not known._is_original(_Counting.forward)
    monkeypatch.setattr(known, "_IS_AS_WRITTEN", False)
    assert not find_alike(small())


# Whoever else hears the calls


class _Hearing(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.n = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.n += 1
        return func(*args, **(kwargs or {}))


class _Dispatching(TorchDispatchMode):
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


@contextmanager
def _hearing_all(register: Any) -> Iterator[None]:
    handle = register(lambda *args: None)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def _replaced(home: Any, name: str) -> Iterator[None]:
    own = getattr(home, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(home, name, lambda *args, **options: own(*args, **options))
        yield


HEARING: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "functions": _Hearing,
    "operators": _Dispatching,
    "device": lambda: torch.device("meta"),
    "hooks": lambda: _hearing_all(register_module_forward_hook),
    "hooks before": lambda: _hearing_all(register_module_forward_pre_hook),
    "block": lambda: _replaced(BasicBlock, "forward"),
    "layer": lambda: _replaced(nn.BatchNorm2d, "forward"),
    "base": lambda: _replaced(nn.Conv2d, "_conv_forward"),
    "net": lambda: _replaced(ResNet, "_forward_impl"),
    "call": lambda: _replaced(nn.Module, "_call_impl"),
    "function": lambda: _replaced(nn.functional, "relu"),
}


@pytest.mark.parametrize("name", HEARING)
def test_a_net_runs_as_a_whole_where_something_else_hears_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    net, spec = small(), replace(VARIANTS["basic"], layers=LAYERS)
    assert find_alike(net)
    with HEARING[name]() or nullcontext():
        assert not find_alike(net)
        assert planning._trace_short(spec) is None
        if name != "call":  # What is written there is the frame that ops are found by.
            assert_whole(net, SIZE, monkeypatch)
    assert find_alike(net)
    assert planning._trace_short(spec) is not None
