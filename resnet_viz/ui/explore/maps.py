"""What the net makes of the picture, one way to look at it at a time; only the chosen one is computed."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.ui.cache.scene import Scene
from resnet_viz.ui.explore.state import explore
from resnet_viz.ui.explore.ways import WAYS
from resnet_viz.ui.page.callouts import mark_random, show_error
from resnet_viz.ui.page.trained import offer_trained
from resnet_viz.ui.page.waiting import is_ended, show_waiting
from resnet_viz.views.address.view import View
from resnet_viz.views.parts.ids import Chosen

W_LOOK = "w_look"


def show_maps(view: View, at: Chosen, scene: Scene | None, is_random: bool) -> None:
    """Shows the chosen way to look; `at` is the selection in the drawing, or the default before any."""
    st.session_state[W_LOOK] = view.look
    st.segmented_control(
        _("Look at"),
        list(WAYS),
        format_func=lambda look: WAYS[look].title(),
        key=W_LOOK,
        required=True,
        on_change=lambda: explore.change(look=st.session_state[W_LOOK]),
        label_visibility="collapsed",
    )
    if is_random:
        mark_random()
        offer_trained((view.spec,), lambda names: explore.change(weights=names[0], part=""))
    if scene is None:
        st.info(_("Choose a picture on the left, and what the net makes of it appears here."), icon=":material/image:")
        return
    run = (scene.key, view.look)
    if is_ended(run):
        return
    if at.id != view.node:
        _tell_default(view.look, at)
    words = _("{done} of {total}")
    try:
        with (
            _place_of(view.look),
            st.spinner(_("Running {name} …").format(name=at.trace.name)),
            show_waiting(lambda done, total: words.format(done=done, total=total), run),
        ):
            WAYS[view.look].show(scene, at, explore)
    except ResnetVizError as error:
        show_error(error)


def _place_of(look: str) -> DeltaGenerator:
    """Returns the place of a way to look: each has its own, so that another's goes at once and does not wait."""
    places = {word: st.container() if word == look else st.empty() for word in WAYS}
    return places[look]


def _tell_default(look: str, at: Chosen) -> None:
    """Says whose maps or kernels are shown, where nothing is chosen; others are of the whole net, or ask for one."""
    words = {
        "channels": _("No node is chosen: the maps are those of {node}."),
        "kernels": _("No node is chosen: the kernels are those of {node}."),
    }.get(look)
    if words:
        st.caption(words.format(node=f"`{at.id}`"))
