"""The canvas of channels in a real browser, by mouse and by keyboard alone."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request, ViewportSize, expect

from tests.browser.demo.channel_maps import make_maps
from tests.browser.visiting import Tab, go_to
from tests.browser.watching import wait_idle


@pytest.fixture
def window() -> ViewportSize:
    return {"width": 1280, "height": 1000}


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def open_channels(page: Page, query: str = "") -> None:
    go_to(page, f"/demo_channel?{query}")
    board(page).wait_for(timeout=60_000)
    wait_idle(page)


def board(page: Page) -> Locator:
    return page.locator(".channel-view .board canvas")


def pane(page: Page) -> Locator:
    return page.locator(".channel-view .tiles")


def tip(page: Page) -> Locator:
    return page.locator(".channel-view .tip")


def title(page: Page) -> Locator:
    return page.locator(".channel-view h4")


def frame_at(page: Page, name: str) -> tuple[float, float]:
    """Left upper corner of a frame's tile on the canvas."""
    left, top = page.locator(f".channel-view .{name}").evaluate(
        "f => [parseFloat(f.style.left), parseFloat(f.style.top)]"
    )
    return left, top


def tile_at(page: Page, place: int) -> tuple[float, float, float, float]:
    """Left, top, width and height of a tile on the canvas, found by moving the frame of the cursor there."""
    found: tuple[float, float, float, float] = page.locator(".channel-view").evaluate(
        """(view, place) => {
          const pane = view.querySelector(".tiles");
          const press = (key) => pane.dispatchEvent(new KeyboardEvent("keydown", { key }));
          const at = pane.getAttribute("aria-activedescendant").split("-")[1];
          press("Home");
          for (let i = 0; i < place; i++) press("ArrowRight");
          const { left, top, width, height } = view.querySelector(".cursor").style;
          press("Home");
          for (let i = 0; i < at; i++) press("ArrowRight");
          return [left, top, width, height].map(parseFloat);
        }""",
        place,
    )
    return found


def spot(page: Page, place: int, row: int, column: int, shape: tuple[int, int]) -> Any:
    """The middle of a cell of the tile at a place of the page, on the canvas."""
    left, top, width, height = tile_at(page, place)
    return {"x": left + (column + 0.5) * width / shape[1], "y": top + (row + 0.5) * height / shape[0]}


def said(page: Page, words: str) -> None:
    expect(page.get_by_text(re.compile(words))).to_be_visible()


def number_in(text: str) -> float:
    found = re.search(r"[≈=≥≤] (-?[\d.]+(?:E-?\d+)?)", text)
    assert found is not None, text
    return float(found[1])


def near(value: Any, step: Any) -> Any:
    """A value read from its level: off by half a step at most, and by the fifth figure."""
    return pytest.approx(float(value), abs=0.51 * float(step), rel=1e-3)


# --- by mouse -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "scope"), [("relu", "channel"), ("signed", "channel"), ("signed", "node")])
def test_the_value_under_the_pointer_is_the_maps_own(page: Page, kind: str, scope: str) -> None:
    open_channels(page, f"kind={kind}&scope={scope}")
    maps = make_maps(kind)
    reach = maps.reshape(len(maps), -1)
    ranges = np.abs(reach).max(axis=1) * (2 if kind == "signed" else 1)
    for place, row, column in ((0, 0, 0), (1, 2, 5), (9, 6, 0), (30, 4, 6)):
        board(page).hover(position=spot(page, place, row, column, maps.shape[1:]))
        expect(tip(page)).to_contain_text(f"Channel {place}:")
        expect(tip(page)).to_contain_text(f"row {row}, column {column}")
        step = (ranges.max() if scope == "node" else ranges[place]) / 254
        assert number_in(tip(page).inner_text()) == near(maps[place, row, column], step)
    page.mouse.move(5, 5)
    expect(tip(page)).to_be_hidden()


def test_pages_and_orders_show_their_own_channels(page: Page) -> None:
    open_channels(page, "order=mean&size=16")
    maps = make_maps("relu")
    order = np.argsort(maps.mean(axis=(1, 2), dtype=np.float64), kind="stable")
    board(page).hover(position=spot(page, 5, 0, 0, (14, 14)))
    expect(tip(page)).to_contain_text(f"Channel {order[5]}:")
    page.get_by_label("Page").fill("2")
    page.get_by_label("Page").press("Enter")
    wait_idle(page)
    board(page).hover(position=spot(page, 5, 0, 0, (14, 14)))
    expect(tip(page)).to_contain_text(f"Channel {order[2 * 16 + 5]}:")


