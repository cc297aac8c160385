"""All lessons, step by step: the text, the ways on, and the one view with what is meant in it are in sight together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from resnet_viz.views.teach.lessons import LESSONS
from resnet_viz.views.teach.taught import Step
from tests.browser.page_steps import visit_learn
from tests.browser.visiting import Tab
from tests.browser.watching import wait_idle

# What is meant, by the view that shows it: the chosen cell, box or row of the source, else all that there is to see.
MEANT = {
    "table": '.table-view button[aria-pressed="true"]',
    "drawing": ".pane svg:not(.coming) :is(.selected, .within)",
    "source": ".lesson-code .meant",
    "blocks": ".st-key-lesson_stage_blocks [data-testid=stDataFrame]",
    "cell": ".st-key-lesson_stage_cell :is(h2, .cell-view)",
    "maps": ".st-key-lesson_stage_maps img",
    "errors": ".st-key-lesson_stage_errors .js-plotly-plot",
}
NOTHING_CHOSEN = {"table": ".table-view .frame", "drawing": ".pane"}
# Components have their parts in a shadow of their own.
SEEN_JS = """
([parts, meant]) => {
    const all = (what, root = document) => [
        ...root.querySelectorAll(what),
        ...[...root.querySelectorAll("div")].flatMap((div) => (div.shadowRoot ? all(what, div.shadowRoot) : [])),
    ];
    const main = document.querySelector('[data-testid="stMain"]');
    const text = document.querySelector(".st-key-lesson_text");
    const pane = all(".pane").find((one) => one.checkVisibility());
    const place = (one) => {
        const { left, top, right, bottom } = one.getBoundingClientRect();
        return [left, top, right, bottom];
    };
    return {
        parts: parts.map((part) => all(part).map(place)),
        meant: all(meant).map(place),
        pane: pane ? place(pane) : null,
        window: [0, 0, innerWidth, innerHeight],
        scrolls: [document.documentElement, main, text].map((one) => one.scrollHeight - one.clientHeight),
    };
}
"""
PARTS = tuple(f".st-key-lesson_{part}" for part in ("head", "steps", "text", "next button", "view"))

Place = list[float]


@pytest.fixture
def page(tab: Tab) -> Page:
    tab.page.set_viewport_size({"width": 1366, "height": 768})
    return tab.page


def is_inside(part: Place, frame: Place) -> bool:
    return all(part[n] >= frame[n] - 1 and part[n + 2] <= frame[n + 2] + 1 for n in range(2))


def is_begun(part: Place, frame: Place) -> bool:
    """What is longer than its frame fills most of it from its beginning."""
    left, top, right, bottom = part
    is_across = left >= frame[0] - 1 and right <= frame[2] + 1
    return is_across and top >= frame[1] - 1 and min(bottom, frame[3]) - top >= 0.7 * (frame[3] - frame[1])


def faults(seen: dict[str, Any], step: Step) -> Iterator[str]:
    """What of a step is not in sight, in words."""
    window = seen["window"]
    for name, places in zip(PARTS, seen["parts"], strict=True):
        if not places or not all(is_inside(place, window) for place in places):
            yield f"{name} at {places}"
    for name, by in zip(("document", "page", "text"), seen["scrolls"], strict=True):
        if by > 1:
            yield f"the {name} scrolls by {by}"
    frame = seen["pane"] if step.view == "drawing" else window
    if not seen["meant"] or not all(is_inside(one, frame) or is_begun(one, frame) for one in seen["meant"]):
        yield f"what is meant at {seen['meant']} of {frame}"


def meant_in(step: Step) -> str:
    is_chosen = step.focus.node is not None or step.focus.total is not None
    return MEANT[step.view] if is_chosen else NOTHING_CHOSEN.get(step.view, MEANT[step.view])


def test_each_step_of_each_lesson_is_in_sight_with_what_it_speaks_of(tab: Tab, page: Page) -> None:
    visit_learn(page, "show=lessons")
    page.locator(f".st-key-lesson_card-{LESSONS[0].id} button").click()
    found: dict[str, list[str]] = {}
    go_on = page.locator(".st-key-lesson_next button:visible")
    for lesson in LESSONS:
        for at, step in enumerate(lesson.steps):
            wait_idle(page, quiet_ms=40)
            expect(page.locator(f".st-key-lesson_stage_{step.view}")).to_be_visible()
            page.locator(meant_in(step)).first.wait_for()
            seen = page.evaluate(SEEN_JS, [PARTS, meant_in(step)])
            found |= {f"{lesson.id}-{at + 1}": said for said in [list(faults(seen, step))] if said}
            go_on.click()
        wait_idle(page, quiet_ms=40)
        expect(page.locator(".st-key-lesson_exercises")).to_be_visible()
        if lesson is not LESSONS[-1]:
            go_on.click()
    assert found == {}
    expect(page.locator(".st-key-lesson_text")).to_contain_text(f"{len(LESSONS)} of {len(LESSONS)} lessons are done")
    expect(page.locator('.table-view [role="columnheader"]').filter(has_text="ResNet-152")).to_be_in_viewport(ratio=1)
    page.locator(".st-key-lesson_exercises button").click()
    wait_idle(page)
    expect(page.get_by_role("heading", level=1, name="Exercises")).to_be_visible()
    assert tab.errors == []
