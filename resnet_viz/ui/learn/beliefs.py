"""False beliefs about ResNets: the claim, a one-click counter-experiment, and its outcome."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.ui.learn.lesson.own import keep_own
from resnet_viz.ui.learn.lessons import traces_of
from resnet_viz.ui.learn.state import learn
from resnet_viz.ui.learn.terms import show_terms
from resnet_viz.ui.page.callouts import plain, prose, show_error
from resnet_viz.ui.page.leads import show_lead
from resnet_viz.views.address.learn import LearnView
from resnet_viz.views.teach.beliefs import BELIEFS, find_belief
from resnet_viz.views.teach.taught import Belief


def show_beliefs(view: LearnView) -> DeltaGenerator:
    """Shows all claims, and beside them the outcome of the chosen one's experiment; returns the container below it.

    The claims stay where they are whichever is chosen. An unknown one is told, and the views stay as they are.
    """
    left, right = st.columns([2, 3], gap="small")
    with left, st.container(key="belief_list", gap="xsmall"):
        st.caption(_("Often said, and not so. A click makes the counter-experiment with the nets themselves."))
        for belief in BELIEFS:
            _show_claim(belief, belief.id == view.belief)
    with right:
        try:
            _show_answer(view)
        except ResnetVizError as error:
            show_error(error)
    return right


def _show_claim(belief: Belief, is_chosen: bool) -> None:
    claim = prose(belief.claim())
    kind: Literal["primary", "secondary"] = "primary" if is_chosen else "secondary"
    st.button(f"“{claim}”", key=f"belief:{belief.id}", type=kind, width="stretch", on_click=_make, args=(belief.id,))


def _show_answer(view: LearnView) -> None:
    if not view.belief:
        st.info(_("Choose a claim: what is true, and what the nets say to it, stands here."), icon=":material/science:")
        return
    belief = find_belief(view.belief)
    with st.container(border=True, gap="small", key="belief"):
        st.header(f"“{prose(belief.claim())}”", anchor=False)
        _show_outcome(view, belief)
        if not view.is_steered(belief.experiment.focus):
            st.button(
                belief.experiment.label(),
                icon=":material/science:",
                key="belief_again",
                type="primary",
                on_click=_make,
                args=(belief.id,),
            )
        show_lead(belief.experiment.lead)


def _make(name: str) -> None:
    keep_own(learn.read())
    view = replace(learn.read(), show="beliefs", belief=name)
    learn.show(view.steered(find_belief(name).experiment.focus))


def _show_outcome(view: LearnView, belief: Belief) -> None:
    traces = traces_of(belief.experiment.focus, view)
    truth = belief.truth(traces)
    st.markdown(prose(truth))
    for is_printed, run in groupby(belief.experiment.measure(traces), key=lambda finding: finding.is_printed):
        title, findings = _("Printed in the paper") if is_printed else _("Measured"), list(run)
        st.table({title: [plain(f.name) for f in findings], _("Value"): [plain(f.value) for f in findings]})
    st.caption(plain(belief.source()))
    show_terms(truth, "belief")
