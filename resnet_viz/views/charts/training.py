"""Charts of runs in training: loss, training error and held out error along the steps, and norms of gradients.

Nets differ by colour and dashes. Of several seeds the last one is drawn boldly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from resnet_viz.i18n import _
from resnet_viz.training.run import Run
from resnet_viz.views.charts.axes import Chart, make_layout
from resnet_viz.views.style import PALETTES, Palette

SMOOTHED = 10
"""Steps whose mean a line shows."""
_HEIGHT, _MAP_HEIGHT = 300, 260
_DASHES = ("solid", "dash", "dot", "dashdot")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up")
_MOST_POINTS = 600
_MOST_COLUMNS = 300
_MANY_FOLD = 500
_DECADES = (-4, 1)
"""Colours of gradients at least; so they do not change with each step."""
Floats = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A run to be drawn: the net's label and index, and whether it is the run of the last seed."""

    label: str
    net: int
    run: Run
    is_last: bool = True


def chart_losses(lines: Sequence[Line], steps: int, theme: str) -> Chart:
    """Returns the loss of each step's batch, on a log scale; faint as it is, and the mean of ten steps."""
    title = _("Training loss (train mode)")
    figure = _curves(lines, [line.run.losses for line in lines], theme)
    y = {"title": {"text": title}, "type": "log", "exponentformat": "power", "dtick": _log_step(lines)}
    figure.update_layout(_layout(PALETTES[theme], steps, y))
    return Chart(figure, _alt(title, [(line, float(_means(line.run.losses)[-1])) for line in lines], "{:.3g}"))


def chart_errors(lines: Sequence[Line], steps: int, theme: str) -> Chart:
    """Returns the share of wrong answers in each step's batch, in percent, as `chart_losses`."""
    title = _("Training error (train mode)")
    figure = _curves(lines, [100 * line.run.errors for line in lines], theme)
    figure.update_layout(_layout(PALETTES[theme], steps, _percent_axis(title)))
    return Chart(figure, _alt(title, [(line, 100 * line.run.final_error) for line in lines], "{:.1f} %"))


def chart_held(lines: Sequence[Line], steps: int, theme: str) -> Chart:
    """Returns the share of wrong answers on the pictures held out, in percent, where it was measured."""
    title, palette = _("Held-out error (eval mode)"), PALETTES[theme]
    drawn = [
        _stroke(line, palette)
        | {
            "x": line.run.held_steps,
            "y": 100 * line.run.held_errors,
            "mode": "lines+markers",
            "marker": {"symbol": _SYMBOLS[line.net], "size": 6 if line.is_last else 3},
            "hovertemplate": _("after {step} steps: {value} %").format(step="%{x}", value="%{y:.1f}")
            + "<extra>%{fullData.name}</extra>",
        }
        for line in lines
    ]
    figure = go.Figure([go.Scatter(each) for each in drawn], _layout(palette, steps, _percent_axis(title)))
    told = [(line, 100 * line.run.held_error) for line in lines if len(line.run.held_errors)]
    return Chart(figure, _alt(title, told, "{:.1f} %"))


def chart_gradients(label: str, line: Line | None, steps: int, decades: tuple[int, int], theme: str) -> Chart:
    """Returns norms of gradients by block and step in train mode, as a heat map of log colours.

    `label` is the net's, whose `line` is None before its first step. `decades`: powers of ten at the ends of the
    colours, as of `gradient_decades`.
    """
    y = {"title": {"text": _("Block (train mode)")}, "autorange": "reversed", "type": "category", "showgrid": False}
    layout = {**_layout(PALETTES[theme], steps, {**y, "nticks": 12}), "height": _MAP_HEIGHT}
    if line is None:
        return Chart(go.Figure([], layout), _("Norms of the gradient of {net}: none yet.").format(net=label))
    run = line.run
    stride = max(1, ceil(run.n_steps / _MOST_COLUMNS))
    first, *_rest, last = run.gradient_norms[-1].tolist()
    alt = _(
        "Norms of the gradient of {net} by block and step, in train mode; at the last step {first} at {a}, {last} at "
        "{b}."
    ).format(net=label, first=f"{first:.3g}", a=run.places[0], last=f"{last:.3g}", b=run.places[-1])
    return Chart(go.Figure([_heat(run, stride, decades)], layout), alt)


