"""A chart that does not go blank while its points come.

Streamlit names the element of a chart by what is drawn, so that the browser builds a chart with one more point anew,
and for a moment shows nothing (1.67; a key does not help). So there are two of each, one over the other, and they are
redrawn in turn: while the upper one is built, the lower one is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from resnet_viz.ui.components.page_root import screen
from resnet_viz.ui.page import reader
from resnet_viz.views.charts.axes import Chart

_SHOWN, _TURN, _SUBJECT = "steady_charts", "steady_turn", "steady_subject"
_CONFIG = {"displayModeBar": False}
_MOVING = {"staticPlot": True}
"""While it is redrawn again and again: nothing listens to the pointer, which takes a browser as long as the curves."""
_EDGES = 30
"""Pixels above and below a projector's chart."""


def next_turn(subject: object) -> None:
    """Has the other chart of each pair redrawn, the upper one first; of another subject than before, both."""
    session = st.session_state
    session[_TURN] = session.get(_TURN, 0) + 1
    if session.get(_SUBJECT) != subject:
        session[_SUBJECT], session[_SHOWN] = subject, {}


def show_steady(make: Callable[[], Chart], key: str, *, is_running: bool, every: int = 1) -> None:
    """Shows a chart of an opaque background; the style sheet lays the two of a container over each other.

    every: in how many turns it is redrawn once, while something runs.
    """
    pair = _take_turn(make, key, every, is_running=is_running)
    # A projector's charts fill the screen.
    height: int | Literal["content"] = screen().height - _EDGES if reader.is_projector() else "content"
    with st.container(key=f"steady_{key}"):
        if is_running:
            st.plotly_chart(reader.for_reader(pair[0].figure), key=f"train_lower_{key}", config=_MOVING, height=height)
        else:
            st.empty()
        config = _MOVING if is_running else _CONFIG
        shown = reader.for_reader(pair[1].figure)
        st.plotly_chart(shown, key=f"train_{key}", alt=pair[1].alt, config=config, height=height)


def _take_turn(make: Callable[[], Chart], key: str, every: int, *, is_running: bool) -> list[Chart]:
    """Returns the lower and the upper chart. What is as it was is not built again in the browser."""
    shown: dict[str, list[Chart]] = st.session_state[_SHOWN]
    if not is_running or key not in shown:
        shown[key] = [make()] * 2
        return shown[key]
    turn, rest = divmod(st.session_state[_TURN], every)
    if not rest:
        shown[key][turn % 2] = make()
    return shown[key]
