"""The structure table (He et al. 2015, Table 1) of any networks, every cell computed from a Trace.

A row is a layer group of the paper, aligned by position: the first stage of every network is in `conv2_x`. A column
is a network. `words.py` has the text of the cells, `table.py` the records and formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.records.macs import sum_macs
from resnet_viz.records.trace import Node, Stage, Trace
from resnet_viz.refusal import check_choice
from resnet_viz.units import format_bytes, format_count
from resnet_viz.views.parts.ids import find_part
from resnet_viz.views.parts.runs import inner_ops
from resnet_viz.views.parts.words import POOLS, WEIGHTED, distinct_names, field_sizes, field_text
from resnet_viz.views.structure.table import (
    EXTRAS,
    FLOPS,
    HEAD,
    PARAMETERS,
    STEM,
    StructureCell,
    StructureTable,
)
from resnet_viz.views.structure.words import (
    head_lines,
    loose_lines,
    pool_lines,
    power_text,
    size_of,
    stage_brackets,
    stem_lines,
)


def structure_table(traces: Sequence[Trace], extras: Sequence[str] = ()) -> StructureTable:
    """Returns the table of one or more networks, with rows of totals from EXTRAS below the FLOPs.

    Raises TraceError without networks, DrawError for an unknown row.
    """
    if not traces:
        raise TraceError(_("A structure table needs at least one net; none was given. Choose a net."))
    for name in extras:
        check_choice("row", name, EXTRAS)
    columns = distinct_names(traces)
    totals = (FLOPS, *(name for name in EXTRAS if name in extras))
    most = max(trace.macs.known for trace in traces)
    unsorted = [
        cell
        for trace, column in zip(traces, columns, strict=True)
        for cell in (*_layer_cells(trace, column), *(_total(trace, column, row, most) for row in totals))
    ]
    rows = tuple(sorted({cell.row for cell in unsorted}, key=lambda row: _place(row, totals)))
    cells = sorted(unsorted, key=lambda cell: rows.index(cell.row))
    return StructureTable(rows, columns, tuple(cells), tuple(traces))


def cells_of(table: StructureTable, column: str, node_id: str) -> tuple[StructureCell, ...]:
    """Returns the layer groups that contain a node, or a range of blocks such as `layer3.1..35`; never totals.

    An op, block or stage is in one; the stem, whose pooling is listed with the first stage, in two; the input and
    unknown ids in none. Raises DrawError for an unknown column.
    """
    trace = table.trace(column)
    part = find_part(trace, node_id)
    if part is None:
        return ()
    ops = {op.id for op in inner_ops(trace, part.nodes[0])}
    layers = [cell for cell in table.cells if cell.column == column and cell.stage is not None]
    return tuple(cell for cell in layers if ops & {op.id for op in cell_ops(trace, cell)})


def cell_ops(trace: Trace, cell: StructureCell) -> list[Node]:
    """Returns the ops of a layer group, in execution order."""
    return [op for node_id in cell.node_ids for op in inner_ops(trace, trace.nodes[node_id])]


def _place(row: str, totals: Sequence[str]) -> tuple[int, int]:
    if row in totals:
        return 2, totals.index(row)
    return (1, 0) if row == HEAD else (0, int(row.removeprefix("conv").removesuffix("_x")))


# Layer groups


def _layer_cells(trace: Trace, column: str) -> Iterator[StructureCell]:
    stem, pools = _stem_parts(trace)
    if stem:
        shape = trace.last_op(stem[-1]).out_shape
        yield _cell(
            trace, STEM, column, stem, stage=stem[-1].parent or STEM, shape=shape, lines=stem_lines(_ops(trace, stem))
        )
    for place, stage in enumerate(trace.stages):
        parts = [*pools, stage] if place == 0 else [stage]
        lines = (*(pool_lines(_ops(trace, pools)) if place == 0 else ()), *loose_lines(trace, stage))
        yield _cell(trace, f"conv{place + 2}_x", column, parts, stage=stage.id, place=place, lines=lines)
    if trace.head:
        ops = _ops(trace, [trace.head])
        shape = next((op.out_shape for op in reversed(ops) if len(op.out_shape) == 4), ())
        yield _cell(trace, HEAD, column, [trace.head], stage=trace.head.id, shape=shape, lines=head_lines(ops))


def _stem_parts(trace: Trace) -> tuple[list[Node], list[Node]]:
    """The stem's children, split at the first pooling after its last convolution."""
    if trace.stem is None:
        return [], []
    parts = list(trace.children_of(trace.stem))
    weighted = [at for at, part in enumerate(parts) if any(op.op in WEIGHTED for op in _ops(trace, [part]))]
    first = weighted[-1] + 1 if weighted else 0
    cut = next((at for at, part in enumerate(parts) if at >= first and part.op in POOLS), len(parts))
    return (parts[:cut], parts[cut:]) if cut and trace.stages else (parts, [])


