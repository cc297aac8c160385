"""Projector mode in a browser: the subject whole and legible, the bar that fades, a clicker's keys, the shared link."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.page_steps import go_on, visit_learn
from tests.browser.visiting import Tab, go_to
from tests.browser.watching import wait_idle

SIZES = ((1280, 720), (1366, 768), (1920, 1080))
# The subjects of the pages, and what of each must be in sight.
SUBJECTS = {
    "/?projector=1&net=resnet50": (".st-key-w_graph", ".pane svg:not(.coming) .node"),
    "/learn?projector=1": (".st-key-w_learn_table", ".table-view .cell, .table-view .net"),
    "/walk?projector=1&net=resnet50&step=300": (
        ".st-key-walk_code, .st-key-walk_drawing, .st-key-walk_told",
        ".line.current, .pane .making, .panel.own .variables tr",
    ),
}

# Words with boxes of their own, as deep as they stand, that are in sight: how high type is, in shares of the window.
_TYPE_JS = """
(subject) => {
  const small = [];
  const look = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.shadowRoot) look(one.shadowRoot);
      const words = [...one.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim());
      if (!words.length || one.closest(".transport, .live, style, .st-key-projector_bar, .tip, sup, sub")) continue;
      const range = document.createRange();
      range.selectNode(words[0]);
      const box = range.getBoundingClientRect();
      const style = getComputedStyle(one);
      if (!box.width || style.visibility === "hidden" || one.checkVisibility?.() === false) continue;
      const svg = one.ownerSVGElement;
      const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
      const size = parseFloat(style.fontSize) * scale;
      if (size < innerHeight / 40) small.push([one.textContent.slice(0, 20), size]);
    }
  };
  for (const place of document.querySelectorAll(subject)) look(place);
  return small;
}
"""


# Is the drawing, whose rows are those of a wide window, below the name and above the signs, and these above the bar?
_IS_CLEAR_JS = """
(width) => {
  const boxOf = (root, selector) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.matches(selector)) return one.getBoundingClientRect();
      const found = one.shadowRoot && boxOf(one.shadowRoot, selector);
      if (found) return found;
    }
    return null;
  };
  const [name, drawn, signs, bar] = ["h1", ".pane svg:not(.coming)", ".legend", ".st-key-projector_bar"].map(
    (selector) => boxOf(document, selector),
  );
  if (!name || !drawn || !signs || !bar) return false;
  const isWhole = drawn.left >= -1 && drawn.right <= innerWidth + 1 && drawn.width > 0.9 * width;
  return isWhole && name.bottom <= drawn.top + 1 && drawn.bottom <= signs.top + 1 && signs.bottom <= bar.top + 1;
}
"""


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def bar(page: Page) -> Locator:
    return page.locator(".st-key-projector_bar")


def reach(page: Page) -> Locator:
    """The bar, which a movement of the mouse brings back."""
    page.mouse.move(200, 200)
    page.mouse.move(220, 200)
    expect(bar(page)).to_have_css("opacity", "1")
    return bar(page)


def expect_in_window(page: Page, things: Locator) -> None:
    """Each of them, whole."""
    size = page.viewport_size
    assert size is not None
    boxes = things.evaluate_all("all => all.map((one) => one.getBoundingClientRect().toJSON())")
    assert boxes
    for box in boxes:
        assert min(box["left"], box["top"]) >= -1, box
        assert box["right"] <= size["width"] + 1, box
        assert box["bottom"] <= size["height"] + 1, box


def expect_no_scroll(page: Page) -> None:
    main = page.get_by_test_id("stMain")
    assert main.evaluate("one => getComputedStyle(one).overflowY") == "hidden"
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("address", SUBJECTS)
def test_the_subject_fills_the_screen_and_is_read_from_the_last_row(
    page: Page, page_errors: list[str], address: str
) -> None:
    subject, things = SUBJECTS[address]
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    go_to(page, address)
    page.locator(things.split(",")[0]).first.wait_for(timeout=60_000)
    for width, height in SIZES:
        # The window's new size is followed without another visit.
        page.set_viewport_size({"width": width, "height": height})
        wait_idle(page)
        expect(page.locator("html")).to_have_attribute("data-projector", "")
        expect_in_window(page, page.locator(subject))
        expect_in_window(page, page.locator(things))
        expect_no_scroll(page)
        assert page.evaluate(_TYPE_JS, subject) == []
    assert page_errors == []


def test_each_net_of_the_paper_is_whole_between_its_name_and_its_signs(page: Page, page_errors: list[str]) -> None:
    go_to(page, "/?projector=1&net=resnet18")
    drawing = page.locator(".pane svg:not(.coming)")
    drawing.wait_for(timeout=60_000)
    for i, net in enumerate(("18", "34", "50", "101", "152")):
        width, height = SIZES[i % len(SIZES)]
        page.set_viewport_size({"width": width, "height": height})
        wait_idle(page)
        reach(page).get_by_text(net, exact=True).click()
        name = page.get_by_role("heading", name=f"ResNet-{net}", exact=True)
        expect(name).to_be_in_viewport(ratio=1)
        wait_idle(page)
        # Rows for the window's new width come by themselves: then, all of them are in sight, clear of what is around.
        page.wait_for_function(_IS_CLEAR_JS, arg=width)
        expect_in_window(page, page.locator(".pane svg:not(.coming) .node"))
        assert page.evaluate(_TYPE_JS, ".st-key-w_graph") == []
    assert page_errors == []


def test_the_bar_fades_comes_back_and_goes_from_net_to_net(page: Page, page_errors: list[str]) -> None:
    go_to(page, "/?projector=1&net=resnet18")
    page.locator(".pane svg:not(.coming)").wait_for(timeout=60_000)
    expect(bar(page)).to_have_css("opacity", "0")
    reach(page).get_by_text("152", exact=True).click()
    wait_idle(page)
    assert "net=resnet152" in page.url
    assert "projector=1" in page.url
    reach(page).get_by_role("link", name="Code walk").click()
    page.locator(".walk-view .line.current").first.wait_for(timeout=60_000)
    wait_idle(page)
    assert "/walk" in page.url
    assert "net=resnet152" in page.url
    assert "projector=1" in page.url
    assert page_errors == []


def test_a_table_ends_above_the_bar(page: Page, page_errors: list[str]) -> None:
    go_to(page, "/learn?projector=1")
    page.locator(".table-view .cell").first.wait_for(timeout=60_000)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            """() => {
              const bar = document.querySelector(".st-key-projector_bar").getBoundingClientRect();
              const place = document.querySelector(".st-key-w_learn_table").getBoundingClientRect();
              return Math.abs(bar.bottom - innerHeight) < 1 && place.bottom <= bar.top + 1;
            }"""
        )
        expect_in_window(page, page.locator(".table-view .grid"))
        bottom = page.locator(".table-view .grid").evaluate("one => one.getBoundingClientRect().bottom")
        assert bottom <= bar(page).evaluate("one => one.getBoundingClientRect().top") + 1
    assert page_errors == []


def test_a_narrow_walk_has_its_parts_one_above_the_other(page: Page, page_errors: list[str]) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    go_to(page, "/walk?tour=6&projector=1")
    page.locator(".walk-view .line.current").first.wait_for(timeout=60_000)
    wait_idle(page)
    for width, height in ((390, 844), (820, 1180)):
        page.set_viewport_size({"width": width, "height": height})
        names = ("walk_tour_step", "walk_code", "walk_drawing", "walk_told")
        boxes = [page.locator(f".st-key-{name}").bounding_box() for name in names]
        for upper, lower in pairwise(boxes):
            assert upper is not None
            assert lower is not None
            assert abs(upper["y"] + upper["height"] - lower["y"]) <= 1
            assert upper["width"] == lower["width"] == width
        # The line that runs stays in sight, however the code wraps.
        expect(page.locator(".walk-view .line.current").first).to_be_in_viewport()
        reach(page)
        for part in bar(page).get_by_role("button").all():
            expect(part).to_be_in_viewport(ratio=1)
    assert page_errors == []


def test_a_clickers_keys_step_the_tour_and_blank_the_screen(page: Page, page_errors: list[str]) -> None:
    go_to(page, "/walk?tour=1&projector=1")
    page.locator(".walk-view .line.current").first.wait_for(timeout=60_000)
    wait_idle(page)
    step = page.locator(".st-key-walk_tour_step")
    for key, expected in (("PageDown", 2), ("ArrowRight", 3), ("PageUp", 2)):
        page.keyboard.press(key)
        expect(step).to_contain_text(f"Step {expected} of")
        wait_idle(page)
    page.keyboard.press("b")
    expect(page.locator("#projector-blank")).to_be_in_viewport(ratio=1)
    page.keyboard.press("PageDown")  # It brings the page back, and does nothing more.
    expect(page.locator("#projector-blank")).to_have_count(0)
    expect(step).to_contain_text("Step 2 of")
    # The code has arrows of its own.
    page.locator(".code").first.focus()
    before = page.locator(".readout").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".readout")).not_to_have_text(before)
    expect(step).to_contain_text("Step 2 of")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    expect(page).not_to_have_url(re.compile("projector"))
    assert page_errors == []


def test_a_lesson_is_stepped_by_keys_and_a_field_keeps_its_own(page: Page, page_errors: list[str]) -> None:
    visit_learn(page, "show=lessons&lesson=blocks")
    step = page.locator(".st-key-lesson_step")
    page.keyboard.press("PageDown")
    expect(page).to_have_url(re.compile("step=2"))
    wait_idle(page)
    go_on(page, "/learn?show=glossary")
    field = page.get_by_role("textbox").first
    field.fill("stride b.")
    field.press("ArrowLeft")
    field.press("PageDown")
    expect(field).to_have_value("stride b.")
    assert "show=glossary" in page.url
    assert step.count() == 0
    assert page_errors == []


@pytest.mark.parametrize("is_allowed", [True, False], ids=["copied", "refused"])
def test_the_link_to_share_has_no_projector(page: Page, is_allowed: bool) -> None:
    go_to(page, "/learn?projector=1&lang=en&nets=resnet18~resnet50")
    page.locator(".table-view .cell").first.wait_for(timeout=60_000)
    page.evaluate(
        """isAllowed => {
          const writeText = (text) => isAllowed ? ((window.copied = text), Promise.resolve()) : Promise.reject();
          Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
        }""",
        is_allowed,
    )
    reach(page).get_by_role("button", name="Copy link").click()
    if is_allowed:
        expect(bar(page).locator(".page-link .live")).to_have_text("Copied")
        link = page.evaluate("window.copied")
    else:
        field = bar(page).get_by_role("textbox")
        expect(field).to_be_in_viewport(ratio=1)
        link = field.input_value()
        assert field.evaluate("one => one.selectionEnd - one.selectionStart") == len(link)
    assert link == page.url.replace("projector=1&", "").replace("&projector=1", "")
    assert "lang=en" in link
