"""A file of weights through the uploader: any name, the limit that it tells, and what is no checkpoint."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
import timm
import torch
from playwright.sync_api import Page, expect

from resnet_viz import ResNetSpec, build_model
from resnet_viz.ui.picture.weights_file import MOST_MEGABYTES
from tests.browser.page_steps import drop_file, expect_maps, photograph, send_file, take_picture_away, weights_pane
from tests.browser.visiting import Tab, visit_explore
from tests.browser.watching import wait_idle

SPEC = ResNetSpec("basic", (1, 1, 1, 1), num_classes=10, input_size=(64, 64), widths=(8, 8, 8, 8))
CHECKPOINTS = {
    "last.ckpt": "application/octet-stream",
    "pytorch_model.bin": "application/octet-stream",
    "resnet18.th": "",
    "model_best.pth.tar": "application/x-tar",
    "weights.xyz": "",
    "weights": "",
}
OTHERS = {
    "photograph.jpg": ("image/jpeg", photograph()),
    "log.txt": ("text/plain", b"epoch,loss\n1,0.5\n" * 20),
}


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def checkpoint(prefix: str) -> bytes:
    """Weights whose names begin with a prefix, which the page tells: so one file is not mistaken for another."""
    buffer = BytesIO()
    named = build_model(SPEC, seed=1).state_dict().items()
    torch.save({f"{prefix}.{name}": value for name, value in named}, buffer)
    return buffer.getvalue()


def test_a_checkpoint_gets_in_by_any_name_and_what_is_none_is_told(
    page: Page, page_errors: list[str], subtests: pytest.Subtests
) -> None:
    visit_explore(page, f"{SPEC.to_query()}&weights=file")
    take_picture_away(page)
    uploader = weights_pane(page).get_by_test_id("stFileUploader")
    with subtests.test("its limit is told"):
        expect(uploader.get_by_text(re.compile(r"\d+ ?[KMG]B per file"))).to_have_text("1GB per file")
        assert MOST_MEGABYTES == 1024
    for n, (name, mime) in enumerate(CHECKPOINTS.items()):
        with subtests.test(name):
            send_file(uploader, {"name": name, "mimeType": mime, "buffer": checkpoint(f"net{n}")})
            expect(page.get_by_text(re.compile(f"tensors loaded.*Prefix net{n}.? taken off"))).to_be_visible()
            expect(uploader.get_by_text("not allowed")).to_have_count(0)
    told = page.get_by_role("alert").get_by_text("The file cannot be read as weights")
    for name, (mime, data) in OTHERS.items():
        with subtests.test(name):
            expect(told).to_have_count(0)
            send_file(uploader, {"name": name, "mimeType": mime, "buffer": data})
            expect(told).to_be_visible()
        send_file(uploader, {"name": "last.ckpt", "mimeType": "", "buffer": checkpoint("net")})
    assert page_errors == []


def test_the_net_of_a_dropped_checkpoint_is_built_and_runs(page: Page, page_errors: list[str], tmp_path: Path) -> None:
    """Eleven classes of a ResNet-50-D under timm's names, as Lightning saves it: nothing is chosen beforehand."""
    file = tmp_path / "epoch=3-step=99.ckpt"
    state = timm.create_model("resnet50d", num_classes=11).half().state_dict()
    trainer = {"epoch": 3, "global_step": 99, "pytorch-lightning_version": "2.6.6", "hyper_parameters": {"lr": 0.1}}
    beside = {"criterion.pos_weight": torch.ones(11)}
    torch.save({**trainer, "state_dict": {f"model.{key}": value for key, value in state.items()} | beside}, file)
    visit_explore(page, "net=resnet18&input_size=64x64&weights=file&node=layer1.0.conv1")
    drop_file(weights_pane(page).get_by_test_id("stFileUploaderDropzone"), file)
    expect(page.get_by_role("heading", name="ResNet-50-D", exact=True)).to_be_visible()
    card = weights_pane(page)
    expect(card.get_by_text("ResNet-50-D, 11 classes")).to_be_visible()
    expect(card.get_by_text(re.compile("The names are those of timm"))).to_be_visible()
    expect(card.get_by_text(re.compile("Prefix model.? taken off.*1 entry is no part of the net"))).to_be_visible()
    expect(page.get_by_text("Random weights")).to_have_count(0)
    expect_maps(page, "layer1.0.conv1")
    page.get_by_role("radio", name="Prediction").click()
    wait_idle(page)
    expect(page.get_by_text(re.compile(r"Grad-CAM for class \d+")).first).to_be_visible()
    expect(page.get_by_role("heading", name="What it is taken for")).to_be_visible()
    assert page_errors == []
