"""The structure table as Markdown, LaTeX and CSV; a net's name stays a name, whatever is in it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.refusal import check_choice
from resnet_viz.views.escape import escape_csv, escape_latex, escape_markdown

_FIGURES = ("n_blocks", "n_projections", "n_params", "n_macs", "act_bytes", "field_pixels")

STEM, HEAD, FLOPS, PARAMETERS = "conv1", "head", "FLOPs", "parameters"
EXTRAS = (PARAMETERS, "activations", "field", "projections")


def structure_markdown(table: StructureTable) -> str:
    """The table in GitHub's Markdown; a size stands in its own column, or with each net where nets differ."""
    headings, *lines = _grid(table, _markdown_cell, escape_markdown)
    dashes = ["---", "---", *["---"] * len(table.columns)]
    return "".join(f"| {' | '.join(line)} |\n" for line in [headings, dashes, *lines])


def structure_latex(table: StructureTable) -> str:
    """The table as a LaTeX `tabular` with the paper's brackets, which asks for no package."""
    headings, *lines = [" & ".join(line) + r" \\" for line in _grid(table, _latex_cell, escape_latex)]
    body = [headings, *lines]
    ruled = [text for line in body for text in (line, r"\hline")]
    return "\n".join(
        [rf"\begin{{tabular}}{{{'c' * (2 + len(table.columns))}}}", r"\hline", *ruled, r"\end{tabular}", ""]
    )


def structure_csv(table: StructureTable) -> str:
    """A line for each cell: its place, its words and its figures, nothing where there is none."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["row", "column", "output_size", "layers", *_FIGURES])
    for cell in table.cells:
        words = "; ".join(cell.all_lines)
        names = map(escape_csv, (cell.row, cell.column, cell.output_size, words))
        writer.writerow([*names, *(getattr(cell, name) for name in _FIGURES)])
    return text.getvalue()


Escape = Callable[[str], str]


def _grid(table: StructureTable, show: Callable[[StructureCell, bool], str], escape: Escape) -> Iterator[list[str]]:
    """Headings, and each row in words: name, output size, and what each net has there."""
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
    """Lines below each other, each in braces: a bracket after a line's end would be taken for a distance."""
    inner = r" \\ ".join(f"{{{line}}}" for line in lines)
    return rf"\begin{{{environment}}}{{c}}{inner}\end{{{environment}}}"


@dataclass(frozen=True, slots=True)
class Bracket:
    """Neighbouring blocks with the same kernels and widths: one line for each convolution, and how many blocks."""

    layers: tuple[str, ...]
    count: int

    @property
    def text(self) -> str:
        """As in `[1×1, 128 | 3×3, 128 | 1×1, 512] × 8`."""
        return f"[{' | '.join(self.layers)}] × {self.count}"


def row_title(row: str) -> str:
    """A row's heading; names of layer groups are the paper's, which has none for the head."""
    titles = {
        "head": _("head"),
        "parameters": _("Parameters"),
        "activations": _("Activations"),
        "field": _("Receptive field"),
        "projections": _("Blocks with projection"),
    }
    return titles.get(row, row)


@dataclass(frozen=True, slots=True)
class StructureCell:
    """What one net has in one row. Figures of a layer group are its sums, those of a row of totals the whole net's."""

    row: str
    """`conv1`, `conv2_x`, …, `head`; then `FLOPs` and the rows added on request, by their name in EXTRAS."""
    column: str
    """The net's name, which no other column has."""
    output_size: str
    """Height and width that leave, as in `14×14`; nothing in a row of totals."""
    stage: str | None
    """The stage's id, as in `layer3`; of the other layer groups that of `stem` or `head`; None in a row of totals."""
    place: int | None
    """Which of the net's stages it is, from 0; None where it is none."""
    node_ids: tuple[str, ...]
    """The nodes of the Trace that it stands for, in running order; the pooling before the first stage is with that."""
    lines: tuple[str, ...]
    """What stands above the brackets, or without any: `3×3 max pool, stride 2`, or `7×7, 64, stride 2`."""
    brackets: tuple[Bracket, ...]
    n_params: int
    n_macs: int
    """Multiply-adds, the paper's FLOPs, for the whole batch."""
    act_bytes: int
    field_pixels: int | None
    """The receptive field at its end, vertical, in input pixels; None where no rule tells."""
    n_blocks: int
    n_projections: int
    """Blocks whose shortcut has weights."""

    @property
    def text(self) -> str:
        """The brackets with the number of blocks, as in `[1×1, 128 | 3×3, 128 | 1×1, 512] × 8`; else the lines."""
        brackets = " + ".join(bracket.text for bracket in self.brackets)
        return brackets or " | ".join(self.lines)

    @property
    def all_lines(self) -> tuple[str, ...]:
        """All of it, with what stands above the brackets."""
        return (*self.lines, *(bracket.text for bracket in self.brackets))


@dataclass(frozen=True, slots=True)
class StructureTable:
    """The cells row after row, the nets of a row in the order of the columns; none where a net has no such part."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[StructureCell, ...]
    traces: tuple[Trace, ...] = field(repr=False)
    """Those of the columns, in their order."""

    def cell(self, row: str, column: str) -> StructureCell | None:
        """One cell; None where the net has no such part. Raises DrawError for a row or column that is not there."""
        check_choice("row", row, self.rows)
        check_choice("column", column, self.columns)
        return next((cell for cell in self.cells if (cell.row, cell.column) == (row, column)), None)

    def row_cells(self, row: str) -> tuple[StructureCell | None, ...]:
        """The cells of a row, one for each column. Raises DrawError for a row that is not there."""
        return tuple(self.cell(row, column) for column in self.columns)

    def trace(self, column: str) -> Trace:
        """What a column was read from. Raises DrawError for a column that is not there."""
        check_choice("column", column, self.columns)
        return self.traces[self.columns.index(column)]

    def to_markdown(self) -> str:
        """The table in GitHub's Markdown."""
        return structure_markdown(self)

    def to_latex(self) -> str:
        """The table as a LaTeX `tabular` with the paper's brackets; it asks for no package."""
        return structure_latex(self)

    def to_csv(self) -> str:
        """A line for each cell with its words and its figures, whole numbers unrounded."""
        return structure_csv(self)
