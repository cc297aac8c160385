"""Controls for all pages: the language, and projector mode with the button that leaves it."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _, language_name, languages
from resnet_viz.ui.components.page_root import page_root
from resnet_viz.ui.page import reader

W_LANGUAGE, W_PROJECTOR, W_LEAVE = "w_language", "w_projector", "w_leave_projector"


def show_reader() -> None:
    """Shows both controls, with the values of the address."""
    session = st.session_state
    session[W_LANGUAGE], session[W_PROJECTOR] = reader.language(), reader.is_projector()
    with st.container(horizontal=True, vertical_alignment="center", key="reader"):
        st.segmented_control(
            _("Language"),
            languages(),
            format_func=language_name,
            key=W_LANGUAGE,
            required=True,
            on_change=lambda: reader.choose_language(session[W_LANGUAGE]),
            label_visibility="collapsed",
            width="content",
        )
        st.toggle(
            _("Projector"),
            key=W_PROJECTOR,
            on_change=lambda: reader.choose_projector(session[W_PROJECTOR]),
            help=_("For the lecture hall: large type, and nothing but the subject. It stands in the link."),
            width="content",
        )


def show_way_back() -> None:
    """Sends both settings to the browser; in projector mode, which has no sidebar, shows a button that leaves it."""
    page_root(reader.language(), reader.is_projector())
    if reader.is_projector():
        name = _("Leave the projector mode")
        st.button(
            name,
            help=name,
            icon=":material/close_fullscreen:",
            key=W_LEAVE,
            on_click=lambda: reader.choose_projector(False),
        )
