"""Stacked bars of how parameters and multiply-adds are distributed over a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, Stage, Trace
from resnet_viz.refusal import check_choice
from resnet_viz.views.charts.along import (
    QUANTITIES,
    amount_of,
    find_parts,
    net_labels,
    painted_parts,
    part_name,
    plain_name,
    share_words,
)
from resnet_viz.views.charts.axes import AxisSettings, Chart, make_layout, quantity_text
from resnet_viz.views.style import PALETTES, Paint, Palette

_BAR, _AROUND = 66, 130
"""Pixels of a bar with the name above it, and of legend and axis."""
_NAME_PLACE = {"x": 0, "showarrow": False, "xanchor": "left", "yanchor": "bottom", "xref": "x", "yref": "y"}
BarColumn = tuple[Node | None, ...]


def chart_shares(traces: Sequence[Trace], quantity: str, theme: str) -> Chart:
    """Returns each part's share of a network's parameters (`params`) or MACs (`macs`): a stacked bar per network.

    A stage has its colour in every bar, and its name and share where they fit. Raises DrawError for
    another quantity.
    """
    check_choice(_("Quantity"), quantity, QUANTITIES[:2])
    labels, palette = net_labels(traces), PALETTES[theme]
    bars = [go.Bar(_segments(traces, column, quantity, palette)) for column in _columns(traces)]
    base = make_layout(palette, _AROUND + _BAR * len(traces), *_share_axes(traces, quantity))
    layout = {
        **base,
        "annotations": [{**_NAME_PLACE, "y": at - 0.31, "text": label} for at, label in enumerate(labels)],
        "barmode": "stack",
        "legend": {**base["legend"], "traceorder": "normal"},
        "uniformtext": {"minsize": 11, "mode": "hide"},
        "bargap": 0.38,
    }
    words = [_share_words(trace, label, quantity) for trace, label in zip(traces, labels, strict=True)]
    alt = _("Share of {what} by stage. {nets}").format(what=plain_name(quantity), nets=" ".join(words))
    return Chart(go.Figure(bars, layout), alt)


def _segments(traces: Sequence[Trace], column: BarColumn, quantity: str, palette: Palette) -> dict[str, object]:
    """One part of each bar: length, text and style."""
    places = [(at, part) for at, part in enumerate(column) if part is not None]
    hover = [_hover_words(traces[at], part, quantity) for at, part in places]
    at, part = places[0]
    paint = next(paint for node, paint in painted_parts(traces[at], palette) if node is part)
    return {
        "x": [100 * amount_of(node, quantity) / (amount_of(traces[net], quantity) or 1) for net, node in places],
        "y": [net for net, _own in places],
        "text": [f"{_short_name(node)}<br>{words[-1]}" for (_net, node), words in zip(places, hover, strict=True)],
        "customdata": hover,
        "hovertemplate": "%{customdata[0]}, %{customdata[1]}<br>%{customdata[2]}, %{customdata[3]}<extra></extra>",
        "name": _shared_name([node for _net, node in places]),
        "orientation": "h",
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        **_looks(paint, palette),
    }


def _share_axes(traces: Sequence[Trace], quantity: str) -> tuple[AxisSettings, AxisSettings]:
    share = {
        "range": [0, 100],
        "ticksuffix": " %",
        "title": {"text": _("Share of {what}").format(what=plain_name(quantity))},
    }
    return share, {"range": [len(traces) - 0.6, -0.75], "visible": False}


def _columns(traces: Sequence[Trace]) -> list[BarColumn]:
    """For each part id, the networks' parts (None if absent), in an order consistent with every network."""
    parts = [{part.id: part for part in find_parts(trace)} for trace in traces]
    # Parts after the stages of one network come after the stages of all.
    late = {part for by_id, trace in zip(parts, traces, strict=True) for part in _after_stages(by_id, trace)}
    ids = dict.fromkeys(part for by_id in sorted(parts, key=len, reverse=True) for part in by_id)
    return [tuple(by_id.get(part) for by_id in parts) for part in sorted(ids, key=late.__contains__)]


def _after_stages(parts: Mapping[str, Node], trace: Trace) -> list[str]:
    last = max((stage.order for stage in trace.stages), default=-1)
    return [part_id for part_id, part in parts.items() if part.order > last]


def _hover_words(trace: Trace, part: Node, quantity: str) -> list[str]:
    """Hover text: the network, the part, its amount, and its share of the network's."""
    name = part_name(part)
    amount = part.macs.text if quantity == "macs" else quantity_text(part.n_params, quantity)
    return [trace.name, name, amount, share_words(part, trace, quantity)]


def _shared_name(parts: Sequence[Node]) -> str:
    """Both names of a stage, if it has them in every net; a CIFAR net's have none in the paper."""
    names = {part_name(part) for part in parts}
    return names.pop() if len(names) == 1 else parts[0].id


def _short_name(part: Node) -> str:
    """The first of a stage's two names, for inside a bar: the legend has both."""
    return part.paper_name if isinstance(part, Stage) else part_name(part)


def _looks(paint: Paint, palette: Palette) -> dict[str, object]:
    return {
        "marker": {"color": paint.fill, "line": {"color": paint.line, "width": 1.5}},
        "insidetextfont": {"color": palette.ink, "size": 12},
    }


def _share_words(trace: Trace, label: str, quantity: str) -> str:
    shares = ", ".join(f"{part_name(part)} {share_words(part, trace, quantity)}" for part in find_parts(trace))
    return f"{label}: {shares}."