def _ops(trace: Trace, parts: Sequence[Node]) -> list[Node]:
    return [op for part in parts for op in inner_ops(trace, part)]


def _cell(
    trace: Trace,
    row: str,
    column: str,
    parts: Sequence[Node],
    *,
    stage: str,
    place: int | None = None,
    shape: Sequence[int] | None = None,
    lines: tuple[str, ...] = (),
) -> StructureCell:
    last = parts[-1]
    blocks = trace.blocks_of(last)
    macs = sum_macs(part.macs for part in parts)
    return StructureCell(
        row=row,
        column=column,
        output_size=size_of(last.out_shape if shape is None else shape),
        stage=stage,
        place=place,
        node_ids=tuple(part.id for part in parts),
        lines=lines,
        brackets=stage_brackets(trace, last) if isinstance(last, Stage) else (),
        n_params=sum(part.n_params for part in parts),
        n_macs=macs.n,
        macs_at_least=macs.at_least,
        act_bytes=sum(part.act_bytes for part in parts),
        field_pixels=_pixels(last),
        n_blocks=len(blocks),
        n_projections=sum(block.shortcut == "projection" for block in blocks),
    )


def _pixels(node: Node) -> int | None:
    sizes = field_sizes(node.field)
    return sizes[0] if sizes else None


# Totals


def _total(trace: Trace, column: str, row: str, most: int) -> StructureCell:
    """A cell of a row of totals. `most`: the most multiply-adds of a column, whose power of ten the row has."""
    projections = [block.id for block in trace.blocks if block.shortcut == "projection"]
    last = trace.stages[-1:] if row == "field" else ()
    nodes = tuple(projections) if row == "projections" else tuple(node.id for node in last) or (trace.network.id,)
    return StructureCell(
        row=row,
        column=column,
        output_size="",
        stage=None,
        place=None,
        node_ids=nodes,
        lines=(_flops_words(trace, most) if row == FLOPS else _TOTALS[row](trace),),
        brackets=(),
        n_params=trace.n_params,
        n_macs=trace.n_macs,
        macs_at_least=trace.macs_at_least,
        act_bytes=trace.act_bytes,
        field_pixels=sizes[0] if (sizes := field_sizes(trace.field)) else None,
        n_blocks=len(trace.blocks),
        n_projections=len(projections),
    )


def _flops_words(trace: Trace, most: int) -> str:
    if trace.n_macs is None:
        return _("not known")
    amount = power_text(trace.n_macs, most)
    return _("at least {amount}").format(amount=amount) if trace.macs_at_least else amount


def _field_words(trace: Trace) -> str:
    return field_text(trace.field)


def _projection_words(trace: Trace) -> str:
    n = sum(block.shortcut == "projection" for block in trace.blocks)
    return _("{n} of {total}").format(n=n, total=len(trace.blocks))


_TOTALS: Mapping[str, Callable[[Trace], str]] = MappingProxyType(
    {
        PARAMETERS: lambda trace: format_count(trace.n_params),
        "activations": lambda trace: format_bytes(trace.act_bytes),
        "field": _field_words,
        "projections": _projection_words,
    }
)
