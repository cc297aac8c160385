"""The frame on the picture in a real browser: by mouse, by finger and by keyboard alone, and in the whole app."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.page_steps import expect_maps, tiles
from tests.browser.visiting import Tab, Visitor, go_to, visit_explore
from tests.browser.watching import wait_idle

# Of a picture 200 × 400 for an input 100 × 100: the short side becomes 114, and 100 of it are seen.
MIDDLE = (0.5 - 100 / 228 / 2, 0.5 - 100 / 114 / 2, 100 / 228, 100 / 114)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(has_touch=True)


@pytest.fixture
def window() -> ViewportSize:
    return {"width": 900, "height": 800}


@pytest.fixture
def small_page(tab: Tab) -> Page:
    return tab.page


def open_crop(page: Page, query: str = "") -> None:
    go_to(page, f"/demo_crop?{query}")
    frame(page).wait_for(timeout=60_000)
    wait_idle(page)


def frame(page: Page) -> Locator:
    return page.locator(".crop-view .frame")


def shown(page: Page) -> tuple[float, ...]:
    """Left, top, width and height of the frame, as shares of the picture, measured on the page."""
    box = frame(page).evaluate(
        """f => {
            const [a, b] = [f, f.parentElement].map((e) => e.getBoundingClientRect());
            return [(a.left - b.left) / b.width, (a.top - b.top) / b.height, a.width / b.width, a.height / b.height];
        }"""
    )
    return tuple(box)


def known(page: Page) -> tuple[float, ...] | None:
    """What Python knows."""
    text = page.get_by_text(re.compile("^crop: ")).inner_text().removeprefix("crop: ")
    return None if text == "None" else tuple(map(float, text.split()))


def runs(page: Page) -> int:
    return int(page.get_by_text(re.compile("^runs: ")).inner_text().removeprefix("runs: "))


def side(page: Page) -> tuple[float, float]:
    """Width and height of the picture on the page."""
    box = page.locator(".crop-view .stage").bounding_box()
    assert box
    return box["width"], box["height"]


def drag(page: Page, part: Locator, across: float, down: float) -> None:
    """By a way in pixels, in many small steps."""
    box = part.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=12)
    page.mouse.up()


def near(shares: tuple[float, ...]) -> object:
    return pytest.approx(shares, abs=2e-3)


def test_the_frame_begins_in_the_middle_of_the_weights(small_page: Page) -> None:
    open_crop(small_page)
    assert shown(small_page) == near(MIDDLE)
    assert known(small_page) is None
    expect(small_page.get_by_role("button", name="Middle")).to_be_disabled()


def test_a_drag_moves_it_and_python_hears_once(small_page: Page) -> None:
    open_crop(small_page)
    before = runs(small_page)
    wide, _ = side(small_page)
    drag(small_page, frame(small_page), 0.1 * wide, 0)
    wait_idle(small_page)
    moved = (MIDDLE[0] + 0.1, *MIDDLE[1:])
    assert shown(small_page) == near(moved)
    assert known(small_page) == near(moved)
    assert runs(small_page) == before + 1
    # It stays inside, however far it is drawn.
    drag(small_page, frame(small_page), 900, 900)
    wait_idle(small_page)
    assert known(small_page) == near((1 - MIDDLE[2], 1 - MIDDLE[3], *MIDDLE[2:]))
    frame(small_page).click()
    wait_idle(small_page)
    assert runs(small_page) == before + 2


@pytest.mark.parametrize(("corner", "across", "down"), [("nw", 1, 1), ("ne", -1, 1), ("sw", 1, -1), ("se", -1, -1)])
def test_a_corner_resizes_it_and_the_shape_stays(small_page: Page, corner: str, across: int, down: int) -> None:
    open_crop(small_page)
    wide, high = side(small_page)
    # A fifth of its width inwards; downwards hardly, so that the width decides.
    by = MIDDLE[2] / 5
    drag(small_page, small_page.locator(f".corner.{corner}"), across * by * wide, down * by * wide)
    wait_idle(small_page)
    left, top, width, height = shown(small_page)
    assert width * wide == pytest.approx(height * high, abs=1)
    assert (width, height) == near((0.8 * MIDDLE[2], 0.8 * MIDDLE[3]))
    # The corner across from it has not moved.
    right, bottom = left + width, top + height
    assert (left if "e" in corner else right) == pytest.approx(
        MIDDLE[0] + (0 if "e" in corner else MIDDLE[2]), abs=3e-3
    )
    assert (top if "s" in corner else bottom) == pytest.approx(
        MIDDLE[1] + (0 if "s" in corner else MIDDLE[3]), abs=3e-3
    )
    assert known(small_page) == near((left, top, width, height))


def test_no_corner_leaves_the_picture_or_turns_it_inside_out(small_page: Page) -> None:
    open_crop(small_page)
    drag(small_page, small_page.locator(".corner.se"), 900, 900)
    wait_idle(small_page)
    left, top, width, height = shown(small_page)
    assert left + width <= 1.001
    assert top + height == pytest.approx(1, abs=2e-3)
    drag(small_page, small_page.locator(".corner.se"), -900, -900)
    wait_idle(small_page)
    assert shown(small_page)[:2] == near((left, top))
    assert shown(small_page)[2] == pytest.approx(0.5 / 16, abs=2e-3)


def test_a_finger_moves_it_and_scrolls_nothing(small_page: Page) -> None:
    open_crop(small_page)
    wide, _ = side(small_page)
    box = frame(small_page).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = small_page.context.new_cdp_session(small_page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        points = [{"x": x - 0.01 * step * wide, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    wait_idle(small_page)
    assert known(small_page) == near((MIDDLE[0] - 0.1, *MIDDLE[1:]))


def test_all_of_it_by_keyboard(small_page: Page) -> None:
    open_crop(small_page)
    expect(frame(small_page)).to_have_attribute("aria-valuetext", "The middle, as the weights expect it")
    before = runs(small_page)
    frame(small_page).focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowLeft", "-", "ArrowDown", "ArrowDown"):
        small_page.keyboard.press(key)
    expect(frame(small_page)).to_have_attribute("aria-valuetext", re.compile("^Left 24%, top "))
    small_page.wait_for_function(f"() => document.body.innerText.includes('runs: {before + 1}')")
    wait_idle(small_page)
    # Several keys in a row are one message; to the left by 6 %, ten elevenths as large around the middle, down by 4 %.
    assert runs(small_page) == before + 1
    width, height = MIDDLE[2] / 1.1, MIDDLE[3] / 1.1
    middle = (MIDDLE[0] + MIDDLE[2] / 2 - 0.06, 0.5 + 0.04)
    assert known(small_page) == near((middle[0] - width / 2, middle[1] - height / 2, width, height))
    assert frame(small_page).evaluate("f => f.getRootNode().activeElement === f")
    small_page.keyboard.press("Home")
    wait_idle(small_page)
    assert known(small_page) is None
    assert shown(small_page) == near(MIDDLE)


def test_the_wheel_resizes_with_ctrl_only(small_page: Page) -> None:
    open_crop(small_page)
    frame(small_page).hover()
    small_page.mouse.wheel(0, -200)
    assert shown(small_page) == near(MIDDLE)
    before = runs(small_page)
    small_page.keyboard.down("Control")
    small_page.mouse.wheel(0, -200)
    small_page.keyboard.up("Control")
    small_page.wait_for_function(f"() => document.body.innerText.includes('runs: {before + 1}')")
    assert shown(small_page)[2] < 0.9 * MIDDLE[2]


def test_the_middle_button_and_another_picture_begin_anew(small_page: Page) -> None:
    open_crop(small_page)
    drag(small_page, frame(small_page), 30, 0)
    wait_idle(small_page)
    small_page.get_by_role("button", name="Middle").click()
    wait_idle(small_page)
    assert known(small_page) is None
    drag(small_page, frame(small_page), 30, 0)
    wait_idle(small_page)
    assert known(small_page) is not None
    small_page.get_by_text("two", exact=True).click()
    wait_idle(small_page)
    assert known(small_page) is None
    assert shown(small_page) == near(MIDDLE)


def test_another_shape_of_the_input_keeps_the_middle(small_page: Page) -> None:
    open_crop(small_page)
    drag(small_page, small_page.locator(".corner.nw"), 20, 20)
    wait_idle(small_page)
    left, _top, width, height = known(small_page) or ()
    small_page.get_by_text("Wide input").click()
    wait_idle(small_page)
    new = known(small_page)
    assert new is not None
    assert shown(small_page) == near(new)
    # Twice as wide as high, in a picture that is so, too.
    assert new[2] == pytest.approx(new[3], abs=1e-3)
    assert new[2] * new[3] == pytest.approx(width * height, rel=1e-2)
    assert new[0] + new[2] / 2 == pytest.approx(left + width / 2, abs=1e-3)


def test_the_frame_stays_where_it_is_when_the_script_runs_again(small_page: Page) -> None:
    open_crop(small_page)
    drag(small_page, frame(small_page), 30, 0)
    wait_idle(small_page)
    before = shown(small_page)
    small_page.get_by_role("button", name="Run again").click()
    wait_idle(small_page)
    assert shown(small_page) == near(before)
    assert known(small_page) == near(before)


@pytest.mark.parametrize("size", ["1x10000", "10000x1", "1x1"])
def test_pictures_beyond_all_measure_have_a_frame_that_moves(small_page: Page, size: str) -> None:
    open_crop(small_page, f"size={size}")
    frame(small_page).focus()
    small_page.keyboard.press("ArrowRight" if size == "1x10000" else "ArrowDown")
    before = runs(small_page)
    small_page.wait_for_function(f"() => document.body.innerText.includes('runs: {before + 1}')")
    wait_idle(small_page)
    new = known(small_page)
    assert new is not None
    assert all(0 <= share <= 1 for share in new)
    if size != "1x1":
        assert new[0 if size == "1x10000" else 1] == pytest.approx(0.52, abs=1e-3)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way(small_page: Page, theme: str) -> None:
    small_page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    open_crop(small_page)
    drag(small_page, frame(small_page), 30, 0)
    wait_idle(small_page)
    found = Axe().run(small_page).response["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []


def test_in_the_app_another_part_gives_other_maps(small_page: Page) -> None:
    page = small_page
    page.set_viewport_size({"width": 1440, "height": 900})
    visit_explore(page, "net=resnet18&node=conv1")
    expect_maps(page, "conv1")
    seen = page.get_by_role("img", name="The part that the net sees", exact=True)
    before = seen.get_attribute("src"), tiles(page).evaluate("canvas => canvas.toDataURL()")
    frame(page).scroll_into_view_if_needed()
    drag(page, page.locator(".corner.nw"), 30, 30)
    wait_idle(page)
    after = seen.get_attribute("src"), tiles(page).evaluate("canvas => canvas.toDataURL()")
    assert before[0] != after[0]
    assert before[1] != after[1]
    page.get_by_text("How it is prepared").click()
    expect(page.get_by_text("that to 224×224 (bilinear, antialiased).")).to_be_visible()
