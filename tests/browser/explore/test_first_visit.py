"""A reader's first visit to Explore: what a newcomer does, and what a link brings that is loaded as the first one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from resnet_viz import ResNetSpec
from resnet_viz.units import format_count, format_exact
from tests.browser.page_steps import (
    choose_node,
    expect_maps,
    go_on,
    node,
    photograph,
    pick,
    run_frame,
    tiles,
    upload,
)
from tests.browser.visiting import visit_explore
from tests.browser.watching import wait_idle
from tests.nets import trace_of

# Whether nothing lies over an element, at its corners and in its middle.
_IS_ON_TOP_JS = """
element => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const points = [left + 8, (left + right) / 2, right - 8].flatMap((x) => [[x, top + 8], [x, bottom - 8]]);
    return points.every(([x, y]) => element.contains(document.elementFromPoint(x, y)));
}
"""


def test_newcomer(page: Page, page_errors: list[str]) -> None:
    """Pick ResNet-152, see its graph, upload a photograph, see maps of layer3.5.conv2, change the net."""
    visit_explore(page)
    expect(page.get_by_role("heading", name="ResNet-18")).to_be_visible()

    pick(page, "152")
    expect(page.get_by_role("heading", name="ResNet-152")).to_be_visible()
    expect(run_frame(page, "layer3.1..35")).to_contain_text("×35 each")
    assert page.locator(".pane .edge.identity").count() == 4
    assert page.locator(".pane .node.bypass.projection").count() == 4
    expect(page.get_by_text(format_count(trace_of("resnet152").n_params), exact=True)).to_be_visible()

    choose_node(page, "layer3.5.conv2")
    # It is not drawn by itself here: what holds it is marked.
    expect(node(page, "layer3.1..35")).to_have_class(re.compile(r"\bwithin\b"))
    expect(page.get_by_text(format_exact(256 * 256 * 3 * 3)).first).to_be_visible()
    upload(page, photograph())
    expect_maps(page, "layer3.5.conv2")
    expect(page.get_by_text("256 channels.")).to_be_visible()
    before = tiles(page).evaluate("canvas => canvas.toDataURL()")

    pick(page, "50")
    expect(page.get_by_role("heading", name="ResNet-50")).to_be_visible()
    choose_node(page, "layer3.5.conv2")
    expect(page.get_by_text("256 channels.")).to_be_visible()
    assert tiles(page).evaluate("canvas => canvas.toDataURL()") != before
    assert page_errors == []


def test_custom_net_and_back(page: Page, page_errors: list[str]) -> None:
    """Blocks per stage as typed; a wrong list is refused in a sentence and changes nothing; Back undoes."""
    visit_explore(page, "net=resnet34&input_size=64x64")
    page.get_by_text("Customise").click()
    wait_idle(page)
    blocks = page.get_by_role("textbox", name="Blocks per stage", exact=True)
    blocks.fill("2,3,5,2")
    blocks.press("Enter")
    wait_idle(page)
    expect(page.get_by_role("heading", name="ResNet-26")).to_be_visible()
    expect(page).to_have_url(re.compile(r"layers=2(,|%2C)3(,|%2C)5(,|%2C)2"))

    blocks.fill("0,-1")
    blocks.press("Enter")
    wait_idle(page)
    expect(page.get_by_text("one whole number a stage", exact=False).first).to_be_visible()
    expect(page.get_by_role("heading", name="ResNet-26")).to_be_visible()

    page.go_back()
    wait_idle(page)
    expect(page.get_by_role("heading", name="ResNet-34")).to_be_visible()
    expect(page.get_by_role("textbox", name="Blocks per stage", exact=True)).to_have_value("3, 4, 6, 3")
    page.go_forward()
    wait_idle(page)
    expect(page.get_by_role("heading", name="ResNet-26")).to_be_visible()

    # Folded away and opened again, the settings say the same.
    for is_open in (False, True):
        page.get_by_text("Customise").click()
        wait_idle(page)
        expect(page.get_by_role("textbox", name="Blocks per stage", exact=True)).to_be_visible(visible=is_open)
    expect(page.get_by_role("textbox", name="Blocks per stage", exact=True)).to_have_value("2, 3, 5, 2")
    assert page_errors == []


def test_link_restores_net_level_and_node(page: Page, page_errors: list[str]) -> None:
    spec = ResNetSpec("bottleneck", (1, 2, 3, 1), num_classes=10, input_size=(96, 64))
    visit_explore(page, f"{spec.to_query()}&level=block&node=layer2.1")
    expect(page.get_by_role("heading", name=spec.name)).to_be_visible()
    expect(node(page, "layer2.1")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Block", exact=True).get_by_text("Bottleneck")).to_be_visible()
    assert page.locator(".pane .node.add").count() == sum(spec.layers)
    assert page_errors == []


def test_bad_links_are_told_and_the_page_stays_usable(
    page: Page, page_errors: list[str], subtests: pytest.Subtests
) -> None:
    page.goto("/?block=basic&layers=999999999")
    wait_idle(page)
    with subtests.test("a link to no net has its notice below the bar, and a drawing"):
        notice = page.get_by_role("alert").filter(has_text="ResNet-18 is shown instead")
        told = notice.bounding_box()
        assert told is not None
        buttons = page.get_by_test_id("stHeader").get_by_role("button").all()
        places = [place for button in buttons if (place := button.bounding_box())]
        # The bar is clear: its buttons cover what lies under them, and the rest of it nothing.
        assert places
        assert all(place["y"] + place["height"] <= told["y"] for place in places)
        assert notice.evaluate(_IS_ON_TOP_JS)
        expect(page.locator(".pane svg")).to_be_visible()
    for query, words in (
        ("net=resnet51", "Did you mean"),
        ("layers=1,0", "one to six stages"),
        ("block=basic&layers=2,2,2,1000000", "at most 1,000 blocks"),
        ("net=<script>alert(1)</script>", "no preset named"),
        ("net=resnet18&node=layer9.9", "no node"),
    ):
        with subtests.test(query):
            go_on(page, f"/?{query}")
            expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
            pick(page, "34")
            expect(page.get_by_role("heading", name="ResNet-34")).to_be_visible()
    assert page_errors == []


def test_an_upload_and_half_typed_words_stay(page: Page, page_errors: list[str]) -> None:
    visit_explore(page)
    upload(page, photograph())
    page.get_by_text("Sample", exact=True).first.click()
    wait_idle(page)
    page.get_by_text("Upload", exact=True).first.click()
    wait_idle(page)
    expect(page.get_by_text("320×240 pixels")).to_be_visible()
    page.get_by_text("Customise").click()
    wait_idle(page)
    blocks = page.get_by_role("textbox", name="Blocks per stage", exact=True)
    blocks.fill("2,x")
    blocks.press("Enter")
    wait_idle(page)
    node(page, "fc").click()
    wait_idle(page)
    expect_maps(page, "fc")
    expect(blocks).to_have_value("2,x")
    expect(page.get_by_role("alert").filter(has_text="one whole number a stage")).to_be_visible()
    assert page_errors == []
