"""A photograph and a checkpoint of one's own, all the way: channels, filmstrip, a block, the prediction, Grad-CAM."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
import torchvision
from playwright.sync_api import Page, expect

from resnet_viz import ResNetSpec, build_model
from tests.browser.page_steps import NARROW, expect_maps, photograph, send_file, tiles, upload, weights_pane
from tests.browser.visiting import Tab, visit_explore
from tests.browser.watching import wait_idle

RANDOM = "Random weights: this is the architecture"


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """torchvision's own ResNet-18, saved as its training script saves it: a nest, and names under `model`.

    On the disk, as with any reader: what a test hands the browser as bytes goes through two pipes as text.
    """
    torch.manual_seed(7)
    file = tmp_path_factory.mktemp("checkpoint") / "own.pth"
    torch.save({"model": torchvision.models.resnet18().state_dict(), "epoch": 3}, file)
    return file


def look_at(page: Page, name: str) -> None:
    page.get_by_role("radiogroup", name="Look at").get_by_role("radio", name=name).click()
    wait_idle(page)


def test_a_photograph_and_a_checkpoint_all_the_way(page: Page, page_errors: list[str], checkpoint: Path) -> None:
    visit_explore(page, "net=resnet18&input_size=64x64&node=layer2.1&weights=file")
    expect(page.get_by_text(RANDOM)).to_be_visible()
    send_file(weights_pane(page), checkpoint)
    expect(page.get_by_text("122 tensors loaded")).to_be_visible()
    expect(page.get_by_text(RANDOM)).to_have_count(0)
    upload(page, photograph())
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
    for name in ("x: ", "F(x): ", "shortcut(x): ", "sum: ", "output: "):
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
    page: Page, page_errors: list[str], tmp_path: Path
) -> None:
    """The weights of a narrow ResNet-18 with one bias, which no net here has."""
    file = tmp_path / "own.pth"
    state = build_model(ResNetSpec.from_query(f"net=resnet18&{NARROW}"), seed=7).state_dict()
    torch.save({**state, "layer1.0.conv1.bias": torch.ones(8)}, file)
    visit_explore(page, f"net=resnet34&{NARROW}&weights=file&node=conv1")
    send_file(weights_pane(page), file)
    expect(page.get_by_role("alert").get_by_text("layer1.0.conv1.bias")).to_be_visible()
    expect(page.get_by_text(RANDOM)).to_be_visible()
    expect_maps(page, "conv1")
    assert page_errors == []


def test_the_cell_under_the_pointer_is_told_with_what_it_sees(page: Page, page_errors: list[str]) -> None:
    visit_explore(page, f"net=resnet152&{NARROW}&node=layer4")
    expect_maps(page, "layer4")
    tiles(page).scroll_into_view_if_needed()
    box = tiles(page).bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    # What the design gives for ResNet-152, worked out from the windows of its layers.
    expect(page.get_by_text(re.compile("1,451×1,451 px, of which"))).to_be_visible()
    assert page_errors == []
