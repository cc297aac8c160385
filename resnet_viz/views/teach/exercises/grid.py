"""Cells of the structure table for exercises: brackets, sizes, and a grid of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, Stage, Trace
from resnet_viz.views.inspect.formulas import size_formulas
from resnet_viz.views.parts.block import has_counted_depth, main_convs, main_depth
from resnet_viz.views.parts.runs import inner_ops
from resnet_viz.views.parts.words import stage_names
from resnet_viz.views.structure.table import Bracket
from resnet_viz.views.structure.words import conv_line, size_of
from resnet_viz.views.teach.focus import Traces

BLANK = "?"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's cells, and the index of their net; output sizes are those of several nets."""

    heading: str
    cells: tuple[str, ...]
    net: int
    is_size: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table: column headings, and rows of as many texts, the first of which names the row."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def put(self, row: int, column: int, text: str) -> Grid:
        """Returns a copy with another text in one cell."""
        cells = (*self.rows[row][:column], text, *self.rows[row][column + 1 :])
        return Grid(self.headings, (*self.rows[:row], cells, *self.rows[row + 1 :]))


def read_bracket(trace: Trace, stage: Stage) -> Bracket | None:
    """Returns a stage's cell, from its blocks; None if they differ or are no plain convolutions."""
    blocks = trace.blocks_of(stage)
    layers = {tuple(map(_layer, main_convs(trace, block))) for block in blocks}
    alike = layers.pop() if len(layers) == 1 else ()
    known = tuple(layer for layer in alike if layer is not None)
    return Bracket(known, len(blocks)) if known and len(known) == len(alike) else None


def _layer(conv: Node) -> str | None:
    if "kernel" not in conv.attrs or conv.attrs.get("groups") != 1 or len(conv.out_shape) != 4:
        return None
    return conv_line(conv)


def split_layer(line: str) -> tuple[str, int]:
    """Returns kernel and channels of a layer in brackets, as in `3×3, 128`."""
    kernel, _comma, channels = line.partition(", ")
    return kernel, int(channels)


def make_columns(traces: Traces) -> tuple[Column, ...]:
    """Returns the columns of the nets for one table, after their output sizes if these are equal."""
    columns = _net_columns(traces)
    sizes = {tuple(size_of(stage.out_shape) for stage in traces[column.net].stages) for column in columns}
    size_columns = [Column(_("output size"), sizes.pop(), columns[0].net, is_size=True)] if len(sizes) == 1 else []
    return (*size_columns, *columns)


def _net_columns(traces: Traces) -> tuple[Column, ...]:
    """The nets that fit into one table: a bracket in each stage, the first's stages, unique names."""
    able = [column for n, trace in enumerate(traces) if (column := _net_column(trace, n))]
    rows = [[stage.paper_name for stage in traces[column.net].stages] for column in able]
    alike = [column for column, names in zip(able, rows, strict=True) if names == rows[0]]
    return tuple({column.heading: column for column in reversed(alike)}.values())[::-1]


def _net_column(trace: Trace, net: int) -> Column | None:
    """None for a net without stages, or with a stage without bracket or map."""
    cells = [bracket.text for stage in trace.stages if (bracket := read_bracket(trace, stage))]
    has_maps = all(len(stage.out_shape) == 4 for stage in trace.stages)
    return Column(trace.name, tuple(cells), net) if 0 < len(cells) == len(trace.stages) and has_maps else None


def make_grid(traces: Traces, columns: Sequence[Column]) -> Grid:
    """Returns a table of columns, after the names of the stages."""
    names = (stage.paper_name for stage in traces[columns[0].net].stages)
    rows = zip(names, *(column.cells for column in columns), strict=True)
    return Grid((_("layer name"), *(column.heading for column in columns)), tuple(rows))


def size_reason(trace: Trace, stage: Stage) -> str:
    """Returns the formula of the one layer on the main path that changes the size, as a sentence."""
    before, after = trace.in_shape(stage)[2:], size_of(stage.out_shape)
    for op in inner_ops(trace, stage):
        formulas = size_formulas(trace, op) if trace.in_shape(op)[2:] != op.out_shape[2:] else []
        if formulas:
            sums = "; ".join(f"{formula.numbers} = {formula.result}" for formula in formulas)
            return _("{layer} changes {before} to {after}: {sums}.").format(
                layer=op.id, before="×".join(map(str, before)), after=after, sums=sums
            )
    return _("No layer of {stage} has a stride, so {after} stays {after}.").format(
        stage=stage_names(stage), after=after
    )


def bracket_reason(trace: Trace, stage: Stage) -> str:
    """Returns how the number of blocks makes up the depth; empty if the stage has no bracket."""
    bracket = read_bracket(trace, stage)
    if bracket is None:
        return ""
    blocks = _("{stage} of {net} has {n} blocks of {convs} convolutions; {channels} channels leave each.").format(
        stage=stage_names(stage),
        net=trace.name,
        n=bracket.count,
        convs=len(bracket.layers),
        channels=stage.out_shape[1],
    )
    if not has_counted_depth(trace):
        return blocks
    counts = " + ".join(str(other.n_blocks) for other in trace.stages)
    depth = _("The depth: 1 + {convs} × ({counts}) + 1 = {depth}.").format(
        convs=len(bracket.layers), counts=counts, depth=main_depth(trace)
    )
    return f"{blocks} {depth}"
