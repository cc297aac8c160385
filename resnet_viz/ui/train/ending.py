"""What came of a training: whether the prediction was so, sentences of its figures, and files to keep."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.training.run import Run
from resnet_viz.training.write import pack_moments, run_json
from resnet_viz.ui.cache.runs.live import LiveRun
from resnet_viz.ui.cache.runs.session import MOST_BYTES
from resnet_viz.ui.page.callouts import plain
from resnet_viz.units import format_bytes
from resnet_viz.views.address.train import TrainView
from resnet_viz.views.training.labels import label_nets, label_run
from resnet_viz.views.training.sentences import Outcome, describe_end, judge_guess
from resnet_viz.views.training.tables import curves_csv

W_RUN = "w_train_run"


def show_ending(view: TrainView, runs: Sequence[Sequence[LiveRun]]) -> None:
    """Shows what came of it once every run is over, and what is left is of the figures alone."""
    if not all(runs) or not all(run.is_over for of_net in runs for run in of_net):
        return
    outcomes = _outcomes(view, runs)
    if not all(outcome.runs for outcome in outcomes):
        return
    with st.container(border=True):
        st.header(_("What came of it"), anchor=False)
        if verdict := judge_guess(view.guess, outcomes):
            st.markdown(f"**{plain(verdict)}**")
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in describe_end(outcomes)))


def _outcomes(view: TrainView, runs: Sequence[Sequence[LiveRun]]) -> list[Outcome]:
    return [
        Outcome(label, spec, tuple(record for run in of_net if (record := run.record()) is not None))
        for label, spec, of_net in zip(label_nets(view.nets), view.nets, runs, strict=True)
    ]


def show_files(view: TrainView, runs: Sequence[Sequence[LiveRun]]) -> None:
    """Shows buttons for the curves of all runs, and for the record and the weights of one."""
    labels = label_nets(view.nets)
    known = [
        (label_run(label, run.plan.seed), label, run)
        for label, of_net in zip(labels, runs, strict=True)
        for run in of_net
        if run.n_steps
    ]
    if not known:
        return
    st.header(_("Keep it"), anchor=False)
    records = [(label, record) for _title, label, run in known if (record := run.record()) is not None]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _offer(_("All curves as CSV"), lambda: curves_csv(records), "curves.csv", "text/csv")
        at = st.selectbox(_("Run"), range(len(known)), format_func=lambda at: known[at][0], key=W_RUN, width=220)
        run = known[at][2]
        _offer(_("Run as JSON"), lambda: run_json(_record(run)), "run.json", "application/json")
        _offer(
            _("Its weights"), lambda: pack_moments(_record(run).moments), "run.safetensors", "application/octet-stream"
        )
    _show_bound([run for _title, _label, run in known])


def _offer(title: str, make: object, name: str, kind: str) -> None:
    st.download_button(title, make, name, kind, icon=":material/download:", on_click="ignore")  # type: ignore[arg-type]


def _record(run: LiveRun) -> Run:
    record = run.record()
    assert record is not None
    return record


def _show_bound(runs: Sequence[LiveRun]) -> None:
    words = _("Runs are kept as long as this session, {most} in all; the link has their recipe and seeds.")
    st.caption(words.format(most=format_bytes(MOST_BYTES)))
    if any(run.is_thinned for run in runs):
        st.caption(_("To stay within it, the weights of some steps were let go; curves are whole."))
