"""The list of the net's blocks, linked with the selection."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.learn.state import choose_node
from resnet_viz.views.address.compare import write_net
from resnet_viz.views.address.learn import LearnView
from resnet_viz.views.parts.ids import Chosen
from resnet_viz.views.parts.words import shortcut_text, stage_names
from resnet_viz.views.structure.table import StructureCell, StructureTable

_HEIGHT = 340

W_BLOCKS = "w_learn_blocks"
W_STAGE = "w_learn_stage"


def show_blocks(view: LearnView, table: StructureTable, cells: Sequence[StructureCell], at: Chosen | None) -> None:
    """Shows the blocks of the selected cell's stage, or all, with shapes and counts; a click selects one."""
    trace = table.traces[view.net]
    st.header(_("Its blocks"), anchor=False)
    chosen = next((cell.stage for cell in cells if cell.place is not None), None)
    _choose_stage(trace, chosen)
    rows = cache.get_rows(view.spec, ("block",), current_language())
    blocks = [block for block in trace.blocks if chosen in (None, block.parent)]
    figures = {row.node: row for row in rows}
    around = {part.id for part in (at.node, *trace.ancestors(at.node))} if at else set()
    ticked = [n for n, block in enumerate(blocks) if block.id in around]
    key = f"{W_BLOCKS}:{write_net(view.spec)}:{view.node}:{view.total}"
    number = st.column_config.NumberColumn
    st.dataframe(
        {
            "block": [block.id for block in blocks],
            "shape": [figures[block.id].out_shape for block in blocks],
            "shortcut": [shortcut_text(block.shortcut) for block in blocks],
            "params": [block.n_params for block in blocks],
            "macs": [block.n_macs for block in blocks],
        },
        key=key,
        hide_index=True,
        height=min(_HEIGHT, 38 + 35 * len(blocks)),
        column_config={
            "block": _("Block"),
            "shape": _("Shape out"),
            "shortcut": _("Shortcut"),
            "params": number(_("Parameters"), format="localized"),
            "macs": number(_("MACs"), format="localized"),
        },
        on_select=partial(_pick, key, [block.id for block in blocks]),
        selection_mode="single-row",
        selection_default={"selection": {"rows": ticked}},
        alt=_("The blocks of {name}").format(name=trace.name),
    )


def _choose_stage(trace: Trace, chosen: str | None) -> None:
    names = {stage.id: stage_names(stage) for stage in trace.stages}
    st.session_state[W_STAGE] = chosen if chosen in names else None
    st.pills(
        _("Stage"),
        list(names),
        format_func=lambda stage: names[stage],
        key=W_STAGE,
        on_change=lambda: choose_node(st.session_state[W_STAGE]),
        label_visibility="collapsed",
    )


def _pick(key: str, blocks: Sequence[str]) -> None:
    chosen = st.session_state[key].selection.rows
    if chosen:
        choose_node(blocks[chosen[0]])
