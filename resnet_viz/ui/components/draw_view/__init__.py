"""A pad to draw a digit on: with the mouse, a pen or a finger, or cell by cell by keyboard.

All of that happens in the browser; Python receives the whole drawing after each stroke, and its answer names the number
of that message, so that a late one takes nothing back.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.ui.components.joining import BASE, join_modules, join_styles
from resnet_viz.ui.components.messages import is_count

__all__ = ["CELLS", "SIDE", "Drawing", "draw_view", "read_drawing"]

_HERE = Path(__file__).parent
SIDE = 64
"""Height and width of a drawing, in pixels."""
CELLS = 8
"""Rows and columns of the cells that the keyboard inks: as many as the pixels of a digit of the data set."""
_HEAD = f"P5 {SIDE} {SIDE} 255\n".encode()
_MOST_NUMBER = 2**53
_N_LETTERS = 4 * (-(-(len(_HEAD) + SIDE * SIDE) // 3))

_view = st.components.v2.component(
    "draw_view",
    html='<div class="draw-view"></div>',
    css=join_styles(BASE, _HERE / "draw_view.css"),
    js=join_modules(_HERE / "js" / "draw_view.js"),
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn, light ink on black; None if the pad is empty."""

    number: int = 0
    """Counts the messages of the browser."""
    data: bytes | None = None
    """A binary PGM file of SIDE×SIDE pixels, 255 for full ink."""


class DrawWords(TypedDict):
    """Texts of the pad; the browser fills in `{row}` and the like."""

    language: str
    pad: str
    hint: str
    cell: str
    undo: str
    undoTitle: str
    clear: str
    undone: str
    cleared: str


class DrawData(TypedDict):
    """What Python knows of the drawing: a PGM file in base64, the message that it came with, and who counts them."""

    turn: int
    session: str
    picture: str | None
    side: int
    cells: int
    words: DrawWords


def draw_view(key: str, on_drawing: Callable[[Drawing], None], drawing: Drawing, session: str) -> None:
    """Mounts the pad with a drawing, the last that `on_drawing` got; `key` must be unique on the page.

    `on_drawing` is called before the rerun, once for each stroke, and once for several keys in a row. `session`
    identifies the session that keeps the drawing: to a new one the browser sends again what is on its pad.
    """

    def answer() -> None:
        # A trigger's value is in the session state only while its callback runs.
        value = st.session_state[key]
        drawn = read_drawing(value.get("drawn") if isinstance(value, Mapping) else None)
        if drawn is not None:
            on_drawing(drawn)

    data: DrawData = {
        "turn": drawing.number,
        "session": session,
        "picture": None if drawing.data is None else b64encode(drawing.data).decode(),
        "side": SIDE,
        "cells": CELLS,
        "words": view_words(),
    }
    _view(key=key, data=data, on_drawn_change=answer)


def read_drawing(value: object) -> Drawing | None:
    """Returns a value from the browser as a drawing; None unless it is a number and a PGM file of the pad's size."""
    if not isinstance(value, Mapping):
        return None
    number, letters = value.get("number"), value.get("picture")
    if not is_count(number) or not 0 < number < _MOST_NUMBER:
        return None
    if letters is None:
        return Drawing(number)
    if not isinstance(letters, str) or len(letters) != _N_LETTERS:
        return None
    try:
        data = b64decode(letters, validate=True)
    except (binascii.Error, ValueError):
        return None
    is_whole = data.startswith(_HEAD) and len(data) == len(_HEAD) + SIDE * SIDE
    return Drawing(number, data) if is_whole else None


def view_words() -> DrawWords:
    """Returns the texts by key, in the reader's language."""
    return {
        "language": current_language().replace("_", "-"),
        "pad": _(
            "What you draw. Arrow keys go from cell to cell, Space inks or erases one, with Shift the arrows ink on "
            "their way, Escape leaves"
        ),
        "hint": _("Draw a digit here, as large as the field"),
        "cell": _("Row {row}, column {column}: {ink} inked"),
        "undo": _("Undo"),
        "undoTitle": _("Take the last stroke back"),
        "clear": _("Clear"),
        "undone": _("The last stroke is taken back."),
        "cleared": _("The field is empty."),
    }
