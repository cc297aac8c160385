"""The channels of a node: tiles to point at, one of them large, their figures, and what one cell can see."""

from __future__ import annotations

from typing import Any

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language, n_, use_language
from resnet_viz.records import Node, Trace
from resnet_viz.ui import cache, state
from resnet_viz.ui import scene as scenes
from resnet_viz.ui.components.channel_view import ChannelTiles, Looks, channel_view, make_tiles
from resnet_viz.ui.scene import Maps, Scene
from resnet_viz.units import format_exact, format_share
from resnet_viz.views.channels import (
    ORDERS,
    PAGE_SIZES,
    ChannelPage,
    ChannelStats,
    NodeStats,
    channel_order,
    cut_page,
    pick_channels,
)
from resnet_viz.views.charts import chart_histogram
from resnet_viz.views.colours import SEQUENTIAL, Colours
from resnet_viz.views.levels import CLIPS, SCOPES, Scaling
from resnet_viz.views.maps_file import pack_maps
from resnet_viz.views.overlay import overlay_map
from resnet_viz.views.pictures import fit, frame_part
from resnet_viz.views.receptive import FieldBox, theoretical_box
from resnet_viz.views.tiles import make_mosaic


def show_channels(scene: Scene, trace: Trace, node: Node) -> None:
    """All there is to see of a node's channels."""
    st.header(_("Feature maps of {node}").format(node=f"`{node.id}`"), anchor=False)
    maps = scenes.get_maps(scene, node.id)
    stats, whole = scenes.get_stats(scene, node.id)
    page, scaling, colours = _choose(stats)
    # One key for all nodes: the next one comes into the same canvas, and what is large there stays large.
    channel_view(state.W_TILES, _make_tiles(scene, node.id, page.channels, scaling, colours))
    _show_words(maps, whole)
    _show_chart(scene, node.id)
    _show_files(scene, node, maps, page, scaling, colours)
    if maps.ndim == 3 and node.field is not None:
        with st.popover(_("What one cell sees"), icon=":material/center_focus_weak:", key="cell_field"):
            _show_cell(scene, trace, node)


# What stays the same from run to run is made once: tiles are as large as all the rest of the page.
@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=scenes.BY_KEY)
def _make_tiles(
    scene: Scene, node_id: str, channels: tuple[int, ...], scaling: Scaling, colours: Colours
) -> ChannelTiles:
    maps, node = scenes.get_maps(scene, node_id), cache.get_trace(scene.spec).nodes[node_id]
    return make_tiles(maps, channels, scaling, colours=colours, looks=_looks(scene, node), name=node_id)


@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=scenes.BY_KEY)
def _make_chart(scene: Scene, node_id: str, language: str) -> tuple[Any, str]:
    """The histogram of a node's values, and what it is called."""
    use_language(language)
    histogram = scenes.get_stats(scene, node_id)[1].histogram
    title = _("All values but {n} zeros").format(n=format_exact(histogram.n_zeros))
    return chart_histogram(histogram, title), title


def _show_chart(scene: Scene, node_id: str) -> None:
    with st.expander(_("How often each value occurs"), icon=":material/bar_chart:", key="maps_histogram"):
        chart, title = _make_chart(scene, node_id, current_language())
        st.plotly_chart(chart, key="histogram_chart", alt=title)


