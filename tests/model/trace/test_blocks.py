"""Residual blocks of other people's nets: what a block is, which module it is called by, and how blocks form stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import timm
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torchvision.models.feature_extraction import create_feature_extractor
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.ops import FeaturePyramidNetwork, StochasticDepth

from resnet_viz.model.run.block_maps import block_changes, capture_block
from resnet_viz.model.trace.plan import trace_model, trace_spec
from resnet_viz.records.trace import Trace
from tests.model.lively_nets import PICTURE
from tests.nets import NETS, Net, conv

SHAPE = (1, 3, 32, 32)
RESNET18 = {"identity": 5, "projection": 3}
LAYERS = ["layer1", "layer2", "layer3", "layer4"]


def resnet18() -> nn.Module:
    net: nn.Module = torchvision.models.resnet18()
    return net.eval()


def kinds(trace: Trace) -> dict[str, int]:
    return dict(Counter(block.shortcut for block in trace.blocks))


def stages(trace: Trace) -> list[tuple[str, int]]:
    return [(stage.name, stage.n_blocks) for stage in trace.stages]


def ids(trace: Trace) -> list[str]:
    return [block.id for block in trace.blocks]


# Wherever the net sits


class Owning(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.backbone, self.head = resnet18(), nn.Linear(1000, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.backbone(x))  # type: ignore[no-any-return]


WRAPPED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "DataParallel": (lambda: nn.DataParallel(resnet18()), ""),
    "AveragedModel": (lambda: AveragedModel(resnet18()), ""),
    "backbone": (Owning, "backbone."),
    "Sequential": (lambda: nn.Sequential(nn.Identity(), resnet18(), nn.Softmax(1)), "1."),
    "extractor": (lambda: create_feature_extractor(resnet18(), ["layer2", "layer4"]), ""),
    "fx": (lambda: torch.fx.symbolic_trace(resnet18()), ""),
    "quantisable": (lambda: torchvision.models.quantization.resnet18(weights=None), ""),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_wrapped_net_has_the_blocks_and_stages_of_the_net(name: str) -> None:
    make, prefix = WRAPPED[name]
    net, alone = make().eval(), trace_model(resnet18(), SHAPE)
    trace = trace_model(net, SHAPE)
    assert kinds(trace) == RESNET18
    assert ids(trace) == [prefix + block.id for block in alone.blocks]
    assert stages(trace) == [(prefix + layer, 2) for layer in LAYERS]
    assert [stage.paper_name for stage in trace.stages] == ["conv2_x", "conv3_x", "conv4_x", "conv5_x"]
    assert [block.stride for block in trace.blocks] == [block.stride for block in alone.blocks]
    assert trace.n_params == sum(parameter.numel() for parameter in net.parameters())
    assert trace.warnings == ()
    # The levels of the drawing are those of the net itself: stem, stages, head.
    assert [child.kind for child in trace.children_of(trace.network)] == ["input", "stem", *["stage"] * 4, "head"][
        : len(trace.network.children)
    ]


def test_the_maps_and_changes_of_blocks_are_those_of_the_net() -> None:
    net = Owning().eval()
    picture = PICTURE
    alone = capture_block(net.backbone, picture, "layer3.0", (32, 32))
    within = capture_block(net, picture, "backbone.layer3.0", (32, 32))
    assert (within.sum == alone.sum).all()
    assert (within.shortcut == alone.shortcut).all()
    changes = block_changes(net, picture, (32, 32))
    assert [change.block for change in changes] == ids(trace_model(net, SHAPE))


def test_the_maps_of_a_block_whose_sum_is_outside_its_module() -> None:
    net, picture = resnet18(), PICTURE
    within = capture_block(torch.fx.symbolic_trace(net), picture, "layer2.0", (32, 32))
    alone = capture_block(net, picture, "layer2.0", (32, 32))
    assert (within.sum == alone.sum).all()
    assert (within.output == alone.output).all()


# What is a block, and what is none


def same(n: int = 8) -> nn.Module:
    return conv(n, n)


def chain(*layers: nn.Module) -> nn.Module:
    return nn.Sequential(*layers)


def scale(*shape: int) -> nn.Module:
    return nn.ParameterList([torch.ones(shape)])


def gated(net: Any, x: Tensor) -> Tensor:
    gate = torch.sigmoid(net.gate(x))
    return net.conv1(x) * gate + x * (1 - gate)  # type: ignore[no-any-return]


def option_a(net: Any, x: Tensor) -> Tensor:
    return net.conv1(x) + F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 4, 4))  # type: ignore[no-any-return]


def scaled(net: Any, x: Tensor) -> Tensor:
    return 0.5 * x + net.gamma[0] * net.conv1(x)  # type: ignore[no-any-return]


def split(net: Any, x: Tensor) -> Tensor:
    """Res2Net: sums of neighbouring parts inside the branch."""
    first, *rest = torch.chunk(net.conv1(x), 4, 1)
    done = [first]
    for part, layer in zip(rest, net.parts, strict=True):
        done.append(layer(done[-1] + part))
    return x + net.conv2(torch.cat(done, 1))  # type: ignore[no-any-return]


def attended(net: Any, x: Tensor) -> Tensor:
    """CBAM's gate of channels: the same layer on the mean and on the maximum, summed, inside the branch."""
    y = net.conv1(x)
    gate = torch.sigmoid(net.mlp(F.adaptive_avg_pool2d(y, 1)) + net.mlp(F.adaptive_max_pool2d(y, 1)))
    return x + y * gate  # type: ignore[no-any-return]


