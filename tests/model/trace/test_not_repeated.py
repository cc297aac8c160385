"""Nets of which every module runs, since one of their blocks may not stand for its equals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from types import MethodType
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.nn.utils import parametrize
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torchvision.models import resnet
from torchvision.models.resnet import BasicBlock, ResNet

from resnet_viz.model.net import known
from resnet_viz.model.net.alike import find_alike
from resnet_viz.model.net.build import build_short_plan
from resnet_viz.model.trace import plan as planning
from resnet_viz.model.trace.plan import plan_model, plan_whole
from resnet_viz.model.trace.plan_recorder import PlanRecorder
from tests.model.trace.repeating import LAYERS, SIZE, assert_same, assert_whole, small
from tests.nets import VARIANTS

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
        assert planning._trace_short(spec, *build_short_plan(spec)) is None
        if name != "call":  # What is written there is the frame that ops are found by.
            assert_whole(net, SIZE, monkeypatch)
    assert find_alike(net)
    assert planning._trace_short(spec, *build_short_plan(spec)) is not None
