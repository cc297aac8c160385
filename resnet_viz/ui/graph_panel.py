"""The drawing with its controls: how far the net is open, in which direction it runs, and what is chosen in it."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records import Trace
from resnet_viz.spec import TORCHVISION
from resnet_viz.ui import cache, state
from resnet_viz.ui.components.graph_view import Mark, Message, graph_view, mark_graph
from resnet_viz.ui.keep import show_keep
from resnet_viz.views.address import View, drawing_address, view_detail
from resnet_viz.views.changes import Change, change_view
from resnet_viz.views.detail import LEVELS, Detail
from resnet_viz.views.fold import resolve_node
from resnet_viz.views.graph import FORMS
from resnet_viz.views.shade import SHADES


def show_graph(view: View, trace: Trace) -> None:
    """The drawing of the net, and above it how to draw it."""
    detail, unknown = view_detail(view, trace)
    if unknown:
        st.warning(
            _("{name} has no part “{got}” to open; it is shown without.").format(
                name=trace.name, got=state.plain(unknown[0][:60])
            ),
            icon=":material/link_off:",
        )
    _show_controls(view, trace, detail)
    try:
        cache.get_drawing(view.spec, detail, view.form, current_language())
    except DrawError as error:
        st.warning(state.plain(str(error)), icon=":material/fit_screen:")
        return
    graph_view(state.W_GRAPH, _answer, ahead=_ahead())
    node = view.node if resolve_node(trace, view.node) else None
    turn = st.session_state.get(state.TURN, 0)
    session = st.session_state.setdefault(state.SESSION, secrets.token_hex(4))
    mark_graph(state.W_GRAPH, Mark(drawing_address(view, detail), node, view.shade, turn, session))


def _ahead() -> dict[str, list[Change]]:
    """What a click on each button of some widgets comes to, in the buttons' order."""
    return {
        state.W_PRESET: [Change("net", name) for name in TORCHVISION],
        state.W_LEVEL: [Change("level", level) for level in LEVELS],
        state.W_FOLD_ALL: [Change("level", LEVELS[0])],
        state.W_FORM: [Change("form", form) for form in FORMS],
    }


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
                key=state.W_FOLD_ALL,
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


def _answer(message: Message) -> None:
    """Something was done in the drawing: it goes into the address, if it makes sense."""
    st.session_state[state.TURN] = message.turn
    view = state.read_view()
    if message.name == "shaded":
        if message.metric in SHADES:
            state.change(shade=message.metric)
    elif message.name == "selected":
        if message.id is None or resolve_node(cache.get_trace(view.spec), message.id):
            state.change(node=message.id)
    else:
        if message.name == "shown":
            is_known = resolve_node(cache.get_trace(view.spec), message.selected) is not None
            view = replace(view, node=message.selected if is_known else None)
        change = Change(message.name, message.id or "", message.level or LEVELS[0])
        with suppress(DrawError):  # What a drawing does not offer is not done.
            state.show(change_view(view, change, cache.get_trace))
