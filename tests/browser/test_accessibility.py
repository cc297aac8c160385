"""What axe-core finds wrong with the page for whoever hears it, uses no mouse, or sees little."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.page_steps import (
    NARROW,
    THEMES,
    Theme,
    change_theme,
    findings,
    go_on,
    visit_compare,
    visit_train,
    visit_walk,
)
from tests.browser.visiting import Tab, visit_explore
from tests.browser.watching import wait_idle

EXPLORE: list[tuple[Theme, str]] = [
    ("light", f"net=resnet18&{NARROW}&ops=layer2.1&node=layer2.1&form=tall&shade=field"),
    ("dark", f"net=resnet50&{NARROW}&blocks=layer3&node=layer3.1&shade=params"),
    ("light", "net=resnet18&node=layer9&ops=nothing"),
]
WALK: list[tuple[Theme, str]] = [
    ("light", "net=resnet50&step=106&compare=resnet18&tour=9"),
    ("dark", "net=resnet18&walk=forward&step=20"),
]


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def test_nothing_serious_stands_in_the_way_and_what_does_is_found(page: Page, subtests: pytest.Subtests) -> None:
    visit_explore(page)
    for theme, address in EXPLORE:
        go_on(page, f"/?{address}")
        change_theme(page, theme)
        with subtests.test(theme=theme, address=address):
            assert findings(page) == []
    with subtests.test("a button without a name is found"):
        button = page.locator(".graph-view button").first
        button.evaluate("button => { button.textContent = button.title = button.ariaLabel = ''; }")
        assert any("button-name" in finding for finding in findings(page))


def test_compare_has_nothing_serious_either(page: Page, subtests: pytest.Subtests) -> None:
    page.emulate_media(color_scheme="dark")
    visit_compare(page, "nets=resnet50~net%3Dresnet50%26stride_in%3D1x1&node=B/layer3.0")
    for theme in THEMES:
        change_theme(page, theme)
        with subtests.test(theme):
            assert findings(page) == []


def test_training_has_nothing_serious_either(page: Page, subtests: pytest.Subtests) -> None:
    page.emulate_media(color_scheme="dark")
    visit_train(page)
    for theme in THEMES:
        change_theme(page, theme)
        with subtests.test(theme):
            assert findings(page) == []


def test_code_walk_has_nothing_serious_either(page: Page, subtests: pytest.Subtests) -> None:
    visit_walk(page, WALK[0][1])
    for theme, address in WALK:
        go_on(page, f"/walk?{address}")
        change_theme(page, theme)
        page.locator(".line.ran > code").first.click()
        wait_idle(page)  # what the script is about to change is pale
        with subtests.test(theme=theme, address=address):
            assert findings(page) == []
