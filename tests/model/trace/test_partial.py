"""A pass that fails in the middle leaves a Trace of what ran until then, which is drawn, listed, written and read."""

import gc
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import resnet18

from resnet_viz.errors import TraceError
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Block, Trace
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.write import write_trace
from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.inspect.node import inspect_node
from resnet_viz.views.listing.summary import summarise, summary_json, summary_text
from resnet_viz.views.parts.detail import LEVELS
from tests.fingerprint import changes, fingerprint
from tests.nets import SHAPE, Net, conv, in_stage

Failing = tuple[nn.Module, tuple[int, ...], str, tuple[int, ...] | None, tuple[int | None, ...] | None]


def wrong(change: Callable[[Any], object]) -> nn.Module:
    """A ResNet with a layer that does not fit."""
    model: nn.Module = resnet18().eval()
    change(model)
    return model


def by(forward: Callable[[Any, Tensor], Any]) -> nn.Module:
    """A net with one convolution before the call that fails."""
    return Net(lambda net, x: forward(net, net.conv1(x)), conv1=conv(3), conv2=conv(8), fc=nn.Linear(5, 2))


def set_conv(model: Any) -> None:
    model.layer2[1].conv2 = nn.Conv2d(64, 128, 3, padding=1)


def set_norm(model: Any) -> None:
    model.layer3[0].bn1 = nn.BatchNorm2d(64)


def set_stride(model: Any) -> None:
    model.layer3[1].conv1.stride = (2, 2)


def caught(net: Any, x: Tensor) -> Tensor:
    """A net that tries what does not fit, and then fails at something else."""
    try:
        x = x + torch.ones(3)
    except RuntimeError:
        x = F.relu(x)
    result: Tensor = net.fc(x)
    return result


def looking(net: Any, x: Tensor) -> Any:
    return net.fc(x if x.mean() > 1e9 else x.flatten(1))


BIG = (1, 3, 64, 64)
FAILING: dict[str, Failing] = {
    "a convolution": (wrong(set_conv), BIG, "layer2.1.conv2", (1, 128, 8, 8), (None, 64, None, None)),
    "a norm": (wrong(set_norm), BIG, "layer3.0.bn1", (1, 256, 4, 4), (None, 64, None, None)),
    "a sum": (wrong(set_stride), BIG, "layer3.1.add", (1, 256, 4, 4), (1, 256, 2, 2)),
    "a linear layer": (
        wrong(lambda model: setattr(model, "fc", nn.Linear(2048, 5))), BIG, "fc", (1, 512), (None, 2048)
    ),
    "a concatenation": (
        by(lambda net, x: torch.cat([x, x[..., 1:]], 1)), SHAPE, "cat", (1, 8, 16, 15), (1, None, 16, 16)
    ),
    "a product of matrices": (by(lambda net, x: x @ x[..., 1:, :]), SHAPE, "matmul", (1, 8, 15, 16), (1, 8, 16, None)),
    "an op without a rule": (by(lambda net, x: x.unfold(2, 99, 1)), SHAPE, "unfold", (1, 8, 16, 16), None),
    "a kernel that is too large": (by(lambda net, x: F.conv2d(x, torch.ones(1, 8, 99, 99))), SHAPE, "conv2d",
                                   (1, 8, 16, 16), None),
    "one that was caught before": (by(caught), SHAPE, "fc", (1, 8, 16, 16), (None, None, None, 5)),
    "a net that looks at values": (by(looking), SHAPE, "fc", (1, 2048), (None, 5)),
}  # fmt: skip


def partial_of(model: nn.Module, shape: tuple[int, ...]) -> Trace:
    with pytest.raises(TraceError) as error:
        trace_model(model, shape)
    trace = error.value.partial
    assert isinstance(trace, Trace)
    assert trace.failed is not None
    assert trace.failed.message.replace(" ", "") in "".join(filter(str.isprintable, str(error.value))).replace(" ", "")
    return trace


@pytest.mark.parametrize(("model", "shape", "op", "got", "needs"), FAILING.values(), ids=FAILING)
def test_what_failed_is_the_last_op_with_both_shapes(
    model: nn.Module, shape: tuple[int, ...], op: str, got: Any, needs: Any
) -> None:
    trace = partial_of(model, shape)
    assert trace.failed is not None
    assert (trace.failed.node, trace.failed.got, trace.failed.needs) == (op, got, needs)
    assert not trace.failed.is_after
    last = max(trace.ops, key=lambda node: node.order)
    assert (last.id, last.outputs, last.n_macs, last.act_bytes) == (op, (), 0, 0)
    assert [node.id for node in trace.ops if not node.outputs] == [op]


