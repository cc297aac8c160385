"""The Trace of nets that are not torchvision's: other shortcuts, other names, other forms."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.testing._internal.two_tensor import TwoTensor

from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from tests.nets import (
    SHAPE,
    Gate,
    Net,
    OptionA,
    conv,
    in_stage,
    plain,
    post_activation,
    pre_activation,
    scaled_sum,
    skipping,
)


def ops_of(trace: Trace) -> dict[str, str | None]:
    return {op.id: op.op for op in trace.ops}


# Shortcuts


@pytest.mark.parametrize(
    ("block", "shortcut", "bypass"),
    [
        (Net(plain, conv1=conv(), bn1=nn.BatchNorm2d(8)), "none", ()),
        (Net(post_activation, conv1=conv(), bn1=nn.BatchNorm2d(8)), "identity", ()),
        (Net(post_activation, conv1=conv(), bn1=nn.GroupNorm(4, 8)), "identity", ()),
        (Net(post_activation, conv1=conv(groups=4), bn1=nn.BatchNorm2d(8)), "identity", ()),
        (Net(pre_activation, conv1=conv(), conv2=conv(), bn1=nn.BatchNorm2d(8)), "identity", ()),
        (
            Net(pre_activation, conv1=conv(), conv2=conv(), bn1=nn.BatchNorm2d(8), downsample=conv()),
            "projection",
            ("downsample",),
        ),
        (Net(scaled_sum, conv1=conv()), "identity", ()),
        (Net(skipping, conv1=conv(8, 16, 2), shortcut=OptionA(), relu=nn.ReLU()), "parameter-free", ("shortcut",)),
        (Net(skipping, conv1=conv(8, 8, 2), shortcut=nn.AvgPool2d(2), relu=nn.ReLU()), "parameter-free", ("shortcut",)),
    ],
    ids=["plain", "post", "group-norm", "grouped", "pre", "pre-projection", "scaled", "option-a", "pool"],
)
def test_shortcuts_of_all_kinds(block: nn.Module, shortcut: str, bypass: tuple[str, ...]) -> None:
    model = in_stage(block)
    trace = trace_model(model, SHAPE)
    (found,) = trace.blocks
    assert found.id == "layer1.0"
    assert found.shortcut == shortcut
    assert found.bypass == tuple(f"layer1.0.{name}" for name in bypass)
    assert found.add == (None if shortcut == "none" else "layer1.0.add")
    assert "layer1.0.conv1" in found.residual
    with torch.no_grad():
        assert found.out_shape == model(torch.randn(SHAPE)).shape
    roles = sorted(edge.role for edge in trace.edges if edge.dst == found.add)
    assert roles == ([] if shortcut == "none" else sorted(["main", shortcut]))
    assert trace.origin == "rule"
    assert trace.warnings == ()


def test_option_a_is_one_op_without_parameters() -> None:
    block = Net(skipping, conv1=conv(8, 16, 2), shortcut=OptionA(), relu=nn.ReLU(inplace=True))
    trace = trace_model(in_stage(block), SHAPE)
    assert ops_of(trace) == {
        "conv1": "conv2d",
        "layer1.0.conv1": "conv2d",
        "layer1.0.shortcut": "option_a",
        "layer1.0.add": "add",
        "layer1.0.relu": "relu",
    }
    shortcut = trace.nodes["layer1.0.shortcut"]
    assert (shortcut.n_params, shortcut.n_macs) == (0, 0)
    assert shortcut.out_shape == (1, 16, 8, 8)
    assert shortcut.field == trace.nodes["conv1"].field or shortcut.field is not None
    assert [axis.jump for axis in shortcut.field or ()] == [2, 2]
    assert trace.blocks[0].stride == (2, 2)


def test_pre_activation_is_shared_by_both_branches() -> None:
    (block,) = trace_model(
        in_stage(Net(pre_activation, conv1=conv(), conv2=conv(), bn1=nn.BatchNorm2d(8))), SHAPE
    ).blocks
    assert block.residual == ("layer1.0.conv1", "layer1.0.conv2")


def test_gates_are_global_and_do_not_widen_the_field() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        return F.relu(net.gate(net.conv1(x)) + x)

    trace = trace_model(in_stage(Net(forward, conv1=conv(), gate=Gate())), SHAPE)
    product = trace.nodes["layer1.0.gate.mul"]
    assert [edge.role for edge in trace.edges if edge.dst == product.id] == ["main", "gate"]
    assert product.is_global
    assert product.field == trace.nodes["layer1.0.conv1"].field
    assert trace.nodes["layer1.0.gate.squeeze"].field != product.field
    assert not trace.nodes["layer1.0.conv1"].is_global
    assert trace.blocks[0].is_global
    assert trace.blocks[0].shortcut == "identity"


def test_branches_of_unlike_strides_have_no_field_together() -> None:
    """Both are 8×8: one by its stride, the other by a kernel without padding."""
    net = Net(lambda net, x: net.strided(x) + net.wide(x), strided=conv(3, 8, 2), wide=nn.Conv2d(3, 8, 9))
    trace = trace_model(net, SHAPE)
    assert [trace.nodes[name].field is None for name in ("strided", "wide", "add")] == [False, False, True]


def test_behind_a_global_pooling_the_field_stays_the_whole() -> None:
    net = Net(lambda net, x: net.after(net.pool(x)), pool=nn.AdaptiveAvgPool2d(1), after=conv(3))
    trace = trace_model(net, SHAPE)
    whole = trace.nodes["pool"].field
    assert whole is not None
    assert [(axis.lo, axis.hi, axis.jump) for axis in whole] == [(0, 15, None)] * 2
    assert trace.nodes["after"].field == whole


# Names


def test_names_that_are_the_traces_own() -> None:
    names = ["stem", "head", "input", "network", "add"]
    layers = {name: conv(3, 3) for name in names}

    def forward(net: Any, x: Tensor) -> Tensor:
        for name in names:
            x = x + net.get_submodule(name)(x)
        return x

    trace = trace_model(Net(forward, **layers), SHAPE)
    assert all(trace.nodes[name].module == name for name in names)
    assert all(trace.nodes[name].op == "conv2d" for name in names)
    assert [op.id for op in trace.ops if op.op == "add"] == [f"add_{i}" for i in range(1, 6)]
    assert len([node for node in trace.nodes.values() if node.kind == "network"]) == 1
    assert len([node for node in trace.nodes.values() if node.kind == "input"]) == 1


def test_modules_named_like_later_calls_keep_their_names() -> None:
    net = Net(lambda net, x: net.relu_1(net.relu(net.relu(x))), relu=nn.ReLU(), relu_1=nn.Sigmoid())
    trace = trace_model(net, SHAPE)
    assert ops_of(trace) == {"relu": "relu", "relu_2": "relu", "relu_1": "sigmoid"}


def test_functions_called_by_a_block_bear_its_name() -> None:
    trace = trace_model(in_stage(Net(post_activation, conv1=conv(), bn1=nn.BatchNorm2d(8))), SHAPE)
    assert list(ops_of(trace))[-2:] == ["layer1.0.add", "layer1.0.relu"]


def test_a_shared_module_counts_once() -> None:
    shared = conv()
    trace = trace_model(in_stage(shared_block(shared), shared_block(shared)), SHAPE)
    assert [op.id for op in trace.ops] == [
        "conv1",
        "layer1.0.conv1",
        "layer1.0.add",
        "layer1.0.conv1_1",
        "layer1.1.add",
    ]
    assert trace.n_params == 8 * 3 * 9 + 8 * 8 * 9
    assert trace.n_macs == (8 * 3 * 9 + 2 * 8 * 8 * 9) * 16 * 16


def shared_block(shared: nn.Module) -> nn.Module:
    return Net(lambda net, x: net.conv1(x) + x, conv1=shared)


def test_a_shared_weight_counts_once() -> None:
    first, second = nn.Linear(4, 4, bias=False), nn.Linear(4, 4, bias=False)
    second.weight = first.weight
    trace = trace_model(Net(lambda net, x: net.b(net.a(x.mean((2, 3)))), a=first, b=second), (1, 4, 5, 5))
    assert trace.n_params == 4 * 4
    assert trace.n_macs == 2 * 4 * 4
    assert trace.weight_bytes == 4 * 4 * 4


# Nets of other forms


def test_a_stem_of_several_layers() -> None:
    net = Net(
        lambda net, x: net.fc(net.layer1(net.stem(x)).mean((2, 3))),
        stem=nn.Sequential(conv(3), nn.BatchNorm2d(8), nn.ReLU(inplace=True)),
        layer1=nn.Sequential(shared_block(conv())),
        fc=nn.Linear(8, 5),
    )
    trace = trace_model(net, SHAPE)
    (stem,) = (node for node in trace.nodes.values() if node.kind == "stem")
    assert stem.out_shape == (1, 8, 16, 16)
    assert stem.n_params == 8 * 3 * 9 + 2 * 8
    assert [stage.name for stage in trace.stages] == ["layer1"]
    (head,) = (node for node in trace.nodes.values() if node.kind == "head")
    assert head.children == ("mean", "fc")
    assert head.n_params == 8 * 5 + 5


def test_a_net_without_stages() -> None:
    trace = trace_model(nn.Sequential(conv(3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 256, 5)).eval(), SHAPE)
    assert not trace.stages
    assert not trace.blocks
    assert ops_of(trace) == {"0": "conv2d", "1": "relu", "2": "flatten", "3": "linear"}
    assert trace.field == trace.nodes["3"].field
    assert trace.n_macs == 8 * 3 * 9 * 256 + 8 * 256 * 5


def test_a_net_that_is_one_layer() -> None:
    trace = trace_model(conv(3), SHAPE)
    assert ops_of(trace) == {"conv2d": "conv2d"}
    assert trace.n_params == 8 * 3 * 9
    assert trace.n_macs == 8 * 3 * 9 * 16 * 16
    assert trace.nodes["conv2d"].n_params == trace.n_params
    assert trace.name == "Conv2d"


def test_weights_made_of_other_tensors_take_their_bytes() -> None:
    """As torchao's, of int8 with scales; torch's own of this kind has two tensors of the same size."""
    last = nn.Linear(16, 5, bias=False)
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Flatten(), last)
    plain = trace_model(model, (1, 3, 2, 2))
    weight = last.weight.detach()
    both: Any = TwoTensor
    last.weight = nn.Parameter(both(weight, weight.clone()))
    trace = trace_model(model, (1, 3, 2, 2))
    assert trace.weight_bytes == plain.weight_bytes + weight.nbytes
    assert (trace.n_params, trace.n_macs) == (plain.n_params, plain.n_macs)
