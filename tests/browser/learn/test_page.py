"""Learn, end to end: a cell leads to drawing and source, is edited, asked about, spoken of in Chinese, and printed."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from resnet_viz import ResNetSpec, make_exercises
from resnet_viz.i18n import _, use_language
from resnet_viz.views.address.learn import PAPER_NETS
from resnet_viz.views.structure.table import row_title
from tests.browser.page_steps import go_on, visit_learn
from tests.browser.visiting import Tab
from tests.browser.watching import wait_idle
from tests.nets import trace_of, traces_of

TRACES = traces_of(PAPER_NETS)
SEED = 7
MM = 72 / 25.4
WAYS = ("more", "less")


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def in_chinese(message: str) -> str:
    use_language("zh_CN")
    try:
        return _(message)
    finally:
        use_language("en")


def plain(text: str) -> str:
    """Without blanks: a PDF breaks lines where it will. And without ligatures, which are the font's."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def cell(page: Page, row: str, column: int) -> Locator:
    return page.locator(f'.table-view button[data-row="{row}"][data-column="{column}"]')


def drawn(page: Page, node: str) -> Locator:
    return page.locator(f'.pane svg:not(.coming) [id$=":{node}"][aria-pressed]')


def expect_in_sight(page: Page, node: str) -> None:
    """It is chosen, and its beginning is within the drawing's frame."""
    expect(drawn(page, node)).to_have_attribute("aria-pressed", "true")
    expect_begun_in_frame(page, node)


def expect_begun_in_frame(page: Page, node: str) -> None:
    expect(drawn(page, node)).to_be_visible()
    shape, pane = drawn(page, node).bounding_box(), page.locator(".pane").bounding_box()
    assert shape
    assert pane
    assert pane["x"] - 1 <= shape["x"] <= pane["x"] + pane["width"] - 40


def source_button(page: Page, row: str) -> Locator:
    return page.locator(f".st-key-source_{row}").get_by_role("button", name=row)


def test_a_cell_leads_everywhere_and_everything_leads_back(page: Page, page_errors: list[str]) -> None:
    visit_learn(page)
    cell(page, "conv4_x", 4).click()
    wait_idle(page)
    expect(cell(page, "conv4_x", 4)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name="ResNet-152", exact=True)).to_be_visible()
    expect(drawn(page, "layer3")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("tab", name="Source").click()
    expect(source_button(page, "conv4_x")).to_have_attribute("data-testid", "stBaseButton-primary")
    expect(page.locator(".st-key-source_conv4_x code")).to_contain_text("self.layer3")
    # Back: the drawing lights up the cell of what is chosen in it.
    drawn(page, "layer2.0").click()
    wait_idle(page)
    expect(cell(page, "conv3_x", 4)).to_have_attribute("aria-pressed", "true")
    expect(cell(page, "conv4_x", 4)).to_have_attribute("aria-pressed", "false")
    source_button(page, "conv5_x").click()
    wait_idle(page)
    expect(cell(page, "conv5_x", 4)).to_have_attribute("aria-pressed", "true")
    expect(drawn(page, "layer4")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    wait_idle(page)
    expect(cell(page, "conv3_x", 4)).to_have_attribute("aria-pressed", "true")
    assert page_errors == []


def is_inside(page: Page, part: Locator) -> bool:
    """Whether all of it is within the window."""
    box, window = part.bounding_box(), page.viewport_size
    assert box
    assert window
    across = box["x"] >= 0 and box["x"] + box["width"] <= window["width"]
    return across and box["y"] >= 0 and box["y"] + box["height"] <= window["height"]


def test_table_and_explanation_stay_in_sight_and_nothing_moves(page: Page, page_errors: list[str]) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    visit_learn(page, "column=3&node=layer1")
    explanation, frame = page.locator(".st-key-cell_reading"), page.locator(".table-view .frame")
    where = cell(page, "conv4_x", 2).bounding_box()
    # The stem, the brackets of a Bottleneck and of a BasicBlock, one with the pooling, the head, a total.
    for row, column in (("conv1", 1), ("conv4_x", 4), ("conv5_x", 0), ("conv2_x", 3), ("head", 4), ("FLOPs", 0)):
        cell(page, row, column).click()
        wait_idle(page)
        name = TRACES[column].name
        heading = explanation.get_by_role("heading", name=f"{row_title(row)} of {name}", exact=True)
        expect(heading).to_be_in_viewport(ratio=1)
        assert all(is_inside(page, part) for part in (cell(page, row, column), explanation, frame)), row
        assert cell(page, "conv4_x", 2).bounding_box() == where, row
        assert page.evaluate("() => window.scrollY") == 0
    assert page_errors == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720)])
