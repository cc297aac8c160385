"""Pictures of evidence and of receptive fields, against arithmetic written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.records.trace import Field
from resnet_viz.views.maps.overlay import scale_cam
from resnet_viz.views.maps.receptive import theoretical_box
from tests.nets import trace_of


def enlarged(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bilinear between pixel centres, the edges carried on: what OpenCV's INTER_LINEAR does, too."""

    def along(values: np.ndarray, n: int) -> np.ndarray:
        places = np.clip((np.arange(n) + 0.5) * len(values) / n - 0.5, 0, len(values) - 1)
        return np.array([np.interp(places, np.arange(len(values)), column) for column in values.T]).T

    return along(along(values, size[0]).T, size[1]).T


@pytest.mark.parametrize(
    ("shape", "size"), [((7, 7), (224, 224)), ((2, 3), (64, 96)), ((1, 1), (5, 4)), ((4, 4), (4, 4))]
)
def test_a_map_is_scaled_and_enlarged(shape: tuple[int, int], size: tuple[int, int]) -> None:
    cam = np.random.default_rng(0).random(shape).astype(np.float32) * 5 + 1
    scaled = (cam - cam.min()) / (1e-7 + (cam - cam.min()).max())
    found = scale_cam(cam, size)
    assert found.dtype == np.float32
    assert found.shape == size
    large = enlarged(scaled, size)
    # The package scales again: the greatest value of a cell is seldom met between the centres of pixels.
    again = (large - large.min()) / (1e-7 + (large - large.min()).max())
    np.testing.assert_allclose(found, again, atol=1e-5)
    assert 0 <= found.min() <= found.max() <= 1


def test_a_map_without_differences_and_one_without_numbers() -> None:
    assert scale_cam(np.zeros((7, 7)), (14, 14)).max() == 0
    assert scale_cam(np.full((7, 7), 3.0), (14, 14)).max() == 0
    assert np.array_equal(scale_cam(np.array([[np.nan, np.inf], [-np.inf, 2.0]]), (2, 2)).round(5), [[0, 0], [0, 1]])


def test_a_sealed_map_is_left_as_it_is() -> None:
    cam = np.arange(4, dtype=np.float32).reshape(2, 2)
    cam.setflags(write=False)
    assert scale_cam(cam, (2, 2)).max() == pytest.approx(1)


def test_the_field_of_a_deep_net_is_larger_than_its_picture() -> None:
    field = trace_of("resnet152").field
    assert field is not None
    box = theoretical_box(field, (3, 3), (224, 224))
    assert (box.left, box.top, box.right, box.bottom) == (0, 0, 224, 224)
    assert (box.height, box.width) == (1451, 1451)
    assert box.is_clipped


def test_the_field_of_the_first_convolution() -> None:
    # 7×7, stride 2, padding 3: cell 10 looks at pixels 17 to 23, cell 0 at -3 to 3.
    field = trace_of("resnet18").nodes["conv1"].field
    assert field is not None
    box = theoretical_box(field, (10, 0), (224, 224))
    assert (box.top, box.bottom, box.left, box.right) == (17, 24, 0, 4)
    assert (box.height, box.width, box.is_clipped) == (7, 7, True)
    assert not theoretical_box(field, (10, 10), (224, 224)).is_clipped


@given(
    st.integers(-50, 50), st.integers(0, 60), st.sampled_from([None, 1, 2, 8]), st.integers(0, 20), st.integers(1, 99)
)
def test_a_box_is_the_pixels_of_the_field_that_are_there(lo: int, more: int, jump: int | None, i: int, n: int) -> None:
    axis = Field(lo, lo + more, jump)
    seen = {pixel + i * (jump or 0) for pixel in range(lo, lo + more + 1)} & set(range(n))
    box = theoretical_box((axis, Field(0, 0, 1)), (i, 0), (n, 5))
    assert set(range(box.top, box.bottom)) == seen
    assert 0 <= box.top <= box.bottom <= n
    assert (box.left, box.right, box.height, box.width) == (0, 1, more + 1, 1)
