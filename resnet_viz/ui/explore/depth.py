"""A field for the depth, and a choice among the block lists of that depth."""

from __future__ import annotations

import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.spec.depths import MAX_DEPTH, explain_depth, specs_for_depth
from resnet_viz.spec.edits import with_blocks_of
from resnet_viz.spec.names import list_label
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.explore.state import SPEC_ERROR, W_DEPTH, go_to_net

W_LISTS = "w_lists"


def choose_depth(spec: ResNetSpec) -> None:
    """Shows the depth field, the block lists of that or the nearest depth, and the formula."""
    st.number_input(
        _("Depth"),
        min_value=1,
        max_value=MAX_DEPTH,
        step=1,
        key=W_DEPTH,
        on_change=_apply_depth,
        args=(spec,),
        help=_("Layers with weights on the main path. The likeliest net is built, the others stand below."),
    )
    options = {list_label(option): option for option in specs_for_depth(st.session_state[W_DEPTH])}
    label = list_label(spec)
    st.session_state[W_LISTS] = label if label in options else None
    st.pills(
        _("Lists of blocks of this depth"),
        list(options),
        key=W_LISTS,
        on_change=_apply_list,
        args=(spec, options),
        label_visibility="collapsed",
    )
    st.caption(explain_depth(spec))


def _apply_depth(spec: ResNetSpec) -> None:
    depth = st.session_state[W_DEPTH]
    _apply(spec, specs_for_depth(depth)[0])


def _apply_list(spec: ResNetSpec, options: dict[str, ResNetSpec]) -> None:
    name = st.session_state[W_LISTS]
    if name is not None:
        _apply(spec, options[name])


def _apply(spec: ResNetSpec, option: ResNetSpec) -> None:
    """Goes to a net of other blocks; the field keeps its depth, even if no net has it."""
    depth = st.session_state[W_DEPTH]
    try:
        go_to_net(with_blocks_of(spec, option))
    except SpecError as error:
        st.session_state[SPEC_ERROR] = str(error)
    st.session_state[W_DEPTH] = depth