def test_five_nets_fit_beside_their_explanation(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    visit_learn(page, "column=3&node=layer1")
    frame = page.locator(".table-view .frame")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    words = frame.locator(".layer, .small, .printed, .head .size")
    sizes = words.evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert len(sizes) > 50
    assert min(sizes) >= 11
    # What the page Explore asks of a drawing is not asked in the narrow one below the table.
    expect(page.locator(".st-key-bench_drawing .search")).to_be_hidden()


def test_the_number_of_blocks_is_changed_in_its_cell(page: Page, page_errors: list[str]) -> None:
    visit_learn(page)
    cell(page, "conv4_x", 4).hover()
    more, less = (page.get_by_role("gridcell").get_by_role("button", name=f"One block {word}") for word in WAYS)
    less.nth(14).click()
    more.nth(14).click()
    less.nth(14).click()
    wait_idle(page)
    expect(cell(page, "conv4_x", 4)).to_contain_text("35")
    expect(cell(page, "FLOPs", 4)).to_contain_text("before: 11.5×10⁹")
    expect(cell(page, "parameters", 4)).to_contain_text("before: 60.2 M")
    cell(page, "conv4_x", 4).focus()
    page.keyboard.type("23")
    page.keyboard.press("Enter")
    wait_idle(page)
    expect(cell(page, "", 4)).to_contain_text("ResNet-113")
    expect(cell(page, "conv4_x", 4)).to_be_focused()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-cell_reading").get_by_test_id("stAlert")).to_contain_text("from 1 to 400")
    page.go_back()
    page.go_back()
    wait_idle(page)
    expect(cell(page, "", 4)).to_contain_text("ResNet-152")
    assert page_errors == []


def test_36_blocks_become_23(page: Page, page_errors: list[str]) -> None:
    trace = trace_of(ResNetSpec("bottleneck", (3, 8, 23, 3)))
    visit_learn(page, "column=5&node=layer3")
    page.get_by_role("tab", name="Build").click()
    field = page.locator(".st-key-cell_reading").get_by_label("Blocks in conv4_x")
    expect(field).to_have_value("36")
    field.fill("23")
    field.press("Enter")
    wait_idle(page)
    expect(page.get_by_role("heading", name="ResNet-113", exact=True)).to_be_visible()
    expect(cell(page, "conv4_x", 4)).to_contain_text("23")
    expect(cell(page, "", 4)).to_contain_text("ResNet-113")
    expect(page.locator(".st-key-cell_reading")).to_contain_text(f"{trace.n_params:,}")
    expect(page.locator(".st-key-cell_reading")).to_contain_text("113 = 1 + 3×37 + 1")
    expect(drawn(page, "layer3.1..22")).to_be_attached()
    page.get_by_role("button", name="Back to ResNet-152").click()
    wait_idle(page)
    expect(cell(page, "", 4)).to_contain_text("ResNet-152")
    assert page_errors == []


def test_what_is_spoken_of_is_in_sight(page: Page, page_errors: list[str], subtests: pytest.Subtests) -> None:
    visit_learn(page, "show=lessons&lesson=counting&step=4")
    with subtests.test("a lesson's step opens another level and chooses a node in one go"):
        expect_in_sight(page, "layer3.1.conv2")
        for node in ("layer3.1", "layer4"):
            page.get_by_role("button", name="Next", exact=True).click()
            wait_idle(page)
            expect_in_sight(page, node)
    go_on(page, "/learn?show=beliefs")
    with subtests.test("the page is laid out anew with other columns: the drawing still hears what is chosen"):
        page.get_by_role("button", name="18 convolutions").click()
        wait_idle(page)
        expect(page.locator(".st-key-belief")).to_contain_text("20 − 3 + 1 = 18")
        # The shortcut is open, and has no frame of its own: its ops are what is chosen.
        chosen = page.locator(".pane svg:not(.coming) .node.selected")
        expect(chosen).to_have_count(2)
        for op in ("layer2.0.downsample.0", "layer2.0.downsample.1"):
            expect(chosen.and_(drawn(page, op))).to_be_visible()
            expect_begun_in_frame(page, op)
    assert page_errors == []


def test_an_exercise_wrong_then_right(page: Page, page_errors: list[str]) -> None:
    exercises = make_exercises(TRACES, SEED)
    at = next(n for n, exercise in enumerate(exercises) if exercise.kind == "conv_params")
    visit_learn(page, f"show=exercises&sheet={SEED}")
    expect(page.locator(".table-view")).to_have_count(0)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.get_by_role("radio", name=str(at + 1), exact=True).click()
    wait_idle(page)
    exercise = page.locator(".st-key-exercise")
    expect(exercise.get_by_role("heading", name="Parameters of a convolution")).to_be_visible()
    for given, told in (("12", "12 is not right"), (str(exercises[at].answer), "is right")):
        exercise.get_by_label("Answer").fill(given)
        exercise.get_by_role("button", name="Check").click()
        wait_idle(page)
        verdict = exercise.get_by_test_id("stAlert")
        expect(verdict).to_contain_text(told)
        assert is_inside(page, verdict)
    expect(page.get_by_text(f"0 of {len(exercises)} right at the first try, 1 later")).to_be_visible()
    exercise.get_by_role("button", name="Show it in the net").click()
    wait_idle(page)
    expect(drawn(page, exercises[at].focus.node or "")).to_have_attribute("aria-pressed", "true")
    assert page_errors == []


def test_in_chinese_and_back(page: Page, page_errors: list[str]) -> None:
    visit_learn(page, "column=5&node=layer3")
    page.get_by_role("radio", name="中文").click()
    wait_idle(page)
    for words in map(in_chinese, ("Lessons", "Exercises", "The structure table", "In words")):
        assert not words.isascii()
        expect(page.get_by_text(words, exact=True).first).to_be_visible()
    expect(cell(page, "conv4_x", 4)).to_have_attribute("aria-pressed", "true")
    expect(drawn(page, "layer3")).to_have_attribute("aria-pressed", "true")
    expect(cell(page, "", 4)).to_contain_text("ResNet-152")
    page.get_by_role("radio", name="English").click()
    wait_idle(page)
    expect(page.get_by_role("heading", name="The structure table")).to_be_visible()
    assert page_errors == []


def test_a_sheet_is_printed_to_pdf(fresh_page: Page) -> None:
    visit_learn(fresh_page, f"show=exercises&sheet={SEED}")
    links = [
        fresh_page.get_by_role("link", name=name).get_attribute("href") or "" for name in ("Print the sheet", "Its key")
    ]
    texts = []
    for link in links:
        fresh_page.goto(urljoin(fresh_page.url, link))
        pdf = PdfReader(BytesIO(fresh_page.pdf(format="A4", prefer_css_page_size=True)))
        assert [tuple(round(float(side) / MM) for side in sheet.mediabox[2:]) for sheet in pdf.pages[:1]] == [
            (210, 297)
        ]
        texts.append(plain(" ".join(sheet.extract_text() for sheet in pdf.pages)))
    sheet, key = texts
    for exercise in make_exercises(TRACES, SEED):
        assert plain(exercise.question) in sheet
        assert plain(exercise.reason) in key
        assert plain(exercise.reason) not in sheet
    assert f"Sheet{SEED}" in sheet


def test_a_telephone_has_room_for_it(page: Page, subtests: pytest.Subtests) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit_learn(page)
    for name, query in (
        ("Table", "column=5&node=layer3"),
        ("Lessons", "show=lessons&lesson=blocks"),
        ("Exercises", "show=exercises"),
        ("False beliefs", "show=beliefs"),
        ("Glossary", "show=glossary"),
    ):
        go_on(page, f"/learn?{query}")
        with subtests.test(name):
            expect(page.get_by_role("radio", name=name, exact=True)).to_be_checked()
            overflow = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(overflow) <= 0
