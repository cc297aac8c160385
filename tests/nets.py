"""Nets that tests trace: specs, modules of other people's kinds, and Traces and walks made once and shared.

A Trace is a frozen record, so all tests may read the same one; a test of tracing itself makes its own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from hypothesis import assume
from hypothesis import strategies as st
from torch import Tensor, nn
from torchvision.models.resnet import ResNet

from resnet_viz.errors import SpecError
from resnet_viz.model.net.build import _BLOCKS, _NORMS, build_plan
from resnet_viz.model.net.planning import on_meta
from resnet_viz.model.trace.plan import trace_model, trace_spec
from resnet_viz.model.walk.forward import walk_both
from resnet_viz.records.trace import Trace
from resnet_viz.records.walk import CodeWalk
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.spec.shown import ShownNet

# --- specs --------------------------------------------------------------------------------------------------------

THIN = (32, 64, 96, 128)
"""Widths of a net that is built and run in no time; a group norm needs 32 channels at least."""
BASIC = ResNetSpec("basic", (1, 2, 1, 1), num_classes=7)
BOTTLENECK = ResNetSpec("bottleneck", (1, 2, 1, 1), num_classes=7)
# What torchvision can make of a small net.
VARIANTS = {
    "basic": BASIC,
    "bottleneck": BOTTLENECK,
    "dilated": replace(BOTTLENECK, replace_stride_with_dilation=(False, True, True)),
    "grouped": replace(BOTTLENECK, groups=4, width_per_group=16),
    "wide": replace(BOTTLENECK, width_per_group=128),
    "group-norm": replace(BASIC, norm="group"),
    "frozen-norm": replace(BOTTLENECK, norm="frozen"),
    "no-norm": replace(BASIC, norm="none"),
    "one-channel": replace(BASIC, in_channels=1),
}
# One of each kind, small enough to be traced in no time.
NETS = {
    "basic": ResNetSpec("basic", (2, 1, 3, 1), input_size=(64, 64)),
    "bottleneck": ResNetSpec("bottleneck", (2, 3, 1, 2), input_size=(65, 200)),
    "v1": ResNetSpec("bottleneck", (1, 2), stride_in="1x1"),
    "next": ResNetSpec("bottleneck", (1, 2, 1, 1), groups=32, width_per_group=4),
    "wide": ResNetSpec("bottleneck", (2, 1), width_per_group=128),
    "v2": ResNetSpec("bottleneck", (2, 2, 1), pre_activation=True),
    "se": ResNetSpec("basic", (2, 2), squeeze_excitation=True, stem="deep", average_shortcut=True),
    "A": ResNetSpec("basic", (1, 2), shortcut="A"),
    "C": ResNetSpec("basic", (2, 2), shortcut="C"),
    "plain": ResNetSpec("basic", (2, 2), shortcut="none"),
    "cifar": ResNetSpec.cifar(20),
    "dilated": ResNetSpec("bottleneck", (1, 1, 2, 1), replace_stride_with_dilation=(False, True, True)),
    "one": ResNetSpec("basic", (1,), num_classes=3, in_channels=1),
    "six": ResNetSpec("bottleneck", (1, 1, 2, 1, 1, 1), widths=(8, 8, 16, 24, 8, 40), input_size=(97, 33)),
}
V1 = "net=resnet152&stride_in=1x1"
"""ResNet-152 with its strides where the paper has them."""


@st.composite
def specs(draw: st.DrawFn) -> ResNetSpec:
    """Any net of one to six small stages; what cannot be built is not drawn."""
    is_bottleneck = draw(st.booleans())
    n = draw(st.integers(1, 6))
    group = draw(st.sampled_from([(1, 64), (1, 128), (2, 64), (8, 16)])) if is_bottleneck else (1, 64)
    try:
        return ResNetSpec(
            "bottleneck" if is_bottleneck else "basic",
            tuple(draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))),
            num_classes=draw(st.integers(1, 50)),
            groups=group[0],
            width_per_group=group[1],
            in_channels=draw(st.integers(1, 4)),
            input_size=draw(st.tuples(st.integers(1, 97), st.integers(1, 97))),
            stride_in=draw(st.sampled_from(["3x3", "1x1"])) if is_bottleneck else "3x3",
            shortcut=draw(st.sampled_from(["B", "A", "C", "none"])),
            stem=draw(st.sampled_from(["7x7", "3x3", "deep"])),
            widths=tuple(4 * width for width in draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))),
            pre_activation=draw(st.booleans()),
            average_shortcut=draw(st.booleans()),
            squeeze_excitation=draw(st.booleans()),
        )
    except SpecError:
        assume(False)
        raise


# --- traces and walks ---------------------------------------------------------------------------------------------


def trace_of(net: ShownNet | str) -> Trace:
    """The Trace of a spec, of a preset by its key, or of a net by its query; made once."""
    return _trace(spec_of(net))


def traces_of(nets: Iterable[ResNetSpec | str]) -> list[Trace]:
    """The Traces of several nets, each made once."""
    return [trace_of(net) for net in nets]


def walks_of(net: ResNetSpec | str) -> tuple[CodeWalk, CodeWalk]:
    """The walks through building a net and through its forward pass; recorded once."""
    return _walks(spec_of(net))


def walks(net: ResNetSpec | str) -> dict[str, CodeWalk]:
    """The two walks of a net by their kinds, `build` and `forward`."""
    return {walk.kind: walk for walk in walks_of(net)}


def spec_of(net: ShownNet | str) -> ResNetSpec:
    """A spec from a preset's key or a query; a spec stays as it is."""
    if isinstance(net, ResNetSpec):
        return net
    assert isinstance(net, str), "a net of a library or a file"
    return PRESETS[net] if net in PRESETS else ResNetSpec.from_query(net)


