"""The drawing with its controls: how far the net is open, in which direction it runs, and what is chosen in it."""

from __future__ import annotations

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records import Trace
from resnet_viz.ui import cache, state
from resnet_viz.ui.components.graph_view import Message, graph_view, mark_graph
from resnet_viz.ui.components.graph_view import View as Shown
from resnet_viz.ui.keep import show_keep
from resnet_viz.ui.state import View
from resnet_viz.views.detail import LEVELS, Detail, change_part, find_range, known_parts, make_detail, reveal
from resnet_viz.views.fold import resolve_node
from resnet_viz.views.graph import FORMS
from resnet_viz.views.shade import SHADES


def show_graph(view: View, trace: Trace) -> None:
    """The drawing of the net, and above it how to draw it."""
    detail, unknown = _detail(view, trace)
    if unknown:
        st.warning(
            _("{name} has no part “{got}” to open; it is shown without.").format(
                name=trace.name, got=state.plain(unknown[0][:60])
            ),
            icon=":material/link_off:",
        )
    _show_controls(view, trace, detail)
    try:
        drawing = cache.get_drawing(view.spec, detail, view.form, current_language())
    except DrawError as error:
        st.warning(str(error), icon=":material/fit_screen:")
        return
    shown = Shown(state.W_GRAPH, drawing.svg, drawing.facts, view.spec.to_query(), drawing.title)
    graph_view(shown, lambda message: _answer(trace, message))
    node = view.node if resolve_node(trace, view.node) else None
    mark_graph(state.W_GRAPH, node, view.shade, st.session_state.get(state.TURN, 0))


def _detail(view: View, trace: Trace) -> tuple[Detail, list[str]]:
    """What is to be drawn, and the parts of the address that this net has not."""
    known = known_parts(trace, view.parts)
    return make_detail(trace, view.level, known), [part[0] for part in view.parts if part not in known]


def _show_controls(view: View, trace: Trace, detail: Detail) -> None:
    counts = cache.get_box_counts(view.spec)
    names = {"folded": _("Folded"), "block": _("Blocks"), "op": _("Ops")}
    forms = {"strip": _("Left to right"), "tall": _("Top to bottom")}
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.segmented_control(
                _("Level"),
                LEVELS,
                # How large it would be is said before it is chosen.
                format_func=lambda level: f"{names[level]} · {counts[level]:,}",
                key=state.W_LEVEL,
                required=True,
                on_change=lambda: state.change(level=st.session_state[state.W_LEVEL], parts=()),
                label_visibility="collapsed",
                help=_("The number of boxes stands beside each level. Single parts open in the drawing itself."),
            )
            st.button(
                _("Fold all"),
                icon=":material/unfold_less:",
                disabled=detail == Detail(),
                on_click=lambda: state.change(level=LEVELS[0], parts=()),
                help=_("Back to runs of equal blocks everywhere."),
            )
        st.segmented_control(
            _("Direction"),
            FORMS,
            format_func=lambda form: forms[form],
            key=state.W_FORM,
            required=True,
            on_change=lambda: state.change(form=st.session_state[state.W_FORM]),
            label_visibility="collapsed",
        )
        show_keep(view, trace, detail)


def _answer(trace: Trace, message: Message) -> None:
    """Something was done in the drawing: it goes into the address, if it makes sense."""
    st.session_state[state.TURN] = message.turn
    if message.name == "shaded":
        if message.metric in SHADES:
            state.change(shade=message.metric)
    elif message.name == "shown":
        _show_part(trace, message.id or "", message.level or "")
    elif message.id is None or resolve_node(trace, message.id):
        if message.name == "revealed":
            detail = reveal(trace, _detail(state.read_view(), trace)[0], message.id or "")
            state.change(node=message.id, level=detail.level, parts=detail.parts)
        else:
            state.change(node=message.id)


def _show_part(trace: Trace, part: str, level: str) -> None:
    """Open or close a part; where that makes the chosen run fall apart, its first block is chosen instead."""
    view = state.read_view()
    try:
        detail = change_part(trace, _detail(view, trace)[0], part, level)
    except DrawError:
        return
    blocks = find_range(trace, part)
    node = blocks[0].id if blocks and view.node == part and level != LEVELS[0] else view.node
    state.change(node=node, level=detail.level, parts=detail.parts)
