"""The nets as strips under each other in one drawing: they move, open and are chosen in together."""

from __future__ import annotations

import secrets
from contextlib import suppress

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records import Trace
from resnet_viz.ui import cache, state
from resnet_viz.ui import compare_state as compare
from resnet_viz.ui.components.graph_view import Mark, Message, graph_view, mark_graph
from resnet_viz.views.changes import Change
from resnet_viz.views.compare_address import CompareView, compare_drawing_address
from resnet_viz.views.compare_changes import change_compare, has_node, settle_parts
from resnet_viz.views.detail import LEVELS
from resnet_viz.views.shade import SHADES


def show_strips(view: CompareView, traces: tuple[Trace, ...]) -> None:
    """All nets in one drawing, stage under stage, and above it how far all of them are open."""
    drawn = settle_parts(view, cache.get_trace)
    _show_level(drawn)
    try:
        cache.get_comparison(CompareView(drawn.specs, drawn.level, parts=drawn.parts), current_language())
    except DrawError as error:
        st.warning(state.plain(str(error)), icon=":material/fit_screen:")
        return
    graph_view(compare.W_STRIPS, _answer, ahead={compare.W_LEVEL: [Change("level", level) for level in LEVELS]})
    node = view.node if has_node(traces, view.node) else None
    turn = st.session_state.get(compare.TURN, 0)
    session = st.session_state.setdefault(state.SESSION, secrets.token_hex(4))
    mark_graph(compare.W_STRIPS, Mark(compare_drawing_address(drawn), node, view.shade, turn, session))


def _show_level(drawn: CompareView) -> None:
    names = {"folded": _("Folded"), "block": _("Blocks"), "op": _("Ops")}
    # The address says what is chosen; a widget that was there before takes it from here.
    st.session_state[compare.W_LEVEL] = drawn.level
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            _("Level"),
            LEVELS,
            format_func=lambda level: names[level],
            key=compare.W_LEVEL,
            required=True,
            on_change=lambda: compare.change(level=st.session_state[compare.W_LEVEL], parts=()),
            label_visibility="collapsed",
            help=_("Of all nets. What is opened in the drawing opens in every net that has it."),
        )
        st.button(
            _("Fold all"),
            icon=":material/unfold_less:",
            key=compare.W_FOLD,
            disabled=drawn.level == LEVELS[0] and not drawn.parts,
            on_click=lambda: compare.change(level=LEVELS[0], parts=()),
        )


def _answer(message: Message) -> None:
    """Something was done in the drawing: it goes into the address, if it makes sense."""
    st.session_state[compare.TURN] = message.turn
    view = compare.read_view()
    if message.name == "shaded":
        if message.metric in SHADES:
            compare.change(shade=message.metric)
    elif message.name == "selected":
        if message.id is None or has_node([cache.get_trace(spec) for spec in view.specs], message.id):
            compare.change(node=message.id)
    else:
        change = Change(message.name, message.id or "", message.level or LEVELS[0])
        with suppress(DrawError):  # What a drawing does not offer is not done.
            compare.show(change_compare(view, change, cache.get_trace))
