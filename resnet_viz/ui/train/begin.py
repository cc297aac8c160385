"""Before a training and while it goes on: the prediction, what it costs, and the buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache.runs.affordable import check_memory, count_side_by_side, get_speed
from resnet_viz.ui.cache.runs.live import LOST, PAUSED, REFUSED, RUNNING, STOPPED, LiveRun
from resnet_viz.ui.cache.runs.session import own_runs
from resnet_viz.ui.page.callouts import plain, show_error
from resnet_viz.ui.train.state import all_plans, recall, runs_of, train
from resnet_viz.views.address.train import MOST_SEEDS, UNSURE, TrainView
from resnet_viz.views.training.costs import Cost, NetCost, cost_words, find_cost, refusal_words
from resnet_viz.views.training.labels import label_nets, label_run

W_GUESS, W_GUESSED = "w_train_guess", "w_train_guessed"
W_OTHERS = "train_pause_others"
W_BEGIN, W_PAUSE, W_STOP, W_GO_ON, W_AGAIN = "train_begin", "train_pause", "train_stop", "train_go_on", "train_again"
Runs = Sequence[LiveRun]


def ask_guess(view: TrainView, runs: Runs) -> None:
    """Asks which net will have the lowest training error; once one has begun, shows what was said."""
    titles = {str(at): label for at, label in enumerate(label_nets(view.nets), start=1)}
    titles[UNSURE] = _("I don't know")
    if runs:
        # The one that was chosen, in the same place and size; a disabled one is too pale to be read.
        words = _("Predicted: the net with the lowest training error after {n} steps").format(n=view.steps)
        st.radio(words, [view.guess or UNSURE], format_func=lambda word: titles[word], key=W_GUESSED)
        return
    st.session_state[W_GUESS] = view.guess or None
    st.radio(
        _("Predict first: which net will have the lowest training error after {n} steps?").format(n=view.steps),
        list(titles),
        index=None,
        format_func=lambda word: titles[word],
        horizontal=True,
        key=W_GUESS,
        on_change=lambda: train.change(guess=st.session_state[W_GUESS] or ""),
    )


def show_buttons(view: TrainView, runs: Runs, traces: Sequence[Trace], device: str, *, is_here: bool) -> None:
    """Shows what the training costs, and what can be done with it now; `is_here`: whether its pictures are."""
    if view.is_run and not runs:
        st.info(
            _(
                "This link is of a training that was run before. Here it is not: it is trained again with the same "
                "recipe and seeds, on one machine's processor to the same bits."
            ),
            icon=":material/replay:",
        )
    cost = _show_cost(view, traces, device)
    is_allowed = is_here and cost is not None and cost.is_allowed
    with st.container(horizontal=True, vertical_alignment="center"):
        if any(run.state == RUNNING for run in runs):
            _show_running_buttons(runs, device)
        else:
            _show_resting_buttons(view, runs, device, is_allowed=is_allowed)
    _show_others(runs)


def _show_others(runs: Runs) -> None:
    """Says what goes on beside what is shown, as after another recipe was chosen: it takes its share of the machine."""
    n = sum(run not in runs for run in own_runs().running())
    if n:
        with st.container(horizontal=True, vertical_alignment="center"):
            words = n_("{n} other run goes on meanwhile.", "{n} other runs go on meanwhile.", n).format(n=n)
            st.caption(words, width="content")
            st.button(_("Pause these"), icon=":material/pause:", key=W_OTHERS, on_click=_pause_others, args=(runs,))


def _show_cost(view: TrainView, traces: Sequence[Trace], device: str) -> Cost | None:
    """Shows what is left to be trained takes; once there is nothing, what another seed would."""
    try:
        check_memory(traces, view.recipe.batch)
        speed = get_speed(device)
    except ResnetVizError as error:
        show_error(error)
        return None
    left = [len(view.seeds) - sum(run.is_over for run in of_net) for of_net in runs_of(view, device)]
    left = left if any(left) else [1] * len(left)
    nets = [NetCost(len(trace.ops), trace.n_macs or 0, n) for trace, n in zip(traces, left, strict=True)]
    cost = find_cost(nets, view.recipe.batch, view.steps, speed, count_side_by_side())
    words = cost_words(cost, sum(left), view.steps)
    if cost.is_allowed:
        st.caption(words)
    else:
        st.warning(f"{words} {refusal_words(cost)}", icon=":material/timer_off:")
    return cost


def _show_running_buttons(runs: Runs, device: str) -> None:
    st.button(_("Pause"), icon=":material/pause:", key=W_PAUSE, on_click=_each, args=(device, LiveRun.pause))
    st.button(_("Stop"), icon=":material/stop:", key=W_STOP, on_click=_each, args=(device, LiveRun.stop))
    if any(run.state in (PAUSED, LOST) for run in runs):
        _show_go_on(device)


def _show_go_on(device: str) -> None:
    st.button(_("Go on"), icon=":material/play_arrow:", key=W_GO_ON, type="primary", on_click=_go_on, args=(device,))


def _show_resting_buttons(view: TrainView, runs: Runs, device: str, *, is_allowed: bool) -> None:
    resting = [run for run in runs if run.state in (PAUSED, LOST)]
    if resting:
        _show_go_on(device)
        st.button(_("Stop"), icon=":material/stop:", key=W_STOP, on_click=_each, args=(device, LiveRun.stop))
    elif len(runs) < len(all_plans(view)) or any(run.state in (STOPPED, REFUSED) for run in runs):
        can_begin = bool(view.guess) or view.is_run
        st.button(
            _("Train again") if view.is_run else _("Start"),
            icon=":material/play_arrow:",
            key=W_BEGIN,
            type="primary",
            disabled=not (is_allowed and can_begin),
            help=None if can_begin else _("Predict first; “I don't know” will do."),
            on_click=_begin,
            args=(device,),
        )
    if runs and not resting and len(view.seeds) < MOST_SEEDS:
        st.button(
            _("Again with another seed"),
            icon=":material/casino:",
            key=W_AGAIN,
            disabled=not is_allowed,
            on_click=_again,
            args=(device,),
        )


def show_messages(view: TrainView, device: str) -> None:
    """Shows of each run that was lost or refused why."""
    for label, of_net in zip(label_nets(view.nets), runs_of(view, device), strict=True):
        for run in of_net:
            if run.state == LOST:
                words = _("{run}: {reason} It can go on from step {step}.")
                name, step = label_run(label, run.plan.seed), max(run.kept_steps(), default=0)
                text = words.format(run=name, reason=run.message, step=step)
                st.warning(plain(text), icon=":material/power_off:")
            elif run.state == REFUSED:
                st.error(plain(f"{label_run(label, run.plan.seed)}: {run.message}"))


# Callbacks


def _begin(device: str) -> None:
    view = recall(train.read())
    train.show(replace(view, is_run=True))
    own_runs().go(all_plans(view), device)


def _go_on(device: str) -> None:
    of_nets = runs_of(train.read(), device)
    own_runs().go([run.plan for each in of_nets for run in each if run.state in (PAUSED, LOST)], device)


def _again(device: str) -> None:
    view = recall(train.read())
    train.change(guess=view.guess, seeds=(*view.seeds, max(view.seeds) + 1), is_run=True)
    own_runs().go(all_plans(train.read()), device)


def _pause_others(runs: Runs) -> None:
    for run in own_runs().running():
        if run not in runs:
            run.pause()


def _each(device: str, do: partial[None]) -> None:
    for of_net in runs_of(train.read(), device):
        for run in of_net:
            do(run)
