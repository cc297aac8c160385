"""The nets as stacked strips in one drawing, which move, open and select together."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_viz.i18n import current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.comparisons import lay_out_comparison
from resnet_viz.ui.compare.keep import show_keep
from resnet_viz.ui.compare.state import compare
from resnet_viz.ui.page.drawing import nets_panel
from resnet_viz.views.address.compare import CompareView, compare_drawing_address
from resnet_viz.views.address.compare_changes import settle_parts
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.parts.ids import chosen_among

W_STRIPS, W_LEVEL, W_FOLD = "w_compare_strips", "w_compare_level", "w_compare_fold"
_PANEL = nets_panel((W_STRIPS, W_LEVEL, W_FOLD), compare.read, compare.show)


def show_strips(view: CompareView, traces: Sequence[Trace]) -> None:
    """Shows all nets in one drawing, stage under stage, below the control of their level."""
    drawn = settle_parts(view, cache.get_trace)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            _PANEL.show_levels(drawn.level, drawn.level == LEVELS[0] and not drawn.parts)
        show_keep(drawn, traces)
    # The drawing is cached without the selection.
    plainly, language = CompareView(drawn.specs, drawn.level, parts=drawn.parts), current_language()
    address = compare_drawing_address(drawn)
    with st.container(key="compare_drawing"):
        _PANEL.show_drawing(
            drawn, chosen_among(traces, view.node), address, lambda: lay_out_comparison(plainly, language)
        )
