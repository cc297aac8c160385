"""The structure table as Markdown, LaTeX and CSV; a net's name stays a name, whatever is in it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from io import StringIO
from typing import TYPE_CHECKING

from resnet_viz.i18n import _
from resnet_viz.views.markup import escape_csv, escape_latex, escape_markdown
from resnet_viz.views.structure_words import Bracket, row_title

if TYPE_CHECKING:
    from resnet_viz.views.structure import StructureCell, StructureTable

_FIGURES = ("n_blocks", "n_projections", "n_params", "n_macs", "act_bytes", "field_pixels")


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


Words = Callable[[str], str]


def _grid(table: StructureTable, show: Callable[[StructureCell, bool], str], escape: Words) -> Iterator[list[str]]:
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
