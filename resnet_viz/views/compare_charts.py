"""Charts of several nets beside each other, as Plotly's figures in the drawing's colours, each with its words.

A net is told from the next by dashes and symbols, a stage by its colour; what is drawn is what the Traces say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from resnet_viz.i18n import _
from resnet_viz.records import Node, Stage, Trace
from resnet_viz.units import format_share
from resnet_viz.views.along import QUANTITIES, Step, find_parts, net_labels, walk_net
from resnet_viz.views.chart_axes import (
    HEIGHT,
    Chart,
    Settings,
    make_layout,
    nice_ticks,
    quantity_name,
    quantity_text,
    tick_text,
)
from resnet_viz.views.choice import check_choice
from resnet_viz.views.style import PALETTES, Paint, Palette

AXES = ("share", "layers")
_DASHES = ("solid", "dash", "dot", "dashdot")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up")
_BAR, _AROUND = 66, 130
"""Pixels that a bar takes with its name above it, and those that legend and axis take."""
_NAME_PLACE = {"x": 0, "showarrow": False, "xanchor": "left", "yanchor": "bottom", "xref": "x", "yref": "y"}
Column = tuple[Node | None, ...]


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
    alt = _("Share of {what} by stage. {nets}").format(what=_plain_name(quantity), nets=" ".join(words))
    return Chart(go.Figure(bars, layout), alt)


def chart_along(traces: Sequence[Trace], quantity: str, theme: str, axis: str = AXES[0]) -> Chart:
    """What has come together by each block, from the input on: a line for each net, of one of QUANTITIES.

    `axis` is what depth is told in: `share`, the share of a net's weighted layers, so that nets of 18 and of 152
    layers begin and end together; or `layers`, their number, so that equal steps are equal layers. Raises DrawError.
    """
    check_choice(_("Quantity"), quantity, QUANTITIES)
    check_choice(_("Depth"), axis, AXES)
    palette = PALETTES[theme]
    drawn: list[dict[str, object]] = []
    ends, words = [], []
    for at, (trace, label) in enumerate(zip(traces, net_labels(traces), strict=True)):
        steps = walk_net(trace)
        for line in _lines(trace, steps, palette):
            drawn.append({**_points(line, steps, quantity, axis), **_strokes(line, at), "name": label})
        drawn.append({**_legend_entry(at, palette), "name": label})
        ends.append(max((_figure_of(step, quantity) or 0 for step in steps), default=0))
        words.append(_along_words(steps, label, quantity))
    layout = make_layout(palette, HEIGHT, _depth_axis(axis), _amount_axis(max([*ends, 1]), quantity))
    figure = go.Figure([go.Scatter(line) for line in drawn], layout)
    if quantity == "field":
        _mark_inputs(figure, traces, palette)
    return Chart(figure, _("{what} against depth. {nets}").format(what=quantity_name(quantity), nets=" ".join(words)))


# Shares


def _painted_parts(trace: Trace, palette: Palette) -> Iterator[tuple[Node, Paint]]:
    """The parts of a net in the colours of the drawing."""
    stages = [stage.id for stage in trace.stages]
    for part in find_parts(trace):
        if part.id in stages:
            yield part, palette.stage(stages.index(part.id))
        else:
            yield part, palette.head if part.kind == "head" else palette.stem


def _part_name(part: Node) -> str:
    return part.id if isinstance(part, Stage) else {"stem": _("stem"), "head": _("head")}.get(part.kind, part.id)


def _amount(thing: Node | Trace, quantity: str) -> int:
    return thing.n_params if quantity == "params" else thing.n_macs


def _share_axes(traces: Sequence[Trace], quantity: str) -> tuple[Settings, Settings]:
    share = {
        "range": [0, 100],
        "ticksuffix": " %",
        "title": {"text": _("Share of {what}").format(what=_plain_name(quantity))},
    }
    return share, {"range": [len(traces) - 0.6, -0.75], "visible": False}


def _columns(traces: Sequence[Trace]) -> list[Column]:
    """The parts of the same id in each net (None where it has none), in an order in which every net runs."""
    parts = [{part.id: part for part in find_parts(trace)} for trace in traces]
    # What comes after the stages comes after those of every other net.
    late = {part for own, trace in zip(parts, traces, strict=True) for part in _after_stages(own, trace)}
    ids = dict.fromkeys(part for own in sorted(parts, key=len, reverse=True) for part in own)
    return [tuple(own.get(part) for own in parts) for part in sorted(ids, key=late.__contains__)]


def _after_stages(parts: Mapping[str, Node], trace: Trace) -> list[str]:
    last = max((stage.order for stage in trace.stages), default=-1)
    return [part_id for part_id, part in parts.items() if part.order > last]


def _segments(traces: Sequence[Trace], column: Column, quantity: str, palette: Palette) -> dict[str, object]:
    """One part of each bar: how long it is and what it says."""
    places = [(at, part) for at, part in enumerate(column) if part is not None]
    told = [_told(traces[at], part, quantity) for at, part in places]
    at, part = places[0]
    paint = next(paint for own, paint in _painted_parts(traces[at], palette) if own is part)
    return {
        "x": [100 * _amount(own, quantity) / (_amount(traces[net], quantity) or 1) for net, own in places],
        "y": [net for net, _own in places],
        "text": [f"{_part_name(part)}<br>{words[-1]}" for words in told],
        "customdata": told,
        "hovertemplate": "%{customdata[0]}, %{customdata[1]}<br>%{customdata[2]}, %{customdata[3]}<extra></extra>",
        "name": _part_name(part),
        "orientation": "h",
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        **_looks(paint, palette),
    }


def _told(trace: Trace, part: Node, quantity: str) -> list[str]:
    """The net, the part, its amount, and which share of the net's that is."""
    amount, name = _amount(part, quantity), _part_name(part)
    title = f"{part.paper_name} · {name}" if isinstance(part, Stage) and part.paper_name != name else name
    return [trace.name, title, quantity_text(amount, quantity), format_share(amount, _amount(trace, quantity))]


