"""Formulas of a node's multiply-adds, output size, receptive field and bytes.

Every formula is given in words and with the node's numbers; the result is the Trace's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from resnet_viz.i18n import _
from resnet_viz.records.trace import Field, Node, Stage, Trace
from resnet_viz.units import format_exact
from resnet_viz.views.parts.runs import fold_stage
from resnet_viz.views.parts.subject import Subject
from resnet_viz.views.parts.words import setting_pair

_MOST_PARTS = 12
# Pooling with ceil_mode rounds up.
_UP = str.maketrans("⌊⌋", "⌈⌉")


@dataclass(frozen=True, slots=True)
class Formula:
    """Title, formula in words, the same in numbers (with × ÷ + − ⌊ ⌋ and brackets), result and unit."""

    title: str
    words: str
    numbers: str
    result: int
    unit: str = ""


def macs_formulas(trace: Trace, subject: Subject) -> list[Formula]:
    """Returns the multiply-adds of a convolution or linear layer; for a group, the sum over its children.

    Nothing where not all of them are known.
    """
    node, title = subject.first, _("MACs")
    if subject.macs.at_least:
        return []
    if len(subject.nodes) > 1:
        words = _("{n} equal blocks × MACs of each").format(n=len(subject.nodes))
        numbers = f"{format_exact(len(subject.nodes))} × {node.macs.exact}"
        each = _group_macs(trace, node, _("MACs of each block"))
        return [Formula(title, words, numbers, subject.macs.known), *each]
    if node.op == "conv2d" and "kernel" in node.attrs:
        return [_conv_macs(trace, node, title)]
    if node.op == "linear" and "in_features" in node.attrs:
        return [_linear_macs(trace, node, title)]
    return _group_macs(trace, node, title)


def params_formulas(subject: Subject) -> list[Formula]:
    """Returns the parameters of a run: blocks × parameters of each; else nothing."""
    n, each, total = len(subject.nodes), subject.first.n_params, subject.n_params
    if n == 1 or n * each != total:  # blocks may share weights, which count once
        return []
    words = _("{n} equal blocks × parameters of each").format(n=n)
    return [Formula(_("Parameters"), words, f"{format_exact(n)} × {format_exact(each)}", total)]


def _conv_macs(trace: Trace, node: Node, title: str) -> Formula:
    channels, groups = trace.in_shape(node)[1], int(str(node.attrs["groups"]))
    inner = format_exact(channels) if groups == 1 else f"({format_exact(channels)} ÷ {format_exact(groups)})"
    words = _(
        "output channels × output height × output width × (input channels ÷ groups) × kernel height × kernel width"
    )
    numbers = [_product(node.out_shape[1:]), inner, _product(setting_pair(node, "kernel"))]
    return _batched(Formula(title, words, " × ".join(numbers), node.macs.known), node.out_shape[0])


def _linear_macs(trace: Trace, node: Node, title: str) -> Formula:
    words = _("output features × input features") if len(node.out_shape) == 2 else _("output values × input features")
    sizes = (*node.out_shape[1:], trace.in_shape(node)[-1])
    return _batched(Formula(title, words, _product(sizes), node.macs.known), node.out_shape[0])


def _batched(formula: Formula, n: int) -> Formula:
    if n == 1:
        return formula
    words = _("inputs × {formula}").format(formula=formula.words)
    return Formula(formula.title, words, f"{format_exact(n)} × {formula.numbers}", formula.result)


def _group_macs(trace: Trace, node: Node, title: str) -> list[Formula]:
    """The sum over the children with MACs; equal blocks as a product."""
    parts = [part for part in _parts(trace, node) if part[2]]
    if not parts or len(parts) > _MOST_PARTS:
        return []
    words = " + ".join(f"{n} × {label}" if n > 1 else label for label, n, _macs in parts)
    numbers = " + ".join(f"{n} × {format_exact(macs)}" if n > 1 else format_exact(macs) for _label, n, macs in parts)
    return [Formula(title, words, numbers, node.macs.known)]


def _parts(trace: Trace, node: Node) -> Iterator[tuple[str, int, int]]:
    """Yields for each child or run: its id relative to the group, the number of equal blocks, MACs of each."""
    runs = {run.first.id: run for run in fold_stage(trace, node)} if isinstance(node, Stage) else {}
    folded = {block.id for run in runs.values() for block in run.blocks}
    for child in node.children:
        if child in runs:
            yield runs[child].id, len(runs[child].blocks), runs[child].first.macs.known
        elif child not in folded:
            yield child.removeprefix(f"{node.id}."), 1, trace.nodes[child].macs.known


def size_formulas(trace: Trace, node: Node) -> list[Formula]:
    """Returns height and width after a convolution or pooling, once if equal; features after flattening maps."""
    before, after = trace.in_shape(node), node.out_shape
    if node.op == "flatten" and len(before) == 4 and len(after) == 2:
        return [Formula(_("Features"), _("channels × height × width"), _product(before[1:]), after[1])]
    if not _has_window(node) or len(before) != 4 or len(after) != 4 or "padding_after" in node.attrs:
        return []
    titles = (_("Height"), _("Width"), _("Height and width"))
    axes = [_size_numbers(node, axis, before[2 + axis]) for axis in (0, 1)]
    words = _size_words(max(setting_pair(node, "dilation")))
    if node.attrs.get("ceil_mode"):
        if any(_leaves_one_out(node, axis, before[2 + axis], after[2 + axis]) for axis in (0, 1)):
            return []
        axes, words = [numbers.translate(_UP) for numbers in axes], words.translate(_UP)
    return _once_or_twice(titles, [(words, numbers, after[2 + axis]) for axis, numbers in enumerate(axes)])


def _leaves_one_out(node: Node, axis: int, before: int, after: int) -> bool:
    """Whether torch drops the window that rounding up would add, because it would start beyond the edge."""
    kernel, stride, padding = (setting_pair(node, name)[axis] for name in ("kernel", "stride", "padding"))
    spread = setting_pair(node, "dilation")[axis] * (kernel - 1)
    return after < -(-(before + 2 * padding - spread - 1) // stride) + 1


def _size_words(dilation: int) -> str:
    if dilation == 1:
        return _("⌊(input + 2 × padding − kernel) ÷ stride⌋ + 1")
    return _("⌊(input + 2 × padding − dilation × (kernel − 1) − 1) ÷ stride⌋ + 1")


def _size_numbers(node: Node, axis: int, side: int) -> str:
    kernel, stride, padding, dilation = (
        setting_pair(node, name)[axis] for name in ("kernel", "stride", "padding", "dilation")
    )
    is_dense = max(setting_pair(node, "dilation")) == 1
    reach = format_exact(kernel) if is_dense else f"{dilation} × ({format_exact(kernel)} − 1) − 1"
    return f"⌊({format_exact(side)} + 2 × {padding} − {reach}) ÷ {stride}⌋ + 1"


def field_formulas(trace: Trace, node: Node) -> list[Formula]:
    """Returns the growth of the receptive field and of the jump at an op; empty if neither changes."""
    sources = [trace.nodes[source].field for source in node.inputs]
    if node.field is None or not sources or None in sources or sources == [node.field]:
        return []
    arriving = [field for field in sources if field is not None]
    if len(arriving) > 1:
        rows = [_join_row(node.field[axis]) for axis in (0, 1)] if node.op == "add" else []
        return _once_or_twice(_field_titles(), rows)
    before = arriving[0]
    if node.field[0].jump is None:
        return []  # The whole picture: no number stands for it anywhere.
    if _has_window(node):
        is_same_size = [axis.size for axis in before] == [axis.size for axis in node.field]
        rows = [] if is_same_size else [_window_row(node, before[axis], node.field[axis], axis) for axis in (0, 1)]
        is_same_jump = [axis.jump for axis in before] == [axis.jump for axis in node.field]
        jumps = [] if is_same_jump else [_jump_row(node, before[axis], axis) for axis in (0, 1)]
        return _once_or_twice(_field_titles(), rows) + _once_or_twice(_jump_titles(), jumps)
    return []


def _field_titles() -> tuple[str, str, str]:
    return _("Receptive field, vertical"), _("Receptive field, horizontal"), _("Receptive field")


def _jump_titles() -> tuple[str, str, str]:
    return _("Jump, vertical"), _("Jump, horizontal"), _("Jump")


FormulaRow = tuple[str, str, int]


def _window_row(node: Node, before: Field, after: Field, axis: int) -> FormulaRow:
    kernel, dilation = setting_pair(node, "kernel")[axis], setting_pair(node, "dilation")[axis]
    spread = f" × {dilation}" if dilation != 1 else ""
    words = _("before + (kernel − 1) × dilation × jump before") if spread else _("before + (kernel − 1) × jump before")
    numbers = f"{format_exact(before.size)} + ({kernel} − 1){spread} × {format_exact(before.jump or 0)}"
    return words, numbers, after.size


def _jump_row(node: Node, before: Field, axis: int) -> FormulaRow:
    jump, stride = before.jump or 0, setting_pair(node, "stride")[axis]
    return _("jump before × stride"), f"{jump} × {stride}", jump * stride


def _join_row(after: Field) -> FormulaRow:
    lo = f"(−{format_exact(-after.lo)})" if after.lo < 0 else format_exact(after.lo)
    return (
        _("last − first pixel that any branch sees + 1, seen from position 0"),
        f"{format_exact(after.hi)} − {lo} + 1",
        after.size,
    )


def byte_formulas(node: Node) -> list[Formula]:
    """Returns the bytes of an op's newly allocated output; empty for views and in-place ops."""
    if node.kind != "op" or not node.act_bytes or len(node.outputs) != 1:
        return []
    (output,) = node.outputs
    if not prod(output.shape):
        return []
    each = output.n_bytes // prod(output.shape)
    words = _("values of the output × bytes of one {dtype}").format(dtype=output.dtype)
    sizes = output.shape[1:] if len(output.shape) > 1 and output.shape[0] == 1 else output.shape
    return [Formula(_("Activations"), words, _product((*sizes, each)), node.act_bytes, _("bytes"))]


def _once_or_twice(titles: tuple[str, str, str], rows: Sequence[FormulaRow]) -> list[Formula]:
    """One formula for both axes if they are equal, else one each."""
    if len(rows) == 2 and rows[0] != rows[1]:
        return [Formula(title, *row) for title, row in zip(titles, rows, strict=False)]
    return [Formula(titles[2], *row) for row in rows[:1]]


def _has_window(node: Node) -> bool:
    return all(name in node.attrs for name in ("kernel", "stride", "padding", "dilation"))


def _product(sizes: Sequence[int]) -> str:
    return " × ".join(map(format_exact, sizes))
