"""The line for newcomers: each of its ways leads somewhere, and who closes it does not see it again."""

from __future__ import annotations

import pytest

from resnet_viz.ui.explore.welcome import RUNNING, W_CHECKPOINT, W_CLOSE, W_PHOTOGRAPH
from resnet_viz.ui.picture.source import W_SOURCE
from resnet_viz.ui.picture.weights import W_WEIGHTS
from tests.pages import component, open_still, query, run


def test_who_closes_the_line_does_not_see_it_again() -> None:
    page = open_still()
    assert "**New here?**" in [text.value for text in page.markdown]
    run(page.button(key=W_CLOSE).click())
    run(page)
    assert "**New here?**" not in [text.value for text in page.markdown]


@pytest.mark.parametrize("way", [W_PHOTOGRAPH, W_CHECKPOINT])
def test_a_way_brings_the_picture_and_the_weights_into_sight(way: str) -> None:
    page = open_still("net=resnet34", {W_SOURCE: "sample"} if way == W_PHOTOGRAPH else {})
    assert component(page, "mark_sight") == {"key": RUNNING, "turn": 0}
    run(page.button(key=way).click())
    assert component(page, "mark_sight") == {"key": RUNNING, "turn": 1}
    if way == W_PHOTOGRAPH:
        assert page.segmented_control(key=W_SOURCE).value == "upload"
    else:
        assert page.selectbox(key=W_WEIGHTS).value == "file"
        assert query(page) == {"net": "resnet34", "weights": "file"}
    run(page)
    assert component(page, "mark_sight") == {"key": RUNNING, "turn": 1}, "no second time for one click"
