"""The drawing in a real browser, each thing with the mouse and again with the keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page, ViewportSize, expect

from resnet_viz.ui.components.graph_view import __file__ as component_file
from resnet_viz.ui.components.joining import join_modules
from resnet_viz.units import format_bytes, format_count, format_macs
from resnet_viz.views.graph.shade import ramp as shades
from tests.browser.visiting import Tab, Visitor, go_to
from tests.browser.watching import wait_idle
from tests.nets import trace_of

JS = Path(component_file).parent / "js"
SELECTED = re.compile(r"\bselected\b")
WITHIN = re.compile(r"\bwithin\b")


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(has_touch=True)


@pytest.fixture
def window() -> ViewportSize:
    return {"width": 1280, "height": 900}


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def open_graphs(page: Page, query: str = "") -> None:
    go_to(page, f"/demo_graph?{query}")
    page.locator(".pane svg:not(.coming) .node").first.wait_for(timeout=60_000)
    wait_idle(page)


def node(page: Page, node_id: str, graph: int = 0) -> Locator:
    return view(page, graph).locator(f'.pane svg:not(.coming) [id="n:{node_id}"]')


def frame(page: Page, node_id: str) -> Locator:
    return page.locator(f'.pane svg:not(.coming) [id="c:{node_id}"]')


def view(page: Page, graph: int = 0) -> Locator:
    return page.locator(".graph-view").nth(graph)


def pane(page: Page, graph: int = 0) -> Locator:
    return view(page, graph).locator(".pane")


def scroll_of(page: Page, graph: int = 0) -> tuple[float, float]:
    left, top = pane(page, graph).evaluate("pane => [pane.scrollLeft, pane.scrollTop]")
    return left, top


def scale_of(page: Page, graph: int = 0) -> float:
    scale: float = pane(page, graph).evaluate(
        "pane => (svg => svg.width.baseVal.value / svg.viewBox.baseVal.width)(pane.querySelector('svg:not(.coming)'))"
    )
    return scale


def box_of(place: Locator) -> dict[str, float]:
    """Where a box or frame stands on the screen: its outermost line."""
    box = place.evaluate("""e => {
        const all = [...e.querySelectorAll(':is(path, polygon, ellipse):not(.halo)')];
        const places = all.map(shape => shape.getBoundingClientRect());
        const r = places.reduce((a, b) => (b.width > a.width ? b : a));
        return {x: r.left, y: r.top, width: r.width, height: r.height};
    }""")
    assert isinstance(box, dict)
    return box


def middle(place: Locator) -> tuple[float, float]:
    box = box_of(place)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def said(page: Page, words: str, graph: int = 0) -> None:
    expect(page.get_by_text(re.compile(rf"graph{graph}: .*{words}"))).to_be_visible()


def focused(page: Page) -> str:
    name: str = page.evaluate(
        "[...document.querySelectorAll('*')].map(e => e.shadowRoot?.activeElement).find(Boolean)?.id ?? ''"
    )
    return name


def focus(page: Page, node_id: str) -> None:
    node(page, node_id).focus()


# --- moving -------------------------------------------------------------------------------------------------------


def test_drag_pans_and_is_no_click(page: Page) -> None:
    open_graphs(page, "level=op")
    x, y = middle(node(page, "conv1"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 150, y, steps=5)
    page.mouse.up()
    assert scroll_of(page)[0] == pytest.approx(150, abs=1)
    expect(node(page, "conv1")).not_to_have_class(SELECTED)
    expect(page.get_by_text("graph0: 0 messages")).to_be_visible()


def test_a_click_with_a_shaking_hand_is_a_click(page: Page) -> None:
    open_graphs(page)
    x, y = middle(node(page, "conv1"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2, y + 2)
    page.mouse.up()
    expect(node(page, "conv1")).to_have_class(SELECTED)


def test_ctrl_wheel_zooms_about_the_pointer_and_the_plain_wheel_scrolls_the_page(page: Page) -> None:
    open_graphs(page, "level=op")
    spot = node(page, "layer1.0.bn1")
    before, x, y = scale_of(page), *middle(spot)
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function(
        """([before]) => [...document.querySelectorAll('*')].some(e => {
            const svg = e.shadowRoot?.querySelector('.pane svg');
            return svg && svg.width.baseVal.value / svg.viewBox.baseVal.width > before;
        })""",
        arg=[before],
    )
    assert scale_of(page) > before * 1.2
    assert middle(spot)[0] == pytest.approx(x, abs=2)

    top = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    page.mouse.wheel(0, 200)
    page.wait_for_function("top => document.querySelector('[data-testid=stMain]').scrollTop > top", arg=top)


def test_two_fingers_zoom(page: Page) -> None:
    open_graphs(page, "level=op")
    before, (x, y) = scale_of(page), middle(node(page, "conv1"))
    touch(page.context.new_cdp_session(page), x, y, start=20, end=60)
    assert scale_of(page) == pytest.approx(before * 3, rel=0.05)


def touch(session: CDPSession, x: float, y: float, start: int, end: int) -> None:
    def send(kind: str, spread: int | None) -> None:
        points = [] if spread is None else [{"x": x - spread, "y": y}, {"x": x + spread, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", start)
    send("touchMove", (start + end) // 2)
    send("touchMove", end)
    send("touchEnd", None)


def test_buttons_and_keys_zoom_alike(page: Page) -> None:
    open_graphs(page, "level=op")
    focus(page, "input")
    for keys, button in (("+", "Zoom in"), ("-", "Zoom out"), ("0", "Fit"), ("1", "Natural size")):
        page.keyboard.press(keys)
        by_key = scale_of(page)
        page.keyboard.press("1")
        page.get_by_role("button", name=button, exact=True).click()
        assert scale_of(page) == pytest.approx(by_key)
        page.get_by_role("button", name="Natural size", exact=True).click()
        focus(page, "input")
    page.keyboard.press("0")
    shown = pane(page).evaluate("p => p.scrollWidth <= p.clientWidth + 1 && p.scrollHeight <= p.clientHeight + 1")
    assert shown


def test_zoom_has_limits(page: Page) -> None:
    open_graphs(page)
    focus(page, "input")
    for _ in range(30):
        page.keyboard.press("+")
    assert scale_of(page) == pytest.approx(8)
    for _ in range(50):
        page.keyboard.press("-")
    assert scale_of(page) == pytest.approx(0.1)


def test_the_pane_itself_moves_by_arrow_keys(page: Page) -> None:
    open_graphs(page, "level=op")
    pane(page).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => [...document.querySelectorAll('*')].some(e => "
                           "e.shadowRoot?.querySelector('.pane')?.scrollLeft > 0)")  # fmt: skip


def test_go_to_selection_by_button_and_key(page: Page) -> None:
    open_graphs(page, "level=op")
    node(page, "conv1").click()
    for is_by_key in (False, True):
        pane(page).evaluate("pane => { pane.scrollLeft = 5000 }")
        if is_by_key:
            page.keyboard.press("g")
        else:
            page.get_by_role("button", name="Go to the selection").click()
        assert 0 < middle(node(page, "conv1"))[0] < 1280


def test_the_map_is_there_when_not_all_is_seen_and_moves_the_view(page: Page) -> None:
    open_graphs(page, "level=op")
    overview = page.locator("canvas.map")
    expect(overview).to_be_visible()
    expect(overview).to_have_attribute("aria-hidden", "true")
    box = overview.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2)
    size = pane(page).evaluate("p => [p.scrollWidth, p.clientWidth]")
    assert scroll_of(page)[0] == pytest.approx((size[0] - size[1]) / 2, rel=0.1)
    page.get_by_role("button", name="Fit", exact=True).click()
    expect(overview).to_be_hidden()


def test_the_view_survives_reruns_and_marks(page: Page) -> None:
    open_graphs(page, "level=op")
    focus(page, "conv1")
    page.keyboard.press("+")
    pane(page).evaluate("pane => { pane.scrollLeft = 321 }")
    before = (scale_of(page), scroll_of(page))
    page.get_by_role("button", name="Run again").click()
    wait_idle(page)
    assert (scale_of(page), scroll_of(page)) == before


def test_the_map_shows_where_the_keyboard_went(page: Page) -> None:
    open_graphs(page, "level=op")
    overview = page.locator("canvas.map")
    focus(page, "conv1")
    before = overview.evaluate("map => map.toDataURL()")
    page.keyboard.press("End")
    page.wait_for_function(
        """before => [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('canvas.map'))
            .find(Boolean).toDataURL() !== before""",
        arg=before,
    )


def test_the_title_of_a_long_frame_stays_in_sight(page: Page) -> None:
    open_graphs(page, "nets=resnet152&level=op")
    title = frame(page, "layer3").locator("> text")
    for key in ("layer3.2.conv1", "layer3.30.conv2"):
        focus(page, key)
        page.keyboard.press("g")
        node(page, key).press("Space")
        page.keyboard.press("g")
        inside = pane(page).bounding_box()
        assert inside
        page.wait_for_function(
            """([left, right]) => {
                const view = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.graph-view'));
                const text = view.find(Boolean).querySelector('svg:not(.coming) [id="c:layer3"] > text');
                const box = text.getBoundingClientRect();
                return box.left > left && box.right < right;
            }""",
            arg=[inside["x"], inside["x"] + inside["width"]],
        )
    expect(title).to_contain_text("layer3")


def expect_scroll(page: Page, graph: int, left: float) -> None:
    page.wait_for_function("""([graph, left]) => {
        const views = [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('.graph-view'));
        return Math.abs(views.filter(Boolean)[graph].querySelector('.pane').scrollLeft - left) < 2;
    }""", arg=[graph, left])  # fmt: skip


# --- opening and closing ------------------------------------------------------------------------------------------


def test_a_double_click_opens_and_keeps_the_thing_in_its_place(page: Page) -> None:
    open_graphs(page, "nets=resnet50")
    # At the far edge it would move for what is in it to be seen.
    pane(page).evaluate("pane => { pane.scrollLeft = 200 }")
    before = middle(node(page, "layer2.0"))
    left = box_of(node(page, "layer2.0"))["x"]
    node(page, "layer2.0").dblclick()
    expect(frame(page, "layer2.0")).to_be_visible()
    wait_idle(page)
    assert box_of(frame(page, "layer2.0"))["x"] == pytest.approx(left, abs=2)
    assert middle(node(page, "layer2.0.conv1"))[1] == pytest.approx(before[1], abs=2)
    said(page, "id='layer2.0', level='op'")


def test_enter_opens_and_backspace_closes_with_the_focus_kept(page: Page) -> None:
    open_graphs(page, "nets=resnet50")
    focus(page, "layer3.1..5")
    left = box_of(node(page, "layer3.1..5"))["x"]
    page.keyboard.press("Enter")
    expect(node(page, "layer3.3")).to_be_visible()
    wait_idle(page)
    assert focused(page) == "n:layer3.1"
    assert box_of(node(page, "layer3.1"))["x"] == pytest.approx(left, abs=2)
    page.keyboard.press("Enter")
    expect(frame(page, "layer3.1")).to_be_visible()
    wait_idle(page)
    assert focused(page) == "c:layer3.1"
    page.keyboard.press("Backspace")
    expect(node(page, "layer3.1")).to_be_visible()
    wait_idle(page)
    page.keyboard.press("Backspace")
    expect(node(page, "layer3.1..5")).to_be_visible()
    wait_idle(page)
    assert focused(page) == "n:layer3.1..5"


def test_the_card_shows_a_part_at_each_level(page: Page) -> None:
    open_graphs(page, "nets=resnet152")
    levels = page.get_by_role("group", name="Show as")
    expect(levels).to_be_hidden()  # of the whole net the page has a control
    frame(page, "layer3").locator("text").click()
    ops = levels.get_by_role("button", name="Ops (")
    expect(levels.get_by_role("button", name="Folded", exact=True)).to_have_attribute("aria-pressed", "true")
    ops.click()
    expect(node(page, "layer3.5.conv2")).to_be_attached()
    expect(ops).to_have_attribute("aria-pressed", "true")
    boxes = page.locator('.pane svg:not(.coming) g.node[id^="n:layer3."]')
    expect(ops).to_have_text(f"Ops ({boxes.count()})")
    levels.get_by_role("button", name="Folded", exact=True).click()
    expect(node(page, "layer3.1..35")).to_be_attached()
    expect(node(page, "layer3.5.conv2")).to_have_count(0)


def test_another_net_starts_fitted(page: Page) -> None:
    open_graphs(page, "level=op")
    pane(page).evaluate("pane => { pane.scrollLeft = 900 }")
    page.get_by_text("Another net").click()
    expect(node(page, "layer3.35.conv2")).to_be_attached(timeout=30_000)
    wait_idle(page)
    assert scroll_of(page) == (0, 0)


# --- selecting ----------------------------------------------------------------------------------------------------


def test_a_click_marks_at_once_and_tells_python(page: Page) -> None:
    open_graphs(page)
    trace = trace_of("resnet18")
    node(page, "layer2.0").click()
    expect(node(page, "layer2.0")).to_have_class(SELECTED)
    expect(node(page, "layer2.0")).to_have_attribute("aria-pressed", "true")
    card = page.locator(".card")
    expect(card).to_contain_text("64×56×56 → 128×28×28")
    expect(card).to_contain_text(f"{trace.nodes['layer2.0'].n_params:,} parameters")
    said(page, "name='selected', turn=1, id='layer2.0'")
    pane(page).click(position={"x": 40, "y": 8})
    expect(page.locator(".selected")).to_have_count(0)
    said(page, "turn=2, id=None")


def test_the_card_is_there_before_the_next_frame(page: Page) -> None:
    open_graphs(page)
    shown = node(page, "layer2.0").evaluate("""node => {
        node.dispatchEvent(new MouseEvent('click', {bubbles: true, composed: true, detail: 1}));
        return node.getRootNode().querySelector('.card .name').textContent;
    }""")
    assert shown == "layer2.0"


def test_space_selects_and_escape_goes_up(page: Page) -> None:
    open_graphs(page, "level=op")
    focus(page, "layer2.0.conv2")
    page.keyboard.press(" ")
    expect(node(page, "layer2.0.conv2")).to_have_class(SELECTED)
    for frame_id in ("layer2.0", "layer2"):
        page.keyboard.press("Escape")
        expect(frame(page, frame_id)).to_have_class(SELECTED)
        assert focused(page) == f"c:{frame_id}"
    page.keyboard.press("Escape")
    expect(page.locator(".selected")).to_have_count(0)


def test_a_frame_is_selected_by_its_empty_part_and_its_title(page: Page) -> None:
    open_graphs(page)
    frame(page, "layer2").locator("text").click()
    expect(frame(page, "layer2")).to_have_class(SELECTED)
    box = box_of(frame(page, "layer3"))
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] - 6)
    expect(frame(page, "layer3")).to_have_class(SELECTED)


def test_what_is_not_drawn_marks_what_it_lies_in(page: Page) -> None:
    open_graphs(page, "nets=resnet152&node=layer3.5.conv2")
    run = node(page, "layer3.1..35")
    expect(run).to_have_class(WITHIN)
    expect(run).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".card .name")).to_have_text("layer3.5.conv2")


def test_a_mark_out_of_sight_is_brought_into_sight(page: Page) -> None:
    open_graphs(page, "level=op")
    page.get_by_role("button", name="Select fc in Python").click()
    expect(node(page, "fc")).to_have_class(SELECTED)
    wait_idle(page)
    assert 0 < middle(node(page, "fc"))[0] < 1280


def test_quick_clicks_do_not_jump_back(page: Page) -> None:
    open_graphs(page)
    for node_id in ("layer1.0..1", "layer2.0", "layer2.1", "layer3.0"):
        node(page, node_id).click()
    expect(node(page, "layer3.0")).to_have_class(SELECTED)
    wait_idle(page)
    expect(node(page, "layer3.0")).to_have_class(SELECTED)


# --- following ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "block", "residual", "bypass"),
    [
        ("folded", "layer2.0", {"n:layer2.0", "e:layer1.1.add>layer2.0", "e:layer2.0>layer2.0.add"},
         {"n:layer2.0.downsample", "e:layer1.1.add>layer2.0.downsample", "e:layer2.0.downsample>layer2.0.add"}),
        ("folded", "layer2.1", {"n:layer2.1", "e:layer2.0.add>layer2.1", "e:layer2.1>layer2.1.add"},
         {"e:layer2.0.add>layer2.1.add"}),
        ("op", "layer2.1",
         {"n:layer2.1.conv1", "n:layer2.1.bn1", "n:layer2.1.relu", "n:layer2.1.conv2", "n:layer2.1.bn2",
          "e:layer2.0.relu_1>layer2.1.conv1", "e:layer2.1.conv1>layer2.1.bn1", "e:layer2.1.bn1>layer2.1.relu",
          "e:layer2.1.relu>layer2.1.conv2", "e:layer2.1.conv2>layer2.1.bn2", "e:layer2.1.bn2>layer2.1.add"},
         {"e:layer2.0.relu_1>layer2.1.add"}),
    ],
)  # fmt: skip
def test_a_block_lights_up_its_two_branches(
    page: Page, level: str, block: str, residual: set[str], bypass: set[str]
) -> None:
    open_graphs(page, f"level={level}&node={block}")
    expect(page.locator(".following")).to_have_count(1)
    ids = "all => all.map(e => e.id)"
    assert set(page.locator("g.residual").evaluate_all(ids)) == residual
    assert set(page.locator("g.bypassing").evaluate_all(ids)) == bypass
    expect(page.locator(".card")).to_contain_text("residual branch")
    dashes = "e => getComputedStyle(e).strokeDasharray"
    assert page.locator("g > .halo.residual").first.evaluate(dashes) == "none"
    assert page.locator("g > .halo.bypassing").first.evaluate(dashes) != "none"


def test_inputs_and_outputs_by_button_and_key(page: Page) -> None:
    open_graphs(page)
    node(page, "layer2.0").click()
    page.get_by_role("button", name="Output layer2.0.add: select it").click()
    expect(node(page, "layer2.0.add")).to_have_class(SELECTED)
    page.keyboard.press("i")
    expect(node(page, "layer2.0")).to_have_class(SELECTED)
    page.keyboard.press("o")
    page.keyboard.press("o")
    expect(node(page, "layer2.1")).to_have_class(SELECTED)


def test_arrows_follow_the_wires(page: Page) -> None:
    open_graphs(page)
    focus(page, "layer2.0.add")
    for key, there in (
        ("ArrowRight", "layer2.1.add"), ("ArrowLeft", "layer2.0.add"), ("ArrowDown", "layer2.1"),
        ("ArrowDown", "layer2.1.add"), ("ArrowUp", "layer2.1"), ("Home", "input"), ("End", "fc"),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert focused(page) == f"n:{there}"


def test_tooltips_of_boxes_and_wires(page: Page) -> None:
    open_graphs(page)
    tip = page.get_by_role("tooltip")
    # A tip goes where the pane is scrolled.
    pane(page).evaluate("""pane => {
        pane.scrollLeft = pane.scrollWidth;
        return new Promise(done => pane.addEventListener("scroll", () => requestAnimationFrame(done), { once: true }));
    }""")
    page.mouse.move(*middle(node(page, "layer4.1")))
    expect(tip).to_contain_text(f"{trace_of('resnet18').nodes['layer4.1'].n_params:,} parameters")
    box = tip.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    page.mouse.move(*middle(page.locator('[id="e:layer2.0.add>layer2.1.add"]')))
    x, y = page.locator('[id="e:layer2.0.add>layer2.1.add"] path').evaluate(
        "p => { const m = p.getPointAtLength(p.getTotalLength() / 2).matrixTransform(p.getScreenCTM());"
        " return [m.x, m.y]; }"
    )
    page.mouse.move(x, y)
    expect(tip).to_contain_text("128×28×28")
    expect(tip).to_contain_text("from layer2.0.add to layer2.1.add")
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    focus(page, "conv1")
    page.keyboard.press("ArrowRight")
    expect(tip).to_contain_text("maxpool")
    page.keyboard.press("End")
    expect(tip).to_contain_text("513,000 parameters")
    box = tip.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 1280
    assert page.locator(".pane title").count() == 0


# --- searching ----------------------------------------------------------------------------------------------------


def test_search_by_keyboard_alone(page: Page) -> None:
    open_graphs(page, "nets=resnet152")
    focus(page, "input")
    page.keyboard.press("/")
    page.keyboard.type("projection")
    found = page.locator(".found")
    expect(found).to_have_text("1 of 4")
    page.keyboard.press("Enter")
    expect(found).to_have_text("2 of 4")
    page.keyboard.press("Shift+Enter")
    expect(found).to_have_text("1 of 4")
    expect(page.locator(".hit")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(page.locator(".hit")).to_have_count(0)
    page.keyboard.type("layer3.5")
    expect(node(page, "layer3.1..35")).to_have_class(re.compile("current-hit"))
    expect(page.locator(".card .name")).to_have_text("layer3.5")
    page.keyboard.press("Control+Enter")
    expect(node(page, "layer3.5")).to_have_class(SELECTED)
    said(page, "name='revealed', .*id='layer3.5'")
    wait_idle(page)
    assert focused(page) == "n:layer3.5"


def test_a_match_that_was_shown_stays_the_current_one(page: Page) -> None:
    open_graphs(page, "nets=resnet50")
    page.get_by_role("searchbox").fill("conv4_6")
    expect(page.locator(".found")).to_have_text("1 of 4")
    # Folded away, it has no wires of its own: only what it is drawn inside is named.
    expect(page.locator(".card .around")).to_have_text("Drawn insidelayer3.1..5")
    page.get_by_role("button", name="Next match").click()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(node(page, "layer3.5.conv1")).to_have_class(SELECTED)
    wait_idle(page)
    expect(node(page, "layer3.5.conv1")).to_have_class(re.compile("current-hit"))
    expect(page.locator(".found")).to_have_text("2 of 4")
    expect(page.locator(".card .name")).to_have_text("layer3.5.conv1")


@pytest.mark.parametrize("words", ["512x28x28", "512×28×28"])
def test_search_by_shape_with_the_mouse(page: Page, words: str) -> None:
    open_graphs(page, "nets=resnet50")
    page.get_by_role("searchbox").fill(words)
    expect(page.locator(".found")).to_have_text(re.compile(r"1 of \d+"))
    page.get_by_role("button", name="Next match").click()
    expect(page.locator(".found")).to_have_text(re.compile(r"2 of \d+"))
    page.get_by_role("button", name="Show", exact=True).click()
    said(page, "selected|revealed")


def test_a_search_without_a_match_says_so(page: Page) -> None:
    open_graphs(page)
    page.get_by_role("searchbox").fill("layer9 <b>")
    expect(page.locator(".found")).to_have_text("No match")
    expect(page.locator(".live")).to_have_text("No match")


# --- shading ------------------------------------------------------------------------------------------------------


def test_shading_by_a_metric_has_a_scale_in_words(page: Page) -> None:
    open_graphs(page, "nets=resnet152")
    trace = trace_of("resnet152")
    run = [trace.nodes[f"layer3.{i}"] for i in range(1, 36)]
    chooser = page.get_by_label("Colour by")
    plain = fill_of(page, "layer3.1..35")
    legend = page.locator(".shade-legend")
    expect(legend).to_be_hidden()
    chooser.select_option(label="Parameters")
    assert fill_of(page, "layer3.1..35") == rgb(shades("light")[-1])
    assert fill_of(page, "maxpool") == rgb(shades("light")[0])
    expect(legend).to_contain_text(format_count(sum(block.n_params for block in run)))
    chooser.select_option(label="MACs")
    expect(legend).to_contain_text(format_macs(sum(block.macs.known for block in run)))
    chooser.select_option(label="Activation memory")
    expect(legend).to_contain_text(format_bytes(sum(block.act_bytes for block in run)))
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => matchMedia('(prefers-color-scheme: dark)').matches")
    expect(page.locator(".graph-view.dark")).to_have_count(1)
    assert fill_of(page, "layer3.1..35") == rgb(shades("dark")[-1])
    page.emulate_media(color_scheme="light")
    expect(page.locator(".graph-view.dark")).to_have_count(0)
    chooser.focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    expect(legend).to_be_hidden()
    assert fill_of(page, "layer3.1..35") == plain
    said(page, "metric='stage'")


def fill_of(page: Page, node_id: str) -> str:
    fill: str = node(page, node_id).evaluate(
        "e => getComputedStyle(e.querySelector('path:not(.halo), polygon:not(.halo)')).fill"
    )
    return fill


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


# --- without mouse or sight ---------------------------------------------------------------------------------------


def test_every_box_is_a_button_with_a_name_and_a_place(page: Page) -> None:
    open_graphs(page)
    expect(node(page, "layer2.0")).to_have_attribute("role", "button")
    boxes = page.locator(".pane g.node[role=button]")
    name = boxes.first.get_attribute("aria-label") or ""
    assert name.endswith(f"of {boxes.count()}")
    expect(node(page, "layer2.0")).to_have_attribute("aria-label", re.compile("^layer2.0, BasicBlock.*128×28×28, box"))
    expect(node(page, "layer2.0")).to_have_attribute("aria-expanded", "false")
    expect(frame(page, "layer2")).to_have_attribute("aria-expanded", "true")
    assert page.locator('.pane [role=button][tabindex="0"]').count() == 1


def test_what_happens_is_said(page: Page) -> None:
    open_graphs(page)
    focus(page, "layer2.0")
    page.keyboard.press(" ")
    expect(page.locator(".live")).to_have_text("layer2.0 selected")
    page.keyboard.press("Enter")
    expect(page.locator(".live")).to_have_text("layer2.0 is shown as: Ops")


def test_help_lists_the_keys(page: Page) -> None:
    open_graphs(page)
    focus(page, "input")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Backspace")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Keys and mouse").click()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_narrow_screens_and_targets(page: Page) -> None:
    page.set_viewport_size({"width": 420, "height": 900})
    open_graphs(page, "nets=resnet50&node=layer2.0")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.locator(".graph-view :is(button, input, select):visible").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).filter(r => r.height < 32 || r.width < 32).length"
    )
    assert small == 0
    cut = page.locator(".graph-view :is(button, input, select):visible").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest('.around')).length"
    )
    assert cut == 0


def test_in_print_the_drawing_fits_and_the_tools_are_gone(page: Page) -> None:
    open_graphs(page, "nets=resnet152")
    page.emulate_media(media="print")
    expect(page.locator(".card")).to_be_hidden()
    expect(page.get_by_role("searchbox")).to_be_hidden()
    assert page.locator(".pane svg").evaluate("s => s.getBoundingClientRect().right <= innerWidth")


# --- safe, clean, fast --------------------------------------------------------------------------------------------


def test_a_hostile_drawing_is_reduced_to_shapes_and_words(page: Page) -> None:
    open_graphs(page)
    source = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" '
        'onload="window.hacked=1"><style>*{}</style><script>window.hacked=1</script><foreignObject/>'
        '<image href="http://x.example/"/><use href="#a"/><g id="graph0" transform="translate(1 1)" '
        'style="fill:red"><g id="n:a" class="node box" onclick="window.hacked=1"><title>&lt;b&gt;</title>'
        '<g id="a_n:a"><a xlink:href="javascript:1" xlink:title="x"><path fill="url(http://x.example/)" '
        'd="M0,0C1,1 2,2 3,3"/><text>&lt;script&gt;</text></a></g></g></g></svg>'
    )
    code = join_modules(JS / "picture" / "cleaning.js")
    clean = page.evaluate(
        """([code, source]) => {
            const steps = new Function(`${code}; return readDrawing;`)()(source);
            let step = steps.next();
            while (!step.done) step = steps.next();
            document.body.append(document.adoptNode(step.value));
            return [step.value.outerHTML, window.hacked ?? null];
        }""",
        [code, source],
    )
    assert clean[1] is None
    assert re.findall(r"<(\w+)", clean[0]) == ["svg", "g", "g", "path", "text"]
    assert not re.search(r"on\w+=|href|style=|url\(|javascript", clean[0])


def test_switching_leaves_nothing_behind(page: Page) -> None:
    open_graphs(page, "nets=resnet18&other=resnet34")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    switch_back_and_forth(page, 2)
    unmount_and_mount(page)
    before = metrics(page, session)
    switch_back_and_forth(page, 8)
    for _ in range(3):
        unmount_and_mount(page)
    after = metrics(page, session)
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 5
    assert after["Nodes"] <= before["Nodes"] * 1.1 + 200
    assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] * 1.15
    assert page.evaluate("[window.resnetVizGraphs.views.size, window.resnetVizGraphs.marks.size]") == [1, 1]


def switch_back_and_forth(page: Page, times: int) -> None:
    for _ in range(times):
        for there in ("layer3.1..5", "layer3.1"):
            page.get_by_text("Another net").click()
            expect(node(page, there)).to_be_attached()
            wait_idle(page, quiet_ms=0)


def unmount_and_mount(page: Page) -> None:
    page.get_by_text("No drawing").click()
    expect(page.locator(".graph-view")).to_have_count(0)
    page.wait_for_function("() => window.resnetVizGraphs.views.size === 0")
    page.get_by_text("No drawing").click()
    expect(node(page, "layer3.1")).to_be_attached()
    wait_idle(page, quiet_ms=0)


def metrics(page: Page, session: CDPSession) -> dict[str, Any]:
    # The drawings that are made ready beforehand are held on purpose.
    page.wait_for_function("() => ![...window.resnetVizGraphs.views.values()].some((view) => view.isPreparing)")
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    return {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
