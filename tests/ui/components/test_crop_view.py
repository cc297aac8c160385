"""The part of a picture as the browser says it and is told it: hostile until checked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.records.preparation import Crop, Preparation
from resnet_viz.ui.components.crop_view import Framing, pack_framing, read_crop
from tests.node import in_node


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


def test_the_smallest_part_that_the_browser_tells_is_one() -> None:
    sizes = [(1, 10_000), (10_000, 1), (1, 1), (200, 400)]
    pages = [
        unpacked(pack_framing(Framing(b"", size, (100, 100), Preparation((100, 100)).middle(*size)), None))[0]
        for size in sizes
    ]
    body = """
    const crop = { left: 0.5, top: 0.5, width: 0.1, height: 0.1 };
    return values.map((page) => names.rounded(page, names.resized(page, crop, 0)));
    """
    for shares in in_node("crop_view/js/shape.js", body, pages):
        assert read_crop(shares) is not None


def unpacked(data: bytes) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + length]), data[4 + length :]


def test_the_browser_is_told_where_the_frame_is() -> None:
    framing = Framing(b"picture", (200, 400), (100, 100), Crop(0.25, 0, 0.5, 1))
    header, picture = unpacked(pack_framing(framing, None))
    assert picture == b"picture"
    assert header["crop"] == header["middle"] == [0.25, 0, 0.5, 1]
    assert (header["isOwn"], header["turn"]) == (False, 0)
    # 200 × 200 pixels told as 100 × 200: the same middle and area in the shape of the input, 141.4 × 141.4.
    header, _ = unpacked(pack_framing(framing, [0.5, 0, 0.25, 1], 3))
    assert (header["isOwn"], header["turn"]) == (True, 3)
    side = 20_000**0.5
    assert header["crop"] == pytest.approx([0.625 - side / 800, 0.5 - side / 400, side / 400, side / 200])
    assert unpacked(pack_framing(framing, [float("nan")] * 4))[0]["isOwn"] is False
