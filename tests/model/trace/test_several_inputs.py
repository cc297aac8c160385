"""Nets whose forward takes several tensors: each is an input of the graph."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torchvision
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.model.run.capture import capture
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Field
from resnet_viz.views.export.drawing import export_graph
from resnet_viz.views.export.options import ExportOptions
from resnet_viz.views.listing.outline import write_outline
from resnet_viz.views.listing.summary import summarise
from resnet_viz.views.parts.detail import Detail
from tests.model.lively_nets import PICTURE
from tests.nets import Net, conv

IMAGE = (1, 3, 64, 64)


class Twins(nn.Module):
    """One net for two pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.net = torchvision.models.resnet18(weights=None)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        distance: Tensor = (self.net(x) - self.net(y)).abs()
        return distance


def conditioned() -> Any:
    """A picture, and a vector that is added to its map."""
    return Net(
        lambda net, x, v: net.conv2(net.conv1(x) + net.embed(v)[:, :, None, None]),
        conv1=conv(3),
        conv2=conv(8),
        embed=nn.Linear(10, 8),
    )


def test_twins_have_two_inputs_and_each_pass_its_ops() -> None:
    model = Twins().eval()
    trace = trace_model(model, [IMAGE, IMAGE])
    alone = trace_model(model.net, IMAGE)
    assert [node.id for node in trace.nodes.values() if node.kind == "input"] == ["input", "input_2"]
    assert trace.network.children[:2] == ("input", "input_2")
    assert trace.input.shape == IMAGE
    assert (trace.n_params, trace.macs.known) == (alone.n_params, 2 * alone.macs.known)
    firsts = [op for op in trace.ops if op.op == "conv2d" and op.out_shape[1:] == (64, 32, 32)]
    assert [op.inputs for op in firsts] == [("input",), ("input_2",)]
    assert {edge.src for edge in trace.edges if edge.dst in {op.id for op in firsts}} == {"input", "input_2"}
    assert trace.nodes["input"].storage != trace.nodes["input_2"].storage
    # Both pictures wait in memory for their turn.
    assert firsts[0].live_bytes == 2 * trace.input.n_bytes + firsts[0].act_bytes


def test_an_input_need_not_be_a_picture() -> None:
    model = conditioned()
    trace = trace_model(model, (IMAGE, (1, 10)))
    assert trace.nodes["input_2"].out_shape == (1, 10)
    assert trace.nodes["input_2"].field is None
    assert trace.nodes["embed"].inputs == ("input_2",)
    assert trace.nodes["input"].field == (Field(0, 0, 1), Field(0, 0, 1))
    with torch.no_grad():
        assert trace.network.out_shape == model(torch.zeros(IMAGE), torch.zeros(1, 10)).shape


def test_a_net_that_looks_at_values_gets_values_for_each() -> None:
    def forward(net: Any, x: Tensor, y: Tensor) -> Tensor:
        x = net.conv1(x)
        return x + net.conv1(y) if float(y.sum()) != 0 else x

    trace = trace_model(Net(forward, conv1=conv(3)), [IMAGE, IMAGE])
    assert trace.origin == "run"
    assert [op.inputs for op in trace.ops if op.op == "conv2d"] == [("input",), ("input_2",)]


def test_one_shape_in_a_list_is_one_input() -> None:
    model = Net(lambda net, x: net.conv1(x), conv1=conv(3))
    assert trace_model(model, [IMAGE]).nodes == trace_model(model, IMAGE).nodes


def test_a_module_of_the_name_keeps_it() -> None:
    model = Net(lambda net, x, y: net.input_2(x) + y, input_2=conv(3))
    trace = trace_model(model, [IMAGE, (1, 8, 64, 64)])
    assert [node.id for node in trace.nodes.values() if node.kind == "input"] == ["input", "input_2_"]


@pytest.mark.parametrize("model", [Twins().eval(), conditioned()])
def test_a_net_of_two_inputs_is_drawn_and_listed(model: Any) -> None:
    trace = trace_model(model, [IMAGE, IMAGE if isinstance(model, Twins) else (1, 10)])
    for level in ("folded", "block", "op"):
        assert export_graph(trace, Detail(level)).startswith(b"<?xml")
    assert export_graph(trace, Detail("op"), options=ExportOptions("json"))
    assert write_outline(trace)
    assert summarise(trace)


def test_a_missing_input_is_told_with_what_to_pass() -> None:
    with pytest.raises(TraceError, match=r"'y'.* pass trace_model one shape for each"):
        trace_model(Twins().eval(), IMAGE)
    with pytest.raises(TraceError, match="a module whose forward takes the picture"):
        capture(Twins().eval(), PICTURE, "input", (64, 64))


def test_a_module_around_the_net_gives_it_the_others() -> None:
    model = conditioned()
    around = Net(lambda net, x: net.inner(x, x.new_ones(1, 10)), inner=model)
    assert capture(around, PICTURE, "inner.conv2", (64, 64))["inner.conv2"].shape == (8, 64, 64)


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ([], "Input shape: got"),
        ([IMAGE, ()], "further input: got"),
        ([IMAGE, (0, 10)], "further input: got"),
        ([IMAGE, (1, 2.5)], "further input: got"),
        ([IMAGE, (10**6, 10**6)], "further input: got"),
        ([(1, 10), IMAGE], "Input shape: got"),
        ([IMAGE, 3], "Input shape: got"),
        ([IMAGE, "ab"], "Input shape: got"),
        (["ab", "cd"], "Input shape: got"),
    ],
)
def test_shapes_that_cannot_be(shapes: Any, words: str) -> None:
    with pytest.raises(TraceError, match=words):
        trace_model(Twins().eval(), shapes)