def _looks(paint: Paint, palette: Palette) -> dict[str, object]:
    return {
        "marker": {"color": paint.fill, "line": {"color": paint.line, "width": 1.5}},
        "insidetextfont": {"color": palette.ink, "size": 12},
    }


def _share_words(trace: Trace, label: str, quantity: str) -> str:
    told = ", ".join(
        f"{_part_name(part)} {format_share(_amount(part, quantity), _amount(trace, quantity))}"
        for part in find_parts(trace)
    )
    return f"{label}: {told}."


# Along the depth


@dataclass(frozen=True, slots=True)
class _Line:
    """The steps of one part, begun where the part before it ended (None: at the input)."""

    part: str
    colour: str
    begin: Step | None
    steps: tuple[Step, ...]


def _lines(trace: Trace, steps: Sequence[Step], palette: Palette) -> list[_Line]:
    lines: list[_Line] = []
    begin: Step | None = None
    for part, paint in _painted_parts(trace, palette):
        own = tuple(step for step in steps if step.part == part.id)
        lines.append(_Line(part.id, paint.line, begin, own))
        begin = own[-1] if own else begin
    return lines


def _depth_axis(axis: str) -> Settings:
    if axis == "share":
        title = {"text": _("Depth: share of the weighted layers")}
        return {"title": title, "ticksuffix": " %", "range": [0, 101], "rangemode": "tozero"}
    return {"title": {"text": _("Depth: weighted layers passed")}, "rangemode": "tozero"}


def _amount_axis(most: int, quantity: str) -> Settings:
    ticks = nice_ticks(most, quantity)
    return {
        "title": {"text": quantity_name(quantity)},
        "tickvals": ticks,
        "ticktext": [tick_text(tick, quantity) for tick in ticks],
        "range": [0, 1.04 * most],
    }


