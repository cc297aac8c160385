"""The drawing with its controls: how far the net is open, in which direction it runs, and what is chosen in it."""

from __future__ import annotations

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import TORCHVISION
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.explore.keep import show_keep
from resnet_viz.ui.page import state
from resnet_viz.ui.page.drawing import DrawnView, ahead_levels, choose_level, place_drawing
from resnet_viz.views.address.changes import Change
from resnet_viz.views.address.view import View, drawing_address, view_detail
from resnet_viz.views.graph.draw import FORMS
from resnet_viz.views.parts.detail import LEVELS, Detail
from resnet_viz.views.parts.ids import resolve_node


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
    node = view.node if resolve_node(trace, view.node) else None
    shown = (drawing_address(view, detail), node, view.shade)
    place_drawing(state.W_GRAPH, shown, DrawnView(state.read_view, state.show).answer, _ahead())


def _ahead() -> dict[str, list[Change]]:
    """What a click on each button of some widgets comes to, in the buttons' order."""
    return {
        state.W_PRESET: [Change("net", name) for name in TORCHVISION],
        state.W_FORM: [Change("form", form) for form in FORMS],
        **ahead_levels(state.W_LEVEL, state.W_FOLD_ALL),
    }


def _show_controls(view: View, trace: Trace, detail: Detail) -> None:
    counts = cache.get_box_counts(view.spec)
    forms = {"strip": _("Left to right"), "tall": _("Top to bottom")}
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            # How large it would be is said before it is chosen.
            choose_level(state.W_LEVEL, view.level, lambda level: state.change(level=level, parts=()), counts)
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
