"""A frame of the camera as the browser says it: hostile until checked."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from resnet_viz.ui.components.camera_view import MAX_FRAME_BYTES, CameraFrame, read_frame


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
