"""Charts of gradients and signals along the depth: a line for each net and mode, and where half precision ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import plotly.graph_objects as go

from resnet_viz.i18n import _
from resnet_viz.records.findings import NetNorms
from resnet_viz.refusal import check_choice
from resnet_viz.views.charts.axes import Chart, make_layout
from resnet_viz.views.style import PALETTES, Palette

NORM_QUANTITIES = ("gradient", "signal")
_HEIGHT = 340
_DASHES = ("solid", "dash", "dot", "dashdot")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "hexagon")


@dataclass(frozen=True, slots=True)
class NormLine:
    """A line of a chart: what it is called, and its figures."""

    label: str
    norms: NetNorms


def chart_norms(
    lines: Sequence[NormLine], quantity: str, condition: Sequence[str], theme: str, chosen: str | None = None
) -> Chart:
    """Returns one of NORM_QUANTITIES by place, on a logarithmic axis.

    `condition` stands below the axis's title: the mode and the step, as both decide what is seen. `chosen` is a place
    whose points are larger. What is 0 or not finite has no point, and is told in the alternative text. A cross marks
    the first place with values that half precision cannot hold. Raises DrawError for another quantity.
    """
    check_choice(_("Quantity"), quantity, NORM_QUANTITIES)
    palette = PALETTES[theme]
    drawn = [_drawn(line, at, quantity, palette, chosen) for at, line in enumerate(lines)]
    marks = [_overflow(line, quantity, palette) for line in lines if line.norms.overflow_place]
    title = "<br>".join((quantity_words(quantity), *condition))
    places = dict.fromkeys(place.node for line in lines for place in line.norms.places)
    layout = make_layout(
        palette,
        _HEIGHT,
        {"type": "category", "tickangle": -60, "nticks": 20, "categoryorder": "array", "categoryarray": list(places)},
        {"type": "log", "exponentformat": "power", "title": {"text": title}},
    )
    figure = go.Figure([go.Scatter(line) for line in (*drawn, *_once(marks))], layout)
    words = " ".join(_words(line, quantity) for line in lines)
    return Chart(figure, _("{what}, {condition}. {nets}").format(
        what=quantity_words(quantity), condition=", ".join(condition), nets=words
    ))  # fmt: skip


def quantity_words(quantity: str) -> str:
    """Returns what is measured, as an axis's title."""
    return {"gradient": _("Norm of the gradient"), "signal": _("Root mean square of the signal")}[quantity]


def _value(quantity: str, gradient: float | None, signal: float | None) -> float | None:
    """None where a logarithmic axis has no place for it."""
    value = gradient if quantity == "gradient" else signal
    return value if value is not None and isfinite(value) and value > 0 else None


def _values(line: NormLine, quantity: str) -> list[tuple[str, float | None]]:
    return [(place.node, _value(quantity, place.gradient, place.signal)) for place in line.norms.places]


def _drawn(line: NormLine, at: int, quantity: str, palette: Palette, chosen: str | None) -> dict[str, object]:
    values = _values(line, quantity)
    colour = palette.stage(at).line
    return {
        "x": [place for place, _v in values],
        "y": [value for _place, value in values],
        "mode": "lines+markers",
        "name": line.label,
        "line": {"color": colour, "dash": _DASHES[(at + at // len(_DASHES)) % len(_DASHES)], "width": 2},
        "marker": {
            "symbol": _SYMBOLS[at % len(_SYMBOLS)],
            "color": colour,
            "size": [13 if place == chosen else 7 for place, _v in values],
        },
        "hovertemplate": "%{x}: %{y:.3g}<extra>%{fullData.name}</extra>",
    }


def _overflow(line: NormLine, quantity: str, palette: Palette) -> dict[str, object]:
    place = line.norms.overflow_place
    values = [value for node, value in _values(line, quantity) if node == place]
    return {
        "x": [place],
        "y": values[:1],
        "mode": "markers",
        "name": _("half precision ends"),
        "marker": {"symbol": "x-thin", "size": 14, "line": {"color": palette.ink, "width": 3}},
        "hovertemplate": "%{x}: " + (line.norms.overflow or "") + "<extra>" + line.label + "</extra>",
        "legendgroup": "overflow",
    }


def _once(marks: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """One entry of the legend for all of them."""
    return [{**mark, "showlegend": at == 0} for at, mark in enumerate(marks)]


def _words(line: NormLine, quantity: str) -> str:
    """Alternative text: the first and the last place that has a point, and how many have none."""
    values = _values(line, quantity)
    known = [(place, value) for place, value in values if value is not None]
    if not known:
        return _("{net}: 0 or not finite everywhere.").format(net=line.label)
    (first, a), (last, b) = known[0], known[-1]
    text = _("{net}: {a} at {first}, {b} at {last}.").format(
        net=line.label, a=f"{a:.3g}", first=first, b=f"{b:.3g}", last=last
    )
    missing = len(values) - len(known)
    return text if not missing else text + " " + _("Places without a point: {n}.").format(n=missing)
