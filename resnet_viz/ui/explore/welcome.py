"""A line for newcomers: where to begin. Whoever closes it does not see it again in this session."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.components.sight import bring_into_sight
from resnet_viz.ui.explore.state import explore
from resnet_viz.ui.page.leads import show_lead
from resnet_viz.ui.picture.source import W_SOURCE
from resnet_viz.views.address.view import FILE
from resnet_viz.views.teach.focus import Lead

RUNNING = "running"
"""Key of the panel of the picture, the weights and the device."""
WELCOME, W_CLOSE, W_PHOTOGRAPH, W_CHECKPOINT = "welcome", "w_welcome_close", "w_photograph", "w_checkpoint"
_IS_CLOSED, _TURNS = "welcome_closed", "welcome_turns"


def show_welcome() -> None:
    """Shows three ways to begin: the first lesson, a photograph, a checkpoint."""
    if not st.session_state.get(_IS_CLOSED, False):
        with st.container(horizontal=True, vertical_alignment="center", key=WELCOME, gap="small"):
            st.markdown(_("**New here?**"), width="content")
            _offer_ways()
            st.button(
                "", icon=":material/close:", key=W_CLOSE, type="tertiary", help=_("Close this line"), on_click=_close
            )
    bring_into_sight(RUNNING, st.session_state.get(_TURNS, 0))


def _offer_ways() -> None:
    show_lead(Lead(lambda: _("Start with a lesson"), "learn", (("show", "lessons"),)))
    _offer(_("Try a photograph"), "photo_camera", W_PHOTOGRAPH, lambda: st.session_state.update({W_SOURCE: "upload"}))
    _offer(_("Open a checkpoint"), "folder_open", W_CHECKPOINT, lambda: explore.change(weights=FILE, part=""))


def _offer(words: str, icon: str, key: str, act: Callable[[], None]) -> None:
    def go() -> None:
        act()
        st.session_state[_TURNS] = st.session_state.get(_TURNS, 0) + 1

    st.button(words, icon=f":material/{icon}:", key=key, type="tertiary", on_click=go)


def _close() -> None:
    st.session_state[_IS_CLOSED] = True
