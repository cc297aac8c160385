"""Widgets that choose a net. Their callbacks write it to the URL, from which the page reads it."""

from __future__ import annotations

import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.organisms.index import organism_of
from resnet_viz.spec.checks import (
    MAX_COUNT,
    MAX_INPUT_SIZE,
    NORMS,
    SHORTCUTS,
    STEMS,
    STRIDES_IN,
    parse_layers,
    parse_widths,
    usual_widths,
)
from resnet_viz.spec.resnet import DIGITS, PRESETS, TORCHVISION, ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.explore.depth import choose_depth
from resnet_viz.ui.explore.state import (
    SPEC_ERROR,
    W_BLOCK,
    W_CHANNELS,
    W_CLASSES,
    W_DIGITS,
    W_DILATION,
    W_GROUPS,
    W_HEIGHT,
    W_INPUT_WIDTH,
    W_LAYERS,
    W_NORM,
    W_PAPER,
    W_PLANES,
    W_POOLED,
    W_PRE_ACTIVATION,
    W_PRESET,
    W_SHORTCUT,
    W_SQUEEZE,
    W_STEM,
    W_STRIDE_IN,
    W_WIDTH,
    W_ZERO_INIT,
    explore,
    go_to_net,
    seed_widgets,
)
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.page.other_net import ask_other

_SHORT_NAMES = {
    "resnext50_32x4d": "ResNeXt-50",
    "resnext101_32x8d": "ResNeXt-101 32x8d",
    "resnext101_64x4d": "ResNeXt-101 64x4d",
    "wide_resnet50_2": "Wide-50-2",
    "wide_resnet101_2": "Wide-101-2",
}

CUSTOMISE_OPEN = "customise_open"
W_CUSTOMISE = "w_customise"
OTHER_OPEN, W_OTHER = "other_open", "w_other"


def choose_preset() -> None:
    """Shows torchvision's nets as buttons, the paper's plain and CIFAR nets as a list, those that come trained."""
    st.pills(
        _("Network"),
        list(TORCHVISION),
        format_func=lambda name: _SHORT_NAMES.get(name, PRESETS[name].name.removeprefix("ResNet-")),
        key=W_PRESET,
        on_change=_apply_preset,
        args=(W_PRESET,),
    )
    st.selectbox(
        _("Of the paper"),
        [name for name in PRESETS if name not in TORCHVISION and name not in DIGITS],
        index=None,
        format_func=lambda name: PRESETS[name].name,
        key=W_PAPER,
        on_change=_apply_preset,
        args=(W_PAPER,),
        placeholder=_("Plain nets, CIFAR-10 nets …"),
        label_visibility="collapsed",
    )
    st.pills(
        _("Trained on digits"),
        list(DIGITS),
        format_func=lambda name: PRESETS[name].name.partition(" (")[0],
        key=W_DIGITS,
        on_change=_apply_preset,
        args=(W_DIGITS,),
        help=_("Small nets that come with their weights, trained on handwritten digits of 8×8 pixels."),
    )


def choose_other_net(net: ShownNet) -> None:
    """Shows the fields for other people's nets, open where one is shown."""
    is_open = st.session_state.setdefault(OTHER_OPEN, not isinstance(net, ResNetSpec))
    # As above; and a field that is not rendered sends nothing with each click.
    box = st.expander(
        _("Other net"), icon=":material/deployed_code:", expanded=is_open, key=W_OTHER, on_change=lambda: None
    )
    if box.open:
        with box:
            ask_other(go_to_net)


def customise_net(spec: ShownNet) -> None:
    """Shows all settings of the spec, with the error of a rejected one below; nothing for a net of no settings."""
    if not isinstance(spec, ResNetSpec):
        return
    # Set once per session: a later change would close the expander while it is in use.
    is_open = st.session_state.setdefault(CUSTOMISE_OPEN, spec.preset_name is None)
    settings = st.expander(
        _("Customise"),
        icon=":material/tune:",
        expanded=is_open,
        key=W_CUSTOMISE,
        # Widgets that are not rendered lose their state.
        on_change=lambda: seed_widgets(explore.read()),
    )
    if settings.open:  # Skips a dozen widgets in every rerun and in every click's message.
        with settings:
            _customise(spec)
    message = st.session_state.get(SPEC_ERROR)
    if message:
        st.error(plain(message), icon=":material/error:")


def _customise(spec: ResNetSpec) -> None:
    choose_depth(spec)
    _choose_blocks(spec)
    _choose_shortcut(spec)
    left, right = st.columns(2)
    _number(left, _("Input height"), W_HEIGHT, MAX_INPUT_SIZE)
    _number(right, _("Input width"), W_INPUT_WIDTH, MAX_INPUT_SIZE)
    left, right = st.columns(2)  # A new row: on a narrow page columns are stacked.
    _number(left, _("Input channels"), W_CHANNELS, MAX_COUNT)
    _number(right, _("Classes"), W_CLASSES, MAX_COUNT)
    norms = {
        "batch": _("Batch norm"),
        "group": _("Group norm (32)"),
        "frozen": _("Frozen batch norm"),
        "none": _("None"),
    }
    st.selectbox(_("Normalisation"), NORMS, format_func=lambda norm: norms[norm], key=W_NORM, on_change=_apply_custom)
    if spec.shortcut != "none" and spec.norm != "none" and not spec.pre_activation:
        help_text = _("torchvision's zero_init_residual: every block begins as an identity.")
        _toggle(_("Last norm of each branch starts at zero"), W_ZERO_INIT, help_text)


