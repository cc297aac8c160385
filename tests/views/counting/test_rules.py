"""What other tools count, from a Trace: the tools' own totals."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import pytest

from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.views.counting.rules import count
from resnet_viz.views.counting.tools import TOOLS, find_tool
from tests.nets import NETS, VARIANTS, trace_of
from tests.zoo.counters import total_of

OTHERS = [tool for tool in TOOLS if tool.id != "ours"]
SPECS = (
    *(PRESETS[name] for name in ("resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "plain18")),
    *NETS.values(),
    *VARIANTS.values(),
)


@pytest.mark.parametrize("tool", OTHERS, ids=lambda tool: tool.id)
def test_a_rule_gives_the_tools_own_total(tool) -> None:
    if find_spec(tool.package) is None:
        pytest.skip(f"{tool.package} is not installed")
    for spec in SPECS:
        total = total_of(tool.id, build_plan(spec).eval(), spec.input_shape)
        assert count(trace_of(spec), tool.rule).n == total, spec


def test_ours_is_the_traces_own_figure_bound_and_all() -> None:
    trace = trace_of("resnet50")
    assert count(trace, find_tool("ours").rule) == trace.macs
    unsure = replace(trace, nodes={key: replace(node, n_macs=None) for key, node in trace.nodes.items()})
    assert count(unsure, find_tool("fvcore").rule).at_least


def test_a_batch_is_counted_picture_by_picture() -> None:
    spec = VARIANTS["group-norm"]
    shape = (3, *spec.input_shape[1:])
    trace = trace_model(build_plan(spec).eval(), shape)
    for name in ("torch", "torchinfo"):
        total = total_of(name, build_plan(spec).eval(), shape)
        assert count(trace, find_tool(name).rule).n == total == 3 * (count(trace_of(spec), find_tool(name).rule).n or 0)


def test_fvcore_counts_more_of_a_norm_in_training() -> None:
    net = build_plan(VARIANTS["basic"])
    rule = find_tool("fvcore").rule
    n_normed = sum(op.outputs[0].n_bytes // 4 for op in trace_of(VARIANTS["basic"]).ops if op.op == "batch_norm")
    shape = VARIANTS["basic"].input_shape
    # Two pictures: a batch norm in training needs more than one value for a channel.
    trained, resting = (trace_model(net.train(mode), (2, *shape[1:])) for mode in (True, False))
    assert (count(trained, rule).n or 0) - (count(resting, rule).n or 0) == 2 * 3 * n_normed
    if find_spec("fvcore") is not None:
        assert total_of("fvcore", build_plan(VARIANTS["basic"]).train(), (2, *shape[1:])) == count(trained, rule).n
