"""The structure table's records, and its export as Markdown, LaTeX and CSV with escaped names."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.refusal import check_choice
from resnet_viz.views.escape import escape_csv, escape_latex, escape_markdown

_FIGURES = ("n_blocks", "n_projections", "n_params", "n_macs", "macs_at_least", "act_bytes", "field_pixels")

STEM, HEAD, FLOPS, PARAMETERS = "conv1", "head", "FLOPs", "parameters"
EXTRAS = (PARAMETERS, "activations", "field", "projections")
Escape = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Bracket:
    """Adjacent blocks with equal kernels and widths: a line per convolution, and the number of blocks."""

    layers: tuple[str, ...]
    count: int

    @property
    def text(self) -> str:
        """For example `[1×1, 128 | 3×3, 128 | 1×1, 512] × 8`."""
        return f"[{' | '.join(self.layers)}] × {self.count}"


@dataclass(frozen=True, slots=True)
class StructureCell:
    """One network's cell in one row. Figures are sums over the layer group; in totals, over the network."""

    row: str
    """`conv1`, `conv2_x`, …, `head`; then `FLOPs` and the requested rows of EXTRAS."""
    column: str
    """The network's name, unique in the table."""
    output_size: str
    """Output height and width, as in `14×14`; empty in totals."""
    stage: str | None
    """Id of the stage, as in `layer3`, or of stem or head; None in totals."""
    place: int | None
    """Index of the stage, from 0; None for other rows."""
    node_ids: tuple[str, ...]
    """Trace nodes in execution order; the pooling before the first stage belongs to that stage."""
    lines: tuple[str, ...]
    """Lines above the brackets, or without any: `3×3 max pool, stride 2`, or `7×7, 64, stride 2`."""
    brackets: tuple[Bracket, ...]
    n_params: int
    n_macs: int | None
    """Multiply-adds (the paper's FLOPs) for the whole batch; None if not known."""
    macs_at_least: bool
    act_bytes: int
    field_pixels: int | None
    """Vertical receptive field of the output, in input pixels; None if unknown or the whole picture."""
    n_blocks: int
    n_projections: int
    """Number of blocks whose shortcut has weights."""

    @property
    def text(self) -> str:
        """The brackets with block counts, as in `[1×1, 128 | 3×3, 128 | 1×1, 512] × 8`; else the lines."""
        brackets = " + ".join(bracket.text for bracket in self.brackets)
        return brackets or " | ".join(self.lines)

    @property
    def all_lines(self) -> tuple[str, ...]:
        """The lines and the brackets."""
        return (*self.lines, *(bracket.text for bracket in self.brackets))


@dataclass(frozen=True, slots=True)
class StructureTable:
    """Cells in row-major order; a network without a part has no cell."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[StructureCell, ...]
    traces: tuple[Trace, ...] = field(repr=False)
    """In the order of the columns."""

    def cell(self, row: str, column: str) -> StructureCell | None:
        """Returns a cell; None if the network lacks the part. Raises DrawError for an unknown row or column."""
        check_choice("row", row, self.rows)
        check_choice("column", column, self.columns)
        return next((cell for cell in self.cells if (cell.row, cell.column) == (row, column)), None)

    def row_cells(self, row: str) -> tuple[StructureCell | None, ...]:
        """Returns a row's cells, one per column. Raises DrawError for an unknown row."""
        return tuple(self.cell(row, column) for column in self.columns)

    def trace(self, column: str) -> Trace:
        """Returns a column's Trace. Raises DrawError for an unknown column."""
        check_choice("column", column, self.columns)
        return self.traces[self.columns.index(column)]

    def to_markdown(self) -> str:
        """Returns the table as GitHub Markdown."""
        return structure_markdown(self)

    def to_latex(self) -> str:
        """Returns the table as a LaTeX `tabular` with the paper's brackets; needs no package."""
        return structure_latex(self)

    def to_csv(self) -> str:
        """Returns a CSV line per cell with text and unrounded figures."""
        return structure_csv(self)


def row_title(row: str) -> str:
    """Returns a row's title; layer groups have the paper's names, which has none for the head."""
    titles = {
        "head": _("head"),
        "FLOPs": _("FLOPs (multiply-adds)"),
        "parameters": _("Parameters"),
        "activations": _("Activations"),
        "field": _("Receptive field"),
        "projections": _("Blocks with projection"),
    }
    return titles.get(row, row)


def structure_markdown(table: StructureTable) -> str:
    """Returns GitHub Markdown; the output size has a column, or is in each cell if networks differ."""
    headings, *lines = _grid(table, _markdown_cell, escape_markdown)
    dashes = ["---", "---", *["---"] * len(table.columns)]
    return "".join(f"| {' | '.join(line)} |\n" for line in [headings, dashes, *lines])


def structure_latex(table: StructureTable) -> str:
    """Returns a LaTeX `tabular` with the paper's brackets; needs no package."""
    headings, *lines = [" & ".join(line) + r" \\" for line in _grid(table, _latex_cell, escape_latex)]
    body = [headings, *lines]
    ruled = [text for line in body for text in (line, r"\hline")]
    return "\n".join(
        [rf"\begin{{tabular}}{{{'c' * (2 + len(table.columns))}}}", r"\hline", *ruled, r"\end{tabular}", ""]
    )


def structure_csv(table: StructureTable) -> str:
    """Returns a CSV line per cell: row, column, text and figures; unknown figures are empty."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["row", "column", "output_size", "layers", *_FIGURES])
    for cell in table.cells:
        words = "; ".join(cell.all_lines)
        names = map(escape_csv, (cell.row, cell.column, cell.output_size, words))
        writer.writerow([*names, *(getattr(cell, name) for name in _FIGURES)])
    return text.getvalue()


def _grid(table: StructureTable, show: Callable[[StructureCell, bool], str], escape: Escape) -> Iterator[list[str]]:
    """Yields the headings, then per row: title, output size, and each network's cell."""
    yield [escape(_("layer name")), escape(_("output size")), *map(escape, table.columns)]
    for row in table.rows:
        cells = table.row_cells(row)
        sizes = {cell.output_size for cell in cells if cell}
        is_shared = len(sizes) == 1
        shown = [show(cell, not is_shared) if cell else "" for cell in cells]
        yield [escape(row_title(row)), escape(sizes.pop()) if is_shared else "", *shown]


def _markdown_cell(cell: StructureCell, has_size: bool) -> str:
    size = [f"{cell.output_size}:"] if has_size and cell.output_size else []
    return "<br>".join(map(escape_markdown, [*size, *cell.all_lines]))


def _latex_cell(cell: StructureCell, has_size: bool) -> str:
    size = [escape_latex(f"{cell.output_size}:")] if has_size and cell.output_size else []
    lines = [*size, *map(escape_latex, cell.lines), *map(_latex_bracket, cell.brackets)]
    return lines[0] if len(lines) == 1 else _latex_stack("tabular", lines)


def _latex_bracket(bracket: Bracket) -> str:
    inner = _latex_stack("array", [rf"\mbox{{{escape_latex(line)}}}" for line in bracket.layers])
    return rf"$\left[{inner}\right]\times {bracket.count}$"


def _latex_stack(environment: str, lines: list[str]) -> str:
    """Stacked lines, each in braces, since LaTeX would parse a bracket at the start of a line as a length."""
    inner = r" \\ ".join(f"{{{line}}}" for line in lines)
    return rf"\begin{{{environment}}}{{c}}{inner}\end{{{environment}}}"