def _points(line: _Line, steps: Sequence[Step], quantity: str, axis: str) -> dict[str, object]:
    """What a line goes through. The input is at depth 0, where nothing has come together and one pixel is seen."""
    start = 1 if quantity == "field" else 0
    depth = steps[-1].layers
    placed: list[tuple[str, int, int | None]] = [
        (line.begin.node, line.begin.layers, _figure_of(line.begin, quantity)) if line.begin else ("input", 0, start)
    ]
    placed += [(step.node, step.layers, _figure_of(step, quantity)) for step in line.steps]
    whole = _figure_of(steps[-1], quantity)
    return {
        "x": [100 * layers / depth if axis == "share" and depth else layers for _node, layers, _value in placed],
        "y": [value for _node, _layers, value in placed],
        "customdata": [_hover_words(*place, depth, whole, quantity) for place in placed],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<br>%{customdata[2]}<extra>%{fullData.name}</extra>",
    }


def _hover_words(
    node: str, layers: int, value: int | None, depth: int, whole: int | None, quantity: str
) -> tuple[str, ...]:
    text = "" if value is None else quantity_text(value, quantity)
    if value is not None and whole is not None:
        text += f" ({format_share(value, whole)})"
    return node, text, _("layer {n} of {total}").format(n=layers, total=depth)


def _strokes(line: _Line, at: int) -> dict[str, object]:
    """How a line is drawn: the stage's colour, the net's dashes; the end of a part bears the net's symbol."""
    return {
        "mode": "lines+markers",
        "line": {"color": line.colour, "dash": _DASHES[at % len(_DASHES)], "width": 2.5},
        "marker": {
            "color": line.colour,
            "symbol": _SYMBOLS[at % len(_SYMBOLS)],
            "size": [1] * len(line.steps) + [10],
            "opacity": 1,
        },
        "legendgroup": str(at),
        "showlegend": False,
        "cliponaxis": False,
    }


def _legend_entry(at: int, palette: Palette) -> dict[str, object]:
    return {
        "x": [None],
        "y": [None],
        "mode": "lines+markers",
        "line": {"color": palette.ink, "dash": _DASHES[at % len(_DASHES)], "width": 2.5},
        "marker": {"color": palette.ink, "symbol": _SYMBOLS[at % len(_SYMBOLS)], "size": 9},
        "legendgroup": str(at),
    }


def _figure_of(step: Step, quantity: str) -> int | None:
    figures: Mapping[str, int | None] = {
        "params": step.params,
        "macs": step.macs,
        "memory": step.memory,
        "field": step.field,
    }
    return figures[quantity]


def _mark_inputs(figure: go.Figure, traces: Sequence[Trace], palette: Palette) -> None:
    """The heights of the inputs: beyond such a line a position sees more than there is."""
    heights = {trace.input.shape[2] for trace in traces if len(trace.input.shape) == 4}
    for at, height in enumerate(sorted(heights, reverse=True)):
        figure.add_hline(
            height,
            line={"color": palette.muted, "dash": "longdash", "width": 1},
            annotation={
                "text": _("height of the input: {n} px").format(n=height),
                "font": {"color": palette.muted, "size": 11},
            },
            # Beside each other, so that 224 and 256 px can both be read.
            annotation_position="top left" if at % 2 else "top right",
        )


def _along_words(walk: Sequence[Step], label: str, quantity: str) -> str:
    """Where a net ends, and at which of its layers it has half of that."""
    steps = [step for step in walk if _figure_of(step, quantity) is not None]
    if not steps:
        return _("{net}: unknown.").format(net=label)
    end = _figure_of(steps[-1], quantity) or 0
    half = next(step for step in steps if 2 * (_figure_of(step, quantity) or 0) >= end)
    return _("{net}: {end} at {node}, half of it by {half}, layer {n} of {total}.").format(
        net=label,
        end=quantity_text(end, quantity),
        node=steps[-1].node,
        half=half.node,
        n=half.layers,
        total=walk[-1].layers,
    )


def _plain_name(quantity: str) -> str:
    return {"params": _("parameters"), "macs": _("MACs")}[quantity]
