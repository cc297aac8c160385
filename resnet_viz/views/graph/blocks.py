"""Drawing of collapsed blocks: a node per block or run, a ⊕ per add, and each shortcut as an edge or a node."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.records.macs import sum_macs
from resnet_viz.records.trace import Node
from resnet_viz.units import format_count, format_short_shape
from resnet_viz.views.graph.canvas import BoxWords, Canvas
from resnet_viz.views.parts.block import branch_lines, read_block, shortcut_lines
from resnet_viz.views.parts.runs import Run
from resnet_viz.views.parts.words import POOLS, WEIGHTED, cost_lines, failure_lines, layer_text, tooltip

_SPINE_WEIGHT = 40


def draw_layer(canvas: Canvas, op: Node) -> None:
    """Draws a layer of stem or head; normalisation, ReLU and flatten have no node."""
    if not canvas.plan.shows(op):
        return
    title, lines = _layer_words(op)
    if canvas.plan.level_of(op) != "folded":
        lines += cost_lines(op.n_params, op.macs)
    lines += failure_lines(canvas.plan.trace, op)
    canvas.box(op, BoxWords(title, lines, tooltip(canvas.plan.trace, op)))
    _join(canvas, op, op.id)


def _layer_words(op: Node) -> tuple[str, list[str]]:
    if op.kind == "input":
        return _("input"), [format_short_shape(op.out_shape)]
    if op.op not in WEIGHTED:
        return (_("pool") if op.op in POOLS else op.id.rpartition(".")[2]), [layer_text(op)]
    name = op.id.rpartition(".")[2]
    # In a stem of several layers the last name is only a number, so show the whole path.
    return op.id if name.isdigit() else name, [layer_text(op)]


def draw_run(canvas: Canvas, run: Run, has_arc: bool) -> None:
    """Draws a collapsed block or run: its node, shortcut (unless its arc was drawn before) and ⊕."""
    block, nodes = run.first, canvas.plan.trace.nodes
    _draw_box(canvas, run)
    _join(canvas, block, run.id)
    if run.last.add is None:
        return
    add = nodes[run.last.add]
    canvas.add(add)
    label = canvas.plan.spine_text(block, nodes[block.residual[-1]].out_shape)
    canvas.wire(run.id, add.id, "main", label, weight=_SPINE_WEIGHT)
    if block.bypass:
        _draw_bypass(canvas, run)
    elif not has_arc:
        canvas.arc(canvas.plan.inlet(block), add.id, "identity")


def draw_entry_arc(canvas: Canvas, run: Run) -> bool:
    """Draws the identity shortcut into a stage's first block before the stage's frame; returns whether there is one."""
    if not canvas.plan.is_strip or run.first.shortcut != "identity" or run.last.add is None:
        return False
    canvas.arc(canvas.plan.inlet(run.first), run.last.add, "identity", is_early=True)
    return True


def _draw_box(canvas: Canvas, run: Run) -> None:
    trace, block, n = canvas.plan.trace, run.first, len(run.blocks)
    is_folded = canvas.plan.level_of(block) == "folded"
    layers = branch_lines(read_block(trace, block))
    short = block.id.removeprefix("layer")
    if n > 1:
        last = run.last.id.rpartition(".")[2]
        tip = tooltip(trace, run.last, _("{run}: {n} equal blocks").format(run=run.id, n=n), times=n)
        canvas.run_box(run.id, block, BoxWords(f"{short} … {last}  ×{n}", layers, tip))
    else:
        lines = layers if is_folded else [*layers, *cost_lines(block.n_params, block.macs)]
        lines = [*lines, *failure_lines(trace, block)]
        canvas.box(block, BoxWords(short if is_folded else block.id, lines, tooltip(trace, block)))


def _draw_bypass(canvas: Canvas, run: Run) -> None:
    """Draws a shortcut with ops as a node beside the block."""
    block = run.first
    bypass = canvas.plan.bypass_node(block)
    ops = [canvas.plan.trace.nodes[node_id] for node_id in block.bypass]
    words = " + ".join(shortcut_lines(read_block(canvas.plan.trace, block)))
    n_params, macs = sum(op.n_params for op in ops), sum_macs(op.macs for op in ops)
    tip = "\n".join([bypass.id, words, _("parameters {n}").format(n=format_count(n_params)), macs.text])
    costs = [] if canvas.plan.level_of(block) == "folded" else cost_lines(n_params, macs)
    canvas.bypass_box(bypass, BoxWords(words, costs, tip), block.shortcut)
    canvas.beside(run.id, bypass.id)
    canvas.wire(canvas.plan.inlet(block), bypass.id, block.shortcut)
    canvas.wire(bypass.id, run.outlet, block.shortcut)


def _join(canvas: Canvas, node: Node, node_id: str) -> None:
    """Draws the main path's edge into a node, labelled with the shape if there is room."""
    if node.inputs:
        label = canvas.plan.spine_text(node, canvas.plan.trace.in_shape(node))
        canvas.wire(canvas.plan.inlet(node), node_id, "main", label, weight=_SPINE_WEIGHT)
