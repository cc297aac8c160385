"""Attributes of the page's root element: `lang`, for screen readers, and projector mode.

In projector mode the root element has the attribute `data-projector`, for which `assets/projector.css` hides all but the
subject, and the custom property `--type-scale`, a number that follows the window's height (1 if it is not set).
Components multiply their type sizes by it; code that measures listens to the document's event `resnet-viz:scaled`. While
nobody moves, it has `data-resting`. A clicker's keys are listened to in every mode.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import streamlit as st

from resnet_viz.ui.components.joining import join_modules

_HERE = Path(__file__).parent
_root = st.components.v2.component(
    "page_root",
    html="<span hidden></span>",
    js=join_modules(_HERE / "js" / "page_root.js"),
)


class PageData(TypedDict):
    """The page's language, as in `zh-CN`, and whether it is in projector mode."""

    language: str
    projector: bool


def page_root(language: str, is_projector: bool) -> None:
    """Sets the page's language, as in `zh_CN`, and whether it is in projector mode. Once per page."""
    data: PageData = {"language": language.replace("_", "-"), "projector": is_projector}
    _root(key="page_root", data=data)
