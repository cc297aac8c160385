"""The Download button: each format, got from the page and opened."""

from __future__ import annotations

import json
import re
from io import BytesIO
from xml.etree import ElementTree

import pygraphviz
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.visiting import Tab, visit_explore
from tests.browser.watching import wait_idle
from tests.nets import trace_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def choose(page: Page, label: str) -> None:
    page.get_by_test_id("stPopoverBody").get_by_text(label, exact=True).click()
    wait_idle(page)


def write_scale(page: Page, scale: str) -> None:
    field = page.get_by_test_id("stPopoverBody").get_by_role("spinbutton", name="Scale")
    field.fill(scale)
    field.press("Enter")
    wait_idle(page)


def download(page: Page) -> tuple[str, bytes]:
    """Name and bytes of the file that the button makes."""
    with page.expect_download() as coming:
        page.get_by_test_id("stPopoverBody").get_by_test_id("stDownloadButton").get_by_role("button").click()
    return coming.value.suggested_filename, coming.value.path().read_bytes()


def test_each_format_is_what_it_says(page: Page, page_errors: list[str], subtests: pytest.Subtests) -> None:
    """ResNet-18 with one block opened to its ops; what was chosen for one format is left as it was found."""
    visit_explore(page, "net=resnet18&ops=layer2.0")
    page.get_by_test_id("stPopover").get_by_role("button", name="Download").click()
    with subtests.test("SVG"):
        expect_svg(*download(page))
    for choice in ("PNG", "Dark", "Transparent background"):
        choose(page, choice)
    with subtests.test("PNG"):
        expect_png(*download(page), size_on_screen(page))
    for choice in ("Transparent background", "Light", "PDF"):
        choose(page, choice)
    with subtests.test("PDF"):
        expect_pdf_as_drawn(*download(page), size_on_screen(page))
    choose(page, "Printed pages")
    write_scale(page, "1.5")
    with subtests.test("printed pages"):
        told = (
            page.get_by_test_id("stPopoverBody").get_by_text(re.compile(r"^\d+ pages, type of 16.5 pt.$")).inner_text()
        )
        expect_pdf_on_paper(*download(page), int(told.split()[0]))
    for choice in ("Screen", "DOT"):
        choose(page, choice)
    name, dot = download(page)
    choose(page, "JSON")
    with subtests.test("DOT and JSON"):
        assert name == "resnet18-folded-opened.dot"
        expect_json(*download(page), dot)
    assert page_errors == []


def expect_svg(name: str, data: bytes) -> None:
    assert name == "resnet18-folded-opened.svg"
    ids = {part.get("id") for part in ElementTree.fromstring(data).iter(f"{SVG}g")}
    assert {"n:layer1.0..1", "n:layer2.0.conv1", "n:fc"} <= ids


def size_on_screen(page: Page) -> tuple[float, float]:
    """Width and height in points of the drawing that is shown, whatever it is zoomed to."""
    shown = page.locator(".pane svg:not(.coming)").get_attribute("viewBox")
    assert shown is not None
    _left, _top, width, height = map(float, shown.split())
    return width, height


def expect_png(name: str, data: bytes, size: tuple[float, float]) -> None:
    """The rows that are on the screen, with two pixels for each of it."""
    assert name == "resnet18-folded-opened-dark-2x.png"
    with Image.open(BytesIO(data)) as picture:
        assert picture.size == pytest.approx([2 * side * 96 / 72 for side in size], abs=2)
        assert picture.convert("RGBA").getchannel("A").getpixel((0, 0)) == 0


def expect_pdf_as_drawn(name: str, data: bytes, size: tuple[float, float]) -> None:
    """One page as large as the drawing."""
    assert name == "resnet18-folded-opened.pdf"
    (page,) = PdfReader(BytesIO(data)).pages
    assert tuple(map(float, page.mediabox[2:])) == pytest.approx(size, abs=2)


def expect_pdf_on_paper(name: str, data: bytes, n_pages: int) -> None:
    """As many sheets of A4 as were told, in colours for print."""
    assert name == "resnet18-folded-opened-print-a4.pdf"
    pages = PdfReader(BytesIO(data)).pages
    assert len(pages) == n_pages > 1
    assert {tuple(sorted(map(round, page.mediabox[2:]))) for page in pages} == {(595, 842)}


def expect_json(name: str, data: bytes, dot: bytes) -> None:
    """The JSON says the same as the DOT."""
    assert name == "resnet18-folded-opened.json"
    described = json.loads(data)
    assert described["parts"] == [{"id": "layer2.0", "level": "op"}]
    drawn = {str(node) for node in pygraphviz.AGraph(string=dot.decode()).nodes()}
    assert {"layer2.0.conv1", "fc"} < {node["id"] for node in described["nodes"]} <= drawn
    assert described["net"]["n_params"] == trace_of("resnet18").n_params


def test_a_picture_too_large_is_told_in_a_sentence(page: Page, page_errors: list[str]) -> None:
    """It names the scale that fits, and with that one there is a file."""
    visit_explore(page, "net=resnet152&level=op")
    page.get_by_test_id("stPopover").get_by_role("button", name="Download").click()
    choose(page, "PNG")
    body = page.get_by_test_id("stPopoverBody")
    told = body.get_by_role("alert").filter(has_text="A PNG at scale 2 would be")
    expect(told).to_be_visible()
    expect(body.get_by_test_id("stDownloadButton")).to_have_count(0)
    fitting = re.search(r"a scale of at most ([\d.]+), or SVG or PDF", told.inner_text())
    assert fitting
    write_scale(page, fitting[1])
    expect(told).to_have_count(0)
    expect(body.get_by_test_id("stDownloadButton")).to_contain_text(f"resnet152-op-{fitting[1]}x.png")
    choose(page, "PDF")
    name, data = download(page)
    assert (name, data[:5]) == ("resnet152-op.pdf", b"%PDF-")
    assert page_errors == []
