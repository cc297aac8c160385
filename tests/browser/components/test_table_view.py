"""The structure table in a real browser: chosen from by mouse and by keyboard, lit, hidden, changed, narrow."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.page_steps import findings
from tests.browser.visiting import Tab, go_to
from tests.browser.watching import note_messages, wait_idle

# Table 1 of the paper, a net's blocks in each of its four stages.
BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
CONV4_152 = "conv4_x of ResNet-152: 1×1, 256; 3×3, 256; 1×1, 1024; times 36"


@pytest.fixture
def window() -> ViewportSize:
    return {"width": 1440, "height": 1100}


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def open_table(page: Page, query: str = "") -> None:
    go_to(page, f"/demo_table?{query}")
    grid(page).wait_for(timeout=60_000)
    wait_idle(page)


def grid(page: Page) -> Locator:
    return page.get_by_role("grid", name="Structure table")


def cell(page: Page, row: str, column: int) -> Locator:
    """The button of a place; of a heading where the row has no name."""
    return page.locator(f'.table-view button[data-row="{row}"][data-column="{column}"]')


def lit(page: Page) -> list[str]:
    """The names of all that is lit."""
    return [str(button.get_attribute("aria-label")) for button in page.locator("[aria-pressed=true]").all()]


def said(page: Page, places: list[tuple[str, int | None]]) -> None:
    """Python was told of these, of nothing else, and in this order."""
    expect(page.get_by_text(re.compile("^said: "))).to_have_text(f"said: {places}")


def frame(page: Page) -> Locator:
    return page.locator(".table-view .frame")


def box(of: Locator) -> dict[str, float]:
    found = of.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


# --- what is seen -------------------------------------------------------------------------------------------------


def test_each_cell_shows_the_papers_brackets(page: Page) -> None:
    open_table(page)
    for column, (depth, counts) in enumerate(BLOCKS.items()):
        for stage, count in enumerate(counts):
            width = 64 * 2**stage
            own = [f"3×3, {width}"] * 2 if depth < 50 else [f"1×1, {width}", f"3×3, {width}", f"1×1, {4 * width}"]
            place = cell(page, f"conv{stage + 2}_x", column)
            assert place.locator(".layer").all_inner_texts() == own
            assert place.locator(".count").inner_text() == f"× {count}"
    expect(cell(page, "conv4_x", 4)).to_have_accessible_name(CONV4_152)
    expect(cell(page, "conv2_x", 0)).to_have_accessible_name(
        "conv2_x of ResNet-18: 3×3 max pool, stride 2; 3×3, 64; 3×3, 64; times 2"
    )
    expect(cell(page, "", 4)).to_have_accessible_name("ResNet-152, 152 layers")


def test_brackets_are_as_high_as_their_lines(page: Page) -> None:
    open_table(page)
    place = cell(page, "conv3_x", 4)
    sides = place.locator(".bracket").evaluate(
        """part => ["::before", "::after"].map(side => {
            const style = getComputedStyle(part, side);
            return [style.height, style.borderLeftWidth, style.borderRightWidth].map(parseFloat);
        })"""
    )
    heights = [box(layer)["height"] for layer in place.locator(".layer").all()]
    for (height, left, right), is_left in zip(sides, (True, False), strict=True):
        assert height + 4 > sum(heights) > 3 * 10
        assert (left > 0, right > 0) == (is_left, not is_left)


def test_the_output_size_is_one_column_where_all_agree(page: Page) -> None:
    open_table(page, "nets=resnet18,resnet50&sizes=192")
    sizes = page.locator(".row:not(.head, .total) .size")
    assert sizes.all_inner_texts() == ["differs"] * 5 + ["1×1"]
    assert cell(page, "conv4_x", 0).locator(".own-size").inner_text() == "12×12"
    assert cell(page, "conv4_x", 1).locator(".own-size").inner_text() == "14×14"
    expect(cell(page, "conv4_x", 1)).to_have_accessible_name(re.compile("^conv4_x of ResNet-50: 14×14; 1×1, 256;"))
    open_table(page)
    assert sizes.all_inner_texts() == ["112×112", "56×56", "28×28", "14×14", "7×7", "1×1"]
    expect(page.locator(".own-size")).to_have_count(0)


def test_stem_and_head_are_said_once_and_chosen_by_column(page: Page) -> None:
    open_table(page)
    words = page.locator(".joined .words")
    assert words.all_inner_texts() == ["7×7, 64, stride 2", "average pool, 1000-d fc, softmax"]
    for column in (3, 0):
        expect(cell(page, "conv1", column)).to_have_accessible_name(
            f"conv1 of ResNet-{list(BLOCKS)[column]}: 7×7, 64, stride 2"
        )
        place = box(cell(page, "conv1", column))
        page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        wait_idle(page)
    # The words themselves stand in the middle, over the third net.
    place = box(words.first)
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    said(page, [("conv1", 3), ("conv1", 0), ("conv1", 2)])


def test_what_the_paper_prints_stands_below(page: Page) -> None:
    open_table(page, "printed=1")
    assert page.locator(".printed").all_inner_texts() == [f"paper: {n}×10⁹" for n in (1.8, 3.6, 3.8, 7.6, 11.3)]
    expect(cell(page, "FLOPs", 4)).to_have_accessible_name(
        "FLOPs (multiply-adds) of ResNet-152: 11.5×10⁹; paper: 11.3×10⁹"
    )


def test_names_stay_words(page: Page) -> None:
    open_table(page, "hostile=1&nets=resnet18,resnet50")
    expect(page.locator(".table-view .net .title").first).to_contain_text("<img src=x onerror=")
    expect(cell(page, "conv4_x", 0)).to_have_accessible_name(re.compile("^conv4_x of <img src=x"))
    assert page.evaluate("() => window.hostile") is None


# --- choosing -----------------------------------------------------------------------------------------------------


def test_a_click_is_lit_at_once_and_comes_to_python(page: Page) -> None:
    open_table(page)
    at_once = cell(page, "conv4_x", 4).evaluate("button => { button.click(); return button.ariaPressed; }")
    assert at_once == "true"
    said(page, [("conv4_x", 4)])
    wait_idle(page)
    assert lit(page) == [CONV4_152]
    ring = cell(page, "conv4_x", 4).evaluate(
        "button => [getComputedStyle(button).boxShadow, getComputedStyle(button, '::after').content]"
    )
    assert ring[0] != "none"
    assert ring[1] == '""'  # the corner, for whoever sees no colour
    cell(page, "", 1).click()
    wait_idle(page)
    assert lit(page) == ["ResNet-34, 34 layers"]
    cell(page, "", 1).click()
    said(page, [("conv4_x", 4), ("", 1), ("", None)])
    wait_idle(page)
    assert lit(page) == []


def test_python_has_the_last_word(page: Page) -> None:
    open_table(page, "deaf=1&lit=conv2_x.0")
    first = lit(page)
    assert [name.partition(":")[0] for name in first] == ["conv2_x of ResNet-18"]
    cell(page, "conv5_x", 1).click()
    said(page, [("conv5_x", 1)])
    wait_idle(page)
    assert lit(page) == first


def test_several_can_be_lit_and_one_of_them_chosen(page: Page) -> None:
    open_table(page, "lit=conv1.0,conv2_x.0,nowhere.9")
    assert [name.partition(" of")[0] for name in lit(page)] == ["conv1", "conv2_x"]
    cell(page, "conv2_x", 0).click()
    said(page, [("conv2_x", 0)])
    wait_idle(page)
    assert [name.partition(" of")[0] for name in lit(page)] == ["conv2_x"]


def test_two_quick_clicks_end_with_the_second(page: Page) -> None:
    open_table(page)
    for row in ("conv2_x", "conv3_x"):
        cell(page, row, 0).evaluate("button => button.click()")
    # Of two that wait for a busy server the second is enough.
    expect(page.get_by_text(re.compile(r"^said: .*\('conv3_x', 0\)\]$"))).to_be_visible()
    wait_idle(page)
    assert [name.partition(" of")[0] for name in lit(page)] == ["conv3_x"]


def test_messages_are_small(page: Page) -> None:
    open_table(page)
    messages = note_messages(page)
    cell(page, "conv4_x", 4).click()
    said(page, [("conv4_x", 4)])
    wait_idle(page)
    values = [state.json_value for state in messages.widget_states() if "chosen" in state.json_value]
    assert json.loads(values[-1])["chosen"] == {"row": "conv4_x", "column": 4, "turn": 1}
    assert max(map(len, values)) < 200


# --- by keyboard --------------------------------------------------------------------------------------------------


def focused(page: Page) -> list[Any]:
    found: list[Any] = frame(page).evaluate(
        "frame => { const { dataset } = frame.getRootNode().activeElement; return [dataset.row, +dataset.column]; }"
    )
    return found


def test_the_keyboard_alone_reaches_and_chooses_every_cell(page: Page) -> None:
    open_table(page, "extras=parameters")
    page.get_by_label("Show what is hidden").focus()
    page.keyboard.press("Tab")
    expect(cell(page, "conv1", 0)).to_be_focused()
    assert page.locator('.table-view [tabindex="0"]').count() == 1
    for key, place in (
        ("ArrowDown", ["conv2_x", 0]),
        ("ArrowRight", ["conv2_x", 1]),
        ("End", ["conv2_x", 4]),
        ("ArrowRight", ["conv2_x", 4]),
        ("ArrowUp", ["conv1", 4]),
        ("ArrowUp", ["", 4]),
        ("ArrowUp", ["", 4]),
        ("Home", ["", 0]),
        ("Control+End", ["parameters", 4]),
        ("Control+Home", ["", 0]),
        ("ArrowDown", ["conv1", 0]),
    ):
        page.keyboard.press(key)
        assert focused(page) == place
    page.keyboard.press("Enter")
    wait_idle(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    wait_idle(page)
    assert [name.partition(":")[0] for name in lit(page)] == ["conv2_x of ResNet-18"]
    expect(cell(page, "conv2_x", 0)).to_be_focused()
    page.keyboard.press("Escape")
    said(page, [("conv1", 0), ("conv2_x", 0), ("", None)])
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run again")).to_be_focused()


def test_tab_leads_to_what_is_lit(page: Page) -> None:
    open_table(page, "lit=conv3_x.2")
    page.get_by_label("Show what is hidden").focus()
    page.keyboard.press("Tab")
    expect(cell(page, "conv3_x", 2)).to_be_focused()
    page.get_by_label("Lit from elsewhere").fill("conv4_x.4")
    page.keyboard.press("Enter")
    expect(cell(page, "conv4_x", 4)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Show what is hidden").focus()
    page.keyboard.press("Tab")
    expect(cell(page, "conv4_x", 4)).to_be_focused()


# --- hidden -------------------------------------------------------------------------------------------------------


def test_what_is_hidden_is_nowhere_until_it_is_shown(page: Page) -> None:
    open_table(page, "hidden=conv4_x.4,conv1.1")
    expect(cell(page, "conv4_x", 4)).to_have_text("?")
    expect(cell(page, "conv4_x", 4)).to_have_accessible_name("conv4_x of ResNet-152: hidden")
    expect(cell(page, "conv1", 1)).to_have_text("?")
    assert "36" not in grid(page).inner_text()
    assert "36" not in grid(page).evaluate("grid => grid.innerHTML")
    page.get_by_text("Show what is hidden").click()
    expect(cell(page, "conv4_x", 4)).to_have_accessible_name(CONV4_152)
    expect(page.locator(".question")).to_have_count(0)
    assert page.locator(".joined").count() == 2


# --- changes ------------------------------------------------------------------------------------------------------

NOTE_SHINING = """grid => {
    window.shining = [];
    const note = event => window.shining.push([event.target.dataset.row, +event.target.dataset.column]);
    grid.parentElement.addEventListener("animationstart", note);
}"""


def test_a_changed_cell_shines_and_the_rest_stays(page: Page) -> None:
    open_table(page)
    grid(page).evaluate(NOTE_SHINING)
    page.get_by_label("Blocks in conv4_x of the last net").fill("23")
    page.keyboard.press("Enter")
    expect(cell(page, "conv4_x", 4).locator(".count")).to_have_text("× 23")
    expect(cell(page, "", 4)).to_have_accessible_name("ResNet-113, 113 layers")  # 2 + 3×(3 + 8 + 23 + 3)
    page.wait_for_function("() => window.shining.length === 2")
    # Animations of one frame start in no certain order.
    assert sorted(page.evaluate("() => window.shining")) == [["FLOPs", 4], ["conv4_x", 4]]
    expect(page.locator(".changed")).to_have_count(0)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_fades_for_whoever_wants_no_motion(page: Page, motion: Literal["reduce", "no-preference"]) -> None:
    page.emulate_media(reduced_motion=motion)
    open_table(page)
    timing = cell(page, "conv1", 0).evaluate(
        "button => { button.classList.add('changed'); return getComputedStyle(button).animationTimingFunction; }"
    )
    assert timing.startswith("steps(1") == (motion == "reduce")


def test_a_run_that_changes_nothing_touches_nothing(page: Page) -> None:
    open_table(page)
    grid(page).evaluate(
        """grid => {
            window.touched = 0;
            new MutationObserver(found => { window.touched += found.length; })
                .observe(grid.getRootNode(), { subtree: true, childList: true, attributes: true });
        }"""
    )
    page.get_by_role("button", name="Run again").click()
    wait_idle(page)
    assert page.evaluate("() => window.touched") == 0
    # What is noted is worth something: a choice is.
    cell(page, "conv1", 0).click()
    wait_idle(page)
    assert page.evaluate("() => window.touched") > 0


def test_place_and_keyboard_outlive_another_table(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_table(page)
    cell(page, "conv3_x", 3).click()
    wait_idle(page)
    before = frame(page).evaluate("frame => frame.scrollLeft")
    assert before > 0
    page.get_by_text("One net less").click()
    expect(page.locator(".head .net")).to_have_count(4)
    wait_idle(page)
    assert lit(page) == ["conv3_x of ResNet-101: 1×1, 128; 3×3, 128; 1×1, 512; times 4"]
    most = frame(page).evaluate("frame => frame.scrollWidth - frame.clientWidth")
    assert frame(page).evaluate("frame => frame.scrollLeft") == pytest.approx(min(before, most), abs=1)
    assert page.locator('.table-view [tabindex="0"]').get_attribute("data-row") == "conv3_x"


# --- narrow, large, heard -----------------------------------------------------------------------------------------


def test_a_narrow_table_scrolls_in_its_own_frame(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_table(page, "printed=1&extras=projections")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    edge = box(frame(page))
    assert edge["x"] >= 0
    assert edge["x"] + edge["width"] <= 390
    name = page.locator(".row:not(.head) .name").nth(3)
    left = box(name)["x"]
    for column in range(5):
        cell(page, "conv4_x", column).focus()
        expect(cell(page, "conv4_x", column)).to_be_focused()
        own, beside = box(cell(page, "conv4_x", column)), box(name)
        assert beside["x"] == pytest.approx(left, abs=1)
        assert own["x"] >= beside["x"] + beside["width"] - 1
        assert own["x"] + own["width"] <= edge["x"] + edge["width"] + 1
    words = box(page.locator(".joined .words").last)
    assert words["x"] >= left + beside["width"] - 1
    assert words["x"] + words["width"] <= edge["x"] + edge["width"] + 1


def test_headings_stay_where_the_frame_is_low(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 420})
    open_table(page, "extras=parameters,activations,field,projections")
    cell(page, "projections", 2).focus()
    assert frame(page).evaluate("frame => frame.scrollTop") > 0
    assert box(page.locator(".head .net").first)["y"] == pytest.approx(box(frame(page))["y"] + 1, abs=1)
    cell(page, "conv1", 2).focus()
    heading, own = box(page.locator(".head .net").first), box(cell(page, "conv1", 2))
    assert own["y"] >= heading["y"] + heading["height"] - 1


def test_what_is_lit_elsewhere_comes_into_sight(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_table(page)
    assert frame(page).evaluate("frame => frame.scrollLeft") == 0
    page.get_by_label("Lit from elsewhere").fill("conv4_x.4")
    page.keyboard.press("Enter")
    expect(cell(page, "conv4_x", 4)).to_have_attribute("aria-pressed", "true")
    own, edge = box(cell(page, "conv4_x", 4)), box(frame(page))
    assert own["x"] + own["width"] <= edge["x"] + edge["width"] + 1
    said(page, [])


def test_one_property_scales_all_of_it(page: Page) -> None:
    sizes = []
    for scale in (1, 2):
        page.set_viewport_size({"width": 1440 * scale, "height": 1100})  # as much room, measured in its own type
        open_table(page, f"nets=resnet18&printed=1&scale={scale}")
        parts = page.locator(".layer, .count, .title, .small, .printed, .line").all()
        sizes.append([part.evaluate("part => parseFloat(getComputedStyle(part).fontSize)") for part in parts])
    assert sizes[1] == pytest.approx([2 * size for size in sizes[0]])
    assert min(sizes[0]) >= 11


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way(page: Page, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    open_table(page, "printed=1&lit=conv4_x.4,conv1.1,.0&hidden=conv3_x.2&extras=parameters,projections&sizes=192")
    assert findings(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_rows_have_the_colours_of_the_theme(page: Page, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    open_table(page)
    fill = page.locator(".row:not(.head) .name").nth(3).evaluate("name => getComputedStyle(name).backgroundColor")
    assert fill == {"light": "rgb(254, 240, 195)", "dark": "rgb(69, 52, 11)"}[theme]
