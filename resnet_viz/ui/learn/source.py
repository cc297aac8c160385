"""torchvision's source beside the table: the lines that made the selected part, and those of each part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.learn.state import choose_node
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.address.learn import LearnView, cell_node
from resnet_viz.views.inspect.source import SourceLines
from resnet_viz.views.structure.source import find_function, made_by
from resnet_viz.views.structure.table import StructureCell, StructureTable, row_title


def show_source(view: LearnView, table: StructureTable, cells: Sequence[StructureCell]) -> None:
    """Shows the lines of each layer group, the selected one's first and marked; then the code that these call."""
    trace, column = table.traces[view.net], table.columns[view.net]
    st.header(_("The lines that made it"), anchor=False)
    chosen = {cell.row for cell in cells}
    called: dict[tuple[str, int], SourceLines] = {}
    groups = [cell for cell in table.cells if cell.column == column and cell.stage is not None]
    for cell in sorted(groups, key=lambda cell: cell.row not in chosen):
        lines = made_by(trace, cell)
        _show_lines(cell, lines[:1], cell.row in chosen)
        if cell.row in chosen:
            called |= {(part.function, part.first): part for part in lines[1:]}
    for part in called.values():
        _show_code(part)
    _show_function(view.function)


def _show_lines(cell: StructureCell, lines: Sequence[SourceLines], is_chosen: bool) -> None:
    """The statements that made a layer group, after a button that selects it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"source_{cell.row}"):
        st.button(
            row_title(cell.row),
            key=f"learn_source:{cell.row}",
            type="primary" if is_chosen else "secondary",
            width=110,
            on_click=partial(choose_node, cell_node(cell)),
            help=_("Choose {row}").format(row=row_title(cell.row)),
        )
        with st.container():
            for part in lines:
                st.code(_numbered(part), language="python")


def _numbered(part: SourceLines) -> str:
    """The lines with their numbers in the file, which may start in its middle."""
    width = len(str(part.last))
    return "\n".join(f"{n:>{width}}  {line}" for n, line in enumerate(part.code.splitlines(), part.first))


def _show_code(part: SourceLines) -> None:
    st.caption(plain(f"{part.place} · {part.function} · {part.first}–{part.last}"))
    st.code(_numbered(part), language="python")


def _show_function(function: str | None) -> None:
    """The function that a lesson is about."""
    part = find_function(function) if function else None
    if part is not None:
        _show_code(part)
