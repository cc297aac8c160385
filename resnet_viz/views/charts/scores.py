"""Chart of published accuracy against cost: all of torchvision's ResNet weights, the compared networks marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import plotly.graph_objects as go

from resnet_viz.i18n import _
from resnet_viz.refusal import check_choice
from resnet_viz.views.charts.along import QUANTITIES
from resnet_viz.views.charts.axes import HEIGHT, Chart, log_ticks, make_layout, quantity_name, quantity_text, tick_text
from resnet_viz.views.style import PALETTES, Palette

_SYMBOLS = ("circle", "diamond", "square", "triangle-up")
_ROW = 18
"""Height in pixels of a compared network's name above the points."""


@dataclass(frozen=True, slots=True)
class ImageNetScore:
    """One set of weights with the figures that torchvision publishes; none are computed here."""

    preset: str
    net: str
    """For example ResNet-50."""
    weights: str
    """For example IMAGENET1K_V2."""
    top1: float
    """Top-1 accuracy on ImageNet's validation set, in percent."""
    n_params: int
    n_macs: int
    """As published by torchvision, precise to 0.001 GMACs, at the input size of the accuracy's evaluation."""


def chart_scores(scores: Sequence[ImageNetScore], compared: Sequence[str], quantity: str, theme: str) -> Chart:
    """Returns accuracy against `params` or `macs`: a symbol per set of weights, a line per network.

    `compared` are presets; each with a score is drawn in the theme's ink and named above the points in a separate
    row, so that names never overlap. Raises DrawError for another quantity.
    """
    check_choice(_("Quantity"), quantity, QUANTITIES[:2])
    palette, figure = PALETTES[theme], go.Figure()
    marked = [name for name in dict.fromkeys(compared) if any(score.preset == name for score in scores)]
    for preset in dict.fromkeys(score.preset for score in scores):
        subset = [score for score in scores if score.preset == preset]
        _join(figure, subset, quantity, palette.ink if preset in marked else palette.stem.line)
    names = tuple(dict.fromkeys(score.weights for score in scores))
    for at, name in enumerate(names):
        for is_marked in (False, True):
            subset = [score for score in scores if score.weights == name and (score.preset in marked) is is_marked]
            figure.add_scatter(
                **_symbols(subset, quantity),
                name=name,
                legendgroup=name,
                showlegend=not is_marked,
                marker=_marker(_SYMBOLS[at % len(_SYMBOLS)], is_marked, palette),
            )
    figure.layout = make_layout(palette, HEIGHT + _ROW * len(marked), {}, {})
    _scale(figure, scores, quantity)
    _name_nets(figure, scores, marked, quantity, palette)
    return Chart(figure, _words(scores, marked, quantity))


def _cost(score: ImageNetScore, quantity: str) -> int:
    return score.n_params if quantity == "params" else score.n_macs


