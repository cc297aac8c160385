"""A Trace made elsewhere: opened in the app, put beside ResNet-50, and found again by its link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect
from torch import Tensor, nn

from resnet_viz import trace_model
from resnet_viz.views.parts.ids import join_id
from tests.browser.page_steps import drop_file, node, send_file
from tests.browser.visiting import Tab, visit_explore
from tests.browser.watching import wait_idle


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


class Half(nn.Module):
    """A block of nobody's library."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.inner(x)) + x


class Workshop(nn.Module):
    """A net of one's own."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 5, stride=2)
        self.early, self.late = Half(8), Half(8)
        self.last = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.last(self.late(self.early(self.first(x))).mean((2, 3)))
        return scores


def test_a_trace_file_is_opened_compared_and_restored_by_its_link(
    page: Page, page_errors: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.trace.json"
    trace_model(Workshop().eval(), (1, 3, 64, 64)).save(file)
    visit_explore(page, "net=resnet18")
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.get_by_text("Other net").click()
    drop_file(sidebar.get_by_test_id("stFileUploaderDropzone").last, file)
    expect(page.get_by_role("heading", name="Workshop", exact=True)).to_be_visible()
    wait_idle(page)
    expect(node(page, "first")).to_be_visible()
    assert re.search(r"net=file(:|%3A)[0-9a-f]{32}", page.url)
    node(page, "first").click()
    expect(page).to_have_url(re.compile("node=first"))
    link = page.url

    sidebar.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Workshop and ResNet")
    page.goto(page.url.replace("resnet152", "resnet50"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Workshop and ResNet-50")
    wait_idle(page)
    for name in (join_id(0, "first"), join_id(1, "conv1")):
        expect(node(page, name)).to_be_visible()

    page.goto(link)
    expect(page.get_by_role("heading", name="Workshop", exact=True)).to_be_visible()
    wait_idle(page)
    expect(node(page, "first")).to_be_visible()
    assert "node=first" in page.url
    assert page_errors == []


def test_a_link_whose_file_is_elsewhere_asks_for_it(page: Page, page_errors: list[str], tmp_path: Path) -> None:
    file = tmp_path / "again.trace.json"
    trace_model(Workshop().eval(), (1, 3, 48, 48)).save(file)
    visit_explore(page, "net=resnet18")
    page.goto(f"/?net=file:{'5' * 32}")
    expect(page.get_by_role("alert").get_by_text("open it again, under Other net")).to_be_visible()
    send_file(page.get_by_test_id("stSidebar").get_by_test_id("stFileUploader"), file)
    expect(page.get_by_role("heading", name="Workshop", exact=True)).to_be_visible()
    wait_idle(page)
    assert page_errors == []