def _heat(run: Run, stride: int, decades: tuple[int, int]) -> go.Heatmap:
    norms = run.gradient_norms[::stride].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        levels = np.log10(norms)
    ticks = list(range(decades[0], decades[1] + 1, max(1, (decades[1] - decades[0]) // 4)))
    words = _("{place}, step {step}: {norm}").format(place="%{y}", step="%{x}", norm="%{customdata:.3g}")
    return go.Heatmap(
        z=np.where(np.isfinite(levels), levels, np.nan).T,
        x=1 + stride * np.arange(len(norms)),
        y=list(run.places),
        customdata=norms.T,
        zmin=decades[0],
        zmax=decades[1],
        colorscale="Viridis",
        colorbar={"tickvals": ticks, "ticktext": [f"10<sup>{tick}</sup>" for tick in ticks], "thickness": 10},
        hovertemplate=f"{words}<extra></extra>",
    )


def gradient_decades(lines: Sequence[Line]) -> tuple[int, int]:
    """Returns the powers of ten between which all norms of gradients are, so that nets have the same colours."""
    values = np.concatenate([np.zeros(0), *(line.run.gradient_norms.ravel() for line in lines)])
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return _DECADES
    least, most = floor(np.log10(values.min())), ceil(np.log10(values.max()))
    return max(-12, min(_DECADES[0], least)), min(12, max(_DECADES[1], most))


def _curves(lines: Sequence[Line], values: Sequence[Floats], theme: str) -> go.Figure:
    palette = PALETTES[theme]
    drawn = []
    for line, each in zip(lines, values, strict=True):
        stride = max(1, ceil(len(each) / _MOST_POINTS))
        x = 1 + stride * np.arange(len(each[::stride]))
        if line.is_last:
            faint = {"line": {"color": _colour(line, palette), "width": 1}, "opacity": 0.25, "hoverinfo": "skip"}
            drawn.append({"x": x, "y": _drawable(each[::stride]), "showlegend": False, "mode": "lines", **faint})
        hover = _("step {step}, mean of ten: {value}").format(step="%{x}", value="%{y:.3g}")
        drawn.append(
            _stroke(line, palette)
            | {"x": x, "y": _drawable(_means(each)[::stride]), "mode": "lines"}
            | {"hovertemplate": f"{hover}<extra>%{{fullData.name}}</extra>"}
        )
    return go.Figure([go.Scatter(each) for each in drawn])


def _log_step(lines: Sequence[Line]) -> int | str:
    """Ticks at 1, 2 and 5 of each power of ten, as long as these are few; else at the powers alone."""
    losses = np.concatenate([np.ones(1), *(line.run.losses for line in lines)])
    losses = losses[np.isfinite(losses) & (losses > 0)]
    return "D2" if losses.max() < _MANY_FOLD * losses.min() else 1


def _means(values: Floats) -> Floats:
    """The mean of each value and up to nine before it."""
    # Each sum by itself: a difference of running sums would lose all that comes after a very large value.
    padded = np.concatenate([np.zeros(SMOOTHED - 1), values.astype(np.float64)])
    sums = np.lib.stride_tricks.sliding_window_view(padded, SMOOTHED).sum(axis=1)
    means: Floats = sums / np.minimum(np.arange(1, len(values) + 1), SMOOTHED)
    return means


def _drawable(values: Floats) -> list[float | None]:
    return [float(value) if isfinite(value) else None for value in values]


def _stroke(line: Line, palette: Palette) -> dict[str, Any]:
    width, opacity = (2.5, 1.0) if line.is_last else (1.0, 0.6)
    return {
        "name": line.label,
        "legendgroup": str(line.net),
        "showlegend": line.is_last,
        "line": {"color": _colour(line, palette), "dash": _DASHES[line.net % len(_DASHES)], "width": width},
        "opacity": opacity,
    }


def _colour(line: Line, palette: Palette) -> str:
    return palette.stage(line.net).line


def _layout(palette: Palette, steps: int, y: dict[str, Any]) -> dict[str, Any]:
    x = {"title": {"text": _("Training step")}, "range": [0, steps + 1]}
    # Opaque, since the page lays two of them over each other while points come.
    opaque = {"paper_bgcolor": palette.plain, "plot_bgcolor": palette.plain}
    return {**make_layout(palette, _HEIGHT, x, y), **opaque}


def _percent_axis(title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "range": [0, 101], "ticksuffix": " %"}


def _alt(title: str, told: Sequence[tuple[Line, float]], form: str) -> str:
    said = ", ".join(f"{line.label} {form.format(value)}" for line, value in told if line.is_last)
    return _("{what} along the steps. At the end: {values}.").format(what=title, values=said or "–")
