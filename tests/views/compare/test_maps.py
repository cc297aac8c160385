"""The same picture's maps in several nets: a common scale is common, and every figure is computed again."""

from io import BytesIO
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from resnet_viz.errors import DrawError
from resnet_viz.views.compare.maps import compare_maps, map_figures, norm_map
from resnet_viz.views.maps.channels import Maps
from resnet_viz.views.maps.colours import Colours


def levels(png: bytes) -> npt.NDArray[np.uint8]:
    with Image.open(BytesIO(png)) as picture:
        return np.asarray(picture)


def cells(png: bytes, n: int, side: int) -> npt.NDArray[np.uint8]:
    """The levels of n tiles of side × side cells in a row, (n, side, side), without their gaps."""
    shown = levels(png)
    zoom = (shown.shape[0] - 4) // side
    tiles = [shown[2:-2, 2 + at * (side * zoom + 2) :][:, : side * zoom] for at in range(n)]
    return np.stack([tile[::zoom, ::zoom] for tile in tiles])


@given(st.integers(0, 2**32 - 1), st.sampled_from(["channels", "norm", "rms"]), st.booleans())
def test_on_a_common_scale_equal_values_have_equal_levels_whatever_net_they_are_of(
    seed: int, show: str, is_signed: bool
) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 9, (3, 7, 7)).astype(np.float32), rng.integers(0, 90, (5, 14, 14)).astype(np.float32)
    if is_signed:
        one, other = one - 3, other - 30
    made = compare_maps([one, other], show, "common", n_channels=8)
    values, shown = [], []
    for maps, row, side in ((one, made.rows[0], 7), (other, made.rows[1], 14)):
        if show == "channels":
            values.append(maps[list(row.channels)].ravel().astype(float))
        else:
            squares = (maps.astype(float) ** 2).sum(axis=0)
            values.append(np.sqrt(squares if show == "norm" else squares / len(maps)).ravel())
        shown.append(cells(row.png, len(row.channels) or 1, side).ravel())
    all_values, all_levels = np.concatenate(values), np.concatenate(shown).astype(int)
    low, high = all_values.min(), all_values.max()
    if low < 0:
        high = max(-low, high)
        low = -high
    assert [end for row in made.rows for end in (row.low, row.high)] == pytest.approx([low, high] * 2)
    assert np.abs(all_levels - (all_values - low) / (high - low) * 254).max() <= 0.51
    order = np.argsort(all_values, kind="stable")
    for before, after in pairwise(order):
        if all_values[before] < all_values[after] - 1e-9:
            assert all_levels[before] <= all_levels[after]
        elif show != "rms":  # whose roots may differ in their last digit
            assert all_levels[before] == all_levels[after]


def test_on_its_own_scale_each_net_reaches_from_end_to_end() -> None:
    one = np.arange(18, dtype=np.float32).reshape(2, 3, 3)
    made = compare_maps([one, 1000 * one + 7], "norm", "net")
    for row, maps in zip(made.rows, (one, 1000 * one + 7), strict=True):
        shown = cells(row.png, 1, 3)
        assert (shown.min(), shown.max()) == (0, 254)
        assert (row.low, row.high) == pytest.approx((norm_map(maps).min(), norm_map(maps).max()))


def test_zero_has_one_colour_in_all_rows_although_only_one_net_is_signed() -> None:
    plain, signed = np.full((1, 2, 2), 0, np.float32), np.array([[[-1, 0], [0, 1]]], np.float32)
    plain[0, 0, 0] = 5
    made = compare_maps([plain, signed], "channels", "net")
    assert [row.is_centred for row in made.rows] == [True, True]
    assert cells(made.rows[0].png, 1, 2).ravel().tolist() == [254, 127, 127, 127]
    assert cells(made.rows[1].png, 1, 2).ravel().tolist() == [0, 127, 127, 254]


def test_the_strongest_channels_come_first() -> None:
    maps = np.ones((4, 2, 2), np.float32) * np.array([1, -9, 3, 0], np.float32)[:, None, None]
    (row,) = compare_maps([maps], "channels", n_channels=3).rows
    assert row.channels == (1, 2, 0)
    assert cells(row.png, 3, 2)[:, 0, 0].tolist() == [0, round(127 + 3 / 9 * 127), round(127 + 1 / 9 * 127)]


def test_figures_are_those_of_the_finite_values() -> None:
    maps = np.array([[[3, 4], [0, np.nan]], [[12, 0], [0, np.inf]]], np.float32)
    figures = map_figures(maps)
    assert (figures.n_channels, figures.most, figures.zeros) == (2, 12, 0.5)
    assert figures.norm == pytest.approx(13)
    assert figures.rms == pytest.approx((169 / 6) ** 0.5)
    assert np.isnan(map_figures(np.full((1, 1, 1), np.nan)).norm)


def test_what_is_no_number_is_no_level_and_no_end_of_a_scale() -> None:
    maps = np.array([[[3, 4], [np.inf, np.nan]]], np.float32)
    (row,) = compare_maps([maps], "norm").rows
    assert (row.low, row.high) == (3, 4)
    assert cells(row.png, 1, 2).ravel().tolist() == [0, 254, 255, 255]


def test_norms_do_not_overflow_where_float32_would() -> None:
    maps: Maps = np.full((4, 2, 2), 1e30, np.float32)
    assert norm_map(maps) == pytest.approx(np.full((2, 2), 2e30), rel=1e-6)


def test_large_maps_are_reduced_and_flat_ones_shown_as_one_cell() -> None:
    made = compare_maps([np.zeros((2, 448, 448), np.float32), np.arange(5, dtype=np.float32)], "norm")
    assert levels(made.rows[0].png).shape == (228, 228)
    assert made.rows[1].figures.norm == pytest.approx(30**0.5)


def test_the_bar_is_all_colours_of_the_scale_in_order() -> None:
    made = compare_maps([np.ones((1, 2, 2), np.float32)], colours=Colours("Inferno", is_dark=True))
    with Image.open(BytesIO(made.bar)) as picture:
        row = np.asarray(picture.convert("RGB"))[0]
    assert (row == Colours("Inferno", is_dark=True).table(False)[:255]).all()


def test_what_is_no_choice_is_refused() -> None:
    maps = [np.ones((1, 2, 2), np.float32)]
    for wrong in ({"show": "mean"}, {"scale": "all"}, {"show": "channels", "n_channels": 0}):
        with pytest.raises(DrawError):
            compare_maps(maps, **wrong)
    assert compare_maps([]).rows == ()
