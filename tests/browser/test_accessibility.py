"""What axe-core finds wrong with the page for whoever hears it, uses no mouse, or sees little."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.page_steps import findings, open_compare, open_page, open_walk


@pytest.mark.parametrize(
    ("theme", "address"),
    [
        ("light", "net=resnet18&ops=layer2.1&node=layer2.1&form=tall&shade=field"),
        ("dark", "net=resnet50&blocks=layer3&node=layer3.1&shade=params"),
        ("light", "net=resnet18&node=layer9&ops=nothing"),
    ],
)
def test_nothing_serious_stands_in_the_way(page: Page, theme: Literal["light", "dark"], address: str) -> None:
    page.emulate_media(color_scheme=theme)
    open_page(page, address)
    assert findings(page) == []


def test_axe_does_find_what_is_wrong(page: Page) -> None:
    open_page(page)
    page.locator(".pane").evaluate("pane => pane.closest('.graph-view').querySelector('button').ariaLabel = ''")
    page.locator(".graph-view button").first.evaluate("button => { button.textContent = ''; button.title = ''; }")
    assert any("button-name" in finding for finding in findings(page))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_compare_has_nothing_serious_either(page: Page, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    open_compare(page, "nets=resnet152~net%3Dresnet152%26stride_in%3D1x1&node=B/layer3.0")
    assert findings(page) == []


@pytest.mark.parametrize(
    ("theme", "address"),
    [
        ("light", "net=resnet50&step=106&compare=resnet18&tour=9"),
        ("dark", "net=resnet18&walk=forward&step=20"),
    ],
)
def test_code_walk_has_nothing_serious_either(page: Page, theme: Literal["light", "dark"], address: str) -> None:
    page.emulate_media(color_scheme=theme)
    open_walk(page, address)
    page.locator(".line.ran > code").first.click()
    assert findings(page) == []
