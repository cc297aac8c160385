"""The drawing at work on the Explore page: what is done in it reaches everything else, the address, and back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from resnet_viz.ui.explore.graph import W_GRAPH
from tests.browser.page_steps import expect_maps, node
from tests.browser.visiting import Tab, visit_explore
from tests.browser.watching import note_messages, wait_idle

# A click asks for a run, and hears of what changed on the page; the drawing alone would be hundreds of kilobytes.
# Streamlit sends the state of every widget that is mounted along; the drawing's own part is smaller yet.
SMALL_MESSAGE, OWN_PART, DRAWING = 2_000, 200, 200_000


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def card(page: Page) -> Locator:
    return page.locator(".graph-view .card")


def by_mouse(page: Page, node_id: str) -> None:
    node(page, node_id).click()


def by_keyboard(page: Page, node_id: str) -> None:
    node(page, node_id).focus()
    page.keyboard.press("Space")


@pytest.mark.parametrize("choose", [by_mouse, by_keyboard])
def test_a_choice_reaches_everything_and_costs_one_small_message(
    page: Page, page_errors: list[str], choose: Callable[[Page, str], None]
) -> None:
    visit_explore(page, "net=resnet152&level=block")
    messages = note_messages(page)
    choose(page, "layer3.5")
    wait_idle(page)
    assert 0 < sum(map(len, messages.sent)) < SMALL_MESSAGE
    own = [state.ByteSize() for state in messages.widget_states() if W_GRAPH in state.id]
    assert 0 < sum(own) < OWN_PART
    # The maps of the block come, too, as an address; the drawing does not.
    assert max(map(len, messages.received)) < DRAWING
    expect(node(page, "layer3.5")).to_have_attribute("aria-pressed", "true")
    expect(card(page)).to_contain_text("layer3.5")
    expect_maps(page, "layer3.5")
    n_params = 2 * 1024 * 256 + 256 * 256 * 9 + 2 * (256 + 256 + 1024)
    expect(page.get_by_text(re.compile(rf"^{n_params:,} \(1\.9 %\)"))).to_be_visible()
    expect(page).to_have_url(re.compile("node=layer3.5$"))
    page.go_back()
    wait_idle(page)
    expect(node(page, "layer3.5")).to_have_attribute("aria-pressed", "false")
    expect_maps(page, "conv1")
    assert page_errors == []


def test_a_run_a_block_and_a_stage_open_by_mouse_and_fold_again(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, "net=resnet50")
    node(page, "layer3.1..5").dblclick()
    wait_idle(page)
    expect(node(page, "layer3.4")).to_be_visible()
    expect(page).to_have_url(re.compile("blocks=layer3"))
    node(page, "layer3.4").dblclick()
    wait_idle(page)
    expect(node(page, "layer3.4.conv2")).to_be_visible()
    expect(page).to_have_url(re.compile("ops=layer3.4"))
    page.reload()
    wait_idle(page)
    expect(node(page, "layer3.4.conv2")).to_be_visible()
    page.get_by_role("button", name="Fold all").click()
    wait_idle(page)
    expect(node(page, "layer3.1..5")).to_be_visible()
    page.go_back()
    wait_idle(page)
    expect(node(page, "layer3.4.conv2")).to_be_visible()
    assert page_errors == []


def test_the_same_by_keyboard(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, "net=resnet50")
    node(page, "layer3.1..5").focus()
    page.keyboard.press("Enter")
    wait_idle(page)
    node(page, "layer3.4").focus()
    page.keyboard.press("Enter")
    wait_idle(page)
    expect(node(page, "layer3.4.conv2")).to_be_visible()
    expect(page).to_have_url(re.compile("ops=layer3.4"))
    page.keyboard.press("Backspace")
    wait_idle(page)
    expect(node(page, "layer3.4")).to_be_visible()
    expect(page).not_to_have_url(re.compile("ops="))
    assert page_errors == []


def test_a_search_result_inside_a_run_is_opened_and_chosen(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, "net=resnet152")
    search = page.locator(".graph-view input").first
    search.fill("layer3.20.conv2")
    search.press("Enter")
    page.locator(".graph-view").get_by_role("button", name=re.compile("^Show")).click()
    wait_idle(page)
    expect(node(page, "layer3.20.conv2")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("ops=layer3.20"))
    expect(page).to_have_url(re.compile("node=layer3.20.conv2"))
    expect_maps(page, "layer3.20.conv2")
    assert page_errors == []


def test_shading_is_in_the_link(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, "net=resnet18")
    fill = node(page, "layer4.1").locator("path").first
    before = fill.evaluate("path => getComputedStyle(path).fill")
    page.get_by_label("Colour by").select_option("params")
    after = fill.evaluate("path => getComputedStyle(path).fill")
    assert after != before  # at once
    wait_idle(page)
    expect(page).to_have_url(re.compile("shade=params"))
    page.reload()
    wait_idle(page)
    expect(page.get_by_label("Colour by")).to_have_value("params")
    assert fill.evaluate("path => getComputedStyle(path).fill") == after
    assert page_errors == []


def test_the_table_leads_to_the_drawing(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, "net=resnet18&level=op&node=layer4.1.conv2")
    expect(node(page, "layer4.1.conv2")).to_have_attribute("aria-pressed", "true")
    expect(node(page, "layer4.1.conv2")).to_be_in_viewport()
    assert page_errors == []
