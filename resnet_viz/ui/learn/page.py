"""Learn: the paper's structure table, interactive, with lessons, exercises, false beliefs and a glossary."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _, current_language
from resnet_viz.ui.cache.teaching import get_structure
from resnet_viz.ui.learn.beliefs import show_beliefs
from resnet_viz.ui.learn.blocks import show_blocks
from resnet_viz.ui.learn.cell import show_build, show_reading
from resnet_viz.ui.learn.columns import choose_columns
from resnet_viz.ui.learn.exercises import show_exercises
from resnet_viz.ui.learn.graph import show_learn_graph
from resnet_viz.ui.learn.lessons import show_lessons
from resnet_viz.ui.learn.libraries import show_counts, show_namesakes
from resnet_viz.ui.learn.maps import show_stage_maps
from resnet_viz.ui.learn.source import show_source
from resnet_viz.ui.learn.state import W_SHOW, learn, panel_names
from resnet_viz.ui.learn.table import show_files, show_printed, show_structure
from resnet_viz.ui.learn.terms import show_glossary
from resnet_viz.ui.page.callouts import show_error
from resnet_viz.ui.picture.device import choose_device
from resnet_viz.views.address.learn import SHOWN, LearnView, chosen_cells
from resnet_viz.views.parts.ids import Chosen, chosen
from resnet_viz.views.structure.table import StructureTable

_SKELETON_HEIGHT = 500
_MOST_BESIDE = 3
"""Most columns of a table that fits beside a lesson."""


def show() -> None:
    """Renders the page from its URL, once per rerun. What has to be made comes after the first paint."""
    view = learn.read()
    with st.sidebar:
        choose_columns(view)
        device_place = st.container()
    learn.show_notice()
    st.title(_("The structure table"), anchor=False)
    _choose_show(view)
    body = st.container()
    with body, st.skeleton(height=_SKELETON_HEIGHT):
        table = get_structure(view.specs, view.rows, current_language())
    with device_place:
        device = choose_device()
    with body:
        beside = _show_taught(view)
        if _has_views(view):
            trace = table.traces[view.net]
            at = chosen(trace, view.node)
            with beside:
                show_structure(view, table)
            # Claims are a long list: the drawing goes beside them.
            with beside if view.show == "beliefs" else st.container(), st.container(border=True):
                show_learn_graph(view, trace, at)
            _show_views(view, table, at, device)


def _choose_show(view: LearnView) -> None:
    names = panel_names()
    st.session_state[W_SHOW] = view.show
    st.segmented_control(
        _("What to do"),
        SHOWN,
        format_func=lambda name: names[name],
        key=W_SHOW,
        required=True,
        on_change=_set_show,
        label_visibility="collapsed",
    )


def _set_show() -> None:
    """Callback: keeps the selection, except for exercises, where it may be the answer."""
    show = st.session_state[W_SHOW]
    if show == "exercises":
        learn.change(show=show, node=None, total=None)
    else:
        learn.change(show=show)


def _show_taught(view: LearnView) -> DeltaGenerator:
    """Shows the teaching panel; returns the container for the table, beside it if that is narrow enough, else below.

    An error in the panel leaves the views as they are.
    """
    panels = {"lessons": show_lessons, "exercises": show_exercises, "beliefs": show_beliefs}
    if view.show == "glossary":
        show_glossary()
    if view.show not in panels:
        return st.container()
    is_beside = _has_views(view) and len(view.specs) <= _MOST_BESIDE
    left, right = st.columns([2, 3], gap="small") if is_beside else (st.container(), st.container())
    with left:
        try:
            panels[view.show](view)
        except ResnetVizError as error:
            show_error(error)
    return right


def _has_views(view: LearnView) -> bool:
    """Whether the views are shown: in exercises only with the answer, which they may give away."""
    return view.show in ("table", "lessons", "beliefs") or (view.show == "exercises" and view.node is not None)


def _show_views(view: LearnView, table: StructureTable, at: Chosen | None, device: str) -> None:
    """Below the table and the drawing, linked with them: the cell explained, its blocks, source and maps."""
    trace = table.traces[view.net]
    cells = chosen_cells(view, table)
    left, right = st.columns(2, gap="small")
    with left:
        with st.container(border=True, key="cell_reading"):
            show_reading(table, cells)
            show_build(view, trace, next((cell for cell in cells if cell.place is not None), None))
        with st.container(border=True, key="cell_blocks"):
            show_blocks(view, table, cells, at)
    with right, st.container(border=True, key="cell_source"):
        show_source(view, table, cells)
    with st.container(border=True, key="cell_maps"):
        show_stage_maps(view, table, cells, device)
    show_printed(view, table)
    show_namesakes()
    show_counts(view, table)
    show_files(table)


show()
