"""Links from teaching content to another page, with what is to be shown there."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from resnet_viz.places import PACKAGE
from resnet_viz.ui.page import reader
from resnet_viz.views.teach.focus import Lead


def show_lead(lead: Lead | None) -> None:
    """Shows the link, in the same session; nothing where the app has no such page."""
    if lead is None:
        return
    with suppress(StreamlitAPIException):
        st.page_link(
            str(PACKAGE / "ui" / lead.page / "page.py"),
            label=lead.label(),
            icon=":material/arrow_outward:",
            query_params={**dict(lead.params), **reader.reader_params()},
        )
