"""The feature maps of the op that a forward walk has come to, for the picture that is chosen."""

from __future__ import annotations

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.records.walk import CodeWalk
from resnet_viz.ui.cache.scene import Scene
from resnet_viz.ui.cache.sight import own_sight
from resnet_viz.ui.components.channel_view import channel_view
from resnet_viz.ui.page.state import plain
from resnet_viz.ui.picture.device import choose_device
from resnet_viz.ui.picture.panel import show_picture
from resnet_viz.ui.picture.weights_here import choose_weights
from resnet_viz.ui.walk import state
from resnet_viz.views.address.walk import WalkView
from resnet_viz.views.maps.layout import Layout
from resnet_viz.views.walk.words import op_at


def show_step_maps(view: WalkView, walk: CodeWalk, trace: Trace) -> None:
    """The picture, and what the op of the step makes of it. The browser asks for the maps of each op by itself."""
    left, right = st.columns([1, 2], gap="small")
    with left, st.container(border=True):
        device = choose_device()
        (weights,) = choose_weights(
            (view.spec,), (view.spec.name,), (view.drawn.weights,), lambda _net, name: state.change_drawn(weights=name)
        )
        shown = show_picture(weights)
    with right, st.container(border=True):
        if weights.is_random:
            words = _("Random weights: this is the architecture at work, not what a trained net sees.")
            st.markdown(f":orange-background[:orange[:material/casino: {words}]]")
        if shown is None:
            st.info(_("Choose a picture on the left, and what the net makes of it appears here."))
            return
        node = op_at(walk, view.step) or next(op.id for op in trace.ops)
        try:
            with st.spinner(_("Running {name} …").format(name=trace.name)):
                _show_tiles(Scene(view.spec, device, weights, *shown), node, view.drawn.channel)
        except ResnetVizError as error:
            st.error(plain(str(error)), icon=":material/error:")


def _show_tiles(scene: Scene, node: str, channel: int | None) -> None:
    sight = own_sight()
    sight.look_at(scene)
    sight.find(node)
    # Small maps of many channels are as telling as large ones of a few.
    address = sight.address(node, Layout())
    channel_view(state.W_TILES, address, lambda chosen: state.change_drawn(channel=chosen), channel)
