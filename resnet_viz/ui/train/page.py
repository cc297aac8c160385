"""Training: two to four nets learn side by side, after a prediction, and what came of it in curves and words."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.runs.live import RUNNING
from resnet_viz.ui.picture.device import choose_device
from resnet_viz.ui.train.begin import ask_guess, show_buttons, show_messages
from resnet_viz.ui.train.curves import show_curves
from resnet_viz.ui.train.data import choose_data, show_data
from resnet_viz.ui.train.ending import show_ending, show_files
from resnet_viz.ui.train.moments import show_moments
from resnet_viz.ui.train.nets import choose_nets
from resnet_viz.ui.train.recipe import choose_recipe
from resnet_viz.ui.train.state import recall, runs_of, train

_SKELETON_HEIGHT = 120


def show() -> None:
    """Renders the page from its URL, once per rerun."""
    view = recall(train.read())
    with st.sidebar:
        choose_nets(view)
        choose_data(view)
        choose_recipe(view)
        device_place = st.container()
    train.show_notice()
    st.title(_("Nets that learn before your eyes"), anchor=False)
    is_here = show_data(view)
    body = st.container()
    with body, st.skeleton(height=_SKELETON_HEIGHT):
        traces = [cache.get_trace(spec) for spec in view.nets]
    with device_place:
        device = choose_device()
    of_nets = runs_of(view, device)
    runs = [run for of_net in of_nets for run in of_net]
    with body:
        # Containers of their own: what comes and goes above the charts does not make these anew.
        above, charts, below = st.container(), st.container(), st.container()
    with above:
        ask_guess(view, runs)
        show_buttons(view, runs, traces, device, is_here=is_here)
        show_messages(view, device)
    with charts:
        # Also before there are any runs: so nothing moves when the first points come.
        show_curves(view, device)
    if not any(run.state == RUNNING for run in runs):
        with below:
            show_ending(view, of_nets)
            show_moments(view, of_nets)
            show_files(view, of_nets)


show()
