"""The feature maps of the op that a forward walk has reached, for the current picture."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.records.walk import CodeWalk
from resnet_viz.ui.cache.scene import Scene
from resnet_viz.ui.cache.sight import own_sight
from resnet_viz.ui.components.channel_view import channel_view
from resnet_viz.ui.page.callouts import mark_random, show_error
from resnet_viz.ui.page.trained import offer_trained
from resnet_viz.ui.picture.device import choose_device
from resnet_viz.ui.picture.panel import show_picture
from resnet_viz.ui.picture.weights import choose_weights_here
from resnet_viz.ui.walk.state import walk
from resnet_viz.views.address.walk import WalkView
from resnet_viz.views.maps.layout import Layout
from resnet_viz.views.walk.words import op_at

W_TILES = "w_walk_tiles"


def show_step_maps(view: WalkView, forward: CodeWalk, trace: Trace) -> None:
    """Shows the picture and the output of the step's op. The browser itself requests the maps of each op."""
    left, right = st.columns([1, 2], gap="small")
    with left, st.container(border=True):
        device = choose_device()
        (weights,) = choose_weights_here((view.spec,), (view.spec.name,), (view.drawn.weights,), _set_weights)
        shown = show_picture(weights)
    with right, st.container(border=True):
        if weights.is_random:
            mark_random()
            offer_trained((view.spec,), lambda names: _set_weights(0, names[0]))
        if shown is None:
            st.info(_("Choose a picture on the left, and what the net makes of it appears here."))
            return
        node = op_at(forward, view.step) or next(op.id for op in trace.ops)
        try:
            with st.spinner(_("Running {name} …").format(name=trace.name)):
                _show_tiles(Scene(view.spec, device, weights, *shown), node, view.drawn.channel)
        except ResnetVizError as error:
            show_error(error)


def _show_tiles(scene: Scene, node: str, channel: int | None) -> None:
    sight = own_sight()
    sight.set_scene(scene)
    sight.find(node)
    # Small maps of many channels show as much as large ones of a few.
    address = sight.address(node, Layout())
    channel_view(W_TILES, address, _set_channel, channel)


def _set_weights(_net: int, name: str) -> None:
    walk.change(drawn=replace(walk.read().drawn, weights=name))


def _set_channel(channel: int | None) -> None:
    walk.change(drawn=replace(walk.read().drawn, channel=channel))
