"""Pictures to look at: scaled to fit, and framed where they are to be."""

import numpy as np
import pytest
from PIL import Image

from resnet_viz.views.maps.pictures import fit, frame_part


@pytest.mark.parametrize(
    ("size", "fitted"),
    [((400, 200), (100, 50)), ((200, 400), (50, 100)), ((10, 10), (100, 100)), ((4096, 1), (100, 1))],
)
def test_the_longer_side_fits(size: tuple[int, int], fitted: tuple[int, int]) -> None:
    assert fit(Image.new("RGB", size), 100).size == fitted


def test_a_part_is_framed_at_the_scale_of_the_picture() -> None:
    picture = Image.new("RGB", (100, 50))
    framed = np.asarray(frame_part(picture, (20, 10, 180, 90), (200, 100)))
    marked = np.argwhere(framed.any(axis=2))
    assert marked.min(axis=0).tolist() == [5, 10]
    assert marked.max(axis=0).tolist() == [44, 89]
    assert not framed[20:30, 30:70].any()
    assert not np.asarray(picture).any()


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (5, 5, 4, 4)])
def test_nothing_is_framed_where_there_is_nothing(box: tuple[int, int, int, int]) -> None:
    assert not np.asarray(frame_part(Image.new("RGB", (20, 20)), box, (20, 20))).any()


def test_a_part_narrower_than_a_pixel_is_still_marked() -> None:
    assert np.asarray(frame_part(Image.new("RGB", (100, 2)), (0, 4000, 1, 4096), (4096, 4096))).any()
