"""The Trace of nets that no rule knows how to answer: other functions, nets that look at values, refusals of torch."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.model.trace.plan import trace_model
from tests.model.snapshots import assert_unchanged, snapshot
from tests.nets import SHAPE, Net, conv


@pytest.mark.parametrize(
    ("function", "name", "n_macs"),
    [
        (lambda net, x: torch.matmul(x, torch.ones(16, 5)), "matmul", 3 * 16 * 16 * 5),
        (lambda net, x: F.conv_transpose2d(x, torch.ones(3, 7, 2, 2), stride=2), "conv_transpose2d", 3 * 7 * 4 * 256),
        (lambda net, x: torch.cumsum(x, 1), "cumsum", 0),
    ],
    ids=["matmul", "conv_transpose2d", "cumsum"],
)
def test_what_no_rule_knows_is_asked_of_torch(function: Any, name: str, n_macs: int) -> None:
    net = Net(function)
    trace = trace_model(net, SHAPE)
    op = trace.nodes[name]
    assert op.out_shape == net(torch.randn(SHAPE)).shape
    assert (op.n_macs, trace.n_macs) == (n_macs, n_macs)
    assert not op.is_estimated
    assert trace.warnings == ()
    assert trace.origin == "rule"


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda net, x: F.linear(x.mean((2, 3)), torch.ones(3)), "linear"),
        (lambda net, x: x.mean((2, 3), dtype=torch.float64), "mean"),
    ],
    ids=["value", "keyword"],
)
def test_arguments_that_a_rule_does_not_expect_are_asked_of_torch(function: Any, name: str) -> None:
    net = Net(function)
    trace, result = trace_model(net, SHAPE), net(torch.randn(SHAPE))
    assert trace.nodes[name].out_shape == result.shape
    assert trace.nodes[name].outputs[0].dtype == str(result.dtype).removeprefix("torch.")
    assert not trace.nodes[name].is_estimated


def test_writing_into_a_constant_costs_no_macs() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        out = torch.zeros(1, 8, 16, 16)
        return out.copy_(net.conv1(x))

    trace = trace_model(Net(forward, conv1=conv(3)), SHAPE)
    assert {op.id: op.n_macs for op in trace.ops} == {"conv1": 8 * 3 * 9 * 256, "copy": 0}


def test_a_net_that_looks_at_values_is_run() -> None:
    def forward(net: Any, x: Tensor) -> Any:
        x = net.bn1(net.conv1(x))
        return F.relu(x) if x.mean() > 1e9 else net.pool(x)

    for trains in (set(), {"conv1", "bn1", ""}, {"bn1"}):
        net = Net(forward, conv1=conv(3), bn1=nn.BatchNorm2d(8), pool=nn.AvgPool2d(2))
        for path, module in net.named_modules():
            module.training = path in trains
        before, state = snapshot(net), torch.get_rng_state()
        trace = trace_model(net, SHAPE)
        assert_unchanged(net, before)
        assert torch.equal(torch.get_rng_state(), state)
        assert trace.origin == "run"
        assert "looks at values" in trace.warnings[-1]
        assert trace.ops[-1].id == "pool"
        assert trace.n_macs == 8 * 3 * 9 * 16 * 16
        assert trace.nodes["bn1"].is_global == ("bn1" in trains)


def test_what_torch_refuses_only_of_values_is_a_trace_error() -> None:
    net = Net(lambda net, x: x + torch.ones(7 if x.isfinite().all() else 16))
    with pytest.raises(TraceError, match="torch says: The size of tensor a"):
        trace_model(net, SHAPE)


def test_a_buffer_that_a_pass_replaces_stays_as_it_was() -> None:
    def forward(net: Any, x: Tensor) -> Any:
        net.count = net.count + 1
        net.seen += 1
        return net.conv1(x)

    net = Net(forward, conv1=conv(3))
    net.register_buffer("count", torch.zeros(()))
    net.register_buffer("seen", torch.zeros(()))
    before = snapshot(net)
    trace_model(net, SHAPE)
    assert_unchanged(net, before)


def test_a_buffer_whose_memory_a_pass_gives_back_is_as_it_was() -> None:
    def forward(net: Any, x: Tensor) -> Any:
        if x.isfinite().all():  # on values alone is there a memory
            net.seen.untyped_storage().resize_(0)
        return net.conv1(x)

    net: Any = Net(forward, conv1=conv(3))
    net.register_buffer("seen", torch.arange(6.0))
    trace_model(net, SHAPE)
    assert net.seen.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "function",
    [
        lambda net, x: x[:, :, ::-1],
        lambda net, x: x.mean((6, 7)),
        lambda net, x: F.group_norm(x[:, :, :1, :1], 3),
        lambda net, x: F.batch_norm(x[:, :, :1, :1], None, None, training=True),
        lambda net, x: F.max_pool2d(x, 99),
        lambda net, x: F.linear(x, torch.ones(5, 4)),
        lambda net, x: x + torch.ones(7),
        lambda net, x: x[0, 0, 0, 99],
    ],
    ids=["step", "axis", "group-norm", "batch-norm", "pool", "linear", "add", "index"],
)
def test_what_torch_refuses_is_a_trace_error(function: Any) -> None:
    with pytest.raises((RuntimeError, ValueError, IndexError)):
        Net(function)(torch.randn(SHAPE))
    with pytest.raises(TraceError, match=r"torch says: .{10}"):
        trace_model(Net(function), SHAPE)


def test_what_is_asserted_of_a_shape_is_no_op_and_still_counts() -> None:
    def forward(net: Any, x: Tensor) -> Any:
        torch._assert(x.ndim == 4, "a map")
        torch._assert(condition=x.shape[1] == 3, message="of three channels")
        return net.conv1(x)

    trace = trace_model(Net(forward, conv1=conv(3)), SHAPE)
    assert ([op.id for op in trace.ops], trace.origin, trace.warnings) == (["conv1"], "rule", ())
    with pytest.raises(TraceError, match="of three channels"):
        trace_model(Net(forward, conv1=conv(4)), (1, 4, 16, 16))
