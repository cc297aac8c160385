"""Published accuracy against what it costs: all of torchvision's weights for ResNets, the compared nets marked."""

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
"""Pixels that the name of a compared net takes above the points."""


@dataclass(frozen=True, slots=True)
class ImageNetScore:
    """What torchvision says of one set of weights: its own figures, none of ours."""

    preset: str
    net: str
    """As in ResNet-50."""
    weights: str
    """As in IMAGENET1K_V2."""
    top1: float
    """Share of ImageNet's validation pictures named right, in percent."""
    n_params: int
    n_macs: int
    """As torchvision gives it, in thousandths of a GMAC, at the size that the accuracy was measured at."""


def chart_scores(scores: Sequence[ImageNetScore], compared: Sequence[str], quantity: str, theme: str) -> Chart:
    """Accuracy against `params` or `macs`: a symbol for each set of weights, the sets of one net joined by a line.

    `compared` are presets; each that has a score is drawn in the theme's ink, and named above the points in a row of
    its own, so that no two names ever meet. Raises DrawError for another quantity.
    """
    check_choice(_("Quantity"), quantity, QUANTITIES[:2])
    palette, figure = PALETTES[theme], go.Figure()
    marked = [name for name in dict.fromkeys(compared) if any(score.preset == name for score in scores)]
    for preset in dict.fromkeys(score.preset for score in scores):
        own = [score for score in scores if score.preset == preset]
        _join(figure, own, quantity, palette.ink if preset in marked else palette.stem.line)
    names = tuple(dict.fromkeys(score.weights for score in scores))
    for at, name in enumerate(names):
        for is_marked in (False, True):
            own = [score for score in scores if score.weights == name and (score.preset in marked) is is_marked]
            figure.add_scatter(
                **_symbols(own, quantity),
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
    """A logarithmic axis of costs with its ticks; what is unequal by a factor is as far apart everywhere."""
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
    """The names in rows above the points, each on the side where there is room, and lines down to the points.

    Names that reach to the right come first, the leftmost on top; then those that reach to the left, the rightmost
    on top: so few lines as can be pass behind a name.
    """
    best = {name: max((s for s in scores if s.preset == name), key=lambda score: score.top1) for name in marked}
    costs = [_cost(score, quantity) for score in scores]
    middle = (min(costs) * max(costs)) ** 0.5 if costs else 1.0
    left = sorted((s for s in best.values() if _cost(s, quantity) < middle), key=lambda s: _cost(s, quantity))
    right = sorted((s for s in best.values() if _cost(s, quantity) >= middle), key=lambda s: -_cost(s, quantity))
    low, high = min((s.top1 for s in scores), default=0.0), max((s.top1 for s in scores), default=100.0)
    # What a row is worth on the axis: the points have about the height of an empty chart.
    row = (high - low or 1.0) * _ROW / (HEIGHT - 130)
    top = high + row * (len(marked) + 0.5)
    figure.update_yaxes(range=[low - row, top + row])
    for at, score in enumerate([*left, *right]):
        cost, level, is_left = _cost(score, quantity), top - at * row, score in left
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
    told = [
        _("{n} sets of weights, top-1 from {low} ({lowest}) to {high} ({highest}).").format(
            n=len(scores),
            low=f"{ordered[0].top1:g} %",
            high=f"{ordered[-1].top1:g} %",
            lowest=ordered[0].net,
            highest=ordered[-1].net,
        )
    ]
    for name in marked:
        own = [score for score in scores if score.preset == name]
        accuracies = ", ".join(f"{score.top1:g} % ({score.weights})" for score in own)
        told.append(f"{own[0].net}: {quantity_text(_cost(own[0], quantity), quantity)}, {accuracies}.")
    return _("Published accuracy against {what}. {nets}").format(what=quantity_name(quantity), nets=" ".join(told))
