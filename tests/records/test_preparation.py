"""The part of a picture that is looked at: in the middle, in another shape, and never less than a pixel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from resnet_viz.pictures.preparing import prepare_steps
from resnet_viz.records.preparation import Crop, Preparation

SHARES = st.floats(0, 1)
SIDES = st.integers(1, 10_000)
INPUTS = st.integers(1, 512)
WIDTHS = st.floats(1e-4, 1)


@pytest.mark.parametrize("size", [(640, 427), (427, 640), (224, 224), (1000, 300)])
@pytest.mark.parametrize("preparation", [Preparation(), Preparation((160, 320), resize=232), Preparation((96, 64))])
def test_the_middle_is_where_the_weights_own_rule_crops(size: tuple[int, int], preparation: Preparation) -> None:
    width, height = size
    steps = prepare_steps(Image.new("RGB", size), preparation)
    middle = preparation.middle(height, width)
    # Of the scaled picture's whole pixels; its sides and the crop's place are rounded.
    assert middle.box(steps.scaled.height, steps.scaled.width) == pytest.approx(steps.box, abs=1)


@given(SHARES, SHARES, WIDTHS, WIDTHS, SIDES, SIDES, INPUTS, INPUTS)
def test_another_shape_keeps_the_middle_and_stays_inside(
    left: float, top: float, wide: float, high: float, width: int, height: int, in_width: int, in_height: int
) -> None:
    crop = Crop(left, top, wide, high)
    shaped = crop.shaped((in_height, in_width), height, width)
    across, down = shaped.width * width, shaped.height * height
    assert across / down == pytest.approx(in_width / in_height)
    assert 0 <= shaped.left <= 1 - shaped.width
    assert 0 <= shaped.top <= 1 - shaped.height
    area = max(1.0, crop.width * width * crop.height * height)
    is_whole = across == pytest.approx(width) or down == pytest.approx(height)
    assert across * down == pytest.approx(area) or (is_whole and across * down < area)
    middle = crop.left + crop.width / 2
    if shaped.width / 2 <= middle <= 1 - shaped.width / 2:
        assert shaped.left + shaped.width / 2 == pytest.approx(middle)
    again = shaped.shaped((in_height, in_width), height, width)
    if across * down >= 1:
        assert (again.left, again.top, again.width, again.height) == pytest.approx(
            (shaped.left, shaped.top, shaped.width, shaped.height)
        )


def test_a_square_of_a_panorama_is_a_pixel() -> None:
    middle = Preparation().middle(1, 10_000)
    assert middle.box(1, 10_000) == (5_000, 0, 5_001, 1)
    assert middle.shaped((224, 224), 1, 10_000).box(1, 10_000) == (5_000, 0, 5_001, 1)
