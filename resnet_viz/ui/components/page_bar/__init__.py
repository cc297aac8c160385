"""Buttons for all pages that do something in the browser alone: they copy the link, and step on and back.

Whoever copies the link shares what is shown and not how: projector mode is left out of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.components.joining import BASE, join_modules, join_styles

_HERE = Path(__file__).parent
_STYLE = join_styles(BASE, _HERE / "page_bar.css")
_link = st.components.v2.component(
    "copy_link",
    html='<div class="page-link"></div>',
    css=_STYLE,
    js=join_modules(_HERE / "js" / "copy_link.js"),
)
_steps = st.components.v2.component(
    "page_steps",
    html='<div class="page-steps"></div>',
    css=_STYLE,
    js=join_modules(_HERE / "js" / "page_steps.js"),
)


class LinkData(TypedDict):
    """Words of the button that copies the link, and the parameters that the link leaves out."""

    copy: str
    copied: str
    refused: str
    without: list[str]


class StepsData(TypedDict):
    """Words of the buttons that step back and on."""

    back: str
    next: str


def copy_link(key: str, without: list[str]) -> None:
    """Shows a button that copies the page's address without some of its parameters.

    Where the browser refuses that, the link is shown in a field, selected.
    """
    data: LinkData = {
        "copy": _("Copy link"),
        "copied": _("Copied"),
        "refused": _("The browser does not let this page copy. Copy the link from here:"),
        "without": without,
    }
    _link(key=key, data=data, width="content")


def page_steps(key: str) -> None:
    """Shows buttons that step through the lesson, the tour or the exercises of the page, as long as it has any.

    They press the page's own buttons.
    """
    data: StepsData = {"back": _("Back"), "next": _("Next")}
    _steps(key=key, data=data, width="content")
