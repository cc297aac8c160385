"""When a block may not stand for the equal ones after it, whatever the modules are: by the graph of the ops."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch

from resnet_viz.model.graph.assemble import Graph, build_graph
from resnet_viz.model.graph.repeatable import are_repeatable
from resnet_viz.model.graph.repeats import Repeat
from resnet_viz.model.net.alike import find_alike, shortened
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.parameters import modules_of, tensor_meta
from resnet_viz.model.trace.shortened import record_short
from resnet_viz.records.trace import TensorMeta
from resnet_viz.spec.resnet import ResNetSpec

SPEC = ResNetSpec("basic", (2, 4, 1), widths=(8, 16, 24))
BLOCK, SOURCE, OUTPUT = "layer2.1", "layer2.0.relu_1", "layer2.1.relu_1"


@cache
def _recorded() -> tuple[Graph, list[Repeat]]:
    net = build_plan(SPEC)
    runs = [run for run in find_alike(net) if run.path == BLOCK]
    image = torch.empty(SPEC.input_shape, device="meta")
    found = record_short(shortened(net, runs), runs, image)
    assert found is not None
    calls = [*found.recorder.calls.values()]
    return build_graph(calls, modules_of(found.recorder.modules), tensor_meta(image), {}), [*found.repeats]


def _changed(node_id: str, **changes: Any) -> Callable[[Graph], Graph]:
    def change(graph: Graph) -> Graph:
        return replace(graph, nodes={**graph.nodes, node_id: replace(graph.nodes[node_id], **changes)})

    return change


def _summed(**changes: Any) -> Callable[[Graph], Graph]:
    return lambda graph: replace(graph, sums=replace(graph.sums, **changes))


def _with_param(**changes: Any) -> Callable[[Graph], Graph]:
    def change(graph: Graph) -> Graph:
        (first, *others) = graph.nodes[f"{BLOCK}.conv1"].params
        return _changed(f"{BLOCK}.conv1", params=(replace(first, **changes), *others))(graph)

    return change


def _doubled(node_id: str) -> Callable[[Graph], Graph]:
    return lambda graph: _changed(node_id, outputs=2 * graph.nodes[node_id].outputs)(graph)


def _sparser(graph: Graph) -> Graph:
    fields = graph.nodes[OUTPUT].field
    assert fields is not None
    return _changed(OUTPUT, field=(fields[0], replace(fields[1], jump=99)))(graph)


OTHER = TensorMeta((1, 2, 3, 4), "float32", 96)
CHANGES: dict[str, Callable[[Graph], Graph]] = {
    "its input is of another shape": _changed(SOURCE, outputs=(OTHER,)),
    "its input is one of two outputs": lambda graph: _doubled(SOURCE)(_doubled(OUTPUT)(graph)),
    "its input has no field": _changed(SOURCE, field=None),
    "it sees further apart": _sparser,
    "its input lies in larger memory": _changed("layer2.0.bn2", act_bytes=10**9),
    "its input is used again": _changed("avgpool", inputs=(OUTPUT, SOURCE)),
    "its output is used no more": lambda graph: _changed("layer3.0.conv1", inputs=("conv1",))(
        _changed("layer3.0.downsample.0", inputs=("conv1",))(graph)
    ),
    "it takes something else, too": _changed(f"{BLOCK}.conv2", inputs=("conv1",)),
    "something inside is used outside": _changed("avgpool", inputs=(f"{BLOCK}.bn1",)),
    "it writes elsewhere": _changed(f"{BLOCK}.bn1", storage=0),
    "something else writes into it": lambda graph: _changed(
        "avgpool", storage=graph.nodes[f"{BLOCK}.conv1"].storage
    )(graph),
    "its output lies elsewhere": _changed(OUTPUT, storage=0),
    "an op of it is of another module": _changed(f"{BLOCK}.conv1", module="conv1"),
    "an op of it is in another group": _changed(f"{BLOCK}.conv1", parent="layer2"),
    "a parameter has another's name": _with_param(name="conv1.weight"),
    "a parameter is shared": _with_param(same_as="conv1.weight"),
    "a sum of it is a merge": _summed(merges=(f"{BLOCK}.add",)),
    "a sum of it is not explained": _summed(unexplained=(f"{BLOCK}.add",)),
    "it is of another module": _changed(BLOCK, module="layer2"),
    "a stage is no module": _changed("layer3", module=None),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_block_does_not_stand_for_others_where(name: str) -> None:
    graph, repeats = _recorded()
    assert [(repeat.path, repeat.source, repeat.output) for repeat in repeats] == [(BLOCK, SOURCE, OUTPUT)]
    assert are_repeatable(graph, repeats)
    assert not are_repeatable(CHANGES[name](graph), repeats)
