"""The drawing that grows along the code walk, and above it how far it is open."""

from __future__ import annotations

import secrets
from contextlib import suppress

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records import Trace
from resnet_viz.ui import cache
from resnet_viz.ui import walk_state as state
from resnet_viz.ui.components.graph_view import Mark, Message, graph_view, mark_graph
from resnet_viz.ui.state import SESSION, plain
from resnet_viz.views.address import drawing_address, view_detail
from resnet_viz.views.changes import Change, change_view
from resnet_viz.views.detail import LEVELS, Detail
from resnet_viz.views.fold import resolve_node
from resnet_viz.views.shade import SHADES
from resnet_viz.views.walk_address import WalkView


def show_growing(view: WalkView, trace: Trace) -> None:
    """The drawing of the net that is walked through."""
    detail, _unknown = view_detail(view.drawn, trace)
    _show_level(view, detail)
    try:
        cache.get_drawing(view.spec, detail, view.drawn.form, current_language())
    except DrawError as error:
        st.warning(plain(str(error)), icon=":material/fit_screen:")
        return
    ahead = {
        state.W_LEVEL: [Change("level", level) for level in LEVELS],
        state.W_FOLD: [Change("level", LEVELS[0])],
    }
    graph_view(state.W_GRAPH, _answer, ahead=ahead)
    node = view.drawn.node if resolve_node(trace, view.drawn.node) else None
    turn = st.session_state.get(state.GRAPH_TURN, 0)
    session = st.session_state.setdefault(SESSION, secrets.token_hex(4))
    address = drawing_address(view.drawn, detail)
    mark_graph(state.W_GRAPH, Mark(address, node, view.drawn.shade, turn, session))


def _show_level(view: WalkView, detail: Detail) -> None:
    names = {"folded": _("Folded"), "block": _("Blocks"), "op": _("Ops")}
    # The address says what is chosen; a widget that was there before takes it from here.
    st.session_state[state.W_LEVEL] = view.drawn.level
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            _("Level"),
            LEVELS,
            format_func=lambda level: names[level],
            key=state.W_LEVEL,
            required=True,
            on_change=lambda: state.change_drawn(level=st.session_state[state.W_LEVEL], parts=()),
            label_visibility="collapsed",
        )
        st.button(
            _("Fold all"),
            icon=":material/unfold_less:",
            key=state.W_FOLD,
            disabled=detail == Detail(),
            on_click=lambda: state.change_drawn(level=LEVELS[0], parts=()),
        )


def _answer(message: Message) -> None:
    """Something was done in the drawing: it goes into the address, if it makes sense."""
    st.session_state[state.GRAPH_TURN] = message.turn
    drawn = state.read_view().drawn
    if message.name == "shaded":
        if message.metric in SHADES:
            state.change_drawn(shade=message.metric)
    elif message.name == "selected":
        if message.id is None or resolve_node(cache.get_trace(drawn.spec), message.id):
            state.change_drawn(node=message.id)
    else:
        change = Change(message.name, message.id or "", message.level or LEVELS[0])
        with suppress(DrawError):  # What a drawing does not offer is not done.
            state.show_drawn(change_view(drawn, change, cache.get_trace))
