"""Code walk's page state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.page.state import PageState
from resnet_viz.views.address.walk import WalkView, read_walk_view, write_walk_view

if TYPE_CHECKING:
    from resnet_viz.ui.components.walk_view import Rest

W_GRAPH = "w_walk_graph"

walk = PageState("walk", read_walk_view, write_walk_view)

TURN = "walk_turn"
W_WALK = "w_walk"


def take_rest(rest: Rest) -> None:
    """Callback: the user rests on a step, which goes into the URL, unless another net was chosen since."""
    st.session_state[TURN] = rest.turn
    if rest.net == walk.read().spec.to_query():
        walk.change(kind=rest.kind, step=rest.step)


def go_to_net(net: ShownNet) -> None:
    """Callback: walks through another net, from its first step."""
    if isinstance(net, ResNetSpec):
        walk.show(walk.read().with_net(net))


def go_to_level(level: str) -> None:
    """Callback: draws the net at another level of detail."""
    walk.change(drawn=replace(walk.read().drawn, level=level, parts=()))


def nets_of(view: WalkView) -> tuple[tuple[ShownNet, ...], int]:
    """Returns the net of a view of this page, and its index."""
    return (view.spec,), 0


def about(nets: tuple[ShownNet, ...], chosen: int) -> dict[str, str]:
    """Returns this page's query parameters for one of some nets."""
    net = nets[chosen]
    return net.to_pairs() if isinstance(net, ResNetSpec) else {}
