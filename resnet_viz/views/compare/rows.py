"""Two to four nets side by side: one row per part (stem, stages, head), and the totals.

Stages are aligned by index from the input, so that nets of any depth share rows. Every figure is the Trace's; the rows
of a net add up to its total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.records.macs import Macs, sum_macs
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.views.parts.words import block_words, distinct_names, field_sizes

FEWEST, MOST = 2, 4
MEASURES = ("n_params", "n_macs", "act_bytes", "field_pixels")


@dataclass(frozen=True, slots=True)
class CompareCell:
    """One net's figures in one row. `node` is the stem, stage or head, for totals the network; None for the rest."""

    node: str | None
    blocks: tuple[tuple[int, str], ...]
    """(count, class), as in `(3, 'Bottleneck')`, in the order they first run."""
    out_shape: tuple[int, ...]
    """(N, C, H, W) or (N, C); () for the rest."""
    n_params: int
    n_macs: int | None
    """None if not known."""
    macs_at_least: bool
    act_bytes: int
    field: tuple[int, int] | None
    """Receptive field at the end, vertical and horizontal, in input pixels; None if unknown or the whole picture."""

    @property
    def n_blocks(self) -> int:
        """Number of blocks of any class."""
        return sum(n for n, _kind in self.blocks)

    @property
    def field_pixels(self) -> int | None:
        """The receptive field's height in input pixels."""
        return self.field[0] if self.field else None

    @property
    def macs(self) -> Macs:
        """Multiply-adds, with what is known of them."""
        return Macs(self.n_macs, self.macs_at_least)

    def value(self, measure: str) -> int | None:
        """Returns a figure by its name in MEASURES."""
        number: int | None = getattr(self, measure)
        return number

    def exact(self, measure: str) -> int | None:
        """Like `value`; None for a lower bound, which nothing can be subtracted from."""
        return None if measure == "n_macs" and self.macs_at_least else self.value(measure)


@dataclass(frozen=True, slots=True)
class CompareRow:
    """The same part of each net; a cell is None if a net has no such part. Differences are from the first net.

    `kind` is stem, stage, head, rest (all outside of these) or total.
    """

    kind: str
    name: str
    """A stage's name in the paper, as in `conv2_x`, if it has one; else the kind."""
    cells: tuple[CompareCell | None, ...]

    def value(self, measure: str, net: int) -> int | None:
        """Returns a figure of the net at an index; None if it has no such part or figure."""
        cell = self.cells[net]
        return cell.value(measure) if cell else None

    def exact(self, measure: str, net: int) -> int | None:
        """Like `value`; None for a lower bound."""
        cell = self.cells[net]
        return cell.exact(measure) if cell else None

    def is_bound(self, measure: str, net: int) -> bool:
        """Whether a net's figure is only a lower bound."""
        cell = self.cells[net]
        return measure == "n_macs" and cell is not None and cell.macs_at_least

    def difference(self, measure: str, net: int) -> int | None:
        """Returns a net's figure minus the first net's; None if either is not known, or only a lower bound."""
        first, figure = self.exact(measure, 0), self.exact(measure, net)
        return None if first is None or figure is None else figure - first

    def ratio(self, measure: str, net: int) -> float | None:
        """Returns a net's figure divided by the first net's; None if either is not known or the divisor 0."""
        first, figure = self.exact(measure, 0), self.exact(measure, net)
        return figure / first if first and figure is not None else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two to four nets in one order throughout: unique names, rows from input to output, and totals."""

    names: tuple[str, ...]
    in_shapes: tuple[tuple[int, ...], ...]
    """(N, C, H, W) of each net's input."""
    rows: tuple[CompareRow, ...]
    totals: CompareRow

    @property
    def stages(self) -> tuple[CompareRow, ...]:
        """The rows that are stages."""
        return tuple(row for row in self.rows if row.kind == "stage")

    def share(self, row: CompareRow, measure: str, net: int) -> float:
        """Returns a row's share of a net's total, 0 to 1; 0 if the total is 0."""
        total = self.totals.value(measure, net)
        return (row.value(measure, net) or 0) / total if total else 0.0


def compare_traces(traces: Sequence[Trace]) -> Comparison:
    """Compares two to four nets with the first of them. Raises TraceError for another number."""
    if not FEWEST <= len(traces) <= MOST:
        raise TraceError(
            _("Nets to compare: got {got}. Choose {fewest} to {most} nets.").format(
                got=len(traces), fewest=FEWEST, most=MOST
            )
        )
    totals = CompareRow("total", "total", tuple(_total(trace) for trace in traces))
    return Comparison(
        names=distinct_names(traces),
        in_shapes=tuple(trace.input.shape for trace in traces),
        rows=_rows(traces),
        totals=totals,
    )


