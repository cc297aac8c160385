"""How the net grows along a walk: each node once, in the order in which it is made or run."""

from __future__ import annotations

import pytest

from resnet_viz import PRESETS, ResNetSpec
from resnet_viz.views.address.walk import WALK_KINDS
from resnet_viz.views.walk.growth import grow, stage_marks
from resnet_viz.views.walk.words import op_at
from tests.nets import trace_of, walks

SPECS = [PRESETS["resnet18"], PRESETS["resnet152"], PRESETS["cifar20"], ResNetSpec("bottleneck", (1, 2))]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("kind", WALK_KINDS)
def test_every_node_comes_once_and_a_group_with_its_last_part(spec: ResNetSpec, kind: str) -> None:
    walk, trace = walks(spec)[kind], trace_of(spec)
    growth = grow(walk, trace)
    assert set(growth) == set(trace.nodes)
    for node in trace.nodes.values():
        first, last = growth[node.id]
        assert 0 <= first <= last < len(walk)
        inside = [growth[child] for child in node.children if trace.nodes[child].kind != "input"]
        if inside:
            assert first == min(first for first, _last in inside)
            assert last >= max(last for _first, last in inside)


def test_ops_come_in_the_order_they_run() -> None:
    spec = PRESETS["resnet50"]
    growth = grow(walks(spec)["forward"], trace_of(spec))
    steps = [growth[op.id][0] for op in trace_of(spec).ops]
    assert steps == sorted(steps)


def test_a_block_is_there_when_its_constructor_has_returned() -> None:
    """Of `layers.append(block(…))` nothing is in the net before the call has come back."""
    build = walks(PRESETS["resnet18"])["build"]
    growth = grow(build, trace_of("resnet18"))
    appended = next(step for step in build.steps if step.node_ids == ("layer2.1",))
    returned = [step for step in build.steps if build.steps[step.parent or 0] is appended][-1]
    assert growth["layer2.1"][1] == growth["layer2.1.add"][1] >= returned.index > appended.index
    assert growth["layer2.1"][0] == growth["layer2.1.conv1"][0]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("kind", WALK_KINDS)
def test_stem_stages_and_head_follow_each_other(spec: ResNetSpec, kind: str) -> None:
    walk, trace = walks(spec)[kind], trace_of(spec)
    marks = stage_marks(walk, trace)
    names = ["stem", *(stage.id for stage in trace.stages), "head", *(["init"] if kind == "build" else [])]
    assert [name for _step, name, _number in marks] == names
    assert [number for *_mark, number in marks if number is not None] == list(range(len(trace.stages)))
    for step, name, number in marks:
        if number is not None and kind == "build":
            assert walk.steps[step].function.endswith("._make_layer")
        if number is not None and kind == "forward":
            assert (walk.steps[step].owner or "").startswith(name)


def test_the_op_of_a_step_is_its_own_or_the_one_before() -> None:
    forward = walks(PRESETS["resnet18"])["forward"]
    add = next(step for step in forward.steps if step.node_ids == ("layer1.0.add",))
    assert op_at(forward, add.index) == "layer1.0.add"
    assert op_at(forward, add.index - 1) == "layer1.0.bn2"
    assert op_at(forward, 0) is None
    assert op_at(forward, 10**6) == "fc"
