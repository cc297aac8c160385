"""Figures, orders, pages and scales of channels, against numpy and arithmetic written out."""

import json
import math
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from torch.nn import functional

from resnet_viz.errors import DrawError
from resnet_viz.records.trace import Field
from resnet_viz.ui.components.channel_view import read_channel
from resnet_viz.views.maps.channels import (
    N_BINS,
    ORDERS,
    as_stack,
    channel_order,
    channel_stats,
    channel_values,
    cut_page,
    node_stats,
    parse_channels,
    pick_channels,
    strongest_channels,
    value_histogram,
)
from resnet_viz.views.maps.colours import DIVERGING, SEQUENTIAL, Colours
from resnet_viz.views.maps.levels import EMPTY, TOP, Scaling, find_scales, quantise
from resnet_viz.views.maps.overlay import overlay_map
from resnet_viz.views.maps.packed import FieldView, describe_maps, make_tiles, pack_maps, pack_tiles
from resnet_viz.views.maps.sheet import make_sheet

Maps = npt.NDArray[np.float32]

SHAPES = hnp.array_shapes(min_dims=3, max_dims=3, max_side=6)
FINITE = hnp.arrays(np.float32, SHAPES, elements=st.floats(-100, 100, width=32) | st.just(0))
ANY = hnp.arrays(np.float32, SHAPES, elements=st.floats(width=32) | st.just(0))


# Figures


@given(FINITE)
def test_figures_are_those_of_numpy(maps: Maps) -> None:
    stats = channel_stats(maps)
    for channel, tile in enumerate(maps.astype(np.float64)):
        assert stats.mean[channel] == pytest.approx(tile.mean(), abs=1e-9)
        assert stats.variance[channel] == pytest.approx(tile.var(), abs=1e-9)
        assert (stats.min[channel], stats.max[channel]) == (tile.min(), tile.max())
        assert stats.norm[channel] == pytest.approx(np.linalg.norm(tile), abs=1e-9)
        assert stats.strength[channel] == pytest.approx(np.abs(tile).mean(), abs=1e-9)
        assert stats.zeros[channel] == pytest.approx(np.count_nonzero(tile == 0) / tile.size)
        assert stats.is_dead[channel] == (tile.size > 1 and np.unique(tile).size == 1)
    assert (stats.n_bad == 0).all()


@pytest.mark.filterwarnings("error")
@given(ANY)
def test_what_is_no_number_is_counted_and_left_out(maps: Maps) -> None:
    stats, node = channel_stats(maps), node_stats(maps)
    for channel, tile in enumerate(maps):
        finite = tile[np.isfinite(tile)].astype(np.float64)
        assert stats.n_bad[channel] == tile.size - finite.size
        if finite.size:
            assert stats.mean[channel] == pytest.approx(finite.mean())
            assert (stats.min[channel], stats.max[channel]) == (finite.min(), finite.max())
        else:
            assert math.isnan(stats.mean[channel])
            assert math.isnan(stats.min[channel])
        assert not (stats.n_bad[channel] and stats.is_dead[channel])
    known = maps[np.isfinite(maps)]
    assert node.n_bad == maps.size - known.size
    histogram = value_histogram(maps)
    assert histogram.n_zeros == np.count_nonzero(known == 0)
    assert histogram.counts.sum() + histogram.n_zeros == known.size
    assert len(histogram.edges) == N_BINS + 1


@given(FINITE)
def test_a_node_is_what_its_channels_are_together(maps: Maps) -> None:
    node, values = node_stats(maps), maps.astype(np.float64)
    assert (node.min, node.max) == (values.min(), values.max())
    assert node.mean == pytest.approx(values.mean(), abs=1e-9)
    assert node.variance == pytest.approx(values.var(), abs=1e-8)
    assert node.zeros == pytest.approx((values == 0).mean())


