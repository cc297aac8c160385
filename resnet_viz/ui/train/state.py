"""The state of the page Training, and its runs in this session."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.training.plan import Plan
from resnet_viz.ui.cache.runs.live import LiveRun
from resnet_viz.ui.cache.runs.session import own_runs
from resnet_viz.ui.page.state import PageState
from resnet_viz.views.address.train import LEAST, MOST, TrainView, fit_net, read_train, write_train

ERROR = "train_error"
_LAST, _GUESSES = "train_last", "train_guesses"

train = PageState("train", read_train, write_train, forget=[ERROR])


def nets_of(view: TrainView) -> tuple[tuple[ShownNet, ...], int]:
    """Returns the nets of a view of this page, and the index of the chosen one: none is, so the first."""
    return view.nets, 0


def about(nets: tuple[ShownNet, ...], chosen: int) -> dict[str, str]:
    """Returns this page's query parameters for nets made for small pictures; for others as it was seen last."""
    last: TrainView = st.session_state.get(_LAST, TrainView())
    small = [net for net in nets if isinstance(net, ResNetSpec) and net.stem == "3x3"]
    if len(small) < len(nets) or not LEAST <= len(nets) <= MOST:
        return write_train(last)
    fitted = tuple(fit_net(net, last.side, last.data) for net in small)
    return write_train(last if fitted == last.nets else last.with_nets(fitted))


def recall(view: TrainView) -> TrainView:
    """Notes what is seen, and returns it with what was predicted of it before, where nothing is predicted now.

    A prediction does not go along to another recipe, and comes back with the one that it was made for.
    """
    guesses: dict[TrainView, str] = st.session_state.setdefault(_GUESSES, {})
    question = replace(view, guess="", is_run=False, seeds=())
    if view.guess:
        guesses[question] = view.guess
    seen: TrainView = replace(view, guess=guesses.get(question, ""))
    st.session_state[_LAST] = seen
    return seen


def runs_of(view: TrainView, device: str) -> tuple[tuple[LiveRun, ...], ...]:
    """Returns the runs of each net that are in this session, in the order of the seeds."""
    runs = own_runs()
    found = ([runs.find(plan, device) for plan in view.plans_of(net)] for net in range(len(view.nets)))
    return tuple(tuple(run for run in each if run is not None) for each in found)


def all_plans(view: TrainView) -> tuple[Plan, ...]:
    """Returns all plans of a view, seed by seed, so that nets of one seed are trained side by side."""
    of_nets = [view.plans_of(net) for net in range(len(view.nets))]
    return tuple(dict.fromkeys(plans[at] for at in range(len(view.seeds)) for plans in of_nets))
