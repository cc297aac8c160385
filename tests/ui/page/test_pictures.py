"""Pictures within the page's messages: as they were, and no page shows one as a file that a later run deletes."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from functools import partial
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_viz.ui.learn.maps import W_MAPS
from resnet_viz.ui.page.pictures import picture_url
from tests.pages import SMALL, open_compare, open_learn, open_page, png, run


def opened(url: str) -> Image.Image:
    return Image.open(BytesIO(b64decode(url.partition(",")[2])))


def test_a_png_comes_as_it_is_and_a_picture_as_a_jpeg_that_looks_like_it() -> None:
    data = png((30, 20))
    assert b64decode(picture_url(data).removeprefix("data:image/png;base64,")) == data
    picture = Image.linear_gradient("L").convert("RGB")
    got = opened(picture_url(picture))
    assert (got.format, got.size) == ("JPEG", picture.size)
    assert np.abs(np.asarray(got, dtype=int) - np.asarray(picture)).max() <= 3


def with_maps(page: AppTest) -> AppTest:
    return run(page.toggle(key=W_MAPS).set_value(True))


@pytest.mark.parametrize(
    "open_one",
    [
        *(partial(open_page, f"{SMALL}&node=layer2.0&look={look}") for look in ("filmstrip", "block", "prediction")),
        partial(open_page, f"{SMALL}&node=conv1&look=kernels"),
        partial(open_compare, "nets=cifar20~cifar32&same=1"),
        lambda: with_maps(open_learn("nets=cifar20")),
    ],
)
def test_no_picture_is_a_file_that_a_later_run_deletes(open_one: Callable[[], AppTest]) -> None:
    urls = [picture.url for shown in open_one().get("image") for picture in shown.proto.imgs]
    assert len(urls) > 1
    assert all(url.startswith("data:image/") for url in urls)
