"""The app's pages in a browser: how tests open them, and what several of them do and read there."""

from __future__ import annotations

from io import BytesIO

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.watching import wait_idle


def open_page(page: Page, query: str = "") -> None:
    """The app, which begins with Explore, once its drawing is there."""
    page.goto(f"/?{query}")
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)


def open_compare(page: Page, query: str = "") -> None:
    """The page Compare, once its drawing is there."""
    page.goto(f"/compare?{query}")
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)


def open_walk(page: Page, query: str = "") -> None:
    """The code walk, once its lines and its drawing are there."""
    page.goto(f"/walk?{query}")
    page.locator(".walk-view .line.current").first.wait_for(timeout=60_000)
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)


def node(page: Page, node_id: str) -> Locator:
    """A box of the drawing."""
    return page.locator(f'.pane svg:not(.coming) [id="n:{node_id}"]')


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
    page.get_by_text("Upload", exact=True).first.click()
    wait_idle(page)
    file: FilePayload = {"name": name, "mimeType": "image/jpeg", "buffer": data}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    wait_idle(page)


def findings(page: Page) -> list[str]:
    """What is serious or worse, with the first elements it was found at."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['impact']} {rule['id']}: {rule['help']} at {[str(node['html'])[:120] for node in rule['nodes'][:3]]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]
