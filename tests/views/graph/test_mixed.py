"""Laws over drawings in which parts are open further than the rest: what is drawn, and where Graphviz puts it."""

import json
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest

from resnet_viz.records.trace import Trace
from resnet_viz.views.graph.draw import count_boxes, draw_graph
from resnet_viz.views.graph.render import render_graph
from resnet_viz.views.parts.detail import Detail, make_detail, unit_levels
from resnet_viz.views.parts.runs import fold_stage, inner_ops
from tests.views.graph.dot import Drawn, every_form, read, role_of, traced
from tests.views.graph.laid_out import curve, is_inside, middle, points, texts_of

MIXES = [
    ("resnet18", "folded", {"layer1": "block"}),
    ("resnet18", "folded", {"layer1": "op"}),
    ("resnet18", "folded", {"layer1.0": "op"}),
    ("resnet18", "folded", {"layer1.1": "op"}),
    ("resnet18", "folded", {"layer2.0": "op"}),
    ("resnet18", "folded", {"layer4": "op"}),
    ("resnet18", "folded", {"stem": "op", "layer1.0": "op", "head": "op"}),
    ("resnet50", "folded", {"layer3.3": "op"}),
    ("resnet50", "folded", {"layer1": "block", "layer2": "block"}),
    ("resnet50", "folded", {"layer2.0": "op", "layer3": "block"}),
    ("resnet50", "folded", {"layer1": "op", "layer2.3": "op"}),
    ("resnet152", "folded", {"layer3.1..35": "block"}),
    ("resnet152", "folded", {"layer3.5": "op"}),
    ("resnet152", "folded", {"layer3.5": "op", "layer3.20": "op", "layer2.0": "op"}),
    ("resnet152", "folded", {"layer2": "op"}),
    ("resnet152", "folded", {"layer3": "op"}),
    ("resnet50", "block", {"layer2.0": "op"}),
    ("resnet50", "block", {"layer3": "folded"}),
    ("resnet18", "block", {"layer1.0": "op", "layer3": "op"}),
    ("resnet50", "op", {"layer3": "folded"}),
    ("resnet50", "op", {"layer1": "block", "layer4.1": "block"}),
    ("option A", "folded", {"layer2.0": "op"}),
    ("group norm", "folded", {"layer3.0": "op"}),
]
every_mix = pytest.mark.parametrize(
    ("net", "level", "parts"), MIXES, ids=[f"{net}-{level}-{'-'.join(parts)}" for net, level, parts in MIXES]
)
Parts = dict[str, str]


def detail_of(net: str, level: str, parts: Parts) -> Detail:
    return make_detail(traced(net), level, parts.items())


def draw(net: str, level: str, parts: Parts, form: str = "strip") -> Drawn:
    return read(draw_graph(traced(net), detail_of(net, level, parts), form=form).source)


@cache
def places(net: str, detail: Detail, form: str) -> dict[str, dict[str, Any]]:
    drawn = json.loads(render_graph(draw_graph(traced(net), detail, form=form), "json"))
    parts = [drawn, *drawn.get("objects", ()), *drawn.get("edges", ())]
    return {part.get("id", ""): part for part in parts}


def wanted_boxes(trace: Trace, detail: Detail) -> Counter[str]:
    """Every op of what is open; of what is closed a box, an add and the shortcut's own box."""
    levels = unit_levels(trace, detail)
    names: list[str] = ["input"]
    for stage in trace.stages:
        for run in fold_stage(trace, stage, levels):
            if levels[run.first.id] == "op":
                names += [op.id for op in inner_ops(trace, run.first)]
            else:
                names += [run.id, run.outlet]
                names += [_bypass_box(trace, run.first.bypass[0])] if run.first.bypass else []
    for part in (trace.nodes[unit] for unit in levels if not unit.startswith("layer")):
        shown = ("conv2d", "linear", "max_pool2d", "adaptive_avg_pool2d")
        names += [op.id for op in inner_ops(trace, part) if levels[part.id] == "op" or op.op in shown]
    return Counter(names)


def _bypass_box(trace: Trace, op: str) -> str:
    parent = trace.nodes[trace.nodes[op].parent or ""]
    return parent.id if parent.kind == "shortcut" else op


@every_form
@every_mix
def test_each_part_is_drawn_at_its_own_level(net: str, level: str, parts: Parts, form: str) -> None:
    trace, detail, graph = traced(net), detail_of(net, level, parts), draw(net, level, parts, form)
    boxes = [name for name, box in graph.nodes.items() if box["id"].startswith("n:")]
    assert Counter(boxes) == wanted_boxes(trace, detail)
    assert count_boxes(trace, detail) == len(boxes)
    assert {end for src, dst, _ in graph.wires for end in (src, dst)} <= set(boxes)
    opened = {block.id for block in trace.blocks if unit_levels(trace, detail)[block.id] == "op"}
    blocks = {frame.removeprefix("cluster_") for frame in graph.frames} & {block.id for block in trace.blocks}
    assert blocks == opened


@every_form
@every_mix
def test_from_input_to_output_there_is_one_spine_and_one_shortcut_to_each_add(
    net: str, level: str, parts: Parts, form: str
) -> None:
    graph = draw(net, level, parts, form)
    last = graph.spine()[-1]
    assert last == traced(net).ops[-1].id or graph.nodes[last]["class"] == "box"
    adds = [name for name, box in graph.nodes.items() if box.get("class") == "add"]
    assert set(adds) <= set(graph.spine())
    for add in adds:
        roles = sorted(role_of(wire) for _, dst, wire in graph.wires if dst == add)
        assert len(roles) == 2
        assert "main" in roles
        assert roles != ["main", "main"]


@every_mix
def test_in_a_mixed_strip_the_spine_is_straight_and_shortcuts_keep_their_side(
    net: str, level: str, parts: Parts
) -> None:
    """They lie above the spine, whether their blocks are closed or open."""
    detail = detail_of(net, level, parts)
    graph, where = draw(net, level, parts), places(net, detail, "strip")
    heights = [middle(where[f"n:{name}"])[1] for name in graph.spine()]
    assert max(heights) - min(heights) < 1
    spine = heights[0]
    for src, dst, wire in graph.wires:
        if role_of(wire) != "main":
            assert min(y for _, y in points(where[f"e:{src}>{dst}"]["pos"])) >= spine - 1, (src, dst)


@every_mix
def test_in_a_mixed_strip_no_shortcut_runs_through_words(net: str, level: str, parts: Parts) -> None:
    where = places(net, detail_of(net, level, parts), "strip")
    titles = [entry for name, part in where.items() if name.startswith(("c:", "n:")) for entry in texts_of(part)]
    assert titles
    for name, part in where.items():
        if re.search("wire (?!main)", part.get("class", "")):
            line = curve(part["pos"])
            assert not [text for text, _, box in titles if any(is_inside(point, box) for point in line)], name
