"""The main job, end to end, as a newcomer does it: pick a net, see it, drop a picture in, look at its maps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from resnet_viz import ResNetSpec
from resnet_viz.units import format_count, format_exact
from tests.browser.page_steps import (
    NARROW,
    choose_node,
    expect_maps,
    go,
    node,
    open_page,
    photograph,
    pick,
    tiles,
    upload,
)
from tests.browser.watching import wait_idle
from tests.nets import trace_of


def test_newcomer(page: Page, page_errors: list[str]) -> None:
    """Pick ResNet-152, see its graph, upload a photograph, see maps of layer3.5.conv2, change the net."""
    open_page(page)
    expect(page.get_by_role("heading", name="ResNet-18")).to_be_visible()

    pick(page, "152")
    expect(page.get_by_role("heading", name="ResNet-152")).to_be_visible()
    expect(node(page, "layer3.1..35")).to_contain_text("×35")
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
    open_page(page, "net=resnet34&input_size=64x64")
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
    open_page(page, f"{spec.to_query()}&level=block&node=layer2.1")
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
        bar, told = page.get_by_test_id("stHeader").bounding_box(), notice.bounding_box()
        assert bar is not None
        assert told is not None
        assert told["y"] >= bar["y"] + bar["height"]  # the bar covers what lies under it
        expect(page.locator(".pane svg")).to_be_visible()
    for query, words in (
        ("net=resnet51", "Did you mean"),
        ("layers=1,0", "one to six stages"),
        ("block=basic&layers=2,2,2,1000000", "at most 1,000 blocks"),
        ("net=<script>alert(1)</script>", "no preset named"),
        ("net=resnet18&node=layer9.9", "no node"),
    ):
        with subtests.test(query):
            go(page, f"/?{query}")
            expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
            pick(page, "34")
            expect(page.get_by_role("heading", name="ResNet-34")).to_be_visible()
    assert page_errors == []


def test_bad_pictures_are_refused_in_a_sentence(page: Page, page_errors: list[str], subtests: pytest.Subtests) -> None:
    open_page(page)
    for data, words in ((b"this is no picture at all", "no picture"), (photograph()[:1500], "damaged")):
        with subtests.test(words):
            upload(page, data)
            expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
            page.get_by_text("Sample", exact=True).first.click()
            wait_idle(page)
            expect(tiles(page)).to_be_visible()
    assert page_errors == []


def test_click_in_the_drawing_selects_everywhere(page: Page, page_errors: list[str]) -> None:
    open_page(page, f"net=resnet18&{NARROW}&level=op")
    node(page, "layer1.0.conv1").click()
    wait_idle(page)
    expect(page).to_have_url(re.compile("node=layer1.0.conv1"))
    expect_maps(page, "layer1.0.conv1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    wait_idle(page)
    expect(page).to_have_url(re.compile("node=layer1.0.bn1"))
    expect_maps(page, "layer1.0.bn1")
    assert page_errors == []


def test_a_box_can_be_chosen_again_after_back(page: Page, page_errors: list[str]) -> None:
    open_page(page, f"net=resnet18&{NARROW}")
    for _round in range(2):
        node(page, "layer2.0").click()
        wait_idle(page)
        expect_maps(page, "layer2.0")
        page.go_back()
        wait_idle(page)
        expect_maps(page, "conv1")
    assert page_errors == []


def test_an_upload_and_half_typed_words_stay(page: Page, page_errors: list[str]) -> None:
    open_page(page)
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


def test_a_drawing_too_large_is_told(page: Page, page_errors: list[str]) -> None:
    page.goto(f"/?block=bottleneck&layers=3,4,200,3&{NARROW}&level=op")
    expect(page.get_by_role("alert").filter(has_text="boxes at this level")).to_be_visible(timeout=60_000)
    wait_idle(page)
    page.get_by_text(re.compile("^Folded · ")).first.click()
    wait_idle(page)
    expect(node(page, "layer3.1..199")).to_be_visible()
    assert page_errors == []


def test_type_is_large_enough_and_stays_in_its_box(page: Page, subtests: pytest.Subtests) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    open_page(page, "net=resnet152")
    with subtests.test("1280"):
        assert smallest_type(page) >= 11
    page.set_viewport_size({"width": 1920, "height": 900})
    wait_idle(page)
    with subtests.test("1920"):
        assert smallest_type(page) >= 11
        assert page.locator(".pane").evaluate("pane => pane.scrollWidth <= pane.clientWidth")  # all of it is in sight
    page.set_viewport_size({"width": 1440, "height": 900})
    go(page, "/?net=resnet101&level=block")
    with subtests.test("in its box"):
        expect(node(page, "layer3.22")).to_be_attached()
        assert too_wide(page) == []


def smallest_type(page: Page) -> float:
    found: float = page.locator(".pane svg").evaluate(
        "svg => Math.min(...[...svg.querySelectorAll('text')].map(text => parseFloat(text.getAttribute('font-size')) * "
        "svg.getBoundingClientRect().width / svg.viewBox.baseVal.width))"
    )
    return found


def too_wide(page: Page) -> list[str]:
    """Boxes that their words run out of: the page's font is another than the one Graphviz measured with."""
    found: list[str] = page.locator(".pane svg:not(.coming)").evaluate(
        """svg => [...svg.querySelectorAll('g.node')].filter(node => {
            const box = node.querySelector('path, polygon, ellipse').getBoundingClientRect();
            return [...node.querySelectorAll('text')].some(text => {
                const words = text.getBoundingClientRect();
                return words.left < box.left - 1 || words.right > box.right + 1;
            });
        }).map(node => node.id)"""
    )
    return found


def test_dark_theme_repaints_the_drawing(page: Page, page_errors: list[str]) -> None:
    open_page(page)
    fill = node(page, "layer2.0").locator("path, polygon").first
    light = fill.get_attribute("fill")
    page.emulate_media(color_scheme="dark")
    expect(fill).not_to_have_attribute("fill", light or "")
    page.emulate_media(color_scheme="light")
    expect(fill).to_have_attribute("fill", light or "")
    assert page_errors == []


def test_table_is_searched_and_downloaded(page: Page, page_errors: list[str]) -> None:
    open_page(page, "net=resnet50&input_size=64x64")
    search = page.get_by_role("textbox", name="Search", exact=True)
    search.fill("layer3.5.conv2")
    search.press("Enter")
    wait_idle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("layer3.5.conv2,op,")
    assert str(256 * 256 * 3 * 3) in lines[1]
    assert page_errors == []
