"""The picture on the page with the part of it that the net sees: a frame to move, and to resize by its corners.

All of that happens in the browser; Python hears which part it is when the frame is let go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.records.preparation import Crop

__all__ = ["Framing", "crop_view", "pack_framing", "read_crop"]

_HERE = Path(__file__).parent
VIEW_FILES = ("dom", "unpack", "shape", "stage", "drag", "keys", "crop_view")
_N_SHARES = 4
_LEAST = 1e-4
"""The least share the browser tells: it rounds to four digits, since all of it goes along with every message."""

_view = st.components.v2.component(
    "crop_view",
    html='<div class="crop-view"></div>',
    css=(_HERE / "crop_view.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in VIEW_FILES),
)


@dataclass(frozen=True, slots=True)
class Framing:
    """A picture, and what of it is looked at before anybody chooses."""

    small: bytes
    """The picture as a file for the page, of any size: JPEG."""
    picture_size: tuple[int, int]
    """Its true height and width in pixels."""
    input_size: tuple[int, int]
    """Height and width of the net's input: the frame keeps their shape."""
    middle: Crop
    """What is looked at by the weights' own rule."""

    def shape(self, crop: Crop) -> Crop:
        """A part in the shape of the input, inside the picture."""
        return crop.shaped(self.input_size, *self.picture_size)


def crop_view(key: str, framing: Framing) -> Crop | None:
    """The picture with its frame; gives the part that was chosen by hand, None for the weights' own.

    `key` is its name, of this one alone on the page: with another one it begins anew, in the middle. Of another shape
    of the input it keeps what was chosen, in that shape.
    """
    value = _heard(st.session_state.get(key))
    result = _view(key=key, data=pack_framing(framing, value), default={"crop": None}, on_crop_change=lambda: None)
    crop = read_crop(_heard(result))
    return None if crop is None else framing.shape(crop)


def read_crop(value: object) -> Crop | None:
    """A part as it came from the browser, checked: left, top, width and height as shares of the picture, or None."""
    if not isinstance(value, list | tuple) or len(value) != _N_SHARES or not all(map(_is_share, value)):
        return None
    left, top, width, height = map(float, value)
    return Crop(left, top, width, height) if min(width, height) >= _LEAST else None


def _is_share(value: object) -> bool:
    # Also false for NaN, and without a conversion, for JSON has whole numbers that are no float.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _heard(state: object) -> object:
    """The browser's value within a component's state."""
    return state.get("crop") if isinstance(state, Mapping) else None


def pack_framing(framing: Framing, value: object) -> bytes:
    """What the browser gets, `value` being what it told last, since bytes cannot lie inside JSON.

    Four bytes with the length of a JSON header (little-endian), the header, then the picture.
    """
    crop = read_crop(value)
    header = {
        # What is answered: a frame that was moved since then is left where it is.
        "heard": None if crop is None else value,
        "crop": astuple(framing.middle if crop is None else framing.shape(crop)),
        "middle": astuple(framing.middle),
        "size": framing.picture_size,
        "input": framing.input_size,
        "words": view_words(),
    }
    packed = json.dumps(header, allow_nan=False).encode()
    return len(packed).to_bytes(4, "little") + packed + framing.small


def view_words() -> dict[str, str]:
    """The words by key, in the reader's language; `{left}` and the like are filled in the browser."""
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
