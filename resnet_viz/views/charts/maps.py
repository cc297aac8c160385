"""Charts of values, histograms and block changes, as Plotly figures without a theme, which the page sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from resnet_viz.i18n import _
from resnet_viz.records.findings import BlockChange
from resnet_viz.records.trace import Trace
from resnet_viz.views.maps.channels import Histogram, value_histogram
from resnet_viz.views.style import PALETTES

_HEIGHT = 230
_MARGIN = {"l": 8, "r": 8, "t": 28, "b": 8}


def chart_histogram(histogram: Histogram, words: str) -> go.Figure:
    """Returns a bar chart of a histogram; exact zeros are stated in `words`, not drawn."""
    edges, counts = histogram.edges, histogram.counts
    bars = go.Bar(
        x=(edges[:-1] + edges[1:]) / 2, y=counts, width=np.diff(edges), hovertemplate="%{x:.3g}: %{y:,}<extra></extra>"
    )
    return _figure([bars], words, _("value"), _("how many"))


def chart_values(values: npt.NDArray[Any], title: str, x: str, y: str) -> go.Figure:
    """Returns a bar per value, by index."""
    bars = go.Bar(x=np.arange(len(values)), y=values, hovertemplate="%{x}: %{y:.3g}<extra></extra>")
    return _figure([bars], title, x, y)


def chart_distribution(values: npt.NDArray[Any], title: str, x: str) -> go.Figure:
    """Returns the histogram of an array of any shape, without exact zeros."""
    return chart_histogram(value_histogram(values), title).update_xaxes(title=x)


def chart_changes(trace: Trace, changes: Sequence[BlockChange], chosen: str | None, theme: str) -> go.Figure:
    """Returns, per block, ‖F(x)‖ ÷ ‖shortcut‖ and the cosine of shortcut and sum.

    Each point's x is its block's id; each stage has its colour and a separate line.
    """
    figure = go.Figure()
    palette = PALETTES[theme]
    for index, stage in enumerate(trace.stages):
        stage_changes = [change for change in changes if trace.nodes[change.block].parent == stage.id]
        names = [change.block for change in stage_changes]
        colour = palette.stage(index).line
        for values, dash, symbol, label in (
            ([change.ratio for change in stage_changes], "solid", "circle", _("‖F(x)‖ ÷ ‖shortcut‖")),
            ([change.cosine for change in stage_changes], "dot", "diamond", _("cosine of shortcut and sum")),
        ):
            figure.add_scatter(
                x=names,
                y=values,
                mode="lines+markers",
                line={"dash": dash, "color": colour},
                marker={"symbol": symbol, "size": [13 if name == chosen else 7 for name in names]},
                name=label,
                legendgroup=label,
                showlegend=stage is trace.stages[0],
                hovertemplate="%{x}: %{y:.3f}<extra>" + label + "</extra>",
            )
    figure.update_layout(height=320, margin=_MARGIN, legend={"orientation": "h", "y": 1.12})
    figure.update_xaxes(type="category", tickangle=-60, nticks=24)
    return figure


def _figure(traces: list[Any], title: str, x: str, y: str) -> go.Figure:
    figure = go.Figure(traces)
    figure.update_layout(height=_HEIGHT, margin=_MARGIN, bargap=0, title={"text": title, "font": {"size": 14}})
    return figure.update_xaxes(title=x).update_yaxes(title=y)