@pytest.mark.parametrize(("model", "shape"), [case[:2] for case in FAILING.values()], ids=FAILING)
def test_what_ran_is_drawn_listed_written_and_read(model: nn.Module, shape: tuple[int, ...]) -> None:
    trace = partial_of(model, shape)
    assert trace.failed is not None
    op = trace.failed.node
    assert read_trace(write_trace(trace)) == trace
    for level in LEVELS:
        assert "✗" in draw_graph(trace, level).source
        rows = summarise(trace, level)
        text = summary_text(trace, rows)
        assert f"✗ The pass ended at {op}" in text
        assert trace.failed.message in text
        assert f'"node": "{op}"' in summary_json(trace, rows)
    assert "✗" in next(row.what for row in summarise(trace, "op") if row.node == op)
    for node in trace.nodes.values():
        inspect_node(trace, node)


def test_what_ran_until_then_is_as_in_the_whole_net() -> None:
    partial, whole = partial_of(wrong(set_conv), BIG), trace_model(resnet18().eval(), BIG)
    ran = [op for op in partial.ops if op.outputs]
    assert len(ran) == [op.id for op in whole.ops].index("layer2.1.conv2")
    for op in ran:
        same = whole.nodes[op.id]
        assert (op.op, op.outputs, op.inputs, op.n_macs, op.field) == (
            same.op, same.outputs, same.inputs, same.n_macs, same.field
        )  # fmt: skip
    assert [block.id for block in partial.blocks] == ["layer1.0", "layer1.1", "layer2.0"]


def test_a_sum_that_failed_is_that_of_its_block() -> None:
    trace = partial_of(wrong(set_stride), BIG)
    block = trace.nodes["layer3.1"]
    assert isinstance(block, Block)
    assert (block.add, block.outputs) == ("layer3.1.add", ())


def test_the_net_s_own_error_comes_after_the_last_op() -> None:
    def refuse(net: Any, x: Tensor) -> Any:
        raise ValueError("no more\x1b[31m than this")

    trace = partial_of(by(refuse), SHAPE)
    assert trace.failed is not None
    assert (trace.failed.node, trace.failed.is_after) == ("conv1", True)
    assert trace.nodes["conv1"].outputs
    assert read_trace(write_trace(trace)) == trace
    assert "The pass ended after conv1" in summary_text(trace, summarise(trace))
    assert "✗" in draw_graph(trace).source


@pytest.mark.parametrize(
    ("model", "shape"),
    [(conv(4), SHAPE), (resnet18(), (1, 4, 64, 64)), (Net(lambda net, x: x.no_such_thing, a=conv()), SHAPE)],
)
def test_where_nothing_ran_there_is_no_partial_answer(model: nn.Module, shape: tuple[int, ...]) -> None:
    with pytest.raises(TraceError) as error:
        trace_model(model, shape)
    assert error.value.partial is None


def test_a_whole_pass_has_no_failure() -> None:
    assert trace_model(in_stage(conv()), SHAPE).failed is None

    def tries(net: Any, x: Tensor) -> Any:
        try:
            return net.fc(x)
        except RuntimeError:
            return net.conv2(x)

    trace = trace_model(by(tries), SHAPE)
    assert (trace.failed, trace.warnings) == (None, ())
    assert [op.id for op in trace.ops] == ["conv1", "conv2"]


@pytest.mark.parametrize(("model", "shape"), [case[:2] for case in FAILING.values()], ids=FAILING)
def test_a_net_that_failed_is_as_it_was(model: nn.Module, shape: tuple[int, ...]) -> None:
    for mode in (False, True):
        model.train(mode)
        before = fingerprint(model)
        with pytest.raises(TraceError):
            trace_model(model, shape)
        assert changes(before, fingerprint(model)) == changes(before, before)
    model.eval()


def test_a_partial_trace_holds_no_tensor() -> None:
    trace = partial_of(by(looking), SHAPE)
    gc.collect()
    held, seen = [trace], set()
    while held:
        thing = held.pop()
        assert not isinstance(thing, (Tensor, nn.Module, BaseException))
        if id(thing) not in seen and not isinstance(thing, type):
            seen.add(id(thing))
            held += [each for each in gc.get_referents(thing) if not isinstance(each, type)]
