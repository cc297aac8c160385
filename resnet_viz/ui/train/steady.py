"""A chart that does not go blank while its points come.

Streamlit names the element of a chart by what is drawn, so that the browser builds a chart with one more point anew,
and for a moment shows nothing (1.67; a key does not help). So there are two of each, one over the other, and they are
redrawn in turn: while the upper one is built, the lower one is seen.
"""

from __future__ import annotations

import streamlit as st

from resnet_viz.ui.page import reader
from resnet_viz.views.charts.axes import Chart

_SHOWN, _TURN = "steady_charts", "steady_turn"
_CONFIG = {"displayModeBar": False}


def show_steady(chart: Chart, key: str, *, is_running: bool) -> None:
    """Shows a chart of an opaque background; the style sheet lays the two of a container over each other."""
    shown: dict[str, list[Chart]] = st.session_state.setdefault(_SHOWN, {})
    pair = shown.setdefault(key, [chart, chart])
    if is_running:
        # The upper one is the last of the list; what is left of the pair is as it was, and is not built again.
        turn = st.session_state[_TURN]
        pair[turn % 2] = chart
    else:
        del shown[key]
        pair = [chart, chart]
    with st.container(key=f"steady_{key}"):
        if is_running:
            st.plotly_chart(reader.for_reader(pair[0].figure), key=f"train_lower_{key}", config=_CONFIG)
        else:
            st.empty()
        st.plotly_chart(reader.for_reader(pair[1].figure), key=f"train_{key}", alt=pair[1].alt, config=_CONFIG)


def next_turn() -> None:
    """Has the other chart of each pair redrawn, the upper one first."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
