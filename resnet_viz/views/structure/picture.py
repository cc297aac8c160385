"""A cell of the structure table as a picture: what each of its lines does, and the blocks that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.views.parts.block import read_block
from resnet_viz.views.parts.runs import inner_ops
from resnet_viz.views.parts.words import POOLS, WEIGHTED, setting_text, shortcut_text
from resnet_viz.views.structure.read import cell_ops
from resnet_viz.views.structure.table import StructureCell, StructureTable
from resnet_viz.views.structure.words import conv_line, fc_words, pool_words, size_of, with_stride


@dataclass(frozen=True, slots=True)
class PictureLine:
    """A line of a cell, and what it does."""

    text: str
    """As in the table: `1×1, 64`."""
    deed: str
    """In a word or two: reduce, look around, expand."""
    change: str
    """What goes in and what comes out: `256 → 64 channels`, or `112×112 → 56×56`."""
    first: str
    """What the first block of several has otherwise, as in `64 → 64, stride 2`; else empty."""


@dataclass(frozen=True, slots=True)
class PictureBlock:
    """One of the blocks that `× 3` stands for."""

    id: str
    kind: str
    """As in `Block.shortcut`."""
    reason: str
    """Why it has this shortcut: `64 → 256 channels: projection`."""


@dataclass(frozen=True, slots=True)
class PictureReason:
    """Neighbouring blocks with one shortcut for one reason; their numbers, from 1, as in `2–3`."""

    numbers: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class CellPicture:
    """A cell as a picture. Without blocks, `layers` are not in a bracket."""

    above: tuple[PictureLine, ...]
    """Lines above the bracket: the pooling before the first stage."""
    layers: tuple[PictureLine, ...]
    blocks: tuple[PictureBlock, ...]
    reasons: tuple[PictureReason, ...]


def draw_cell(table: StructureTable, cell: StructureCell) -> CellPicture | None:
    """Returns a cell's picture; None for a total, and where its lines are no layers."""
    trace = table.trace(cell.column)
    if cell.stage is None:
        return None
    stage = trace.nodes[cell.node_ids[-1]]
    blocks = trace.blocks_of(stage) if isinstance(stage, Stage) else []
    inside = {op.id for block in blocks for op in inner_ops(trace, block)}
    above = tuple(_plain_lines(trace, [op for op in cell_ops(trace, cell) if op.id not in inside]))
    if not blocks:
        return CellPicture((), above, (), ()) if above else None
    marks = tuple(PictureBlock(block.id, block.shortcut, _reason(trace, block)) for block in blocks)
    return CellPicture(above, tuple(_block_lines(trace, blocks)), marks, tuple(_reasons(marks)))


# Lines


def _plain_lines(trace: Trace, ops: Sequence[Node]) -> Iterator[PictureLine]:
    """Layers outside of blocks: the stem's, its pooling, the head's."""
    for op in ops:
        before, after = trace.in_shape(op), op.out_shape
        if op.op in POOLS:
            size = setting_text("kernel", op.attrs["kernel"]) if "kernel" in op.attrs else ""
            deed = _("keep the largest") if op.op == "max_pool2d" else _("take the mean")
            text = with_stride(pool_words(op.op, size), _setting(op, "stride"))
            yield PictureLine(text, deed, f"{size_of(before)} → {size_of(after)}", "")
        elif op.op == "conv2d":
            text = with_stride(conv_line(op), _setting(op, "stride"))
            sizes = f", {size_of(before)} → {size_of(after)}" if size_of(before) != size_of(after) else ""
            yield PictureLine(text, _("look around"), _channels(before[1], after[1]) + sizes, "")
        elif op.op in WEIGHTED:
            change = _("{n} → {classes} classes").format(n=before[-1], classes=after[-1])
            yield PictureLine(fc_words(after[-1]), _("weigh up"), change, "")


def _block_lines(trace: Trace, blocks: Sequence[Block]) -> Iterator[PictureLine]:
    """The lines of a bracket, as its later blocks have them; the first block of several is told where it differs."""
    first, usual = (read_block(trace, block) for block in (blocks[0], blocks[min(1, len(blocks) - 1)]))
    seen = 0
    for op, other in zip(usual.convs, first.convs, strict=False):
        n_in, n_out = trace.in_shape(op)[1], op.out_shape[1]
        is_wide = _setting(op, "kernel") != "1"
        seen += is_wide
        change = _join(_channels(n_in, n_out), _setting(op, "stride"))
        yield PictureLine(conv_line(op), _deed(op, n_in, seen), change, _otherwise(trace, other, op))
    for line in usual.gate_lines:
        yield PictureLine(line, _("weigh the channels"), "", "")


def _otherwise(trace: Trace, op: Node, usual: Node) -> str:
    """The channels and the stride of a layer where they are not those of its counterpart."""
    n_in, n_out = trace.in_shape(op)[1], op.out_shape[1]
    is_same = (n_in, n_out) == (trace.in_shape(usual)[1], usual.out_shape[1])
    channels = [] if is_same else [f"{n_in} → {n_out}"]
    stride = _setting(op, "stride")
    strides = [] if stride == _setting(usual, "stride") else [_("stride {stride}").format(stride=stride)]
    return ", ".join([*channels, *strides])


def _deed(op: Node, n_in: int, seen: int) -> str:
    """What a convolution is for; `seen` counts those with a kernel of more than one pixel, this one among them."""
    n_out, groups = op.out_shape[1], op.attrs.get("groups", 1)
    if _setting(op, "kernel") == "1":
        return _("reduce") if n_out < n_in else _("expand") if n_out > n_in else _("mix the channels")
    if groups != 1:
        return _("look around, in {n} groups").format(n=groups)
    return _("look around") if seen < 2 else _("look around again")


def _setting(op: Node, name: str) -> str:
    """A setting as in `3×3`, or as one number where both axes have it, which for a kernel is only 1."""
    value = op.attrs.get(name, 1)
    text = setting_text(name, value)
    return "1" if text in ("1", "1×1") else text


def _channels(before: int, after: int) -> str:
    return _("{before} → {after} channels").format(before=before, after=after)


def _join(change: str, stride: str) -> str:
    return change if stride == "1" else _("{change}, stride {stride}").format(change=change, stride=stride)


# Blocks


def _reason(trace: Trace, block: Block) -> str:
    """Why a block has its shortcut, in its numbers."""
    before, after = trace.in_shape(block)[1], block.out_shape[1]
    vertical, horizontal = block.stride
    stride = str(vertical) if vertical == horizontal else f"{vertical}×{horizontal}"
    words = {"before": before, "after": after, "stride": stride, "kind": shortcut_text(block.shortcut)}
    if block.shortcut == "none":
        return _("no shortcut")
    if before != after and block.stride != (1, 1):
        return _("{before} → {after} channels and stride {stride}: {kind}").format(**words)
    if before != after:
        return _("{before} → {after} channels: {kind}").format(**words)
    if block.stride != (1, 1):
        return _("stride {stride}: {kind}").format(**words)
    if block.shortcut == "identity":
        return _("{before} = {after} channels, stride 1: identity, x is added as it is").format(**words)
    return _("{kind}, though x would fit as it is").format(**words)


def _reasons(blocks: Sequence[PictureBlock]) -> Iterator[PictureReason]:
    for (kind, text), run in groupby(enumerate(blocks, 1), key=lambda pair: (pair[1].kind, pair[1].reason)):
        numbers = [number for number, _block in run]
        spoken = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
        yield PictureReason(spoken, kind, text)
