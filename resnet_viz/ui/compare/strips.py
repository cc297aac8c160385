"""The nets as strips under each other in one drawing: they move, open and are chosen in together."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.compare import state as compare
from resnet_viz.ui.components.graph_view import Message
from resnet_viz.ui.page import state
from resnet_viz.ui.page.drawing import ahead_levels, choose_level, place_drawing
from resnet_viz.views.address.changes import Change
from resnet_viz.views.address.compare import CompareView, compare_drawing_address
from resnet_viz.views.address.compare_changes import change_compare, has_node, settle_parts
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.parts.detail import LEVELS


def show_strips(view: CompareView, traces: tuple[Trace, ...]) -> None:
    """All nets in one drawing, stage under stage, and above it how far all of them are open."""
    drawn = settle_parts(view, cache.get_trace)
    _show_level(drawn)
    try:
        cache.get_comparison(CompareView(drawn.specs, drawn.level, parts=drawn.parts), current_language())
    except DrawError as error:
        st.warning(state.plain(str(error)), icon=":material/fit_screen:")
        return
    node = view.node if has_node(traces, view.node) else None
    shown = (compare_drawing_address(drawn), node, view.shade)
    place_drawing(compare.W_STRIPS, shown, _answer, ahead_levels(compare.W_LEVEL))


def _show_level(drawn: CompareView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        choose_level(compare.W_LEVEL, drawn.level, lambda level: compare.change(level=level, parts=()))
        st.button(
            _("Fold all"),
            icon=":material/unfold_less:",
            key=compare.W_FOLD,
            disabled=drawn.level == LEVELS[0] and not drawn.parts,
            on_click=lambda: compare.change(level=LEVELS[0], parts=()),
        )


def _answer(message: Message) -> None:
    """Something was done in the drawing: it goes into the address, if it makes sense."""
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
