"""The language and the projector mode in a real browser: everything follows, nothing is lost, the link restores it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from resnet_viz import PRESETS
from tests.browser.page_steps import go_on, node, weights_pane
from tests.browser.visiting import Tab, Visitor, visit_explore
from tests.browser.watching import wait_idle

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def switch(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("radio", name=name, exact=True).click()
    wait_idle(page)


def address(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def place(page: Page) -> list[float]:
    """The scale of the drawing, and how far it is scrolled."""
    found: list[float] = page.locator(".pane").evaluate(
        "pane => (svg => [svg.width.baseVal.value / svg.viewBox.baseVal.width, pane.scrollLeft, pane.scrollTop])"
        "(pane.querySelector('svg:not(.coming)'))"
    )
    return found


def middle_box(page: Page) -> str:
    """The id of the box nearest to the middle of what is seen of the drawing."""
    found: str = page.locator(".pane").evaluate(
        """pane => {
            const middle = box => (r => [r.x + r.width / 2, r.y + r.height / 2])(box.getBoundingClientRect());
            const [x, y] = middle(pane);
            const far = box => { const [a, b] = middle(box); return Math.hypot(a - x, b - y); };
            const boxes = [...pane.querySelectorAll('svg:not(.coming) g.node')];
            return boxes.reduce((best, box) => far(box) < far(best) ? box : best).id.slice(2);
        }"""
    )
    return found


def left_of(page: Page, node_id: str) -> float:
    box = node(page, node_id).locator("path, polygon, ellipse").first.bounding_box()
    assert box is not None
    return box["x"]


def told_of(page: Page, node_id: str) -> str:
    """The tooltip of a box."""
    node(page, node_id).hover()
    tip = page.locator(".graph-view .tip")
    expect(tip).to_be_visible()
    return tip.inner_text()


def type_size(page: Page, selector: str) -> float:
    size: float = page.locator(selector).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    return size


def test_everything_speaks_chinese_and_the_view_stays(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, "net=resnet50&input_size=64x64&level=block&form=strip&node=layer3.1&shade=macs")
    page.get_by_role("button", name="Zoom in", exact=True).first.click()
    page.locator(".graph-view input").fill("layer3")
    panel, graph = weights_pane(page), page.locator(".graph-view")
    expect(graph.locator(".found")).not_to_be_empty()
    scale, scrolled, _top = place(page)
    assert scrolled > 0, "the drawing is moved to what was found"
    middle = middle_box(page)
    left = left_of(page, middle)
    seen = address(page)

    switch(page, "中文")
    assert address(page) == {**seen, "lang": "zh_CN"}
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    menu = page.get_by_test_id("stMainMenuButton")
    expect(menu).to_have_attribute("aria-label", "主菜单")  # Streamlit's own words, too
    expect(panel.get_by_text("网络运行于")).to_be_visible()  # on one device, which is named and not offered
    expect(graph.get_by_role("button", name="适应窗口", exact=True)).to_be_visible()
    expect(graph.locator("input")).to_have_value("layer3")
    expect(graph.locator(".found")).to_have_text("1 / 70")
    expect(graph.locator("select")).to_have_value("macs")
    expect(page.locator('.pane svg:not(.coming) [id="n:layer3.1"]')).to_have_class(re.compile("selected"))
    expect(page.locator(".pane svg:not(.coming)")).to_have_attribute("aria-label", CHINESE)
    # Words of another width make another drawing: what is in the middle stays where it is.
    assert place(page)[0] == pytest.approx(scale)
    assert left_of(page, middle) == pytest.approx(left, abs=3)
    assert CHINESE.search(told_of(page, "layer3.2"))
    expect(page.locator(".channel-view h2")).to_have_text(
        re.compile("layer3.1.*[\u4e00-\u9fff]|[\u4e00-\u9fff].*layer3.1")
    )
    expect(page.get_by_role("tab").first).to_have_text("块与算子表")
    grid = page.get_by_test_id("stDataFrame").last
    grid.scroll_into_view_if_needed()
    expect(grid.locator("th", has_text="参数量").first).to_be_attached()

    page.get_by_text("卷积核", exact=True).click()
    wait_idle(page)
    expect(page.locator(".js-plotly-plot .gtitle").first).to_have_text("权重")

    switch(page, "English")
    assert address(page) == {**seen, "look": "kernels"}
    assert page.locator("html").get_attribute("lang") == "en"
    expect(menu).to_have_attribute("aria-label", "Main menu")
    expect(graph.get_by_role("button", name="Fit", exact=True)).to_be_visible()
    assert "parameters" in told_of(page, "layer3.2")
    assert page_errors == []


def test_back_undoes_the_language_and_the_drawing_follows(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, "net=resnet18")
    expect(node(page, "input")).to_contain_text("input")
    switch(page, "中文")
    expect(node(page, "input")).to_contain_text("输入")
    page.go_back()
    wait_idle(page)
    expect(node(page, "input")).to_contain_text("input")
    expect(page.get_by_role("combobox", name="Sorted by")).to_have_value("Strength")
    # What is drawn without asking, the other levels, was not kept in the language before.
    page.get_by_role("radiogroup", name="Level").get_by_role("radio", name=re.compile("^Blocks")).click()
    wait_idle(page)
    expect(node(page, "input")).to_contain_text("input")
    assert page_errors == []


def test_a_part_that_runs_alone_speaks_the_language(page: Page, page_errors: list[str]) -> None:
    """The filmstrip's frame is a fragment: the page's script, which chooses the language, does not run with it."""
    query = "net=cifar20&look=filmstrip&lang=zh_CN"
    visit_explore(page, query)
    expect_language(page, "zh-CN", query)
    main = page.get_by_test_id("stMain")
    shown = main.get_by_test_id("stSlider").first
    shown.get_by_role("slider").press("ArrowRight")
    wait_idle(page)
    expect(shown).to_have_text(CHINESE)
    # Another page, and from there on, in the same language.
    page.get_by_role("link", name="比较").click()
    wait_idle(page)
    expect(page.get_by_role("heading", name=f"{PRESETS['cifar20'].name} 和 ResNet-152", exact=True)).to_be_visible()
    assert address(page)["lang"] == "zh_CN"
    assert page_errors == []


@pytest.mark.parametrize(("visitor", "query", "language"), [
    (Visitor(locale="zh-TW"), "net=cifar20", "zh-CN"),
    (Visitor(locale="zh-CN"), "net=cifar20&lang=en", "en"),
    (Visitor(locale="de-DE"), "net=cifar20", "en"),
])  # fmt: skip
def test_a_link_speaks_its_language_or_the_readers(
    fresh_page: Page, visitor: Visitor, query: str, language: str
) -> None:
    visit_explore(fresh_page, query)
    expect_language(fresh_page, language, query)
    if visitor.locale == "zh-CN":
        switch(fresh_page, "中文")
        assert "lang" not in address(fresh_page)


def expect_language(page: Page, language: str, query: str) -> None:
    """The page speaks a language, its switch says so, and a visit alone wrote nothing into the address."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    chosen = {"zh-CN": "中文", "en": "English"}[language]
    expect(page.get_by_role("radio", name=chosen, exact=True)).to_be_checked()
    assert urlsplit(page.url).query == query


