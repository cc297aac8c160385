"""Explanation of a cell of the structure table: layers, strides, widths, shortcuts, sizes and arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.units import format_exact
from resnet_viz.views.inspect.shortcut import Shortcut, explain_shortcut
from resnet_viz.views.parts.block import PartLayers, read_block
from resnet_viz.views.parts.runs import fold_stage
from resnet_viz.views.parts.words import WEIGHTED, macs_rule, setting_text
from resnet_viz.views.structure.read import cell_ops
from resnet_viz.views.structure.steps import CellStep, macs_steps, params_steps, size_steps
from resnet_viz.views.structure.table import FLOPS, HEAD, StructureCell, StructureTable
from resnet_viz.views.structure.words import conv_line, size_of

_EXPANSIONS = {"BasicBlock": 1, "Bottleneck": 4}


@dataclass(frozen=True, slots=True)
class CellPart:
    """A convolution or linear layer; in a stage, one of its first block, with what differs in later blocks.

    Strides and dilations are as in `2`, or `2×1` if the axes differ; kernels as in `3×3`, empty for a linear layer.
    The fields of later blocks are empty or None if no later block has this layer.
    """

    node: str
    name: str
    """For example `conv2` or `downsample.0`."""
    role: str
    """branch | gate | shortcut; outside blocks: layer"""
    text: str
    """As in the table: `3×3, 128`, with `C=32` for groups."""
    kernel: str
    in_channels: int
    out_channels: int
    stride: str
    groups: int
    dilation: str
    later_in_channels: int | None
    later_stride: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence about a cell, with numbers.

    `key`: bracket, stride, width, inner, projection, size, softmax or total.
    """

    key: str
    text: str
    nodes: tuple[str, ...]
    """Ids of the nodes that it describes."""


@dataclass(frozen=True, slots=True)
class CellReading:
    """The explanation of a cell; fields that do not apply are empty."""

    cell: StructureCell
    parts: tuple[CellPart, ...]
    facts: tuple[Fact, ...]
    shortcuts: tuple[tuple[str, Shortcut], ...]
    """For a stage: each block or range of equal blocks, as in `layer3.1..35`, with its shortcut and the reasons."""
    sizes: tuple[CellStep, ...]
    """Height and width after each window on the main path, with the formula; for a stage, in its first block."""
    params: tuple[CellStep, ...]
    """They add up to the cell's parameters."""
    macs: tuple[CellStep, ...]
    """They add up to the cell's multiply-adds."""


def explain_cell(source: StructureTable | Trace, cell: StructureCell) -> CellReading:
    """Returns the explanation of a cell of a table, or of the table of one Trace.

    Raises DrawError for a cell of another table, TraceError for one of another network.
    """
    trace = source.trace(cell.column) if isinstance(source, StructureTable) else source
    unknown = next((node_id for node_id in cell.node_ids if node_id not in trace.nodes), None)
    if unknown is not None:
        raise TraceError(
            _("{name} has no “{got}”, which this cell is about. Choose a cell of this net.").format(
                name=trace.name, got=unknown[:60]
            )
        )
    stage = next((node for node in map(trace.nodes.__getitem__, cell.node_ids) if isinstance(node, Stage)), None)
    runs = fold_stage(trace, stage) if stage and cell.stage else ()
    blocks = [block for run in runs for block in run.blocks]
    parts = tuple(_block_parts(trace, blocks) if blocks else _layer_parts(trace, cell))
    return CellReading(
        cell=cell,
        parts=parts,
        facts=tuple(_facts(trace, cell, blocks, parts)),
        shortcuts=tuple((run.id, explain_shortcut(trace, run.first)) for run in runs),
        sizes=size_steps(trace, cell),
        params=params_steps(trace, cell),
        macs=macs_steps(trace, cell),
    )


# Layers


def _block_parts(trace: Trace, blocks: list[Block]) -> Iterator[CellPart]:
    """Layers of the first block paired with those of the second by position, since names of projections may differ.

    All later blocks equal the second if they have its brackets.
    """
    first = read_block(trace, blocks[0])
    later = read_block(trace, blocks[1]) if len(blocks) > 1 else None
    for role in ("branch", "gate", "shortcut"):
        layers, others = _weighted(first, role), _weighted(later, role) if later else []
        for op, other in zip_longest(layers, others[: len(layers)]):
            yield _part(trace, op, first.place(op), role, other)