def filled(spec: ResNetSpec, seed: int = 0) -> nn.Module:
    """A net with other random weights than torchvision's, drawn in a fifth of the time: for the large ones."""
    generator = torch.Generator().manual_seed(seed)
    model = build_plan(spec).to_empty(device="cpu")
    for key, value in model.state_dict().items():
        if value.dim() > 1:
            bound = (6 / value[0].numel()) ** 0.5
            value.uniform_(-bound, bound, generator=generator)
        else:
            value.fill_(1 if key.endswith(("weight", "running_var")) else 0)
    return model


def thin_net(spec: ResNetSpec, seed: int = 1) -> Any:
    """torchvision's own class with the blocks of a spec, but few channels; its constructor knows one width only."""
    block, norm = _BLOCKS[spec.block], _NORMS[spec.norm]
    with on_meta():  # all of it is replaced
        model: Any = ResNet(block, [1, 1, 1, 1], norm_layer=norm)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        model.inplanes = THIN[0]
        model.conv1, model.bn1 = nn.Conv2d(3, THIN[0], 7, 2, 3, bias=False), norm(THIN[0])
        for stage, (planes, n) in enumerate(zip(THIN, spec.layers, strict=True), start=1):
            setattr(model, f"layer{stage}", model._make_layer(block, planes, n, stride=1 if stage == 1 else 2))
        model.fc = nn.Linear(THIN[-1] * block.expansion, spec.num_classes)
    return model.eval()


@cache
def trace_two_stages(is_residual: bool) -> Trace:
    """The Trace of `two_stages`, made once."""
    return trace_model(two_stages(is_residual), (1, 3, 16, 16))


@cache
def _trace(spec: ResNetSpec) -> Trace:
    return trace_spec(spec)


@cache
def _walks(spec: ResNetSpec) -> tuple[CodeWalk, CodeWalk]:
    return walk_both(spec)


# --- modules of other people's kinds ------------------------------------------------------------------------------

SHAPE = (1, 3, 16, 16)
"""An input for them."""


class Net(nn.Module):
    """A net with some modules and a forward of its own."""

    def __init__(self, forward: Callable[..., Any], **modules: nn.Module) -> None:
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)
        self.answer = forward
        self.eval()

    def forward(self, x: Tensor, *others: Tensor) -> Any:
        return self.answer(self, x, *others)


def conv(c_in: int = 8, c_out: int = 8, stride: int = 1, **options: Any) -> nn.Conv2d:
    """A 3×3 convolution that keeps the size of its map, without bias."""
    return nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False, **options)


