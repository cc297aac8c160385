"""The feature maps at the end of each stage, for the current picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.ui.cache.finds import get_maps
from resnet_viz.ui.cache.scene import Scene, random_weights
from resnet_viz.ui.learn.state import choose_node
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import plain, show_error
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.ui.page.trained import link_trained
from resnet_viz.ui.picture.panel import show_picture
from resnet_viz.units import format_shape
from resnet_viz.views.address.learn import LearnView, cell_node
from resnet_viz.views.maps.channels import strongest_channels
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.tiles import make_mosaic
from resnet_viz.views.structure.table import STEM, StructureCell, StructureTable

_CHANNELS = 10
_TILE = 150
W_MAPS = "w_learn_maps"


def show_stage_maps(view: LearnView, table: StructureTable, cells: Sequence[StructureCell], device: str) -> None:
    """Shows each layer group's strongest output channels for the current picture, and a button to select it."""
    st.header(_("Feature maps of the current picture"), anchor=False)
    if not st.toggle(_("Run a picture through {name}").format(name=plain(view.spec.name)), key=W_MAPS):
        _mark_random()
        return
    weights = random_weights(view.spec)
    shown = show_picture(weights)
    if shown is None:
        return
    scene = Scene(view.spec, device, weights, *shown)
    column = table.columns[view.net]
    groups = [cell for cell in table.cells if cell.column == column and cell.place is not None]
    stem = table.cell(STEM, column) if STEM in table.rows else None
    try:
        _show_frames(scene, [*([stem] if stem else []), *groups], {cell.row for cell in cells})
    except ResnetVizError as error:
        show_error(error)
    _mark_random()


def _mark_random() -> None:
    st.caption(_("Random weights, seed 0: the architecture at work, not what a trained net sees."))
    link_trained()


def _show_frames(scene: Scene, groups: Sequence[StructureCell], chosen: set[str]) -> None:
    ends = {cell.row: cell.node_ids[-1] for cell in groups}
    with st.spinner(_("Running {name} …").format(name=plain(scene.spec.name))):
        maps = get_maps(scene, tuple(ends.values()))
    colours = Colours(is_dark=reader.is_dark())
    with st.container(horizontal=True, key="learn_maps"):
        for cell in groups:
            output = maps[ends[cell.row]]
            channels = strongest_channels(output, _CHANNELS)
            with st.container(border=True, gap="xxsmall", width=_TILE + 34):
                st.button(
                    cell.row,
                    key=f"learn_map:{cell.row}",
                    type="primary" if cell.row in chosen else "secondary",
                    width="stretch",
                    on_click=partial(choose_node, cell_node(cell)),
                    help=_("Choose {row}").format(row=cell.row),
                )
                st.image(
                    picture_url(make_mosaic(output, channels, colours=colours, width=2 * _TILE).png),
                    width=_TILE,
                    caption=format_shape((1, *output.shape)),
                    alt=_("Strongest channels of {node}: {channels}").format(
                        node=ends[cell.row], channels=", ".join(map(str, channels))
                    ),
                )