def test_a_click_shows_a_channel_large_with_its_figures_and_tells_python_once(page: Page) -> None:
    open_channels(page, "kind=signed")
    expect(title(page)).to_be_hidden()
    board(page).click(position=spot(page, 12, 3, 3, (7, 7)))
    wait_idle(page)
    expect(title(page)).to_have_text("Channel 12")
    said(page, r"large: 12; said: \[12\]")
    tile = make_maps("signed")[12].astype(np.float64)
    figures = page.locator(".channel-view .figures").inner_text()
    for value in (tile.mean(), tile.min(), tile.max(), tile.std(), np.linalg.norm(tile)):
        assert f"{float(f'{value:.4g}'):g}" in figures
    row, column = np.unravel_index(tile.argmax(), tile.shape)
    assert f"row {row}, column {column}" in figures
    ticks = page.locator(".channel-view .ticks span").all_inner_texts()
    most = np.abs(tile).max()
    assert [float(tick) for tick in ticks] == pytest.approx([most, most / 2, 0, -most / 2, -most], rel=1e-3)
    large = page.locator(".channel-view .large-pane canvas")
    size = large.evaluate("c => c.width / 7")
    large.hover(position={"x": 4.5 * size, "y": 1.5 * size})
    assert number_in(tip(page).inner_text()) == near(tile[1, 4], 2 * most / 254)
    page.get_by_role("button", name="Run again").click()
    wait_idle(page)
    expect(title(page)).to_have_text("Channel 12")
    page.locator(".channel-view").get_by_role("button", name="Close").click()
    wait_idle(page)
    expect(title(page)).to_be_hidden()
    said(page, r"large: None; said: \[12, None\]")


def test_the_canvas_has_the_colours_of_the_values(page: Page) -> None:
    open_channels(page, "kind=relu")
    maps = make_maps("relu")

    def colour(place: int, row: int, column: int) -> list[int]:
        at = spot(page, place, row, column, (14, 14))
        found: list[int] = board(page).evaluate(
            "(canvas, {x, y}) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data]", at
        )
        return found

    top = np.unravel_index(maps[9].argmax(), (14, 14))
    low = np.unravel_index(maps[9].argmin(), (14, 14))
    assert colour(9, int(top[0]), int(top[1])) == [253, 231, 37, 255]  # the ends of Viridis
    assert colour(9, int(low[0]), int(low[1])) == [68, 1, 84, 255]
    gap = board(page).evaluate("c => c.getContext('2d').getImageData(1, 1, 1, 1).data[3]")
    assert gap == 0


def test_a_cell_without_a_value_says_so(page: Page) -> None:
    open_channels(page, "kind=holes&chosen=0")
    board(page).hover(position=spot(page, 0, 3, 3, (14, 14)))
    expect(tip(page)).to_contain_text("Channel 0: no finite value")
    expect(page.locator(".channel-view .figures")).to_contain_text("NaN or infinite")
    expect(page.locator(".channel-view .figures dd").last).to_have_text("9")


def test_what_a_clip_leaves_out_is_told_as_a_bound(page: Page) -> None:
    open_channels(page, "kind=signed&clip=2")
    tile = make_maps("signed")[9]
    most = np.abs(np.percentile(tile.astype(np.float64), [2, 98])).max()
    row, column = np.unravel_index(np.abs(tile).argmax(), tile.shape)
    board(page).hover(position=spot(page, 9, int(row), int(column), (7, 7)))
    text = tip(page).inner_text()
    assert ("≥" if tile[row, column] > 0 else "≤") in text
    assert abs(number_in(text)) == pytest.approx(most, rel=1e-3)


