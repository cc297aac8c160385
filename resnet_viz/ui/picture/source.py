"""The source of the picture: a sample, an upload, the camera or a drawing by hand."""

from __future__ import annotations

import hashlib

import streamlit as st

from resnet_viz.errors import ImageError
from resnet_viz.i18n import _, current_language
from resnet_viz.pictures.samples import CAT, DIGIT, SAMPLES
from resnet_viz.ui.cache.pictures import Picture, get_drawing, get_frame, get_sample, get_upload
from resnet_viz.ui.components.camera_view import CameraFrame, camera_view
from resnet_viz.ui.components.draw_view import Drawing, draw_view
from resnet_viz.ui.page.callouts import plain, show_error
from resnet_viz.ui.page.state import session_name

UPLOAD_TYPES = ["png", "jpg", "jpeg", "gif", "tif", "tiff", "webp", "bmp", "ppm", "pgm", "pbm", "heic", "heif"]
UPLOAD_MEGABYTES = 20
SOURCES = ("sample", "upload", "camera", "draw")

CAMERA_FRAME = "camera_frame"
DRAWING = "drawing"
W_SOURCE = "w_source"
W_SAMPLE, W_DIGIT = "w_sample", "w_digit"
W_UPLOAD = "w_upload"
W_CAMERA = "w_camera"
W_DRAW = "w_draw"


def choose_picture(first: str = CAT) -> Picture | None:
    """Shows the sources; returns the picture of the chosen one, None until there is one.

    `first` is the sample shown until another is chosen.
    """
    names = {"sample": _("Sample"), "upload": _("Upload"), "camera": _("Camera"), "draw": _("Draw")}
    source = st.segmented_control(
        _("Picture"), SOURCES, format_func=lambda key: names[key], key=W_SOURCE, default="sample", required=True
    )
    # Always rendered, but hidden by the style sheet: an uploader that is not rendered loses its file.
    with st.container(key="upload_shown" if source == "upload" else "upload_hidden"):
        uploaded = st.file_uploader(
            _("Drop a picture here"), type=UPLOAD_TYPES, max_upload_size=UPLOAD_MEGABYTES, key=W_UPLOAD
        )
    if source == "camera":
        return _choose_frame()
    st.session_state.pop(CAMERA_FRAME, None)  # The camera is left: free its frame.
    if source == "sample":
        return _choose_sample(first)
    if source == "draw":
        return _choose_drawing()
    if uploaded is None:
        return None
    try:
        return get_upload(uploaded.file_id, current_language(), uploaded.getvalue())
    except ImageError as error:
        show_error(error, "broken_image")
        return None


def _choose_frame() -> Picture | None:
    """Shows the camera; returns its last frame, the only one that the session keeps."""
    frame = st.session_state.get(CAMERA_FRAME, CameraFrame())
    picture, message = None, ""
    if frame.data is not None:
        try:
            picture = get_frame(hashlib.sha256(frame.data).hexdigest(), current_language(), frame.data)
        except ImageError as error:
            message = str(error)
    camera_view(W_CAMERA, _keep_frame, frame.number, has_picture=picture is not None)
    if message:
        st.error(plain(message), icon=":material/broken_image:")
    return picture


def _keep_frame(frame: CameraFrame) -> None:
    st.session_state[CAMERA_FRAME] = frame


def _choose_drawing() -> Picture | None:
    """Shows the pad; returns what is drawn on it, None while it is empty. The session keeps it also for later."""
    drawing = st.session_state.get(DRAWING, Drawing())
    draw_view(W_DRAW, _keep_drawing, drawing, session_name())
    if drawing.data is None:
        return None
    return get_drawing(hashlib.sha256(drawing.data).hexdigest(), current_language(), drawing.data)


def _keep_drawing(drawing: Drawing) -> None:
    st.session_state[DRAWING] = drawing


def _choose_sample(first: str) -> Picture:
    """Shows the samples, those of the first one's kind first: nets of digits and of photographs each have a choice."""
    titles = {sample.key: sample.name() for sample in SAMPLES}
    is_digit = first == DIGIT
    keys = sorted(titles, key=lambda key: key.startswith("digit") is not is_digit)
    key = st.selectbox(
        _("Sample"),
        keys,
        keys.index(first),
        format_func=lambda key: titles[key],
        key=W_DIGIT if is_digit else W_SAMPLE,
    )
    credit = next(sample.credit for sample in SAMPLES if sample.key == key)
    return get_sample(key, credit)
