"""What the drawing of a comparison in the browser knows: of each net what its own drawing would know, and of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.views.address.compare import CompareView, compare_drawing_address, write_nets
from resnet_viz.views.address.compare_changes import details_of
from resnet_viz.views.compare.drawing import draw_comparison, net_title
from resnet_viz.views.compare.layers import Difference
from resnet_viz.views.compare.marks import drawn_marks, find_marks, list_marks, own_marks
from resnet_viz.views.graph.draw import count_boxes
from resnet_viz.views.graph.facts import BranchIds, Facts, NodeFacts, drawn_facts
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.graph.render import render_for_page
from resnet_viz.views.listing.spoken import describe_net
from resnet_viz.views.parts.detail import LEVELS, Detail
from resnet_viz.views.parts.ids import join_id

ALL = "network"
"""The id of all nets together: no id of a node, for those begin with the letter of their net."""


@dataclass(frozen=True, slots=True)
class ComparedNets:
    """The nets of a comparison: their Traces, what is known of their nodes (`net_facts`), and how far they are open."""

    traces: tuple[Trace, ...]
    facts: tuple[Facts, ...]
    details: tuple[Detail, ...]
    differences: tuple[tuple[Difference, ...], ...]
    """Of each net but the first what it has otherwise than the first."""


def compare_payload(view: CompareView, nets: ComparedNets) -> dict[str, Any]:
    """What the browser gets of a comparison: `address`, `net`, `title`, `svg`, `facts`, `levels`. Raises DrawError."""
    marks = find_marks(nets.differences)
    return {
        "address": compare_drawing_address(view),
        "net": write_nets(view.specs),
        "title": " ".join(f"{net_title(trace, net)}: {describe_net(trace)}" for net, trace in enumerate(nets.traces)),
        "levels": _whole_levels(view, nets.traces),
        "svg": render_for_page(draw_comparison(nets.traces, nets.details, marks=marks, has_tips=False)),
        "facts": compare_facts(nets, marks),
    }


def open_nets(
    view: CompareView,
    trace_of: Callable[..., Trace],
    facts_of: Callable[..., Facts],
    differences: tuple[tuple[Difference, ...], ...],
) -> ComparedNets:
    """The nets of a view; `trace_of` and `facts_of` return those of a spec, `differences` is `differences_of` them."""
    traces = tuple(trace_of(spec) for spec in view.specs)
    return ComparedNets(
        traces, tuple(facts_of(spec) for spec in view.specs), details_of(traces, view.level, view.parts), differences
    )


def compare_facts(nets: ComparedNets, marks: Mapping[str, str]) -> Facts:
    """The facts of all nets' nodes by ids with their nets; of what is marked, they tell so."""
    facts: Facts = {ALL: _facts_of_all(nets)}
    for net, (trace, detail, known) in enumerate(zip(nets.traces, nets.details, nets.facts, strict=True)):
        name = net_title(trace, net)
        own = {node_id: _with_net(net, name, told) for node_id, told in drawn_facts(trace, detail, known).items()}
        facts |= {join_id(net, node_id): told for node_id, told in own.items()}
    names = {mark.kind: f"{mark.sign} {mark.name}" for mark in list_marks()}
    for node_id, kind in _all_marks(nets, marks).items():
        if node_id in facts:
            facts[node_id]["about"] = f"{facts[node_id]['about']} · {names[kind]}"
    return facts


def _all_marks(nets: ComparedNets, marks: Mapping[str, str]) -> dict[str, str]:
    """What is marked, and the boxes and frames that show it."""
    found = dict(marks)
    for net, (trace, detail) in enumerate(zip(nets.traces, nets.details, strict=True)):
        shown = drawn_marks(DrawingPlan(trace, detail, is_strip=True), own_marks(marks, net))
        found |= {join_id(net, name): kind for name, kind in shown.items()}
    return found


def _with_net(net: int, name: str, told: NodeFacts) -> NodeFacts:
    """What is told of a node, with the ids in it as those of its net."""
    found = told.copy()
    found["parent"] = ALL if told["parent"] is None else join_id(net, told["parent"])
    found["find"] = f"{name.lower()} {told['find']}"
    if told["kind"] == "network":
        # Its figures are those of the whole net, and would be beyond the scale of the boxes.
        found["name"], found["amounts"] = name, [None] * len(told["amounts"])
    if "branches" in told:
        found["branches"] = _branches(net, told["branches"])
    return found


def _branches(net: int, told: BranchIds) -> BranchIds:
    return {
        "residual": [join_id(net, node_id) for node_id in told["residual"]],
        "bypass": [join_id(net, node_id) for node_id in told["bypass"]],
        "add": None if told["add"] is None else join_id(net, told["add"]),
    }


def _facts_of_all(nets: ComparedNets) -> NodeFacts:
    levels = {detail.level if not detail.parts else "mixed" for detail in nets.details}
    return {
        "kind": "network",
        "name": _("All nets"),
        "about": "",
        "shape": "",
        "costs": [trace.name for trace in nets.traces],
        "amounts": [],
        "find": "",
        "parent": None,
        "level": levels.pop() if len(levels) == 1 else "mixed",
    }


def _whole_levels(view: CompareView, traces: Sequence[Trace]) -> dict[str, dict[str, Any]]:
    """All nets at each level: the address, and how many boxes they would be together."""
    return {
        level: {
            "address": compare_drawing_address(CompareView(view.specs, level)),
            "boxes": sum(count_boxes(trace, level) for trace in traces),
        }
        for level in LEVELS
    }
