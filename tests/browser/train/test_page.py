"""Training, end to end: from the prediction to the curves, a kept step in Explore, and the same again by the link."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from resnet_viz.views.address.train import TrainView, small_net, write_train
from tests.browser.page_steps import findings, visit_train
from tests.browser.visiting import Tab
from tests.browser.watching import wait_idle

VIEW = TrainView((small_net(8, "none"), small_net(8, "A")), steps=70)


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


def outcome(page: Page) -> list[str]:
    """What is said at the end, sentence by sentence."""
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible(timeout=60_000)
    wait_idle(page)
    said = page.get_by_test_id("stMain").get_by_role("listitem").all_inner_texts()
    assert len(said) > 2
    return said


def tops(page: Page) -> list[int]:
    """Where the charts stand on the page."""
    found: list[int] = page.evaluate(
        "() => [...document.querySelectorAll('[class*=\"st-key-steady_\"]')].map(e => {"
        " const main = document.querySelector('[data-testid=\"stMain\"]');"
        " return Math.round(e.getBoundingClientRect().top + main.scrollTop); })"
    )
    return found


def test_from_the_prediction_to_the_curves_to_a_kept_step_and_back_by_the_link(page: Page, fresh_page: Page) -> None:
    visit_train(page, urlencode(write_train(VIEW)))
    start = page.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_disabled()
    page.get_by_role("radiogroup").get_by_text("Residual-8", exact=True).click()
    wait_idle(page)
    before = tops(page)
    start.click()
    expect(page.get_by_test_id("stMain")).to_contain_text("ms a step")
    assert tops(page) == before
    said = outcome(page)
    assert "After 70 steps" in said[0]
    expect(page.get_by_test_id("stMain")).to_contain_text(re.compile("You predicted Residual-8"))
    assert tops(page) == before
    assert findings(page) == []
    link = urlsplit(page.url)

    page.get_by_role("slider").last.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("stMain")).to_contain_text("after 64 steps")
    wait_idle(page)
    page.get_by_test_id("stMain").get_by_role("link", name="Open in Explore").click()
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)
    assert parse_qs(urlsplit(page.url).query)["weights"] == ["trained:digits,70@64"]
    expect(page.get_by_test_id("stMain")).to_contain_text("Feature maps of")
    expect(page.get_by_test_id("stMain")).not_to_contain_text("Random weights")

    visit_train(fresh_page, link.query)
    expect(fresh_page.get_by_test_id("stMain")).to_contain_text("trained again")
    fresh_page.get_by_role("button", name="Train again").click()
    assert outcome(fresh_page) == said
