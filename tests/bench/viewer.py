"""Netron, the viewer most people open a net with: served on this machine, opened in the same Chromium as the app."""

from __future__ import annotations

import importlib.util
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
import torchvision
from playwright.sync_api import BrowserContext, Page

from tests.bench.clock import Stopwatch, click_middle
from tests.browser.serving import free_port, run_server

PAINTED = "body.default #target .node"
CLICKS = 4
_SERVE = "import sys, netron; sys.exit(netron.main())"


def is_installed() -> bool:
    """Whether what `requirements-bench.txt` names is there."""
    return all(importlib.util.find_spec(name) for name in ("netron", "onnx", "onnxscript"))


def export_resnet152(folder: Path) -> dict[str, Path]:
    """ResNet-152 as ONNX twice: with the weights inside, and beside it, where Netron need not load them to draw.

    What the exporter notes of itself at every node is left out, so that Netron has less to read and to show.
    """
    model = torchvision.models.resnet152(weights=None).eval()
    program = torch.onnx.export(model, (torch.randn(1, 3, 224, 224),), dynamo=True, verbose=False)
    assert program is not None
    for node in program.model.graph:
        node.metadata_props.clear()
    files = {"inside": folder / "inside" / "resnet152.onnx", "beside": folder / "beside" / "resnet152.onnx"}
    for place, path in files.items():
        path.parent.mkdir()
        program.save(path, external_data=place == "beside")
    return files


@contextmanager
def serve_netron(file: Path, log: Path) -> Iterator[str]:
    """Serve a file by a Netron of its own process, as the app is, and give the address."""
    port = free_port()
    command = [sys.executable, "-c", _SERVE, str(file), "--host", "127.0.0.1", "--port", str(port)]
    with run_server(command, log, lambda: _listens(port)):
        yield f"http://127.0.0.1:{port}"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def open_netron(context: BrowserContext, url: str) -> tuple[Page, Stopwatch, float]:
    """A fresh page of Netron, and how many milliseconds it took from the navigation to the painted graph."""
    # Asked for its consent to cookies, Netron would wait for a click.
    context.add_cookies([{"name": "consent", "value": str(int(time.time() * 1000)), "url": url}])
    page = context.new_page()
    page.goto(url, wait_until="commit")
    watch = Stopwatch(page)
    return page, watch, watch.wait_opened(PAINTED)


def click_nodes(page: Page) -> list[float]:
    """From a click on a node to its facts in the side panel: the first opens it, the others find it open."""
    watch, times = Stopwatch(page), []
    for at in range(CLICKS):
        page.evaluate("() => document.querySelectorAll('#sidebar-content > *').forEach(old => old.dataset.old = '')")
        # The panel comes in slowly; it counts as painted from the first frame that has it.
        watch.arm("click", "#sidebar-content > :not([data-old])")
        click_middle(page, page.locator("#target .node-item").nth(1 + at))
        times.append(watch.read())
        page.wait_for_timeout(300)  # until the panel has come in
    return times