def _weighted(layers: PartLayers, role: str) -> list[Node]:
    ops = {"branch": layers.main, "gate": layers.gate, "shortcut": layers.bypass}[role]
    return [op for op in ops if op.op in WEIGHTED]


def _layer_parts(trace: Trace, cell: StructureCell) -> Iterator[CellPart]:
    if cell.stage is not None:
        yield from (_part(trace, op, op.id, "layer", None) for op in cell_ops(trace, cell) if op.op in WEIGHTED)


def _part(trace: Trace, op: Node, name: str, role: str, later: Node | None) -> CellPart:
    groups = op.attrs.get("groups", 1)
    return CellPart(
        node=op.id,
        name=name,
        role=role,
        text=conv_line(op) if op.op == "conv2d" else str(op.out_shape[-1]),
        kernel=_setting(op, "kernel", ""),
        in_channels=_channels(op, trace.in_shape(op)),
        out_channels=_channels(op, op.out_shape),
        stride=_setting(op, "stride", "1"),
        groups=groups if isinstance(groups, int) else 1,
        dilation=_setting(op, "dilation", "1"),
        later_in_channels=_channels(later, trace.in_shape(later)) if later else None,
        later_stride=_setting(later, "stride", "1") if later else "",
    )


def _channels(op: Node, shape: tuple[int, ...]) -> int:
    return shape[1] if op.op == "conv2d" else shape[-1]


def _setting(op: Node, name: str, otherwise: str) -> str:
    return setting_text(name, op.attrs[name]) if name in op.attrs else otherwise


# Sentences


def _facts(trace: Trace, cell: StructureCell, blocks: list[Block], parts: tuple[CellPart, ...]) -> Iterator[Fact]:
    if blocks:
        yield from _bracket_facts(cell, parts)
        yield _stride_fact(trace, blocks, parts)
        yield from _width_facts(trace, cell, blocks[0], parts)
        yield _projection_fact(blocks)
    yield from _size_facts(trace, cell)
    if cell.row == HEAD and cell.lines and not any("softmax" in (op.op or "") for op in cell_ops(trace, cell)):
        text = _("The softmax is the paper's: it is no layer of this net, whose last layer gives a number a class.")
        yield Fact("softmax", text, cell.node_ids)
    if cell.row == FLOPS:
        text = _("Counted are convolutions and linear layers, without bias and norms.")
        yield Fact("total", f"{macs_rule()} {text}", cell.node_ids)


def _bracket_facts(cell: StructureCell, parts: tuple[CellPart, ...]) -> Iterator[Fact]:
    """The bracket read aloud; nothing where blocks have different ones."""
    branch = [part for part in parts if part.role == "branch" and part.kernel]
    if len(cell.brackets) != 1 or not branch:
        return
    words = _("{kernel} to {n} channels")
    layers = ", ".join(words.format(kernel=part.kernel, n=format_exact(part.out_channels)) for part in branch)
    text = n_(
        "{n} block, of these convolutions one after the other: {layers}.",
        "{n} blocks, each of these convolutions one after the other: {layers}.",
        cell.n_blocks,
    )
    yield Fact("bracket", text.format(n=cell.n_blocks, layers=layers), tuple(part.node for part in branch))


def _stride_fact(trace: Trace, blocks: list[Block], parts: tuple[CellPart, ...]) -> Fact:
    """Where the stride is, and why it is only there."""
    first = blocks[0]
    before, after = size_of(trace.in_shape(first)), size_of(first.out_shape)
    strided = [part for part in parts if part.role == "branch" and part.stride != "1"]
    if not strided:
        text = _("All convolutions of the first block have stride 1, so the map stays {size}.").format(size=after)
        if any(_is_dilated(trace, block) for block in blocks):
            text += " " + _("Dilation stands in for it: kernels are spread, and the map keeps its size.")
        return Fact("stride", text, (first.id,))
    names = ", ".join(f"{part.name} ({part.kernel})" for part in strided)
    text = _("In the first block {conv} has stride {stride}: {before} becomes {after}.").format(
        conv=names, stride=strided[0].stride, before=before, after=after
    )
    later = {block.stride for block in blocks[1:]}
    if later == {(1, 1)}:
        text += " " + _("The later blocks have stride 1, since a stride in each would make the map smaller each time.")
    return Fact("stride", text + _stride_note(first, parts), tuple(part.node for part in strided))


