"""The structure table in the paper's form (He et al. 2015, Table 1), each cell a button.

The browser marks a selected cell at once and sends a message of a few bytes; `TableMarks.lit` determines which cells
are lit in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st

from resnet_viz.ui.components.joining import BASE, join_modules, join_styles
from resnet_viz.ui.components.messages import is_count, last_message, turn_of
from resnet_viz.ui.components.table_view.data import NO_MARKS, TableMarks, pack_table
from resnet_viz.views.structure.table import StructureTable

__all__ = ["NO_MARKS", "TableMarks", "pack_table", "read_cell", "read_count", "table_view"]

_HERE = Path(__file__).parent
_MOST_LETTERS = 40

_view = st.components.v2.component(
    "table_view",
    html='<div class="table-view"></div>',
    css=join_styles(BASE, _HERE / "table_view.css"),
    js=join_modules(_HERE / "js" / "table_view.js"),
)


def table_view(
    key: str,
    table: StructureTable,
    marks: TableMarks = NO_MARKS,
    on_choice: Callable[[str, int | None], None] | None = None,
    on_count: Callable[[str, int, str], None] | None = None,
) -> None:
    """Shows the table; `key` must be unique on the page.

    `on_choice` is called before the rerun, with the row and the column's index of the selected cell: with `""` and the
    index for a column's heading, and with `""` and None if the only lit place was selected again, which clears the
    selection. `on_count` is called with row, column and the text that was given as the number of a cell's blocks;
    without it the numbers cannot be edited. CSS custom properties: type sizes are multiplied by `--type-scale` (1 if it
    is not set); `--table-height` is the most height that the table takes.
    """

    def answer() -> None:
        choice = read_cell(table, st.session_state[key]["chosen"])
        if choice is not None and on_choice is not None:
            on_choice(*choice)

    def answer_count() -> None:
        count = read_count(table, st.session_state[key]["counted"])
        if count is not None and on_count is not None:
            on_count(*count)

    turn, count_turn = (turn_of(last_message(st.session_state.get(key), name)) for name in ("chosen", "counted"))
    data = pack_table(table, marks, turn, count_turn if on_count else None)
    _view(key=key, data=data, on_chosen_change=answer, on_counted_change=answer_count)


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


def read_count(table: StructureTable, value: object) -> tuple[str, int, str] | None:
    """Returns a value from the browser as the arguments of `on_count`; None if this table does not send it.

    The text is not checked but for its length: what is wrong with it is to be told.
    """
    row, column = read_cell(table, value) or ("", None)
    text = value.get("count") if isinstance(value, Mapping) else None
    if not row or column is None or not isinstance(text, str) or len(text) > _MOST_LETTERS:
        return None
    cell = table.cell(row, table.columns[column])
    return (row, column, text) if cell is not None and cell.place is not None else None