def test_wide_maps_are_reduced_and_flat_ones_have_a_cell_a_value(page: Page) -> None:
    open_channels(page, "kind=wide")
    maps = make_maps("wide")
    board(page).hover(position=spot(page, 1, 3, 20, (43, 86)))
    expect(tip(page)).to_contain_text("mean of 3×3 cells")
    expect(tip(page)).to_contain_text("rows 9 to 11, columns 60 to 62")
    mean = maps[1, 9:12, 60:63].mean()
    assert number_in(tip(page).inner_text()) == near(mean, 2 * np.abs(maps[1]).max() / 254)
    open_channels(page, "kind=flat")
    board(page).hover(position=spot(page, 11, 0, 0, (1, 1)))
    assert number_in(tip(page).inner_text()) == near(np.sin(11), 2 / 254)


# --- what a cell can see ------------------------------------------------------------------------------------------


def test_the_receptive_field_is_drawn_clipped_with_its_true_size(page: Page) -> None:
    open_channels(page, "kind=relu&field=1451")
    caption, thumb = page.locator(".channel-view figcaption"), page.locator(".channel-view .field canvas")
    board(page).hover(position=spot(page, 0, 7, 7, (14, 14)))
    expect(caption).to_have_text("Receptive field: 1,451×1,451 px, of which 224×224 lie in the picture")
    expect(thumb).to_have_attribute("data-box", "0 0 224 224")
    page.mouse.move(5, 5)
    expect(thumb).not_to_have_attribute("data-box", re.compile("."))
    open_channels(page, "kind=relu&field=43&global=1")
    board(page).hover(position=spot(page, 0, 7, 2, (14, 14)))
    expect(caption).to_have_text("Receptive field: 43×43 px. Statistics of the whole picture enter, too.")
    # Position 0 sees the pixels -21 to 21, position i those 16 i further on.
    expect(thumb).to_have_attribute("data-box", "11 91 54 134")
    board(page).hover(position=spot(page, 0, 0, 13, (14, 14)))
    expect(caption).to_contain_text("43×43 px, of which 22×37 lie in the picture")
    expect(thumb).to_have_attribute("data-box", "187 0 224 22")


# --- by keyboard --------------------------------------------------------------------------------------------------


def active(page: Page) -> str:
    name = pane(page).get_attribute("aria-activedescendant")
    return page.locator(f".channel-view [id='{name}']").inner_text()