def test_the_histogram_leaves_the_spike_of_zeros_apart() -> None:
    maps = np.zeros((4, 8, 8), np.float32)
    maps[0, 0] = [1, 1, 1, 2, 2, 3, 4, 5]
    node, histogram = node_stats(maps), value_histogram(maps)
    assert histogram.n_zeros == 4 * 64 - 8
    assert node.zeros == pytest.approx(248 / 256)
    assert histogram.counts[[0, -1]].tolist() == [3, 1]
    assert (histogram.edges[0], histogram.edges[-1]) == (1, 5)
    assert (node.n_channels, node.n_dead, node.n_values) == (4, 3, 256)
    assert node.mean == pytest.approx(19 / 256)
    assert (node.min, node.max) == (0, 5)


def test_one_channel_is_described_with_the_place_of_its_greatest_value() -> None:
    maps = np.zeros((2, 3, 4), np.float32)
    maps[1, 2, 1], maps[1, 0, 3], maps[1, 0, 0] = 9, -4, np.inf
    (values,) = channel_values(maps, [1])
    assert values.argmax == (2, 1)
    assert (values.min, values.max, values.n_bad) == (-4, 9, 1)
    assert values.mean == pytest.approx(5 / 11)
    assert channel_values(np.full((1, 2, 2), np.nan, np.float32), [0])[0].argmax is None
    assert channel_values(maps, []) == ()
    assert [values.max for values in channel_values(np.array([3, 7], np.float32), [1, 0])] == [7, 3]
    with pytest.raises(DrawError, match="channels 0 to 1"):
        channel_values(maps, [0, 2])


@pytest.mark.parametrize("shape", [(3, 4), (0, 2, 2), (1, 1, 2, 2)])
def test_what_are_no_maps_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DrawError, match="Pass maps"):
        channel_stats(np.zeros(shape, np.float32))


# Orders and pages


@given(FINITE, st.sampled_from(ORDERS), st.booleans())
def test_orders_sort_and_leave_equals_in_place(maps: Maps, order: str, descending: bool) -> None:
    stats = channel_stats(maps)
    keys = np.arange(len(maps)).astype(float) if order == "index" else getattr(stats, order)
    wanted = sorted(range(len(maps)), key=lambda channel: -keys[channel] if descending else keys[channel])
    assert channel_order(stats, order, descending).tolist() == wanted


@pytest.mark.parametrize("descending", [False, True])
def test_a_channel_without_a_number_comes_last(descending: bool) -> None:
    maps = np.array([np.nan, 2, 1], np.float32).repeat(4).reshape(3, 2, 2)
    assert channel_order(channel_stats(maps), "mean", descending).tolist()[-1] == 0
    assert strongest_channels(maps, 3) == (1, 2, 0)
    with pytest.raises(DrawError, match="variance"):
        channel_order(channel_stats(maps), "colour")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0-3, 40, 9", [0, 1, 2, 3, 9, 40]),
        (" 5 – 7 ,,7", [5, 6, 7]),
        ("99", [99]),
        ("", None),
        (" , ", None),
        ("0-99", list(range(100))),
    ],
)
def test_lists_of_channels_are_read(text: str, wanted: list[int] | None) -> None:
    assert parse_channels(text, 100) == wanted


@pytest.mark.parametrize(
    "text", ["100", "7-3", "-1", "a", "1.5", "1e3", "0-999999999", "9" * 5000, "1:2", "٣", "0x1", "1--2", "1," * 2000]
)
def test_a_list_that_names_no_channels_is_refused(text: str) -> None:
    with pytest.raises(DrawError) as error:
        parse_channels(text, 100)
    assert len(str(error.value)) < 200


@given(st.permutations(range(30)), st.sets(st.integers(0, 29), min_size=1))
def test_a_filter_keeps_the_order(order: list[int], wanted: set[int]) -> None:
    picked = pick_channels(np.array(order), ",".join(map(str, wanted)))
    assert picked.tolist() == [channel for channel in order if channel in wanted]
    assert pick_channels(np.array(order), "").tolist() == order


