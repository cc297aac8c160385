"""The state of the page Learn lives in its address, as that of Explore does (`state.py`)."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.ui.page import reader
from resnet_viz.views.address.learn import LearnView, read_learn, write_learn

SEEN, NOTICE, ERROR = "learn_seen", "learn_notice", "learn_error"
BEFORE = "learn_before"
"""The net that the last edit changed, and where it stood."""
ANSWERS, HINTS = "learn_answers", "learn_hints"
W_SHOW, W_TABLE, W_GRAPH, W_LEVEL, W_FOLD = (
    "w_learn_show",
    "w_learn_table",
    "w_learn_graph",
    "w_learn_level",
    "w_learn_fold",
)
W_ROWS, W_SIZE, W_ADD, W_DEPTH, W_LISTS = "w_learn_rows", "w_learn_size", "w_learn_add", "w_learn_depth", "w_learn_list"
W_COUNT, W_WIDTH, W_BLOCKS, W_MAPS = "w_learn_count", "w_learn_width", "w_learn_blocks", "w_learn_maps"
W_PAPER, W_LESSON, W_BELIEF, W_TERM = "w_learn_paper", "w_learn_lesson", "w_learn_belief", "w_learn_term"
W_STAGE = "w_learn_stage"
W_EXERCISE, W_ANSWER, W_SHEET = "w_learn_exercise", "w_learn_answer", "w_learn_sheet"


def read_view() -> LearnView:
    """The view of the current address. What it says wrongly is replaced, and told by `take_notice`."""
    params = reader.page_params()
    view, notes = read_learn(params)
    if st.session_state.get(SEEN) != params:
        st.session_state[SEEN] = params
        st.session_state[NOTICE] = " ".join(notes) or None
        st.session_state.pop(ERROR, None)
    return view


def show(view: LearnView) -> None:
    """Go to another view: one new entry in the browser's history."""
    params = write_learn(view)
    st.session_state[SEEN] = params
    st.session_state.pop(ERROR, None)
    reader.show_params(params)


def change(**changes: object) -> None:
    """Go to the present view with some of it changed."""
    show(replace(read_view(), **changes))  # type: ignore[arg-type]


def take_notice() -> str | None:
    """What was wrong with the address, once."""
    notice: str | None = st.session_state.pop(NOTICE, None)
    return notice
