"""Mosaics, cut into their tiles again and compared with the maps."""

from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from resnet_viz.errors import DrawError
from resnet_viz.views.maps.channels import channel_order, channel_stats, cut_page
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.levels import Scaling
from resnet_viz.views.maps.tiles import Mosaic, dead_channels, make_mosaic

Maps = npt.NDArray[Any]
GAP = 255
OWN = Scaling(is_centred=False)


def indices(mosaic: Mosaic) -> npt.NDArray[np.uint8]:
    with Image.open(BytesIO(mosaic.png)) as picture:
        assert (picture.format, picture.mode) == ("PNG", "P")
        return np.asarray(picture)


def tiles(mosaic: Mosaic, height: int, width: int) -> Maps:
    """The picture cut along its columns into tiles of indices, (n, height, width), each cell one solid square."""
    picture = indices(mosaic)
    zoom = ((picture.shape[1] - 2) // mosaic.n_columns - 2) // width
    down, right = height * zoom + 2, width * zoom + 2
    assert (picture.shape[0] - 2) % down == (picture.shape[1] - 2) % right == 0
    is_gap = np.ones(picture.shape, bool)
    found = []
    for n in range(len(mosaic.channels)):
        top, left = 2 + n // mosaic.n_columns * down, 2 + n % mosaic.n_columns * right
        tile = picture[top : top + down - 2, left : left + right - 2]
        is_gap[top : top + down - 2, left : left + right - 2] = False
        cells = tile.reshape(height, zoom, width, zoom)
        assert (cells == cells[:, :1, :, :1]).all()
        found.append(cells[:, 0, :, 0])
    assert (picture[is_gap] == GAP).all()
    return np.stack(found)


@given(st.data())
def test_a_bright_pixel_is_found_in_its_tile(data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(1, 70), st.integers(1, 9), st.integers(1, 9)))
    most, width = data.draw(st.integers(1, 80)), data.draw(st.integers(150, 400))
    place = tuple(data.draw(st.integers(0, size - 1)) for size in shape)
    maps = np.zeros(shape, np.float32)
    maps[place] = 7
    mosaic = make_mosaic(maps, range(min(most, shape[0])), width=width)
    assert mosaic.channels == tuple(range(min(most, shape[0])))
    assert mosaic.n_channels == shape[0]
    # A map of one cell has no scale of its own: there the scale is the node's, and a node of one value has none.
    wanted = np.where(maps[:most] > 0, GAP - 1, 0) if shape != (1, 1, 1) else 0 * maps[:most]
    assert (tiles(mosaic, *shape[1:]) == wanted).all()


@pytest.mark.filterwarnings("error")
def test_each_channel_has_its_own_scale_and_the_gap_its_own_index() -> None:
    maps = np.linspace(-1, 1, 5 * 16, dtype=np.float32).reshape(5, 4, 4) * np.array([1, 9, -1, 0, 1e-9])[:, None, None]
    found = tiles(make_mosaic(maps, scaling=OWN), 4, 4)
    assert [(tile.min(), tile.max()) for tile in found] == [(0, 254), (0, 254), (0, 254), (0, 0), (0, 254)]
    assert (np.argsort(found[0].ravel()) == np.arange(16)).all()
    for is_dark, gap in ((False, (255, 255, 255)), (True, (21, 26, 34))):
        with Image.open(BytesIO(make_mosaic(maps, colours=Colours(is_dark=is_dark)).png)) as picture:
            assert picture.convert("RGB").getpixel((0, 0)) == gap


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[np.nan], [np.inf, 1], [-np.inf, 2], [np.nan, np.inf, -np.inf], [-3e38, 3e38]])
def test_what_is_no_number_looks_like_the_gap(values: list[float]) -> None:
    maps = np.full((2, 3, 3), -5, np.float32)
    maps[:, 2] = 5
    maps.reshape(2, 9)[0, : len(values)] = values
    first, second = tiles(make_mosaic(maps, scaling=OWN), 3, 3)
    assert (second == [[0] * 3, [0] * 3, [GAP - 1] * 3]).all()
    is_number = np.isfinite(maps[0])
    assert (first[~is_number] == GAP).all()
    assert (first[maps[0] == maps[0][is_number].min()] == 0).all()
    assert (first[maps[0] == maps[0][is_number].max()] == GAP - 1).all()
    assert (tiles(make_mosaic(np.full((2, 3, 3), np.nan, np.float32)), 3, 3) == GAP).all()


