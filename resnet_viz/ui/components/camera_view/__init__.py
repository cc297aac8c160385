"""The camera: photographs or a live stream of frames, each sent only once the previous one has been processed.

A frame is a trigger value: it lasts for one script run, and Streamlit keeps none. The browser turns the camera off on
request, and when the component is unmounted.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.components.joining import BASE, join_modules, join_styles
from resnet_viz.ui.components.messages import is_count

__all__ = ["MAX_FRAME_BYTES", "CameraFrame", "camera_view", "read_frame"]

_HERE = Path(__file__).parent
MAX_FRAME_BYTES = 2**20
"""More than a JPEG photograph of 1,280 pixels takes; the component sends nothing larger."""
_MOST_NUMBER = 2**53
_MOST_LETTERS = 4 * (-(-MAX_FRAME_BYTES // 3))

_view = st.components.v2.component(
    "camera_view",
    html='<div class="camera-view"></div>',
    css=join_styles(BASE, _HERE / "camera_view.css"),
    js=join_modules(_HERE / "js" / "camera_view.js"),
)


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """A frame from the camera: an image file, not validated yet; None if the user removed the picture."""

    number: int = 0
    """Counts the frames; return it as `answered`."""
    data: bytes | None = None


class CameraWords(TypedDict):
    """Texts of the camera."""

    video: str
    live: str
    liveTitle: str
    photograph: str
    turnOn: str
    turnOff: str
    remove: str
    starting: str
    off: str
    refused: str
    missing: str
    busy: str
    insecure: str
    lost: str


class CameraData(TypedDict):
    """Which frame was answered last, and whether there is a picture that can be removed."""

    answered: int
    hasPicture: bool
    words: CameraWords


def camera_view(key: str, on_frame: Callable[[CameraFrame], None], answered: int, has_picture: bool) -> None:
    """Mounts the camera; `key` must be unique on the page.

    `on_frame` is called with each frame, before the rerun. The next one is sent only when `answered` is the number of
    the last one and the rerun has finished. `has_picture`: whether there is a picture that can be removed.
    """

    def answer() -> None:
        # A trigger's value is in the session state only while its callback runs.
        value = st.session_state[key]
        frame = read_frame(value.get("frame") if isinstance(value, Mapping) else None)
        if frame is not None:
            on_frame(frame)

    data: CameraData = {"answered": answered, "hasPicture": has_picture, "words": view_words()}
    _view(key=key, data=data, on_frame_change=answer)


def read_frame(value: object) -> CameraFrame | None:
    """Returns a value from the browser as a frame; None unless it is a number and at most MAX_FRAME_BYTES of base64."""
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


def view_words() -> CameraWords:
    """Returns the texts by key, in the reader's language."""
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
