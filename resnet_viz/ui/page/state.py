"""The page's state lives in its address: what is shown can be linked, bookmarked and undone with the browser's Back.

Widgets are seeded from the address whenever it changed behind their back, and write to it when they are used. What the
reader chose for all pages stands in the address as well, and is none of this (`reader.py`).
"""

from __future__ import annotations

import re
from dataclasses import replace

import streamlit as st

from resnet_viz.spec.checks import usual_widths
from resnet_viz.spec.resnet import TORCHVISION
from resnet_viz.ui.page import reader
from resnet_viz.views.address.view import View, write_view
from resnet_viz.views.address.view import read_view as read_address

# The one list of what the session holds; what the address may hold is in views/address.py and query.py.
SEEN = "seen_address"
NOTICE = "notice"
SPEC_ERROR = "spec_error"
SESSION = "graph_session"
CUSTOMISE_OPEN, W_CUSTOMISE = "customise_open", "w_customise"
CAMERA_FRAME = "camera_frame"
TABLE_NODE, TABLE_ORIGIN = "table_node", "table_origin"

W_PRESET, W_BLOCK, W_LAYERS, W_CLASSES, W_GROUPS = "w_preset", "w_block", "w_layers", "w_classes", "w_groups"
W_WIDTH, W_DILATION, W_NORM, W_ZERO_INIT = "w_width", "w_dilation", "w_norm", "w_zero_init"
W_CHANNELS, W_HEIGHT, W_INPUT_WIDTH = "w_channels", "w_height", "w_input_width"
W_PAPER, W_DEPTH, W_LISTS, W_PLANES = "w_paper", "w_depth", "w_lists", "w_planes"
W_STEM, W_SHORTCUT, W_STRIDE_IN = "w_stem", "w_shortcut", "w_stride_in"
W_PRE_ACTIVATION, W_POOLED, W_SQUEEZE = "w_pre_activation", "w_pooled", "w_squeeze"
W_LEVEL, W_FORM, W_NODE, W_DEVICE = "w_level", "w_form", "w_node", "w_device"
W_SOURCE, W_SAMPLE, W_UPLOAD, W_CAMERA, W_ORDER, W_MOST = (
    "w_source",
    "w_sample",
    "w_upload",
    "w_camera",
    "w_order",
    "w_most",
)
W_KINDS, W_FIND, W_TABLE = "w_kinds", "w_find", "w_table"
W_GRAPH, W_FOLD_ALL = "w_graph", "w_fold_all"
W_WEIGHTS, W_DOWNLOAD, W_WEIGHTS_FILE = "w_weights", "w_download", "w_weights_file"
W_CROP = "crop"
W_LOOK, W_PLAY, W_FRAME = "w_look", "w_play", "w_frame"
W_BLOCK_SHOW, W_BLOCK_CHANNEL, W_ON_PICTURE = "w_block_show", "w_block_channel", "w_on_picture"
W_METHOD, W_CLASS, W_CAM_NODE, W_OPACITY, W_OCCLUDE = "w_method", "w_class", "w_cam_node", "w_opacity", "w_occlude"
W_SCOPE, W_CLIP, W_COLOURS, W_PAGE, W_FILTER = "w_scope", "w_clip", "w_colours", "w_page", "w_filter"
W_TILES, W_CELL_ROW, W_CELL_COLUMN, W_EFFECTIVE = "w_tiles", "w_cell_row", "w_cell_column", "w_effective"
W_CHANGES, W_FILM_STARTED = "w_changes", "w_film_started"
W_KEEP_FORMAT, W_KEEP_THEME, W_KEEP_TRANSPARENT = "w_keep_format", "w_keep_theme", "w_keep_transparent"
W_KEEP_PAGE, W_KEEP_SCALE, W_KEEP_FILE = "w_keep_page", "w_keep_scale", "w_keep_file"


def read_view() -> View:
    """The view of the current address. What it says wrongly is replaced, and told by `take_notice`."""
    params = reader.page_params()
    view, notes = read_address(params)
    if st.session_state.get(SEEN) != params:
        seed_widgets(view)
        st.session_state[SEEN] = params
        st.session_state[NOTICE] = " ".join(notes) or None
    return view


def show(view: View) -> None:
    """Go to another view: one new entry in the browser's history."""
    params = write_view(view)
    if view.spec != read_view().spec:
        seed_widgets(view)
    # These two are changed by other widgets and by the drawing, too; nobody is ever in the middle of typing into them.
    st.session_state[W_LEVEL], st.session_state[W_FORM] = view.level, view.form
    # The widgets know of this change: only one that comes from elsewhere is to seed them, so that what somebody is
    # typing, and what was said about it, stays.
    st.session_state[SEEN] = params
    reader.show_params(params)


def change(**changes: object) -> None:
    """Go to the present view with some of it changed."""
    show(replace(read_view(), **changes))  # type: ignore[arg-type]


def plain(text: str) -> str:
    """Words of somebody else's as they are, for a place that reads Markdown: they may not bring links and pictures.

    What looks like an address would become a link although it is escaped; a joiner that is not seen prevents it.
    """
    broken = re.sub(r"(?i)(?<=:/)(?=/)|(?<=www)(?=\.)|(?=@)", "\u2060", " ".join(text.split()))
    return re.sub(r"([\\`*_\[\]<>$~|!:])", r"\\\1", broken)


def take_notice() -> str | None:
    """What was wrong with the address, once."""
    notice: str | None = st.session_state.pop(NOTICE, None)
    return notice


def seed_widgets(view: View) -> None:
    """Let every widget say what the address says."""
    spec, session = view.spec, st.session_state
    session[W_PRESET] = spec.preset_name if spec.preset_name in TORCHVISION else None
    session[W_PAPER] = spec.preset_name if spec.preset_name not in TORCHVISION else None
    session[W_BLOCK] = spec.block
    session[W_DEPTH] = spec.depth
    session[W_LAYERS] = ", ".join(map(str, spec.layers))
    # Nothing where they are the usual ones: so they follow the number of stages.
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
    session[W_LEVEL] = view.level
    session[W_FORM] = view.form
    session[W_LOOK] = view.look
    session.pop(SPEC_ERROR, None)
