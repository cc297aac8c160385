"""Drawing of parts expanded to ops: every op and its incoming edges, in frames for blocks and groups."""

from __future__ import annotations

from graphviz import Digraph

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node
from resnet_viz.views.graph.canvas import BoxWords, Canvas
from resnet_viz.views.parts.runs import inner_ops
from resnet_viz.views.parts.words import POOLS, WEIGHTED, cost_lines, failure_lines, layer_text, shortcut_text, tooltip

_SPINE_WEIGHT = 20
_OWN_ARC_ROOM, _ARC_ROOM = 6, 30
"""Points under the title of a block's frame for its shortcut: of those that are laid out by us, and by Graphviz."""


def draw_op_shortcuts(canvas: Canvas) -> None:
    """In a strip, draws the identity shortcuts of all expanded blocks, above them as when they are folded."""
    plan = canvas.plan
    for edge in plan.trace.edges if plan.is_strip else ():
        if edge.role == "identity" and plan.level_of(plan.trace.nodes[edge.dst]) == "op":
            canvas.arc(plan.outlets[edge.src], edge.dst, edge.role)


def draw_ops(canvas: Canvas, node: Node) -> None:
    """Draws an op with its incoming edges, or a group with a frame around its ops."""
    if not node.children:
        _draw_op(canvas, node)
        return
    frame = _frame(canvas, node)
    inside = canvas if frame is None else canvas.inside(frame)
    for child in canvas.plan.trace.children_of(node):
        draw_ops(inside, child)
    if isinstance(node, Block):
        _put_beside(inside, node)
    if frame is not None:
        canvas.dot.subgraph(frame)


def _put_beside(canvas: Canvas, block: Block) -> None:
    """Stands the ops of a shortcut beside the first of the residual branch, on the side of all other shortcuts."""
    for op, beside in zip(block.residual, block.bypass, strict=False):
        canvas.beside(op, beside)


def _draw_op(canvas: Canvas, op: Node) -> None:
    plan = canvas.plan
    if op.op == "add" and op.id not in plan.failed:
        canvas.add(op)
    else:
        lines = [_op_text(op), *cost_lines(op.n_params, op.macs), plan.out_text(op), *failure_lines(plan.trace, op)]
        words = BoxWords(_op_name(op), lines, tooltip(plan.trace, op))
        canvas.box(op, words, is_on_spine=op.id not in plan.bypasses)
    for edge in plan.edges_into(op):
        if not (plan.is_strip and edge.role == "identity"):
            weight = _SPINE_WEIGHT if edge.role == "main" else 1
            canvas.wire(plan.outlets[edge.src], edge.dst, edge.role, weight=weight)


def _frame(canvas: Canvas, node: Node) -> Digraph | None:
    """The frame of a block or group; None for stem and head.

    None for a shortcut, too: its ops bear its name, and Graphviz orders no frame beside what is in none.
    """
    first = inner_ops(canvas.plan.trace, node)[0].id
    if isinstance(node, Block):
        title = canvas.plan.separator.join([node.id, node.block_type, shortcut_text(node.shortcut)])
        room = (_OWN_ARC_ROOM if canvas.plan.has_own_arcs else _ARC_ROOM) if node.shortcut == "identity" else 0
        return canvas.frame(node, title, first, width=0.8, headroom=room)
    if node.kind == "group":
        return canvas.frame(node, node.id.rpartition(".")[2], first, width=0.8)
    return None


def _op_name(op: Node) -> str:
    """The last part of an id; where that is only a number, with the name of the module that counts it."""
    around, _dot, name = op.id.rpartition(".")
    return f"{around.rpartition('.')[2]}.{name}" if name.isdigit() and around else name


def _op_text(node: Node) -> str:
    words = {
        "batch_norm": _("batch norm"),
        "group_norm": _("group norm"),
        "frozen_batch_norm2d": _("frozen batch norm"),
        "relu": "ReLU",
        "max_pool2d": _("max pool"),
        "avg_pool2d": _("average pool"),
        "adaptive_avg_pool2d": _("average pool"),
        "flatten": _("flatten"),
        "linear": _("linear"),
        "conv2d": _("conv"),
    }
    name = words.get(node.op or "", (node.op or "").replace("_", " "))
    return f"{name} {layer_text(node)}" if node.op in (*WEIGHTED, *POOLS) else name
