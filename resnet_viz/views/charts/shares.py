"""How parameters and multiply-adds are shared out over a net, as Plotly's bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, Stage, Trace
from resnet_viz.refusal import check_choice
from resnet_viz.units import format_share
from resnet_viz.views.charts.along import (
    QUANTITIES,
    amount_of,
    find_parts,
    net_labels,
    painted_parts,
    part_name,
    plain_name,
)
from resnet_viz.views.charts.axes import AxisSettings, Chart, make_layout, quantity_text
from resnet_viz.views.style import PALETTES, Paint, Palette

_BAR, _AROUND = 66, 130
"""Pixels that a bar takes with its name above it, and those that legend and axis take."""
_NAME_PLACE = {"x": 0, "showarrow": False, "xanchor": "left", "yanchor": "bottom", "xref": "x", "yref": "y"}
BarColumn = tuple[Node | None, ...]


def chart_shares(traces: Sequence[Trace], quantity: str, theme: str) -> Chart:
    """How much of a net's parameters (`params`) or MACs (`macs`) each part has: a stacked bar for each net.

    A stage has its colour in every bar, and its name and share on it wherever there is room. Raises DrawError for
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
    """One part of each bar: how long it is and what it says."""
    places = [(at, part) for at, part in enumerate(column) if part is not None]
    told = [_told(traces[at], part, quantity) for at, part in places]
    at, part = places[0]
    paint = next(paint for own, paint in painted_parts(traces[at], palette) if own is part)
    return {
        "x": [100 * amount_of(own, quantity) / (amount_of(traces[net], quantity) or 1) for net, own in places],
        "y": [net for net, _own in places],
        "text": [f"{part_name(part)}<br>{words[-1]}" for words in told],
        "customdata": told,
        "hovertemplate": "%{customdata[0]}, %{customdata[1]}<br>%{customdata[2]}, %{customdata[3]}<extra></extra>",
        "name": part_name(part),
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
    """The parts of the same id in each net (None where it has none), in an order in which every net runs."""
    parts = [{part.id: part for part in find_parts(trace)} for trace in traces]
    # What comes after the stages comes after those of every other net.
    late = {part for own, trace in zip(parts, traces, strict=True) for part in _after_stages(own, trace)}
    ids = dict.fromkeys(part for own in sorted(parts, key=len, reverse=True) for part in own)
    return [tuple(own.get(part) for own in parts) for part in sorted(ids, key=late.__contains__)]


def _after_stages(parts: Mapping[str, Node], trace: Trace) -> list[str]:
    last = max((stage.order for stage in trace.stages), default=-1)
    return [part_id for part_id, part in parts.items() if part.order > last]


def _told(trace: Trace, part: Node, quantity: str) -> list[str]:
    """The net, the part, its amount, and which share of the net's that is."""
    amount, name = amount_of(part, quantity), part_name(part)
    title = f"{part.paper_name} · {name}" if isinstance(part, Stage) and part.paper_name != name else name
    return [trace.name, title, quantity_text(amount, quantity), format_share(amount, amount_of(trace, quantity))]


def _looks(paint: Paint, palette: Palette) -> dict[str, object]:
    return {
        "marker": {"color": paint.fill, "line": {"color": paint.line, "width": 1.5}},
        "insidetextfont": {"color": palette.ink, "size": 12},
    }


def _share_words(trace: Trace, label: str, quantity: str) -> str:
    told = ", ".join(
        f"{part_name(part)} {format_share(amount_of(part, quantity), amount_of(trace, quantity))}"
        for part in find_parts(trace)
    )
    return f"{label}: {told}."
