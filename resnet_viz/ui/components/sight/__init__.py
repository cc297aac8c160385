"""Scrolls the page to one of its parts, after a click that asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import streamlit as st

from resnet_viz.ui.components.joining import join_modules

_HERE = Path(__file__).parent
_sight = st.components.v2.component(
    "sight",
    html="<span hidden></span>",
    js=join_modules(_HERE / "js" / "sight.js"),
)


class SightData(TypedDict):
    """The key of a container of the page, and the number of the click that asks for it; 0: none yet."""

    key: str
    turn: int


def bring_into_sight(key: str, turn: int) -> None:
    """Scrolls the container with this key into sight, once for each new `turn` above 0. Once per page."""
    data: SightData = {"key": key, "turn": turn}
    _sight(key="mark_sight", data=data)