@given(st.integers(1, 300), st.sampled_from([1, 16, 64]), st.integers(-2, 400))
def test_pages_cover_an_order_once(n: int, size: int, at: int) -> None:
    order = np.arange(n)[::-1]
    first = cut_page(order, size, 0)
    pages = [cut_page(order, size, number).channels for number in range(first.n_pages)]
    assert [channel for page in pages for channel in page] == order.tolist()
    assert all(len(page) == size for page in pages[:-1])
    page = cut_page(order, size, at)
    assert page.at == min(max(at, 0), first.n_pages - 1)
    assert page.channels == pages[page.at]


# Levels


def to_levels(maps: Maps, scaling: Scaling | None = None) -> npt.NDArray[np.uint8]:
    stack = as_stack(maps)
    return quantise(stack, find_scales(stack, scaling or Scaling())).reshape(maps.shape)


@given(FINITE, st.sampled_from(["channel", "node"]))
def test_a_value_is_read_from_its_level_to_half_a_step(maps: Maps, scope: str) -> None:
    levels, scales = to_levels(maps, Scaling(scope)), find_scales(maps, Scaling(scope))
    assert levels.max() <= TOP
    for channel, tile in enumerate(maps):
        reach = scales.high[channel] - scales.low[channel]
        if reach > 0:
            read = scales.low[channel] + levels[channel] / TOP * reach
            assert np.abs(read - tile).max() <= (0.5 + 1e-3) * scales.step[channel] + 1e-5 * np.abs(tile).max()
        else:
            assert np.unique(levels[channel]).tolist() == [TOP // 2 if scales.is_centred else 0]
    if scales.is_centred:
        assert (scales.low == -scales.high).all()
        assert (levels[(maps == 0)] == TOP // 2).all()
    assert scales.is_centred == (maps.min() < 0)


@given(FINITE)
def test_one_scale_keeps_the_order_of_all_values(maps: Maps) -> None:
    levels = to_levels(maps, Scaling("node", is_centred=False)).ravel()
    order = np.argsort(maps.ravel(), kind="stable")
    assert (np.diff(levels[order].astype(int)) >= 0).all()


@pytest.mark.filterwarnings("error")
@given(ANY, st.sampled_from(["channel", "node"]), st.sampled_from([0, 1, 2]), st.sampled_from([None, True, False]))
def test_any_values_have_levels(maps: Maps, scope: str, clip: int, is_centred: bool | None) -> None:
    levels = to_levels(maps, Scaling(scope, clip, is_centred))
    assert ((levels == EMPTY) == ~np.isfinite(maps)).all()


def test_extreme_ranges_are_told_apart() -> None:
    for values in ([-3e38, 0, 3e38], [0, 1e-44, 2e-44], [1000, 1000.0625, 1000.125], [-3.4e38, -3.3e38, 3.4e38]):
        maps = np.array(values, np.float32).reshape(1, 1, 3)
        low, middle, high = to_levels(maps, Scaling(is_centred=False))[0, 0].tolist()
        assert (low, high) == (0, TOP)
        share = (float(maps[0, 0, 1]) - float(maps[0, 0, 0])) / (float(maps[0, 0, 2]) - float(maps[0, 0, 0]))
        assert abs(middle - share * TOP) <= 0.51


def test_clipping_leaves_out_percentiles_but_never_everything() -> None:
    maps = np.arange(101, dtype=np.float32).reshape(1, 1, 101)
    scales = find_scales(maps, Scaling(clip=2))
    assert (scales.low[0], scales.high[0]) == (2, 98)
    levels = to_levels(maps, Scaling(clip=2))[0, 0]
    assert (levels[:3] == 0).all()
    assert (levels[98:] == TOP).all()
    assert 0 < levels[3] < levels[97] < TOP
    lonely = np.zeros((1, 1, 101), np.float32)
    lonely[0, 0, 7] = 5
    assert to_levels(lonely, Scaling(clip=2)).max() == TOP
    holes = maps.copy()
    holes[0, 0, 0] = np.nan
    assert find_scales(holes, Scaling(clip=1)).low[0] == pytest.approx(np.percentile(np.arange(1, 101), 1))


def test_the_scale_of_a_node_hangs_on_all_channels_even_of_one_page() -> None:
    maps = np.array([0, 1, 2, 10], np.float32).reshape(2, 1, 2)
    assert find_scales(maps, Scaling("node"), [0]).high.tolist() == [10]
    assert find_scales(maps, Scaling("channel"), [0]).high.tolist() == [1]
    maps[1, 0, 0] = -1
    assert find_scales(maps, Scaling("channel"), [0]).is_centred
    assert to_levels(np.array([0, 1, 2], np.float32)).tolist() == [0, 127, 254]


@pytest.mark.parametrize("asked", [{"scope": "stage"}, {"clip": 50}, {"clip": -1}])
def test_an_unknown_scaling_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(DrawError, match="Choose one of"):
        Scaling(**asked)


# Colours


@pytest.mark.parametrize("name", SEQUENTIAL)
def test_sequential_colours_become_steadily_brighter(name: str) -> None:
    table = Colours(sequential=name).table(is_centred=False)[:255] / 255
    linear = np.where(table <= 0.04045, table / 12.92, ((table + 0.055) / 1.055) ** 2.4)
    lightness = np.cbrt(linear @ [0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness) > -0.004).all()
    assert lightness[-1] - lightness[0] > 0.5


@pytest.mark.parametrize("name", DIVERGING)
def test_diverging_colours_are_brightest_at_zero_and_blue_below(name: str) -> None:
    table = Colours(diverging=name).table(is_centred=True)[:255].astype(int)
    assert abs(int(table.sum(axis=1).argmax()) - 127) <= 12
    assert table[60, 2] > table[60, 0]
    assert table[194, 0] > table[194, 2]


def test_the_gap_has_the_page_s_own_colour() -> None:
    assert Colours().table(False)[EMPTY].tolist() == [255, 255, 255]
    assert Colours(is_dark=True).table(True)[EMPTY].tolist() == [21, 26, 34]
    with pytest.raises(DrawError, match="Viridis"):
        Colours(sequential="jet")
    with pytest.raises(DrawError, match="balance"):
        Colours(diverging="Viridis")


# Numbers to keep


def test_the_numbers_are_read_without_unpickling() -> None:
    maps = np.random.default_rng(0).normal(size=(5, 3, 2)).astype(np.float32)
    with np.load(BytesIO(pack_maps(maps, [4, 1], "layer1.0", "ResNet-18 “é”"))) as file:
        assert sorted(file.files) == ["channels", "maps", "net", "node"]
        assert (file["maps"] == maps[[4, 1]]).all()
        assert file["maps"].dtype == np.float32
        assert file["channels"].tolist() == [4, 1]
        assert (str(file["node"]), str(file["net"])) == ("layer1.0", "ResNet-18 “é”")


# Overlays


def test_an_overlay_is_the_map_scaled_bilinearly_and_blended() -> None:
    generator = np.random.default_rng(1)
    values = generator.random((7, 5)).astype(np.float32)
    picture = Image.fromarray(generator.integers(0, 256, (63, 40, 3), np.uint8))
    big = functional.interpolate(torch.from_numpy(values)[None, None], (63, 40), mode="bilinear")[0, 0].numpy()
    levels = (big - values.min()) / (values.max() - values.min()) * 254
    table = Colours().table(is_centred=False).astype(np.float64)
    for opacity in (0, 0.3, 1):
        got = np.asarray(overlay_map(picture, values, opacity), np.float64)
        wanted = (1 - opacity) * np.asarray(picture) + opacity * table[np.clip(levels, 0, 254).round().astype(int)]
        # A value between two levels may fall on either; neighbours in the table differ by a few.
        assert np.abs(got - wanted).max() <= 0.51 + opacity * 4
    assert overlay_map(picture, values, 0).tobytes() == picture.tobytes()
    assert overlay_map(picture.convert("L"), values).mode == "RGB"


def test_an_overlay_of_signed_values_has_zero_in_the_middle() -> None:
    values = np.array([[-2, -2, 0, 0, 1, 1]], np.float32).repeat(6, axis=0)
    got = np.asarray(overlay_map(Image.new("RGB", (6, 6)), values, 1))
    table = Colours().table(is_centred=True)
    assert [got[3, x].tolist() for x in (0, 2, 5)] == [table[level].tolist() for level in (0, 127, 191)]


def test_the_picture_is_seen_where_there_is_no_value() -> None:
    values = np.zeros((4, 4), np.float32)
    values[0, 0] = np.nan
    picture = Image.new("RGB", (8, 8), (200, 100, 50))
    got = np.asarray(overlay_map(picture, values, 1))
    assert got[0, 0].tolist() == [200, 100, 50]
    assert got[7, 7].tolist() == [68, 1, 84]


@pytest.mark.parametrize(
    ("values", "opacity"), [(np.zeros((2, 2)), 1.5), (np.zeros((2, 2)), math.nan), (np.zeros(3), 1)]
)
def test_an_overlay_that_cannot_be_is_refused(values: Any, opacity: float) -> None:
    with pytest.raises(DrawError):
        overlay_map(Image.new("RGB", (4, 4)), values, opacity)


# What the browser gets


def test_a_page_is_packed_with_lengths_that_fit() -> None:
    maps = np.random.default_rng(0).normal(size=(20, 4, 6)).astype(np.float32)
    maps[2, 0, 0] = np.nan
    axis = Field(-3, 3, None)
    field_view = FieldView((axis, axis), (32, 48), b"picture")
    tiles = make_tiles(maps, (2, 19), Scaling("node", 1), field_view=field_view)
    packed = pack_tiles(tiles, "Of all.")
    length = int.from_bytes(packed[:4], "little")
    header = json.loads(packed[4 : 4 + length])
    assert header["lengths"] == [2 * 4 * 6, 3 * 255, len(b"picture")]
    assert len(packed) == 4 + length + sum(header["lengths"])
    levels = np.frombuffer(packed, np.uint8, 48, 4 + length).reshape(2, 4, 6)
    assert (levels == to_levels(maps, Scaling("node", 1))[[2, 19]]).all()
    assert packed.endswith(b"picture")
    assert header["channels"] == [2, 19]
    assert header["looks"]["field"][0] == {"lo": -3, "hi": 3, "jump": None}
    assert header["figures"][0]["n_bad"] == 1
    assert header["facts"] == "Of all."


def test_large_maps_are_packed_small() -> None:
    maps = np.ones((2, 300, 100), np.float32)
    tiles = make_tiles(maps, (0, 1))
    assert (tiles.sheet.reduced_by, tiles.sheet.levels.shape) == (3, (2, 100, 33))
    assert make_sheet(maps[:, :1, :1], reduced_by=1).levels.shape == (2, 1, 1)


def test_a_reduced_sheet_of_one_scale_keeps_that_of_the_cells_themselves() -> None:
    maps = np.zeros((2, 4, 4), np.float32)
    maps[0, 0, 0], maps[1] = 8, 2  # the mean of the first is half
    common, each = (make_sheet(maps, scaling=Scaling(scope), reduced_by=4) for scope in ("node", "channel"))
    assert (common.scales.low[0], common.scales.high[0]) == (0, 8)
    assert [float(high) for high in each.scales.high] != [8, 8]


def test_values_that_are_no_numbers_are_counted_in_words() -> None:
    maps = np.array([[[1, np.nan], [np.inf, 2]]], np.float32)
    assert describe_maps(node_stats(maps, channel_stats(maps))).endswith("2 values are no finite numbers.")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(4, 4), (0, 0), (-1, None), (None, None), (True, None), ("4", None), (4.0, None), ([4], None), (10**9, None)],
)
def test_a_choice_from_the_browser_is_checked(value: object, wanted: int | None) -> None:
    assert read_channel(value) == wanted
