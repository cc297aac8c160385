"""Published accuracy: every point against torchvision's own metadata, and names that do not meet."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from math import log10
from typing import Any

import plotly.graph_objects as go
import pytest
import torchvision
from torchvision.models import get_model_weights, list_models

from resnet_viz.ui.cache.charts import get_scores
from resnet_viz.views.charts.scores import _name_nets, chart_scores
from resnet_viz.views.style import PALETTES
from tests.nets import trace_of


def torchvision_rows() -> set[tuple[str, float, int, float]]:
    """Name of the set, top-1, parameters and giga-ops of all weights of torchvision's ResNet module."""
    return {
        (
            weights.name,
            weights.meta["_metrics"]["ImageNet-1K"]["acc@1"],
            weights.meta["num_params"],
            weights.meta["_ops"],
        )
        for name in list_models(module=torchvision.models)
        for weights in get_model_weights(name)
        if type(weights).__module__ == "torchvision.models.resnet"
    }


def points(figure: Any) -> list[tuple[str, float, int]]:
    return [
        (line.name, y, x) for line in figure.data if line.mode == "markers" for x, y in zip(line.x, line.y, strict=True)
    ]


def test_all_that_torchvision_publishes_is_drawn_as_it_says() -> None:
    wanted = torchvision_rows()
    assert len(wanted) == len(get_scores()) >= 17
    against_macs = chart_scores(get_scores(), ("resnet18",), "macs", "light").figure
    against_params = chart_scores(get_scores(), ("resnet18",), "params", "dark").figure
    assert {(name, top1, round(x / 1e9, 3)) for name, top1, x in points(against_macs)} == {
        (name, top1, ops) for name, top1, _params, ops in wanted
    }
    assert set(points(against_params)) == {(name, top1, params) for name, top1, params, _ops in wanted}
    assert len(points(against_macs)) == len(wanted)


def test_the_metadata_s_macs_are_those_of_the_trace_as_far_as_they_go() -> None:

    for score in get_scores():
        assert abs(score.n_macs - trace_of(score.preset).macs.known) <= 0.51e6


def test_the_compared_nets_are_larger_and_named_with_a_line_to_their_best() -> None:
    chart = chart_scores(get_scores(), ("resnet18", "plain34", "resnet152"), "macs", "light")
    large = {
        score for line in chart.figure.data if line.mode == "markers" and line.marker.size == 12 for score in line.y
    }
    own = [score for score in get_scores() if score.preset in ("resnet18", "resnet152")]
    assert large == {score.top1 for score in own}
    assert sorted(note.text for note in chart.figure.layout.annotations) == ["ResNet-152", "ResNet-18"]
    for note, line in zip(chart.figure.layout.annotations, chart.figure.layout.shapes, strict=True):
        mine = [score for score in own if score.net == note.text]
        assert note.x == pytest.approx(log10(mine[0].n_macs))
        assert (line.x0, line.x1) == (mine[0].n_macs, mine[0].n_macs)
        assert (line.y0, line.y1) == (max(score.top1 for score in mine), note.y)
    assert "ResNet-152: 11.5 GMACs, 78.312 % (IMAGENET1K_V1), 82.284 % (IMAGENET1K_V2)." in chart.alt


def named(compared: Sequence[str], quantity: str, height: int) -> go.Figure:
    """The chart's names and the range of its axis, without its points."""
    figure = go.Figure(layout={"height": height})
    _name_nets(figure, get_scores(), compared, quantity, PALETTES["light"])
    return figure


def places(figure: go.Figure) -> object:
    return figure.layout.yaxis.range, [(note.text, note.x, note.y) for note in figure.layout.annotations]


@pytest.mark.parametrize("quantity", ["macs", "params"])
def test_names_meet_neither_each_other_nor_a_point_in_any_four_nets(quantity: str) -> None:
    """Rows of text are 12 pixels high, and the plot has at least this much of the chart's height."""
    names = list(dict.fromkeys(score.preset for score in get_scores()))
    best = max(score.top1 for score in get_scores())
    whole = chart_scores(get_scores(), names[:4], quantity, "light").figure
    assert places(whole) == places(named(names[:4], quantity, whole.layout.height))
    for compared in combinations(names, 4):
        figure = named(compared, quantity, whole.layout.height)
        low, high = figure.layout.yaxis.range
        per_pixel = (high - low) / (figure.layout.height - 150)
        levels = sorted(note.y for note in figure.layout.annotations)
        assert len(levels) == 4
        assert min(after - before for before, after in pairwise(levels)) >= 12 * per_pixel
        assert levels[0] - best >= 8 * per_pixel
        assert levels[-1] + 6 * per_pixel <= high


def test_nothing_published_is_an_empty_chart_that_says_so() -> None:
    chart = chart_scores((), ("plain34",), "macs", "light")
    assert points(chart.figure) == []
    assert "No accuracy" in chart.alt
