"""The folded and the block level: a box per block or run, a ⊕ per add, every shortcut around or through its own box."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.records import Block, Node, Stage
from resnet_viz.units import format_count, format_macs, format_shape, format_short_shape
from resnet_viz.views.canvas import Canvas
from resnet_viz.views.fold import Run, fold_stage, inner_ops
from resnet_viz.views.labels import POOLS, WEIGHTED, cost_lines, layer_text, stage_title, tooltip

_SPINE_WEIGHT = 40
_ARC_ROOM = 40


def draw_blocks(canvas: Canvas, is_folded: bool) -> None:
    """Stem, stages and head, one after the other."""
    trace = canvas.trace
    network = next(node for node in trace.nodes.values() if node.kind == "network")
    previous: str | None = None
    for child in (trace.nodes[child] for child in network.children):
        if isinstance(child, Stage):
            previous = _draw_stage(canvas, child, previous, is_folded)
        else:
            for op in inner_ops(trace, child):
                previous = _draw_layer(canvas, op, previous, is_folded)


def _draw_layer(canvas: Canvas, op: Node, previous: str | None, is_folded: bool) -> str | None:
    """A layer of stem or head; normalisation, ReLU and flattening go without a box of their own."""
    if not _is_layer(op):
        return previous
    title, lines = _layer_words(op)
    if not is_folded:
        lines += cost_lines(op.n_params, op.n_macs)
    canvas.box(op, title, lines, tooltip(canvas.trace, op))
    _join(canvas, previous, op, op.id, is_folded)
    return op.id


def _is_layer(op: Node) -> bool:
    return op.kind == "input" or op.op in (*WEIGHTED, *POOLS)


def _layer_words(op: Node) -> tuple[str, list[str]]:
    if op.kind == "input":
        return _("input"), [format_short_shape(op.out_shape)]
    name = op.id.rpartition(".")[2] if op.op in WEIGHTED else _("pool")
    return name, [layer_text(op)]


def _draw_stage(canvas: Canvas, stage: Stage, previous: str | None, is_folded: bool) -> str | None:
    """A frame with its runs; what is drawn inside is joined to what came before."""
    parts = _parts(canvas, stage, is_folded)
    # A box on a shortcut makes room above the spine; arcs alone, or over taller boxes, need some.
    needs_room = not is_folded or not any(isinstance(part, Run) and part.first.bypass for part in parts)
    title = stage_title(stage, " · " if canvas.is_strip else "\n")
    frame = canvas.frame(stage, title, parts[0].id, headroom=_ARC_ROOM if needs_room else 0)
    inside = canvas.inside(frame)
    for part in parts:
        if isinstance(part, Run):
            is_entry_arc = canvas.is_strip and part is parts[0] and part.first.shortcut == "identity"
            if is_entry_arc and previous is not None and part.last.add:
                canvas.early_wire(previous, part.last.add, "identity", is_arc=True)
            previous = _draw_run(inside, part, previous, is_folded, is_entry_arc)
        else:
            previous = _draw_layer(inside, part, previous, is_folded)
    canvas.dot.subgraph(frame)
    return previous


def _parts(canvas: Canvas, stage: Stage, is_folded: bool) -> list[Run | Node]:
    """What a frame holds, in running order: runs, and layers that lie in a stage without a block around them."""
    trace = canvas.trace
    runs = fold_stage(trace, stage, None if is_folded else dict.fromkeys(stage.children, "block"))
    loose = [child for child in (trace.nodes[child] for child in stage.children) if not isinstance(child, Block)]
    layers = [op for child in loose for op in inner_ops(trace, child) if _is_layer(op)]
    return sorted([*runs, *layers], key=lambda part: part.first.order if isinstance(part, Run) else part.order)


def _draw_run(canvas: Canvas, run: Run, previous: str | None, is_folded: bool, has_arc: bool) -> str:
    """One block or run: box, shortcut, ⊕. Gives the id that the next one starts from."""
    block = run.first
    _draw_box(canvas, run, is_folded)
    _join(canvas, previous, block, run.id, is_folded)
    if run.last.add is None:
        return run.id
    add = canvas.trace.nodes[run.last.add]
    canvas.add(add)
    shape = "" if is_folded else format_shape(canvas.trace.nodes[block.residual[-1]].out_shape)
    canvas.wire(run.id, add.id, "main", label=shape, weight=_SPINE_WEIGHT)
    if previous is not None and block.bypass:
        _draw_bypass(canvas, run, previous, add.id, is_folded)
    elif previous is not None and not has_arc:
        canvas.wire(previous, add.id, "identity", is_arc=True)
    return add.id


def _draw_box(canvas: Canvas, run: Run, is_folded: bool) -> None:
    trace, block, n = canvas.trace, run.first, len(run.blocks)
    layers = [layer_text(op) for op in inner_ops(trace, block) if op.op in WEIGHTED and op.id in block.residual]
    short = block.id.removeprefix("layer")
    if n > 1:
        last = run.last.id.rpartition(".")[2]
        tip = tooltip(trace, run.last, _("{run}: {n} equal blocks").format(run=run.id, n=n), times=n)
        canvas.run_box(run.id, block, f"{short} … {last}  ×{n}", layers, tip)
    else:
        lines = layers if is_folded else [*layers, *cost_lines(block.n_params, block.n_macs)]
        canvas.box(block, short if is_folded else block.id, lines, tooltip(trace, block))


def _draw_bypass(canvas: Canvas, run: Run, previous: str, add: str, is_folded: bool) -> None:
    """A shortcut with layers of its own goes through a box beside the block."""
    block = run.first
    bypass = _bypass_node(canvas, block)
    ops = [canvas.trace.nodes[node_id] for node_id in block.bypass]
    weighted = [op for op in ops if op.op in WEIGHTED]
    words = " + ".join(layer_text(op) for op in weighted or ops)
    n_params, n_macs = sum(op.n_params for op in ops), sum(op.n_macs for op in ops)
    tip = "\n".join([bypass.id, words, _("parameters {n}").format(n=format_count(n_params)), format_macs(n_macs)])
    costs = [] if is_folded else cost_lines(n_params, n_macs)
    canvas.bypass_box(bypass, words, costs, block.shortcut, tip)
    canvas.beside(run.id, bypass.id)
    canvas.wire(previous, bypass.id, block.shortcut)
    canvas.wire(bypass.id, add, block.shortcut)


def _bypass_node(canvas: Canvas, block: Block) -> Node:
    """The module of the shortcut, such as `downsample`; its first op where there is none."""
    first = canvas.trace.nodes[block.bypass[0]]
    parent = canvas.trace.nodes[first.parent or block.id]
    return parent if parent.kind == "shortcut" else first


def _join(canvas: Canvas, previous: str | None, node: Node, node_id: str, is_folded: bool) -> None:
    """The spine's wire into a node; with the shape on it where there is room."""
    if previous is not None:
        shape = "" if is_folded else format_shape(canvas.trace.in_shape(node))
        canvas.wire(previous, node_id, "main", label=shape, weight=_SPINE_WEIGHT)
