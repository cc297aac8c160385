"""Controls for all pages: the language, projector mode, and the button that copies the link."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _, language_name, languages
from resnet_viz.ui.components.page_bar import copy_link
from resnet_viz.ui.components.page_root import page_root
from resnet_viz.ui.page import reader

W_LANGUAGE, W_PROJECTOR, W_LINK = "w_language", "w_projector", "w_copy_link"


def show_reader() -> None:
    """Shows the controls, with the values of the address."""
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
            help=_(
                "For the lecture hall: large type, and nothing but the subject. PageDown and PageUp step through "
                "lessons and the tour, B blanks the screen, Esc leaves."
            ),
            width="content",
        )
        show_copy_link(W_LINK)


def show_copy_link(key: str) -> None:
    """Shows the button that copies the link. Projector mode concerns this screen and not whoever gets the link."""
    copy_link(key, without=[reader.PROJECTOR])


def set_root() -> None:
    """Sends language and projector mode to the browser."""
    page_root(reader.language(), reader.is_projector())
