"""A drawing as the browser says it: hostile until checked, and a file that Pillow reads."""

from __future__ import annotations

from base64 import b64decode, b64encode
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from resnet_viz.ui.components.draw_view import SIDE, Drawing, read_drawing
from tests.node import in_node

HEAD = b"P5 64 64 255\n"
PGM = HEAD + bytes(range(256)) * 16


def letters(data: bytes) -> str:
    return b64encode(data).decode()


def test_the_browsers_file_is_one_that_pillow_reads_and_the_other_way_round() -> None:
    levels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE), np.uint8)
    written, read = "names.fileOf(Uint8Array.from(values.levels), 64)", "[...names.levelsOf(values.file, 64)]"
    saved = BytesIO()
    Image.fromarray(levels).save(saved, "PPM")
    values = {"levels": levels.ravel().tolist(), "file": letters(saved.getvalue())}
    file, pixels = in_node("draw_view/js/file.js", f"return [{written}, {read}];", values)
    assert np.array_equal(np.asarray(Image.open(BytesIO(b64decode(file)))), levels)
    assert pixels == levels.ravel().tolist()
    assert read_drawing({"number": 1, "picture": file}) == Drawing(1, b64decode(file))


def test_an_empty_pad_is_no_picture() -> None:
    assert read_drawing({"number": 4, "picture": None}) == Drawing(4)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "drawn",
        [1, letters(PGM)],
        {},
        {"number": 0, "picture": letters(PGM)},
        {"number": True, "picture": letters(PGM)},
        {"number": 1.5, "picture": letters(PGM)},
        {"number": 10**400, "picture": letters(PGM)},
        {"number": 1, "picture": 7},
        {"number": 1, "picture": letters(PGM)[:-4] + "Ä==="},
        {"number": 1, "picture": letters(PGM)[:-4] + "<b>="},
        {"number": 1, "picture": letters(PGM[:-1])},
        {"number": 1, "picture": letters(PGM[:-3])},
        {"number": 1, "picture": letters(PGM + bytes(3))},
        {"number": 1, "picture": letters(b"P5 65 64 255\n" + PGM[len(HEAD) :])},
        {"number": 1, "picture": letters(b"\x89PNG\r\n\x1a\n" + PGM[8:])},
    ],
)
def test_what_is_no_drawing_of_the_pads_size_is_none(value: Any) -> None:
    assert read_drawing(value) is None
