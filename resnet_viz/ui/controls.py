"""Widgets that choose a net, a device and a picture. They write to the address; the page reads it from there."""

from __future__ import annotations

import hashlib

import streamlit as st

from resnet_viz.errors import ImageError, SpecError
from resnet_viz.i18n import _, current_language
from resnet_viz.spec import MAX_COUNT, MAX_INPUT_SIZE, NORMS, PRESETS, ResNetSpec, parse_layers
from resnet_viz.ui import cache, state
from resnet_viz.ui.cache import Picture
from resnet_viz.ui.components.camera_view import CameraFrame, camera_view
from resnet_viz.views.changes import with_net

UPLOAD_TYPES = ["png", "jpg", "jpeg", "gif", "tif", "tiff", "webp", "bmp", "ppm", "pgm", "pbm"]
UPLOAD_MEGABYTES = 20
SOURCES = ("sample", "upload", "camera")
_SHORT_NAMES = {
    "resnext50_32x4d": "ResNeXt-50",
    "resnext101_32x8d": "ResNeXt-101 32x8d",
    "resnext101_64x4d": "ResNeXt-101 64x4d",
    "wide_resnet50_2": "Wide-50-2",
    "wide_resnet101_2": "Wide-101-2",
}


def choose_preset() -> None:
    """torchvision's nets, one click away."""
    st.pills(
        _("Network"),
        list(PRESETS),
        format_func=lambda name: _SHORT_NAMES.get(name, PRESETS[name].name.removeprefix("ResNet-")),
        key=state.W_PRESET,
        on_change=_apply_preset,
    )


def customise_net(spec: ResNetSpec) -> None:
    """Everything of the spec; what is refused is told below it."""
    # Settled once: another value later would fold the settings shut under the hands of whoever uses them.
    is_open = st.session_state.setdefault(state.CUSTOMISE_OPEN, spec.preset_name is None)
    settings = st.expander(
        _("Customise"),
        icon=":material/tune:",
        expanded=is_open,
        key=state.W_CUSTOMISE,
        # What is not there forgets what it said.
        on_change=lambda: state.seed_widgets(state.read_view()),
    )
    if settings.open:  # A dozen widgets, which every run would make and every click would name.
        with settings:
            _customise(spec)
    message = st.session_state.get(state.SPEC_ERROR)
    if message:
        st.error(state.plain(message), icon=":material/error:")


def _customise(spec: ResNetSpec) -> None:
    blocks = {"basic": _("Basic"), "bottleneck": _("Bottleneck")}
    st.text_input(
        _("Blocks per stage"),
        key=state.W_LAYERS,
        on_change=_apply_custom,
        help=_("Four whole numbers, for layer1 to layer4, as in 2,3,5,2."),
        placeholder="2, 3, 5, 2",
        max_chars=200,
    )
    st.segmented_control(
        _("Block"),
        list(blocks),
        format_func=lambda block: blocks[block],
        key=state.W_BLOCK,
        required=True,
        on_change=_apply_custom,
    )
    if spec.block == "bottleneck":
        left, right = st.columns(2)
        _number(left, _("Groups"), state.W_GROUPS, MAX_COUNT)
        _number(right, _("Width per group"), state.W_WIDTH, MAX_COUNT)
        st.pills(
            _("Dilation instead of stride"),
            ["layer2", "layer3", "layer4"],
            selection_mode="multi",
            key=state.W_DILATION,
            on_change=_apply_custom,
        )
    left, right = st.columns(2)
    _number(left, _("Input height"), state.W_HEIGHT, MAX_INPUT_SIZE)
    _number(right, _("Input width"), state.W_INPUT_WIDTH, MAX_INPUT_SIZE)
    _number(left, _("Input channels"), state.W_CHANNELS, MAX_COUNT)
    _number(right, _("Classes"), state.W_CLASSES, MAX_COUNT)
    norms = {"batch": _("Batch norm"), "group": _("Group norm (32)"), "frozen": _("Frozen batch norm")}
    st.selectbox(
        _("Normalisation"), NORMS, format_func=lambda norm: norms[norm], key=state.W_NORM, on_change=_apply_custom
    )
    st.toggle(
        _("Last norm of each branch starts at zero"),
        key=state.W_ZERO_INIT,
        on_change=_apply_custom,
        help=_("torchvision's zero_init_residual: every block begins as an identity."),
    )


def _number(place: st.delta_generator.DeltaGenerator, label: str, key: str, most: int) -> None:
    place.number_input(label, min_value=1, max_value=most, step=1, key=key, on_change=_apply_custom)


