"""The bar of projector mode, which has no sidebar: pages, nets, level of the drawing, steps, link, and the way out.

It is a row of widgets with the callbacks of the pages' own; `assets/projector.css` puts it at the edge of the screen
and lets it fade while nobody moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.ui.components.graph_view.words import level_names
from resnet_viz.ui.components.page_bar import page_steps
from resnet_viz.ui.links import show_links
from resnet_viz.ui.page import reader
from resnet_viz.ui.pages import Leveled, Page, page_at
from resnet_viz.ui.switches import show_copy_link
from resnet_viz.views.parts.detail import LEVELS

NETS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
W_NET, W_LEVEL, W_LEAVE = "w_projector_net", "w_projector_level", "w_leave_projector"


def show_bar(pages: Sequence[st.Page], current: st.Page) -> None:
    """Shows the bar, with what the current page allows to change."""
    here = page_at(current.url_path)
    with st.container(horizontal=True, vertical_alignment="center", key="projector_bar"):
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="projector_pages"):
            show_links(pages, current)
        if here.go_to_net is not None:
            _choose_net(here)
        if here.levels is not None:
            _choose_level(here.levels)
        page_steps("projector_steps")
        show_copy_link("projector_link")
        name = _("Leave the projector mode")
        st.button(
            name,
            help=name,
            icon=":material/close_fullscreen:",
            key=W_LEAVE,
            on_click=lambda: reader.choose_projector(False),
        )


def _choose_net(here: Page[Any]) -> None:
    go = here.go_to_net
    assert go is not None
    (net, *_others), _chosen = here.nets_of(here.state.read())
    name = net.preset_name if isinstance(net, ResNetSpec) else None
    choose = _choice(W_NET, name if name in NETS else None, lambda preset: go(PRESETS[preset]))
    st.segmented_control(
        _("Network"),
        NETS,
        format_func=lambda preset: PRESETS[preset].name.removeprefix("ResNet-"),
        key=W_NET,
        on_change=choose,
        label_visibility="collapsed",
        width="content",
    )


def _choose_level(levels: Leveled) -> None:
    names = level_names()
    choose = _choice(W_LEVEL, levels.read(), levels.go)
    st.segmented_control(
        _("Level"),
        LEVELS,
        format_func=lambda level: names[level],
        key=W_LEVEL,
        on_change=choose,
        label_visibility="collapsed",
        width="content",
    )


def _choice(key: str, chosen: str | None, go: Callable[[str], None]) -> Callable[[], None]:
    """Gives a widget the value of the address, and returns its callback. What is clicked again stays chosen."""
    st.session_state[key] = chosen

    def choose() -> None:
        if (got := st.session_state[key]) is not None:
            go(got)

    return choose
