"""The table of the net's stages, blocks and ops."""

from __future__ import annotations

from typing import Any

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.explore.state import explore
from resnet_viz.views.address.view import View
from resnet_viz.views.listing.table import ROW_KINDS, TableRow, to_csv
from resnet_viz.views.parts.ids import Chosen

TABLE_NODE = "table_node"
TABLE_ORIGIN = "table_origin"
W_KINDS = "w_kinds"
W_FIND = "w_find"
W_TABLE = "w_table"


def show_table(view: View, trace: Trace, at: Chosen | None) -> None:
    """Shows every stage, block and op, to sort, search and download as CSV."""
    names = {"stage": _("Stages"), "block": _("Blocks"), "op": _("Ops")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # Their labels stand on one line, though the pills are lower than the field.
        with st.container(horizontal=True, vertical_alignment="top"):
            kinds = st.pills(
                _("Rows"),
                ROW_KINDS,
                default=ROW_KINDS,
                selection_mode="multi",
                format_func=lambda kind: names[kind],
                key=W_KINDS,
            )
            text = st.text_input(_("Search"), key=W_FIND, placeholder="layer3.5, conv2d, 512×28×28", max_chars=100)
        rows = [row for row in cache.get_rows(view.spec, tuple(kinds), current_language()) if _matches(row, text)]
        st.download_button(
            _("CSV"),
            lambda: to_csv(rows),  # called on click
            f"{trace.name}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    if not rows:
        st.info(_("Nothing matches. Search for a part of a node's id, of an op or of a shape."))
        return
    origin = _origin(view, at)
    ticked = [place for place, row in enumerate(rows) if row.node == origin]
    # One widget key per node selected elsewhere, so that its row starts selected.
    key = ":".join([W_TABLE, view.spec.to_query(), *kinds, text, origin])
    st.dataframe(
        {name: _column([getattr(row, name) for row in rows]) for name in TableRow.__dataclass_fields__},
        key=key,
        hide_index=True,
        height=420,
        column_config=_columns(),
        on_select=lambda: _select_row(key, rows),
        selection_mode="single-row",
        selection_default={"selection": {"rows": ticked}},
        alt=_("Table of the blocks and ops of {name}").format(name=trace.name),
    )


def _origin(view: View, at: Chosen | None) -> str:
    """Returns the id of the node last selected outside of the table; empty if none was."""
    if view.node != st.session_state.get(TABLE_NODE):
        st.session_state[TABLE_NODE] = view.node
        st.session_state[TABLE_ORIGIN] = at.node.id if at else ""
    origin: str = st.session_state.get(TABLE_ORIGIN, "")
    return origin


def _matches(row: TableRow, text: str) -> bool:
    words = text.lower().split()
    if not words:
        return True
    haystack = f"{row.node} {row.kind} {row.what} {row.in_shape} {row.out_shape}".lower()
    return all(word in haystack for word in words)


def _select_row(key: str, rows: list[TableRow]) -> None:
    chosen = st.session_state[key].selection.rows
    if chosen:
        st.session_state[TABLE_NODE] = rows[chosen[0]].node
        explore.change(node=rows[chosen[0]].node)


def _column(values: list[Any]) -> list[Any]:
    """Integers beyond 64 bits, which a table cannot hold, as floats; the CSV has them exactly."""
    is_huge = any(isinstance(value, int) and value >= 2**63 for value in values)
    return [float(value) for value in values] if is_huge else values


def _columns() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "node": st.column_config.TextColumn(_("Node"), pinned=True),
        "kind": _("Kind"),
        "what": _("What"),
        "in_shape": _("Shape in"),
        "out_shape": _("Shape out"),
        "n_params": number(_("Parameters"), format="localized"),
        "n_macs": number(_("MACs"), format="localized"),
        "macs_at_least": None,
        "act_bytes": number(_("Activation bytes"), format="localized"),
        "field_pixels": number(_("Receptive field, height (px)"), format="localized"),
        "source": _("Source line"),
    }
