"""Line charts that compare networks along their depth, in the drawing's colours, with alternative text.

Networks differ by dashes and symbols, stages by colour; all values are read from the Traces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from resnet_viz.i18n import _
from resnet_viz.records.macs import Macs, sum_macs
from resnet_viz.records.trace import Trace
from resnet_viz.refusal import check_choice
from resnet_viz.units import format_share
from resnet_viz.views.charts.along import QUANTITIES, NetStep, net_labels, painted_parts, walk_net
from resnet_viz.views.charts.axes import (
    HEIGHT,
    AxisSettings,
    Chart,
    make_layout,
    nice_ticks,
    quantity_name,
    quantity_text,
    tick_text,
)
from resnet_viz.views.style import PALETTES, Palette

AXES = ("share", "layers")
_DASHES = ("solid", "dash", "dot", "dashdot")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up")


def chart_along(traces: Sequence[Trace], quantity: str, theme: str, axis: str = AXES[0]) -> Chart:
    """Returns one of QUANTITIES, cumulative from the input on, after each block: a line per network.

    `axis` is the unit of depth: `share`, the fraction of a network's weighted layers, so that networks of 18 and 152
    layers start and end together; or `layers`, their number. Raises DrawError for other values.
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


# Along the depth


@dataclass(frozen=True, slots=True)
class _Line:
    """The steps of one part, starting at the end of the part before (None: at the input)."""

    part: str
    colour: str
    begin: NetStep | None
    steps: tuple[NetStep, ...]


def _lines(trace: Trace, steps: Sequence[NetStep], palette: Palette) -> list[_Line]:
    lines: list[_Line] = []
    begin: NetStep | None = None
    for part, paint in painted_parts(trace, palette):
        part_steps = tuple(step for step in steps if step.part == part.id)
        lines.append(_Line(part.id, paint.line, begin, part_steps))
        begin = part_steps[-1] if part_steps else begin
    return lines


def _depth_axis(axis: str) -> AxisSettings:
    if axis == "share":
        title = {"text": _("Depth: share of the weighted layers")}
        return {"title": title, "ticksuffix": " %", "range": [0, 101], "rangemode": "tozero"}
    return {"title": {"text": _("Depth: weighted layers passed")}, "rangemode": "tozero"}


def _amount_axis(most: int, quantity: str) -> AxisSettings:
    ticks = nice_ticks(most, quantity)
    return {
        "title": {"text": quantity_name(quantity)},
        "tickvals": ticks,
        "ticktext": [tick_text(tick, quantity) for tick in ticks],
        "range": [0, 1.04 * most],
    }


_Point = tuple[str, int, int | None, bool]
"""Node id, weighted layers up to it, the quantity's value, and whether that is a lower bound."""


def _points(line: _Line, steps: Sequence[NetStep], quantity: str, axis: str) -> dict[str, object]:
    """The points of a line. The input is at depth 0, with value 0, or a receptive field of one pixel."""
    start = 1 if quantity == "field" else 0
    depth = steps[-1].layers
    placed: list[_Point] = [
        _point(line.begin, quantity) if line.begin else ("input", 0, start, False),
        *(_point(step, quantity) for step in line.steps),
    ]
    whole = None if _is_bound(steps[-1], quantity) else _figure_of(steps[-1], quantity)
    return {
        "x": [
            100 * layers / depth if axis == "share" and depth else layers for _node, layers, _value, _bound in placed
        ],
        "y": [value for _node, _layers, value, _bound in placed],
        "customdata": [_hover_words(place, depth, whole, quantity) for place in placed],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<br>%{customdata[2]}<extra>%{fullData.name}</extra>",
    }


def _point(step: NetStep, quantity: str) -> _Point:
    return step.node, step.layers, _figure_of(step, quantity), _is_bound(step, quantity)


def _is_bound(step: NetStep, quantity: str) -> bool:
    return quantity == "macs" and step.macs_at_least


def _amount_text(value: int, is_bound: bool, quantity: str) -> str:
    return sum_macs([Macs(value, is_bound)]).text if is_bound else quantity_text(value, quantity)


def _hover_words(point: _Point, depth: int, whole: int | None, quantity: str) -> tuple[str, ...]:
    node, layers, value, is_bound = point
    text = "" if value is None else _amount_text(value, is_bound, quantity)
    if value is not None and whole is not None:
        text += f" ({format_share(value, whole)})"
    return node, text, _("layer {n} of {total}").format(n=layers, total=depth)


def _strokes(line: _Line, at: int) -> dict[str, object]:
    """Line style: the stage's colour, the network's dashes, and its symbol at the end of a part."""
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


def _figure_of(step: NetStep, quantity: str) -> int | None:
    figures: Mapping[str, int | None] = {
        "params": step.params,
        "macs": step.macs,
        "memory": step.memory,
        "field": step.field,
    }
    return figures[quantity]


def _mark_inputs(figure: go.Figure, traces: Sequence[Trace], palette: Palette) -> None:
    """Draws a line at each input height, above which the receptive field exceeds the image."""
    heights = {trace.input.shape[2] for trace in traces if len(trace.input.shape) == 4}
    for at, height in enumerate(sorted(heights, reverse=True)):
        figure.add_hline(
            height,
            line={"color": palette.muted, "dash": "longdash", "width": 1},
            annotation={
                "text": _("height of the input: {n} px").format(n=height),
                "font": {"color": palette.muted, "size": 11},
            },
            # Alternate sides, so that the labels of 224 and 256 px do not overlap.
            annotation_position="top left" if at % 2 else "top right",
        )


def _along_words(walk: Sequence[NetStep], label: str, quantity: str) -> str:
    """Alternative text: the final value, and the layer that reaches half of it."""
    steps = [step for step in walk if _figure_of(step, quantity) is not None]
    if not steps:
        return _("{net}: unknown.").format(net=label)
    end = _figure_of(steps[-1], quantity) or 0
    half = next(step for step in steps if 2 * (_figure_of(step, quantity) or 0) >= end)
    return _("{net}: {end} at {node}, half of it by {half}, layer {n} of {total}.").format(
        net=label,
        end=_amount_text(end, _is_bound(steps[-1], quantity), quantity),
        node=steps[-1].node,
        half=half.node,
        n=half.layers,
        total=walk[-1].layers,
    )