def _join(figure: go.Figure, scores: Sequence[ImageNetScore], quantity: str, colour: str) -> None:
    figure.add_scatter(
        x=[_cost(score, quantity) for score in scores],
        y=[score.top1 for score in scores],
        mode="lines",
        line={"color": colour, "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )


def _symbols(scores: Sequence[ImageNetScore], quantity: str) -> dict[str, object]:
    return {
        "x": [_cost(score, quantity) for score in scores],
        "y": [score.top1 for score in scores],
        "mode": "markers",
        "customdata": [
            [score.net, score.weights, quantity_text(score.n_macs, "macs"), quantity_text(score.n_params, "params")]
            for score in scores
        ],
        "hovertemplate": "%{customdata[0]}, %{customdata[1]}<br>"
        + _("top-1 {share}").format(share="%{y} %")
        + "<br>%{customdata[2]}, %{customdata[3]}<extra></extra>",
    }


def _marker(symbol: str, is_marked: bool, palette: Palette) -> dict[str, object]:
    colour = palette.ink if is_marked else palette.stem.line
    fill = colour if is_marked else palette.stem.fill
    return {"symbol": symbol, "size": 12 if is_marked else 9, "color": fill, "line": {"color": colour, "width": 1.5}}


def _scale(figure: go.Figure, scores: Sequence[ImageNetScore], quantity: str) -> None:
    """Sets a logarithmic cost axis with ticks, on which equal factors are equal distances."""
    costs = [_cost(score, quantity) for score in scores] or [1]
    ticks = log_ticks(min(costs) / 1.3, max(costs) * 1.3)
    figure.update_xaxes(
        type="log",
        range=[log10(min(costs) / 1.3), log10(max(costs) * 1.3)],
        tickvals=ticks,
        ticktext=[tick_text(tick, quantity) for tick in ticks],
        title=quantity_name(quantity),
    )
    figure.update_yaxes(ticksuffix=" %", title=_("Top-1 accuracy on ImageNet"))


def _name_nets(
    figure: go.Figure, scores: Sequence[ImageNetScore], marked: Sequence[str], quantity: str, palette: Palette
) -> None:
    """Adds the names in rows above the points, each on the side with more room, and lines down to the points.

    Names to the right of their line come first, leftmost on top, then those to the left, rightmost on top: this
    minimises the lines that pass behind a name.
    """
    best = {name: max((s for s in scores if s.preset == name), key=lambda score: score.top1) for name in marked}
    costs = [_cost(score, quantity) for score in scores]
    middle = (min(costs) * max(costs)) ** 0.5 if costs else 1.0
    left = sorted((s for s in best.values() if _cost(s, quantity) < middle), key=lambda s: _cost(s, quantity))
    right = sorted((s for s in best.values() if _cost(s, quantity) >= middle), key=lambda s: -_cost(s, quantity))
    low, high = min((s.top1 for s in scores), default=0.0), max((s.top1 for s in scores), default=100.0)
    # Row height in units of the axis: the points take about the height of an empty chart.
    row = (high - low or 1.0) * _ROW / (HEIGHT - 130)
    top = high + row * (len(marked) + 0.5)
    figure.update_yaxes(range=[low - row, top + row])
    for at, score in enumerate([*left, *right]):
        _name_net(figure, score, _cost(score, quantity), top - at * row, score in left, palette)


def _name_net(
    figure: go.Figure, score: ImageNetScore, cost: int, level: float, is_left: bool, palette: Palette
) -> None:
    """Adds one name at the height `level`, and the line down to its point."""
    figure.add_shape(
        type="line",
        x0=cost,
        x1=cost,
        y0=score.top1,
        y1=level,
        line={"color": palette.ink, "width": 1, "dash": "dot"},
        layer="below",
    )
    figure.add_annotation(
        x=log10(cost),
        y=level,
        text=score.net,
        showarrow=False,
        xanchor="left" if is_left else "right",
        xshift=3 if is_left else -3,
        yanchor="middle",
        bgcolor=palette.plain,
        borderpad=1,
        font={"color": palette.ink},
    )


def _words(scores: Sequence[ImageNetScore], marked: Sequence[str], quantity: str) -> str:
    if not scores:
        return _("No accuracy is published.")
    ordered = sorted(scores, key=lambda score: score.top1)
    sentences = [
        _("{n} sets of weights, top-1 from {low} ({lowest}) to {high} ({highest}).").format(
            n=len(scores),
            low=f"{ordered[0].top1:g} %",
            high=f"{ordered[-1].top1:g} %",
            lowest=ordered[0].net,
            highest=ordered[-1].net,
        )
    ]
    for name in marked:
        rows = [score for score in scores if score.preset == name]
        accuracies = ", ".join(f"{score.top1:g} % ({score.weights})" for score in rows)
        sentences.append(f"{rows[0].net}: {quantity_text(_cost(rows[0], quantity), quantity)}, {accuracies}.")
    return _("Published accuracy against {what}. {nets}").format(what=quantity_name(quantity), nets=" ".join(sentences))
