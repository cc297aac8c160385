"""The camera in the whole app, with Chromium's own test picture in motion for one."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from resnet_viz.ui.picture.source import W_CAMERA
from tests.browser.page_steps import expect_maps, open_page, tiles
from tests.browser.watching import follow_runs, note_errors, wait_idle

TRACKS = "() => window.cameraTracks.map((track) => track.readyState)"
NOTE_TRACKS = """
window.cameraTracks = [];
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wishes) => {
    const stream = await ask(wishes);
    window.cameraTracks.push(...stream.getTracks());
    return stream;
};
"""


class Frames:
    """What a page sends of its camera, and how the server's runs go."""

    def __init__(self, page: Page) -> None:
        self.numbers: list[int] = []
        self.sizes: list[int] = []
        self.under_way = self.most_under_way = 0
        self.n_broken_off = 0
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, message: bytes | str) -> None:
        assert isinstance(message, bytes)
        for state in BackMsg.FromString(message).rerun_script.widget_states.widgets:
            for event in json.loads(state.json_trigger_value or "[]") if W_CAMERA in state.id else []:
                self.numbers.append(event["value"]["number"])
                self.sizes.append(len(event["value"]["picture"] or ""))
                self.under_way += 1
                self.most_under_way = max(self.most_under_way, self.under_way)

    def _received(self, message: bytes | str) -> None:
        assert isinstance(message, bytes)
        told = ForwardMsg.FromString(message)
        if told.WhichOneof("type") == "script_finished":
            self.under_way = 0
            self.n_broken_off += told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN


@pytest.fixture
def errors() -> list[str]:
    return []


@pytest.fixture
def camera_page(browser: Browser, app_url: str, errors: list[str]) -> Iterator[Page]:
    with browser.new_context(
        base_url=app_url, viewport={"width": 1440, "height": 900}, locale="en-US", permissions=["camera"]
    ) as context:
        page = context.new_page()
        page.add_init_script(NOTE_TRACKS)
        note_errors(page, errors)
        follow_runs(page)
        yield page
    assert errors == []


def choose_source(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True).click()
    wait_idle(page)


def open_camera(page: Page) -> None:
    open_page(page, "net=resnet18&node=conv1")
    choose_source(page, "Camera")
    expect(page.get_by_role("button", name="Live")).to_be_visible()


def wait_until(page: Page, condition: object, limit: float = 30.0) -> None:
    deadline = time.monotonic() + limit
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def test_live_frames_give_maps_one_after_the_other(camera_page: Page) -> None:
    frames = Frames(camera_page)
    open_camera(camera_page)
    expect(camera_page.get_by_text("Choose a picture on the left")).to_be_visible()
    live = camera_page.get_by_role("button", name="Live")
    live.click()
    expect_maps(camera_page, "conv1")
    pictures = set()

    def look() -> bool:
        pictures.add(tiles(camera_page).evaluate("canvas => canvas.toDataURL()"))
        return len(pictures) >= 3

    wait_until(camera_page, look)
    expect(live).to_have_attribute("aria-pressed", "true")
    live.click()
    wait_idle(camera_page)
    n_sent = len(frames.numbers)
    assert n_sent >= 3
    assert frames.numbers == list(range(1, n_sent + 1))
    assert frames.most_under_way == 1
    # Each frame's run came to its end, and none was larger than a live frame may be.
    assert frames.n_broken_off == 0
    assert 0 < max(frames.sizes) < 200_000
    camera_page.wait_for_timeout(600)
    assert len(frames.numbers) == n_sent


def test_a_part_chosen_by_hand_stays_while_frames_come(camera_page: Page) -> None:
    frames = Frames(camera_page)
    open_camera(camera_page)
    camera_page.get_by_role("button", name="Live").click()
    frame = camera_page.locator(".crop-view .frame")
    frame.focus()
    camera_page.keyboard.press("ArrowRight")
    # 16:9: 63/128 of the width from a quarter and 0.4 % on, and one step of 2 % to the right.
    told = re.compile("^Left 27%, top 6%, width 49%")
    expect(frame).to_have_attribute("aria-valuetext", told)
    n_sent = len(frames.numbers)
    wait_until(camera_page, lambda: len(frames.numbers) >= n_sent + 4)
    expect(frame).to_have_attribute("aria-valuetext", told)
    camera_page.get_by_role("button", name="Live").click()
    wait_idle(camera_page)


def test_a_photograph_is_one_frame_and_can_be_removed(camera_page: Page) -> None:
    frames = Frames(camera_page)
    open_camera(camera_page)
    camera_page.get_by_role("button", name="Take a photograph").click()
    expect_maps(camera_page, "conv1")
    wait_idle(camera_page)
    camera_page.wait_for_timeout(600)
    assert frames.numbers == [1]
    expect(camera_page.get_by_text("1,280×720 pixels. It stays in memory")).to_be_visible()
    camera_page.get_by_role("button", name="Remove the picture").click()
    expect(camera_page.get_by_text("Choose a picture on the left")).to_be_visible()


def test_the_camera_is_off_when_it_is_turned_off_or_left(camera_page: Page) -> None:
    open_camera(camera_page)
    assert camera_page.evaluate(TRACKS) == ["live"]
    camera_page.get_by_role("button", name="Turn off").click()
    assert camera_page.evaluate(TRACKS) == ["ended"]
    expect(camera_page.get_by_text("The camera is off.")).to_be_visible()
    expect(camera_page.get_by_role("button", name="Live")).to_be_hidden()
    camera_page.get_by_role("button", name="Turn on").click()
    expect(camera_page.get_by_role("button", name="Live")).to_be_visible()
    assert camera_page.evaluate(TRACKS) == ["ended", "live"]
    camera_page.get_by_role("button", name="Live").click()
    expect_maps(camera_page, "conv1")
    choose_source(camera_page, "Sample")
    expect(camera_page.locator(".camera-view")).to_have_count(0)
    assert camera_page.evaluate(TRACKS) == ["ended", "ended"]


def test_a_hidden_tab_sends_nothing(camera_page: Page) -> None:
    frames = Frames(camera_page)
    open_camera(camera_page)
    hide = "is => Object.defineProperty(document, 'hidden', { configurable: true, get: () => is })"
    camera_page.evaluate(hide, True)
    camera_page.get_by_role("button", name="Live").click()
    camera_page.wait_for_timeout(1000)
    assert frames.numbers == []
    camera_page.evaluate(hide, False)
    wait_until(camera_page, lambda: len(frames.numbers) >= 2)


def test_a_refused_camera_is_told_in_a_sentence(page: Page, page_errors: list[str]) -> None:
    open_page(page, "net=resnet18&node=conv1")
    choose_source(page, "Camera")
    expect(page.get_by_text("The camera may not be used here")).to_be_visible()
    expect(page.get_by_role("button", name="Live")).to_be_hidden()
    expect(page.get_by_role("button", name="Turn on")).to_be_visible()
    assert page_errors == []


def test_no_camera_is_told_in_a_sentence(camera_page: Page) -> None:
    camera_page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));"
    )
    open_page(camera_page, "net=resnet18&node=conv1")
    choose_source(camera_page, "Camera")
    expect(camera_page.get_by_text("No camera was found")).to_be_visible()
