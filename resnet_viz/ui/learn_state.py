"""The state of the page Learn lives in its address, as that of Explore does (`state.py`)."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.views.focus import Focus
from resnet_viz.views.learn_address import LearnView, read_learn, write_learn

SEEN, NOTICE, TURN, EDIT_ERROR = "learn_seen", "learn_notice", "learn_turn", "learn_edit_error"
W_SHOW, W_TABLE, W_GRAPH = "w_learn_show", "w_learn_table", "w_learn_graph"
W_ROWS, W_SIZE = "w_learn_rows", "w_learn_size"
W_LEVEL, W_ADD, W_BLOCKS = "w_learn_level", "w_learn_add", "w_learn_blocks"


def read_view() -> LearnView:
    """The view of the current address. What it says wrongly is replaced, and told by `take_notice`."""
    params = st.query_params.to_dict()
    view, notes = read_learn(params)
    if st.session_state.get(SEEN) != params:
        st.session_state[SEEN] = params
        st.session_state[NOTICE] = " ".join(notes) or None
    return view


def show(view: LearnView) -> None:
    """Go to another view: one new entry in the browser's history."""
    params = write_learn(view)
    st.session_state[SEEN] = params
    if params != st.query_params.to_dict():
        st.query_params.from_dict(params)


def change(**changes: object) -> None:
    """Go to the present view with some of it changed."""
    show(replace(read_view(), **changes))  # type: ignore[arg-type]


def steer(focus: Focus) -> None:
    """Show what a focus says, and stay with what is taught."""
    show(read_view().steered(focus))


def take_notice() -> str | None:
    """What was wrong with the address, once."""
    notice: str | None = st.session_state.pop(NOTICE, None)
    return notice
