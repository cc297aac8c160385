"""The picture with the crop that the net sees: a frame to move, and to resize by its corners.

All of that happens in the browser; Python receives the crop when the frame is released.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.records.preparation import Crop
from resnet_viz.ui.components.joining import BASE, join_modules, join_styles
from resnet_viz.ui.components.messages import last_message, turn_of

__all__ = ["Framing", "crop_view", "pack_framing", "read_crop"]

_HERE = Path(__file__).parent
_N_SHARES = 4
_LEAST = 1e-4
"""The least share, and what the browser rounds to: every message repeats the whole state."""

_view = st.components.v2.component(
    "crop_view",
    html='<div class="crop-view"></div>',
    css=join_styles(BASE, _HERE / "crop_view.css"),
    js=join_modules(_HERE / "js" / "crop_view.js"),
)


@dataclass(frozen=True, slots=True)
class Framing:
    """A picture, and its default crop."""

    small: bytes
    """The picture as a JPEG file of any size, for the page."""
    picture_size: tuple[int, int]
    """Height and width of the original, in pixels."""
    input_size: tuple[int, int]
    """Height and width of the net's input, in pixels: the frame keeps their ratio."""
    middle: Crop
    """The default crop, by the rule of the weights."""

    def shape(self, crop: Crop) -> Crop:
        """Returns a crop fitted to the ratio of the input, inside the picture."""
        return crop.shaped(self.input_size, *self.picture_size)


class CropWords(TypedDict):
    """Texts of the crop's frame."""

    language: str
    picture: str
    frame: str
    title: str
    middle: str
    middleTitle: str
    whereIs: str
    isMiddle: str


Shares = tuple[float, float, float, float]
"""Left, top, width and height, as shares of the picture."""


class FramingHeader(TypedDict):
    """Where the frame is, in the header before the picture; shares are at least `least`, and told in steps of it."""

    turn: int
    isOwn: bool
    crop: Shares
    middle: Shares
    size: tuple[int, int]
    input: tuple[int, int]
    least: float
    words: CropWords


def crop_view(key: str, framing: Framing) -> Crop | None:
    """Shows the picture with its frame; returns the crop chosen by hand, None for the default.

    `key` must be unique on the page; another key starts anew, with the default. If the ratio of the input changes, the
    chosen crop is kept, fitted to it.
    """
    before = last_message(st.session_state.get(key), "crop")
    data = pack_framing(framing, before.get("shares"), turn_of(before))
    result = _view(key=key, data=data, default={"crop": None}, on_crop_change=lambda: None)
    crop = read_crop(last_message(result, "crop").get("shares"))
    return None if crop is None else framing.shape(crop)


def read_crop(value: object) -> Crop | None:
    """Returns a value from the browser as a crop: left, top, width and height as shares of the picture; else None."""
    if not isinstance(value, list | tuple) or len(value) != _N_SHARES or not all(map(_is_share, value)):
        return None
    left, top, width, height = map(float, value)
    return Crop(left, top, width, height) if min(width, height) >= _LEAST else None


def _is_share(value: object) -> bool:
    # Also False for NaN. No conversion: JSON has integers that overflow a float.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def pack_framing(framing: Framing, shares: object, turn: int = 0) -> bytes:
    """Returns the component's data as bytes, since JSON cannot hold the picture.

    `shares` is the crop in the browser's last message, `turn` that message's number. Four bytes with the length of a
    JSON header (little-endian), the header, then the picture.
    """
    packed = json.dumps(_header(framing, read_crop(shares), turn), allow_nan=False).encode()
    return len(packed).to_bytes(4, "little") + packed + framing.small


def _header(framing: Framing, crop: Crop | None, turn: int) -> FramingHeader:
    return {
        "turn": turn,
        "isOwn": crop is not None,
        "crop": _shares(framing.middle if crop is None else framing.shape(crop)),
        "middle": _shares(framing.middle),
        "size": framing.picture_size,
        "input": framing.input_size,
        "least": _LEAST,
        "words": view_words(),
    }


def _shares(crop: Crop) -> Shares:
    return crop.left, crop.top, crop.width, crop.height


def view_words() -> CropWords:
    """Returns the texts by key, in the reader's language; the browser fills in `{left}` and the like."""
    return {
        "language": current_language().replace("_", "-"),
        "picture": _("The picture, whole"),
        "frame": _("The part that the net sees. Arrow keys move it, plus and minus resize it, Home brings the middle"),
        "title": _("Drag to move, drag a corner to resize"),
        "middle": _("Middle"),
        "middleTitle": _("Back to the part that the weights expect"),
        "whereIs": _("Left {left}, top {top}, width {width}, height {height}"),
        "isMiddle": _("The middle, as the weights expect it"),
    }
