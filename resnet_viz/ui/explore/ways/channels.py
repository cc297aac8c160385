"""The channels of a node: tiles, one of them large, their values, and the receptive field of a cell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Node
from resnet_viz.ui.cache.charts import get_histogram
from resnet_viz.ui.cache.finds import get_effective_field, get_prepared
from resnet_viz.ui.cache.scene import Maps, Scene
from resnet_viz.ui.cache.sight import NodeMaps, own_sight
from resnet_viz.ui.components.channel_view import channel_view
from resnet_viz.ui.explore.ways.way import Way
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import show_error
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.ui.page.state import PageState
from resnet_viz.units import format_exact
from resnet_viz.views.address.view import View
from resnet_viz.views.maps.channels import ORDERS, PAGE_SIZES, parse_channels
from resnet_viz.views.maps.colours import SEQUENTIAL, Colours
from resnet_viz.views.maps.layout import Layout
from resnet_viz.views.maps.levels import CLIPS, SCOPES, Scaling
from resnet_viz.views.maps.overlay import overlay_map
from resnet_viz.views.maps.packed import pack_maps
from resnet_viz.views.maps.pictures import fit, frame_part
from resnet_viz.views.maps.receptive import FieldBox, theoretical_box
from resnet_viz.views.maps.tiles import make_mosaic
from resnet_viz.views.parts.ids import Chosen

W_ORDER = "w_order"
W_MOST = "w_most"
W_SCOPE = "w_scope"
W_CLIP = "w_clip"
W_COLOURS = "w_colours"
W_PAGE = "w_page"
W_FILTER = "w_filter"
W_TILES = "w_tiles"
W_CELL_ROW = "w_cell_row"
W_CELL_COLUMN = "w_cell_column"
W_EFFECTIVE = "w_effective"


def show_channels(scene: Scene, at: Chosen, page: PageState[View]) -> None:
    """Shows all panels of a node's channels."""
    sight = own_sight()
    sight.set_scene(scene)
    found = sight.find(at.node.id)
    view = page.read()
    layout = _choose_page(_choose_layout(len(found.maps)), found, view.channel)
    # The drawing's id: the browser requests maps by it ahead of the rerun.
    chosen = at.id if at.id == view.node else ""
    channel_view(
        W_TILES,
        sight.address(chosen, layout),
        lambda channel: page.change(channel=channel),
        view.channel,
    )
    _show_chart(scene, found, at.node.id)
    _show_files(scene, at.node, found, layout)
    if found.maps.ndim == 3 and at.node.field is not None:
        place = st.popover(
            _("What one cell sees"), icon=":material/center_focus_weak:", key="cell_field", on_change="rerun"
        )
        with place:
            _show_cell(scene, at.node, is_seen=bool(place.open))


def _show_chart(scene: Scene, found: NodeMaps, node_id: str) -> None:
    place = st.expander(
        _("How often each value occurs"), icon=":material/bar_chart:", key="maps_histogram", on_change="rerun"
    )
    if place.open:
        chart, title = get_histogram(scene, node_id, current_language(), found)
        place.plotly_chart(reader.for_reader(chart), key="histogram_chart", alt=title)


