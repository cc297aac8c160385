"""A file of weights through the uploader: any name, the limit that it tells, and what is no checkpoint."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from resnet_viz import ResNetSpec, build_model
from resnet_viz.ui.picture.weights_file import MOST_MEGABYTES
from tests.browser.page_steps import open_page, photograph
from tests.browser.watching import wait_idle

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

ADDRESS = "block=basic&layers=1,1,1,1&input_size=64x64&weights=file"


@pytest.fixture(scope="module")
def checkpoint() -> bytes:
    buffer = BytesIO()
    torch.save(build_model(ResNetSpec("basic", (1, 1, 1, 1)), seed=1).state_dict(), buffer)
    return buffer.getvalue()


def uploader(page: Page) -> Locator:
    return page.get_by_test_id("stSidebar").get_by_test_id("stFileUploader")


def send(page: Page, name: str, mime: str, data: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": mime, "buffer": data}
    uploader(page).get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    wait_idle(page)


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("last.ckpt", "application/octet-stream"),
        ("pytorch_model.bin", "application/octet-stream"),
        ("resnet18.th", ""),
        ("model_best.pth.tar", "application/x-tar"),
        ("weights.xyz", ""),
        ("weights", ""),
    ],
)
def test_a_checkpoint_gets_in_by_any_name(
    page: Page, page_errors: list[str], checkpoint: bytes, name: str, mime: str
) -> None:
    open_page(page, ADDRESS)
    send(page, name, mime, checkpoint)
    expect(page.get_by_text("tensors loaded")).to_be_visible()
    expect(uploader(page).get_by_text("not allowed")).to_have_count(0)
    assert page_errors == []


def test_the_uploader_tells_its_limit(page: Page, page_errors: list[str]) -> None:
    open_page(page, ADDRESS)
    expect(uploader(page).get_by_text(re.compile(r"\d+ ?[KMG]B per file"))).to_have_text("1GB per file")
    assert MOST_MEGABYTES == 1024
    assert page_errors == []


@pytest.mark.parametrize(
    ("name", "mime", "data"),
    [("photograph.jpg", "image/jpeg", photograph()), ("log.txt", "text/plain", b"epoch,loss\n1,0.5\n" * 20)],
)
def test_what_is_no_checkpoint_is_told(page: Page, page_errors: list[str], name: str, mime: str, data: bytes) -> None:
    open_page(page, ADDRESS)
    send(page, name, mime, data)
    expect(page.get_by_role("alert").get_by_text("The file cannot be read as weights")).to_be_visible()
    assert page_errors == []
