"""Weights of a training run that a link names: those of this session's run, or trained again on request."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_viz.errors import ResnetVizError, SpecError
from resnet_viz.i18n import _
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.plan import Plan, kept_steps
from resnet_viz.training.words import TRAINED, Trained, read_trained
from resnet_viz.ui.cache.nets import get_trace
from resnet_viz.ui.cache.runs.affordable import check_memory, count_side_by_side, get_speed
from resnet_viz.ui.cache.runs.live import LOST, PAUSED, RUNNING, LiveRun
from resnet_viz.ui.cache.runs.session import own_runs
from resnet_viz.ui.cache.runs.weights import find_trained
from resnet_viz.ui.cache.scene import Weights
from resnet_viz.ui.page.callouts import plain, show_error
from resnet_viz.views.training.costs import MOST_SECONDS, NetCost, duration_words, find_cost, refusal_words

W_TRAIN = "w_train_again"
_SECONDS = 0.5


def trained_titles(names: Sequence[str]) -> dict[str, str]:
    """Returns titles of those names that are words of trained weights, by name."""
    return {name: _title(read_trained(name)) for name in names if name.startswith(TRAINED)}


def choose_trained(spec: ResNetSpec, name: str, device: str, which: str = "") -> Weights | None:
    """Returns the weights of a word; where they are not here, says so, offers to train them again, and returns None.

    `which` tells several nets of a page apart.
    """
    trained = read_trained(name)
    weights = find_trained(spec, trained, _title(trained))
    if weights is None:
        _show_absent(spec, trained, device, which)
    return weights


def _title(trained: Trained) -> str:
    return _("Trained on {data}: step {step} of {steps}, seed {seed}").format(
        data=trained.data, step=trained.step, steps=trained.steps, seed=trained.seed
    )


def _show_absent(spec: ResNetSpec, trained: Trained, device: str, which: str) -> None:
    try:
        plan = trained.plan_for(spec)
    except SpecError as error:
        show_error(error)
        return
    if trained.step not in kept_steps(trained.steps, 1):
        _show_reason(_("a run of {n} steps keeps no weights of this one").format(n=trained.steps))
        return
    run = own_runs().find_any(plan)
    if run is not None and run.state == RUNNING:
        st.fragment(_show_running, run_every=_SECONDS)(plan, trained.step)
        return
    if run is not None and run.state not in (PAUSED, LOST):
        _show_reason(run.message or _("the run kept no weights of this step"))
        return
    _offer(plan, trained.step, device, which)


def _show_reason(reason: str) -> None:
    words = _("These weights are not here: {reason}.").format(reason=reason)
    st.warning(plain(words), icon=":material/model_training:")


def _offer(plan: Plan, step: int, device: str, which: str) -> None:
    try:
        trace = get_trace(plan.spec)
        check_memory([trace], plan.recipe.batch)
        net = NetCost(len(trace.ops), trace.n_macs or 0)
        cost = find_cost([net], plan.recipe.batch, max(1, step), get_speed(device), count_side_by_side())
    except ResnetVizError as error:
        show_error(error)
        return
    if cost.seconds > MOST_SECONDS:
        st.warning(refusal_words(cost), icon=":material/timer_off:")
        return
    st.info(
        _(
            "These weights are of a training run that is not in this session. They can be trained again, from the same "
            "seed and by the same recipe: about {time}. Until then the net has random ones."
        ).format(time=duration_words(cost.seconds)),
        icon=":material/model_training:",
    )
    st.button(
        _("Train it again"),
        icon=":material/play_arrow:",
        key=f"{W_TRAIN}:{which}",
        on_click=lambda: own_runs().go([plan], device),
    )


def _show_running(plan: Plan, step: int) -> None:
    """Shows how far it is; when the step is there the run is paused, and the page shows what it was wanted for."""
    run = own_runs().find_any(plan)
    if run is None:
        return
    _show_step(run, step)
    if run.moment_at(step) is not None:
        run.pause()
    if run.state != RUNNING or run.moment_at(step) is not None:
        st.rerun()


def _show_step(run: LiveRun, step: int) -> None:
    words = _("In training: step {n} of {total}").format(n=min(run.n_steps, step), total=step)
    st.progress(min(1.0, run.n_steps / max(1, step)), words)
