"""Code walk: torchvision's source as it builds and runs a net, step by step, with the values of variables."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.records.walk import CodeWalk
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.walks import get_walks
from resnet_viz.ui.components.walk_view import WalkMark, mark_walk, walk_lists, walk_side, walk_view
from resnet_viz.ui.page.callouts import show_notice
from resnet_viz.ui.page.state import session_name
from resnet_viz.ui.walk.graph import show_growing
from resnet_viz.ui.walk.keep import show_keep
from resnet_viz.ui.walk.maps import show_step_maps
from resnet_viz.ui.walk.nets import choose_nets
from resnet_viz.ui.walk.state import TURN, W_GRAPH, W_WALK, take_rest, walk
from resnet_viz.ui.walk.tour import offer_tour, show_tour
from resnet_viz.units import format_exact
from resnet_viz.views.address.walk import WalkView

_SKELETON_HEIGHT = 700


def show() -> None:
    """Renders the page from its URL, once per rerun. What has to be made comes after the first paint."""
    view = walk.read()
    with st.sidebar:
        choose_nets(view)
        offer_tour(view)
    walk.show_notice()
    st.title(_("{name}, line by line").format(name=view.spec.name), anchor=False)
    body = st.container()
    with body, st.skeleton(height=_SKELETON_HEIGHT):
        trace = cache.get_trace(view.spec)
        walks = get_walks(view.spec)
    with body:
        _show_body(view, trace, walks)


def _show_body(view: WalkView, trace: Trace, walks: Mapping[str, CodeWalk]) -> None:
    n_steps = len(walks[view.kind])
    if view.step >= n_steps:
        words = _("This walk has {n} steps; the last one is shown.").format(n=format_exact(n_steps))
        show_notice(words)
    code, beside = st.columns([3, 2], gap="small")
    with code:
        show_tour(view)
        with st.container(border=True, key="walk_code"):
            _show_walk(view)
    with beside:
        with st.container(border=True, key="walk_drawing"):
            show_growing(view, trace)
        with st.container(border=True, key="walk_told"):
            walk_side(W_WALK)
    maps_place = st.container()
    with st.container(border=True):
        walk_lists(W_WALK)
        show_keep(view, walks)
    if view.kind == "forward":  # Last, since it runs the net.
        with maps_place:
            show_step_maps(view, walks["forward"], trace)


def _show_walk(view: WalkView) -> None:
    walk_view(W_WALK, W_GRAPH, take_rest)
    turn = st.session_state.get(TURN, 0)
    other = view.other.to_query() if view.other else None
    mark_walk(W_WALK, WalkMark(view.spec.to_query(), view.kind, view.step, other, turn, session_name()))


show()
