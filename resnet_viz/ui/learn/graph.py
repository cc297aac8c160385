"""The drawing of the selected column's net; its selection and the table's follow each other."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.records.trace import Trace
from resnet_viz.ui.learn.state import learn
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.page.drawing import net_panel, show_net
from resnet_viz.views.address.learn import LearnView
from resnet_viz.views.address.view import View, view_detail
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.parts.ids import Chosen

W_GRAPH, W_LEVEL = "w_learn_graph", "w_learn_level"


def show_learn_graph(view: LearnView, trace: Trace, at: Chosen | None) -> None:
    """Shows the net as a strip with its selection, below the control of its level."""
    detail, _unknown = view_detail(view.drawing, trace)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header(plain(trace.name), anchor=False, width="content")
        _PANEL.show_levels(view.level, detail == Detail())
    show_net(_PANEL, view.drawing, at, detail)


def _show(drawn: View) -> None:
    """Callback: goes to another drawing of the net; a selected node replaces a selected row of totals."""
    view = learn.read()
    total = None if drawn.node else view.total
    changed = replace(view, level=drawn.level, parts=drawn.parts, shade=drawn.shade, node=drawn.node, total=total)
    learn.show(changed)


_PANEL = net_panel((W_GRAPH, W_LEVEL, None), lambda: learn.read().drawing, _show)
