"""Charts: what is drawn is what was counted."""

import numpy as np
import pytest

from resnet_viz.records.findings import BlockChange
from resnet_viz.views.charts.maps import chart_changes, chart_distribution, chart_values
from resnet_viz.views.maps.channels import value_histogram
from resnet_viz.views.maps.kernels import draw_colour_kernels, kernel_norms
from tests.nets import trace_of


@pytest.mark.parametrize("values", [np.full(9, 1e6, np.float32), np.array([1.0, np.nextafter(1, 2)]), np.zeros(3)])
def test_values_that_are_nearly_the_same_have_a_histogram(values: np.ndarray) -> None:
    found = value_histogram(values)
    assert found.counts.sum() + found.n_zeros == len(values)
    assert chart_distribution(values, "title", "x").data[0].y.sum() == np.count_nonzero(values)


def test_what_is_not_finite_is_left_out() -> None:
    found = value_histogram(np.array([[1.0, np.nan], [np.inf, 0.0]]))
    assert (found.counts.sum(), found.n_zeros) == (1, 1)


def test_bars_bear_their_numbers() -> None:
    figure = chart_values(np.array([3.0, 5.0]), "title", "x", "y")
    assert figure.data[0].x.tolist() == [0, 1]
    assert figure.data[0].y.tolist() == [3, 5]


def test_changes_are_one_point_for_each_block_in_the_colours_of_the_stages() -> None:
    trace = trace_of("resnet18")
    changes = [BlockChange(block.id, 1.0, 2.0, 3.0, 0.5, 0.9) for block in trace.blocks]
    figure = chart_changes(trace, changes, "layer2.0", "light")
    assert [name for line in figure.data[::2] for name in line.x] == [block.id for block in trace.blocks]
    assert {tuple(line.y) for line in figure.data} == {(0.5, 0.5), (0.9, 0.9)}
    assert len({line.line.color for line in figure.data}) == 4
    assert [max(line.marker.size) for line in figure.data] == [7, 7, 13, 13, 7, 7, 7, 7]


def test_norms_and_colours_of_kernels() -> None:
    from io import BytesIO

    from PIL import Image

    kernels = np.zeros((17, 3, 2, 2), np.float32)
    kernels[0, 0] = 3
    kernels[1, 2, 0, 0] = -4
    assert kernel_norms(kernels).tolist() == [6, 4, *[0] * 15]
    picture = np.asarray(Image.open(BytesIO(draw_colour_kernels(kernels, zoom=1))))
    assert picture.shape == (2 * (2 + 2), 16 * (2 + 2), 4)
    assert picture[0, 0].tolist() == [255, 128, 128, 255]
    assert picture[0, 4].tolist() == [128, 128, 0, 255]
    assert picture[0, 2].tolist() == [0, 0, 0, 0]
