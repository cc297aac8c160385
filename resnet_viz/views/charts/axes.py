"""Shared parts of charts: layout, names and units of quantities, and ticks at round numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import plotly.graph_objects as go

from resnet_viz.i18n import _
from resnet_viz.units import format_bytes, format_count, format_macs, format_pixels
from resnet_viz.views.style import Palette

HEIGHT = 360
MARGIN = {"l": 8, "r": 12, "t": 12, "b": 8}
_ROUND = (1, 2, 5, 10)
_MOST_TICKS = 6


AxisSettings = Mapping[str, object]

_SIZE, _TITLE_SIZE = 12, 14
"""Plotly's default font sizes in pixels."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A Plotly figure, and its alternative text for screen readers."""

    figure: go.Figure
    alt: str


def make_layout(palette: Palette, height: int, x: AxisSettings, y: AxisSettings) -> dict[str, Any]:
    """Returns the shared layout: size, legend above the chart, muted grids, and both axes.

    Built in one go, since each later update costs Plotly as much as creating it.
    """
    grid = palette.stem.fill
    axis = {"gridcolor": grid, "zerolinecolor": grid, "automargin": True}
    return {
        "height": height,
        "margin": MARGIN,
        "font": {"color": palette.ink, "size": 12},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemsizing": "trace"},
        "hoverlabel": {"align": "left"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {**axis, "ticklabeloverflow": "allow", **x},
        "yaxis": {**axis, **y},
    }


def quantity_name(quantity: str) -> str:
    """Returns the axis title of `params`, `macs`, `memory` or `field`."""
    return {
        "params": _("Parameters"),
        "macs": _("MACs"),
        "memory": _("Activation memory"),
        "field": _("Receptive field"),
    }[quantity]


def quantity_text(amount: int, quantity: str) -> str:
    """Returns an amount with its unit: 11.7 M parameters, 1.81 GMACs, 44.6 MiB, 435 px."""
    if quantity == "params":
        return _("{n} params").format(n=format_count(amount))
    if quantity == "field":
        return format_pixels(amount, amount)
    return format_macs(amount) if quantity == "macs" else format_bytes(amount)


def tick_text(amount: int, quantity: str) -> str:
    """Returns a short `quantity_text` for the ticks of a titled axis: 10 M, 50 MiB."""
    text = format_count(amount) if quantity == "params" else quantity_text(amount, quantity)
    number, blank, unit = text.partition(" ")
    return f"{float(number.replace(',', '')):g}{blank}{unit}" if "." in number else text


def nice_ticks(most: int, quantity: str) -> list[int]:
    """Returns integers from 0 to at most `most`, in steps of 1, 2 or 5 × 10ⁿ (bytes: of a unit of 1,024)."""
    if most < 1:
        return [0]
    unit = 1024 ** floor(max(0, (most.bit_length() - 1) // 10)) if quantity == "memory" else 1
    step = max(1, _round_step(most / unit / (_MOST_TICKS - 1)) * unit)
    return [round(at * step) for at in range(floor(most / step) + 1)]


def log_ticks(least: float, most: float) -> list[int]:
    """Returns 1, 2 and 5 × each power of ten from `least` to `most`, both above 0."""
    powers = range(floor(log10(least)), ceil(log10(most)) + 1)
    return [tick for power in powers for part in _ROUND[:3] if least <= (tick := part * 10**power) <= most]


def _round_step(rough: float) -> float:
    """The smallest round number not below `rough`."""
    power = 10.0 ** floor(log10(rough))
    return next(part * power for part in _ROUND if part * power >= rough * (1 - 1e-9))


def enlarge_chart(figure: go.Figure, scale: float) -> go.Figure:
    """Returns a copy of a figure with fonts, size and margins multiplied by `scale`."""
    spec = figure.to_dict()
    layout = spec["layout"]
    for name in ("height", "width"):
        if layout.get(name):
            layout[name] = round(layout[name] * scale)
    layout["margin"] = {side: round(room * scale) for side, room in layout.get("margin", {}).items()}
    if "uniformtext" in layout:
        layout["uniformtext"]["minsize"] *= scale
    _grow(layout, "font", _SIZE, scale)
    # Set explicitly, since the page's theme overrides these sizes.
    for name in ("legend", "hoverlabel"):
        _grow(layout.setdefault(name, {}), "font", _SIZE, scale)
    if "title" in layout:
        _grow(layout["title"], "font", _TITLE_SIZE, scale)
    for axis in (part for name, part in layout.items() if name.startswith(("xaxis", "yaxis"))):
        _grow(axis, "tickfont", _SIZE, scale)
        _grow(axis.setdefault("title", {}), "font", _TITLE_SIZE, scale)
    for note in layout.get("annotations", ()):
        _grow(note, "font", _SIZE, scale)
    for trace in spec["data"]:
        for name in {"textfont", "insidetextfont"} & trace.keys():
            _grow(trace, name, _SIZE, scale)
    return go.Figure(spec)


def _grow(part: dict[str, Any], name: str, usual: int, scale: float) -> None:
    font = part.setdefault(name, {})
    font["size"] = font.get("size", usual) * scale
