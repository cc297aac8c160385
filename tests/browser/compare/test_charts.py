"""What only a browser shows of the charts: that words are there and do not meet, on a telephone and on a desk."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.visiting import Tab, go_to
from tests.browser.watching import wait_idle

# Two pairs that cost nearly the same: their names have every reason to meet.
NETS = "resnet50,resnext50_32x4d,resnet152,wide_resnet50_2"


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def open_charts(page: Page) -> None:
    go_to(page, f"/demo_compare?nets={NETS}")
    page.locator(".js-plotly-plot").nth(3).wait_for(timeout=60_000)
    wait_idle(page)


def chart(page: Page, at: int) -> Locator:
    return page.locator(".js-plotly-plot").nth(at)


def boxes(found: Locator) -> list[dict[str, float]]:
    return [box for place in found.all() if (box := place.bounding_box())]  # type: ignore[misc]


def meet(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two boxes share more than a pixel along both axes."""
    return all(
        min(one[at] + one[size], other[at] + other[size]) - max(one[at], other[at]) > 1
        for at, size in (("x", "width"), ("y", "height"))
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [420, 1200])
def test_names_are_whole_and_do_not_meet(page: Page, width: int, scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    open_charts(page)
    for at in (0, 1, 3):
        names = chart(page, at).locator(".annotation-text")
        assert names.count() == 4
        found = boxes(names)
        assert not [pair for pair in combinations(found, 2) if meet(*pair)]
        frame = chart(page, at).bounding_box()
        assert frame is not None
        for box in found:
            assert frame["x"] <= box["x"]
            assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    # A symbol is never behind a name.
    titles, symbols = boxes(chart(page, 3).locator(".annotation-text")), boxes(chart(page, 3).locator("path.point"))
    assert len(symbols) == 17
    assert not [title for title in titles for symbol in symbols if meet(title, symbol)]
    # The widest part of ResNet-152 says its name, on whatever width.
    (own,) = boxes(chart(page, 0).locator("text.bartext-inside", has_text="67.5 %"))
    assert own["width"] >= 30