def test_signed_maps_have_zero_in_the_middle_of_diverging_colours() -> None:
    maps = np.array([[[-2, 0, 1]], [[0, 0, 4]], [[0, 0, 0]]], np.float32)
    mosaic = make_mosaic(maps)
    # A half rounds up: 127 + 127 · 1/2 is 190.5.
    assert tiles(mosaic, 1, 3)[:, 0].tolist() == [[0, 127, 191], [127, 127, 254], [127, 127, 127]]
    together = make_mosaic(maps, scaling=Scaling("node"))
    assert tiles(together, 1, 3)[:, 0].tolist() == [[64, 127, 159], [127, 127, 254], [127, 127, 127]]
    with Image.open(BytesIO(mosaic.png)) as picture:
        palette = np.array(picture.getpalette()).reshape(-1, 3)
    assert (palette == Colours().table(is_centred=True)[: len(palette)]).all()


def test_any_channels_come_in_the_order_asked_for() -> None:
    maps = np.random.default_rng(0).random((40, 2, 2), np.float32)
    page = cut_page(channel_order(channel_stats(maps), "max", descending=True), 16, 1)
    found = tiles(make_mosaic(maps, page.channels), 2, 2)
    alone = [tiles(make_mosaic(maps, [channel]), 2, 2)[0] for channel in page.channels]
    assert (found == np.stack(alone)).all()
    assert page.channels == tuple(np.argsort(-maps.max(axis=(1, 2)))[16:32])
    with pytest.raises(DrawError, match="No channel"):
        make_mosaic(maps, [])


def test_large_maps_are_reduced_to_means() -> None:
    maps = np.arange(4 * 3000 * 2, dtype=np.float32).reshape(4, 3000, 2)
    mosaic = make_mosaic(maps, width=100)
    n = mosaic.reduced_by
    assert n > 1
    height = 3000 // n
    means = maps[:, : height * n].reshape(4, height, n, 1, 2).mean(axis=(2, 4))
    least, most = means.min(axis=(1, 2), keepdims=True), means.max(axis=(1, 2), keepdims=True)
    wanted = (means - least) / (most - least) * 254
    assert np.abs(tiles(mosaic, height, 1) - wanted).max() <= 0.51


def test_a_flat_output_is_one_strip_on_one_scale() -> None:
    mosaic = make_mosaic(np.array([0, 2, 1], np.float32))
    picture = indices(mosaic)[2:-2, 2:-2]
    third = picture.shape[1] // 3
    assert (picture == np.repeat(np.array([0, 254, 127]), third)).all()
    assert (mosaic.channels, mosaic.n_columns, mosaic.n_dead) == ((0, 1, 2), 1, 0)


@pytest.mark.parametrize(
    "shape", [(2048, 7, 7), (2048, 1, 1), (64, 112, 112), (4, 1024, 1024), (3, 300, 1), (1, 1, 5000), (3,), (100_000,)]
)
@pytest.mark.parametrize("most", [16, 256])
def test_the_picture_is_bounded_whatever_the_maps(shape: tuple[int, ...], most: int) -> None:
    channels = range(min(most, shape[0])) if len(shape) > 1 else None
    mosaic = make_mosaic(np.random.default_rng(0).random(shape, np.float32), channels, width=960)
    height, width = indices(mosaic).shape
    assert max(height, width) <= 2.2 * 960
    assert mosaic.channels == tuple(range(min(most, shape[0]) if len(shape) > 1 else shape[0]))
    assert mosaic.n_channels == shape[0]


def test_dead_channels_of_the_whole_node_are_counted() -> None:
    maps = np.array([1, -5, 0, 3, -5, 0], np.float32)[:, None, None] * np.array([[1, 2]], np.float32)
    assert dead_channels(maps) == make_mosaic(maps, [1]).n_dead == 2
    assert dead_channels(maps[:, :, :1]) == 0  # of one cell
    maps[0, 0] = np.inf
    assert dead_channels(maps) == channel_stats(maps).is_dead.sum() == 2
