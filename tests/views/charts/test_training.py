"""Charts of runs: what is drawn are the run's figures, and every axis names its mode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from resnet_viz.training.run import Run
from resnet_viz.views.charts.axes import Chart
from resnet_viz.views.charts.training import (
    Line,
    chart_errors,
    chart_gradients,
    chart_held,
    chart_losses,
    gradient_decades,
)
from tests.training.runs import made_run


@pytest.fixture(scope="module")
def run() -> Run:
    return made_run(25, 30)


def title(chart: Chart) -> str:
    text: str = chart.figure.layout.yaxis.title.text
    return text


def test_a_line_is_the_mean_of_ten_steps_over_the_steps_as_they_are(run: Run) -> None:
    chart = chart_losses([Line("Plain-20", 0, run)], 30, "light")
    faint, smooth = chart.figure.data
    assert np.allclose(faint.y, run.losses)
    assert np.isclose(smooth.y[2], run.losses[:3].mean())
    assert np.isclose(smooth.y[-1], run.losses[-10:].mean())
    assert (faint.x[0], faint.x[-1], tuple(chart.figure.layout.xaxis.range)) == (1, 25, (0, 31))
    assert f"{run.losses[-10:].mean():.3g}" in chart.alt
    assert chart.figure.layout.yaxis.dtick == "D2"  # losses from a third to eight


def test_a_mean_after_a_burst_is_of_its_own_ten_steps(run: Run) -> None:
    losses = run.losses.copy()
    losses[1] = 3.7e27
    smooth = chart_losses([Line("A", 0, replace(run, losses=losses))], 30, "light").figure.data[1]
    assert np.isclose(smooth.y[-1], run.losses[-10:].mean())
    assert smooth.y[5] > 1e26


def test_each_axis_names_its_mode(run: Run) -> None:
    lines = [Line("Plain-20", 0, run)]
    assert "train mode" in title(chart_losses(lines, 30, "dark"))
    assert "train mode" in title(chart_errors(lines, 30, "dark"))
    assert "eval mode" in title(chart_held(lines, 30, "dark"))
    assert "train mode" in title(chart_gradients("Plain-20", lines[0], 30, (-4, 1), "dark"))


def test_of_several_seeds_the_last_is_bold_and_alone_in_the_legend(run: Run) -> None:
    chart = chart_errors([Line("A", 0, run, is_last=False), Line("A", 0, run), Line("B", 1, run)], 30, "light")
    smooth = [line for line in chart.figure.data if line.name]
    assert [line.showlegend for line in smooth] == [False, True, True]
    assert smooth[0].line.width < smooth[1].line.width
    assert smooth[1].line.dash != smooth[2].line.dash


def test_a_heat_map_has_the_powers_of_the_norms(run: Run) -> None:
    line = Line("Plain-20", 0, run)
    decades = gradient_decades([line])
    (heat,) = chart_gradients("Plain-20", line, 30, decades, "light").figure.data
    assert np.shape(heat.z) == (3, 25)
    assert np.allclose(heat.z[1][1:], np.log10(np.arange(1, 25)))
    assert np.isnan(heat.z[1][0])  # a gradient of exactly zero has no colour
    assert list(heat.y) == ["conv1", "layer1.0", "fc"]
    assert decades == (-12, 2)
    assert (heat.zmin, heat.zmax) == decades


def test_before_the_first_step_charts_have_their_size_and_no_line() -> None:
    charts = [chart_losses([], 30, "light"), chart_gradients("Plain-20", None, 30, gradient_decades([]), "light")]
    assert [len(chart.figure.data) for chart in charts] == [0, 0]
    assert all(chart.figure.layout.height for chart in charts)
