"""The code walk in a browser; what runs is checked against the walk recorded here, and torchvision's own arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from resnet_viz.records.steps import WalkStep
from resnet_viz.records.walk import CodeWalk
from tests.browser.page_steps import NARROW, go_on, node, visit_walk
from tests.browser.sliding import SLIDE_JS
from tests.browser.visiting import Tab
from tests.browser.watching import wait_idle
from tests.nets import walks


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def press(page: Page, act: str) -> None:
    page.locator(f'.transport [data-act="{act}"]').click()


def this_step(page: Page) -> Locator:
    return page.locator(".panel.own .this-step")


def variable(page: Page, name: str) -> Locator:
    row = page.locator(".panel.own .variables tr").filter(has=page.locator(f'th code:text-is("{name}")'))
    return row.locator("td")


def step_number(page: Page) -> int:
    found = re.search(r"step ([\d,]+) of", page.locator(".readout").inner_text())
    assert found is not None
    return int(found[1].replace(",", "")) - 1


def current_line(page: Page) -> int:
    return int(page.locator(".line.current.first").get_attribute("data-line") or 0)


def expect_step(page: Page, walk: CodeWalk, step: WalkStep) -> None:
    expect(page.locator(".readout")).to_contain_text(f"step {step.index + 1} of {len(walk)}")
    expect(page.locator(".line.current.first")).to_have_attribute("data-line", str(step.line))


def test_to_the_condition_of_layer2_and_over_to_the_second_block(page: Page, page_errors: list[str]) -> None:
    """Into layer2's condition of ResNet-50: 2 != 1 is True, the rest is not looked at; then the second block's None."""
    visit_walk(page, "net=resnet50")
    expect(page.get_by_role("heading", name="ResNet-50, line by line")).to_be_visible()
    press(page, "stage")
    press(page, "stage")
    press(page, "stage")
    expect(page.locator(".readout")).to_contain_text("layer2")
    for _turn in range(5):
        press(page, "over")
    parts = this_step(page).locator(".condition li")
    expect(parts).to_have_count(2)
    expect(parts.nth(0)).to_contain_text("stride != 1")
    expect(parts.nth(0)).to_contain_text("2 != 1")
    expect(parts.nth(0)).to_contain_text("→ True")
    expect(parts.nth(1)).to_contain_text("256 != 128 * 4")
    expect(parts.nth(1)).to_contain_text("not looked at")
    # And in the source itself, below its line.
    expect(page.locator(".code .inline")).to_contain_text("2 != 1 → True")
    expect(variable(page, "self.inplanes")).to_have_text("256")
    press(page, "over")
    expect(variable(page, "downsample")).to_contain_text("None → Sequential(Conv2d, BatchNorm2d)")
    expect(this_step(page).locator(".chip").first).to_have_text("layer2.0.downsample")

    build = walks("resnet50")["build"]
    appended = next(s for s in build.steps if s.function == "ResNet._make_layer" and s.node_ids == ("layer2.1",))
    while step_number(page) < appended.index:
        press(page, "over")
    expect_step(page, build, appended)
    press(page, "step")
    expect(page.locator(".panel.own .place .owner")).to_have_text("layer2.1")
    expect(variable(page, "downsample")).to_have_text("None")
    expect(variable(page, "inplanes")).to_have_text("512")
    assert page_errors == []


def test_from_the_graph_to_the_line_that_made_it(page: Page, page_errors: list[str]) -> None:
    visit_walk(page, "net=resnet50&ops=layer3.0")
    node(page, "layer3.0.downsample.0").click()
    asked = page.locator(".asked")
    expect(asked).to_contain_text("layer3.0.downsample.0")
    build = walks("resnet50")["build"]
    made, caller, *_outer = build.statements_of("layer3.0.downsample.0")
    assert (made.function, caller.function) == ("conv1x1", "ResNet._make_layer")
    links = asked.locator(".statements .step-link")
    expect(links.nth(0)).to_contain_text(f"resnet.py:{made.line}")
    expect(links.nth(1)).to_contain_text(f"resnet.py:{caller.line}")
    links.nth(0).click()
    expect_step(page, build, made)
    wait_idle(page)
    links.nth(1).click()
    expect_step(page, build, caller)
    expect(node(page, "layer3.0.downsample.0")).to_have_class(re.compile(r"not-yet"))
    assert page_errors == []


def test_equal_passes_are_folded_and_open(page: Page, page_errors: list[str]) -> None:
    """The ×35 of ResNet-152's layer3: one row, 34 passes more when it is open; the graph counts the blocks."""
    build = walks("resnet152")["build"]
    fold = next(fold for fold in build.folds if fold.count == 35)
    visit_walk(page, f"net=resnet152&step={fold.start + 1}")
    row = page.locator(".outline .fold > .row").filter(has_text="×35").first
    expect(row).to_have_attribute("aria-expanded", "false")
    slider = page.locator(".timeline input")
    before = int(slider.get_attribute("max") or 0)
    row.click()
    expect(row).to_have_attribute("aria-expanded", "true")
    # Folds inside the others would add theirs: this loop has none.
    assert int(slider.get_attribute("max") or 0) - before == 34 * fold.length
    inner = build.steps[fold.start + 3 * fold.length]
    page.locator('.outline .step-link:has-text("layer3.4")').click()
    expect(page.locator(".panel.own .statement")).to_contain_text("layers.append")
    assert step_number(page) == inner.index + 1
    expect(node(page, "layer3.1..35").locator(".grown")).to_have_text("3 of 35")
    row.click()
    expect(row).to_have_attribute("aria-expanded", "false")
    # Whoever stood in a later pass stands at the same line of the first.
    assert step_number(page) == fold.start + 1
    assert int(slider.get_attribute("max") or 0) == before
    assert page_errors == []


