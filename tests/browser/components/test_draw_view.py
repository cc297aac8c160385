"""The pad in the whole app: a digit drawn with the mouse, by finger and by keyboard, and what becomes of it."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from resnet_viz.ui.picture.source import W_DRAW
from tests.browser.page_steps import NARROW, expect_maps, findings, go_on
from tests.browser.visiting import Tab, Visitor, visit_explore
from tests.browser.watching import Messages, note_messages, wait_idle

ASKED = "Choose a picture on the left"
ADDRESS = f"net=resnet18&{NARROW}&node=conv1"
# The levels of red of a canvas or a picture, scaled to 64×64.
_LEVELS_JS = """async shown => {
    await shown.decode?.();
    const context = new OffscreenCanvas(64, 64).getContext("2d");
    context.drawImage(shown, 0, 0, 64, 64);
    return [...context.getImageData(0, 0, 64, 64).data].filter((_, at) => at % 4 === 0);
}"""


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(has_touch=True)


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def choose_pad(page: Page) -> None:
    page.get_by_test_id("stMain").get_by_role("radio", name="Draw", exact=True).click()
    wait_idle(page)
    pad(page).scroll_into_view_if_needed()


def pad(page: Page) -> Locator:
    return page.locator(".draw-view canvas")


def levels(shown: Locator) -> NDArray[np.int_]:
    """The drawing that the pad or the picture shows, row by row."""
    return np.array(shown.evaluate(_LEVELS_JS)).reshape(64, 64)


def cells(page: Page) -> list[tuple[int, int]]:
    """Rows and columns of the cells that are ink."""
    means = levels(pad(page)).reshape(8, 8, 8, 8).mean((1, 3))
    return [(int(row), int(column)) for row, column in np.argwhere(means > 127)]


def known(page: Page) -> NDArray[np.int_]:
    """What Python has, as its picture on the page shows it."""
    return levels(page.locator(".crop-view img"))


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    box = pad(page).bounding_box()
    assert box
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def draw(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A stroke with the mouse, between two places in shares of the pad."""
    page.mouse.move(*spot(page, *start))
    page.mouse.down()
    page.mouse.move(*spot(page, *end), steps=6)
    page.mouse.up()


def numbers(messages: Messages) -> list[int]:
    """The numbers of the drawings that were sent."""
    return [
        event["value"]["number"]
        for state in messages.widget_states()
        if W_DRAW in state.id
        for event in json.loads(state.json_trigger_value or "[]")
    ]


def test_strokes_become_the_picture_and_are_there_again_after_another_page(page: Page, tab: Tab) -> None:
    visit_explore(page, ADDRESS)
    messages = note_messages(page)
    choose_pad(page)
    undo, clear = (page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Clear"))
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    expect(page.get_by_text(ASKED)).to_be_visible()
    draw(page, (0.2, 0.2), (0.8, 0.2))
    wait_idle(page)
    expect_maps(page, "conv1")
    one = levels(pad(page))
    row, column = np.argwhere(one > 127).mean(0)
    # The middle of a pixel lies half a pixel behind its number.
    assert (row, column) == pytest.approx((0.2 * 64 - 0.5, 31.5), abs=0.5)
    # As near as a JPEG is.
    assert abs(known(page) - one).max() < 40
    # The second stroke does not wait for what comes of the first, and nothing is taken back.
    draw(page, (0.8, 0.2), (0.4, 0.9))
    draw(page, (0.3, 0.5), (0.7, 0.5))
    both = levels(pad(page))
    wait_idle(page)
    assert (levels(pad(page)) == both).all()
    assert numbers(messages) == [1, 2, 3]
    assert findings(page) == []
    go_on(page, "/learn")
    go_on(page, f"/?{ADDRESS}")
    choose_pad(page)
    assert (levels(pad(page)) == both).all()
    assert abs(known(page) - both).max() < 40
    expect(undo).to_be_disabled()
    clear.click()
    wait_idle(page)
    expect(page.get_by_text(ASKED)).to_be_visible()
    undo.click()
    wait_idle(page)
    assert abs(known(page) - both).max() < 40
    assert numbers(messages) == [1, 2, 3, 4, 5]
    assert tab.errors == []


def test_all_of_it_by_keyboard_and_a_finger_does_not_scroll(page: Page, tab: Tab) -> None:
    visit_explore(page, ADDRESS)
    choose_pad(page)
    messages = note_messages(page)
    pad(page).focus()
    for key in ("ArrowUp", " ", "Shift+ArrowDown", "Shift+ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    live = page.locator(".draw-view .live")
    expect(live).to_have_text("Row 5, column 5: 100% inked")
    expect(page.locator(".draw-view .cursor")).to_be_visible()
    wait_idle(page)
    assert cells(page) == [(2, 3), (3, 3), (4, 3), (4, 4)]
    assert np.argwhere(known(page) > 127).min(0) == pytest.approx((16, 24), abs=1)
    page.keyboard.press("Enter")
    expect(live).to_have_text("Row 5, column 5: 0% inked")
    page.keyboard.press("Control+z")
    page.keyboard.press("Escape")
    expect(page.locator(".draw-view .cursor")).to_be_hidden()
    wait_idle(page)
    assert cells(page) == [(2, 3), (3, 3), (4, 3), (4, 4)]
    # What is as Python knows it is not told, unless a slow machine came to a pause between the two keys.
    assert numbers(messages) in ([1], [1, 2, 3])
    top = pad(page).bounding_box()
    touch = page.context.new_cdp_session(page)
    for kind, y in (("Start", 0.9), ("Move", 0.5), ("Move", 0.05)):
        points = [dict(zip("xy", spot(page, 0.9, y), strict=True))]
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    wait_idle(page)
    assert pad(page).bounding_box() == top
    assert {(row, 7) for row in range(1, 7)} <= set(cells(page))
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_enabled()
    assert tab.errors == []
