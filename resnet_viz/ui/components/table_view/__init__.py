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

__all__ = ["NO_MARKS", "TableMarks", "pack_table", "read_cell", "table_view"]

_HERE = Path(__file__).parent

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

    turn = turn_of(last_message(st.session_state.get(key), "chosen"))
    _view(key=key, data=pack_table(table, marks, turn), on_chosen_change=answer)


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
