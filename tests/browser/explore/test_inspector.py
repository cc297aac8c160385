"""The inspector in a real browser: what stands there at once, what opens, and that names are copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.watching import wait_idle

SECTIONS = ("Why this shortcut", "How it is counted", "Parameters and buffers", "Names", "Source")


def open_page(page: Page, query: str) -> Locator:
    page.goto(f"/?{query}")
    inspector = page.locator(".st-key-inspector")
    inspector.wait_for(timeout=60_000)
    wait_idle(page)
    return inspector


def test_sections_open_and_stay_open(page: Page, page_errors: list[str]) -> None:
    inspector = open_page(page, "net=resnet50&node=layer2.0.conv2")
    numbers = inspector.get_by_text("128 × 28 × 28 × 128 × 3 × 3 =")
    expect(numbers).to_be_hidden()
    inspector.get_by_text("How it is counted", exact=True).click()
    expect(numbers).to_be_visible()
    box = page.get_by_role("combobox", name="Node")
    box.click()
    box.fill("layer3.0.conv2")
    page.get_by_role("option", name="layer3.0.conv2", exact=True).click()
    wait_idle(page)
    expect(inspector.get_by_text("256 × 14 × 14 × 256 × 3 × 3 =")).to_be_visible()
    box.click()
    box.fill("layer3.0")
    page.get_by_role("option", name="layer3.0", exact=True).click()
    expect(inspector.get_by_text("conv1 + conv2 + conv3 + downsample")).to_be_visible()
    assert page_errors == []


def test_each_name_is_copied_by_its_button(page: Page, page_errors: list[str]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    inspector = open_page(page, "net=resnet50&node=layer3.5.conv2")
    inspector.get_by_text("Names", exact=True).click()
    names = inspector.locator(".st-key-inspector_names").get_by_test_id("stCode")
    expect(names).to_have_text(
        [
            "layer3.5.conv2",
            "conv4_6, layer 2",
            "res4f_branch2b",
            "layer3.5.conv2",
            "layer3.5.conv2",
            "layer3.5.conv2.weight",
        ]
    )
    button = names.nth(2).get_by_role("button", name="Copy to clipboard")
    expect(button).to_be_visible()  # without a mouse over it, too
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("async () => await navigator.clipboard.readText() === 'res4f_branch2b'")
    assert page_errors == []


@pytest.mark.parametrize("width", [1440, 1000, 390])
@pytest.mark.parametrize("node", ["layer3.1..35", "network", "layer3.5.bn2"])
def test_nothing_runs_out_of_the_panel(page: Page, width: int, node: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    inspector = open_page(page, f"net=resnet152&node={node}")
    for section in SECTIONS:
        summary = inspector.get_by_text(section, exact=True)
        if summary.count():
            summary.click()
    expect(inspector.get_by_text("Called by").last).to_be_visible()
    too_wide = inspector.evaluate(
        """panel => [...panel.querySelectorAll('p, table, [data-testid="stCode"], summary')].filter(element =>
            element.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1
        ).map(element => element.textContent.slice(0, 60))"""
    )
    assert too_wide == []
