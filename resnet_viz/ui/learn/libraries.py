"""What other software says of these nets: libraries that give other nets of one name, and tools that count."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.learn.state import learn
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.address.learn import LearnView
from resnet_viz.views.counting.measured import measured_table
from resnet_viz.views.counting.nets import counted_table
from resnet_viz.views.counting.tools import TOOL_IDS, find_tool
from resnet_viz.views.structure.table import StructureTable
from resnet_viz.views.teach.namesakes.table import DEPTHS, inputs_table, nets_table

W_COUNT = "w_learn_count"


def show_namesakes() -> None:
    """Shows what the libraries give for the names ResNet-50 and ResNet-18."""
    with st.expander(_("One name, several nets")):
        for depth in DEPTHS:
            st.markdown(f"**ResNet-{depth}**")
            _show(nets_table(depth))
            _show(inputs_table(depth))
        st.caption(
            _(
                "Each row was found in a net that the library made, without published weights. Stride: which "
                "convolution of a stage's first block has it. MACs: for one picture of 224×224. Last γ: what the scale "
                "of a block's last norm begins with. Momentum: the share of the new mean, as in torch. Biases: of "
                "convolutions. Strict load: what load_state_dict says of torchvision's tensors; a net that loads them "
                "may still be another one. Picture: how the library itself prepares it."
            )
        )


def show_counts(view: LearnView, table: StructureTable) -> None:
    """Shows the tools with their rules, and the nets of the page as one of them counts."""
    with st.expander(_("Whose count is it?"), expanded=view.count != TOOL_IDS[0]):
        _choose_tool(view)
        _show(counted_table(table.traces, find_tool(view.count)))
        st.markdown(_("What each counts, and what it gave for torchvision's nets at 224×224:"))
        _show(measured_table())
        st.caption(
            _(
                "MACs are multiply-adds; a tool that says FLOPs may mean one or two for each. ptflops counts a ReLU "
                "and a pooling twice: its hooks and its patched functions both hear of them."
            )
        )


def _choose_tool(view: LearnView) -> None:
    # Set in each rerun: the address may have changed.
    st.session_state[W_COUNT] = view.count
    st.selectbox(
        _("Count the nets above as"),
        TOOL_IDS,
        format_func=lambda name: find_tool(name).title,
        key=W_COUNT,
        on_change=lambda: learn.change(count=st.session_state[W_COUNT]),
    )


def _show(columns: dict[str, list[str]]) -> None:
    st.table({heading: [plain(cell) for cell in cells] for heading, cells in columns.items()})
