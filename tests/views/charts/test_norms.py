"""Charts of norms and of the paper's errors: each figure has its point, and what has none is told."""

from math import inf

import pytest

from resnet_viz.errors import DrawError
from resnet_viz.records.findings import NetNorms, PlaceNorm
from resnet_viz.views.charts.errors import chart_errors
from resnet_viz.views.charts.norms import NormLine, chart_norms

PLACES = (PlaceNorm("stem", 4.0, 1.0), PlaceNorm("layer1.0", 0.0, 2.0), PlaceNorm("head", inf, None))
NORMS = NetNorms("eval", 1.0, PLACES, 1.0, 2.0, "layer1.0.conv1", "layer1.0", 70_000.0)


def test_what_has_no_place_on_a_logarithmic_axis_has_no_point_and_is_told() -> None:
    chart = chart_norms([NormLine("own", NORMS)], "gradient", ("eval mode", "step 0"), "light")
    (line, mark) = chart.figure.data
    assert (list(line.x), list(line.y)) == (["stem", "layer1.0", "head"], [4.0, None, None])
    assert list(mark.x) == ["layer1.0"]
    assert "own: 4 at stem, 4 at stem. Places without a point: 2." in chart.alt
    assert chart.figure.layout.yaxis.title.text == "Norm of the gradient<br>eval mode<br>step 0"
    signal = chart_norms([NormLine("own", NORMS)], "signal", ("eval mode", "step 0"), "dark")
    assert list(signal.figure.data[1].y) == [2.0]
    with pytest.raises(DrawError, match="gradient, signal"):
        chart_norms([], "loss", (), "light")


def test_the_paper_s_errors_are_the_points_as_printed() -> None:
    chart = chart_errors({18: "27.94", 34: "28.54"}, {18: "27.88", 34: "25.03"}, "Table 2", "light")
    assert [list(line.y) for line in chart.figure.data] == [[27.94, 28.54], [27.88, 25.03]]
    assert all(text in chart.alt for text in ("27.94", "28.54", "27.88", "25.03", "Table 2"))
