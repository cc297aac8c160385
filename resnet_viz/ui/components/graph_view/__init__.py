"""The drawing on the page: an SVG laid out by Graphviz, in the page's colours, to scroll, zoom and choose from.

Choosing is a class toggled in the browser and one small message to Python, which answers with what is to be marked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def graph_view(svg: str, marked: Sequence[str], title: str, key: str, on_select: Callable[[], None]) -> None:
    """Show a drawing. `on_select` is called when a node is chosen; the session's `key` holds its id as `selected`.

    `svg` comes from `render_graph`; the first of `marked` that is drawn is marked; `title` is the text alternative.
    """
    _graph_view(
        key=key,
        data={"svg": svg, "marked": list(marked), "title": title, "recolour": recolouring(), "words": _words()},
        on_selected_change=on_select,
    )


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
