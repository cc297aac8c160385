"""Inside one residual block: x, F(x), the shortcut, their sum and the output; and the change along all blocks."""

from __future__ import annotations

from math import acos, degrees
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records.findings import BlockChange, BlockMaps
from resnet_viz.records.trace import Block, Trace
from resnet_viz.ui.cache.finds import get_block_changes, get_block_maps, get_prepared
from resnet_viz.ui.cache.scene import Maps, Scene
from resnet_viz.ui.explore.ways.way import Way
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.ui.page.state import PageState
from resnet_viz.units import format_shape
from resnet_viz.views.address.view import View
from resnet_viz.views.charts.maps import chart_changes
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.key import scale_key
from resnet_viz.views.maps.levels import Scaling, find_scales
from resnet_viz.views.maps.overlay import overlay_map
from resnet_viz.views.maps.tiles import make_mosaic
from resnet_viz.views.parts.ids import Chosen

if TYPE_CHECKING:
    from PIL.Image import Image

_WAYS = ("norm", "channel")
_PIXELS = 244
_SKELETON_HEIGHT = 250

W_BLOCK_SHOW = "w_block_show"
W_BLOCK_CHANNEL = "w_block_channel"
W_ON_PICTURE = "w_on_picture"
W_CHANGES = "w_changes"


def show_block(scene: Scene, at: Chosen, page: PageState[View]) -> None:
    """Shows the five maps of the selected block, else of the block around the selection, else of the first."""
    trace, node = at.trace, at.node
    block = next((part for part in (node, *trace.ancestors(node)) if isinstance(part, Block)), trace.blocks[0])
    st.header(_("Inside {block}").format(block=f"`{block.id}`"), anchor=False)
    with st.skeleton(height=_SKELETON_HEIGHT):
        maps = get_block_maps(scene, block.id)
    channel, is_on_picture = _choose_channel(maps)
    seen = get_prepared(scene.picture.key, scene.preparation, scene.picture.image).seen
    # One row, or where that is too narrow an equation in three lines: see the style sheet.
    with st.container(key="block_row"), st.container(horizontal=True, gap="xsmall", key="block_maps"):
        for sign, title, words, values in _terms(maps, trace.last_op(block).op == "relu"):
            if sign:
                st.markdown(sign)
            with st.container(gap="xxsmall"):
                st.markdown(f"**{title}**")
                _show_panel(title, words, values, channel, seen if is_on_picture else None)
    changes = get_block_changes(scene)
    st.markdown(_change_words(next(change for change in changes if change.block == block.id)))
    _show_changes(trace, changes, block.id, page)


def _terms(maps: BlockMaps, has_relu: bool) -> list[tuple[str, str, str, Maps]]:
    """Returns the maps as an equation: the sign before each, its name, what it is, and its values."""
    return [
        ("", _("x"), _("what comes in"), maps.x),
        ("→", _("F(x)"), _("the residual branch"), maps.residual),
        ("\\+", _("shortcut(x)"), _("what passes by"), maps.shortcut),
        ("\\=", _("sum"), _("F(x) + shortcut(x)"), maps.sum),
        ("→", _("output"), _("after the ReLU") if has_relu else _("the sum as it is"), maps.output),
    ]


def _choose_channel(maps: BlockMaps) -> tuple[int | None, bool]:
    """Returns the channel to show, None for the norm over all, and whether to overlay it on the picture."""
    names = {"norm": _("All channels (norm)"), "channel": _("One channel")}
    n_channels = len(maps.output)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = st.segmented_control(
            _("Show"),
            _WAYS,
            format_func=lambda key: names[key],
            default=_WAYS[0],
            required=True,
            key=W_BLOCK_SHOW,
        )
        channel = None
        if way == "channel":
            channel = st.number_input(
                _("Channel"), 0, n_channels - 1, 0, key=f"{W_BLOCK_CHANNEL}:{n_channels}", width=140
            )
        is_on_picture = st.toggle(_("On the picture"), key=W_ON_PICTURE)
    return channel, is_on_picture


def _show_panel(title: str, words: str, values: Maps, channel: int | None, seen: Image | None) -> None:
    if channel is not None and channel >= len(values):
        st.caption(_("It has {n} channels only.").format(n=len(values)))
        return
    shown = np.linalg.norm(values, axis=0) if channel is None else values[channel]
    alt = _("{title}: {words}").format(title=title, words=words)
    if seen is None:
        colours, scaling = Colours(is_dark=reader.is_dark()), Scaling(is_from_zero=True)
        picture = picture_url(make_mosaic(shown[None], scaling=scaling, colours=colours, width=_PIXELS).png)
    else:
        colours, scaling = Colours("Inferno"), Scaling("node")
        picture = picture_url(overlay_map(seen, shown, 0.65, colours))
    st.image(picture, width="stretch", alt=alt)
    st.html(scale_key(colours, find_scales(shown[None], scaling)))
    st.caption(f"{words}  \n{format_shape((1, *values.shape))}")


def _change_words(change: BlockChange) -> str:
    if change.ratio is None or change.cosine is None:
        return _("Nothing comes along the shortcut of this block for this picture.")
    return _(
        "F(x) is **{ratio}** times as large as what passes by, and the block turns the signal by **{angle}°** "
        "(cosine {cosine})."
    ).format(
        ratio=f"{change.ratio:.2f}",
        angle=f"{degrees(acos(max(-1.0, min(1.0, change.cosine)))):.0f}",
        cosine=f"{change.cosine:.3f}",
    )


def _show_changes(trace: Trace, changes: tuple[BlockChange, ...], chosen: str, page: PageState[View]) -> None:
    st.subheader(_("Along all blocks"), anchor=False)
    st.caption(
        _(
            "Near 0 and near 1: a block that hardly changes its signal. Where a stage begins with a projection, the "
            "signal is made anew. A click on a point chooses its block."
        )
    )
    key = f"{W_CHANGES}:{chosen}"
    chart = chart_changes(trace, changes, chosen, reader.theme())
    st.plotly_chart(
        reader.for_reader(chart),
        key=key,
        on_select=lambda: _choose_point(key, page),
        selection_mode="points",
        alt=_("Size of F(x) and cosine along the blocks"),
    )


def _choose_point(key: str, page: PageState[View]) -> None:
    points = st.session_state[key].selection.points
    if points:
        page.change(node=str(points[0]["x"]))


WAY = Way("block", lambda: _("Inside the block"), show_block)
