"""The drawing of the net that something is chosen in: a cell of the table lights up its stage here, and back."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records import Trace
from resnet_viz.ui import cache
from resnet_viz.ui import learn_state as state
from resnet_viz.ui.components.graph_view import Mark, Message, graph_view, mark_graph
from resnet_viz.ui.state import SESSION, plain
from resnet_viz.views.address import drawing_address, view_detail
from resnet_viz.views.changes import Change, change_view
from resnet_viz.views.detail import LEVELS
from resnet_viz.views.fold import resolve_node
from resnet_viz.views.learn_address import LearnView
from resnet_viz.views.shade import SHADES

_TURN = "learn_turn"


def show_learn_graph(view: LearnView, trace: Trace) -> None:
    """The net as a strip, and above it how far it is open."""
    detail, _unknown = view_detail(view.drawing, trace)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header(plain(trace.name), anchor=False, width="content")
        _show_level(view)
    try:
        cache.get_drawing(view.spec, detail, view.drawing.form, current_language())
    except DrawError as error:
        st.warning(plain(str(error)), icon=":material/fit_screen:")
        return
    graph_view(state.W_GRAPH, _answer, ahead={state.W_LEVEL: [Change("level", level) for level in LEVELS]})
    node = view.node if resolve_node(trace, view.node) else None
    session = st.session_state.setdefault(SESSION, secrets.token_hex(4))
    turn = st.session_state.get(_TURN, 0)
    mark_graph(state.W_GRAPH, Mark(drawing_address(view.drawing, detail), node, view.shade, turn, session))


def _show_level(view: LearnView) -> None:
    names = {"folded": _("Folded"), "block": _("Blocks"), "op": _("Ops")}
    st.session_state[state.W_LEVEL] = view.level
    st.segmented_control(
        _("Level"),
        LEVELS,
        format_func=lambda level: names[level],
        key=state.W_LEVEL,
        required=True,
        on_change=lambda: state.change(level=st.session_state[state.W_LEVEL], parts=()),
        label_visibility="collapsed",
    )


def _answer(message: Message) -> None:
    """Something was done in the drawing: it goes into the address, if it makes sense."""
    st.session_state[_TURN] = message.turn
    view = state.read_view()
    trace = cache.get_trace(view.spec)
    if message.name == "shaded":
        if message.metric in SHADES:
            state.change(shade=message.metric)
    elif message.name == "selected":
        if message.id is None or resolve_node(trace, message.id):
            state.change(node=message.id, total=None)
    else:
        drawn = view.drawing
        if message.name == "shown":
            drawn = replace(drawn, node=message.selected if resolve_node(trace, message.selected) else None)
        change = Change(message.name, message.id or "", message.level or LEVELS[0])
        with suppress(DrawError):  # What a drawing does not offer is not done.
            changed = change_view(drawn, change, cache.get_trace)
            state.change(level=changed.level, parts=changed.parts, node=changed.node, total=None)
