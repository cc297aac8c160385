"""Text of the structure table's cells in the paper's notation, derived from the ops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import floor, log10

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, Stage, Trace
from resnet_viz.views.parts.block import PartLayers, read_block
from resnet_viz.views.parts.runs import fold_stage, inner_ops
from resnet_viz.views.parts.words import POOLS, WEIGHTED, setting_text
from resnet_viz.views.structure.table import Bracket

# The paper gives billions only, which would be 0.0 for a CIFAR network.
_SCALES = ((0.1, 10**9, "10⁹"), (1, 10**6, "10⁶"), (1, 10**3, "10³"))


def stage_brackets(trace: Trace, stage: Stage) -> tuple[Bracket, ...]:
    """Returns a stage's blocks as brackets; a first block with a stride or projection shares that of the rest."""
    runs = [(block_lines(read_block(trace, run.first)), len(run.blocks)) for run in fold_stage(trace, stage)]
    groups = groupby(runs, key=lambda run: run[0])
    return tuple(Bracket(lines, sum(n for _lines, n in group)) for lines, group in groups)


def block_lines(layers: PartLayers) -> tuple[str, ...]:
    """Returns a line per convolution on a block's main path, and one for the gate."""
    return (*map(conv_line, layers.convs), *layers.gate_lines)


def conv_line(op: Node) -> str:
    """Returns kernel and width, and groups as in ResNeXt's Table 1: `3×3, 128, C=32`."""
    groups = op.attrs.get("groups", 1)
    words = [_kernel(op), str(op.out_shape[1])]
    return ", ".join(words if groups == 1 else [*words, f"C={groups}"])


def stem_lines(ops: Sequence[Node]) -> tuple[str, ...]:
    """Returns the convolutions before the first stage: `7×7, 64, stride 2`."""
    return tuple(with_stride(conv_line(op), _stride(op)) for op in ops if op.op in WEIGHTED)


def pool_lines(ops: Sequence[Node]) -> tuple[str, ...]:
    """Returns the poolings after them: `3×3 max pool, stride 2`."""
    return tuple(with_stride(pool_words(op.op or "", _kernel(op)), _stride(op)) for op in ops if op.op in POOLS)


def head_lines(ops: Sequence[Node]) -> tuple[str, ...]:
    """Returns `average pool`, `1000-d fc`, and the softmax that the paper lists after a last linear layer."""
    parts = list(_head_words(ops))
    return (", ".join([*parts, _("softmax")] if ops[-1].op == "linear" else parts),) if parts else ()


def with_stride(words: str, stride: str) -> str:
    """Returns a layer, with its stride if it is not 1."""
    return words if stride == "1" else _("{layer}, stride {stride}").format(layer=words, stride=stride)


def pool_words(op: str, size: str) -> str:
    """Returns a pooling as text, with its kernel size if it has one: `3×3 max pool`."""
    words = {"max_pool2d": _("{size} max pool"), "avg_pool2d": _("{size} average pool")}
    return words.get(op, _("average pool")).format(size=size)


def fc_words(n: int) -> str:
    """Returns a linear layer with `n` outputs: `1000-d fc`."""
    return _("{n}-d fc").format(n=n)


def loose_lines(trace: Trace, stage: Stage) -> tuple[str, ...]:
    """Returns the convolutions of a stage outside its blocks."""
    return tuple(conv_line(op) for node in trace.loose_in(stage) for op in inner_ops(trace, node) if op.op == "conv2d")


def size_of(shape: Sequence[int]) -> str:
    """Returns height and width of a shape (N, C, H, W): `14×14`; empty for other shapes."""
    return f"{shape[2]}×{shape[3]}" if len(shape) == 4 else ""


def power_text(n: int, most: int | None = None) -> str:
    """Returns a number with one decimal and a power of ten: 11.5×10⁹, or 40.6×10⁶ below 0.1×10⁹.

    most: the largest of the numbers that it stands among, which gives them all its power: 0.041×10⁹ beside 11.5×10⁹.
    """
    most = n if most is None else most
    for least, scale, words in _SCALES:
        if round(most / scale, 1) >= least:
            decimals = 1 if not n or round(n / scale, 1) else 1 - floor(log10(n / scale))
            return f"{n / scale:.{decimals}f}×{words}"
    return str(n)


def _head_words(ops: Sequence[Node]) -> Iterator[str]:
    for op in ops:
        if op.op in (*POOLS, "mean"):
            yield with_stride(pool_words(op.op, _kernel(op)), _stride(op))
        elif op.op == "linear":
            yield fc_words(op.out_shape[-1])
        elif op.op == "conv2d":
            yield conv_line(op)


def _kernel(op: Node) -> str:
    return setting_text("kernel", op.attrs["kernel"]) if "kernel" in op.attrs else op.op or op.kind


def _stride(op: Node) -> str:
    return setting_text("stride", op.attrs.get("stride", 1))
