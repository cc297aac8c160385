"""The structure table: its cells beside their explanation, the values printed in the paper, and downloads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache.teaching import get_printed, get_structure
from resnet_viz.ui.components.table_view import TableMarks, table_view
from resnet_viz.ui.learn.blocks import show_blocks
from resnet_viz.ui.learn.cell import Tab, show_reading
from resnet_viz.ui.learn.columns import edit_count, net_before, rows_of, show_before, show_build
from resnet_viz.ui.learn.graph import show_learn_graph
from resnet_viz.ui.learn.source import show_source
from resnet_viz.ui.learn.state import learn
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.address.learn import LearnView, choose_cell, chosen_cells
from resnet_viz.views.parts.ids import Chosen
from resnet_viz.views.structure.paper import PRINTED_FLOPS, SOURCE, paper_depth
from resnet_viz.views.structure.table import FLOPS, PARAMETERS, StructureTable, row_title

W_TABLE = "w_learn_table"


def show_bench(view: LearnView, table: StructureTable, at: Chosen | None) -> None:
    """Shows the table and the drawing, and beside them, in sight of every cell, the explanation of what is selected."""
    trace = table.traces[view.net]
    with st.container(key="bench"):
        left, right, below = st.columns([3, 2, 3], gap="small")
    with left, st.container(key="bench_table"):
        show_structure(view, table)
    with right, st.container(key="cell_reading", border=True):
        show_before(view, trace)
        _explain(view, table, at)
    with below, st.container(key="bench_drawing", border=True):
        show_learn_graph(view, trace, at)


def _explain(view: LearnView, table: StructureTable, at: Chosen | None) -> None:
    """The selected cell, with its stage's blocks, its source and its edits in tabs."""
    cells = chosen_cells(view, table)
    stage = next((cell for cell in cells if cell.place is not None), None)
    tabs: list[Tab] = []
    if stage is not None:
        tabs.append((_("Blocks"), partial(show_blocks, view, table, cells, at)))
    if any(cell.stage is not None for cell in cells):
        tabs.append((_("Source"), partial(show_source, view, table, cells)))
    tabs.append((_("Build"), partial(show_build, view, table.traces[view.net], stage)))
    show_reading(table, cells, tabs)


def show_structure(view: LearnView, table: StructureTable) -> None:
    """Shows the table; the cells of the selection are highlighted."""
    lit = tuple((cell.row, view.net) for cell in chosen_cells(view, table))
    notes = _printed(table.traces) | _before(view, table)
    table_view(W_TABLE, table, TableMarks(lit, printed=notes), _choose_cell, partial(edit_count, table))


def _before(view: LearnView, table: StructureTable) -> dict[tuple[str, int], str]:
    """The totals of the edited column before the last edits, by (row, column) of the table."""
    spec = net_before(view)
    if spec is None:
        return {}
    old = get_structure((spec,), rows_of(view), current_language())
    found = [(row, old.cell(row, old.columns[0])) for row in (FLOPS, PARAMETERS) if row in table.rows]
    return {(row, view.net): _("before: {value}").format(value=cell.text) for row, cell in found if cell}


def _choose_cell(row: str, column: int | None) -> None:
    view = learn.read()
    if column is None:
        learn.change(node=None, total=None)
    elif not row:
        learn.change(net=column, node=None, total=None, parts=())
    else:
        table = get_structure(view.specs, rows_of(view), current_language())
        learn.show(choose_cell(view, table, row, column))


def _printed(traces: Sequence[Trace]) -> dict[tuple[str, int], str]:
    """The FLOPs printed in the paper, by (row, column) of the table."""
    depths = {net: paper_depth(trace.spec) for net, trace in enumerate(traces)}
    return {
        (FLOPS, net): _("paper: {value}").format(value=f"{PRINTED_FLOPS[depth]}×10⁹")
        for net, depth in depths.items()
        if depth is not None
    }


def show_files(table: StructureTable) -> None:
    """Shows the downloads."""
    files = (
        ("Markdown", "text/markdown", "md", table.to_markdown),
        ("LaTeX", "application/x-tex", "tex", table.to_latex),
        ("CSV", "text/csv", "csv", table.to_csv),
    )
    with st.container(horizontal=True):
        for title, kind, ending, make in files:
            st.download_button(
                title, make, f"structure-table.{ending}", kind, icon=":material/download:", on_click="ignore"
            )


def show_printed(view: LearnView, table: StructureTable) -> None:
    """Shows the paper's values of the selected net, the computed ones, and why they differ."""
    trace = table.traces[view.net]
    if paper_depth(trace.spec) is None:
        return
    with st.expander(_("What the paper prints of {name}, and what is computed").format(name=plain(trace.name))):
        values = get_printed(view.spec, current_language())
        st.table(
            {
                _("Row"): [plain(row_title(value.row)) for value in values],
                _("Net"): [plain(value.net) for value in values],
                _("Printed"): [plain(value.printed) for value in values],
                _("Computed"): [plain(value.computed) for value in values],
                _("Difference"): [plain(value.difference_text) or "–" for value in values],
                _("Why"): [plain(value.why) for value in values],
            }
        )
        st.caption(_("Printed values: {source}.").format(source=SOURCE))
