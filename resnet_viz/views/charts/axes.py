"""What the charts of a comparison have in common: sizes, names and units of quantities, and ticks at round numbers."""

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
"""What type measures where a figure says nothing, in pixels."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished figure, and what it shows in words for whoever cannot see it."""

    figure: go.Figure
    alt: str


def make_layout(palette: Palette, height: int, x: AxisSettings, y: AxisSettings) -> dict[str, Any]:
    """What all these charts have in common: the size, the legend above the chart, and quiet grids; and both axes.

    A layout as a whole: each change to one that is there costs Plotly as much as to make it.
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
    """What an axis of `params`, `macs`, `memory` or `field` is called."""
    return {
        "params": _("Parameters"),
        "macs": _("MACs"),
        "memory": _("Activation memory"),
        "field": _("Receptive field"),
    }[quantity]


def quantity_text(amount: int, quantity: str) -> str:
    """An amount with its unit: 11.7 M parameters, 1.81 GMACs, 44.6 MiB, 435 px."""
    if quantity == "params":
        return _("{n} params").format(n=format_count(amount))
    if quantity == "field":
        return format_pixels(amount, amount)
    return format_macs(amount) if quantity == "macs" else format_bytes(amount)


def tick_text(amount: int, quantity: str) -> str:
    """The same in as few characters as can be, for an axis that bears the quantity's name: 10 M, 50 MiB."""
    text = format_count(amount) if quantity == "params" else quantity_text(amount, quantity)
    number, blank, unit = text.partition(" ")
    return f"{float(number.replace(',', '')):g}{blank}{unit}" if "." in number else text


def nice_ticks(most: int, quantity: str) -> list[int]:
    """Whole numbers from 0 to at most `most`, in steps of 1, 2 or 5 of a power of ten (of a unit of 1,024)."""
    if most < 1:
        return [0]
    unit = 1024 ** floor(max(0, (most.bit_length() - 1) // 10)) if quantity == "memory" else 1
    step = max(1, _round_step(most / unit / (_MOST_TICKS - 1)) * unit)
    return [round(at * step) for at in range(floor(most / step) + 1)]


def log_ticks(least: float, most: float) -> list[int]:
    """1, 2 and 5 of each power of ten that lie from `least` to `most`, both above 0."""
    powers = range(floor(log10(least)), ceil(log10(most)) + 1)
    return [tick for power in powers for part in _ROUND[:3] if least <= (tick := part * 10**power) <= most]


def _round_step(rough: float) -> float:
    """The least round number that is not below a rough one."""
    power = 10.0 ** floor(log10(rough))
    return next(part * power for part in _ROUND if part * power >= rough * (1 - 1e-9))


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