def _choose_layout(n: int) -> Layout:
    """Returns the layout of n channels, at its first page."""
    names = {
        "index": _("Number"),
        "mean": _("Mean"),
        "max": _("Maximum"),
        "variance": _("Variance"),
        "zeros": _("Share of zeros"),
        "strength": _("Strength"),
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox(_("Sorted by"), ORDERS, len(ORDERS) - 1, lambda key: names[key], key=W_ORDER, width=150)
        with st.popover(_("More"), icon=":material/tune:"):
            # Widgets in here are no part of every click's message.
            size, scaling, colours = _choose_scale()
            text = st.text_input(_("Only these channels"), key=W_FILTER, placeholder="0-15, 40, 99", max_chars=2000)
    try:
        parse_channels(text, n)
    except DrawError as error:
        show_error(error)
        text = ""
    return Layout(order, size, text, 0, scaling, colours)


def _choose_page(layout: Layout, found: NodeMaps, channel: int | None) -> Layout:
    """Returns the layout at the slider's page; at first the one with the large channel."""
    n_pages = layout.page_of(found.channels).n_pages
    if n_pages == 1:
        return layout
    first = layout.find_page(found.channels, channel)
    at = st.slider(_("Page"), 1, n_pages, 1 + first, key=f"{W_PAGE}:{n_pages}")
    return replace(layout, at=at - 1)


def _choose_scale() -> tuple[int, Scaling, Colours]:
    scopes = {"channel": _("Each channel"), "node": _("All together")}
    size = st.selectbox(_("At once"), PAGE_SIZES, 1, key=W_MOST)
    scope = st.selectbox(_("Scale"), SCOPES, 0, lambda key: scopes[key], key=W_SCOPE)
    clip = st.selectbox(_("Left out at each end"), CLIPS, format_func=lambda n: f"{n} %", key=W_CLIP)
    colours = st.selectbox(
        _("Colours without negative values"),
        SEQUENTIAL,
        key=W_COLOURS,
        help=_("Maps with negative values are blue below 0 and red above, whatever is chosen here."),
    )
    return size, Scaling(scope, clip, is_from_zero=True), Colours(colours, is_dark=reader.is_dark())


def _show_files(scene: Scene, node: Node, found: NodeMaps, layout: Layout) -> None:
    name, maps = f"{scene.spec.name}-{node.id}", found.maps
    with st.container(horizontal=True):
        st.download_button(
            _("These tiles (PNG)"),
            lambda: make_mosaic(maps, layout.page_of(found.channels).channels, layout.scaling, layout.colours).png,
            f"{name}.png",
            "image/png",
            icon=":material/image:",
            on_click="ignore",
        )
        st.download_button(
            _("All numbers (.npz)"),
            lambda: pack_maps(maps, range(len(maps)), node.id, scene.spec.name),
            f"{name}.npz",
            "application/octet-stream",
            icon=":material/data_array:",
            on_click="ignore",
        )


def _show_cell(scene: Scene, node: Node, is_seen: bool) -> None:
    """Shows a cell's theoretical receptive field on the picture, and on request the effective one.

    The widgets are always rendered, since others lose their state; the picture only if `is_seen`.
    """
    assert node.field is not None
    rows, columns = node.out_shape[2:]
    left, right = st.columns(2)
    row = left.number_input(_("Row"), 0, rows - 1, rows // 2, key=f"{W_CELL_ROW}:{rows}")
    column = right.number_input(_("Column"), 0, columns - 1, columns // 2, key=f"{W_CELL_COLUMN}:{columns}")
    is_effective = st.toggle(
        _("How much each pixel really counts (effective field)"),
        key=W_EFFECTIVE,
        help=_("The gradient of the cell, the mean of its channels, by the pixels; one backward pass."),
    )
    if is_seen:
        box = theoretical_box(node.field, (row, column), scene.preparation.size)
        effective = get_effective_field(scene, node.id, (row, column)) if is_effective else None
        _show_field(scene, box, effective)


def _show_field(scene: Scene, box: FieldBox, effective: Maps | None) -> None:
    seen: Any = get_prepared(scene.picture.key, scene.preparation, scene.picture.image).seen
    if effective is not None:
        seen = overlay_map(seen, effective, 0.75, Colours("Inferno"))
    place = (box.left, box.top, box.right, box.bottom)
    framed = frame_part(fit(seen, 336), place, seen.size, "field")
    st.image(picture_url(framed), alt=_("The picture with the field of one cell"))
    st.caption(_field_words(box))


def _field_words(box: FieldBox) -> str:
    words = _("In theory it can see {height}×{width} pixels").format(
        height=format_exact(box.height), width=format_exact(box.width)
    )
    if not box.is_clipped:
        return f"{words}."
    return words + _("; {height}×{width} of them lie in the picture, the rest is padding.").format(
        height=box.bottom - box.top, width=box.right - box.left
    )


WAY = Way("channels", lambda: _("Channels"), show_channels)
