"""A field for the depth, and a choice among the block lists of that depth."""

from __future__ import annotations

import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _, n_
from resnet_viz.spec.depths import MAX_DEPTH, depths_near, explain_depth, no_depth, specs_for_depth
from resnet_viz.spec.edits import with_blocks_of
from resnet_viz.spec.names import list_depth_label
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.explore.state import SPEC_ERROR, W_DEPTH, go_to_net

W_LISTS, W_NEAR = "w_lists", "w_near_depth"


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
    depth = st.session_state[W_DEPTH]
    if depth not in depths_near(depth):
        _offer_near(spec, depth)
    options = {list_depth_label(option): option for option in specs_for_depth(depth)}
    label = list_depth_label(spec)
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


def _offer_near(spec: ResNetSpec, depth: int) -> None:
    """Says that no net has the typed depth, with a button for each nearest one."""
    near = depths_near(depth)
    st.warning(no_depth(depth, near), icon=":material/straighten:")
    with st.container(horizontal=True, key="near_depths"):
        for other in near:
            label = n_("{n} layer", "{n} layers", other).format(n=other)
            st.button(label, key=f"{W_NEAR}:{other}", on_click=_go_to_depth, args=(spec, other))


def _apply_depth(spec: ResNetSpec) -> None:
    """Callback: goes to the likeliest net of a typed depth; where none has it, the net stays as it is."""
    depth = st.session_state[W_DEPTH]
    if depth in depths_near(depth):
        _apply(spec, specs_for_depth(depth)[0])


def _go_to_depth(spec: ResNetSpec, depth: int) -> None:
    st.session_state[W_DEPTH] = depth
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
