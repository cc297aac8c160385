"""A chart for whoever sits far away: the same figure with larger type."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

_SIZE, _TITLE_SIZE = 12, 14
"""What type measures where a figure says nothing, in pixels."""


def enlarge_chart(figure: go.Figure, scale: float) -> go.Figure:
    """A copy of a figure whose type, height and margins are `scale` times as large; the rest stays."""
    told = figure.to_dict()
    layout = told["layout"]
    for name in ("height", "width"):
        if layout.get(name):
            layout[name] = round(layout[name] * scale)
    layout["margin"] = {side: round(room * scale) for side, room in layout.get("margin", {}).items()}
    if "uniformtext" in layout:
        layout["uniformtext"]["minsize"] *= scale
    _grow(layout, "font", _SIZE, scale)
    # Said outright: the page's theme has sizes of its own for these.
    for name in ("legend", "hoverlabel"):
        _grow(layout.setdefault(name, {}), "font", _SIZE, scale)
    if "title" in layout:
        _grow(layout["title"], "font", _TITLE_SIZE, scale)
    for axis in (part for name, part in layout.items() if name.startswith(("xaxis", "yaxis"))):
        _grow(axis, "tickfont", _SIZE, scale)
        _grow(axis.setdefault("title", {}), "font", _TITLE_SIZE, scale)
    for note in layout.get("annotations", ()):
        _grow(note, "font", _SIZE, scale)
    for trace in told["data"]:
        for name in {"textfont", "insidetextfont"} & trace.keys():
            _grow(trace, name, _SIZE, scale)
    return go.Figure(told)


def _grow(part: dict[str, Any], name: str, usual: int, scale: float) -> None:
    font = part.setdefault(name, {})
    font["size"] = font.get("size", usual) * scale