def _choose_blocks(spec: ResNetSpec) -> None:
    """Number, kind and width of the blocks, and the stem."""
    blocks = {"basic": _("Basic"), "bottleneck": _("Bottleneck")}
    stems = {"7x7": "7×7", "3x3": "3×3", "deep": _("Deep")}
    strides = {"3x3": _("3×3 (v1.5)"), "1x1": _("first 1×1 (v1)")}
    layers_help = _("One to six whole numbers, for layer1, layer2 and so on, as in 2,3,5,2.")
    _text(_("Blocks per stage"), W_LAYERS, layers_help, "2, 3, 5, 2")
    _choice(_("Block"), W_BLOCK, blocks)
    usual = ", ".join(map(str, usual_widths(len(spec.layers))))
    planes_help = _("Channels of its convolutions, one number a stage; a bottleneck gives four times as many.")
    _text(_("Planes per stage"), W_PLANES, planes_help, usual)
    if spec.block == "bottleneck":
        left, right = st.columns(2)
        _number(left, _("Groups"), W_GROUPS, MAX_COUNT)
        _number(right, _("Width per group"), W_WIDTH, MAX_COUNT)
        _choice(_("Stride in"), W_STRIDE_IN, {key: strides[key] for key in STRIDES_IN})
    if spec.block == "bottleneck" and len(spec.layers) == 4:
        st.pills(
            _("Dilation instead of stride"),
            ["layer2", "layer3", "layer4"],
            selection_mode="multi",
            key=W_DILATION,
            on_change=_apply_custom,
        )
    stem_help = _("3×3 has stride 1 and no pooling, for small pictures; deep is ResNet-D's three 3×3.")
    _choice(_("Stem"), W_STEM, {key: stems[key] for key in STEMS}, stem_help)


def _choose_shortcut(spec: ResNetSpec) -> None:
    """The shortcut, and the switches of the later papers."""
    names = {"B": "B", "A": "A", "C": "C", "none": _("None")}
    shortcut_help = _("Where the shape changes: B projects, A pads with zeros. C projects always. None: a plain net.")
    _choice(_("Shortcut"), W_SHORTCUT, {key: names[key] for key in SHORTCUTS}, shortcut_help)
    if spec.shortcut in ("B", "C"):
        _toggle(_("Pool before a projection"), W_POOLED, _("ResNet-D: a projection's stride becomes a 2×2 mean."))
    if spec.shortcut != "none":
        _toggle(_("Pre-activation"), W_PRE_ACTIVATION, _("v2: norm and ReLU come before each convolution."))
    _toggle(_("Squeeze and excitation"), W_SQUEEZE, _("SE-ResNet: each branch weighs its channels."))


def _text(label: str, key: str, help_text: str, placeholder: str) -> None:
    st.text_input(label, key=key, on_change=_apply_custom, help=help_text, placeholder=placeholder, max_chars=200)


def _choice(label: str, key: str, titles: dict[str, str], help_text: str | None = None) -> None:
    st.segmented_control(
        label,
        list(titles),
        format_func=lambda name: titles[name],
        key=key,
        required=True,
        on_change=_apply_custom,
        help=help_text,
    )


def _toggle(label: str, key: str, help_text: str) -> None:
    st.toggle(label, key=key, on_change=_apply_custom, help=help_text)


def _number(place: st.delta_generator.DeltaGenerator, label: str, key: str, most: int) -> None:
    place.number_input(label, min_value=1, max_value=most, step=1, key=key, on_change=_apply_custom)


def _apply_preset(key: str) -> None:
    name = st.session_state[key]
    if name is None:  # The selected one was clicked again: it stays selected.
        seed_widgets(explore.read())
    else:
        organism = organism_of(PRESETS[name])
        go_to_net(PRESETS[name], organism.name if organism else None)


def _apply_custom() -> None:
    """Callback: goes to the net the widgets describe; if it is invalid, shows the error instead."""
    try:
        go_to_net(_described_spec())
    except SpecError as error:
        st.session_state[SPEC_ERROR] = str(error)


def _described_spec() -> ResNetSpec:
    """Returns the widgets' net; hidden settings, which it cannot have, get their defaults. Raises SpecError."""
    session = st.session_state
    is_bottleneck = session[W_BLOCK] == "bottleneck"
    flags = tuple(layer in session.get(W_DILATION, ()) for layer in ("layer2", "layer3", "layer4"))
    return ResNetSpec(
        block=session[W_BLOCK],
        layers=parse_layers(session[W_LAYERS]),
        num_classes=session[W_CLASSES],
        # A basic block has no such settings; their widgets are hidden.
        groups=session.get(W_GROUPS, 1) if is_bottleneck else 1,
        width_per_group=session.get(W_WIDTH, 64) if is_bottleneck else 64,
        replace_stride_with_dilation=(flags[0], flags[1], flags[2]) if is_bottleneck else None,
        stride_in=session.get(W_STRIDE_IN, "3x3") if is_bottleneck else "3x3",
        norm=session[W_NORM],
        zero_init_residual=session.get(W_ZERO_INIT, False),
        in_channels=session[W_CHANNELS],
        input_size=(session[W_HEIGHT], session[W_INPUT_WIDTH]),
        shortcut=session[W_SHORTCUT],
        stem=session[W_STEM],
        widths=parse_widths(session[W_PLANES]),
        pre_activation=session.get(W_PRE_ACTIVATION, False),
        average_shortcut=session.get(W_POOLED, False),
        squeeze_excitation=session[W_SQUEEZE],
    )
