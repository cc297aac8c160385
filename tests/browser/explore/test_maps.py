"""A photograph and a checkpoint of one's own, all the way: channels, filmstrip, a block, the prediction, Grad-CAM."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import torch
import torchvision
from playwright.sync_api import Page, expect

from tests.browser.page_steps import expect_maps, open_page, photograph, tiles, upload
from tests.browser.watching import wait_idle

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

RANDOM = "Random weights: this is the architecture"


@pytest.fixture(scope="module")
def checkpoint() -> bytes:
    """torchvision's own ResNet-18, saved as its training script saves it: a nest, and names under `model`."""
    torch.manual_seed(7)
    buffer = BytesIO()
    torch.save({"model": torchvision.models.resnet18().state_dict(), "epoch": 3}, buffer)
    return buffer.getvalue()


def look_at(page: Page, name: str) -> None:
    page.get_by_role("radiogroup", name="Look at").get_by_role("radio", name=name).click()
    wait_idle(page)


def send_weights(page: Page, data: bytes, name: str = "own.pth") -> None:
    file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    wait_idle(page)


def test_a_photograph_and_a_checkpoint_all_the_way(page: Page, page_errors: list[str], checkpoint: bytes) -> None:
    open_page(page, "net=resnet18&node=layer2.1&weights=file")
    expect(page.get_by_text(RANDOM)).to_be_visible()
    send_weights(page, checkpoint)
    expect(page.get_by_text("122 tensors loaded")).to_be_visible()
    expect(page.get_by_text(RANDOM)).to_have_count(0)
    page.get_by_text("Upload", exact=True).first.scroll_into_view_if_needed()
    page.get_by_text("Upload", exact=True).first.click()
    wait_idle(page)
    picture: FilePayload = {"name": "photograph.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    page.get_by_test_id("stMain").get_by_test_id("stFileUploaderDropzoneInput").set_input_files(picture)
    wait_idle(page)

    expect_maps(page, "layer2.1")
    canvas = page.locator(".channel-view")
    canvas.get_by_role("listbox").focus()
    page.keyboard.press("Enter")
    expect(canvas.get_by_text(re.compile(r"^Channel \d+$")).first).to_be_visible()
    expect(canvas.get_by_text("Greatest at")).to_be_visible()

    look_at(page, "Filmstrip")
    strips = page.get_by_role("img", name=re.compile("^Strongest channels of layer"))
    assert strips.count() == 8
    page.get_by_text("Play", exact=True).click()
    expect(page.get_by_text("3 of 10")).to_be_visible(timeout=20_000)
    page.get_by_text("Play", exact=True).click()
    wait_idle(page)

    look_at(page, "Inside the block")
    for name in ("x: ", "F(x): ", "shortcut(x): ", "F(x) + shortcut(x): ", "output: "):
        expect(page.get_by_role("img", name=re.compile(f"^{re.escape(name)}"))).to_be_visible()
    expect(page.get_by_text("times as large as what passes by")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_be_visible()

    look_at(page, "Prediction")
    expect(page.get_by_role("heading", name="What it is taken for")).to_be_visible()
    cam = page.get_by_role("img", name=re.compile("^Grad-CAM for "))
    expect(cam).to_be_visible()
    before = cam.get_attribute("src")
    page.get_by_role("radio", name="After layer2.1").click()
    wait_idle(page)
    assert cam.get_attribute("src") != before

    look_at(page, "Kernels")
    expect(page.get_by_role("img", name="The kernels as colours: grey is zero")).to_be_visible()
    assert page_errors == []


def test_a_checkpoint_that_does_not_fit_is_refused_and_the_maps_stay(
    page: Page, page_errors: list[str], checkpoint: bytes
) -> None:
    open_page(page, "net=resnet34&weights=file&node=conv1")
    send_weights(page, checkpoint)
    expect(page.get_by_role("alert").get_by_text("layer1.2.conv1.weight")).to_be_visible()
    expect(page.get_by_text(RANDOM)).to_be_visible()
    expect_maps(page, "conv1")
    assert page_errors == []


def test_the_cell_under_the_pointer_is_told_with_what_it_sees(page: Page, page_errors: list[str]) -> None:
    open_page(page, "net=resnet152&node=layer4")
    expect_maps(page, "layer4")
    tiles(page).scroll_into_view_if_needed()
    box = tiles(page).bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    # What the design gives for ResNet-152, worked out from the windows of its layers.
    expect(page.get_by_text(re.compile("1,451×1,451 px, of which"))).to_be_visible()
    assert page_errors == []


def test_a_picture_can_be_taken_away_again(page: Page, page_errors: list[str]) -> None:
    open_page(page)
    upload(page, photograph())
    expect(page.get_by_text("never written")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Remove photograph")).click()
    wait_idle(page)
    expect(page.get_by_text("Choose a picture on the left")).to_be_visible()
    assert page_errors == []
