"""The curves of runs, redrawn as steps come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.ui.cache.runs.live import DONE, LOST, PAUSED, REFUSED, RUNNING, STOPPED, LiveRun
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.train.state import recall, runs_of, train
from resnet_viz.ui.train.steady import next_turn, show_steady
from resnet_viz.views.address.train import TrainView
from resnet_viz.views.charts.axes import Chart
from resnet_viz.views.charts.training import (
    Line,
    chart_errors,
    chart_gradients,
    chart_held,
    chart_losses,
    gradient_decades,
)
from resnet_viz.views.training.costs import duration_words
from resnet_viz.views.training.labels import label_nets, label_run

_FIRST_SECONDS, _SECONDS, _LONG_SECONDS = 0.25, 0.5, 2.0
"""Between two looks at what has come: before the first point, then, and of long runs, whose curves take longer."""
_MANY_STEPS = 3_000
_MAPS_EVERY = 4
"""Looks between two drawings of the heat maps, which the browser takes longest for."""
States = tuple[str, ...]
Draw = Callable[[Callable[[], Chart], str], None]


def show_curves(view: TrainView, device: str) -> None:
    """Shows how far each net is, and all charts; they are drawn anew while something runs."""
    states = _states(runs_of(view, device))
    st.fragment(_show, run_every=_pause(view, states) if RUNNING in states else None)(view, device, states)


def _pause(view: TrainView, states: States) -> float:
    if not states[0]:
        return _FIRST_SECONDS
    return _SECONDS if view.steps <= _MANY_STEPS else _LONG_SECONDS


def _states(runs: Sequence[Sequence[LiveRun]]) -> States:
    """What, when it changes, concerns the whole page: whether anything has come, as a word, and each run's state."""
    found = [run for of_net in runs for run in of_net]
    return ("begun" if any(run.n_steps for run in found) else "", *(run.state for run in found))


def _show(view: TrainView, device: str, states: States) -> None:
    if view != recall(train.read()):
        return
    runs = runs_of(view, device)
    _show_progress(view, runs)
    lines, is_running = _lines(view, runs), RUNNING in states
    next_turn((view, reader.theme(), current_language()))
    _show_charts(view, lines, partial(show_steady, is_running=is_running))
    _show_gradients(view, lines, partial(show_steady, is_running=is_running, every=_MAPS_EVERY))
    if _states(runs) != states:
        # Something has begun or ended: the pace, the buttons and what is said at the end are of the whole page.
        st.rerun()


def _show_progress(view: TrainView, runs: Sequence[Sequence[LiveRun]]) -> None:
    labels = label_nets(view.nets)
    for label, of_net, place in zip(labels, runs, st.columns(len(labels)), strict=True):
        run = next((run for run in of_net if run.state == RUNNING), of_net[-1] if of_net else None)
        if run is None:
            place.progress(0.0, f"**{plain(label)}**  \n{_so_far(0, view.steps)}")
        else:
            name = label_run(label, run.plan.seed) if len(view.seeds) > 1 else label
            place.progress(run.n_steps / view.steps, f"**{plain(name)}**  \n{_how_far(run)}")


def _so_far(n: int, total: int) -> str:
    return _("step {n} of {total}").format(n=n, total=total)


def _how_far(run: LiveRun) -> str:
    words = [_so_far(run.n_steps, run.plan.steps)]
    record = run.record()
    if record is not None:
        milliseconds = 1_000 * float(sorted(record.seconds[-50:])[len(record.seconds[-50:]) // 2])
        words.append(_("{n} ms a step").format(n=f"{milliseconds:.0f}"))
    left = run.seconds_left()
    if run.state == RUNNING:
        words.append(_("{time} left").format(time=duration_words(left)) if left is not None else _("begins …"))
    else:
        words.append(_state_words(run))
    return " · ".join(words)


def _state_words(run: LiveRun) -> str:
    if run.has_diverged:
        return _("ended: the loss is no number any more")
    words = {PAUSED: _("paused"), STOPPED: _("stopped"), DONE: _("done"), LOST: _("lost"), REFUSED: _("refused")}
    return words[run.state]


def _lines(view: TrainView, runs: Sequence[Sequence[LiveRun]]) -> list[Line]:
    """The runs with at least a step, the last one of each net behind its others."""
    lines = []
    for net, (label, of_net) in enumerate(zip(label_nets(view.nets), runs, strict=True)):
        known = [record for record in (run.record() for run in of_net) if record is not None]
        lines += [Line(label, net, record, record is known[-1]) for record in known]
    return lines


def _show_charts(view: TrainView, lines: Sequence[Line], draw: Draw) -> None:
    theme = reader.theme()
    left, right = st.columns(2)
    with left:
        draw(lambda: chart_losses(lines, view.steps, theme), "loss")
    with right:
        draw(lambda: chart_errors(lines, view.steps, theme), "error")
    st.caption(
        _(
            "Both are of each step's own batch before its update, in train mode: faint as they are, and as the mean of "
            "ten steps. Of several seeds the last is drawn boldly."
        )
    )
    left, right = st.columns(2)
    with left:
        draw(lambda: chart_held(lines, view.steps, theme), "held")
    with right:
        st.caption(
            _(
                "Of the pictures held out, in eval mode, at the tenth steps, a hundred times at most. Batch norm "
                "takes its running statistics there, which lag behind at first, so that this error can be far above "
                "that in train mode."
            )
        )
        st.caption(
            _(
                "He et al. 2015 (arXiv 1512.03385), Fig. 1 and 6, of CIFAR-10: the plain net of 56 layers has a higher "
                "training error than that of 20, and residual nets of 20 to 110 layers have lower errors the deeper "
                "they are. What is shown here is of the pictures named above, of narrower nets, and of few steps."
            )
        )


def _show_gradients(view: TrainView, lines: Sequence[Line], draw: Draw) -> None:
    st.markdown("**" + _("Norm of the gradient at each block, in train mode") + "**")
    labels = label_nets(view.nets)
    last = {line.net: line for line in lines if line.is_last}
    decades = gradient_decades(list(last.values()))
    for start in range(0, len(labels), 2):
        for net, place in zip(range(start, min(start + 2, len(labels))), st.columns(2), strict=False):
            with place:
                st.caption(plain(labels[net]))
                make = partial(chart_gradients, labels[net], last.get(net), view.steps, decades, reader.theme())
                draw(make, f"norms_{net}")
