"""What the net makes of the picture, in five ways to look at it; only the one that is chosen is worked out."""

from __future__ import annotations

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, Trace
from resnet_viz.ui.cache.scene import Scene
from resnet_viz.ui.explore.ways.block import show_block
from resnet_viz.ui.explore.ways.channels import show_channels
from resnet_viz.ui.explore.ways.filmstrip import show_filmstrip
from resnet_viz.ui.explore.ways.kernels import show_kernels
from resnet_viz.ui.explore.ways.prediction import show_prediction
from resnet_viz.ui.page import state
from resnet_viz.views.address.view import LOOKS, View

_SHOW = {
    "channels": show_channels,
    "filmstrip": show_filmstrip,
    "block": show_block,
    "prediction": show_prediction,
    "kernels": show_kernels,
}


def show_maps(view: View, trace: Trace, node: Node, scene: Scene | None, is_random: bool) -> None:
    """The chosen way to look; `node` is what is chosen in the drawing, or what is looked at before anything is."""
    titles = {
        "channels": _("Channels"),
        "filmstrip": _("Filmstrip"),
        "block": _("Inside the block"),
        "prediction": _("Prediction"),
        "kernels": _("Kernels"),
    }
    st.segmented_control(
        _("Look at"),
        LOOKS,
        format_func=lambda look: titles[look],
        key=state.W_LOOK,
        required=True,
        on_change=lambda: state.change(look=st.session_state[state.W_LOOK]),
        label_visibility="collapsed",
    )
    if is_random:
        # A badge of Streamlit's own would be cut off on a narrow screen.
        words = _("Random weights: this is the architecture at work, not what a trained net sees.")
        st.markdown(f":orange-background[:orange[:material/casino: {words}]]")
    if scene is None:
        st.info(_("Choose a picture on the left, and what the net makes of it appears here."), icon=":material/image:")
        return
    try:
        with st.spinner(_("Running {name} …").format(name=trace.name)):
            _SHOW[view.look](scene, trace, node)
    except ResnetVizError as error:
        st.error(state.plain(str(error)), icon=":material/error:")
