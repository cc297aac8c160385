"""A server that is killed while pages are open, and started again at the same port: they go on in it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.page_steps import (
    NARROW,
    choose_node,
    expect_maps,
    go_on,
    node,
    photograph,
    send_file,
    tiles,
    upload,
    visit_learn,
)
from tests.browser.serving import app_command, app_environment, free_port, is_healthy, run_server
from tests.browser.visiting import Contexts, Visitor, visit_explore
from tests.places import ROOT

ASKED = "Choose a picture on the left, and what the net makes of it appears here."
CONNECTED = ("data-test-connection-state", "CONNECTED")
VIEW = f"block=basic&layers=1,1,2,1&{NARROW}&level=block&node=layer2.0"


def serve(port: int, log: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The app at this port."""
    url = f"http://127.0.0.1:{port}"
    return run_server(app_command(port), log, lambda: is_healthy(url), app_environment(ROOT))


@contextmanager
def two_pages(browser: Browser, port: int) -> Iterator[tuple[Page, Page]]:
    """Explore and Learn of a server."""
    contexts = Contexts(browser, f"http://127.0.0.1:{port}")
    explore, learn = (contexts.new_page(Visitor(), {"width": 1440, "height": 900}, []) for _n in range(2))
    yield explore, learn
    explore.context.close()


def test_pages_go_on_and_ask_for_the_picture_again(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with two_pages(browser, port) as (explore, learn):
        with serve(port, tmp_path / "first.log") as server:
            visit_explore(explore, VIEW)
            upload(explore, photograph())
            expect_maps(explore, "layer2.0")
            visit_learn(learn, "net=resnet34")
            server.kill()
            server.wait()
            for page in (explore, learn):
                expect(page.get_by_test_id("stApp")).not_to_have_attribute(*CONNECTED)
        with serve(port, tmp_path / "second.log"):
            for page in (explore, learn):
                expect(page.get_by_test_id("stApp")).to_have_attribute(*CONNECTED)
            # Streamlit leaves a page as it was until a widget is used. The session is new, and hears of all of them.
            choose_node(explore, "layer3.0")
            expect(explore.get_by_role("heading", name="ResNet-12").first).to_be_visible()
            expect(node(explore, "layer2.0")).to_be_visible()
            # What was uploaded was in the memory of the server that has gone.
            expect(explore.get_by_text(ASKED)).to_be_visible()
            expect(tiles(explore)).to_have_count(0)
            picture: FilePayload = {"name": "again.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
            send_file(explore.get_by_test_id("stMain"), picture)
            expect_maps(explore, "layer2.0")
            go_on(learn, "/learn?net=resnet18")
            expect(learn.get_by_test_id("stMain").get_by_role("heading", level=1)).to_be_visible()
