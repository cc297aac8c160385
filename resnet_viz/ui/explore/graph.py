"""The drawing with its controls: how far the net is open, its direction, and the selection."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import TORCHVISION
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.explore.keep import show_keep
from resnet_viz.ui.explore.state import W_PRESET, explore
from resnet_viz.ui.page.callouts import plain, show_notice, show_warnings
from resnet_viz.ui.page.drawing import net_panel, show_net
from resnet_viz.views.address.changes import Change
from resnet_viz.views.address.view import View, view_detail
from resnet_viz.views.graph.draw import FORMS
from resnet_viz.views.listing.summary import failure_text
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.parts.ids import Chosen

W_GRAPH, W_LEVEL, W_FOLD_ALL, W_FORM = "w_graph", "w_level", "w_fold_all", "w_form"
_PANEL = net_panel((W_GRAPH, W_LEVEL, W_FOLD_ALL), explore.read, explore.show, is_slim=True)


def show_graph(view: View, trace: Trace, at: Chosen | None) -> None:
    """Shows the drawing of the net with its selection, below the drawing options."""
    detail, unknown = view_detail(view, trace)
    if unknown:
        words = _("{name} has no part “{got}” to open; it is shown without.")
        show_notice(words.format(name=trace.name, got=unknown[0][:60]))
    if trace.failed is not None:
        st.error("  \n".join(map(plain, failure_text(trace))), icon=":material/error:")
    show_warnings(trace.warnings)
    _show_tools(view, trace, detail)
    presets = [Change("net", name) for name in TORCHVISION]
    show_net(_PANEL, view, at, detail, {W_PRESET: presets, W_FORM: [Change("form", form) for form in FORMS]})


def _show_tools(view: View, trace: Trace, detail: Detail) -> None:
    """How far the net is open on the left, and on the right what is done with the drawing as a whole."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="drawing_tools"
    ):
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
            # The size of each level is shown before it is chosen. The level is that of all parts at once, so the button
            # is there for parts that were opened by themselves.
            help_text = _("Back to runs of equal blocks everywhere.")
            _PANEL.show_levels(view.level, not detail.parts, cache.get_box_counts(view.spec), help_text)
        with st.container(
            horizontal=True, vertical_alignment="center", width="content", gap="small", key="drawing_keep"
        ):
            with st.popover(_("Layout"), icon=":material/view_agenda:", help=_("Direction of the drawing")):
                _choose_form(view)
            show_keep(view, trace, detail)


def _choose_form(view: View) -> None:
    forms = {"rows": _("Rows"), "strip": _("One row"), "tall": _("Top to bottom")}
    st.session_state[W_FORM] = view.form
    st.segmented_control(
        _("Direction"),
        FORMS,
        format_func=lambda form: forms[form],
        key=W_FORM,
        required=True,
        on_change=lambda: explore.change(form=st.session_state[W_FORM]),
        label_visibility="collapsed",
    )
