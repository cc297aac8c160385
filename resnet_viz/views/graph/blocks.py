"""Drawing of collapsed blocks: a node per block or run, a ⊕ per add, and each shortcut as an edge or a node."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.records.macs import sum_macs
from resnet_viz.records.trace import Node
from resnet_viz.units import format_count, format_short_shape
from resnet_viz.views.graph.canvas import BoxWords, Canvas, RunWords
from resnet_viz.views.parts.block import branch_lines, read_block, shortcut_lines
from resnet_viz.views.parts.runs import Run
from resnet_viz.views.parts.words import POOLS, WEIGHTED, cost_lines, failure_lines, layer_text, tooltip

_SPINE_WEIGHT = 40


def draw_layer(canvas: Canvas, op: Node) -> None:
    """Draws a layer of stem or head; normalisation, ReLU and flatten have no node."""
    if not canvas.plan.shows(op):
        return
    title, lines = _layer_words(op)
    if canvas.plan.level_of(op) != "folded" and op.kind != "input":
        lines += [*cost_lines(op.n_params, op.macs), canvas.plan.out_text(op)]
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
    if len(run.blocks) > 1:
        _draw_equal_blocks(canvas, run)
        return
    _draw_box(canvas, run)
    _join(canvas, run.first, run.id)
    inlet = canvas.plan.inlet(run.first)
    if _draw_add(canvas, run) and not run.first.bypass and not has_arc:
        canvas.arc(inlet, run.outlet, "identity")
    if run.first.bypass and run.last.add is not None:
        _draw_bypass(canvas, run, inlet)


def draw_entry_arc(canvas: Canvas, run: Run) -> bool:
    """Draws the identity shortcut into a stage's first block before the stage's frame; returns whether there is one."""
    if not canvas.plan.is_strip or not has_arc_outside(run):
        return False
    canvas.arc(canvas.plan.inlet(run.first), run.outlet, "identity", is_early=True)
    return True


def has_arc_outside(run: Run) -> bool:
    """Whether the shortcut is an arc from what stands before; that of equal blocks lies in their own frame."""
    return len(run.blocks) == 1 and run.first.shortcut == "identity" and run.last.add is not None


def _draw_equal_blocks(canvas: Canvas, run: Run) -> None:
    """Draws a double frame, and in it the block that stands for all: fork, box, ⊕, and the shortcut of each."""
    plan, n = canvas.plan, len(run.blocks)
    names = [block.id.removeprefix("layer") for block in (run.first, run.last)]
    words = RunWords("–".join(names), _("×{n} each").format(n=n))
    has_add, inlet = run.last.add is not None, plan.inlet(run.first)
    with canvas.run_frame(run.id, run.first, words, has_arc=has_add and not run.first.bypass) as inside:
        fork = inside.fork(run.id, run.first) if has_add else None
        tip = tooltip(plan.trace, run.last, _("{run}: {n} equal blocks").format(run=run.id, n=n), times=n)
        inside.run_box(run.id, run.first, branch_lines(read_block(plan.trace, run.first)), tip)
        _join(inside, run.first, run.id, fork)
        if _draw_add(inside, run) and run.first.bypass:
            _draw_bypass(inside, run, inlet, fork)
        elif has_add:
            inside.arc(inlet, run.outlet, "identity", start=fork)


def _draw_add(canvas: Canvas, run: Run) -> bool:
    """Draws the ⊕ behind a box; returns whether there is one."""
    if run.last.add is None:
        return False
    canvas.add(canvas.plan.trace.nodes[run.last.add])
    canvas.wire(run.id, run.last.add, "main", weight=_SPINE_WEIGHT)
    return True


def _draw_box(canvas: Canvas, run: Run) -> None:
    trace, block = canvas.plan.trace, run.first
    is_folded = canvas.plan.level_of(block) == "folded"
    lines = branch_lines(read_block(trace, block))
    if not is_folded:
        lines = [*lines, *cost_lines(block.n_params, block.macs), canvas.plan.out_text(block)]
    title = block.id.removeprefix("layer") if is_folded else block.id
    canvas.box(block, BoxWords(title, [*lines, *failure_lines(trace, block)], tooltip(trace, block)))


def _draw_bypass(canvas: Canvas, run: Run, inlet: str, start: str | None = None) -> None:
    """Draws a shortcut with ops as a node beside the block; `start`: where its wire begins if not at the inlet."""
    block = run.first
    bypass = canvas.plan.bypass_node(block)
    ops = [canvas.plan.trace.nodes[node_id] for node_id in block.bypass]
    words = " + ".join(shortcut_lines(read_block(canvas.plan.trace, block)))
    n_params, macs = sum(op.n_params for op in ops), sum_macs(op.macs for op in ops)
    tip = "\n".join([bypass.id, words, _("parameters {n}").format(n=format_count(n_params)), macs.text])
    costs = [] if canvas.plan.level_of(block) == "folded" else cost_lines(n_params, macs)
    canvas.bypass_box(bypass, BoxWords(words, costs, tip), block.shortcut)
    canvas.beside(run.id, bypass.id)
    canvas.wire(inlet, bypass.id, block.shortcut, start=start)
    canvas.wire(bypass.id, run.outlet, block.shortcut)


def _join(canvas: Canvas, node: Node, node_id: str, fork: str | None = None) -> None:
    """Draws the main path's edge into a node, through the fork before it, if any."""
    if node.inputs:
        canvas.wire(canvas.plan.inlet(node), node_id, "main", weight=_SPINE_WEIGHT, through=fork)