def _stride_note(first: Block, parts: tuple[CellPart, ...]) -> str:
    """Whether a bottleneck's stride is placed as in the paper or torchvision; empty for other blocks."""
    strides = [part.stride for part in parts if part.role == "branch"]
    if not first.block_type.endswith("Bottleneck") or len(strides) != 3:
        return ""
    return {
        (True, False, False): " " + _("This is the paper's way (v1); torchvision has the stride in the 3×3 (v1.5)."),
        (False, True, False): " "
        + _("This is torchvision's way (v1.5); the paper has the stride in the first 1×1 (v1)."),
    }.get((strides[0] != "1", strides[1] != "1", strides[2] != "1"), "")


def _is_dilated(trace: Trace, block: Block) -> bool:
    return any(_setting(trace.nodes[op], "dilation", "1") != "1" for op in block.residual)


def _width_facts(trace: Trace, cell: StructureCell, first: Block, parts: tuple[CellPart, ...]) -> Iterator[Fact]:
    """How the widths are derived; nothing for unknown block classes."""
    expansion = next((n for kind, n in _EXPANSIONS.items() if first.block_type.endswith(kind)), None)
    branch = [part for part in parts if part.role == "branch"]
    if expansion is None or len(branch) < 2 or branch[-1].out_channels % expansion:
        return
    out, planes = branch[-1].out_channels, branch[-1].out_channels // expansion
    words = _("{out} = {planes} × {expansion}: the planes of this stage times the expansion of a {block}.")
    text = words.format(out=out, planes=planes, expansion=expansion, block=first.block_type)
    yield Fact("width", text, (branch[-1].node,))
    spec, inner = trace.spec, branch[-2].out_channels
    if expansion == 1 or spec is None or cell.place is None or (spec.groups, spec.width_per_group) == (1, 64):
        return
    sums = f"{inner} = ⌊{planes} × {spec.width_per_group} ÷ 64⌋ × {spec.groups}"
    text = _("{sums}: planes × width per group ÷ 64, rounded down, × groups. Only the inner convolutions have it.")
    yield Fact("inner", text.format(sums=sums), (branch[-2].node,))


def _projection_fact(blocks: list[Block]) -> Fact:
    ids = tuple(block.id for block in blocks if block.shortcut == "projection")
    if not ids:
        return Fact("projection", _("No block here has a projection."), ())
    if len(ids) == len(blocks):
        return Fact("projection", _("Every block here has a projection."), ids)
    words = n_("Of {total} blocks one has a projection: {ids}.", "Of {total} blocks {n} have one: {ids}.", len(ids))
    return Fact("projection", words.format(n=len(ids), total=len(blocks), ids=", ".join(ids)), ids)


def _size_facts(trace: Trace, cell: StructureCell) -> Iterator[Fact]:
    """Each layer on the main path that changes height and width, with the arithmetic."""
    for node_id, steps in groupby(size_steps(trace, cell), key=lambda step: step.node):
        op = trace.nodes[node_id]
        before, after = size_of(trace.in_shape(op)), size_of(op.out_shape)
        if before != after and after:
            sums = "; ".join(f"{step.numbers} = {format_exact(step.result)}" for step in steps)
            text = _("{before} becomes {after} at {op}: {sums}, where ⌊ ⌋ rounds down.")
            yield Fact("size", text.format(before=before, after=after, op=op.id, sums=sums), (op.id,))
    for op in cell_ops(trace, cell) if cell.row == HEAD else ():
        if op.op == "adaptive_avg_pool2d" and size_of(op.out_shape) == "1×1":
            height, width = trace.in_shape(op)[2:]
            text = _("{before} becomes 1×1 at {op}: of each channel the mean of {height} × {width} = {n} values.")
            sizes = {"height": height, "width": width, "n": format_exact(height * width)}
            yield Fact("size", text.format(before=size_of(trace.in_shape(op)), op=op.id, **sizes), (op.id,))
