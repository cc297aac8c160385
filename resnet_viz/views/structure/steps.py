"""Parameters and multiply-adds of a cell of the structure table, as lines of arithmetic that add up to its figures."""

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
    """A line of arithmetic: of which layer, how in words, the same in numbers (× ÷ + − ⌊ ⌋), and what it gives."""

    node: str
    """The layer, in the first of several equal blocks; of a row of totals what is summed up, or nothing."""
    title: str
    """As in `layer3.0.conv1`, or `layer3.1..35 · conv1` for equal blocks."""
    words: str
    numbers: str
    result: int


def macs_steps(trace: Trace, cell: StructureCell) -> tuple[CellStep, ...]:
    """A line for each convolution and linear layer, equal blocks together; the results add up to the cell's MACs.

    Of the row of FLOPs a line for each layer group; nothing for other rows of totals.
    """
    if cell.stage is None:
        return tuple(_layer_steps(trace, cell, "n_macs")) if cell.row == FLOPS else ()
    return tuple(step for subject in _subjects(trace, cell) for step in _macs_of(trace, subject))


def params_steps(trace: Trace, cell: StructureCell) -> tuple[CellStep, ...]:
    """A line for each layer with parameters, equal blocks together; the results add up to the cell's parameters.

    Of the row of parameters a line for each layer group; nothing for other rows of totals.
    """
    if cell.stage is None:
        return tuple(_layer_steps(trace, cell, "n_params")) if cell.row == PARAMETERS else ()
    return tuple(step for subject in _subjects(trace, cell) for step in _params_of(trace, subject))


def size_steps(trace: Trace, cell: StructureCell) -> tuple[CellStep, ...]:
    """What each window on the way through a layer group does to height and width; of a stage in its first block."""
    ops = [op for node_id in cell.node_ids for op in _main_path(trace, trace.nodes[node_id])]
    return tuple(
        CellStep(op.id, f"{op.id} · {formula.title}", formula.words, formula.numbers, formula.result)
        for op in ops
        if cell.stage is not None
        for formula in size_formulas(trace, op)
    )


def _main_path(trace: Trace, node: Node) -> Iterator[Node]:
    """The ops of a stage's first block and of whatever is no block, shortcuts and what sees the whole map left out."""
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
    """What a layer group consists of: equal blocks together, everything else by itself."""
    for node in (trace.nodes[node_id] for node_id in cell.node_ids):
        if not isinstance(node, Stage):
            yield subject_of(node)
            continue
        parts = [subject_of(run) for run in fold_stage(trace, node)]
        parts += [subject_of(child) for child in trace.loose_in(node)]
        for part in sorted(parts, key=lambda part: part.first.order):
            yield from [part] if _is_even(part) else map(subject_of, part.nodes)


def _is_even(subject: Subject) -> bool:
    """Whether each block has as much as the first; blocks may share weights, which count once."""
    n, first = len(subject.nodes), subject.first
    return (n * first.n_params, n * first.n_macs) == (subject.n_params, subject.n_macs)


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
    for path, found in groupby(rows, key=lambda row: row.key.rpartition(".")[0]):
        own = list(found)
        terms = [_product_text(trace, path, row) for row in own]
        words, numbers = (_sum_text(list(texts), n) for texts in (map(_role_words, own), terms))
        yield CellStep(path, _title(subject, path), *_times(n, words, numbers), n * sum(row.size for row in own))


def _sum_text(terms: Sequence[str], n: int) -> str:
    """A sum, in brackets where it is taken several times."""
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
    """Of a row of totals: a line for each layer group, and what lies in none of them."""
    layers = [other for other in structure_table((trace,)).cells if other.stage is not None]
    figures: Sequence[tuple[str, str, int]] = [
        (other.stage or "", row_title(other.row), getattr(other, measure)) for other in layers
    ]
    rest = getattr(cell, measure) - sum(figure for _stage, _title, figure in figures)
    for stage, title, figure in [*figures, *([("", _("rest"), rest)] if rest else [])]:
        node = stage if stage in trace.nodes else ""
        yield CellStep(node, title, _("the sum of this row"), format_exact(figure), figure)