BLOCKS: dict[str, tuple[nn.Module, str, tuple[str, ...], int]] = {
    # name: module, shortcut, its bypass, sums in all
    "functional": (Net(lambda net, x: F.relu(torch.add(net.conv1(x), x)), conv1=same()), "identity", (), 1),
    "reversed": (Net(lambda net, x: F.relu(x + net.conv1(x)), conv1=same()), "identity", (), 1),
    "in place": (Net(lambda net, x: net.conv1(x).add_(x), conv1=same()), "identity", (), 1),
    "stochastic depth": (
        Net(lambda net, x: net.drop(net.conv1(x)) + x, conv1=same(), drop=StochasticDepth(0.5, "row")),
        "identity", (), 1,
    ),
    "layer scale": (
        Net(lambda net, x: net.conv1(x) * net.gamma[0] + x, conv1=same(), gamma=scale(8, 1, 1)),
        "identity", (), 1,
    ),
    "difference": (Net(lambda net, x: x - net.conv1(x), conv1=same()), "identity", (), 0),
    "difference, in place": (Net(lambda net, x: net.conv1(x).sub_(x), conv1=same()), "identity", (), 0),
    "Python's sum": (Net(lambda net, x: sum([x, net.conv1(x)]), conv1=same()), "identity", (), 2),
    "addcmul": (Net(lambda net, x: torch.addcmul(x, net.gamma[0], net.conv1(x)), conv1=same(), gamma=scale(8, 1, 1)),
                "identity", (), 0),
    "lerp": (Net(lambda net, x: x.lerp_(net.conv1(x), 0.5), conv1=same()), "identity", (), 0),
    "weighted sum": (Net(scaled, conv1=same(), gamma=scale(1)), "parameter-free", ("mul",), 1),
    "projection": (Net(lambda net, x: net.conv1(x) + net.down(x), conv1=chain(same(), same()), down=same()),
                   "projection", ("down",), 1),
    "option A": (Net(option_a, conv1=conv(8, 16, 2)), "parameter-free", ("getitem", "pad"), 1),
    "gate": (Net(gated, conv1=same(), gate=same()), "gated", ("rsub", "mul_1"), 1),
    "three branches": (
        Net(lambda net, x: F.relu(net.conv1(x) + net.conv2(x) + x), conv1=same(), conv2=same()), "identity", (), 2
    ),
    "three with weights": (
        Net(lambda net, x: net.conv1(x) + net.conv2(x) + net.bn1(x), conv1=same(), conv2=chain(same(), same()),
            bn1=nn.BatchNorm2d(8)),
        "projection", ("bn1",), 2,
    ),
    "Res2Net": (
        Net(split, conv1=same(), conv2=same(), parts=nn.ModuleList(conv(2, 2) for _ in range(3))), "identity", (), 4
    ),
    "CBAM": (Net(attended, conv1=same(), mlp=nn.Conv2d(8, 8, 1)), "identity", (), 2),
}  # fmt: skip


@pytest.mark.parametrize("name", BLOCKS)
def test_what_is_a_block(name: str) -> None:
    block, shortcut, bypass, n_sums = BLOCKS[name]
    trace = trace_model(nn.Sequential(conv(3), nn.Sequential(block)).eval(), SHAPE)
    (found,) = trace.blocks
    assert (found.id, found.shortcut) == ("1.0", shortcut)
    assert found.bypass == tuple(f"1.0.{op}" for op in bypass)
    assert any(op.startswith("1.0.conv1") for op in found.residual)
    assert sum(op.op == "add" for op in trace.ops) == n_sums
    assert stages(trace) == [("1", 1)]
    assert trace.merges == ()


