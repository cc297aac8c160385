"""The payload of a comparison's drawing for the browser: the facts of each net's nodes, and of all nets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.views.address.compare import CompareView, compare_drawing_address, write_nets
from resnet_viz.views.address.compare_changes import details_of
from resnet_viz.views.compare.drawing import draw_comparison, net_title, wrap_comparison
from resnet_viz.views.compare.layers import Difference
from resnet_viz.views.compare.marks import drawn_marks, find_marks, list_marks, own_marks
from resnet_viz.views.graph.draw import count_boxes
from resnet_viz.views.graph.facts import BranchIds, Facts, NodeFacts, drawn_facts
from resnet_viz.views.graph.payload import SMALL, DrawingPayload, StripPayload, WholeLevel
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.graph.render import render_for_page
from resnet_viz.views.listing.spoken import describe_net
from resnet_viz.views.parts.detail import LEVELS, Detail
from resnet_viz.views.parts.ids import join_id

ALL = "network"
"""The id of all nets together. It cannot be a node's id, which begins with the letter of its net."""


@dataclass(frozen=True, slots=True)
class ComparedNets:
    """The nets of a comparison: Traces, facts of their nodes (`net_facts`), levels of detail, and differences."""

    traces: tuple[Trace, ...]
    facts: tuple[Facts, ...]
    details: tuple[Detail, ...]
    differences: tuple[tuple[Difference, ...], ...]
    """Of each net but the first, from the first net."""


def compare_payload(view: CompareView, nets: ComparedNets) -> StripPayload:
    """Returns the payload, of which `compare_rows_payload` makes rows. Raises DrawError."""
    marks = find_marks(nets.differences)
    return {
        "address": compare_drawing_address(view),
        "net": write_nets(view.specs),
        "title": " ".join(f"{net_title(trace, net)}: {describe_net(trace)}" for net, trace in enumerate(nets.traces)),
        "levels": _whole_levels(view, nets.traces),
        "laid": draw_comparison(nets.traces, nets.details, marks=marks, has_tips=False).source,
        "facts": compare_facts(nets, marks),
    }


def compare_rows_payload(strip: StripPayload, width: float) -> DrawingPayload:
    """Returns a drawing of several nets in rows of so many points. Call it in the reader's language."""
    return {
        "address": strip["address"],
        "net": strip["net"],
        "title": strip["title"],
        "levels": strip["levels"],
        "svg": render_for_page(wrap_comparison(strip["laid"], width), is_here=len(strip["laid"]) <= SMALL),
        "facts": strip["facts"],
    }


def open_nets(
    view: CompareView,
    trace_of: Callable[..., Trace],
    facts_of: Callable[..., Facts],
    differences: tuple[tuple[Difference, ...], ...],
) -> ComparedNets:
    """Returns the nets of a view; `trace_of` and `facts_of` are called with a spec."""
    traces = tuple(trace_of(spec) for spec in view.specs)
    return ComparedNets(
        traces, tuple(facts_of(spec) for spec in view.specs), details_of(traces, view.level, view.parts), differences
    )


def compare_facts(nets: ComparedNets, marks: Mapping[str, str]) -> Facts:
    """Returns the facts of all nets' nodes by id with prefix; those of marked nodes name the kind of difference."""
    facts: Facts = {ALL: _facts_of_all(nets)}
    for net, (trace, detail, known) in enumerate(zip(nets.traces, nets.details, nets.facts, strict=True)):
        name = net_title(trace, net)
        drawn = drawn_facts(trace, detail, known).items()
        facts |= {join_id(net, node_id): _with_net(net, name, node_facts) for node_id, node_facts in drawn}
    names = {mark.kind: f"{mark.sign} {mark.name}" for mark in list_marks()}
    for node_id, kind in _all_marks(nets, marks).items():
        if node_id in facts:
            facts[node_id]["about"] = f"{facts[node_id]['about']} · {names[kind]}"
    return facts


def _all_marks(nets: ComparedNets, marks: Mapping[str, str]) -> dict[str, str]:
    """Returns the marks of nodes, and of the boxes and frames that show them."""
    found = dict(marks)
    for net, (trace, detail) in enumerate(zip(nets.traces, nets.details, strict=True)):
        shown = drawn_marks(DrawingPlan(trace, detail, is_strip=True), own_marks(marks, net))
        found |= {join_id(net, name): kind for name, kind in shown.items()}
    return found


def _with_net(net: int, name: str, facts: NodeFacts) -> NodeFacts:
    """Returns a copy of a node's facts with prefixed ids."""
    copy = facts.copy()
    copy["parent"] = ALL if facts["parent"] is None else join_id(net, facts["parent"])
    copy["find"] = f"{name.lower()} {facts['find']}"
    if facts["kind"] == "network":
        # The whole net's figures would exceed the scale of the boxes.
        copy["name"], copy["amounts"] = name, [None] * len(facts["amounts"])
    if "branches" in facts:
        copy["branches"] = _branches(net, facts["branches"])
    return copy


def _branches(net: int, ids: BranchIds) -> BranchIds:
    return {
        "residual": [join_id(net, node_id) for node_id in ids["residual"]],
        "bypass": [join_id(net, node_id) for node_id in ids["bypass"]],
        "add": None if ids["add"] is None else join_id(net, ids["add"]),
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
        "levels": list(LEVELS),
        "level": levels.pop() if len(levels) == 1 else "mixed",
    }


def _whole_levels(view: CompareView, traces: Sequence[Trace]) -> dict[str, WholeLevel]:
    """Returns for each level the address of all nets at it, and the number of their boxes."""
    return {
        level: {
            "address": compare_drawing_address(CompareView(view.specs, level)),
            "boxes": sum(count_boxes(trace, level) for trace in traces),
        }
        for level in LEVELS
    }
