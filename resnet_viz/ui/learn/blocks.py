"""The other two views of what is chosen: the blocks of the net as a list, and the maps of each of its stages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _, current_language
from resnet_viz.records.preparation import Preparation
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.finds import get_maps
from resnet_viz.ui.cache.scene import Scene, Weights
from resnet_viz.ui.learn import state
from resnet_viz.ui.page.state import plain
from resnet_viz.ui.picture.panel import show_picture
from resnet_viz.units import format_shape
from resnet_viz.views.address.compare import write_net
from resnet_viz.views.address.learn import LearnView, cell_node
from resnet_viz.views.maps.channels import strongest_channels
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.tiles import make_mosaic
from resnet_viz.views.parts.ids import resolve_node
from resnet_viz.views.parts.words import shortcut_text
from resnet_viz.views.structure.table import STEM, StructureCell, StructureTable

_HEIGHT = 340
_CHANNELS = 10
_TILE = 150


def show_blocks(view: LearnView, table: StructureTable, cells: Sequence[StructureCell]) -> None:
    """The blocks of the chosen cell's stage, or all of them, with shapes and counts; a click chooses one."""
    trace = table.traces[view.net]
    st.header(_("Its blocks"), anchor=False)
    chosen = next((cell.stage for cell in cells if cell.place is not None), None)
    _choose_stage(trace, chosen)
    rows = cache.get_rows(view.spec, ("block",), current_language())
    blocks = [block for block in trace.blocks if chosen in (None, block.parent)]
    figures = {row.node: row for row in rows}
    node = resolve_node(trace, view.node)
    around = {part.id for part in (node, *trace.ancestors(node))} if node else set()
    ticked = [n for n, block in enumerate(blocks) if block.id in around]
    key = f"{state.W_BLOCKS}:{write_net(view.spec)}:{view.node}:{view.total}"
    number = st.column_config.NumberColumn
    st.dataframe(
        {
            "block": [block.id for block in blocks],
            "shape": [figures[block.id].out_shape for block in blocks],
            "shortcut": [shortcut_text(block.shortcut) for block in blocks],
            "params": [block.n_params for block in blocks],
            "macs": [block.n_macs for block in blocks],
        },
        key=key,
        hide_index=True,
        height=min(_HEIGHT, 38 + 35 * len(blocks)),
        column_config={
            "block": _("Block"),
            "shape": _("Shape out"),
            "shortcut": _("Shortcut"),
            "params": number(_("Parameters"), format="localized"),
            "macs": number(_("MACs"), format="localized"),
        },
        on_select=partial(_pick, key, [block.id for block in blocks]),
        selection_mode="single-row",
        selection_default={"selection": {"rows": ticked}},
        alt=_("The blocks of {name}").format(name=trace.name),
    )


def _choose_stage(trace: Trace, chosen: str | None) -> None:
    names = {stage.id: stage.paper_name for stage in trace.stages}
    st.session_state[state.W_STAGE] = chosen if chosen in names else None
    st.pills(
        _("Stage"),
        list(names),
        format_func=lambda stage: names[stage],
        key=state.W_STAGE,
        on_change=lambda: _choose(st.session_state[state.W_STAGE]),
        label_visibility="collapsed",
    )


def _pick(key: str, blocks: Sequence[str]) -> None:
    chosen = st.session_state[key].selection.rows
    if chosen:
        _choose(blocks[chosen[0]])


# Maps


def show_stage_maps(view: LearnView, table: StructureTable, cells: Sequence[StructureCell], device: str) -> None:
    """What leaves each layer group for the current picture: its strongest channels, and a button that chooses it."""
    st.header(_("Feature maps of the current picture"), anchor=False)
    if not st.toggle(_("Run a picture through {name}").format(name=plain(view.spec.name)), key=state.W_MAPS):
        st.caption(_("Random weights, seed 0: the architecture at work, not what a trained net sees."))
        return
    weights = Weights(preparation=Preparation(view.spec.input_size))
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
        st.error(plain(str(error)), icon=":material/error:")
    st.caption(_("Random weights, seed 0: the architecture at work, not what a trained net sees."))


def _show_frames(scene: Scene, groups: Sequence[StructureCell], chosen: set[str]) -> None:
    ends = {cell.row: cell.node_ids[-1] for cell in groups}
    with st.spinner(_("Running {name} …").format(name=plain(scene.spec.name))):
        maps = get_maps(scene, tuple(ends.values()))
    colours = Colours(is_dark=st.context.theme.type == "dark")
    with st.container(horizontal=True, key="learn_maps"):
        for cell in groups:
            own = maps[ends[cell.row]]
            channels = strongest_channels(own, _CHANNELS)
            with st.container(border=True, gap="xxsmall", width=_TILE + 34):
                st.button(
                    cell.row,
                    key=f"learn_map:{cell.row}",
                    type="primary" if cell.row in chosen else "secondary",
                    width="stretch",
                    on_click=partial(_choose, cell_node(cell)),
                    help=_("Choose {row}").format(row=cell.row),
                )
                st.image(
                    make_mosaic(own, channels, colours=colours, width=2 * _TILE).png,
                    width=_TILE,
                    caption=format_shape((1, *own.shape)),
                    alt=_("Strongest channels of {node}: {channels}").format(
                        node=ends[cell.row], channels=", ".join(map(str, channels))
                    ),
                )


def _choose(node: str | None) -> None:
    state.change(node=node, total=None)
