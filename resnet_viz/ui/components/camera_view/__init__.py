"""The camera on the page: its pictures one by one, or live, each sent as soon as the one before has been answered.

A frame comes as the value of a trigger: it is there for one run of the script, and Streamlit keeps none of them. The
browser turns the camera off when it is told to, and when the view goes.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.components.messages import is_count

__all__ = ["MAX_FRAME_BYTES", "CameraFrame", "camera_view", "read_frame"]

_HERE = Path(__file__).parent
VIEW_FILES = ("dom", "camera", "frames", "camera_view")
MAX_FRAME_BYTES = 2**20
"""More than a photograph of 1,280 pixels takes as JPEG; what is larger was not sent by the view."""
_MOST_NUMBER = 2**53
_MOST_LETTERS = 4 * (-(-MAX_FRAME_BYTES // 3))

_view = st.components.v2.component(
    "camera_view",
    html='<div class="camera-view"></div>',
    css=(_HERE / "camera_view.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in VIEW_FILES),
)


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """What the camera sent: a picture's file as it came, not looked at yet; None where it was removed by hand."""

    number: int = 0
    """Counts what was sent; it goes back as `answered`."""
    data: bytes | None = None


def camera_view(key: str, on_frame: Callable[[CameraFrame], None], answered: int, has_picture: bool) -> None:
    """The camera; `key` is its name, of this one alone on the page.

    `on_frame` is called, before the script runs again, with each frame. The next one is not sent before `answered` is
    the number of the last one and the script has come to its end. `has_picture`: there is one that can be removed.
    """

    def answer() -> None:
        # What belongs to a trigger is in the session's state for as long as its callback runs.
        value = st.session_state[key]
        frame = read_frame(value.get("frame") if isinstance(value, Mapping) else None)
        if frame is not None:
            on_frame(frame)

    data = {"answered": answered, "hasPicture": has_picture, "words": view_words()}
    _view(key=key, data=data, on_frame_change=answer)


def read_frame(value: object) -> CameraFrame | None:
    """A frame as it came from the browser, checked: a number and at most MAX_FRAME_BYTES in base64, or None."""
    if not isinstance(value, Mapping):
        return None
    number, letters = value.get("number"), value.get("picture")
    if not is_count(number) or not 0 < number < _MOST_NUMBER:
        return None
    if letters is None:
        return CameraFrame(number)
    if not isinstance(letters, str) or len(letters) > _MOST_LETTERS:
        return None
    try:
        return CameraFrame(number, b64decode(letters, validate=True))
    except (binascii.Error, ValueError):
        return None


def view_words() -> dict[str, str]:
    """The words by key, in the reader's language."""
    return {
        "video": _("What the camera sees"),
        "live": _("Live"),
        "liveTitle": _("Send one frame after the other, each as soon as the last one is shown"),
        "photograph": _("Take a photograph"),
        "turnOn": _("Turn on"),
        "turnOff": _("Turn off"),
        "remove": _("Remove the picture"),
        "starting": _("Waiting for the camera …"),
        "off": _("The camera is off."),
        "refused": _(
            "The camera may not be used here: allow it in the browser's settings for this page, then turn it on."
        ),
        "missing": _("No camera was found: connect one and turn it on, or upload a picture."),
        "busy": _("The camera cannot be used now; another program may have it. Close that one, then turn it on."),
        "insecure": _(
            "The browser gives a camera only to pages that come over https or from this machine. Upload a picture."
        ),
        "lost": _("The camera has stopped. Turn it on again."),
    }