def test_the_cursor_walks_over_the_tiles_and_enter_chooses(page: Page) -> None:
    open_channels(page)
    pane(page).focus()
    first, second = tile_at(page, 0), tile_at(page, 1)
    n_columns = next(place for place in range(1, 64) if tile_at(page, place)[1] > first[1])
    pitch = (second[0] - first[0], tile_at(page, n_columns)[1] - first[1])
    at = 0
    for key, step in (("ArrowRight", 1), ("ArrowRight", 1), ("ArrowDown", n_columns), ("ArrowLeft", -1)):
        page.keyboard.press(key)
        at += step
        assert active(page).startswith(f"Channel {at},")
        left, top = frame_at(page, "cursor")
        assert (left, top) == (first[0] + at % n_columns * pitch[0], first[1] + at // n_columns * pitch[1])
    page.keyboard.press("End")
    assert active(page).startswith("Channel 63,")
    page.keyboard.press("ArrowRight")
    assert active(page).startswith("Channel 63,")
    assert pane(page).evaluate("p => p.scrollTop + p.clientHeight >= p.querySelector('canvas').height - 4")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert active(page).startswith("Channel 0,")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert active(page) == "Channel 3, the same everywhere"
    page.keyboard.press("Enter")
    wait_idle(page)
    expect(title(page)).to_have_text("Channel 3")
    expect(page.locator(".channel-view [role=option][aria-selected=true]")).to_have_text(
        "Channel 3, the same everywhere"
    )
    expect(page.locator(".channel-view .live")).to_have_text("Channel 3 is shown large")
    page.keyboard.press("Escape")
    wait_idle(page)
    expect(title(page)).to_be_hidden()
    said(page, r"said: \[3, None\]")


def test_the_cells_of_the_large_channel_are_read_by_keyboard(page: Page) -> None:
    open_channels(page, "kind=signed&chosen=9&field=43")
    large = page.locator(".channel-view .large-pane")
    large.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    live = page.locator(".channel-view .live")
    expect(live).to_contain_text("row 1, column 2")
    expect(live).to_contain_text("Receptive field: 43×43 px")
    tile = make_maps("signed")[9]
    step = 2 * np.abs(tile).max() / 254
    assert number_in(live.inner_text()) == near(tile[1, 2], step)
    page.keyboard.press("Escape")
    wait_idle(page)
    expect(title(page)).to_be_hidden()
    expect(pane(page)).to_be_focused()


# --- the page around it -------------------------------------------------------------------------------------------


def test_the_choice_outlives_a_page_that_has_it_not(page: Page) -> None:
    open_channels(page, "size=16&chosen=5")
    expect(title(page)).to_have_text("Channel 5")
    said(page, "large: 5;")
    page.get_by_label("Page").fill("1")
    page.get_by_label("Page").press("Enter")
    wait_idle(page)
    expect(title(page)).to_be_hidden()
    said(page, r"large: 5; said: \[\]; page 1")
    page.get_by_label("Page").fill("0")
    page.get_by_label("Page").press("Enter")
    wait_idle(page)
    expect(title(page)).to_have_text("Channel 5")


def test_a_choice_does_not_bring_the_tiles_again(page: Page) -> None:
    asked = follow_tiles(page)
    open_channels(page, "kind=relu&size=256")
    assert len(asked) == 1
    board(page).click(position=spot(page, 12, 3, 3, (14, 14)))
    wait_idle(page)
    said(page, "large: 12;")
    assert len(asked) == 1


# Ahead of Python's word


def follow_tiles(page: Page) -> list[str]:
    """The nodes whose tiles the browser asks for."""
    asked: list[str] = []

    def note(request: Request) -> None:
        url = urlsplit(request.url)
        if url.path == "/tiles":
            asked.append(dict(parse_qsl(url.query)).get("node", ""))

    page.on("request", note)
    return asked


def choose_node(page: Page, node: str | None) -> None:
    """As the drawing tells what was chosen in it."""
    page.evaluate("id => document.dispatchEvent(new CustomEvent('resnet-viz:chosen', { detail: { id } }))", node)


def heading(page: Page) -> Locator:
    return page.locator(".channel-view h2")


def name_node(page: Page, node: str) -> None:
    page.get_by_label("Node").fill(node)
    page.get_by_label("Node").press("Enter")
    wait_idle(page)


def test_what_is_chosen_elsewhere_is_shown_before_python_says_so(page: Page) -> None:
    asked = follow_tiles(page)
    open_channels(page)
    choose_node(page, "layer1")
    expect(heading(page)).to_have_text("Feature maps of layer1")
    expect(pane(page)).to_have_attribute("aria-label", re.compile("Channels of layer1;"))
    name_node(page, "layer1")
    assert asked == ["", "layer1"]
    choose_node(page, None)
    expect(heading(page)).to_have_text("Feature maps of ")
    assert asked == ["", "layer1", ""]


def test_the_last_of_quick_choices_stays_while_python_comes_after(page: Page) -> None:
    asked = follow_tiles(page)
    open_channels(page)
    for node in ("a", "b", "c"):
        choose_node(page, node)
    for node in ("a", "b"):
        name_node(page, node)
        expect(heading(page)).to_have_text("Feature maps of c")
    name_node(page, "c")
    assert asked == ["", "a", "b", "c"]
    # What nobody expected is what Python says.
    name_node(page, "d")
    expect(heading(page)).to_have_text("Feature maps of d")


def test_what_cannot_be_loaded_is_told_once_python_wants_it(page: Page, tab: Tab) -> None:
    open_channels(page)
    trouble = page.locator(".channel-view .trouble")
    choose_node(page, "broken")
    wait_idle(page)
    expect(heading(page)).to_have_text("Feature maps of ")
    expect(trouble).to_be_hidden()
    name_node(page, "broken")
    expect(trouble).to_contain_text("could not be loaded")
    name_node(page, "fine")
    expect(trouble).to_be_hidden()
    expect(heading(page)).to_have_text("Feature maps of fine")
    # That the server refuses it was wanted here.
    assert all("node=broken" in error for error in tab.errors)
    tab.errors.clear()


def test_the_canvas_goes_and_comes_again(page: Page) -> None:
    open_channels(page, "kind=signed")
    page.get_by_text("No canvas").click()
    wait_idle(page)
    expect(board(page)).to_have_count(0)
    page.get_by_text("No canvas").click()
    wait_idle(page)
    board(page).click(position=spot(page, 4, 3, 3, (7, 7)))
    wait_idle(page)
    expect(title(page)).to_have_text("Channel 4")
    said(page, r"large: 4; said: \[4\]")


def test_a_change_of_theme_keeps_what_is_large(page: Page) -> None:
    open_channels(page, "kind=signed&size=16")
    board(page).click(position=spot(page, 4, 3, 3, (7, 7)))
    wait_idle(page)
    page.emulate_media(color_scheme="dark")
    wait_idle(page)
    expect(title(page)).to_have_text("Channel 4")
    board(page).hover(position=spot(page, 5, 3, 3, (7, 7)))
    expect(tip(page)).to_contain_text("Channel 5:")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way(page: Page, theme: Any) -> None:
    page.emulate_media(color_scheme=theme)
    open_channels(page, "chosen=5&field=435")
    found = Axe().run(page).response["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []
    colour = page.locator(".channel-view").evaluate("e => getComputedStyle(e).color")
    brightness = sum(map(int, re.findall(r"\d+", colour)[:3])) / 3
    assert (brightness > 128) is (theme == "dark")


def test_a_narrow_screen_has_room_for_all_of_it(page: Page) -> None:
    page.set_viewport_size({"width": 420, "height": 900})
    open_channels(page, "kind=relu&chosen=5&field=435")
    wide = page.locator(".channel-view").evaluate(
        "e => [...e.querySelectorAll('canvas, .ticks, .figures, figcaption')]"
        ".filter(part => part.getBoundingClientRect().right > innerWidth).map(part => part.className || part.localName)"
    )
    assert wide == []
    assert pane(page).evaluate("p => p.scrollWidth <= p.clientWidth")
    places = [page.locator(f".channel-view {part}") for part in (".field canvas", ".tiles", ".large")]
    tops = [place.evaluate("part => part.getBoundingClientRect().top") for place in places]
    assert tops == sorted(tops)


@pytest.mark.parametrize("width", [1366, 700, 390])
def test_the_input_and_the_key_are_in_sight_beside_the_tiles(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    open_channels(page, "kind=signed&field=435")
    assert board(page).evaluate("c => c.clientWidth / c.closest('.tiles').clientWidth") >= 0.9
    page.locator(".channel-view .key").evaluate("key => key.scrollIntoView({ block: 'start' })")
    pane(page).evaluate("p => p.scrollTo(0, p.scrollHeight)")
    last = tile_at(page, 63)
    board(page).hover(position={"x": last[0] + 5, "y": last[1] + 5})
    for part in (".field canvas", ".key-bar", "figcaption"):
        expect(page.locator(f".channel-view {part}")).to_be_in_viewport(ratio=0.95)
    expect(page.locator(".channel-view figcaption")).to_contain_text("435")
    key = page.locator(".channel-view .key")
    most = f"{np.abs(make_maps('signed')[63]).max():.3g}"
    expect(key).to_have_text(f"-{most}0{most}The scale of channel 63")
    middle = "part => { const { left, right } = part.getBoundingClientRect(); return (left + right) / 2; }"
    zero, bar = (key.locator(part).evaluate(middle) for part in (".key-middle", ".key-bar"))
    assert zero == pytest.approx(bar, abs=1)


def test_a_narrower_window_lays_the_tiles_out_anew(page: Page) -> None:
    open_channels(page)
    before = board(page).evaluate("c => [c.width, c.height]")
    page.set_viewport_size({"width": 500, "height": 900})
    page.wait_for_function(
        "width => [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('.board canvas'))"
        ".find(Boolean).width < width",
        arg=before[0],
    )
    assert board(page).evaluate("c => c.height") > before[1]
    board(page).hover(position=spot(page, 6, 2, 2, (14, 14)))
    expect(tip(page)).to_contain_text("Channel 6:")


def test_hostile_words_stay_words(page: Page) -> None:
    open_channels(page, "kind=holes&chosen=0&field=43&hostile=1")
    board(page).hover(position=spot(page, 1, 1, 1, (14, 14)))
    expect(tip(page)).to_contain_text("<img src=x")
    expect(title(page)).to_have_text('<img src=x onerror="window.hostile = 1">0${1+1}</script>')
    assert page.locator(".channel-view :is(img, script)").count() == 0
    assert page.evaluate("window.hostile") is None
