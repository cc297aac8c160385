"""Arithmetic of a structure table's cell: lines of parameters and multiply-adds that add up to its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.units import format_exact
from resnet_viz.views.inspect.formulas import macs_formulas, size_formulas
from resnet_viz.views.inspect.parameters import ParamRow, param_rows
from resnet_viz.views.parts.runs import fold_stage, inner_ops
from resnet_viz.views.parts.subject import Subject, subject_of
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.table import FLOPS, PARAMETERS, StructureCell, row_title


@dataclass(frozen=True, slots=True)
class CellStep:
    """A line of arithmetic: the layer, the formula in words and in numbers (× ÷ + − ⌊ ⌋), and the result."""

    node: str
    """Id of the layer, in the first of equal blocks; in a row of totals, of the summed stage, or empty."""
    title: str
    """For example `layer3.0.conv1`, or `layer3.1..35 · conv1` for equal blocks."""
    words: str
    numbers: str
    result: int


def macs_steps(trace: Trace, cell: StructureCell) -> tuple[CellStep, ...]:
    """Returns a line per convolution and linear layer, equal blocks merged; the results add up to the cell's MACs.

    For the FLOPs row, a line per layer group; empty for other totals.
    """
    if cell.stage is None:
        return tuple(_layer_steps(trace, cell, "n_macs")) if cell.row == FLOPS else ()
    return tuple(step for subject in _subjects(trace, cell) for step in _macs_of(trace, subject))


def params_steps(trace: Trace, cell: StructureCell) -> tuple[CellStep, ...]:
    """Returns a line per layer with parameters, equal blocks merged; the results add up to the cell's parameters.

    For the row of parameters, a line per layer group; empty for other totals.
    """
    if cell.stage is None:
        return tuple(_layer_steps(trace, cell, "n_params")) if cell.row == PARAMETERS else ()
    return tuple(step for subject in _subjects(trace, cell) for step in _params_of(trace, subject))


def size_steps(trace: Trace, cell: StructureCell) -> tuple[CellStep, ...]:
    """Returns height and width after each window in a layer group; for a stage, in its first block."""
    ops = [op for node_id in cell.node_ids for op in _main_path(trace, trace.nodes[node_id])]
    return tuple(
        CellStep(op.id, f"{op.id} · {formula.title}", formula.words, formula.numbers, formula.result)
        for op in ops
        if cell.stage is not None
        for formula in size_formulas(trace, op)
    )


def _main_path(trace: Trace, node: Node) -> Iterator[Node]:
    """The ops of a stage's first block and outside blocks, without shortcuts and ops that see the whole map."""
    if not isinstance(node, Stage):
        return (yield from inner_ops(trace, node))
    first = next(iter(trace.blocks_of(node)), None)
    for child in trace.children_of(node):
        if child is first or not isinstance(child, Block):
            aside = set(child.bypass) if isinstance(child, Block) else set()
            yield from (op for op in inner_ops(trace, child) if op.id not in aside and not _sees_all(op))


def _sees_all(op: Node) -> bool:
    return op.field is not None and op.field[0].jump is None


def _subjects(trace: Trace, cell: StructureCell) -> Iterator[Subject]:
    """The parts of a layer group: equal blocks as one, everything else separately."""
    for node in (trace.nodes[node_id] for node_id in cell.node_ids):
        if not isinstance(node, Stage):
            yield subject_of(node)
            continue
        parts = [subject_of(run) for run in fold_stage(trace, node)]
        parts += [subject_of(child) for child in trace.loose_in(node)]
        for part in sorted(parts, key=lambda part: part.first.order):
            yield from [part] if _is_even(part) else map(subject_of, part.nodes)


def _is_even(subject: Subject) -> bool:
    """Whether totals are n × the first block's; shared weights count once and break this."""
    n, first = len(subject.nodes), subject.first
    return (n * first.n_params, first.macs.times(n)) == (subject.n_params, subject.macs)


def _macs_of(trace: Trace, subject: Subject) -> Iterator[CellStep]:
    n = len(subject.nodes)
    for op in inner_ops(trace, subject.first):
        if not op.n_macs:
            continue
        formula = next(iter(macs_formulas(trace, subject_of(op))), None)
        words = formula.words if formula else _("counted by torch's own formulas")
        numbers = formula.numbers if formula else format_exact(op.n_macs)
        yield CellStep(op.id, _title(subject, op.id), *_times(n, words, numbers), n * op.n_macs)


def _params_of(trace: Trace, subject: Subject) -> Iterator[CellStep]:
    n, first = len(subject.nodes), subject_of(subject.first)
    rows = [row for row in param_rows(trace, first) if row.is_counted]
    for path, group in groupby(rows, key=lambda row: row.key.rpartition(".")[0]):
        layer_rows = list(group)
        terms = [_product_text(trace, path, row) for row in layer_rows]
        words, numbers = (_sum_text(list(texts), n) for texts in (map(_role_words, layer_rows), terms))
        yield CellStep(path, _title(subject, path), *_times(n, words, numbers), n * sum(row.size for row in layer_rows))


def _sum_text(terms: Sequence[str], n: int) -> str:
    """A sum, in brackets if it is multiplied."""
    text = " + ".join(terms)
    return f"({text})" if n > 1 and len(terms) > 1 else text


def _title(subject: Subject, node_id: str) -> str:
    inside = node_id.removeprefix(f"{subject.first.id}.")
    return node_id if len(subject.nodes) == 1 else f"{subject.id} · {inside}"


def _times(n: int, words: str, numbers: str) -> tuple[str, str]:
    if n == 1:
        return words, numbers
    return _("{n} equal blocks × {formula}").format(n=n, formula=words), f"{format_exact(n)} × {numbers}"


def _product_text(trace: Trace, path: str, row: ParamRow) -> str:
    sizes = [format_exact(size) for size in row.shape]
    op = trace.nodes.get(path)
    groups = op.attrs.get("groups", 1) if op else 1
    if row.layer == "conv" and len(sizes) == 4 and isinstance(groups, int) and groups > 1:
        sizes[1] = f"({format_exact(groups * row.shape[1])} ÷ {format_exact(groups)})"
    return " × ".join(sizes) or "1"


def _role_words(row: ParamRow) -> str:
    known = {
        ("conv", "weight"): _("output channels × (input channels ÷ groups) × kernel height × kernel width"),
        ("conv", "bias"): _("output channels"),
        ("linear", "weight"): _("output features × input features"),
        ("linear", "bias"): _("output features"),
        ("norm", "scale"): _("a scale for each channel"),
        ("norm", "shift"): _("a shift for each channel"),
    }
    return known.get((row.layer, row.role), _("sizes of the tensor"))


def _layer_steps(trace: Trace, cell: StructureCell, measure: str) -> Iterator[CellStep]:
    """For a row of totals: a line per layer group, and one for the rest outside of them."""
    layers = [other for other in structure_table((trace,)).cells if other.stage is not None]
    figures: Sequence[tuple[str, str, int]] = [
        (other.stage or "", row_title(other.row), getattr(other, measure) or 0) for other in layers
    ]
    rest = (getattr(cell, measure) or 0) - sum(figure for _stage, _title, figure in figures)
    for stage, title, figure in [*figures, *([("", _("rest"), rest)] if rest else [])]:
        node = stage if stage in trace.nodes else ""
        yield CellStep(node, title, _("the sum of this row"), format_exact(figure), figure)
