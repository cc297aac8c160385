"""The other two views of what is chosen: the blocks of the net as a list, and the maps of each of its stages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _, current_language
from resnet_viz.preparation import Preparation
from resnet_viz.records import Block, Stage, Trace
from resnet_viz.ui import cache
from resnet_viz.ui import learn_state as state
from resnet_viz.ui.picture_panel import show_picture
from resnet_viz.ui.scene import Scene, Weights, get_maps
from resnet_viz.ui.state import plain
from resnet_viz.units import format_shape
from resnet_viz.views.channels import strongest_channels
from resnet_viz.views.colours import Colours
from resnet_viz.views.compare_address import write_net
from resnet_viz.views.labels import shortcut_text
from resnet_viz.views.learn_address import LearnView
from resnet_viz.views.learn_choice import cell_node
from resnet_viz.views.structure import STEM, StructureCell, StructureTable
from resnet_viz.views.tiles import make_mosaic

_HEIGHT = 340
_CHANNELS = 9
_TILE = 150


def show_blocks(view: LearnView, trace: Trace, cells: Sequence[StructureCell]) -> None:
    """Every block with its shapes and counts; those of the chosen cell are ticked, and a tick chooses a block."""
    st.header(_("Its blocks"), anchor=False)
    rows = cache.get_rows(view.spec, ("block",), current_language())
    blocks = [block for block in map(trace.nodes.__getitem__, (row.node for row in rows)) if isinstance(block, Block)]
    inside = {node for cell in cells for node in cell.node_ids}
    ticked = [n for n, block in enumerate(blocks) if block.parent in inside]
    key = f"{state.W_BLOCKS}:{write_net(view.spec)}:{view.node}:{view.total}"
    st.dataframe(
        {
            _("Block"): [row.node for row in rows],
            _("Stage"): [_stage_name(trace, block) for block in blocks],
            _("Shape out"): [row.out_shape for row in rows],
            _("Shortcut"): [shortcut_text(block.shortcut) for block in blocks],
            _("Parameters"): [row.n_params for row in rows],
            _("MACs"): [row.n_macs for row in rows],
        },
        key=key,
        hide_index=True,
        height=_HEIGHT,
        column_config={
            _("Parameters"): st.column_config.NumberColumn(format="localized"),
            _("MACs"): st.column_config.NumberColumn(format="localized"),
        },
        on_select=partial(_tick, key, [block.id for block in blocks], ticked),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked}},
        alt=_("The blocks of {name}").format(name=trace.name),
    )


def _stage_name(trace: Trace, block: Block) -> str:
    stage = trace.nodes.get(block.parent or "")
    return stage.paper_name if isinstance(stage, Stage) else ""


def _tick(key: str, blocks: Sequence[str], ticked: Sequence[int]) -> None:
    """A tick that was set or taken away chooses its block."""
    changed = set(st.session_state[key].selection.rows) ^ set(ticked)
    if changed:
        state.change(node=blocks[max(changed)], total=None)


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


def _choose(node: str) -> None:
    state.change(node=node, total=None)
