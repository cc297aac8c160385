"""The sidebar where there is little room, and where the keyboard is."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.visiting import Contexts, Visitor, visit_explore
from tests.browser.watching import wait_idle


def begin(contexts: Contexts, width: int, errors: list[str]) -> Page:
    """Explore, loaded anew: the sidebar is folded once, when a page begins."""
    page = contexts.new_page(Visitor(), {"width": width, "height": 900}, errors)
    visit_explore(page)
    return page


def test_a_tablet_begins_with_the_page_and_a_phone_goes_back_to_it(contexts: Contexts) -> None:
    errors: list[str] = []
    page = begin(contexts, 820, errors)
    unfold, title = page.get_by_test_id("stExpandSidebarButton"), page.locator("h1").first
    expect(unfold).to_be_visible()
    below, top = unfold.bounding_box(), title.bounding_box()
    assert below is not None
    assert top is not None
    assert below["y"] + below["height"] <= top["y"]  # not on the title
    page.set_viewport_size({"width": 390, "height": 844})
    unfold.click()
    expect(page.get_by_test_id("stSidebarCollapseButton").locator("button")).to_be_visible()  # without a mouse over it
    page.locator(".st-key-w_preset").get_by_role("radio", name="34", exact=True).click()
    wait_idle(page)
    expect(page).to_have_title("ResNet-34 · Explore · resnet_viz")
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
    page.close()
    assert errors == []


def test_the_focus_of_the_keyboard_has_a_ring(contexts: Contexts) -> None:
    errors: list[str] = []
    page = begin(contexts, 1280, errors)
    link = page.get_by_test_id("stPageLink-NavLink")
    page.keyboard.press("Tab")
    link.first.focus()
    expect(link.first).to_have_css("outline-style", "solid")
    expect(link.nth(1)).to_have_css("outline-style", "none")
    page.close()
    assert errors == []
