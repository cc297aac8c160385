"""Kept moments of a run: its kernels as they were after so many steps, and the way to Explore and Compare with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from resnet_viz.i18n import _, n_
from resnet_viz.places import PACKAGE
from resnet_viz.training.words import write_trained
from resnet_viz.ui.cache.runs.live import LiveRun
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.views.address.compare import CompareView, write_compare
from resnet_viz.views.address.train import TrainView
from resnet_viz.views.address.view import View, write_view
from resnet_viz.views.maps.kernels import draw_grey_kernels
from resnet_viz.views.training.labels import label_nets, label_run

W_OF, W_KEPT, W_KERNELS = "w_train_of", "w_train_kept", "w_train_kernels"
_CONVOLUTION = 4  # (out, in, kH, kW)


def show_moments(view: TrainView, runs: Sequence[Sequence[LiveRun]]) -> None:
    """Shows a slider along the kept steps of a run, and its kernels there."""
    known = [
        (label_run(label, run.plan.seed), net, run)
        for net, (label, of_net) in enumerate(zip(label_nets(view.nets), runs, strict=True))
        for run in of_net
        if len(run.kept_steps()) > 1
    ]
    if not known:
        return
    st.header(_("Watch a kernel learn"), anchor=False)
    left, right = st.columns([1, 2])
    with left:
        at = st.selectbox(_("Run"), range(len(known)), format_func=lambda at: known[at][0], key=W_OF)
    _title, net, run = known[at]
    steps = run.kept_steps()
    with right:
        # The steps are part of the key: more of them may have come.
        step = st.select_slider(
            _("After so many steps"), steps, steps[-1], key=f"{W_KEPT}:{at}:{len(steps)}:{steps[-1]}"
        )
    _show_kernels(run, steps, step)
    _show_ways(view, runs, net, run, step)


def _show_kernels(run: LiveRun, steps: Sequence[int], step: int) -> None:
    kept = {moment.step: moment for moment in map(run.moment_at, steps) if moment is not None}
    moment = kept[step]
    names = [name for name, value in moment.weights.items() if value.ndim == _CONVOLUTION]
    name = st.selectbox(_("Convolution"), names, key=W_KERNELS)
    values = moment.weights[name]
    reach = max(float(np.abs(each.weights[name]).max()) for each in kept.values())
    words = n_(
        "Kernels of {name} after {step} step, on one scale for all steps: grey is zero, white {most}.",
        "Kernels of {name} after {step} steps, on one scale for all steps: grey is zero, white {most}.",
        step,
    ).format(name=f"`{name}`", step=step, most=f"{reach:.2g}")
    if values.shape[1] > 1:
        words += " " + _("A row is an output, a column an input; the first 16 of each.")
    st.image(
        picture_url(draw_grey_kernels(values, reach, None if values.shape[1] == 1 else 6)), caption=words, alt=words
    )


def _show_ways(view: TrainView, runs: Sequence[Sequence[LiveRun]], net: int, run: LiveRun, step: int) -> None:
    """Links to the pages that show a net with these weights; Compare takes the same step of the other nets."""
    ui = PACKAGE / "ui"
    explore = st.Page(ui / "explore" / "page.py", title=_("Open in Explore"), default=True)
    compare = st.Page(ui / "compare" / "page.py", title=_("Open in Compare"), url_path="compare")
    own = View(view.nets[net], weights=write_trained(run.plan, step))
    others = [of_net[-1] if of_net else None for of_net in runs]
    others[net] = run
    weights = tuple(
        write_trained(other.plan, step) if other is not None and step in other.kept_steps() else "random"
        for other in others
    )
    beside = CompareView(view.nets, weights=weights, same=True)
    with st.container(horizontal=True):
        st.page_link(
            explore, icon=":material/account_tree:", query_params={**write_view(own), **reader.reader_params()}
        )
        st.page_link(
            compare, icon=":material/compare_arrows:", query_params={**write_compare(beside), **reader.reader_params()}
        )
