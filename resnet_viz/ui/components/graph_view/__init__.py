"""The drawing on the page: an SVG laid out by Graphviz, in the page's colours, to scroll, zoom and choose from.

Choosing is a class toggled in the browser and one small message to Python; the SVG is sent once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.views.style import WIRES, recolouring

_HERE = Path(__file__).parent

_graph_view = st.components.v2.component(
    "graph_view",
    html='<div class="graph-view"></div>',
    css=(_HERE / "graph_view.css").read_text(encoding="utf-8"),
    js=(_HERE / "graph_view.js").read_text(encoding="utf-8"),
)


def graph_view(svg: str, selected: str | None, title: str, key: str, on_select: Callable[[], None]) -> str | None:
    """Show a drawing and give the id of the node chosen in it, None before the first choice.

    `svg` comes from `render_graph`; `selected` is marked; `title` is the drawing's text alternative.
    """
    result = _graph_view(
        key=key,
        data={"svg": svg, "selected": selected, "title": title, "recolour": recolouring(), "words": _words()},
        on_selected_change=on_select,
        default={"selected": None},
    )
    chosen: str | None = result.selected
    return chosen


def _words() -> dict[str, object]:
    """The words of the buttons and the legend, in the reader's language."""
    kinds = {
        "identity": _("identity"),
        "projection": _("projection"),
        "parameter-free": _("parameter-free"),
        "add": _("add"),
        "run": _("run of equal blocks"),
    }
    wires = {role: WIRES[role].style for role in ("identity", "projection", "parameter-free")}
    return {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "fit": _("Fit"),
        "fitTitle": _("Fit the drawing to the width"),
        "natural": "1:1",
        "naturalTitle": _("Natural size"),
        "legend": kinds,
        "styles": wires,
    }