def in_stage(*blocks: nn.Module) -> Net:
    """A residual net with one stage of these blocks, 8 channels in."""
    return Net(lambda net, x: net.layer1(net.conv1(x)), conv1=conv(3), layer1=nn.Sequential(*blocks))


class OptionA(nn.Module):
    """The paper's option A: every other pixel, and zeros for the new channels."""

    def forward(self, x: Tensor) -> Tensor:
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 4, 4))


class Gate(nn.Module):
    """Squeeze-and-excitation: one factor a channel, of the whole map."""

    def __init__(self) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(8, 2, 1)
        self.excite = nn.Conv2d(2, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        gate: Tensor = self.excite(F.relu(self.squeeze(F.adaptive_avg_pool2d(x, 1))))
        return x * torch.sigmoid(gate)


def plain(net: Any, x: Tensor) -> Tensor:
    """The forward of a block without shortcut."""
    return F.relu(net.bn1(net.conv1(x)))


def post_activation(net: Any, x: Tensor) -> Tensor:
    """The forward of a block whose ReLU comes after the sum."""
    return F.relu(net.bn1(net.conv1(x)) + x)


def pre_activation(net: Any, x: Tensor) -> Any:
    """The forward of a block whose norm and ReLU come before the convolutions."""
    x = F.relu(net.bn1(x))
    return net.conv2(net.conv1(x)) + (net.downsample(x) if hasattr(net, "downsample") else x)


def scaled_sum(net: Any, x: Tensor) -> Tensor:
    """The forward of a block that adds half of what its layers give."""
    return torch.add(x, net.conv1(x), alpha=0.5)


def skipping(net: Any, x: Tensor) -> Any:
    """The forward of a block with a shortcut module, its sum in place."""
    out = net.conv1(x)
    out += net.shortcut(x)
    return net.relu(out)


class Pair(nn.Module):
    """Two convolutions and, where it is residual, the paper's option A: a shortcut without parameters."""

    def __init__(self, n_in: int, n_out: int, is_residual: bool = True) -> None:
        super().__init__()
        self.n_new, self.is_residual = n_out - n_in, is_residual
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride=n_out // n_in, padding=1)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv2(self.relu(self.conv1(x)))
        if not self.is_residual:
            return y
        return y + (F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.n_new)) if self.n_new else x)


def two_stages(is_residual: bool) -> nn.Module:
    """A net of two stages: with the paper's option A, or without any shortcut."""
    parts: list[tuple[str, nn.Module]] = [
        ("conv1", nn.Conv2d(3, 8, 3, padding=1)),
        ("layer1", nn.Sequential(*(Pair(8, 8, is_residual) for _ in range(3)))),
        ("layer2", nn.Sequential(Pair(8, 16, is_residual), Pair(16, 16, is_residual))),
        ("avgpool", nn.AdaptiveAvgPool2d(1)),
        ("flatten", nn.Flatten()),
        ("fc", nn.Linear(16, 10)),
    ]
    return nn.Sequential(OrderedDict(parts))


# --- names that somebody else chose -------------------------------------------------------------------------------

HOSTILE = ('<b>&"quote\\', "a:b", "x:n", "a::n", "\\N", "\\", "&amp;", "%3", "<>", '"', "graph", " ", "7×7 ⊕")


@cache
def hostile_trace(name: str) -> Trace:
    """The Trace of a net whose stage and block bear this name, as it does; made once."""
    blocks = nn.Sequential()
    for child, n_out in ((name, 3), ("b", 6)):
        blocks.add_module(child, Pair(3, n_out))
    net: nn.Sequential = type(name, (nn.Sequential,), {})()
    net.add_module(name, blocks)
    return trace_model(net, (1, 3, 8, 8))


def whole() -> Any:
    """A thin net of four stages with one basic block each."""
    return thin_net(ResNetSpec("basic", (1, 1, 1, 1), num_classes=3))


def with_part(change: Callable[[Any], Any]) -> Any:
    """The same, its third stage's block changed."""
    model = whole()
    model.layer3[0] = change(model.layer3[0])
    return model
