"""Chart of the errors that the paper prints of plain and residual nets, by depth."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from resnet_viz.i18n import _
from resnet_viz.views.charts.axes import Chart, make_layout
from resnet_viz.views.style import PALETTES

_HEIGHT = 300
_LEAST, _MOST = 24, 30
"""Percent: the chart is of a difference, and says so by not beginning at zero."""


def chart_errors(plain: Mapping[int, str], residual: Mapping[int, str], source: str, theme: str) -> Chart:
    """Returns both errors, in percent as printed, by depth: a line of each kind, and the figures at its points."""
    palette = PALETTES[theme]
    rows = [
        (_("plain"), plain, palette.stage(3).line, "dash", "diamond", "top center"),
        (_("residual, option A"), residual, palette.stage(0).line, "solid", "circle", "bottom center"),
    ]
    drawn = [
        go.Scatter(
            x=[str(depth) for depth in errors],
            y=[float(text) for text in errors.values()],
            text=list(errors.values()),
            textposition=place,
            mode="lines+markers+text",
            name=name,
            line={"color": colour, "dash": dash, "width": 2.5},
            marker={"symbol": symbol, "size": 9},
            hovertemplate="%{x}: %{y} %<extra>" + name + "</extra>",
            cliponaxis=False,
        )
        for name, errors, colour, dash, symbol, place in rows
    ]
    title, below = _("Top-1 error (%)"), _("Layers, on ImageNet, 10-crop ({source})").format(source=source)
    layout = make_layout(
        palette,
        _HEIGHT,
        {"type": "category", "title": {"text": below}, "range": [-0.35, 1.35]},
        {"title": {"text": title}, "range": [_LEAST, _MOST]},
    )
    words = " ".join(
        _("{name}: {errors}.").format(
            name=name, errors=", ".join(_("{n} layers {error} %").format(n=n, error=text) for n, text in errors.items())
        )
        for name, errors, *_rest in rows
    )
    return Chart(go.Figure(drawn, layout), f"{title}. {below}. {words}")
