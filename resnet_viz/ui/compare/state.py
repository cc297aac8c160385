"""The state of the page Compare lives in its address, as that of Explore does (`state.py`)."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.ui.page import reader
from resnet_viz.views.address.compare import CompareView, read_compare, write_compare

SEEN, NOTICE = "compare_seen", "compare_notice"
W_NET, W_VARY, W_STRIPS = "w_compare_net", "w_compare_vary", "w_compare_strips"
W_LEVEL, W_FOLD = "w_compare_level", "w_compare_fold"
W_SAME = "w_compare_same"


def read_view() -> CompareView:
    """The comparison of the current address. What it says wrongly is replaced, and told by `take_notice`."""
    params = reader.page_params()
    view, notes = read_compare(params)
    if st.session_state.get(SEEN) != params:
        st.session_state[SEEN] = params
        st.session_state[NOTICE] = " ".join(notes) or None
    return view


def show(view: CompareView) -> None:
    """Go to another comparison: one new entry in the browser's history."""
    params = write_compare(view)
    st.session_state[SEEN] = params
    reader.show_params(params)


def change(**changes: object) -> None:
    """Go to the present comparison with some of it changed."""
    show(replace(read_view(), **changes))  # type: ignore[arg-type]


def choose_weights(net: int, name: str) -> None:
    """Other weights for one of the nets."""
    view = read_view()
    names = [view.weights_of(at) for at in range(len(view.specs))]
    names[net] = name
    change(weights=tuple(names))


def take_notice() -> str | None:
    """What was wrong with the address, once."""
    notice: str | None = st.session_state.pop(NOTICE, None)
    return notice
