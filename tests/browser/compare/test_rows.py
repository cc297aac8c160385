"""Compare at a laptop's size: both nets whole within the pane, in rows, with type that is read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.page_steps import visit_compare
from tests.browser.visiting import Tab

LEAST_TYPE = 11.0
"""Pixels."""
NEAR = 1.0
MEASURE = """pane => {
    const within = pane.getBoundingClientRect();
    const svg = pane.querySelector("svg:not(.coming)");
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const boxes = [...svg.querySelectorAll("g.node, g.cluster:not(.network)")].map((group) => {
        const { left, right, top, bottom } = group.getBoundingClientRect();
        return { id: group.id, left: left - within.left, right: within.right - right, top, bottom };
    });
    const sizes = [...svg.querySelectorAll("text")].map((text) => Number(text.getAttribute("font-size")) * scale);
    return {
        boxes, least: Math.min(...sizes), top: within.top,
        hidden: [pane.scrollWidth - pane.clientWidth, pane.scrollHeight - pane.clientHeight],
    };
}"""


@pytest.fixture
def page(tab: Tab) -> Page:
    tab.page.set_viewport_size({"width": 1366, "height": 768})
    return tab.page


def test_both_nets_are_whole_in_the_pane_with_type_that_is_read(page: Page) -> None:
    visit_compare(page)
    told = page.locator(".pane").evaluate(MEASURE)
    boxes = {box["id"].partition(":")[2]: box for box in told["boxes"]}
    for letter in "AB":
        assert {f"{letter}/{name}" for name in ("input", "conv1", "layer1", "layer4", "fc")} <= boxes.keys()
    for name, box in boxes.items():
        assert box["left"] >= -NEAR, name
        assert box["right"] >= -NEAR, name
    assert max(told["hidden"]) <= NEAR, "nothing of the drawing is to be scrolled in its pane"
    assert told["least"] >= LEAST_TYPE
    assert told["top"] <= 240, "the drawing begins in the first third of the window"
    # A small scroll of the page shows the rest.
    assert max(box["bottom"] for box in boxes.values()) <= 768 + 110


def test_the_same_stages_stand_under_each_other_in_each_row(page: Page) -> None:
    visit_compare(page)
    told = page.locator(".pane").evaluate(MEASURE)
    boxes = {box["id"].partition(":")[2]: box for box in told["boxes"]}
    rows: list[float] = []
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        a, b = boxes[f"A/{stage}"], boxes[f"B/{stage}"]
        assert abs(a["left"] - b["left"]) <= NEAR
        assert a["bottom"] <= b["top"] + NEAR
        rows.append(b["top"])
    assert rows == sorted(rows)
    assert len({round(row) for row in rows}) == 2
