"""The nets as strips under each other: they move, open and are chosen in together."""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import partial

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records import Trace
from resnet_viz.ui import cache, state
from resnet_viz.ui import compare_state as compare
from resnet_viz.ui.components.graph_view import Mark, Message, graph_view, mark_graph
from resnet_viz.views.address import drawing_address, view_detail
from resnet_viz.views.changes import Change, change_view
from resnet_viz.views.compare_address import CompareView
from resnet_viz.views.detail import LEVELS
from resnet_viz.views.fold import resolve_node
from resnet_viz.views.shade import SHADES

_LINK = "compare"


def show_strips(view: CompareView, traces: tuple[Trace, ...]) -> None:
    """A strip for each net, and above them how far all of them are open."""
    names = {"folded": _("Folded"), "block": _("Blocks"), "op": _("Ops")}
    key = f"{compare.W_LEVEL}:{view.level}"
    st.segmented_control(
        _("Level"),
        LEVELS,
        default=view.level,
        format_func=lambda level: names[level],
        key=key,
        required=True,
        on_change=lambda: compare.change(level=st.session_state[key], parts=()),
        label_visibility="collapsed",
    )
    for net, trace in enumerate(traces):
        with st.container(border=True):
            st.markdown(f"**{'ABCD'[net]} · {state.plain(trace.name)}**")
            _show_strip(view, net, trace)


def _show_strip(view: CompareView, net: int, trace: Trace) -> None:
    own = view.view_of(net)
    detail, _unknown = view_detail(own, trace)
    try:
        cache.get_drawing(own.spec, detail, own.form, current_language())
    except DrawError as error:
        st.warning(state.plain(str(error)), icon=":material/fit_screen:")
        return
    name = f"{compare.W_STRIPS}_{net}"
    graph_view(name, partial(_answer, net), link=_LINK)
    node = own.node if resolve_node(trace, own.node) else None
    turn = st.session_state.get(f"{compare.TURN}:{net}", 0)
    session = st.session_state.setdefault(state.SESSION, secrets.token_hex(4))
    mark_graph(name, Mark(drawing_address(own, detail), node, own.shade, turn, session))


def _answer(net: int, message: Message) -> None:
    """Something was done in one strip: it is done in all of them, as far as they have it."""
    st.session_state[f"{compare.TURN}:{net}"] = message.turn
    view = compare.read_view()
    trace = cache.get_trace(view.specs[net])
    if message.name == "shaded":
        if message.metric in SHADES:
            compare.change(shade=message.metric)
    elif message.name == "selected":
        if message.id is None or resolve_node(trace, message.id):
            compare.change(node=message.id)
    else:
        change = Change(message.name, message.id or "", message.level or LEVELS[0])
        with suppress(DrawError):  # What a drawing does not offer is not done.
            changed = change_view(view.view_of(net), change, cache.get_trace)
            compare.change(level=changed.level, parts=changed.parts, node=changed.node)
