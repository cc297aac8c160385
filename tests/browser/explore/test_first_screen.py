"""Explore's first screen: what is looked at and what explains it are in sight together, without a scroll."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypedDict

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from resnet_viz.spec.resnet import TORCHVISION
from tests.browser.page_steps import node
from tests.browser.visiting import Contexts, Tab, Visitor, visit_explore
from tests.browser.watching import wait_idle

LAPTOP: ViewportSize = {"width": 1366, "height": 768}
SMALL_LAPTOP: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 390, "height": 844}
LEAST_TYPE, MOST_SHIFT = 11, 0.1

_DRAWN_JS = """svg => {
  const side = box => [box.left, box.top, box.right, box.bottom];
  const types = [...svg.querySelectorAll("text")].map(
    text => parseFloat(text.getAttribute("font-size")) * text.getScreenCTM().a
  );
  return {
    type: Math.min(...types),
    drawing: side(svg.getBoundingClientRect()),
    pane: side(svg.closest(".pane").getBoundingClientRect()),
  };
}"""
# When the first words of the page stood there, and whatever moved after them by itself.
_NOTE_WORDS_JS = """() => {
  const seen = new MutationObserver(() => {
    if (!document.querySelector('[data-testid="stMain"] h1')) return;
    window.wordsAt = performance.now();
    seen.disconnect();
  });
  seen.observe(document, { childList: true, subtree: true });
}"""
_SHIFT_JS = """() => new Promise(resolve => new PerformanceObserver(list => resolve(
  list.getEntries().filter(one => one.startTime > window.wordsAt && !one.hadRecentInput)
    .reduce((sum, one) => sum + one.value, 0)
)).observe({ type: "layout-shift", buffered: true }) || setTimeout(resolve, 1000, 0))"""


class Drawn(TypedDict):
    """The smallest type of a drawing as it is seen, and left, top, right and bottom of the drawing and its pane."""

    type: float
    drawing: list[float]
    pane: list[float]


@pytest.fixture
def window() -> ViewportSize:
    return LAPTOP


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def drawn(page: Page) -> Drawn:
    found: Drawn = page.locator(".graph-view .pane svg:not(.coming)").evaluate(_DRAWN_JS)
    return found


def assert_whole(page: Page, window: ViewportSize) -> None:
    found = drawn(page)
    assert found["type"] >= LEAST_TYPE
    assert is_within(found["drawing"], found["pane"]), found
    assert is_within(found["pane"], [0, 0, window["width"], window["height"]]), found


def is_within(inner: list[float], outer: list[float]) -> bool:
    (left, top, right, bottom), (least_x, least_y, most_x, most_y) = inner, outer
    return left >= least_x - 1 and top >= least_y - 1 and right <= most_x + 1 and bottom <= most_y + 1


def welcome(page: Page) -> Locator:
    return page.locator(".st-key-welcome")


def facts(page: Page) -> Locator:
    return page.locator(".st-key-inspector").get_by_role("table")


@pytest.mark.parametrize("preset", TORCHVISION)
def test_a_drawing_is_whole_with_the_facts_beside_it(page: Page, preset: str) -> None:
    visit_explore(page, f"net={preset}&node=layer3")
    expect(page.get_by_test_id("stSidebar")).to_be_in_viewport()
    expect(node(page, "fc")).to_be_in_viewport(ratio=1)
    assert_whole(page, LAPTOP)
    for part in (welcome(page), facts(page), page.locator(".graph-view .card"), page.locator(".graph-view .signs")):
        expect(part).to_be_in_viewport(ratio=1)
    expect(facts(page)).to_contain_text("MACs")
    for way in ("Start with a lesson", "Try a photograph", "Open a checkpoint"):
        expect(welcome(page).get_by_text(way)).to_be_in_viewport(ratio=1)


def test_the_key_f_shows_it_on_the_whole_screen(page: Page) -> None:
    visit_explore(page, "net=resnet152")
    page.evaluate("() => document.activeElement?.blur()")
    page.keyboard.press("f")
    expect(page.locator(".graph-view.full")).to_be_visible()
    page.wait_for_function("() => document.fullscreenElement !== null")
    wait_idle(page)
    before = drawn(page)["type"]
    assert_whole(page, page.viewport_size or LAPTOP)
    assert before > LEAST_TYPE  # there is more room, and it is used
    page.keyboard.press("f")
    expect(page.locator(".graph-view.full")).to_have_count(0)
    wait_idle(page)
    assert_whole(page, LAPTOP)


def test_an_f_that_is_typed_is_a_letter(page: Page) -> None:
    visit_explore(page, "net=resnet18")
    search = page.locator(".graph-view input").first
    search.focus()
    page.keyboard.press("f")
    expect(search).to_have_value("f")
    expect(page.locator(".graph-view.full")).to_have_count(0)


def test_a_small_laptop_has_all_of_it_in_sight(page: Page) -> None:
    page.set_viewport_size(SMALL_LAPTOP)
    visit_explore(page, "net=resnet152&node=layer3.1..35")
    assert_whole(page, SMALL_LAPTOP)
    for part in (welcome(page), facts(page), page.locator(".graph-view .card")):
        expect(part).to_be_in_viewport(ratio=1)
    # Name and figures are one row.
    assert top_of(page.get_by_test_id("stMetric").last) < bottom_of(page.locator("h1").first)


def test_the_level_of_the_net_is_chosen_in_one_place_that_says_what_it_counts(page: Page) -> None:
    visit_explore(page, "net=resnet152")
    levels = page.get_by_role("radiogroup", name="Level")
    expect(levels.get_by_role("radio").first).to_have_text("Folded · 25 boxes")
    assert page.locator('.pane .node[id^="n:"]').count() == 25  # not the forks of wires
    expect(page.locator(".graph-view .levels")).to_be_hidden()
    expect(page.get_by_role("button", name="Fold all")).to_be_hidden()
    node(page, "layer3.1..35").dblclick()
    wait_idle(page)
    expect(page.get_by_role("button", name="Fold all")).to_be_visible()


def test_a_wide_screen_is_used_and_each_level_begins_within_it(page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    visit_explore(page, "net=resnet152")
    expect_scale(page, lambda scale: scale > 1.3)
    assert_whole(page, {"width": 1920, "height": 1080})
    for level in ("Blocks", "Folded"):
        page.get_by_role("radiogroup", name="Level").get_by_text(level).click()
        wait_idle(page)
        found = drawn(page)
        assert found["drawing"][2] <= found["pane"][2] + 1, level
    expect_scale(page, lambda scale: scale > 1.3)


def expect_scale(page: Page, is_meant: Callable[[float], bool]) -> None:
    assert is_meant(drawn(page)["type"] / LEAST_TYPE)


def test_nothing_moves_after_the_first_words(fresh_page: Page) -> None:
    fresh_page.add_init_script(f"({_NOTE_WORDS_JS})()")
    fresh_page.goto("/?net=resnet152&node=layer3.1..35")
    fresh_page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(fresh_page)
    assert fresh_page.evaluate(_SHIFT_JS) <= MOST_SHIFT


def test_on_a_telephone_the_drawing_begins_in_the_first_half_of_the_screen(contexts: Contexts) -> None:
    errors: list[str] = []
    page = contexts.new_page(Visitor(has_touch=True), PHONE, errors)
    visit_explore(page, "net=resnet152")
    found = drawn(page)
    assert found["pane"][1] < PHONE["height"] / 2
    assert found["type"] >= LEAST_TYPE
    assert found["drawing"][2] <= found["pane"][2] + 1
    # What is done with the drawing as a whole, and what is told of it, comes below it.
    order = [".graph-view .bar", ".graph-view .pane", ".graph-view .card", ".st-key-drawing_keep", ".st-key-inspector"]
    tops = [top_of(page.locator(part).first) for part in order]
    assert all(above < below for above, below in pairwise(tops)), tops
    expect(page.locator(".graph-view .hint")).to_have_text("Tap a box for its facts; double-tap to open it.")
    page.close()
    assert errors == []


def top_of(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"]


def bottom_of(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]