def test_the_forward_walk_plays_to_the_add_and_shows_its_map(page: Page, page_errors: list[str]) -> None:
    visit_walk(page, "net=resnet50")
    page.locator('.kinds [data-kind="forward"]').click()
    wait_idle(page)
    forward = walks("resnet50")["forward"]
    add = next(step for step in forward.steps if step.node_ids == ("layer1.0.add",))
    # A stop at the line of the add, so that the player ends there by itself.
    page.locator(f'.line[data-line="{add.line}"] .gutter').click()
    page.locator(".speed select").select_option("15")
    press(page, "play")
    expect(page.locator(".readout")).to_contain_text(f"step {add.index + 1} of", timeout=20_000)
    expect(page.locator('.transport [data-act="play"]')).to_have_attribute("aria-label", "Play")
    expect(this_step(page).locator(".chip")).to_have_text("layer1.0.add")
    expect(page.locator(".panel.own .statement")).to_have_text("out += identity")
    cell = variable(page, "out")
    expect(cell).to_contain_text("256×56×56 · layer1.0.bn3 → 256×56×56 · layer1.0.add")
    expect(variable(page, "identity")).to_contain_text("256×56×56 · layer1.0.downsample.1")
    expect(node(page, "layer1.0.add")).to_have_class(re.compile(r"making"))
    wait_idle(page)
    expect(page.get_by_role("heading", name="Feature maps of layer1.0.add", exact=True)).to_be_visible()
    expect(page.locator(".channel-view canvas").first).to_be_visible()
    expect(page).to_have_url(re.compile(rf"walk=forward&step={add.index + 1}\b"))
    assert page_errors == []


def test_three_calls_of_one_relu_are_told_apart(page: Page) -> None:
    """Each call of `self.relu` in the first block of ResNet-50 is an op of its own."""
    forward = walks("resnet50")["forward"]
    relus = [
        step for step in forward.steps if step.node_ids and re.fullmatch(r"layer1\.0\.relu(_\d)?", step.node_ids[0])
    ]
    assert len(relus) == 3
    visit_walk(page, "net=resnet50&walk=forward")
    for step, name in zip(relus, ("layer1.0.relu", "layer1.0.relu_1", "layer1.0.relu_2"), strict=True):
        go_on(page, f"/walk?net=resnet50&walk=forward&step={step.index + 1}")
        expect(this_step(page).locator(".chip")).to_have_text(name)
        expect(page.get_by_role("heading", name=f"Feature maps of {name}", exact=True)).to_be_visible()


def test_layer1_asks_for_its_shortcut(page: Page, subtests: pytest.Subtests) -> None:
    """From the table of calls to the condition of layer1."""
    visit_walk(page, "net=resnet50")
    for net, parts in (
        ("resnet50", [("1 != 1", "→ False"), ("64 != 64 * 4", "→ True")]),
        ("resnet18", [("1 != 1", "→ False"), ("64 != 64 * 1", "→ False")]),
    ):
        go_on(page, f"/walk?net={net}")
        with subtests.test(net):
            page.locator(".stages tbody tr").filter(has_text="layer1").first.locator("th button").click()
            shown = this_step(page).locator(".condition li")
            for n, (code, answer) in enumerate(parts):
                expect(shown.nth(n)).to_contain_text(code)
                expect(shown.nth(n)).to_contain_text(answer)
        wait_idle(page)  # a step is told only when somebody rests on it


def test_a_line_tells_all_its_steps_and_nodes(page: Page) -> None:
    build = walks("resnet50")["build"]
    conv2 = next(step for step in build.steps if step.node_ids == ("layer1.0.conv2",))
    visit_walk(page, f"net=resnet50&step={conv2.index + 1}")
    page.locator(f'.line[data-line="{conv2.line}"] > code').click()
    asked = page.locator(".asked")
    expect(asked).to_contain_text(f"{sum((3, 4, 6, 3))} steps of this line")
    asked.locator(".steps .step-link", has_text="layer3.4.conv2").click()
    expect(page.locator(".panel.own .place .owner")).to_have_text("layer3.4")
    assert current_line(page) == conv2.line