PARTS = "[data-testid=stMetricValue]", "[data-testid=stMain] p", ".graph-view", ".channel-view", ".crop-view"


def test_the_projector_mode_is_large_bare_and_can_be_left(
    page: Page, page_errors: list[str], subtests: pytest.Subtests
) -> None:
    visit_explore(page, "net=resnet50")
    for width, height in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        go_on(page, "/?net=resnet50")
        with subtests.test(width=width):
            expect_projector(page, width)
    assert page_errors == []


def expect_projector(page: Page, width: int) -> None:
    usual, scale = [type_size(page, part) for part in PARTS], place(page)[0]
    page.get_by_test_id("stSidebar").get_by_text("Projector", exact=True).click()
    wait_idle(page)
    assert address(page) == {"net": "resnet50", "projector": "1"}
    expect_bare(page)
    for part, before in zip(PARTS, usual, strict=True):
        assert type_size(page, part) >= 1.3 * before, part
    expect(page.locator(".pane svg:not(.coming)")).to_be_visible()
    assert place(page)[0] >= 1.3 * scale
    # The link alone brings the same.
    page.reload()
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)
    assert place(page)[0] >= 1.3 * scale
    expect_no_overflow(page, width)
    go_on(page, "/compare?projector=1&nets=resnet18~resnet50")
    expect_bare(page)
    expect_no_overflow(page, width)
    tick = ".js-plotly-plot .xtick text"
    page.locator(tick).first.scroll_into_view_if_needed()
    assert type_size(page, tick) >= 1.3 * 12
    expect_way_back(page)
    assert place(page)[0] < 1.3 * scale


def expect_bare(page: Page) -> None:
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()


def expect_way_back(page: Page) -> None:
    leave = page.get_by_role("button", name="Leave the projector mode")
    expect(leave).to_be_in_viewport(ratio=1)
    for x in (200, 220):  # The bar has faded, and comes back for whoever moves.
        page.mouse.move(x, 200)
    expect(page.locator(".st-key-projector_bar")).to_have_css("opacity", "1")
    leave.click()
    wait_idle(page)
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    assert "projector" not in address(page)
    assert type_size(page, "html") == 16


def expect_no_overflow(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    # The bar with the way back is in the way of nothing, however far the drawing is scrolled.
    pane, bar = (page.locator(one).first.bounding_box() for one in (".pane", ".st-key-projector_bar"))
    assert pane is not None
    assert bar is not None
    assert pane["y"] + pane["height"] <= bar["y"] + 1
