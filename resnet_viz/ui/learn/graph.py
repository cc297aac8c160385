"""The drawing of the net that something is chosen in: a cell of the table lights up its stage here, and back."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.learn import state
from resnet_viz.ui.page.drawing import DrawnView, ahead_levels, choose_level, place_drawing
from resnet_viz.ui.page.state import plain
from resnet_viz.views.address.learn import LearnView
from resnet_viz.views.address.view import View, drawing_address, view_detail
from resnet_viz.views.parts.ids import resolve_node


def show_learn_graph(view: LearnView, trace: Trace) -> None:
    """The net as a strip, and above it how far it is open."""
    detail, _unknown = view_detail(view.drawing, trace)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header(plain(trace.name), anchor=False, width="content")
        choose_level(state.W_LEVEL, view.level, lambda level: state.change(level=level, parts=()))
    try:
        cache.get_drawing(view.spec, detail, view.drawing.form, current_language())
    except DrawError as error:
        st.warning(plain(str(error)), icon=":material/fit_screen:")
        return
    node = view.node if resolve_node(trace, view.node) else None
    shown = (drawing_address(view.drawing, detail), node, view.shade)
    place_drawing(state.W_GRAPH, shown, DrawnView(_read, _show).answer, ahead_levels(state.W_LEVEL))


def _read() -> View:
    return state.read_view().drawing


def _show(drawn: View) -> None:
    """Another drawing of the same net; a node that is chosen takes the place of a row of totals."""
    view = state.read_view()
    total = None if drawn.node else view.total
    changed = replace(view, level=drawn.level, parts=drawn.parts, shade=drawn.shade, node=drawn.node, total=total)
    state.show(changed)
