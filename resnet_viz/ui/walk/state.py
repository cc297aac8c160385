"""The state of the page Code walk lives in its address, as that of Explore does (`state.py`)."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.ui.page import reader
from resnet_viz.views.address.view import View
from resnet_viz.views.address.walk import WalkView, read_walk_view, write_walk_view

SEEN, NOTICE = "walk_seen", "walk_notice"
TURN = "walk_turn"
W_NET, W_OTHER, W_LEVEL, W_FOLD = "w_walk_net", "w_walk_other", "w_walk_level", "w_walk_fold"
W_WALK, W_GRAPH, W_TILES = "w_walk", "w_walk_graph", "w_walk_tiles"


def read_view() -> WalkView:
    """The view of the current address. What it says wrongly is replaced, and told by `take_notice`."""
    params = reader.page_params()
    view, notes = read_walk_view(params)
    if st.session_state.get(SEEN) != params:
        st.session_state[SEEN] = params
        st.session_state[NOTICE] = " ".join(notes) or None
    return view


def show(view: WalkView) -> None:
    """Go to another view: one new entry in the browser's history."""
    params = write_walk_view(view)
    st.session_state[SEEN] = params
    reader.show_params(params)


def change(**changes: object) -> None:
    """Go to the present view with some of it changed."""
    show(replace(read_view(), **changes))  # type: ignore[arg-type]


def change_drawn(**changes: object) -> None:
    """Go to the present view with some of its drawing changed."""
    view = read_view()
    show(replace(view, drawn=replace(view.drawn, **changes)))  # type: ignore[arg-type]


def show_drawn(drawn: View) -> None:
    """Go to the present view with another drawing of its net."""
    show(replace(read_view(), drawn=drawn))


def take_notice() -> str | None:
    """What was wrong with the address, once."""
    notice: str | None = st.session_state.pop(NOTICE, None)
    return notice