def _choose(stats: ChannelStats) -> tuple[ChannelPage, Scaling, Colours]:
    names = {
        "index": _("Number"),
        "mean": _("Mean"),
        "max": _("Maximum"),
        "variance": _("Variance"),
        "zeros": _("Share of zeros"),
        "strength": _("Strength"),
    }
    scopes = {"channel": _("Each channel"), "node": _("All together")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox(
            _("Sorted by"), ORDERS, len(ORDERS) - 1, lambda key: names[key], key=state.W_ORDER, width=150
        )
        with st.popover(_("More"), icon=":material/tune:"):
            # What is in here is no part of every click's message.
            size = st.selectbox(_("At once"), PAGE_SIZES, 1, key=state.W_MOST)
            scope = st.selectbox(_("Scale"), SCOPES, 0, lambda key: scopes[key], key=state.W_SCOPE)
            clip = st.selectbox(_("Left out at each end"), CLIPS, format_func=lambda n: f"{n} %", key=state.W_CLIP)
            colours = st.selectbox(_("Colours"), SEQUENTIAL, key=state.W_COLOURS)
            text = st.text_input(
                _("Only these channels"), key=state.W_FILTER, placeholder="0-15, 40, 99", max_chars=2000
            )
    # Names and numbers begin with the first, figures with the greatest.
    ordered = channel_order(stats, order, descending=order != "index")
    try:
        picked = pick_channels(ordered, text)
    except DrawError as error:
        st.error(state.plain(str(error)), icon=":material/error:")
        picked = ordered
    n_pages = cut_page(picked, size, 0).n_pages
    at = 1
    if n_pages > 1:
        at = st.slider(_("Page"), 1, n_pages, 1, key=f"{state.W_PAGE}:{n_pages}")
    is_dark = st.context.theme.type == "dark"
    return cut_page(picked, size, at - 1), Scaling(scope, clip), Colours(colours, is_dark=is_dark)


def _looks(scene: Scene, node: Node) -> Looks | None:
    if node.field is None:
        return None
    prepared = scenes.get_prepared(scene.picture.key, scene.preparation, scene.picture.image)
    return Looks(node.field, scene.preparation.size, prepared.thumbnail, node.is_global)


def _show_words(maps: Maps, stats: NodeStats) -> None:
    words = [
        n_("{n} channel.", "{n} channels.", stats.n_channels).format(n=format_exact(stats.n_channels)),
        _("Values from {low} to {high}, on average {mean}.").format(
            low=f"{stats.min:.3g}", high=f"{stats.max:.3g}", mean=f"{stats.mean:.3g}"
        ),
        _("{share} are exactly 0.").format(share=format_share(round(stats.zeros * stats.n_values), stats.n_values)),
    ]
    if maps.ndim == 3:
        words.append(
            n_("{n} channel is the same everywhere.", "{n} channels are the same everywhere.", stats.n_dead).format(
                n=format_exact(stats.n_dead)
            )
        )
    if stats.n_bad:
        words.append(_("{n} values are no finite numbers.").format(n=format_exact(stats.n_bad)))
    st.caption(" ".join(words))


def _show_files(scene: Scene, node: Node, maps: Maps, page: ChannelPage, scaling: Scaling, colours: Colours) -> None:
    name = f"{scene.spec.name}-{node.id}"
    with st.container(horizontal=True):
        st.download_button(
            _("These tiles (PNG)"),
            lambda: make_mosaic(maps, page.channels, scaling, colours).png,
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


def _show_cell(scene: Scene, trace: Trace, node: Node) -> None:
    """The theoretical field of a cell on the picture, and on request how much each pixel really counts."""
    assert node.field is not None
    rows, columns = node.out_shape[2:]
    left, right = st.columns(2)
    row = left.number_input(_("Row"), 0, rows - 1, rows // 2, key=f"{state.W_CELL_ROW}:{rows}")
    column = right.number_input(_("Column"), 0, columns - 1, columns // 2, key=f"{state.W_CELL_COLUMN}:{columns}")
    box = theoretical_box(node.field, (row, column), scene.preparation.size)
    seen: Any = scenes.get_prepared(scene.picture.key, scene.preparation, scene.picture.image).seen
    if st.toggle(
        _("How much each pixel really counts (effective field)"),
        key=state.W_EFFECTIVE,
        help=_("The gradient of the cell, the mean of its channels, by the pixels; one backward pass."),
    ):
        seen = overlay_map(seen, scenes.get_effective_field(scene, node.id, (row, column)), 0.75, Colours("Inferno"))
    place = (box.left, box.top, box.right, box.bottom)
    st.image(frame_part(fit(seen, 336), place, seen.size, "field"), alt=_("The picture with the field of one cell"))
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
