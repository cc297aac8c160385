"""Drawing of the whole network: each stage in a frame, each block at its level of detail."""

from __future__ import annotations

from resnet_viz.records.trace import Node, Stage
from resnet_viz.views.graph.blocks import draw_entry_arc, draw_layer, draw_run, has_arc_outside
from resnet_viz.views.graph.canvas import Canvas
from resnet_viz.views.graph.ops import draw_op_shortcuts, draw_ops
from resnet_viz.views.graph.plan import DrawingPlan, is_layer
from resnet_viz.views.parts.runs import Run, fold_stage, inner_ops
from resnet_viz.views.parts.words import stage_title

_OWN_ARC_ROOM = 6
"""For arcs that are not Graphviz's: they keep close to the boxes."""
_ARC_ROOM = 40
_ENTRY_ROOM = 58
"""For a shortcut from outside the frame: it spans more, and rises higher if the machine's font is wide."""


def draw_net(canvas: Canvas) -> None:
    """Draws stem, stages and head in order; the canvas defers most edges."""
    trace = canvas.plan.trace
    draw_op_shortcuts(canvas)
    for child in trace.children_of(trace.network):
        if isinstance(child, Stage):
            _draw_stage(canvas, child)
        else:
            _draw_loose(canvas, child)


def _draw_loose(canvas: Canvas, node: Node) -> None:
    """Draws nodes outside stages or blocks: input, stem, head, layers between blocks."""
    if canvas.plan.level_of(node) == "op" and node.kind != "input":
        draw_ops(canvas, node)
    else:
        for op in inner_ops(canvas.plan.trace, node):
            draw_layer(canvas, op)


def _draw_stage(canvas: Canvas, stage: Stage) -> None:
    """Draws a frame with its runs and blocks."""
    plan = canvas.plan
    parts = _parts(plan, stage)
    title = stage_title(stage, plan.separator)
    frame = canvas.frame(stage, title, parts[0].id, headroom=_headroom(plan, parts))
    inside = canvas.inside(frame)
    for part in parts:
        if not isinstance(part, Run):
            _draw_loose(inside, part)
        elif plan.level_of(part.first) == "op":
            draw_ops(inside, part.first)
        else:
            has_early_arc = part is parts[0] and draw_entry_arc(canvas, part)
            draw_run(inside, part, has_arc=has_early_arc)
    canvas.dot.subgraph(frame)


def _headroom(plan: DrawingPlan, parts: list[Run | Node]) -> int:
    """Points under a frame's title for arcs, which rise higher if they come from outside the frame."""
    runs = [part for part in parts if isinstance(part, Run)]
    arcs = [part for part in runs if plan.level_of(part.first) != "op" and has_arc_outside(part)]
    if not arcs:
        return 0
    if plan.has_own_arcs:
        return _OWN_ARC_ROOM
    if arcs[0] is parts[0]:
        return _ENTRY_ROOM
    return 0 if any(part.first.bypass for part in runs) else _ARC_ROOM


def _parts(plan: DrawingPlan, stage: Stage) -> list[Run | Node]:
    """Contents of a frame in execution order: runs and blocks, and the stage's layers outside blocks."""
    trace = plan.trace
    loose = trace.loose_in(stage)
    layers = (
        loose
        if plan.detail.level == "op"
        else [op for child in loose for op in inner_ops(trace, child) if is_layer(op)]
    )
    runs = fold_stage(trace, stage, plan.levels)
    return sorted([*runs, *layers], key=lambda part: part.first.order if isinstance(part, Run) else part.order)
