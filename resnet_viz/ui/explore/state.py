"""Explore's page state, and the session state of the net's widgets when the URL changes without them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.spec.checks import usual_widths
from resnet_viz.spec.resnet import DIGITS, TORCHVISION, ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.cache.nets import get_trace
from resnet_viz.ui.page.state import PageState
from resnet_viz.views.address.changes import with_net
from resnet_viz.views.address.view import DEFAULT_SPEC, View, read_view, write_view

SPEC_ERROR = "spec_error"
W_PRESET = "w_preset"
W_BLOCK = "w_block"
W_LAYERS = "w_layers"
W_CLASSES = "w_classes"
W_GROUPS = "w_groups"
W_WIDTH = "w_width"
W_DILATION = "w_dilation"
W_NORM = "w_norm"
W_ZERO_INIT = "w_zero_init"
W_CHANNELS = "w_channels"
W_HEIGHT = "w_height"
W_INPUT_WIDTH = "w_input_width"
W_PAPER = "w_paper"
W_DIGITS = "w_digits"
W_DEPTH = "w_depth"
W_PLANES = "w_planes"
W_STEM = "w_stem"
W_SHORTCUT = "w_shortcut"
W_STRIDE_IN = "w_stride_in"
W_PRE_ACTIVATION = "w_pre_activation"
W_POOLED = "w_pooled"
W_SQUEEZE = "w_squeeze"


def seed_widgets(view: View) -> None:
    """Sets the session state of every net widget from a view."""
    spec, session = view.spec if isinstance(view.spec, ResNetSpec) else DEFAULT_SPEC, st.session_state
    preset = view.spec.preset_name if isinstance(view.spec, ResNetSpec) else None
    session[W_PRESET] = preset if preset in TORCHVISION else None
    session[W_PAPER] = preset if preset not in TORCHVISION and preset not in DIGITS else None
    session[W_DIGITS] = preset if preset in DIGITS else None
    session[W_BLOCK] = spec.block
    session[W_DEPTH] = spec.depth
    session[W_LAYERS] = ", ".join(map(str, spec.layers))
    # Empty for the default widths, so that they follow the number of stages.
    session[W_PLANES] = "" if spec.widths == usual_widths(len(spec.layers)) else ", ".join(map(str, spec.widths))
    session[W_STEM], session[W_SHORTCUT], session[W_STRIDE_IN] = spec.stem, spec.shortcut, spec.stride_in
    session[W_PRE_ACTIVATION], session[W_POOLED] = spec.pre_activation, spec.average_shortcut
    session[W_SQUEEZE] = spec.squeeze_excitation
    session[W_CLASSES] = spec.num_classes
    session[W_GROUPS] = spec.groups
    session[W_WIDTH] = spec.width_per_group
    flags = spec.replace_stride_with_dilation or (False, False, False)
    session[W_DILATION] = [f"layer{i}" for i, flag in enumerate(flags, start=2) if flag]
    session[W_NORM] = spec.norm
    session[W_ZERO_INIT] = spec.zero_init_residual
    session[W_CHANNELS] = spec.in_channels
    session[W_HEIGHT], session[W_INPUT_WIDTH] = spec.input_size
    session.pop(SPEC_ERROR, None)


explore = PageState("explore", read_view, write_view, seed=seed_widgets)


def go_to_net(spec: ShownNet, weights: str | None = None) -> None:
    """Goes to another net, with these weights if any are named; selection and open parts are kept where it has them."""
    before = explore.read()
    view = with_net(before, spec, get_trace)
    view = view if weights is None else replace(view, weights=weights)
    if view.spec != before.spec:
        seed_widgets(view)
    explore.show(view)
    st.session_state.pop(SPEC_ERROR, None)


def nets_of(view: View) -> tuple[tuple[ShownNet, ...], int]:
    """Returns the net of a view of this page, and its index."""
    return (view.spec,), 0


def about(nets: tuple[ShownNet, ...], chosen: int) -> dict[str, str]:
    """Returns this page's query parameters for one of some nets."""
    return nets[chosen].to_pairs()
