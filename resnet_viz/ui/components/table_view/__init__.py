"""The structure table in the paper's form (He et al. 2015, Table 1), each cell a button.

The browser marks a selected cell at once and sends a message of a few bytes; `TableMarks.lit` determines which cells
are lit in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import streamlit as st

from resnet_viz.i18n import _, current_language, n_
from resnet_viz.records.trace import Trace
from resnet_viz.ui.components.joining import join_modules, join_styles
from resnet_viz.ui.components.messages import is_count
from resnet_viz.views.parts.block import has_counted_depth, main_depth
from resnet_viz.views.structure.table import HEAD, STEM, StructureCell, StructureTable, row_title
from resnet_viz.views.style import PALETTES, Paint, Palette

__all__ = ["NO_MARKS", "TableMarks", "pack_table", "read_cell", "table_view"]

_HERE = Path(__file__).parent
Place = tuple[str, int]

_view = st.components.v2.component(
    "table_view",
    html='<div class="table-view"></div>',
    css=join_styles(_HERE / "table_view.css"),
    js=join_modules(_HERE / "js" / "table_view.js"),
)


@dataclass(frozen=True, slots=True)
class TableMarks:
    """What a table shows beside its values. A place is a row's name and a column's index, from 0.

    A column's heading has an empty row name: `("", 2)`. Places outside of the table are ignored.
    """

    lit: tuple[Place, ...] = ()
    """Selected places, in the table or in any view linked with it."""
    hidden: tuple[Place, ...] = ()
    """Cells that show a question mark; their content is not sent to the browser."""
    printed: Mapping[Place, str] = field(default_factory=dict)
    """A second, smaller line of a cell: what the paper prints there, as translated text."""


NO_MARKS = TableMarks()


def table_view(
    key: str,
    table: StructureTable,
    marks: TableMarks = NO_MARKS,
    on_choice: Callable[[str, int | None], None] | None = None,
) -> None:
    """Shows the table; `key` must be unique on the page.

    `on_choice` is called before the rerun, with the row and the column's index of the selected cell: with `""` and the
    index for a column's heading, and with `""` and None if the only lit place was selected again, which clears the
    selection. Type sizes are multiplied by the CSS custom property `--type-scale` (1 if it is not set).
    """

    def answer() -> None:
        choice = read_cell(table, st.session_state[key]["chosen"])
        if choice is not None and on_choice is not None:
            on_choice(*choice)

    turn = _read_turn(st.session_state.get(key))
    _view(key=key, data={**pack_table(table, marks), "turn": turn}, on_chosen_change=answer)


def read_cell(table: StructureTable, value: object) -> tuple[str, int | None] | None:
    """Returns a value from the browser as the arguments of `on_choice`; None if this table does not send it."""
    if not isinstance(value, Mapping) or not is_count(value.get("turn")):
        return None
    row, column = value.get("row"), value.get("column")
    if row == "" and column is None:
        return "", None
    if not isinstance(row, str) or not is_count(column):
        return None
    is_there = column < len(table.columns) and (row == "" or row in table.rows)
    if not is_there or (row and table.cell(row, table.columns[column]) is None):
        return None
    return row, column


def _read_turn(state: object) -> int:
    """Returns the number of the browser's last message that Python received; 0 before the first."""
    value = state.get("chosen") if isinstance(state, Mapping) else None
    turn = value.get("turn") if isinstance(value, Mapping) else None
    return turn if is_count(turn) else 0


# The component's data


def pack_table(table: StructureTable, marks: TableMarks = NO_MARKS) -> dict[str, object]:
    """Returns the table as data for JSON, by row, with all texts; of a hidden cell only that it is hidden."""
    return {
        "columns": [
            {"name": column, "depth": _depth(trace)} for column, trace in zip(table.columns, table.traces, strict=True)
        ],
        "rows": [_row(table, row, marks) for row in table.rows],
        "lit": [list(place) for place in dict.fromkeys(marks.lit)],
        "words": view_words(),
    }


def _depth(trace: Trace) -> str:
    return depth_words(main_depth(trace)) if has_counted_depth(trace) else ""


def _row(table: StructureTable, row: str, marks: TableMarks) -> dict[str, object]:
    cells = table.row_cells(row)
    there = [cell for cell in cells if cell]
    sizes = {cell.output_size for cell in there}
    stages = {cell.stage for cell in there}
    shown = [_cell(cell, (row, column), marks, len(sizes) > 1) for column, cell in enumerate(cells)]
    return {
        "name": row,
        "title": row_title(row),
        "stage": stages.pop() if len(stages) == 1 and None not in stages and row not in (STEM, HEAD) else "",
        "size": sizes.pop() if len(sizes) == 1 else None,
        "isTotal": there[0].stage is None,
        "colours": _colours(there[0]),
        "cells": shown,
        "joined": _joined(shown) if row in (STEM, HEAD) else [],
    }


def _cell(cell: StructureCell | None, place: Place, marks: TableMarks, has_own_size: bool) -> dict[str, object] | None:
    if cell is None:
        return None
    if place in marks.hidden:
        return {"isHidden": True}
    return {
        "size": cell.output_size if has_own_size else "",
        "lines": cell.lines,
        "brackets": [{"layers": bracket.layers, "count": bracket.count} for bracket in cell.brackets],
        "printed": marks.printed.get(place, ""),
    }


def _joined(cells: list[dict[str, object] | None]) -> list[tuple[int, int]]:
    """Returns first and last column of equal neighbours, which are shown as one cell, as in the paper."""
    runs = [list(run) for _same, run in groupby(range(len(cells)), key=cells.__getitem__)]
    return [(run[0], run[-1]) for run in runs if len(run) > 1 and "lines" in (cells[run[0]] or {})]


def _colours(cell: StructureCell) -> dict[str, tuple[str, str]] | None:
    """Returns fill and outline of the layer group by theme, as in the drawing; None for a row of totals."""
    if cell.stage is None:
        return None
    paints = {theme: _paint(palette, cell) for theme, palette in PALETTES.items()}
    return {theme: (paint.fill, paint.line) for theme, paint in paints.items()}


def _paint(palette: Palette, cell: StructureCell) -> Paint:
    if cell.place is not None:
        return palette.stage(cell.place)
    return palette.head if cell.row == HEAD else palette.stem


def view_words() -> dict[str, str]:
    """Returns the texts by key, in the reader's language; the browser fills in `{row}` and the like."""
    return {
        "language": current_language().replace("_", "-"),
        "table": _("Structure table"),
        "layerName": _("layer name"),
        "outputSize": _("output size"),
        "differs": _("differs"),
        "cell": _("{row} of {column}: {what}"),
        "net": _("{name}, {depth}"),
        "times": _("times {n}"),
        "plus": _("plus"),
        "hidden": _("hidden"),
        "none": _("no such part"),
    }


def depth_words(depth: int) -> str:
    """Returns the depth of a net as text, as in `18 layers`."""
    return n_("{n} layer", "{n} layers", depth).format(n=depth)
