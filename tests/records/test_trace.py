"""What a Trace says of its own parts: the network, the stem and head, and what each stage holds."""

from collections import OrderedDict

import pytest
from torch import nn

from resnet_viz.model.trace.plan import trace_model, trace_spec
from resnet_viz.records.trace import Block, Trace
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.views.graph.draw import MOST_BOXES


@pytest.fixture(scope="module")
def trace() -> Trace:
    return trace_spec(PRESETS["resnet50"])


def test_the_network_holds_stem_stages_and_head(trace: Trace) -> None:
    assert trace.network.kind == "network"
    assert trace.network.parent is None
    inside = [node.id for node in trace.children_of(trace.network)]
    assert inside == ["input", "stem", "layer1", "layer2", "layer3", "layer4", "head"]
    assert trace.stem is trace.nodes["stem"]
    assert trace.head is trace.nodes["head"]


def test_a_stage_has_its_blocks_in_running_order(trace: Trace) -> None:
    for stage in trace.stages:
        blocks = trace.blocks_of(stage)
        assert len(blocks) == stage.n_blocks
        assert [block.order for block in blocks] == sorted(block.order for block in blocks)
        assert trace.loose_in(stage) == ()
    assert tuple(block for stage in trace.stages for block in trace.blocks_of(stage)) == trace.blocks


def test_what_holds_no_blocks_has_none(trace: Trace) -> None:
    assert trace.blocks_of(trace.network) == ()
    assert trace.blocks_of(trace.nodes["layer1.0.conv1"]) == ()
    assert trace.children_of(trace.nodes["layer1.0.conv1"]) == ()


def test_a_module_without_stages_has_neither_stem_nor_head() -> None:
    trace = trace_model(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), (1, 3, 8, 8))
    assert (trace.stem, trace.head, trace.stages) == (None, None, ())
    assert [node.id for node in trace.children_of(trace.network)] == ["input", *(op.id for op in trace.ops)]


def test_layers_between_blocks_are_told_from_them() -> None:
    stage = nn.Sequential(nn.Sequential(nn.Conv2d(3, 3, 1), nn.ReLU()), nn.ReLU())
    net = nn.Sequential()
    net.add_module("layer1", stage)
    trace = trace_model(net, (1, 3, 8, 8))
    (layer1,) = trace.stages
    assert [block.id for block in trace.blocks_of(layer1)] == ["layer1.0"]
    assert [node.id for node in trace.loose_in(layer1)] == ["layer1.1"]
    assert all(isinstance(block, Block) for block in trace.blocks_of(layer1))


def test_the_middle_of_a_field_is_that_of_its_first_position(trace: Trace) -> None:
    for node, middle in (("conv1", 0.0), ("maxpool", 0.0)):  # odd windows, padded on both sides alike
        assert [axis.center for axis in trace.nodes[node].field or ()] == [middle] * 2
    even = trace_model(nn.Sequential(nn.Conv2d(3, 4, 2), nn.Conv2d(4, 4, 4, 2)), (1, 3, 8, 8))
    assert [axis.center for axis in even.nodes["1"].field or ()] == [(0 + 4) / 2] * 2


def test_a_notebook_shows_the_drawing_or_nothing() -> None:
    drawing = trace_spec(PRESETS["cifar20"])._repr_svg_()
    assert drawing is not None
    assert "<svg" in drawing
    stages = {f"layer{n}": nn.Sequential(nn.Sequential(nn.Conv2d(3, 3, 1))) for n in range(1, MOST_BOXES + 1)}
    assert trace_model(nn.Sequential(OrderedDict(stages)), (1, 3, 8, 8))._repr_svg_() is None