def test_a_pyramids_sums_are_merges_and_its_nets_blocks_stay() -> None:
    class Pyramid(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = create_feature_extractor(resnet18(), {layer: layer for layer in LAYERS})
            self.fpn = FeaturePyramidNetwork([64, 128, 256, 512], 8)

        def forward(self, x: Tensor) -> Any:
            return self.fpn(self.body(x))

    trace = trace_model(Pyramid().eval(), SHAPE)
    assert kinds(trace) == RESNET18
    assert trace.merges == ("fpn.add", "fpn.add_1", "fpn.add_2")
    assert trace.warnings == ()


def test_a_skip_around_several_blocks_is_a_merge() -> None:
    """As in EDSR: a sum with what went into the first block, around all of them."""
    body = nn.Sequential(*(Net(lambda net, x: x + net.conv1(x), conv1=same()) for _ in range(4)))
    net = Net(lambda net, x: net.last(net.body(net.head(x)) + net.head(x)), head=conv(3), body=body, last=conv(8, 3))
    one = Net(lambda net, x: (y := net.head(x)) + net.body(y), head=conv(3), body=body)
    assert ids(trace_model(one, SHAPE)) == [f"body.{i}" for i in range(4)]
    assert trace_model(one, SHAPE).merges == ("add",)
    assert len(trace_model(net, SHAPE).blocks) == 4


def test_the_difference_of_two_layers_is_no_block() -> None:
    trace = trace_model(Net(lambda net, x: net.conv1(x) - net.conv2(x), conv1=conv(3), conv2=conv(3)), SHAPE)
    assert trace.blocks == ()
    assert trace.warnings == ()


def test_weighted_sums_of_vectors_are_blocks() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        x = net.stem(x).mean((2, 3))
        for layer in net.layers:
            x = 0.5 * x + F.relu(layer(x))
        return x

    trace = trace_model(Net(forward, stem=conv(3), layers=nn.ModuleList(nn.Linear(8, 8) for _ in range(3))), SHAPE)
    assert [block.shortcut for block in trace.blocks] == ["parameter-free"] * 3


def test_concatenations_are_no_blocks() -> None:
    def dense(net: Any, x: Tensor) -> Tensor:
        return torch.cat([x, net.conv1(x)], 1)

    trace = trace_model(nn.Sequential(conv(3), Net(dense, conv1=same())), SHAPE)
    assert trace.blocks == ()
    assert trace_model(torchvision.models.densenet121().eval(), SHAPE).blocks == ()


def test_a_sum_of_layers_without_a_fork_is_told() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        y = net.conv1(x)
        left, right = torch.chunk(y, 2, 1)
        return net.conv2(left) + right  # type: ignore[no-any-return]

    trace = trace_model(Net(forward, conv1=conv(3, 8), conv2=same(4)), SHAPE)
    assert trace.blocks == ()
    (warning,) = (text for text in trace.warnings if "sums" in text)
    assert "add" in warning


# Names and stages


def test_a_module_called_three_times_is_three_blocks() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        x = net.stem(x)
        for _ in range(3):
            x = net.body(x)
        return x

    trace = trace_model(Net(forward, stem=conv(3), body=BasicBlock(8, 8)).eval(), SHAPE)
    assert ids(trace) == ["body", "body_1", "body_2"]
    assert [block.module for block in trace.blocks] == ["body"] * 3
    assert len({len(block.children) for block in trace.blocks}) == 1
    assert trace.blocks[0].n_params == sum(parameter.numel() for parameter in BasicBlock(8, 8).parameters())
    assert trace.n_params == trace.blocks[0].n_params + 3 * 8 * 9


def test_blocks_that_are_no_modules_are_numbered() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        x = net.stem(x)
        x = F.relu(x + net.a(x))
        x = F.relu(x + net.b(x))
        return F.relu(net.c(x) + net.d(x))

    net = Net(forward, stem=conv(3), a=same(), b=same(), c=conv(8, 16, 2), d=nn.Conv2d(8, 16, 1, 2))
    trace = trace_model(net, SHAPE)
    assert ids(trace) == ["block", "block_1", "block_2"]
    assert kinds(trace) == {"identity": 2, "projection": 1}
    assert trace.blocks[0].children == ("a", "add", "relu")
    # One module holds all of them, the net: the stages are where the resolution or the width changes.
    assert stages(trace) == [("stage1", 2), ("stage2", 1)]


def test_blocks_in_one_sequence_form_stages_where_the_shape_changes() -> None:
    wide = nn.Sequential(nn.Conv2d(8, 16, 1, 2, bias=False), nn.BatchNorm2d(16))
    blocks = [BasicBlock(8, 8), BasicBlock(8, 8), BasicBlock(8, 16, 2, wide), BasicBlock(16, 16)]
    trace = trace_model(Net(lambda net, x: net.features(x), features=nn.Sequential(conv(3), *blocks)).eval(), SHAPE)
    assert ids(trace) == [f"features.{i}" for i in (1, 2, 3, 4)]
    assert stages(trace) == [("features.stage1", 2), ("features.stage2", 2)]
    assert trace.stem is not None
    assert trace.stem.children == ("features.0",)


def test_a_net_called_twice_has_its_blocks_twice() -> None:
    trace = trace_model(Net(lambda net, x: net.net(x) - net.net(x.flip(3)), net=resnet18()), SHAPE)
    assert kinds(trace) == {"identity": 10, "projection": 6}
    assert [name for name, _n in stages(trace)] == [f"net.{layer}{again}" for again in ("", "_1") for layer in LAYERS]
    assert trace.n_params == sum(parameter.numel() for parameter in resnet18().parameters())


def test_a_plain_net_of_ours_keeps_its_blocks() -> None:
    assert kinds(trace_spec(NETS["plain"])) == {"none": 4}


BOTTLENECKS = {"projection": 4, "identity": 12}
# Counts from the configurations: blocks per stage.
FAMILIES: dict[str, tuple[list[int], dict[str, int]]] = {
    "resnetv2_50": ([3, 4, 6, 3], BOTTLENECKS),
    "res2net50_26w_4s": ([3, 4, 6, 3], BOTTLENECKS),
    "resnest14d": ([1, 1, 1, 1], {"projection": 4}),
    "legacy_seresnet18": ([2, 2, 2, 2], RESNET18),
    "skresnet18": ([2, 2, 2, 2], RESNET18),
    "nf_resnet26": ([2, 2, 2, 2], {"projection": 4, "identity": 4}),
    "resnetblur18": ([2, 2, 2, 2], RESNET18),
    "regnetx_002": ([1, 1, 4, 7], {"projection": 4, "identity": 9}),
    "cspresnet50": ([3, 3, 5, 2], {"identity": 13}),
    "convnext_atto": ([2, 2, 6, 2], {"identity": 12}),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_blocks_of_timms_nets_stage_by_stage(name: str) -> None:
    counts, shortcuts = FAMILIES[name]
    trace = trace_model(timm.create_model(name).eval(), (1, 3, 64, 64))
    assert [n for _name, n in stages(trace)] == counts
    assert kinds(trace) == shortcuts


def test_a_detectors_sums_of_boxes_are_no_blocks() -> None:
    net = torchvision.models.detection.fasterrcnn_resnet50_fpn(
        weights=None, weights_backbone=None, min_size=64, max_size=64
    )
    trace = trace_model(net.eval(), (1, 3, 64, 64))
    assert kinds(trace) == BOTTLENECKS
    assert len(trace.merges) == 3


def test_an_op_that_has_several_outputs_gives_each_edge_its_own() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        narrow, wide = torch.split(net.conv1(x), [2, 6], 1)
        return torch.cat([net.conv2(wide), narrow], 1)

    trace = trace_model(Net(forward, conv1=conv(3, 8), conv2=same(6)), SHAPE)
    shapes = {(edge.src, edge.dst): edge.tensor.shape[1] for edge in trace.edges}
    assert (shapes["split", "conv2"], shapes["split", "cat"]) == (6, 2)


def test_a_bottleneck_alone_is_no_net_of_blocks_but_one() -> None:
    trace = trace_model(nn.Sequential(Bottleneck(16, 4)).eval(), (1, 16, 8, 8))
    assert ids(trace) == ["0"]


def test_a_thousand_maps_are_summed() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        maps = [x] * 1_100
        total = net.conv(x)
        for part in maps:
            total = total + part
        return total  # type: ignore[no-any-return]

    assert len(trace_model(Net(forward, conv=conv(3, 3)), SHAPE).ops) == 1_101
