"""The inspector in a real browser: what stands there at once, what opens, and that names are copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.page_steps import NARROW, choose_node, go_on, take_picture_away
from tests.browser.visiting import Tab, go_to
from tests.browser.watching import wait_idle

SECTIONS = ("Why this shortcut", "How it is counted", "Parameters and buffers", "Names", "Source")


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def open_inspector(page: Page, query: str) -> Locator:
    go_to(page, f"/?{query}")
    inspector = page.locator(".st-key-inspector")
    inspector.wait_for(timeout=60_000)
    wait_idle(page)
    return inspector


def test_sections_open_and_stay_open(page: Page, page_errors: list[str]) -> None:
    inspector = open_inspector(page, f"net=resnet50&{NARROW}&node=layer2.0.conv2")
    numbers = inspector.get_by_text("16 × 8 × 8 × 16 × 3 × 3 =")
    expect(numbers).to_be_hidden()
    inspector.get_by_text("How it is counted", exact=True).click()
    expect(numbers).to_be_visible()
    choose_node(page, "layer3.0.conv2")
    expect(inspector.get_by_text("32 × 4 × 4 × 32 × 3 × 3 =")).to_be_visible()
    choose_node(page, "layer3.0")
    expect(inspector.get_by_text("conv1 + conv2 + conv3 + downsample")).to_be_visible()
    assert page_errors == []


def test_each_name_is_copied_by_its_button(fresh_page: Page) -> None:
    fresh_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    inspector = open_inspector(fresh_page, "net=resnet50&input_size=64x64&node=layer3.5.conv2")
    inspector.get_by_text("Names", exact=True).click()
    names = inspector.locator(".st-key-inspector_names").get_by_test_id("stCode")
    expect(names).to_have_text(
        [
            "layer3.5.conv2",
            "conv4_6, layer 2",
            "res4f_branch2b",
            "resnet.encoder.stages.2.layers.5.layer.1.convolution",
            "backbone.layer3.5.conv2",
            "res4.5.conv2",
            "conv4_block6_2_conv",
            "6.5.conv2",
            "layer3.5.conv2.weight",
        ]
    )
    button = names.nth(2).get_by_role("button", name="Copy to clipboard")
    expect(button).to_be_visible()  # without a mouse over it, too
    button.focus()
    fresh_page.keyboard.press("Enter")
    fresh_page.wait_for_function("async () => await navigator.clipboard.readText() === 'res4f_branch2b'")


@pytest.mark.parametrize("widths", [(1440, 1000), (390,)], ids=["screen", "telephone"])
def test_nothing_runs_out_of_the_panel(page: Page, widths: tuple[int, ...], subtests: pytest.Subtests) -> None:
    resize(page, widths[0])
    inspector = open_inspector(page, "net=resnet152")
    take_picture_away(page)
    for node in ("network", "layer3.1..35", "layer3.5.bn2"):
        go_on(page, f"/?net=resnet152&node={node}")
        open_sections(inspector)
        for width in widths:
            with subtests.test(node=node, width=width):
                resize(page, width)
                expect(inspector.get_by_text("Called by").last).to_be_visible()
                assert too_wide(inspector) == []


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


def open_sections(inspector: Locator) -> None:
    """Those that stay open from one node to the next are left so."""
    for section in SECTIONS:
        closed = inspector.locator("details:not([open]) > summary").filter(has_text=section)
        if closed.count():
            closed.press("Enter")  # a click would wait until all has come to rest that the section before moves


def too_wide(inspector: Locator) -> list[str]:
    found: list[str] = inspector.evaluate(
        """panel => [...panel.querySelectorAll('p, table, [data-testid="stCode"], summary')].filter(element =>
            element.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1
        ).map(element => element.textContent.slice(0, 60))"""
    )
    return found
