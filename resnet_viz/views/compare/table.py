"""The comparison as a table, one row per part and net, then the totals: as columns, CSV, Markdown or LaTeX."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from math import floor, log10

from resnet_viz.i18n import _
from resnet_viz.records.macs import Macs
from resnet_viz.units import format_bytes, format_count, format_macs, format_pixels, format_short_shape
from resnet_viz.views.compare.rows import MEASURES, CompareCell, CompareRow, Comparison, blocks_words, row_words
from resnet_viz.views.escape import escape_latex, escape_markdown

_ALIGNED_LEFT = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """A net's figure, and its difference from and ratio to the first net's.

    The value is None if unknown; difference and ratio are None for the first net and if there is nothing to compare.
    """

    value: int | None
    difference: int | None
    ratio: float | None
    at_least: bool = False
    """The value is a lower bound, or not known."""


@dataclass(frozen=True, slots=True)
class CompareTableRow:
    """One net's figures in one part; activations in bytes, the receptive field's height in input pixels."""

    part: str
    net: str
    blocks: str
    """Count and kind, as in `36 × bottleneck`."""
    out_shape: str
    n_blocks: int
    n_params: Figure
    n_macs: Figure
    act_bytes: Figure
    field_pixels: Figure


def make_compare_rows(comparison: Comparison) -> list[CompareTableRow]:
    """Returns one row per part and net that has it, by part, then by net; the totals last."""
    return [
        _table_row(row, net, cell, comparison.names[net])
        for row in (*comparison.rows, comparison.totals)
        for net, cell in enumerate(row.cells)
        if cell is not None
    ]


def compare_columns(rows: Sequence[CompareTableRow]) -> dict[str, list[str | int | float | None]]:
    """Returns the rows as columns of plain values; each figure has three: value, difference and ratio.

    `macs_at_least` says which multiply-adds are lower bounds.
    """
    columns: dict[str, list[str | int | float | None]] = {
        name: [getattr(row, name) for row in rows] for name in ("part", "net", "blocks", "out_shape", "n_blocks")
    }
    for measure in MEASURES:
        figures: list[Figure] = [getattr(row, measure) for row in rows]
        columns[measure] = [figure.value for figure in figures]
        if measure == "n_macs":
            columns["macs_at_least"] = [figure.at_least for figure in figures]
        columns[f"{measure}_difference"] = [figure.difference for figure in figures]
        columns[f"{measure}_ratio"] = [figure.ratio for figure in figures]
    return columns


def column_titles() -> dict[str, str]:
    """Returns each column's heading by its name in `compare_columns`."""
    titles = {
        "part": _("Part"),
        "net": _("Net"),
        "blocks": _("Blocks"),
        "out_shape": _("Output"),
        "n_blocks": _("Number of blocks"),
    }
    for measure, title in measure_titles().items():
        titles[measure] = title
        if measure == "n_macs":
            titles["macs_at_least"] = _("MACs are at least this")
        titles[f"{measure}_difference"] = _("{what}, difference").format(what=title)
        titles[f"{measure}_ratio"] = _("{what}, ratio").format(what=title)
    return titles


def measure_titles() -> dict[str, str]:
    """Returns each figure's heading by its name in MEASURES."""
    return {
        "n_params": _("Parameters"),
        "n_macs": _("MACs"),
        "act_bytes": _("Activations"),
        "field_pixels": _("Receptive field"),
    }


def compare_csv(rows: Sequence[CompareTableRow]) -> str:
    """Returns the rows as CSV with a header of column names, numbers unrounded, missing values empty."""
    columns = compare_columns(rows)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def compare_markdown(comparison: Comparison) -> str:
    """Returns the table in GitHub's Markdown, with difference and ratio in brackets after each figure."""
    headings, *lines = [[escape_markdown(cell) for cell in line] for line in _lines(comparison)]
    dashes = ["---" if column < _ALIGNED_LEFT else "---:" for column in range(len(headings))]
    return "".join(f"| {' | '.join(line)} |\n" for line in [headings, dashes, *lines])


def compare_latex(comparison: Comparison) -> str:
    """Returns the table as a LaTeX `tabular`, which needs no package, with a rule above the totals."""
    headings, *lines = [" & ".join(map(escape_latex, line)) + r" \\" for line in _lines(comparison)]
    n_totals = len(comparison.names)
    columns = "l" * _ALIGNED_LEFT + "r" * len(measure_titles())
    body = [headings, r"\hline", *lines[:-n_totals], r"\hline", *lines[-n_totals:]]
    return "\n".join([rf"\begin{{tabular}}{{{columns}}}", r"\hline", *body, r"\hline", r"\end{tabular}", ""])


def ratio_text(ratio: float) -> str:
    """Returns a ratio in three significant digits, or all its integer digits: 5.15, 0.0123, 1,024."""
    decimals = max(0, 2 - floor(log10(ratio))) if ratio else 0
    return f"{ratio:,.{decimals}f}"


def _table_row(row: CompareRow, net: int, cell: CompareCell, name: str) -> CompareTableRow:
    return CompareTableRow(
        part=row_words(row),
        net=name,
        blocks=blocks_words(cell.blocks),
        out_shape=format_short_shape(cell.out_shape),
        n_blocks=cell.n_blocks,
        n_params=_figure(row, "n_params", net),
        n_macs=_figure(row, "n_macs", net),
        act_bytes=_figure(row, "act_bytes", net),
        field_pixels=_figure(row, "field_pixels", net),
    )


def _figure(row: CompareRow, measure: str, net: int) -> Figure:
    value, is_bound = row.value(measure, net), row.is_bound(measure, net)
    if not net:
        return Figure(value, None, None, is_bound)
    return Figure(value, row.difference(measure, net), row.ratio(measure, net), is_bound)


def _lines(comparison: Comparison) -> Iterator[list[str]]:
    """Yields the headings, then each row as text."""
    titles = column_titles()
    yield [titles[name] for name in ("part", "net", "blocks", "out_shape", *MEASURES)]
    for row in make_compare_rows(comparison):
        figures = [_figure_text(getattr(row, measure), words) for measure, words in _WORDS.items()]
        yield [row.part, row.net, row.blocks, row.out_shape, *figures]


def _figure_text(figure: Figure, words: Callable[[int], str]) -> str:
    """As in `60.2 M (+48.5 M, ×5.15)`; `(=)` if equal to the first net's."""
    if figure.at_least:
        return Macs(figure.value, figure.at_least).text
    if figure.value is None:
        return "–"
    if figure.difference is None:
        return words(figure.value)
    if not figure.difference:
        return f"{words(figure.value)} (=)"
    sign = "+" if figure.difference > 0 else "−"
    ratio = f", ×{ratio_text(figure.ratio)}" if figure.ratio is not None else ""
    return f"{words(figure.value)} ({sign}{words(abs(figure.difference))}{ratio})"


_WORDS: dict[str, Callable[[int], str]] = {
    "n_params": format_count,
    "n_macs": format_macs,
    "act_bytes": format_bytes,
    "field_pixels": lambda n: format_pixels(n, n),
}
