"""False beliefs about ResNets: the claim, a one-click counter-experiment, and its outcome."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.learn.lessons import traces_of
from resnet_viz.ui.learn.state import keep_own, learn
from resnet_viz.ui.learn.terms import show_terms
from resnet_viz.ui.page.callouts import plain, prose
from resnet_viz.ui.page.leads import show_lead
from resnet_viz.views.address.learn import LearnView
from resnet_viz.views.teach.beliefs import BELIEFS, find_belief
from resnet_viz.views.teach.taught import Belief


def show_beliefs(view: LearnView) -> None:
    """Shows all claims, and the outcome of the chosen one's experiment. Raises TraceError for an unknown one."""
    chosen = find_belief(view.belief) if view.belief else None
    st.caption(_("Often said, and not so. A click makes the counter-experiment with the nets themselves."))
    for belief in BELIEFS:
        _show_claim(view, belief, belief is chosen)


def _show_claim(view: LearnView, belief: Belief, is_chosen: bool) -> None:
    if not is_chosen:
        claim = prose(belief.claim())
        st.button(f"“{claim}”", key=f"belief:{belief.id}", width="stretch", on_click=_make, args=(belief.id,))
        return
    with st.container(border=True, gap="xsmall", key="belief"):
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
    findings = belief.experiment.measure(traces)
    st.table({_("Measured"): [plain(f.name) for f in findings], _("Value"): [plain(f.value) for f in findings]})
    st.caption(plain(belief.source()))
    show_terms(truth, "belief")
