"""Explore at work: pictures, the drawing, its type and its theme, the table; each in a page that is loaded already."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.page_steps import NARROW, expect_maps, go_on, node, photograph, tiles, upload
from tests.browser.visiting import Tab, go_to, visit_explore
from tests.browser.watching import wait_idle


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def test_pictures_are_refused_in_a_sentence_or_taken_and_given_back(
    page: Page, page_errors: list[str], subtests: pytest.Subtests
) -> None:
    visit_explore(page)
    for data, words in ((b"this is no picture at all", "no picture"), (photograph()[:1500], "damaged")):
        with subtests.test(words):
            upload(page, data)
            expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
            page.get_by_text("Sample", exact=True).first.click()
            wait_idle(page)
            expect(tiles(page)).to_be_visible()
    upload(page, photograph())
    expect(page.get_by_text("never written")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Remove photograph")).click()
    wait_idle(page)
    expect(page.get_by_text("Choose a picture on the left")).to_be_visible()
    assert page_errors == []


def test_a_click_in_the_drawing_selects_everywhere_also_again_after_back(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, f"net=resnet18&{NARROW}&ops=layer1.0")
    node(page, "layer1.0.conv1").click()
    wait_idle(page)
    expect(page).to_have_url(re.compile("node=layer1.0.conv1"))
    expect_maps(page, "layer1.0.conv1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    wait_idle(page)
    expect(page).to_have_url(re.compile("node=layer1.0.bn1"))
    expect_maps(page, "layer1.0.bn1")
    for _round in range(2):
        node(page, "layer2.0").click()
        wait_idle(page)
        expect_maps(page, "layer2.0")
        page.go_back()
        wait_idle(page)
        expect_maps(page, "layer1.0.bn1")
    assert page_errors == []


def test_a_drawing_too_large_is_told(page: Page, page_errors: list[str]) -> None:
    go_to(page, f"/?block=bottleneck&layers=3,4,200,3&{NARROW}&level=op")
    expect(page.get_by_role("alert").filter(has_text="boxes at this level")).to_be_visible(timeout=60_000)
    wait_idle(page)
    page.get_by_text(re.compile("^Folded · ")).first.click()
    wait_idle(page)
    expect(node(page, "layer3.1..199")).to_be_visible()
    assert page_errors == []


def test_type_is_large_enough_and_stays_in_its_box(page: Page, subtests: pytest.Subtests) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    visit_explore(page, "net=resnet152")
    with subtests.test("1280"):
        assert smallest_type(page) >= 11
    page.set_viewport_size({"width": 1920, "height": 900})
    wait_idle(page)
    with subtests.test("1920"):
        assert smallest_type(page) >= 11
        assert page.locator(".pane").evaluate("pane => pane.scrollWidth <= pane.clientWidth")  # all of it is in sight
    page.set_viewport_size({"width": 1440, "height": 900})
    go_on(page, "/?net=resnet101&level=block")
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
    visit_explore(page)
    fill = node(page, "layer2.0").locator("path, polygon").first
    light = fill.get_attribute("fill")
    page.emulate_media(color_scheme="dark")
    expect(fill).not_to_have_attribute("fill", light or "")
    page.emulate_media(color_scheme="light")
    expect(fill).to_have_attribute("fill", light or "")
    assert page_errors == []


def test_table_is_searched_and_downloaded(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, "net=resnet50&input_size=64x64")
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
