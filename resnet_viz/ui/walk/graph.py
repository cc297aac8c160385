"""The drawing that grows along the code walk, and above it how far it is open."""

from __future__ import annotations

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.page.drawing import DrawnView, ahead_levels, choose_level, place_drawing
from resnet_viz.ui.page.state import plain
from resnet_viz.ui.walk import state
from resnet_viz.views.address.view import View, drawing_address, view_detail
from resnet_viz.views.address.walk import WalkView
from resnet_viz.views.parts.detail import LEVELS, Detail
from resnet_viz.views.parts.ids import resolve_node


def show_growing(view: WalkView, trace: Trace) -> None:
    """The drawing of the net that is walked through."""
    drawn = view.drawn
    detail, _unknown = view_detail(drawn, trace)
    with st.container(horizontal=True, vertical_alignment="center"):
        choose_level(state.W_LEVEL, drawn.level, lambda level: state.change_drawn(level=level, parts=()))
        st.button(
            _("Fold all"),
            icon=":material/unfold_less:",
            key=state.W_FOLD,
            disabled=detail == Detail(),
            on_click=lambda: state.change_drawn(level=LEVELS[0], parts=()),
        )
    try:
        cache.get_drawing(view.spec, detail, drawn.form, current_language())
    except DrawError as error:
        st.warning(plain(str(error)), icon=":material/fit_screen:")
        return
    node = drawn.node if resolve_node(trace, drawn.node) else None
    shown = (drawing_address(drawn, detail), node, drawn.shade)
    answer = DrawnView(_read, state.show_drawn).answer
    place_drawing(state.W_GRAPH, shown, answer, ahead_levels(state.W_LEVEL, state.W_FOLD))


def _read() -> View:
    return state.read_view().drawn