def test_the_same_line_in_another_net(page: Page) -> None:
    build = walks("resnet50")["build"]
    asked = build.stages()[0].decisions[0].step
    visit_walk(page, f"net=resnet50&step={asked + 1}&compare=resnet18")
    other = page.locator(".panel.other")
    expect(other.locator("h2").first).to_have_text("ResNet-18")
    expect(other.locator(".condition li").nth(1)).to_contain_text("64 != 64 * 1")
    conv2 = next(step for step in build.steps if step.node_ids == ("layer2.0.conv2",))
    go_on(page, f"/walk?net=resnet50&step={conv2.index + 1}&compare=resnet18")
    expect(page.locator(".panel.own .function").first).to_have_text("Bottleneck.__init__")
    # In another kind of block no line reads the same: that of the same layer stands beside.
    expect(other.locator(".place .function")).to_have_text("BasicBlock.__init__")
    expect(other.locator(".statement")).to_have_text("self.conv2 = conv3x3(planes, planes)")
    expect(other.locator(".chip")).to_have_text("layer2.0.conv2")
    conv3 = next(step for step in build.steps if step.node_ids == ("layer2.0.conv3",))
    go_on(page, f"/walk?net=resnet50&step={conv3.index + 1}&compare=resnet18")
    expect(other).to_contain_text("ResNet-18 runs no such line here.")


@contextmanager
def requests(page: Page) -> Iterator[list[str]]:
    """What the page asks the server for meanwhile, but for the drawing's other levels, which it fetches ahead."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/drawing?" not in request.url:
            asked.append(request.url)

    page.on("request", note)
    yield asked
    page.remove_listener("request", note)


def test_stepping_asks_the_server_for_nothing_and_a_link_restores_the_step(page: Page) -> None:
    visit_walk(page, "net=resnet18&step=30")
    with requests(page) as asked:
        page.locator(".code").focus()
        for key in ("ArrowRight", "ArrowDown", "F10", "F11", "ArrowLeft", "ArrowUp", "Shift+F11", "n"):
            page.keyboard.press(key)
        assert asked == []
    step = step_number(page)
    wait_idle(page)
    expect(page).to_have_url(re.compile(rf"step={step + 1}\b"))
    page.go_back()
    wait_idle(page)
    assert step_number(page) == 29
    page.reload()
    page.locator(".walk-view .line.current").first.wait_for(timeout=60_000)
    wait_idle(page)
    assert step_number(page) == 29


def test_the_slider_needs_no_server(page: Page, subtests: pytest.Subtests) -> None:
    """Far apart, in ResNet-152: each move shows its step. How long that takes, `make bench` measures."""
    visit_walk(page, f"net=resnet152&{NARROW}")
    for kind in ("build", "forward"):
        go_on(page, f"/walk?net=resnet152&{NARROW}&walk={kind}")
        with subtests.test(kind):
            expect(page.locator(f'.kinds [data-kind="{kind}"]')).to_have_attribute("aria-pressed", "true")
            expect_slider_alone(page)
        wait_idle(page)  # a step is told only when somebody rests on it


def expect_slider_alone(page: Page) -> None:
    with requests(page) as asked:
        page.evaluate(SLIDE_JS, 8)
        # On a slow machine one move takes as long as a rest, and the maps follow whoever rests on an op.
        assert [url for url in asked if "/tiles?" not in url] == []
    slider = page.locator(".timeline input")
    # What is folded is one of the slider's places and many steps.
    assert step_number(page) >= int(slider.input_value()) > 0
    expect(page.locator(".walk-view .line.current")).not_to_have_count(0)
    slider.fill(slider.get_attribute("max") or "")
    said = re.findall(r"[\d,]+", page.locator(".readout").inner_text())
    assert said[0] == said[1]


# Moves the slider to the end; gives how many boxes in sight, and how many of the others, are then still to come.
_TO_THE_END_JS = """
async () => {
  const shadows = [...document.querySelectorAll("div")].map((div) => div.shadowRoot);
  const slider = shadows.map((shadow) => shadow?.querySelector(".timeline input")).find(Boolean);
  const pane = shadows.map((shadow) => shadow?.querySelector(".pane")).find(Boolean);
  slider.value = slider.max;
  slider.dispatchEvent(new Event("input"));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const sight = pane.getBoundingClientRect();
  const left = { inSight: 0, elsewhere: 0, seen: 0 };
  for (const node of pane.querySelectorAll("svg:not(.coming) .node")) {
    const { left: from, right: to, top, bottom } = node.getBoundingClientRect();
    const isInSight = from < sight.right && to > sight.left && top < sight.bottom && bottom > sight.top;
    left.seen += isInSight;
    if (node.classList.contains("not-yet")) left[isInSight ? "inSight" : "elsewhere"]++;
  }
  return left;
}
"""


def test_a_long_drawing_grows_in_sight_at_once_and_elsewhere_soon(page: Page, page_errors: list[str]) -> None:
    """Every op of ResNet-152 drawn: a move of the slider does not wait for what nobody sees."""
    visit_walk(page, "net=resnet152&level=op")
    waiting = page.locator(".pane svg:not(.coming) .node.not-yet")
    expect(waiting).not_to_have_count(0)
    left = page.evaluate(_TO_THE_END_JS)
    assert left["seen"] > 3
    assert left["inSight"] == 0
    assert left["elsewhere"] > 100
    expect(waiting).to_have_count(0)
    assert page_errors == []
