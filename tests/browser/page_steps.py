"""The app's pages in a browser: how tests open them, and what several of them do and read there."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.visiting import go_to
from tests.browser.watching import wait_idle

NARROW = "widths=8,16,32,64&input_size=64x64"
"""Added to the address of a net: as many blocks and boxes, and next to nothing to compute."""
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, Theme] = ("dark", "light")

# Whether the page has the colours of a theme, and none of them is on its way.
_IN_THEME_JS = """
theme => {
    const background = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor;
    const light = background.match(/\\d+/g).slice(0, 3).every((part) => part > 127);
    return light === (theme === "light") && document.getAnimations().every((one) => one.playState !== "running");
}
"""


def visit_compare(page: Page, query: str = "") -> None:
    """The page Compare, once its drawing is there."""
    go_to(page, f"/compare?{query}")
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)


def visit_walk(page: Page, query: str = "") -> None:
    """The code walk, once its lines and its drawing are there."""
    go_to(page, f"/walk?{query}")
    page.locator(".walk-view .line.current").first.wait_for(timeout=60_000)
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)


def visit_learn(page: Page, query: str = "") -> None:
    """The page Learn, once its heading is there."""
    go_to(page, f"/learn?{query}")
    page.get_by_test_id("stMain").get_by_role("heading", level=1).wait_for(timeout=60_000)
    wait_idle(page)


def visit_train(page: Page, query: str = "") -> None:
    """The page Training, once its charts are there."""
    go_to(page, f"/train?{query}")
    page.locator('[class*="st-key-steady_"] .js-plotly-plot').last.wait_for(timeout=60_000)
    wait_idle(page)


def go_on(page: Page, address: str) -> None:
    """Another address in the same visit, as Back and Forward bring it."""
    page.evaluate(
        "address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')); }", address
    )
    wait_idle(page)


def change_theme(page: Page, theme: Theme) -> None:
    """What the reader prefers becomes light or dark, and the page follows."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function(_IN_THEME_JS, arg=theme)
    wait_idle(page)


def pick(page: Page, preset: str) -> None:
    """Choose a preset in the sidebar."""
    sidebar = page.get_by_test_id("stSidebar")
    radio, button = (sidebar.get_by_role(role, name=preset, exact=True) for role in ("radio", "button"))
    radio.or_(button).first.click()
    wait_idle(page)


def weights_pane(page: Page) -> Locator:
    """Where weights are chosen, and what came of a file is told."""
    return page.locator(".st-key-weights_pane")


def choose_node(page: Page, node_id: str) -> None:
    """Choose a node in the list."""
    box = page.get_by_role("combobox", name=re.compile("Node"))
    box.scroll_into_view_if_needed()  # scrolling shuts the list
    box.click()
    box.fill(node_id)
    page.get_by_role("option", name=node_id, exact=True).click()
    wait_idle(page)


def node(page: Page, node_id: str) -> Locator:
    """A box of the drawing."""
    return page.locator(f'.pane svg:not(.coming) [id="n:{node_id}"]')


def run_frame(page: Page, node_id: str) -> Locator:
    """The frame around the block that stands for equal ones, in which their number is written."""
    return page.locator(f'.pane svg:not(.coming) [id="v:{node_id}"]')


def tiles(page: Page) -> Locator:
    """The canvas of the channels."""
    return page.locator(".channel-view canvas").first


def expect_maps(page: Page, node_id: str) -> None:
    """The maps of this node are what is shown."""
    expect(page.get_by_role("heading", name=f"Feature maps of {node_id}", exact=True)).to_be_visible()
    expect(tiles(page)).to_be_visible()


def photograph(width: int = 320, height: int = 240) -> bytes:
    """A picture with structure at every scale, as a camera's JPEG."""
    image = Image.effect_mandelbrot((width, height), (-2, -1.2, 1, 1.2), 60).convert("RGB")
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def upload(page: Page, data: bytes, name: str = "photograph.jpg") -> None:
    """Give the page a picture."""
    take_picture_away(page)
    panel = page.locator('[class*="st-key-upload_"]')
    send_file(panel, {"name": name, "mimeType": "image/jpeg", "buffer": data})


def take_picture_away(page: Page) -> None:
    """No picture, so no maps: for what has nothing to do with them."""
    page.get_by_test_id("stMain").get_by_text("Upload", exact=True).first.click()
    wait_idle(page)


def send_file(place: Locator, file: FilePayload | Path) -> None:
    """Give the uploader of this part of the page a file, and wait for what the app makes of it."""
    # Only once the server has the file does the page ask for a run.
    with place.page.expect_response(lambda answer: answer.request.method == "PUT"):
        place.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    wait_idle(place.page)


_DROP_JS = """([zone, input]) => {
  const data = new DataTransfer();
  data.items.add(input.files[0]);
  for (const kind of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
  input.remove();
}"""
_INPUT_JS = "() => document.body.appendChild(Object.assign(document.createElement('input'), { type: 'file' }))"


def drop_file(zone: Locator, file: Path) -> None:
    """Let a file fall on an uploader, as from a folder of the desktop, and wait for what the app makes of it."""
    page = zone.page
    given = page.evaluate_handle(_INPUT_JS).as_element()
    assert given is not None
    given.set_input_files(file)
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.evaluate(_DROP_JS, [zone.element_handle(), given])
    wait_idle(page)


# Streamlit's own uploader, and the parts of two walks beside each other, which have the same names.
_KNOWN = {"presentation-role-conflict", "landmark-unique"}


def findings(page: Page, grave: tuple[str, ...] = ("minor", "moderate", "serious", "critical")) -> list[str]:
    """What is found, however slight, with the first elements it was found at."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['impact']} {rule['id']}: {rule['help']} at {[str(node['html'])[:120] for node in rule['nodes'][:3]]}"
        for rule in found
        if rule["impact"] in grave and rule["id"] not in _KNOWN
    ]
