"""The part of a picture that is looked at, and what the browser says of it and of its camera: hostile until checked."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from resnet_viz.model.run.images import prepare_steps
from resnet_viz.records.preparation import Crop, Preparation
from resnet_viz.ui.components.camera_view import MAX_FRAME_BYTES, CameraFrame, read_frame
from resnet_viz.ui.components.crop_view import Framing, pack_framing, read_crop

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


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "0,0,1,1",
        [0, 0, 1],
        [0, 0, 1, 1, 1],
        [0, 0, 0, 1],
        [0, 0, 1, 1e-300],
        [0, 0, 1, 1.01],
        [-0.1, 0, 1, 1],
        [0, 0, True, 1],
        [0, 0, "1", 1],
        [0, 0, float("nan"), 1],
        [0, 0, float("inf"), 1],
        [0, 0, 10**400, 1],
        [[0], 0, 1, 1],
        {"left": 0, "top": 0, "width": 1, "height": 1},
    ],
)
def test_what_is_no_part_of_a_picture_is_none(value: Any) -> None:
    assert read_crop(value) is None


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=6))
def test_whatever_json_says_is_a_part_inside_or_none(value: Any) -> None:
    crop = read_crop(value)
    assert crop is None or crop.left + crop.width <= 1


def test_a_part_is_read_as_it_is_told_and_pushed_back_inside() -> None:
    assert read_crop([0.25, 0, 0.5, 1]) == Crop(0.25, 0.0, 0.5, 1.0)
    assert read_crop([0.6667, 0.0, 0.3334, 0.5]) == Crop(1 - 0.3334, 0.0, 0.3334, 0.5)


def unpacked(data: bytes) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + length]), data[4 + length :]


def test_the_browser_is_told_where_the_frame_is() -> None:
    framing = Framing(b"picture", (200, 400), (100, 100), Crop(0.25, 0, 0.5, 1))
    header, picture = unpacked(pack_framing(framing, None))
    assert picture == b"picture"
    assert header["crop"] == header["middle"] == [0.25, 0, 0.5, 1]
    assert header["heard"] is None
    # 200 × 200 pixels told as 100 × 200: the same middle and area in the shape of the input, 141.4 × 141.4.
    header, _ = unpacked(pack_framing(framing, [0.5, 0, 0.25, 1]))
    assert header["heard"] == [0.5, 0, 0.25, 1]
    side = 20_000**0.5
    assert header["crop"] == pytest.approx([0.625 - side / 800, 0.5 - side / 400, side / 400, side / 200])
    assert unpacked(pack_framing(framing, [float("nan")] * 4))[0]["heard"] is None


def test_a_frame_is_a_number_and_bounded_bytes() -> None:
    data = bytes(range(256))
    assert read_frame({"number": 3, "picture": b64encode(data).decode()}) == CameraFrame(3, data)
    assert read_frame({"number": 4, "picture": None}) == CameraFrame(4)
    largest = b64encode(bytes(MAX_FRAME_BYTES)).decode()
    assert read_frame({"number": 1, "picture": largest}) is not None


@pytest.mark.parametrize(
    "value",
    [
        None,
        "frame",
        [1, "AAAA"],
        {},
        {"number": 0, "picture": "AAAA"},
        {"number": -1, "picture": "AAAA"},
        {"number": True, "picture": "AAAA"},
        {"number": 1.5, "picture": "AAAA"},
        {"number": 10**400, "picture": "AAAA"},
        {"number": 1, "picture": 7},
        {"number": 1, "picture": "A"},
        {"number": 1, "picture": "AAAA\n<b>"},
        {"number": 1, "picture": "Ä" * 8},
        {"number": 1, "picture": "A" * (4 * MAX_FRAME_BYTES // 3 + 8)},
    ],
)
def test_what_is_no_frame_is_none(value: Any) -> None:
    assert read_frame(value) is None