def count_blocks(blocks: Sequence[Block]) -> tuple[tuple[int, str], ...]:
    """Returns (count, class) of the blocks, in the order they first run."""
    return tuple((n, kind) for kind, n in Counter(block.block_type for block in blocks).items())


def blocks_words(counts: Sequence[tuple[int, str]]) -> str:
    """Returns counts and kinds of blocks, as in `36 × bottleneck`; empty for none."""
    return " + ".join(f"{n:,} × {block_words(kind)}" for n, kind in counts)


def part_words(name: str) -> str:
    """Returns a row's heading: a stage's name, or the translated name of another part."""
    words = {"input": _("input"), "stem": _("stem"), "head": _("head"), "rest": _("rest"), "total": _("total")}
    return words.get(name, name)


def row_words(row: CompareRow) -> str:
    """Returns a row's heading in tables: of a stage both names, `conv4_x · layer3`, if its modules are called alike."""
    modules = {cell.node for cell in row.cells if cell and cell.node}
    names = [part_words(row.name), *(modules if row.kind == "stage" and len(modules) == 1 else ())]
    return " · ".join(dict.fromkeys(names))


def _rows(traces: Sequence[Trace]) -> tuple[CompareRow, ...]:
    stems, heads = [trace.stem for trace in traces], [trace.head for trace in traces]
    stages: list[list[Node | None]] = [list(nodes) for nodes in zip_longest(*(trace.stages for trace in traces))]
    parts: list[list[Node | None]] = [*([stems] if any(stems) else []), *stages]
    rows = [_row(traces, part) for part in parts]
    tail = [_row(traces, heads)] if any(heads) else []
    rest = _rest(traces, [*rows, *tail])
    return (*rows, *([rest] if rest else []), *tail)


def _row(traces: Sequence[Trace], nodes: Sequence[Node | None]) -> CompareRow:
    first = next(node for node in nodes if node is not None)
    name = first.paper_name if isinstance(first, Stage) else first.kind
    cells = [_cell(trace, node) if node else None for trace, node in zip(traces, nodes, strict=True)]
    return CompareRow(first.kind, name, tuple(cells))


def _cell(trace: Trace, node: Node) -> CompareCell:
    return CompareCell(
        node=node.id,
        blocks=count_blocks(trace.blocks_of(node)),
        out_shape=node.out_shape,
        n_params=node.n_params,
        n_macs=node.n_macs,
        macs_at_least=node.macs_at_least,
        act_bytes=node.act_bytes,
        field=field_sizes(node.field),
    )


def _total(trace: Trace) -> CompareCell:
    return CompareCell(
        node=trace.network.id,
        blocks=count_blocks(trace.blocks),
        out_shape=trace.network.out_shape,
        n_params=trace.n_params,
        n_macs=trace.n_macs,
        macs_at_least=trace.macs_at_least,
        act_bytes=trace.act_bytes,
        field=field_sizes(trace.field),
    )


def _rest(traces: Sequence[Trace], rows: Sequence[CompareRow]) -> CompareRow | None:
    """What the other rows leave out, so that they add up: ops between stages, or all of a net without stages."""
    cells = [_rest_cell(trace, [row.cells[net] for row in rows]) for net, trace in enumerate(traces)]
    return CompareRow("rest", "rest", tuple(cells)) if any(cells) else None


def _rest_cell(trace: Trace, cells: Sequence[CompareCell | None]) -> CompareCell | None:
    def left(total: int, part: Callable[[CompareCell], int]) -> int:
        return total - sum(part(cell) for cell in cells if cell)

    n_params = left(trace.n_params, lambda cell: cell.n_params)
    macs = _rest_macs(trace, cells)
    act_bytes = left(trace.act_bytes, lambda cell: cell.act_bytes)
    if not (n_params or macs.n != 0 or act_bytes):
        return None
    return CompareCell(None, (), (), n_params, macs.n, macs.at_least, act_bytes, None)


def _rest_macs(trace: Trace, cells: Sequence[CompareCell | None]) -> Macs:
    """Their sum over the ops in none of the cells, since a lower bound cannot be had by subtraction."""
    parts = {cell.node for cell in cells if cell}
    return sum_macs(op.macs for op in trace.ops if not any(group.id in parts for group in trace.ancestors(op)))