def _apply_preset() -> None:
    name = st.session_state[state.W_PRESET]
    if name is None:  # The chosen pill was clicked again: it stays chosen.
        state.seed_widgets(state.read_view())
    else:
        _go_to(PRESETS[name])


def _apply_custom() -> None:
    """Go to the net the widgets describe; if there is none, say why and leave everything as it was."""
    try:
        _go_to(_described_spec())
    except SpecError as error:
        st.session_state[state.SPEC_ERROR] = str(error)


def _go_to(spec: ResNetSpec) -> None:
    state.show(with_net(state.read_view(), spec, cache.get_trace))
    st.session_state.pop(state.SPEC_ERROR, None)


def _described_spec() -> ResNetSpec:
    session = st.session_state
    is_bottleneck = session[state.W_BLOCK] == "bottleneck"
    flags = tuple(layer in session.get(state.W_DILATION, ()) for layer in ("layer2", "layer3", "layer4"))
    return ResNetSpec(
        block=session[state.W_BLOCK],
        layers=parse_layers(session[state.W_LAYERS]),
        num_classes=session[state.W_CLASSES],
        # A basic block has no such settings, and shows none.
        groups=session.get(state.W_GROUPS, 1) if is_bottleneck else 1,
        width_per_group=session.get(state.W_WIDTH, 64) if is_bottleneck else 64,
        replace_stride_with_dilation=(flags[0], flags[1], flags[2]) if is_bottleneck else None,
        norm=session[state.W_NORM],
        zero_init_residual=session[state.W_ZERO_INIT],
        in_channels=session[state.W_CHANNELS],
        input_size=(session[state.W_HEIGHT], session[state.W_INPUT_WIDTH]),
    )


def choose_device() -> str:
    """The devices this machine has, by name. Gives torch's key, as in `cuda:0`."""
    devices = cache.get_devices(current_language())
    titles = {device.key: device.title for device in devices}
    key: str = st.selectbox(
        _("Device"),
        list(titles),
        format_func=lambda key: titles[key],
        key=state.W_DEVICE,
        help=_("Where the net runs. Only what this machine really has is offered."),
    )
    return key


def choose_picture() -> Picture | None:
    """A sample, an upload or what the camera sees; None until there is one."""
    names = {"sample": _("Sample"), "upload": _("Upload"), "camera": _("Camera")}
    source = st.segmented_control(
        _("Picture"), SOURCES, format_func=lambda key: names[key], key=state.W_SOURCE, default="sample", required=True
    )
    # Always there, but at times hidden by the style sheet: what is not there forgets its file.
    with st.container(key="upload_shown" if source == "upload" else "upload_hidden"):
        uploaded = st.file_uploader(
            _("Drop a picture here"), type=UPLOAD_TYPES, max_upload_size=UPLOAD_MEGABYTES, key=state.W_UPLOAD
        )
    if source == "camera":
        return _choose_frame()
    st.session_state.pop(state.CAMERA_FRAME, None)  # Nobody looks at it any more.
    if source == "sample":
        return _choose_sample()
    if uploaded is None:
        return None
    try:
        return cache.get_upload(uploaded.file_id, current_language(), uploaded.getvalue())
    except ImageError as error:
        st.error(state.plain(str(error)), icon=":material/broken_image:")
        return None


def _choose_frame() -> Picture | None:
    """What the camera sent last; the session keeps that one and no other."""
    frame = st.session_state.get(state.CAMERA_FRAME, CameraFrame())
    picture, message = None, ""
    if frame.data is not None:
        try:
            picture = cache.get_frame(hashlib.sha256(frame.data).hexdigest(), current_language(), frame.data)
        except ImageError as error:
            message = str(error)
    camera_view(state.W_CAMERA, _keep_frame, frame.number, has_picture=picture is not None)
    if message:
        st.error(state.plain(message), icon=":material/broken_image:")
    return picture


def _keep_frame(frame: CameraFrame) -> None:
    st.session_state[state.CAMERA_FRAME] = frame


def _choose_sample() -> Picture:
    from resnet_viz.model.samples import SAMPLES

    titles = {sample.key: _(sample.title) for sample in SAMPLES}
    key = st.selectbox(_("Sample"), list(titles), format_func=lambda key: titles[key], key=state.W_SAMPLE)
    credit = next(sample.credit for sample in SAMPLES if sample.key == key)
    return cache.get_sample(key, credit)
