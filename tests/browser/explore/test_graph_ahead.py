"""What is done is drawn before the page's script has run, and stays when it has."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.page_steps import node
from tests.browser.visiting import Tab, visit_explore
from tests.browser.watching import wait_idle

RUN = "layer3.1..35"


# What the page sends waits while its line is held; the front end looks for `send` each time.
HOLD_JS = """
() => {
    const { send } = WebSocket.prototype;
    const kept = [];
    WebSocket.prototype.send = function (message) { kept.push(() => send.call(this, message)); };
    window.letGo = () => {
        WebSocket.prototype.send = send;
        for (const act of kept) act();
    };
}
"""


# Both clicks at once: on a machine that is busy, those of a mouse may be so far apart that the first one counts alone.
DOUBLE_CLICK_JS = """
(node) => ["click", "click", "dblclick"].forEach((type, n) => {
    node.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true, detail: Math.min(n + 1, 2) }));
})
"""


class Line:
    """The page's line to its script: while it is held, nothing of what the page says gets through."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def hold(self) -> None:
        self._page.evaluate(HOLD_JS)

    def let_go(self) -> None:
        """Everything that was said meanwhile gets through now."""
        self._page.evaluate("window.letGo()")


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


@pytest.fixture
def line(page: Page) -> Line:
    return Line(page)


def pick(page: Page, net: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("radio", name=net, exact=True).click()


def level(page: Page, name: str) -> None:
    page.get_by_role("radiogroup", name="Level").get_by_role("radio", name=re.compile(f"^{name}")).click()


def pane(page: Page) -> str:
    """Which drawing is shown: a mark of its own on its root element."""
    mark: str = page.evaluate(
        """() => {
            const hosts = [...document.querySelectorAll('*')].filter((e) => e.shadowRoot?.querySelector('.pane'));
            const svg = hosts[0].shadowRoot.querySelector('.pane svg:not(.coming)');
            return (svg.testMark ??= String(Math.random()));
        }"""
    )
    return mark


@pytest.mark.parametrize(
    ("address", "act", "shown", "gone", "after"),
    [
        ("", lambda page: pick(page, "152"), RUN, "layer3.1", "net=resnet152"),
        ("net=resnet50", lambda page: level(page, "Ops"), "layer3.5.conv2", "layer3.1..5", "level=op"),
        ("net=resnet50&level=block", lambda page: level(page, "Folded"), "layer3.1..5", "layer3.5", "net=resnet50"),
        (
            "net=resnet50&ops=layer3", lambda page: page.get_by_role("button", name="Fold all").click(),
            "layer3.1..5", "layer3.5.conv2", "net=resnet50",
        ),
        ("net=resnet152", lambda page: node(page, RUN).dblclick(), "layer3.20", RUN, "blocks=layer3"),
        ("net=resnet152", lambda page: node(page, RUN).press("Enter"), "layer3.20", RUN, "blocks=layer3"),
    ],
)  # fmt: skip
def test_it_is_drawn_before_the_script_hears_of_it_and_not_again(
    page: Page, line: Line, page_errors: list[str], address: str, act: Callable[[Page], None], shown: str, gone: str,
    after: str,
) -> None:  # fmt: skip
    visit_explore(page, address)
    before = page.url
    line.hold()
    act(page)
    expect(node(page, shown)).to_be_attached()
    expect(node(page, gone)).to_have_count(0)
    drawn = pane(page)
    assert page.url == before
    line.let_go()
    expect(page).to_have_url(re.compile(re.escape(after)))
    wait_idle(page)
    assert pane(page) == drawn
    assert page_errors == []


def test_what_is_done_in_a_hurry_ends_with_the_last(page: Page, line: Line, page_errors: list[str]) -> None:
    visit_explore(page)
    line.hold()
    pick(page, "152")
    expect(node(page, RUN)).to_be_attached()
    pick(page, "34")
    expect(node(page, "layer3.1..5")).to_be_attached()
    drawn = pane(page)
    line.let_go()
    expect(page.get_by_role("heading", name="ResNet-34", exact=True)).to_be_visible()
    wait_idle(page)
    assert pane(page) == drawn
    assert "net=resnet34" in page.url
    assert page_errors == []


def test_a_choice_asks_for_no_drawing_and_a_double_click_is_one_message(fresh_page: Page) -> None:
    page = fresh_page  # with a history of its own: that of a tab may be full
    asked: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).path == "/drawing":
            asked.append(request.url)

    visit_explore(page, "net=resnet50")
    page.wait_for_function("() => ![...window.resnetVizGraphs.views.values()].some((view) => view.isPreparing)")
    page.on("request", note)
    node(page, "conv1").click()
    wait_idle(page)
    node(page, "layer3.1..5").click()
    expect(page).to_have_url(re.compile(r"node=layer3\.1\.\.5"))
    wait_idle(page)
    assert asked == []
    entries = page.evaluate("history.length")
    node(page, "layer1.1..2").evaluate(DOUBLE_CLICK_JS)
    expect(page).to_have_url(re.compile(r"node=layer1\.1&|node=layer1\.1$"))
    wait_idle(page)
    assert len([url for url in asked if "do=" in url]) == 1
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(node(page, "layer1.1..2")).to_be_attached()
    expect(page).to_have_url(re.compile(r"node=layer3\.1\.\.5"))


def test_a_drawing_that_cannot_be_had_is_told_and_the_next_one_comes(page: Page, page_errors: list[str]) -> None:
    visit_explore(page)
    page.route(re.compile("/drawing"), lambda route: route.abort())
    pick(page, "50")
    trouble = page.locator(".graph-view .trouble")
    expect(trouble).to_be_visible()
    expect(page.get_by_role("heading", name="ResNet-50", exact=True)).to_be_visible()
    page.unroute(re.compile("/drawing"))
    pick(page, "34")
    expect(node(page, "layer3.1..5")).to_be_attached()
    expect(trouble).to_be_hidden()
    # That they failed was wanted here.
    assert all("/drawing" in error for error in page_errors)
    page_errors.clear()


def test_what_is_chosen_already_changes_nothing(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, "net=resnet18&input_size=320x320&level=block&ops=layer2")
    drawn = pane(page)
    pick(page, "18")
    wait_idle(page)
    level(page, "Blocks")
    wait_idle(page)
    assert pane(page) == drawn
    expect(page.get_by_text("MACs at 320×320")).to_be_visible()
    assert page_errors == []


def test_a_new_session_of_the_server_is_heard(page: Page, page_errors: list[str]) -> None:
    """A server that was away counts the messages from the beginning; the browser does not."""
    visit_explore(page)
    for node_id in ("conv1", "layer2.0", "layer4.1"):
        node(page, node_id).click()
        wait_idle(page)
    heard = page.evaluate(
        """() => {
            const [view] = window.resnetVizGraphs.views.values();
            const mark = { ...window.resnetVizGraphs.marks.get(view.name), selected: "conv1", turn: 0 };
            view.takeMark(mark);
            const before = view.selected;
            view.takeMark({ ...mark, session: "another" });
            return [before, view.selected];
        }"""
    )
    assert heard == ["layer4.1", "conv1"]
    assert page_errors == []
