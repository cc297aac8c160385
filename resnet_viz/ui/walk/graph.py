"""The drawing that grows along the code walk, below the control of its level."""

from __future__ import annotations

import streamlit as st

from resnet_viz.records.trace import Trace
from resnet_viz.ui.page.drawing import net_panel, show_net
from resnet_viz.ui.walk.state import W_GRAPH, walk
from resnet_viz.views.address.view import view_detail
from resnet_viz.views.address.walk import WalkView
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.parts.ids import chosen

W_LEVEL, W_FOLD = "w_walk_level", "w_walk_fold"
_PANEL = net_panel((W_GRAPH, W_LEVEL, W_FOLD), lambda: walk.read().drawn, lambda drawn: walk.change(drawn=drawn))


def show_growing(view: WalkView, trace: Trace) -> None:
    """Shows the drawing of the net that is walked through."""
    detail, _unknown = view_detail(view.drawn, trace)
    with st.container(horizontal=True, vertical_alignment="center", key="walk_level"):
        _PANEL.show_levels(view.drawn.level, detail == Detail())
    show_net(_PANEL, view.drawn, chosen(trace, view.drawn.node), detail)
