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
    photograph,
    upload,
    visit_compare,
    visit_learn,
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


LEARN = [
    "column=5&node=layer3",
    "show=lessons",
    "show=lessons&lesson=stride&step=2",
    "show=exercises&sheet=7",
    "show=beliefs&belief=downsample",
    "show=glossary",
]


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def expect_nothing(page: Page, subtests: pytest.Subtests, screen: str) -> None:
    """Nothing is found in either theme."""
    for theme in THEMES:
        change_theme(page, theme)
        with subtests.test(screen, theme=theme):
            assert findings(page) == []


def test_nothing_stands_in_the_way_and_what_does_is_found(page: Page, subtests: pytest.Subtests) -> None:
    visit_explore(page)
    for theme, address in EXPLORE:
        go_on(page, f"/?{address}")
        change_theme(page, theme)
        with subtests.test(theme=theme, address=address):
            assert findings(page) == []
    with subtests.test("a button without a name is found"):
        button = page.locator(".graph-view button:visible").first
        names = button.evaluate(
            """button => {
              const names = [button.textContent, button.title, button.ariaLabel];
              button.textContent = button.title = button.ariaLabel = "";
              return names;
            }"""
        )
        assert any("button-name" in finding for finding in findings(page))
        button.evaluate("(button, names) => [button.textContent, button.title, button.ariaLabel] = names", names)
    go_on(page, "/?net=resnet18&node=layer2.1.conv1")
    upload(page, photograph())
    for look in ("channels", "prediction"):
        go_on(page, f"/?net=resnet18&node=layer2.1.conv1&look={look}")
        expect_nothing(page, subtests, f"photograph: {look}")


def test_learn_has_nothing_either(page: Page, subtests: pytest.Subtests) -> None:
    page.emulate_media(color_scheme="dark")
    visit_learn(page)
    for query in LEARN:
        go_on(page, f"/learn?{query}")
        if "exercises" in query:
            page.get_by_role("radio", name="2", exact=True).click()
            wait_idle(page)
            page.locator(".st-key-exercise").get_by_role("button", name="Hint").click()
            wait_idle(page)
        expect_nothing(page, subtests, query)


def test_a_projector_has_nothing_either(page: Page, subtests: pytest.Subtests) -> None:
    visit_explore(page, "net=resnet50&projector=1")
    for address in ("/?net=resnet50&projector=1", "/learn?show=lessons&lesson=bottleneck&step=2&projector=1"):
        go_on(page, address)
        page.mouse.move(300, 300)
        page.mouse.move(320, 300)  # what fades is pale; a movement of the mouse brings it back
        page.wait_for_function(
            "() => getComputedStyle(document.querySelector('.st-key-projector_bar')).opacity === '1'"
        )
        expect_nothing(page, subtests, address)


def test_compare_has_nothing_either(page: Page, subtests: pytest.Subtests) -> None:
    page.emulate_media(color_scheme="dark")
    visit_compare(page, "nets=resnet50~net%3Dresnet50%26stride_in%3D1x1&node=B/layer3.0")
    for theme in THEMES:
        change_theme(page, theme)
        with subtests.test(theme):
            assert findings(page) == []


def test_training_has_nothing_either(page: Page, subtests: pytest.Subtests) -> None:
    page.emulate_media(color_scheme="dark")
    visit_train(page)
    for theme in THEMES:
        change_theme(page, theme)
        with subtests.test(theme):
            assert findings(page) == []


def test_code_walk_has_nothing_either(page: Page, subtests: pytest.Subtests) -> None:
    visit_walk(page, WALK[0][1])
    for theme, address in WALK:
        go_on(page, f"/walk?{address}")
        change_theme(page, theme)
        page.locator(".line.ran > code").first.click()
        wait_idle(page)  # what the script is about to change is pale
        with subtests.test(theme=theme, address=address):
            assert findings(page, ("serious", "critical")) == []
