"""Who has never been here: from the first words to a shared link, nothing moves, and nothing has to be scrolled to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.page_steps import photograph, send_file
from tests.browser.visiting import Contexts, Visitor
from tests.browser.watching import wait_idle

SCREENS = {
    "/?net=resnet50&node=layer2.1": ".st-key-w_graph",
    "/compare": ".st-key-w_compare_strips",
    "/learn?column=3&node=layer1": ".st-key-w_learn_table",
    "/learn?show=lessons&lesson=bottleneck&step=2": ".st-key-lesson_view",
    "/learn?show=exercises&sheet=7": ".st-key-exercise",
    "/train": ".st-key-steady_loss",
    "/walk": ".st-key-w_walk",
}
MOST_SHIFT = 0.1
# What moved by itself since the first heading of the page was there, as the browser counts it.
_SHIFTS_JS = """() => {
  window.shifted = { first: null, shifts: [] };
  new PerformanceObserver((list) => {
    for (const { startTime, value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) window.shifted.shifts.push([startTime, value, sources.map((one) => one.node?.className)]);
  }).observe({ type: "layout-shift", buffered: true });
  const look = () => {
    if (document.querySelector('[data-testid="stMain"] :is(h1, h2)')) window.shifted.first = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""
_SHIFTED_JS = "() => window.shifted.shifts.filter(([at]) => at >= window.shifted.first)"


@pytest.fixture
def window() -> ViewportSize:
    return {"width": 1366, "height": 768}


def test_nothing_moves_after_the_first_words(
    contexts: Contexts, window: ViewportSize, subtests: pytest.Subtests
) -> None:
    errors: list[str] = []
    page = contexts.new_page(Visitor(), window, errors)
    page.add_init_script(f"({_SHIFTS_JS})()")
    for address, subject in SCREENS.items():
        page.goto(address)
        page.locator(subject).first.wait_for(timeout=60_000)
        wait_idle(page)
        with subtests.test(address):
            moved = page.evaluate(_SHIFTED_JS)
            assert sum(value for _at, value, _sources in moved) <= MOST_SHIFT, "\n".join(map(str, moved))
    with subtests.test("what moves is counted"):
        page.evaluate("document.querySelector('[data-testid=\"stMain\"]').style.paddingTop = '300px'")
        page.wait_for_function(f"() => ({_SHIFTED_JS})().some(([at, value]) => value > {MOST_SHIFT})")
    page.close()
    assert errors == []


def use(control: Locator, has_scrolled: bool = False) -> None:
    """Click what is in sight, all of it, without a scroll."""
    page = control.page
    expect(control).to_be_in_viewport(ratio=1)
    scrolled = page.get_by_test_id("stMain").evaluate("main => main.scrollTop")
    assert has_scrolled or scrolled == 0
    control.click()
    wait_idle(page)


def take_first_lesson(page: Page) -> None:
    use(page.get_by_role("link", name="Start with a lesson"))
    use(page.locator(".st-key-lesson_cards button").first)
    onwards = page.locator(".st-key-lesson_moves").get_by_role("button", name="Next", exact=True)
    for _step in range(20):
        use(onwards)
        if page.get_by_role("button", name="To the exercises").count():
            return
    pytest.fail("The lesson does not end.")


def test_a_newcomers_path_needs_no_scroll(fresh_page: Page) -> None:
    page = fresh_page
    page.goto("/")
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)
    take_first_lesson(page)
    use(page.get_by_role("button", name="To the exercises"))
    exercise = page.locator(".st-key-exercise")
    expect(exercise.get_by_label("Answer")).to_be_in_viewport(ratio=1)
    exercise.get_by_label("Answer").fill("12")
    use(exercise.get_by_role("button", name="Check"))
    expect(exercise.get_by_test_id("stAlert").first).to_be_in_viewport(ratio=1)
    sidebar = page.get_by_test_id("stSidebar")
    use(sidebar.get_by_role("link", name="Explore"))
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)
    use(page.get_by_role("button", name="Try a photograph"))
    # The page itself has brought this into sight.
    uploader = page.locator(".st-key-running").get_by_test_id("stFileUploaderDropzone")
    expect(uploader).to_be_in_viewport(ratio=1)
    file = {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    send_file(page.locator('[class*="st-key-upload_"]'), file)  # type: ignore[arg-type]
    expect(page.locator(".channel-view canvas").first).to_be_in_viewport(ratio=0.1)  # the maps are a long list
    use(sidebar.get_by_role("link", name="Compare"), has_scrolled=True)
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)
    expect(page.locator(".pane")).to_be_in_viewport(ratio=0.5)
    page.evaluate(
        """() => {
          const writeText = (text) => ((window.copied = text), Promise.resolve());
          Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
        }"""
    )
    copy = sidebar.get_by_role("button", name="Copy link")
    expect(copy).to_be_in_viewport(ratio=1)
    copy.click()
    expect(sidebar.locator(".page-link .live")).to_have_text("Copied")  # for two seconds and a half
    assert page.evaluate("window.copied") == page.url
