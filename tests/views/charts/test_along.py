"""The walk along a net: layers and sums against the spec's depth, the Trace's totals and arithmetic written out."""

from dataclasses import replace
from itertools import pairwise

import pytest

from resnet_viz import PRESETS
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.views.charts.along import find_parts, net_labels, walk_net
from tests.nets import trace_of

SMALL = ResNetSpec("bottleneck", (1, 2, 1, 1), input_size=(64, 64))
VARIANTS = [
    SMALL,
    replace(SMALL, squeeze_excitation=True),
    replace(SMALL, pre_activation=True),
    replace(SMALL, stem="deep", average_shortcut=True),
    replace(SMALL, shortcut="C", stride_in="1x1"),
    replace(SMALL, shortcut="none"),
    replace(SMALL, norm="group"),
    ResNetSpec("basic", (3,), input_size=(64, 64)),
    ResNetSpec("basic", (1, 1, 1, 1, 1, 2), input_size=(64, 64), squeeze_excitation=True),
    ResNetSpec.cifar(20),
]


@pytest.mark.parametrize("spec", VARIANTS, ids=lambda spec: spec.name)
def test_the_walk_ends_with_the_whole_net(spec: ResNetSpec) -> None:
    trace = trace_of(spec)
    last = walk_net(trace)[-1]
    assert (last.layers, last.params, last.macs, last.memory) == (
        spec.depth,
        trace.n_params,
        trace.n_macs,
        trace.act_bytes,
    )
    assert last.node == "head"


@pytest.mark.parametrize("spec", VARIANTS, ids=lambda spec: spec.name)
def test_what_is_gained_between_two_steps_is_the_part_s_own(spec: ResNetSpec) -> None:
    trace = trace_of(spec)
    steps = walk_net(trace)
    assert [step.node for step in steps] == ["stem", *(block.id for block in trace.blocks), "head"]
    for before, step in pairwise(steps):
        node = trace.nodes[step.node]
        gained = (step.params - before.params, step.macs - before.macs, step.memory - before.memory)
        assert gained == (node.n_params, node.n_macs, node.act_bytes)
        per_block = 3 if spec.block == "bottleneck" else 2
        assert step.layers - before.layers == (1 if step.node == "head" else per_block)


def test_the_fields_of_resnet18_are_those_of_its_blocks_and_the_head_has_none() -> None:
    # Stem 7, pool 11; each 3×3 adds twice the jump: 4 in layer1, then 4 and 8, 8 and 16, 16 and 32.
    wanted = [11, 27, 43, 43 + 8 + 16, 99, 99 + 16 + 32, 211, 211 + 32 + 64, 435, None]
    assert [step.field for step in walk_net(trace_of("resnet18"))] == wanted


def test_parts_are_what_lies_right_under_the_network() -> None:
    assert [part.id for part in find_parts(trace_of("resnet18"))] == [
        "stem",
        *(f"layer{n}" for n in range(1, 5)),
        "head",
    ]
    assert len(find_parts(trace_of("cifar20"))) == 5


def test_nets_of_one_name_have_letters() -> None:
    a, b = trace_of("resnet18"), trace_of(replace(PRESETS["resnet18"], input_size=(64, 64)))
    assert net_labels([a, trace_of("resnet34"), b]) == ("ResNet-18 (A)", "ResNet-34", "ResNet-18 (C)")
    assert net_labels([a]) == ("ResNet-18",)
