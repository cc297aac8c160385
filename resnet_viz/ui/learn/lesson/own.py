"""The reader's own columns, kept while a lesson or a belief brings nets of its own, and put back after it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.views.address.learn import PAPER_NETS, LearnView
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.teach.beliefs import find_belief
from resnet_viz.views.teach.focus import Focus
from resnet_viz.views.teach.lessons import find_lesson, step_at

_OWN = "learn_own_columns"


def taught_focus(view: LearnView) -> Focus | None:
    """Returns the focus of the shown step of a lesson, or of the shown belief."""
    try:
        if view.show == "lessons" and view.lesson:
            step = step_at(find_lesson(view.lesson), view.step)
            return step.focus if step else None
        if view.show == "beliefs" and view.belief:
            return find_belief(view.belief).experiment.focus
    except ResnetVizError:  # a link names what is not there
        pass
    return None


def keep_own(view: LearnView) -> None:
    """Keeps the columns for this session, if they are the reader's: not those that a step or a belief brought."""
    if not _are_taught(view):
        st.session_state[_OWN] = view.specs


def with_own(view: LearnView) -> LearnView:
    """Returns the view with the reader's columns and no selection; where the columns are the reader's, unchanged.

    Those of a link that begins in a lesson are the paper's.
    """
    if not _are_taught(view):
        return view
    own = st.session_state.get(_OWN, PAPER_NETS)
    return replace(view, specs=own, net=0, node=None, total=None, level=LEVELS[0], parts=(), function=None, pane=None)


def _are_taught(view: LearnView) -> bool:
    focus = taught_focus(view)
    return focus is not None and view.specs == tuple(map(ResNetSpec.from_query, focus.nets))
