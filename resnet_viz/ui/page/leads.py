"""Links from teaching content to another page, with what is to be shown there."""

from __future__ import annotations

import streamlit as st

from resnet_viz.places import PACKAGE
from resnet_viz.ui.page import reader
from resnet_viz.views.teach.focus import Lead


def show_lead(lead: Lead | None) -> None:
    """Shows the link; nothing where there is no such page."""
    script = PACKAGE / "ui" / lead.page / "page.py" if lead else None
    if lead is None or script is None or not script.exists():
        return
    st.page_link(
        str(script),
        label=lead.label(),
        icon=":material/arrow_outward:",
        query_params={**dict(lead.params), **reader.reader_params()},
    )
