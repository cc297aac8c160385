"""Attributes of the page's root element: `lang`, for screen readers, and projector mode; Streamlit's words, translated.

In projector mode the root element has the attribute `data-projector`, for which `assets/projector.css` hides all but
the subject, and the custom property `--type-scale`, a number that follows the window's height (1 if it is not set).
Components multiply their type sizes by it; code that measures listens to the document's event `resnet-viz:scaled`;
what is drawn in Python asks `screen`. While nobody moves, the root has `data-resting`. A clicker's keys are listened to
in every mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, TypeGuard

import streamlit as st

from resnet_viz.ui.components.joining import join_modules
from resnet_viz.ui.components.page_root.stock_words import stock_words

_HERE = Path(__file__).parent
_KEY = "page_root"
_root = st.components.v2.component(
    _KEY,
    html="<span hidden></span>",
    js=join_modules(_HERE / "js" / "page_root.js"),
)


class PageData(TypedDict):
    """The page's language, as in `zh-CN`, whether it is in projector mode, and Streamlit's words in that language."""

    language: str
    words: dict[str, str]
    projector: bool


class ScreenMessage(TypedDict):
    """The window in projector mode, as the browser sends it: the factor of all type, and its height in pixels."""

    scale: float
    height: float


@dataclass(frozen=True, slots=True)
class Screen:
    """A window in projector mode: the factor of all type, and the height in pixels."""

    scale: float
    height: int


USUAL_SCREEN = Screen(scale=1.7, height=748)
"""Until the browser has said."""
_MOST_PIXELS = 20_000


def page_root(language: str, is_projector: bool) -> None:
    """Sets the page's language, as in `zh_CN`, and whether it is in projector mode. Once per page."""
    data: PageData = {"language": language.replace("_", "-"), "projector": is_projector, "words": stock_words()}
    # Its callback does nothing: what it says is asked for when something is drawn.
    _root(key=_KEY, data=data, on_screen_change=lambda: None)


def screen() -> Screen:
    """Returns the window in projector mode."""
    state = st.session_state.get(_KEY)
    return read_screen(state.get("screen") if isinstance(state, Mapping) else None)


def read_screen(value: object) -> Screen:
    """Returns a value from the browser as a Screen; the usual one if a browser does not send such a value."""
    if not isinstance(value, Mapping):
        return USUAL_SCREEN
    scale, height = value.get("scale"), value.get("height")
    if not (_is_number(scale) and _is_number(height) and 1 <= scale <= _MOST_PIXELS and 1 <= height <= _MOST_PIXELS):
        return USUAL_SCREEN
    return Screen(float(scale), int(height))


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
