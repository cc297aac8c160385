"""The op level: every op of the Trace and every edge, in frames for stages and blocks."""

from __future__ import annotations

from graphviz import Digraph

from resnet_viz.i18n import _
from resnet_viz.records import Block, Node, Stage
from resnet_viz.units import format_shape
from resnet_viz.views.canvas import Canvas
from resnet_viz.views.fold import inner_ops
from resnet_viz.views.labels import POOLS, WEIGHTED, cost_lines, layer_text, shortcut_text, stage_title, tooltip

_SPINE_WEIGHT = 20


def draw_ops(canvas: Canvas) -> None:
    """Identity shortcuts first, then the nodes frame by frame; the canvas keeps the other edges until the end."""
    network = next(node for node in canvas.trace.nodes.values() if node.kind == "network")
    bypasses = {node_id for block in canvas.trace.blocks for node_id in block.bypass}
    for edge in canvas.trace.edges:
        shape = format_shape(edge.tensor.shape)
        if canvas.is_strip and edge.role == "identity":
            canvas.early_wire(edge.src, edge.dst, edge.role, label=shape)
        else:
            weight = _SPINE_WEIGHT if edge.role == "main" else 1
            canvas.wire(edge.src, edge.dst, edge.role, label=shape, weight=weight)
    for child in network.children:
        _draw_node(canvas, canvas.trace.nodes[child], bypasses)


def _draw_node(canvas: Canvas, node: Node, bypasses: set[str]) -> None:
    if node.children:
        frame = _frame(canvas, node)
        inside = canvas if frame is None else canvas.inside(frame)
        for child in node.children:
            _draw_node(inside, canvas.trace.nodes[child], bypasses)
        if frame is not None:
            canvas.dot.subgraph(frame)
    elif node.op == "add":
        canvas.add(node)
    else:
        lines = [] if node.kind == "input" else [_op_text(node), *cost_lines(node.n_params, node.n_macs)]
        title = _("input") if node.kind == "input" else node.id.rpartition(".")[2]
        canvas.box(node, title, lines, tooltip(canvas.trace, node), is_on_spine=node.id not in bypasses)


def _frame(canvas: Canvas, node: Node) -> Digraph | None:
    """Stages, blocks and groups are framed; stem and head are not."""
    separator = " · " if canvas.is_strip else "\n"
    first = inner_ops(canvas.trace, node)[0].id
    if isinstance(node, Stage):
        # Beside it stands the title of its first block, where that has one.
        return canvas.frame(node, stage_title(node, separator), first if canvas.is_strip else node.children[0])
    if isinstance(node, Block):
        title = separator.join([node.id, node.block_type, shortcut_text(node.shortcut)])
        return canvas.frame(node, title, first, width=0.8)
    if node.kind in ("shortcut", "group"):
        return canvas.frame(node, node.id.rpartition(".")[2], first, width=0.8)
    return None


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
