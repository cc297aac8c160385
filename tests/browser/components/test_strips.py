"""Several nets in one drawing, in a real browser: stage under stage, opened and chosen in together."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visiting import Tab, go_to
from tests.browser.watching import wait_idle

PAIR = "nets=resnet18~resnet152"
RUN = "B/layer3.1..35"
SELECTED = re.compile(r"\bselected\b")


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def open_strips(page: Page, query: str = PAIR) -> None:
    go_to(page, f"/demo_strips?{query}")
    page.locator(".pane svg:not(.coming) .node").first.wait_for(timeout=60_000)
    wait_idle(page)


def thing(page: Page, node_id: str, kind: str = "n") -> Locator:
    return page.locator(f'.pane svg:not(.coming) [id="{kind}:{node_id}"]')


def place(page: Page, node_id: str, kind: str = "n") -> dict[str, float]:
    """Where a box or frame stands on the screen, by its outermost line."""
    found: dict[str, float] = thing(page, node_id, kind).evaluate(
        """e => {
            const r = e.querySelector(':is(path, polygon, ellipse):not(.halo)').getBoundingClientRect();
            return {left: r.left, top: r.top, right: r.right, bottom: r.bottom};
        }"""
    )
    return found


def middle(page: Page, node_id: str) -> tuple[float, float]:
    at = place(page, node_id)
    return (at["left"] + at["right"]) / 2, (at["top"] + at["bottom"]) / 2


def card(page: Page) -> Locator:
    return page.locator(".graph-view .card")


def hidden_width(page: Page) -> int:
    """How much of the drawing can only be seen by scrolling the pane sideways."""
    hidden: int = page.locator(".pane").evaluate("pane => pane.scrollWidth - pane.clientWidth")
    return hidden


def letters_of(page: Page, net: str) -> list[float]:
    """At which heights of the screen the letter of a net stands alone, at the left edge of the pane."""
    found: list[float] = page.locator(".pane").evaluate(
        """(pane, net) => [...pane.querySelectorAll("svg:not(.coming) text")]
            .filter((text) => text.textContent.trim() === net)
            .map((text) => text.getBoundingClientRect())
            .filter(({ left }) => Math.abs(left - pane.getBoundingClientRect().left - 30) <= 30)
            .map(({ top }) => top)""",
        net,
    )
    return found


def test_stages_stand_under_each_other_and_one_box_is_35_blocks(page: Page) -> None:
    open_strips(page)
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        above, below = place(page, f"A/{stage}", "c"), place(page, f"B/{stage}", "c")
        assert abs(above["left"] - below["left"]) < 0.5
        assert above["bottom"] < below["top"]
    expect(thing(page, RUN)).to_have_count(1)
    expect(thing(page, RUN, "v")).to_contain_text("3.1–3.35")
    expect(thing(page, RUN, "v")).to_contain_text("×35")
    expect(thing(page, "A/network", "c")).to_contain_text("A · ResNet-18")
    expect(thing(page, "B/network", "c")).to_contain_text("B · ResNet-152")
    expect(card(page)).to_contain_text("All nets")


def test_a_click_chooses_and_the_address_keeps_it(page: Page) -> None:
    open_strips(page)
    page.mouse.click(*middle(page, RUN))
    expect(thing(page, RUN)).to_have_class(SELECTED)
    expect(card(page)).to_contain_text("35 equal blocks")
    wait_idle(page)
    assert "node=B%2Flayer3.1..35" in page.url
    page.reload()
    page.locator(".pane svg:not(.coming) .node").first.wait_for(timeout=60_000)
    wait_idle(page)
    expect(thing(page, RUN)).to_have_class(SELECTED)


def test_what_is_opened_in_one_net_is_open_in_the_other(page: Page) -> None:
    open_strips(page)
    page.mouse.dblclick(*middle(page, "A/layer3.1"))
    wait_idle(page)
    assert "ops=layer3.1" in page.url
    expect(thing(page, RUN)).to_have_count(0)
    for net in "AB":
        expect(thing(page, f"{net}/layer3.1", "c")).to_have_count(1)
        expect(thing(page, f"{net}/layer3.1.conv1")).to_have_count(1)
    expect(thing(page, "B/layer3.2..35")).to_have_count(1)
    above, below = place(page, "A/layer3", "c"), place(page, "B/layer3", "c")
    assert abs(above["left"] - below["left"]) < 0.5
    assert hidden_width(page) == 0


def test_a_run_opens_to_all_its_blocks(page: Page) -> None:
    open_strips(page)
    page.mouse.dblclick(*middle(page, RUN))
    wait_idle(page)
    expect(thing(page, "B/layer3.35")).to_have_count(1)
    expect(thing(page, "A/layer3.1")).to_contain_text("layer3.1")
    # Rows stay whole, and the letter of the net stands before each of them: those of layer3, and the last stage's.
    assert hidden_width(page) == 0
    blocks = [middle(page, f"B/layer3.{block}")[1] for block in range(1, 36)]
    rows = sorted({round(y) for y in blocks})
    assert len(rows) > 2
    letters = sorted(letters_of(page, "B"))
    assert len(letters) == len(rows) + 1
    for letter, row, after in zip(letters, rows, letters[1:], strict=False):
        assert letter < row < after


def test_by_keyboard_from_one_end_to_the_other_of_a_net(page: Page) -> None:
    open_strips(page)
    page.mouse.click(*middle(page, "A/input"))
    page.keyboard.press("End")
    focused = "document.querySelector('[data-testid=stApp]') && [...document.querySelectorAll('div')]"
    focused += ".map(d => d.shadowRoot?.activeElement?.id).find(Boolean)"
    assert page.evaluate(focused) == "n:B/fc"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "n:B/avgpool"
    page.keyboard.press("Home")
    assert page.evaluate(focused) == "n:A/input"


def test_search_finds_by_net_and_opens(page: Page) -> None:
    open_strips(page)
    page.locator(".search input").fill("resnet-152 layer3.5.conv2")
    expect(page.locator(".found")).to_have_text("1 of 1")
    page.keyboard.press("Enter")
    wait_idle(page)
    expect(thing(page, "B/layer3.5.conv2")).to_have_class(SELECTED)


def test_the_card_shows_a_stage_of_all_nets_at_a_level(page: Page) -> None:
    open_strips(page)
    blocks = card(page).get_by_role("button", name="Blocks")
    expect(blocks).to_be_hidden()  # of all that is drawn the page has a control
    thing(page, "A/layer3", "c").locator("text").click()
    blocks.click()
    expect(thing(page, "B/layer3.35")).to_have_count(1)
    wait_idle(page)
    assert "blocks=layer3" in page.url
    expect(thing(page, RUN)).to_have_count(0)
    for net in "AB":
        expect(thing(page, f"{net}/layer3.1")).to_contain_text("params")


def test_a_variant_marks_three_blocks_in_each_and_the_legend_says_so(page: Page) -> None:
    open_strips(page, "nets=resnet152~net%3Dresnet152%26stride_in%3D1x1")
    expect(page.locator(".pane svg:not(.coming) .node.changed")).to_have_count(6)
    expect(page.locator('.legend [data-kind="changed"]')).to_be_visible()
    expect(page.locator('.legend [data-kind="added"]')).to_be_hidden()


def test_a_double_click_beside_the_boxes_folds_nothing(page: Page) -> None:
    open_strips(page, f"{PAIR}&level=block")
    before = page.url
    strip = place(page, "A/network", "c")
    page.mouse.dblclick(strip["left"] + 60, strip["bottom"] - 4)
    wait_idle(page)
    expect(thing(page, "A/layer4.1")).to_have_count(1)
    assert "level=block" in page.url
    assert "level=block" in before


def test_the_dark_theme_and_a_narrow_page_show_the_same(page: Page) -> None:
    page.set_viewport_size({"width": 420, "height": 900})
    page.emulate_media(color_scheme="dark")
    open_strips(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    stroke = thing(page, "A/layer1", "c").locator("path").first.get_attribute("stroke")
    assert stroke == "#60a5fa"
